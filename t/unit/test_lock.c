/*
 * test_lock.c - the lock that survives its owner, and the waiters that survive other waiters.
 */
#include "bus_fixture.h"
#include "bus/lock.h"
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

struct shared {
    struct lock lock;
    _Atomic int deaths;   /* lock_acquire returned true */
    _Atomic bool stop;
    long unprotected;     /* changed under the lock only */
};

static int setup(void **state)
{
    struct shared *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return -1;
    lock_init(&shared->lock);
    *state = shared;
    alarm(120); /* a process that waits for ever fails */
    return 0;
}

static int teardown(void **state)
{
    alarm(0);
    return munmap(*state, sizeof(struct shared));
}

static void acquire(void *argument)
{
    struct shared *shared = argument;

    alarm(120);
    if (lock_acquire(&shared->lock))
        shared->deaths++;
}

static void acquire_and_release(void *argument)
{
    struct shared *shared = argument;

    acquire(shared);
    lock_release(&shared->lock);
}

static void acquire_and_die(void *argument)
{
    acquire(argument);
    raise(SIGKILL);
}

enum { TURNS = 20000 };

static void take_turns(void *argument)
{
    struct shared *shared = argument;

    for (int i = 0; i < TURNS; i++) {
        acquire(shared);
        shared->unprotected++;
        lock_release(&shared->lock);
    }
}

static void one_owner_at_a_time(void **state)
{
    struct shared *shared = *state;
    pid_t pids[3];

    for (int i = 0; i < 3; i++)
        pids[i] = fixture_fork(take_turns, shared);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fixture_wait(pids[i]), 0);
    assert_int_equal(shared->unprotected, 3 * TURNS);
    assert_int_equal(shared->deaths, 0);
}

static void a_death_is_told_once(void **state)
{
    struct shared *shared = *state;

    assert_int_equal(fixture_run_apart(acquire_and_die, shared), -SIGKILL);
    assert_true(lock_acquire(&shared->lock));
    lock_release(&shared->lock);
    assert_false(lock_acquire(&shared->lock));
    lock_release(&shared->lock);
}

static void whoever_dies_repairing_leaves_it_to_the_next(void **state)
{
    struct shared *shared = *state;

    for (int i = 0; i < 5; i++) {
        assert_int_equal(fixture_run_apart(acquire_and_die, shared), -SIGKILL);
        assert_int_equal(shared->deaths, i);
    }
    assert_true(lock_acquire(&shared->lock));
    lock_release(&shared->lock);
}

static _Atomic int *word_of(struct shared *shared)
{
    return (_Atomic int *)(void *)&shared->lock.mutex.__data.__lock;
}

/* Until that process blocks (or, under ThreadSanitizer, where nobody sleeps on a lock, for a while). */
static void wait_for_sleeper(struct shared *shared)
{
    for (int i = 0; i < 1000 && (*word_of(shared) & (int)FUTEX_WAITERS) == 0; i++)
        usleep(100);
    usleep(1000);
}

static void a_waiter_is_told_of_a_death(void **state)
{
    struct shared *shared = *state;

    assert_false(lock_acquire(&shared->lock));
    pid_t dying = fixture_fork(acquire_and_die, shared);
    wait_for_sleeper(shared);
    lock_release(&shared->lock);
    assert_int_equal(fixture_wait(dying), -SIGKILL);
    assert_int_equal(fixture_run_apart(acquire_and_release, shared), 0);
    assert_int_equal(shared->deaths, 1);
}

/* What is left after an unlock woke a process that was killed at once, when somebody else then locks and unlocks. */
static void a_wake_that_was_lost_stops_nobody(void **state)
{
    struct shared *shared = *state;

    for (int i = 0; i < 3; i++) {
        assert_false(lock_acquire(&shared->lock));
        pid_t waiting = fixture_fork(acquire_and_release, shared);
        wait_for_sleeper(shared);
        *word_of(shared) &= ~(int)FUTEX_WAITERS;
        lock_release(&shared->lock);
        assert_int_equal(fixture_wait(waiting), 0);
    }
}

static void take_turns_until_stopped(void *argument)
{
    struct shared *shared = argument;

    while (!shared->stop)
        acquire_and_release(shared);
}

static void killed_waiters_stop_nobody(void **state)
{
    struct shared *shared = *state;
    pid_t staying = fixture_fork(take_turns_until_stopped, shared);

    for (useconds_t i = 0; i < 300; i++) {
        pid_t killed[2] = { fixture_fork(take_turns_until_stopped, shared),
                            fixture_fork(take_turns_until_stopped, shared) };
        usleep(i * 37 % 2000);
        for (int j = 0; j < 2; j++)
            kill(killed[j], SIGKILL);
        for (int j = 0; j < 2; j++)
            assert_int_equal(fixture_wait(killed[j]), -SIGKILL);
    }
    shared->stop = true;
    assert_int_equal(fixture_wait(staying), 0);
}

#define lock_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        lock_test(one_owner_at_a_time),
        lock_test(a_death_is_told_once),
        lock_test(whoever_dies_repairing_leaves_it_to_the_next),
        lock_test(a_waiter_is_told_of_a_death),
        lock_test(a_wake_that_was_lost_stops_nobody),
        lock_test(killed_waiters_stop_nobody),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
