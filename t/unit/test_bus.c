/*
 * test_bus.c - the bus between forked processes: publishing, sleeping and waking, locks, a process that ends.
 */
#include "bus_fixture.h"
#include "bus/segment.h"
#include <poll.h>
#include <sched.h>
#include <stdio.h>

static struct event small_event(int64_t subject)
{
    return (struct event){ .kind = EVENT_NEW_MESSAGE,
                           .scope = EVENT_TO_CHANNEL,
                           .subject = { subject, 0 },
                           .json = "{\"event\":\"new_message\"}",
                           .length = 23 };
}

static bool is_readable(int descriptor)
{
    struct pollfd poll_for = { .fd = descriptor, .events = POLLIN };
    return poll(&poll_for, 1, 0) == 1;
}

static void wait_readable(int descriptor)
{
    struct pollfd poll_for = { .fd = descriptor, .events = POLLIN };
    int ready;

    do {
        ready = poll(&poll_for, 1, -1);
    } while (ready == 0);
    assert(ready == 1);
}

/* ---- making it ---- */

static void bad_sizes_are_refused(void **state)
{
    static const struct {
        size_t ring_size;
        unsigned processes;
    } bad[] = { { 0, 2 },     { 32768, 2 },    { 65535, 2 },
                { 65537, 2 }, { 100000, 2 },   { (size_t)8 << 30, 2 },
                { 65536, 0 }, { SIZE_MAX, 2 }, { 65536, BUS_PROCESSES + 1 } };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const char *error = NULL;
        assert_null(bus_create(bad[i].ring_size, bad[i].processes, &error));
        assert_non_null(error);
    }
}

static void all_process_slots_can_be_used(void **state)
{
    const char *error = NULL;
    struct bus *bus = bus_create(65536, BUS_PROCESSES, &error);

    (void)state;
    assert_non_null(bus);
    bus_attach(bus, BUS_PROCESSES - 1);
    assert_int_equal(bus_process(bus), BUS_PROCESSES - 1);
    struct uuid id = { { 1 } };
    assert_true(presence_enter(bus, 1, &id));
    bus_attach(bus, 0);
    bus_process_gone(bus, BUS_PROCESSES - 1);
    assert_int_equal(presence_online_count(bus), 0);
    bus_destroy(&bus);
    assert_null(bus);
    bus_destroy(&bus);
}

static void a_missing_descriptor_is_an_error(void **state)
{
    struct rlimit limit, low;
    const char *error = NULL;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    low = limit;
    low.rlim_cur = 20;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    struct bus *bus = bus_create(65536, 32, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_null(bus);
    assert_non_null(error);
}

static void the_segment_has_no_name(void **state)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    int mapped = 0;

    (void)state;
    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps)) {
        if (!strstr(line, "/dev/shm/beringshare-"))
            continue;
        mapped++;
        assert_non_null(strstr(line, "(deleted)"));
    }
    fclose(maps);
    assert_int_equal(mapped, 1);
}

static void epochs_differ(void **state)
{
    struct bus *first = *state;
    const char *error;
    struct bus *second = bus_create(65536, 2, &error);

    assert_non_null(second);
    assert_int_not_equal(bus_epoch(first), bus_epoch(second));
    assert_int_equal(bus_epoch(first), bus_epoch(first));
    bus_destroy(&second);
}

static void sections_share_no_cache_line(void **state)
{
    struct segment *segment = ((struct bus *)*state)->segment;

    assert_int_equal(sizeof(struct process_slot) % 64, 0);
    assert_int_equal(offsetof(struct process_slot, pulses) % 64, 0);
    assert_int_equal((uintptr_t)segment_ring(segment) % 64, 0);
    assert_int_equal((uintptr_t)&segment->slots % 64, 0);
    assert_int_equal((uintptr_t)&segment->ring_lock % 64, 0);
}

/* ---- publishing between processes ---- */

enum { PUBLISHED = 300 };

static void publish_some(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    for (int i = 0; i < PUBLISHED; i++) {
        struct event event = small_event((int64_t)bus_process(bus) * 1000 + i);
        assert(bus_publish(bus, &event) != 0);
        sched_yield();
    }
}

static void every_reader_sees_the_same_order(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *first = bus_reader_new(bus), *second = bus_reader_new(bus);
    struct event event, other;
    pid_t pids[3];
    int64_t expected[4] = { 0 };

    for (unsigned i = 0; i < 3; i++) {
        bus_attach(bus, i + 1);
        pids[i] = fixture_fork(publish_some, &bus);
    }
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(fixture_wait(pids[i]), 0);
    for (int i = 0; i < 3 * PUBLISHED; i++) {
        assert_int_equal(bus_reader_next(first, &event), BUS_EVENT);
        assert_int_equal(bus_reader_next(second, &other), BUS_EVENT);
        assert_true(event.id == other.id && event.subject[0] == other.subject[0]);
        assert_int_equal(event.subject[0] % 1000, expected[event.subject[0] / 1000]++);
    }
    assert_int_equal(bus_newest(bus), event.id);
    expect_nothing(first);
    expect_nothing(second);
    bus_reader_free(&first);
    bus_reader_free(&second);
    assert_null(first);
    bus_reader_free(&first);
}

