/*
 * test_tickets.c - the keys of TLS session tickets: the current one and the one before count, in all processes.
 */
#include "bus_fixture.h"

#include "bering/tickets.h"

static bool is_known(struct bus *bus, const struct ticket_key *key, bool *is_current_r)
{
    struct ticket_key found;

    if (!tickets_find(bus, key->name, &found, is_current_r))
        return false;
    assert_memory_equal(&found, key, sizeof(found));
    return true;
}

static void test_rotation(void **state)
{
    const char *error;
    struct bus *bus = bus_create(FIXTURE_RING, FIXTURE_PROCESSES, &error);
    struct ticket_key first, same, second, third;
    bool is_current;

    (void)state;
    assert_non_null(bus);
    assert_int_equal(tickets_turn(bus, 1000), TICKETS_PERIOD_MS);
    tickets_current(bus, &first);
    assert_int_equal(tickets_turn(bus, 1000 + TICKETS_PERIOD_MS - 1), 1);
    tickets_current(bus, &same);
    assert_memory_equal(&first, &same, sizeof(first));
    assert_true(is_known(bus, &first, &is_current) && is_current);

    assert_int_equal(tickets_turn(bus, 1000 + TICKETS_PERIOD_MS), TICKETS_PERIOD_MS);
    tickets_current(bus, &second);
    assert_memory_not_equal(first.name, second.name, sizeof(first.name));
    assert_memory_not_equal(first.cipher, second.cipher, sizeof(first.cipher));
    assert_memory_not_equal(first.mac, second.mac, sizeof(first.mac));
    assert_true(is_known(bus, &second, &is_current) && is_current);
    assert_true(is_known(bus, &first, &is_current) && !is_current);

    tickets_turn(bus, 1000 + 3 * (uint64_t)TICKETS_PERIOD_MS);
    tickets_current(bus, &third);
    assert_true(is_known(bus, &third, &is_current) && is_current);
    assert_true(is_known(bus, &second, &is_current) && !is_current);
    assert_false(is_known(bus, &first, &is_current));
    bus_destroy(&bus);
}

static void test_adoption(void **state)
{
    const char *error;
    struct bus *bus = bus_create(FIXTURE_RING, FIXTURE_PROCESSES, &error), *adopted;
    struct ticket_key key, same;
    int descriptors[BUS_PROCESSES + 1];

    (void)state;
    assert_non_null(bus);
    size_t count = bus_descriptors(bus, descriptors);
    assert_int_equal(count, FIXTURE_PROCESSES + 1);
    for (size_t i = 0; i < count; i++)
        descriptors[i] = dup(descriptors[i]);
    assert_null(bus_adopt(descriptors, count, 2 * FIXTURE_RING, FIXTURE_PROCESSES, &error));
    assert_null(bus_adopt(descriptors, count, FIXTURE_RING, FIXTURE_PROCESSES - 1, &error));
    adopted = bus_adopt(descriptors, count, FIXTURE_RING, FIXTURE_PROCESSES, &error);
    assert_non_null(adopted);
    assert_int_equal(bus_epoch(adopted), bus_epoch(bus));
    tickets_current(bus, &key);
    tickets_current(adopted, &same);
    assert_memory_equal(&key, &same, sizeof(key));

    bus_attach(bus, 1);
    assert_false(bus_is_ready(adopted, 1));
    bus_set_ready(bus);
    assert_true(bus_is_ready(adopted, 1));
    assert_false(bus_is_ready(adopted, 2));
    assert_false(bus_is_ready(adopted, 1000));
    bus_destroy(&adopted);
    bus_destroy(&bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_adoption),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
