/*
 * test_presence.c - who is online, and what is announced of it. The time is given, so nothing here waits.
 */
#include "bus_fixture.h"
#include "bus/segment.h"
#include <stdio.h>

static const uint64_t start = 1000000; /* milliseconds */

static struct uuid user_id(int64_t user_key)
{
    struct uuid id = { { 0xee, [13] = (uint8_t)(user_key >> 16), (uint8_t)(user_key >> 8), (uint8_t)user_key } };
    return id;
}

static void enter(struct bus *bus, unsigned process, int64_t user_key)
{
    struct uuid id = user_id(user_key);

    bus_attach(bus, process);
    assert_true(presence_enter(bus, user_key, &id));
}

static void leave(struct bus *bus, unsigned process, int64_t user_key)
{
    bus_attach(bus, process);
    presence_leave(bus, user_key);
}

/* What an announcement of these users reads like; a user's state is the key's sign. */
static const char *announcement(int online_count, size_t count, const int64_t *user_keys)
{
    static char text[16384];
    int length = snprintf(text, sizeof(text),
                          "{\"event\":\"presence_changed\",\"user_id\":null,\"channel_id\":null,\"online_count\":%d,"
                          "\"users\":[",
                          online_count);

    for (size_t i = 0; i < count; i++) {
        int64_t key = user_keys[i] < 0 ? -user_keys[i] : user_keys[i];
        struct uuid id = user_id(key);
        char id_text[UUID_TEXT_LENGTH + 1];
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%s{\"user_id\":\"%s\",\"is_online\":%s}",
                           i ? "," : "", uuid_format(&id, id_text), user_keys[i] > 0 ? "true" : "false");
    }
    snprintf(text + length, sizeof(text) - (size_t)length, "]}");
    return text;
}

static const char *announcement_unlisted(int online_count)
{
    static char text[256];

    snprintf(text, sizeof(text),
             "{\"event\":\"presence_changed\",\"user_id\":null,\"channel_id\":null,\"online_count\":%d}", online_count);
    return text;
}

static void expect_online(struct bus *bus, size_t count, const int64_t *user_keys)
{
    size_t found;
    int64_t *keys = presence_online(bus, &found);

    assert_int_equal(found, count);
    assert_int_equal(presence_online_count(bus), count);
    if (count == 0)
        assert_null(keys);
    else
        assert_memory_equal(keys, user_keys, count * sizeof(*keys));
    free(keys);
}

/* ---- who is online ---- */

static void users_come_and_go(void **state)
{
    struct bus *bus = *state;

    expect_online(bus, 0, NULL);
    enter(bus, 1, 30);
    enter(bus, 2, 10);
    enter(bus, 1, 20);
    expect_online(bus, 3, (int64_t[]){ 10, 20, 30 });
    assert_true(presence_is_online(bus, 10));
    assert_false(presence_is_online(bus, 11));
    leave(bus, 1, 20);
    assert_false(presence_is_online(bus, 20));
    expect_online(bus, 2, (int64_t[]){ 10, 30 });
}

static void a_user_is_online_while_any_process_says_so(void **state)
{
    struct bus *bus = *state;

    enter(bus, 1, 5);
    enter(bus, 3, 5);
    enter(bus, 3, 5);
    expect_online(bus, 1, (int64_t[]){ 5 });
    leave(bus, 1, 5);
    leave(bus, 2, 5); /* never said so */
    leave(bus, 2, 6); /* nobody knows him */
    assert_true(presence_is_online(bus, 5));
    leave(bus, 3, 5);
    expect_online(bus, 0, NULL);
}

static void many_users(void **state)
{
    struct bus *bus = *state;
    size_t count;

    for (int64_t key = 1; key <= 20000; key++)
        enter(bus, (unsigned)key % FIXTURE_PROCESSES, key * 3);
    for (int64_t key = 1; key <= 20000; key += 2)
        leave(bus, (unsigned)key % FIXTURE_PROCESSES, key * 3);
    for (int64_t key = 1; key <= 20000; key++)
        assert_int_equal(presence_is_online(bus, key * 3), key % 2 == 0);
    int64_t *keys = presence_online(bus, &count);
    assert_int_equal(count, 10000);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(keys[i], (int64_t)(i + 1) * 6);
    free(keys);
}