static void a_reader_resumes_behind_an_id(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event;
    uint64_t ids[10];

    for (int i = 0; i < 10; i++) {
        event = small_event(i);
        ids[i] = bus_publish(bus, &event);
    }
    assert_true(bus_reader_seek(reader, ids[6]));
    assert_int_equal(bus_reader_next(reader, &event), BUS_EVENT);
    assert_true(event.subject[0] == 7 && event.id == ids[7]);
    assert_false(bus_reader_seek(reader, ids[6] + 1));
    assert_int_equal(bus_reader_next(reader, &event), BUS_EVENT);
    assert_int_equal(event.subject[0], 8);
    assert_true(bus_reader_seek(reader, bus_newest(bus)));
    expect_nothing(reader);
    bus_reader_free(&reader);
}

static void too_large_is_not_published(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    char *json = calloc(1, FIXTURE_RING);
    struct event event = { .json = json, .length = FIXTURE_RING / 4 };

    assert_non_null(json);
    assert_int_equal(bus_publish(bus, &event), 0);
    expect_nothing(reader);
    assert_int_equal(counter_total(bus, COUNTER_EVENTS_PUBLISHED), 0);
    free(json);
    bus_reader_free(&reader);
}

/* ---- sleeping and waking ---- */

static void only_sleepers_are_woken(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event = small_event(1);

    bus_attach(bus, 1);
    bus_publish(bus, &event);
    assert_false(is_readable(bus_wake_descriptor(bus)));
    assert_false(bus_reader_sleep(reader)); /* there is something to read */
    bus_publish(bus, &event);
    assert_false(is_readable(bus_wake_descriptor(bus)));
    while (bus_reader_next(reader, &event) == BUS_EVENT)
        ;
    assert_true(bus_reader_sleep(reader));
    assert_false(is_readable(bus_wake_descriptor(bus)));

    bus_attach(bus, 2);
    event = small_event(1);
    bus_publish(bus, &event);
    assert_false(is_readable(bus_wake_descriptor(bus)));
    assert_true(is_readable(bus->wake[1]));
    bus->process = 1;
    bus_reader_awake(reader);
    assert_false(is_readable(bus_wake_descriptor(bus)));
    bus_reader_free(&reader);
}

static void awake_means_no_more_wakes(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event = small_event(1);

    bus_attach(bus, 1);
    assert_true(bus_reader_sleep(reader));
    bus_reader_awake(reader); /* for another reason */
    bus_publish(bus, &event);
    assert_false(is_readable(bus_wake_descriptor(bus)));
    assert_false(bus_reader_sleep(reader));
    bus_reader_free(&reader);
}

enum { ROUNDS = 5000 };

/* Answers each event of the other with one of its own, asleep in between. A wake that is lost blocks both for ever. */
static void play(struct bus *bus, int64_t self, bool serves)
{
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event;
    int64_t round = 0;

    bus_reader_seek(reader, RING_FIRST_POSITION);
    while (round < ROUNDS) {
        if (serves) {
            event = small_event(self);
            bus_publish(bus, &event);
        }
        serves = true;
        for (bool answered = false; !answered;) {
            while (bus_reader_next(reader, &event) == BUS_EVENT)
                answered |= event.subject[0] != self;
            if (answered || !bus_reader_sleep(reader))
                continue;
            wait_readable(bus_wake_descriptor(bus));
            bus_reader_awake(reader);
        }
        round++;
    }
    bus_reader_free(&reader);
}

static void play_second(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    struct event event = small_event(2);

    play(bus, 2, false);
    bus_publish(bus, &event);
}

static void no_wake_is_ever_lost(void **state)
{
    struct bus *bus = *state;

    bus_attach(bus, 2);
    pid_t pid = fixture_fork(play_second, &bus);
    bus_attach(bus, 1);
    play(bus, 1, true);
    assert_int_equal(fixture_wait(pid), 0);
    assert_int_equal(counter_total(bus, COUNTER_EVENTS_PUBLISHED), 2 * ROUNDS);
}

/* ---- the commit lock ---- */

enum { COMMITS = 5000 };

static void commit_often(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    for (int i = 0; i < COMMITS; i++) {
        assert(!bus_commit_lock(bus));
        bus_set_published_commit(bus, bus_published_commit(bus) + 1);
        bus_commit_unlock(bus);
    }
}

static void commits_exclude_each_other(void **state)
{
    struct bus *bus = *state;
    pid_t pids[2];

    for (int i = 0; i < 2; i++)
        pids[i] = fixture_fork(commit_often, &bus);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fixture_wait(pids[i]), 0);
    assert_int_equal(bus_published_commit(bus), 2 * COMMITS);
}

static void die_in_a_commit(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    bus_commit_lock(bus);
    raise(SIGKILL);
}

