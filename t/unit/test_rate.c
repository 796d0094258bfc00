/*
 * test_rate.c - rate limits. The time is given, so nothing here waits.
 */
#include "bus_fixture.h"
#include "bus/segment.h"
#include <stdio.h>

enum { BURST = 5, PERIOD = 60 }; /* one every twelve seconds */

static const uint64_t second = 1000000;
static const uint64_t start = 1000 * UINT64_C(1000000);

static unsigned attempt(struct bus *bus, const char *name, uint64_t now)
{
    return rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, name, strlen(name), BURST, PERIOD, now);
}

static void use_up(struct bus *bus, const char *name, uint64_t now)
{
    for (int i = 0; i < BURST; i++)
        assert_int_equal(attempt(bus, name, now), 0);
    assert_int_not_equal(attempt(bus, name, now), 0);
}

static void a_burst_is_free_then_one_waits(void **state)
{
    struct bus *bus = *state;

    use_up(bus, "alice", start);
    assert_int_equal(attempt(bus, "alice", start), 12);
    assert_int_equal(attempt(bus, "alice", start + second), 11);
    assert_int_equal(attempt(bus, "alice", start + second / 2), 12); /* rounded up: never too early */
    assert_int_equal(attempt(bus, "alice", start + 12 * second - 1), 1);
}

static void waiting_as_told_is_enough(void **state)
{
    struct bus *bus = *state;
    uint64_t now = start;

    use_up(bus, "alice", now);
    for (int i = 0; i < 10; i++) {
        unsigned wait = attempt(bus, "alice", now);
        assert_int_equal(wait, 12);
        now += wait * second;
        assert_int_equal(attempt(bus, "alice", now), 0);
    }
}

static void a_refused_attempt_does_not_count(void **state)
{
    struct bus *bus = *state;

    use_up(bus, "alice", start);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(attempt(bus, "alice", start), 12);
    assert_int_equal(attempt(bus, "alice", start + 12 * second), 0);
}

static void after_a_period_the_burst_is_back(void **state)
{
    struct bus *bus = *state;

    use_up(bus, "alice", start);
    use_up(bus, "alice", start + PERIOD * second);
}

static void a_period_never_holds_more_than_the_burst(void **state)
{
    struct bus *bus = *state;
    unsigned allowed = 0;

    /* 7 does not divide a minute. Asking every 10 ms for ten minutes: ten periods' worth and the first burst. */
    for (uint64_t now = start; now < start + 600 * second; now += second / 100)
        allowed += rate_attempt_at(bus, RATE_LOGIN_ADDRESS, "x", 1, 7, 60, now) == 0;
    assert_in_range(allowed, 70 + 6, 70 + 7);
}

static void one_at_a_time(void **state)
{
    struct bus *bus = *state;

    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, "x", 1, 1, 30, start), 0);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, "x", 1, 1, 30, start), 30);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, "x", 1, 1, 30, start + 30 * second), 0);
}

static void names_and_classes_are_apart(void **state)
{
    struct bus *bus = *state;
    char *long_name = malloc(100000);

    assert_non_null(long_name);
    memset(long_name, 'a', 100000);
    use_up(bus, "alice", start);
    use_up(bus, "alicf", start);
    use_up(bus, "", start);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ADDRESS, "alice", 5, BURST, PERIOD, start), 0);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, "alice\0", 6, BURST, PERIOD, start), 0);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, long_name, 100000, 1, PERIOD, start), 0);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, long_name, 99999, 1, PERIOD, start), 0);
    assert_int_equal(rate_attempt_at(bus, RATE_LOGIN_ACCOUNT, long_name, 100000, 1, PERIOD, start), PERIOD);
    free(long_name);
}

static void a_success_forgets(void **state)
{
    struct bus *bus = *state;

    use_up(bus, "alice", start);
    use_up(bus, "bob", start);
    rate_forget(bus, RATE_LOGIN_ACCOUNT, "alice", 5);
    rate_forget(bus, RATE_LOGIN_ACCOUNT, "nobody", 6);
    use_up(bus, "alice", start);
    assert_int_equal(attempt(bus, "bob", start), 12);
}

static void the_present_time_is_used(void **state)
{
    struct bus *bus = *state;

    /* 2 a year: no time that a test takes matters. */
    assert_int_equal(rate_attempt(bus, RATE_LOGIN_ACCOUNT, "x", 1, 2, 31536000), 0);
    assert_int_equal(rate_attempt(bus, RATE_LOGIN_ACCOUNT, "x", 1, 2, 31536000), 0);
    assert_true(rate_attempt(bus, RATE_LOGIN_ACCOUNT, "x", 1, 2, 31536000) > 10000000);
    rate_forget(bus, RATE_LOGIN_ACCOUNT, "x", 1);
    assert_int_equal(rate_attempt(bus, RATE_LOGIN_ACCOUNT, "x", 1, 2, 31536000), 0);
}

static void a_flood_of_names_does_not_free_who_is_refused(void **state)
{
    struct bus *bus = *state;
    char name[32];

    use_up(bus, "victim", start);
    for (int i = 0; i < 200000; i++) { /* six times the table */
        snprintf(name, sizeof(name), "flood %d", i);
        assert_int_equal(attempt(bus, name, start), 0);
    }
    assert_int_equal(attempt(bus, "victim", start), 12);
}

static void the_limit_is_the_same_in_all_processes(void **state)
{
    struct bus *bus = *state;

    for (unsigned i = 0; i < BURST; i++) {
        bus_attach(bus, i % FIXTURE_PROCESSES);
        assert_int_equal(attempt(bus, "alice", start), 0);
    }
    bus_attach(bus, 3);
    assert_int_equal(attempt(bus, "alice", start), 12);
}

static void try_often(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    int allowed = 0;

    for (int i = 0; i < 2000; i++)
        allowed += rate_attempt_at(bus, RATE_LOGIN_ADDRESS, "x", 1, 1000, 60, start) == 0;
    counter_add(bus, COUNTER_COMMITS, allowed);
}

static void racing_processes_get_the_burst_and_no_more(void **state)
{
    struct bus *bus = *state;
    pid_t pids[3];

    for (unsigned i = 0; i < 3; i++)
        pids[i] = fixture_fork(try_often, &bus);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(fixture_wait(pids[i]), 0);
    assert_int_equal(counter_total(bus, COUNTER_COMMITS), 1000);
}

static void die_with_the_lock(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    lock_acquire(&bus->segment->rates.lock);
    raise(SIGKILL);
}

static void a_dead_owner_does_not_block_the_others(void **state)
{
    struct bus *bus = *state;

    use_up(bus, "alice", start);
    assert_int_equal(fixture_run_apart(die_with_the_lock, &bus), -SIGKILL);
    assert_int_equal(attempt(bus, "alice", start), 12);
    assert_int_equal(attempt(bus, "bob", start), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(a_burst_is_free_then_one_waits),
        bus_test(waiting_as_told_is_enough),
        bus_test(a_refused_attempt_does_not_count),
        bus_test(after_a_period_the_burst_is_back),
        bus_test(a_period_never_holds_more_than_the_burst),
        bus_test(one_at_a_time),
        bus_test(names_and_classes_are_apart),
        bus_test(a_success_forgets),
        bus_test(the_present_time_is_used),
        bus_test(a_flood_of_names_does_not_free_who_is_refused),
        bus_test(the_limit_is_the_same_in_all_processes),
        bus_test(racing_processes_get_the_burst_and_no_more),
        bus_test(a_dead_owner_does_not_block_the_others),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
