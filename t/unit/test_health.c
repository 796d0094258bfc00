/*
 * test_health.c - how the links to peers are, as one process tells the others.
 */
#include "bus_fixture.h"
#include "bus/segment.h"
#include <stdio.h>

static struct peer_health state_of(int64_t server_key, unsigned failures, const char *error)
{
    struct peer_health health = {
        .server_key = server_key,
        .last_contact = 1000 + server_key,
        .next_attempt = 2000 + server_key,
        .failures = failures,
        .refuses_us = failures % 2 == 1,
    };

    snprintf(health.last_error, sizeof(health.last_error), "%s", error);
    return health;
}

static bool set(struct bus *bus, int64_t server_key, unsigned failures, const char *error)
{
    struct peer_health health = state_of(server_key, failures, error);
    return health_set(bus, &health);
}

static void expect_known(struct bus *bus, int64_t server_key, unsigned failures, const char *error)
{
    struct peer_health health;

    memset(&health, 0xff, sizeof(health));
    assert_true(health_get(bus, server_key, &health));
    assert_true(health.server_key == server_key);
    assert_true(health.last_contact == 1000 + server_key && health.next_attempt == 2000 + server_key);
    assert_int_equal(health.failures, failures);
    assert_int_equal(health.refuses_us, failures % 2 == 1);
    assert_string_equal(health.last_error, error);
}

static void nothing_is_known_at_first(void **state)
{
    struct peer_health health = { .failures = 42 };

    assert_false(health_get(*state, 1, &health));
    assert_int_equal(health.failures, 42);
}

static void what_is_said_is_known(void **state)
{
    struct bus *bus = *state;

    assert_true(set(bus, 7, 0, ""));
    assert_true(set(bus, INT64_C(1) << 62, 3, "connection refused"));
    expect_known(bus, 7, 0, "");
    expect_known(bus, INT64_C(1) << 62, 3, "connection refused");
    struct peer_health health;
    assert_false(health_get(bus, 8, &health));
}

static void the_newest_state_replaces_the_one_before(void **state)
{
    struct bus *bus = *state;

    for (unsigned i = 0; i < 1000; i++) {
        assert_true(set(bus, 7, i, i % 3 == 0 ? "" : "timeout"));
        expect_known(bus, 7, i, i % 3 == 0 ? "" : "timeout");
    }
}

static void the_longest_error_fits(void **state)
{
    char error[HEALTH_ERROR_SIZE];

    memset(error, 'e', sizeof(error) - 1);
    error[sizeof(error) - 1] = '\0';
    assert_true(set(*state, 7, 1, error));
    expect_known(*state, 7, 1, error);
}

static void set_without_end(void *argument)
{
    struct peer_health health = { .server_key = 7 };

    fixture_fail_quietly();
    memset(health.last_error, 'e', sizeof(health.last_error));
    health_set(*(struct bus **)argument, &health);
}

static void an_error_without_end_is_a_bug(void **state)
{
    assert_int_equal(fixture_run_apart(set_without_end, state), -SIGABRT);
}

static void a_forgotten_peer_is_unknown(void **state)
{
    struct bus *bus = *state;
    struct peer_health health;

    assert_true(set(bus, 7, 1, "x"));
    assert_true(set(bus, 8, 2, "y"));
    health_forget(bus, 7);
    health_forget(bus, 7);
    health_forget(bus, 9);
    assert_false(health_get(bus, 7, &health));
    expect_known(bus, 8, 2, "y");
    assert_true(set(bus, 7, 4, "again"));
    expect_known(bus, 7, 4, "again");
}

static int64_t last_request_of(struct bus *bus, int64_t server_key)
{
    struct peer_health health;

    assert_true(health_get(bus, server_key, &health));
    return health.last_request;
}

static void when_a_peer_asked_last_is_kept_beside_its_state(void **state)
{
    struct bus *bus = *state;

    assert_true(set(bus, 7, 1, "x"));
    assert_true(set(bus, 8, 1, "y"));
    assert_true(last_request_of(bus, 7) == 0);
    health_note_request(bus, 7, 1000);
    health_note_request(bus, 9, 3000); /* unknown */
    assert_true(set(bus, 7, 2, ""));
    assert_true(last_request_of(bus, 7) == 1000);
    assert_true(last_request_of(bus, 8) == 0);
    health_note_request(bus, 7, 2000);
    assert_true(last_request_of(bus, 7) == 2000);
    expect_known(bus, 7, 2, "");
    health_forget(bus, 7);
    assert_true(set(bus, 9, 1, "another one in its place"));
    assert_true(last_request_of(bus, 9) == 0);
}

static void a_full_table_says_so(void **state)
{
    struct bus *bus = *state;

    for (int64_t key = 1; key <= 256; key++)
        assert_true(set(bus, key, (unsigned)key, "e"));
    assert_false(set(bus, 257, 1, "no room"));
    assert_true(set(bus, 256, 9, "known already"));
    health_forget(bus, 100);
    assert_true(set(bus, 257, 1, "room"));
    assert_false(set(bus, 258, 1, "no room"));
    expect_known(bus, 257, 1, "room");
    expect_known(bus, 256, 9, "known already");
    expect_known(bus, 99, 99, "e");
}