static void keys_of_one_chain_are_apart(void **state)
{
    struct bus *bus = *state;
    struct presence_section *section = &bus->segment->presence;
    int64_t far = INT64_C(1) << 48; /* multiples of it hash alike */

    for (int64_t i = 1; i <= 100; i++)
        enter(bus, 1, i * far);
    int chains = 0;
    for (int i = 0; i < PRESENCE_CAPACITY; i++)
        chains += section->chains[i] != 0;
    assert_int_equal(chains, 1);
    for (int64_t i = 1; i <= 100; i += 3)
        leave(bus, 1, i * far);
    for (int64_t i = 1; i <= 100; i++)
        assert_int_equal(presence_is_online(bus, i * far), i % 3 != 1);
}

static void a_full_table_says_so(void **state)
{
    struct bus *bus = *state;
    struct uuid id = user_id(1);

    for (int64_t key = 1; key <= PRESENCE_CAPACITY; key++)
        enter(bus, 1, key);
    assert_false(presence_enter(bus, PRESENCE_CAPACITY + 1, &id));
    assert_true(presence_enter(bus, 77, &id));
    assert_int_equal(presence_online_count(bus), PRESENCE_CAPACITY);
    leave(bus, 1, 77);
    enter(bus, 1, PRESENCE_CAPACITY + 1);
    assert_false(presence_is_online(bus, 77));
    assert_true(presence_is_online(bus, PRESENCE_CAPACITY + 1));
}

static void entries_are_used_again(void **state)
{
    struct bus *bus = *state;
    uint64_t now = start;

    for (int64_t key = 1; key <= 300000; key++) {
        enter(bus, 1, key);
        if (key > 100)
            leave(bus, 1, key - 100);
        if (key % 50 == 0)
            presence_announce_at(bus, now += 100);
    }
    assert_int_equal(presence_online_count(bus), 100);
    assert_true(bus->segment->presence.used < 300);
}

/* ---- announcements ---- */

static void nothing_changed_is_nothing_to_announce(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    assert_int_equal(presence_announce_at(bus, start), 0);
    expect_nothing(reader);
    assert_int_equal(presence_generation(bus), 0);
    bus_reader_free(&reader);
}

static void changes_are_announced_together(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    uint64_t generation = presence_generation(bus);

    enter(bus, 1, 1);
    enter(bus, 2, 2);
    enter(bus, 1, 2);
    assert_int_equal(presence_generation(bus), generation);
    assert_int_equal(presence_announce_at(bus, start), 0);
    struct event event =
        expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(2, 2, (int64_t[]){ 1, 2 }));
    assert_int_equal(event.scope, EVENT_TO_ALL);
    assert_true(presence_generation(bus) > generation);

    leave(bus, 1, 1);
    leave(bus, 1, 2);
    enter(bus, 1, 3);
    assert_int_equal(presence_announce_at(bus, start + 50), 0);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(2, 2, (int64_t[]){ -1, 3 }));
    assert_int_equal(presence_announce_at(bus, start + 100), 0);
    expect_nothing(reader);
    bus_reader_free(&reader);
}

static void who_came_and_went_is_not_mentioned(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    enter(bus, 1, 1);
    leave(bus, 1, 1);
    assert_int_equal(presence_announce_at(bus, start), 0);
    expect_nothing(reader);
    enter(bus, 1, 2);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(1, 1, (int64_t[]){ 2 }));
    leave(bus, 1, 2);
    enter(bus, 3, 2);
    assert_int_equal(presence_announce_at(bus, start + 1000), 0);
    expect_nothing(reader);
    bus_reader_free(&reader);
}

static void so_many_are_listed_and_no_more(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    int64_t keys[PRESENCE_LISTED];

    for (int i = 0; i < PRESENCE_LISTED; i++)
        enter(bus, 1, keys[i] = i + 1);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(PRESENCE_LISTED, PRESENCE_LISTED, keys));
    for (int i = 0; i < PRESENCE_LISTED + 1; i++)
        enter(bus, 1, 1000 + i);
    presence_announce_at(bus, start + 1000);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement_unlisted(2 * PRESENCE_LISTED + 1));
    leave(bus, 1, 1);
    presence_announce_at(bus, start + 2000);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(2 * PRESENCE_LISTED, 1, (int64_t[]){ -1 }));
    bus_reader_free(&reader);
}

static void the_list_fits_into_the_smallest_ring(void **state)
{
    const char *error;
    struct bus *bus = bus_create(RING_SIZE_MIN, 2, &error);
    struct uuid id;

    (void)state;
    assert_non_null(bus);
    memset(&id, 0xff, sizeof(id));
    struct bus_reader *reader = bus_reader_new(bus);
    for (int i = 0; i < PRESENCE_LISTED; i++)
        presence_enter(bus, INT64_MAX - i, &id);
    presence_announce(bus);
    struct event event;
    assert_int_equal(bus_reader_next(reader, &event), BUS_EVENT);
    bus_reader_free(&reader);
    bus_destroy(&bus);
}

