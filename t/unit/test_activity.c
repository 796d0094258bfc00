/*
 * test_activity.c - messages a minute: over processes, over minutes, over an idle hour.
 */
#include "bus_fixture.h"
#include "bus/segment.h"

enum { MINUTE = 29500000, LAST = ACTIVITY_MINUTES - 1 };

/* Fails unless the minutes up to this one have so many messages in all. */
static void expect_sum(const struct bus *bus, uint32_t minute, unsigned sum)
{
    uint32_t counts[ACTIVITY_MINUTES];
    unsigned total = 0;

    activity_read_at(bus, minute, counts);
    for (size_t i = 0; i < ACTIVITY_MINUTES; i++)
        total += counts[i];
    assert_int_equal(total, sum);
}

static void at_first_there_is_nothing(void **state)
{
    uint32_t counts[ACTIVITY_MINUTES];

    expect_sum(*state, MINUTE, 0);
    activity_read(*state, counts);
    for (size_t i = 0; i < ACTIVITY_MINUTES; i++)
        assert_int_equal(counts[i], 0);
}

static void the_oldest_minute_comes_first(void **state)
{
    struct bus *bus = *state;
    uint32_t counts[ACTIVITY_MINUTES];

    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        activity_count_at(bus, MINUTE + i, i + 1);
    activity_read_at(bus, MINUTE + LAST, counts);
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        assert_int_equal(counts[i], i + 1);
}

static void an_hour_later_a_minute_is_forgotten(void **state)
{
    struct bus *bus = *state;
    uint32_t counts[ACTIVITY_MINUTES];

    activity_count_at(bus, MINUTE, 7);
    activity_read_at(bus, MINUTE + LAST, counts);
    assert_int_equal(counts[0], 7);
    expect_sum(bus, MINUTE + LAST + 1, 0);
    activity_count_at(bus, MINUTE + LAST + 1, 2);
    activity_read_at(bus, MINUTE + LAST + 1, counts);
    assert_int_equal(counts[LAST], 2);
    expect_sum(bus, MINUTE + LAST + 1, 2);
}

/* Nothing is cleared while nobody writes: what is old is known by its minute. */
static void an_idle_time_of_any_length_leaves_nothing(void **state)
{
    struct bus *bus = *state;

    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        activity_count_at(bus, MINUTE + i, 1);
    for (unsigned hours = 2; hours < 40; hours++)
        expect_sum(bus, MINUTE + hours * ACTIVITY_MINUTES + LAST, 0);
}

static void a_minute_of_the_future_is_not_shown(void **state)
{
    activity_count_at(*state, MINUTE + 3, 5);
    expect_sum(*state, MINUTE, 0);
    activity_count_at(*state, MINUTE + 3 - ACTIVITY_MINUTES, 1); /* the clock was set back by an hour */
    expect_sum(*state, MINUTE, 1);
}

static void a_count_ends_at_its_bound(void **state)
{
    uint32_t counts[ACTIVITY_MINUTES];

    activity_count_at(*state, MINUTE, UINT32_MAX);
    activity_count_at(*state, MINUTE, 10);
    activity_read_at(*state, MINUTE, counts);
    assert_int_equal(counts[LAST], UINT32_MAX);
}

enum { ADDED = 20000 };

static void count_many(void *argument)
{
    for (unsigned i = 0; i < ADDED; i++)
        activity_count_at(*(struct bus **)argument, MINUTE + (i & 1), 1);
}

static void nothing_is_lost_between_processes(void **state)
{
    struct bus *bus = *state;
    pid_t pids[FIXTURE_PROCESSES];
    uint32_t counts[ACTIVITY_MINUTES];

    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++)
        pids[process] = fixture_fork(count_many, &bus);
    for (unsigned process = 0; process < FIXTURE_PROCESSES; process++)
        assert_int_equal(fixture_wait(pids[process]), 0);
    activity_read_at(bus, MINUTE + 1, counts);
    assert_int_equal(counts[LAST - 1], FIXTURE_PROCESSES * ADDED / 2);
    assert_int_equal(counts[LAST], FIXTURE_PROCESSES * ADDED / 2);
}

static void what_is_counted_now_is_in_the_last_minutes(void **state)
{
    uint32_t counts[ACTIVITY_MINUTES];

    activity_count(*state, 3);
    activity_read(*state, counts);
    assert_int_equal(counts[LAST] + counts[LAST - 1], 3); /* a minute may have ended in between */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(at_first_there_is_nothing),
        bus_test(the_oldest_minute_comes_first),
        bus_test(an_hour_later_a_minute_is_forgotten),
        bus_test(an_idle_time_of_any_length_leaves_nothing),
        bus_test(a_minute_of_the_future_is_not_shown),
        bus_test(a_count_ends_at_its_bound),
        bus_test(nothing_is_lost_between_processes),
        bus_test(what_is_counted_now_is_in_the_last_minutes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("activity", tests, NULL, NULL);
}