static void the_table_is_used_again_and_again(void **state)
{
    struct bus *bus = *state;

    for (int64_t key = 1; key <= 2000; key++) {
        assert_true(set(bus, key, 1, "e"));
        health_forget(bus, key);
    }
    assert_true(set(bus, 1, 1, "e"));
}

static void tell(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    assert(set(bus, 7, 5, "said by another process"));
}

static void all_processes_know_and_a_process_that_is_gone_is_remembered(void **state)
{
    struct bus *bus = *state;

    bus_attach(bus, 2);
    assert_int_equal(fixture_run_apart(tell, state), 0);
    bus_attach(bus, 0);
    bus_process_gone(bus, 2);
    expect_known(bus, 7, 5, "said by another process");
}

static void a_change_leaves_the_state_before_untouched(void **state)
{
    struct bus *bus = *state;
    const struct health_slot *slot = &bus->segment->health.slots[0];

    assert_true(set(bus, 7, 0, "0"));
    for (unsigned i = 1; i < 10; i++) {
        const struct peer_health *current = &slot->copies[slot->current], before = *current;
        assert_true(set(bus, 7, i, "e"));
        assert_ptr_not_equal(&slot->copies[slot->current], current);
        assert_memory_equal(current, &before, sizeof(before));
    }
}

/* Dies with the lock, half-way through a change of a peer that is known and of one that is not. */
static void die_while_writing(void *argument)
{
    struct health_section *health = &(*(struct bus **)argument)->segment->health;

    lock_acquire(&health->lock);
    uint32_t other = (health->slots[0].current + 1) % 2;
    memset(&health->slots[0].copies[other], 0xee, sizeof(health->slots[0].copies[other]) / 2);
    memset(&health->slots[1].copies[0], 0xee, sizeof(health->slots[1].copies[0]));
    raise(SIGKILL);
}

static void who_died_while_writing_changed_nothing(void **state)
{
    struct bus *bus = *state;
    struct peer_health health;

    assert_true(set(bus, 7, 5, "before"));
    assert_int_equal(fixture_run_apart(die_while_writing, state), -SIGKILL);
    expect_known(bus, 7, 5, "before");
    assert_false(health_get(bus, 8, &health));
    assert_true(set(bus, 7, 6, "after"));
    assert_true(set(bus, 8, 1, "new"));
    expect_known(bus, 7, 6, "after");
    expect_known(bus, 8, 1, "new");
}

static void spoil(struct bus *bus)
{
    struct health_slot *slot = &bus->segment->health.slots[0];

    memset(slot->copies[0].last_error, 'x', HEALTH_ERROR_SIZE);
    memset(slot->copies[1].last_error, 'x', HEALTH_ERROR_SIZE);
    slot->current = 0xfffffffe;
}

static void what_the_segment_says_is_bounded(void **state)
{
    struct bus *bus = *state;
    struct peer_health health;

    assert_true(set(bus, 7, 1, "e"));
    spoil(bus);
    assert_true(health_get(bus, 7, &health));
    assert_int_equal(strlen(health.last_error), HEALTH_ERROR_SIZE - 1);
}

/* Writes states whose parts belong together, until it is killed. */
static void write_for_ever(void *argument)
{
    for (unsigned i = 0;; i++) {
        char error[HEALTH_ERROR_SIZE];
        snprintf(error, sizeof(error), "%u", i);
        set(*(struct bus **)argument, 7, i, error);
    }
}

static void a_state_is_never_read_half(void **state)
{
    struct bus *bus = *state;

    assert_true(set(bus, 7, 0, "0"));
    for (int round = 0; round < 20; round++) {
        pid_t pid = fixture_fork(write_for_ever, state);
        for (int i = 0; i < 2000; i++) {
            struct peer_health health;
            char error[HEALTH_ERROR_SIZE];
            assert_true(health_get(bus, 7, &health));
            snprintf(error, sizeof(error), "%u", health.failures);
            assert_string_equal(health.last_error, error);
        }
        kill(pid, SIGKILL);
        assert_int_equal(fixture_wait(pid), -SIGKILL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(nothing_is_known_at_first),
        bus_test(what_is_said_is_known),
        bus_test(the_newest_state_replaces_the_one_before),
        bus_test(the_longest_error_fits),
        bus_test(an_error_without_end_is_a_bug),
        bus_test(a_forgotten_peer_is_unknown),
        bus_test(when_a_peer_asked_last_is_kept_beside_its_state),
        bus_test(a_full_table_says_so),
        bus_test(the_table_is_used_again_and_again),
        bus_test(all_processes_know_and_a_process_that_is_gone_is_remembered),
        bus_test(a_change_leaves_the_state_before_untouched),
        bus_test(who_died_while_writing_changed_nothing),
        bus_test(what_the_segment_says_is_bounded),
        bus_test(a_state_is_never_read_half),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