static void an_announcement_waits_for_the_last_one(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    enter(bus, 1, 1);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(1, 1, (int64_t[]){ 1 }));
    enter(bus, 1, 2);
    assert_int_equal(presence_announce_at(bus, start), 50);
    bus_attach(bus, 2); /* the interval is everybody's */
    assert_int_equal(presence_announce_at(bus, start + 20), 30);
    assert_int_equal(presence_announce_at(bus, start + 49), 1);
    expect_nothing(reader);
    assert_int_equal(presence_announce_at(bus, start + 50), 0);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(2, 1, (int64_t[]){ 2 }));
    bus_reader_free(&reader);
}

static void more_users_wait_longer(void **state)
{
    struct bus *bus = *state;
    static const struct {
        int64_t users;
        unsigned wait;
    } steps[] = { { 400, 50 }, { 509, 50 }, { 520, 52 }, { 10000, 1000 }, { 49990, 4999 }, { 60000, 5000 } };
    int64_t key = 0;
    uint64_t now = start;

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        while (key < steps[i].users)
            enter(bus, 1, ++key);
        assert_int_equal(presence_announce_at(bus, now), 0);
        leave(bus, 1, key);
        enter(bus, 1, key);
        leave(bus, 1, 1);
        enter(bus, 1, 100000 + (int64_t)i); /* as many as before, but another */
        assert_int_equal(presence_announce_at(bus, now), steps[i].wait);
        enter(bus, 1, 1);
        leave(bus, 1, 100000 + (int64_t)i);
        now += 100000;
    }
}

static void arrivals_in_a_rush_make_few_events(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event;
    uint64_t now = start;
    unsigned events = 0, deliveries = 0;

    /* 10,000 users in 2 seconds, five every millisecond, and everybody asks after each one. */
    for (int64_t key = 1; key <= 10000; key++) {
        enter(bus, (unsigned)key % FIXTURE_PROCESSES, key);
        if (key % 5 == 0)
            now++;
        presence_announce_at(bus, now);
        while (bus_reader_next(reader, &event) == BUS_EVENT) {
            events++;
            deliveries += presence_online_count(bus);
        }
    }
    assert_in_range(events, 2, 40);
    assert_true(deliveries <= 3 * 10000);
    bus_reader_free(&reader);
}

/* ---- processes that end ---- */

static void a_process_takes_its_users_along(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    enter(bus, 1, 1);
    enter(bus, 2, 2);
    enter(bus, 1, 3);
    enter(bus, 2, 3);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(3, 3, (int64_t[]){ 1, 2, 3 }));
    bus_attach(bus, 0);
    bus_process_gone(bus, 1); /* announced at once */
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(2, 1, (int64_t[]){ -1 }));
    expect_online(bus, 2, (int64_t[]){ 2, 3 });
    bus_process_gone(bus, 3);
    expect_nothing(reader);
    bus_reader_free(&reader);
}

static void the_dead_process_s_own_changes_are_announced(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    enter(bus, 1, 1);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(1, 1, (int64_t[]){ 1 }));
    enter(bus, 2, 2);
    leave(bus, 1, 1);
    bus_attach(bus, 0);
    bus_process_gone(bus, 1);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(1, 2, (int64_t[]){ -1, 2 }));
    bus_reader_free(&reader);
}

/* Dies with the lock held and everything derived in ruins; the entries say that 1 left and 4 came. */
static void die_in_the_middle(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    struct presence_section *section = &bus->segment->presence;

    lock_acquire(&section->lock);
    for (uint32_t i = 0; i < section->used; i++) {
        if (section->entries[i].user_key == 1)
            section->entries[i].processes = 0;
        section->entries[i].next = 0xffffffff;
    }
    section->entries[section->used++] = (struct presence_entry){ 2, 4, user_id(4), 0xffffffff, false };
    section->entries[section->used++] = (struct presence_entry){ 0, 5, user_id(5), 0, false };
    memset(section->chains, 0xff, sizeof(section->chains));
    section->free = 0xffff;
    section->online = 0xffff;
    section->changed = 0xffff;
    raise(SIGKILL);
}