static void a_death_in_a_commit_is_told_once(void **state)
{
    struct bus *bus = *state;

    assert_int_equal(fixture_run_apart(die_in_a_commit, &bus), -SIGKILL);
    /* Whoever was to put it right dies as well: the next one is told, too. */
    assert_int_equal(fixture_run_apart(die_in_a_commit, &bus), -SIGKILL);
    assert_true(bus_commit_lock(bus));
    bus_commit_unlock(bus);
    assert_false(bus_commit_lock(bus));
    bus_commit_unlock(bus);
}

/* ---- a process that ends ---- */

static void die(void *argument)
{
    (void)argument;
    raise(SIGKILL);
}

static void die_while_publishing(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    struct event event = small_event(666);

    bus->ring.copying = die;
    bus_publish(bus, &event);
}

static void a_death_in_the_publish_is_nothing_to_the_others(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    for (int i = 0; i < 10; i++) {
        assert_int_equal(fixture_run_apart(die_while_publishing, &bus), -SIGKILL);
        struct event event = small_event(i);
        assert_int_not_equal(bus_publish(bus, &event), 0);
        assert_int_equal(bus_reader_next(reader, &event), BUS_EVENT);
        assert_int_equal(event.subject[0], i);
        expect_nothing(reader);
    }
    bus_reader_free(&reader);
}

static void die_with_everything(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    struct bus_reader *reader = bus_reader_new(bus);
    struct uuid user = { { 0xee } };
    struct call_participant participant = {
        .channel_key = 7, .user_key = 1, .process = 1, .username = "a\"b\\c", .server_name = "s"
    };

    bus_attach(bus, 1);
    presence_enter(bus, 1, &user);
    calls_join(bus, &participant, 0);
    counter_add(bus, COUNTER_STREAMS_OPEN, 3);
    counter_add(bus, COUNTER_COMMITS, 3);
    bus_reader_sleep(reader);
    raise(SIGKILL);
}

static void what_it_had_goes_with_it(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct call_participant left;
    size_t count;

    assert_int_equal(fixture_run_apart(die_with_everything, &bus), -SIGKILL);
    assert_int_equal(presence_online_count(bus), 1);
    assert_int_equal(bus->segment->slots[1].sleeping, 1);
    presence_announce(bus);
    bus_process_gone(bus, 1);
    expect_event(reader, EVENT_PRESENCE_CHANGED,
                 "{\"event\":\"presence_changed\",\"user_id\":null,\"channel_id\":null,\"online_count\":1,\"users\":["
                 "{\"user_id\":\"ee000000-0000-0000-0000-000000000000\",\"is_online\":true}]}");
    expect_event(reader, EVENT_CALLS_ABANDONED, "");
    expect_event(reader, EVENT_PRESENCE_CHANGED,
                 "{\"event\":\"presence_changed\",\"user_id\":null,\"channel_id\":null,\"online_count\":0,\"users\":["
                 "{\"user_id\":\"ee000000-0000-0000-0000-000000000000\",\"is_online\":false}]}");
    expect_nothing(reader);
    assert_int_equal(presence_online_count(bus), 0);
    assert_true(calls_take_abandoned(bus, &left));
    assert_null(calls_participants(bus, 0, &count));
    assert_int_equal(counter_total(bus, COUNTER_STREAMS_OPEN), 0);
    assert_int_equal(counter_total(bus, COUNTER_COMMITS), 3);
    assert_int_equal(bus->segment->slots[1].sleeping, 0);
    bus_reader_free(&reader);
}

static void an_event_whose_writer_died_before_waking_still_wakes(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event = small_event(1);

    bus_attach(bus, 2);
    assert_true(bus_reader_sleep(reader));
    ring_write(&bus->ring, &event); /* as far as it came */
    assert_false(is_readable(bus_wake_descriptor(bus)));
    bus->process = 0;
    bus_process_gone(bus, 1);
    bus->process = 2;
    assert_true(is_readable(bus_wake_descriptor(bus)));
    bus_reader_free(&reader);
}

static void a_slot_is_taken_over_clean(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event = small_event(1);

    bus_attach(bus, 1);
    assert_true(bus_reader_sleep(reader));
    bus_publish(bus, &event);
    assert_true(is_readable(bus_wake_descriptor(bus)));
    bus_attach(bus, 1); /* its successor */
    assert_false(is_readable(bus_wake_descriptor(bus)));
    assert_int_equal(bus->segment->slots[1].sleeping, 0);
    bus_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(all_process_slots_can_be_used),
        cmocka_unit_test(a_missing_descriptor_is_an_error),
        bus_test(the_segment_has_no_name),
        bus_test(epochs_differ),
        bus_test(sections_share_no_cache_line),
        bus_test(every_reader_sees_the_same_order),
        bus_test(a_reader_resumes_behind_an_id),
        bus_test(too_large_is_not_published),
        bus_test(only_sleepers_are_woken),
        bus_test(awake_means_no_more_wakes),
        bus_test(no_wake_is_ever_lost),
        bus_test(commits_exclude_each_other),
        bus_test(a_death_in_a_commit_is_told_once),
        bus_test(a_death_in_the_publish_is_nothing_to_the_others),
        bus_test(what_it_had_goes_with_it),
        bus_test(an_event_whose_writer_died_before_waking_still_wakes),
        bus_test(a_slot_is_taken_over_clean),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
