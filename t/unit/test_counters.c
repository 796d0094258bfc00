/*
 * test_counters.c - counters over several processes.
 */
#include "bus_fixture.h"
#include "bus/segment.h"

static void a_total_is_the_sum_over_processes(void **state)
{
    struct bus *bus = *state;

    for (enum counter counter = 0; counter < COUNTERS; counter++)
        assert_int_equal(counter_total(bus, counter), 0);
    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++) {
        bus_attach(bus, process);
        counter_add(bus, COUNTER_STREAMS_CUT, 10 + process);
        counter_add(bus, COUNTERS - 1, 1);
    }
    assert_int_equal(counter_total(bus, COUNTER_STREAMS_CUT), 10 + 11 + 12 + 13);
    assert_int_equal(counter_total(bus, COUNTERS - 1), 4);
    assert_int_equal(counter_total(bus, COUNTER_COMMITS), 0);
}

static void a_gauge_goes_down(void **state)
{
    struct bus *bus = *state;

    counter_add(bus, COUNTER_CONNECTIONS_OPEN, 5);
    counter_add(bus, COUNTER_CONNECTIONS_OPEN, -2);
    assert_int_equal(counter_total(bus, COUNTER_CONNECTIONS_OPEN), 3);
}

enum { ADDED = 20000 };

static void add_many(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    for (int i = 0; i < ADDED; i++)
        counter_add(bus, COUNTER_EVENTS_DELIVERED, 2);
}

static void nothing_is_lost_between_processes(void **state)
{
    struct bus *bus = *state;
    pid_t pids[FIXTURE_PROCESSES];

    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++) {
        bus_attach(bus, process / 2); /* two in one slot, as two threads of a process are */
        pids[process] = fixture_fork(add_many, &bus);
    }
    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++)
        assert_int_equal(fixture_wait(pids[process]), 0);
    assert_int_equal(counter_total(bus, COUNTER_EVENTS_DELIVERED), 2 * ADDED * FIXTURE_PROCESSES);
}

static void processes_share_no_cache_line(void **state)
{
    struct bus *bus = *state;

    assert_true(sizeof(struct counter_row) % 64 == 0);
    assert_int_equal((uintptr_t)&bus->segment->counters[1] % 64, 0);
}

static void gauges_go_with_their_process(void **state)
{
    struct bus *bus = *state;

    for (unsigned process = 1; process <= 2; process++) {
        bus_attach(bus, process);
        for (enum counter counter = 0; counter < COUNTERS; counter++)
            counter_add(bus, counter, 100);
    }
    bus_attach(bus, 0);
    bus_process_gone(bus, 1);
    for (enum counter counter = 0; counter < COUNTERS; counter++)
        assert_int_equal(counter_total(bus, counter), counter < COUNTER_EVENTS_PUBLISHED ? 100 : 200);
}

static void the_bus_counts_events_and_lapped_readers(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct event event = { .json = "{}", .length = 2 };

    for (int i = 0; i < FIXTURE_RING / 32; i++)
        bus_publish(bus, &event);
    assert_int_equal(counter_total(bus, COUNTER_EVENTS_PUBLISHED), FIXTURE_RING / 32);
    assert_int_equal(bus_reader_next(reader, &event), BUS_LAPPED);
    assert_int_equal(counter_total(bus, COUNTER_READERS_LAPPED), 1);
    bus_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(a_total_is_the_sum_over_processes), bus_test(a_gauge_goes_down),
        bus_test(nothing_is_lost_between_processes), bus_test(processes_share_no_cache_line),
        bus_test(gauges_go_with_their_process),      bus_test(the_bus_counts_events_and_lapped_readers),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