static void a_dead_owner_s_table_is_repaired(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    for (int64_t key = 1; key <= 3; key++)
        enter(bus, 1, key);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(3, 3, (int64_t[]){ 1, 2, 3 }));
    uint64_t generation = presence_generation(bus);

    assert_int_equal(fixture_run_apart(die_in_the_middle, &bus), -SIGKILL);
    assert_false(presence_is_online(bus, 1));
    expect_online(bus, 3, (int64_t[]){ 2, 3, 4 });
    assert_true(presence_generation(bus) > generation);

    enter(bus, 1, 6);
    presence_announce_at(bus, start + 1000);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement_unlisted(4));
    assert_int_equal(presence_announce_at(bus, start + 2000), 0);
    expect_nothing(reader);

    leave(bus, 1, 6);
    presence_announce_at(bus, start + 3000);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(3, 1, (int64_t[]){ -6 }));
    bus_reader_free(&reader);
}

static void what_died_unannounced_is_announced_without_a_change(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    enter(bus, 2, 2);
    presence_announce_at(bus, start);
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement(1, 1, (int64_t[]){ 2 }));
    assert_int_equal(fixture_run_apart(die_in_the_middle, &bus), -SIGKILL);
    bus_process_gone(bus, 1); /* it held user 4 */
    expect_event(reader, EVENT_PRESENCE_CHANGED, announcement_unlisted(1));
    expect_online(bus, 1, (int64_t[]){ 2 });
    bus_reader_free(&reader);
}

static void come_and_go(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    unsigned process = bus_process(bus);
    uint64_t now = start;
    struct uuid id = user_id(1);

    for (int64_t i = 0; i < 5000; i++) {
        assert(presence_enter(bus, 1 + i % 37, &id));
        assert(presence_is_online(bus, 1 + i % 37));
        assert(presence_enter(bus, 100000 * process + i, &id));
        presence_announce_at(bus, now += 7);
        presence_leave(bus, 1 + i % 37);
        presence_leave(bus, 100000 * process + i);
        assert(!presence_is_online(bus, 100000 * process + i));
    }
    presence_enter(bus, 100 + process, &id);
}

static void processes_share_the_table(void **state)
{
    struct bus *bus = *state;
    pid_t pids[3];

    for (unsigned i = 0; i < 3; i++) {
        bus_attach(bus, i + 1);
        pids[i] = fixture_fork(come_and_go, &bus);
    }
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(fixture_wait(pids[i]), 0);
    expect_online(bus, 3, (int64_t[]){ 101, 102, 103 });
}

/* Killed at any instruction: afterwards the table is what its entries say, and works. */
static void come_and_go_until_killed(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    struct uuid id = user_id(1);

    for (int64_t i = 0;; i++) {
        presence_enter(bus, 1000 + i % 500, &id);
        presence_announce_at(bus, start + (uint64_t)i * 10);
        presence_leave(bus, 1000 + i * 7 % 500);
    }
}

static void kills_leave_nobody_behind(void **state)
{
    struct bus *bus = *state;

    enter(bus, 3, 1);
    for (useconds_t i = 0; i < 100; i++) {
        bus_attach(bus, 1 + i % 2);
        pid_t pid = fixture_fork(come_and_go_until_killed, &bus);
        usleep(200 + i * 97 % 3000);
        kill(pid, SIGKILL);
        assert_int_equal(fixture_wait(pid), -SIGKILL);
        bus_attach(bus, 0);
        bus_process_gone(bus, 1 + i % 2);
        expect_online(bus, 1, (int64_t[]){ 1 });
    }
    assert_true(bus->segment->presence.used <= 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(users_come_and_go),
        bus_test(a_user_is_online_while_any_process_says_so),
        bus_test(many_users),
        bus_test(keys_of_one_chain_are_apart),
        bus_test(a_full_table_says_so),
        bus_test(entries_are_used_again),
        bus_test(nothing_changed_is_nothing_to_announce),
        bus_test(changes_are_announced_together),
        bus_test(who_came_and_went_is_not_mentioned),
        bus_test(so_many_are_listed_and_no_more),
        cmocka_unit_test(the_list_fits_into_the_smallest_ring),
        bus_test(an_announcement_waits_for_the_last_one),
        bus_test(more_users_wait_longer),
        bus_test(arrivals_in_a_rush_make_few_events),
        bus_test(a_process_takes_its_users_along),
        bus_test(the_dead_process_s_own_changes_are_announced),
        bus_test(a_dead_owner_s_table_is_repaired),
        bus_test(what_died_unannounced_is_announced_without_a_change),
        bus_test(processes_share_the_table),
        bus_test(kills_leave_nobody_behind),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
