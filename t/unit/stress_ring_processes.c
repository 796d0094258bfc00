/*
 * stress_ring_processes.c - many processes on one ring; writers are killed inside the publish and anywhere else.
 */
#include "bus_fixture.h"
#include "stress_ring.h"
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum { ROUNDS = 100, LAST_EVENTS = 50000 };

static struct arena *arena;

static void be_killed(void *argument)
{
    (void)argument;
    raise(SIGKILL);
}

static void run_writer(void *argument)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    write_events(argument);
}

static void run_careful(void *argument)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    read_carefully(arena, *(int *)argument);
}

static void run_other(void *argument)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    (*(void (**)(struct arena *))argument)(arena);
}

/* Two writers that die in the middle of a copy, and one that is killed wherever it happens to be. */
static void run_dying_writers(uint64_t round, uint64_t *random)
{
    struct writer first = { arena, round * 3, stress_random(random) % 100, be_killed };
    struct writer second = { arena, round * 3 + 1, stress_random(random) % 30, be_killed };
    struct writer third = { arena, round * 3 + 2, UINT64_MAX, NULL };

    arena->killed_anywhere[third.id] = true;
    pid_t pids[] = { fixture_fork(run_writer, &third), fixture_fork(run_writer, &first),
                     fixture_fork(run_writer, &second) };
    usleep((useconds_t)(stress_random(random) % 4000));
    kill(pids[0], SIGKILL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fixture_wait(pids[i]), -SIGKILL);
    assert_int_equal(arena->confirmed[first.id], first.count);
    assert_int_equal(arena->confirmed[second.id], second.count);
}

static void nothing_is_torn_lost_or_reordered(void **state)
{
    static void (*const others[])(struct arena *) = { read_slowly, read_at_the_edge, seek_about };
    pid_t readers[STRESS_CAREFUL + 3], writers[2];
    uint64_t random = UINT64_C(0x2545f4914f6cdd1d);

    (void)state;
    for (int i = 0; i < STRESS_CAREFUL; i++)
        readers[i] = fixture_fork(run_careful, &i);
    for (int i = 0; i < 3; i++)
        readers[STRESS_CAREFUL + i] = fixture_fork(run_other, (void *)&others[i]);
    for (uint64_t round = 0; round < ROUNDS; round++)
        run_dying_writers(round, &random);
    for (uint64_t i = 0; i < 2; i++) {
        struct writer last = { arena, ROUNDS * 3 + i, LAST_EVENTS, NULL };
        writers[i] = fixture_fork(run_writer, &last);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(fixture_wait(writers[i]), 0);
    arena->done = true;
    for (int i = 0; i < STRESS_CAREFUL + 3; i++)
        assert_int_equal(fixture_wait(readers[i]), 0);

    uint64_t events = 0;
    for (int i = 0; i < STRESS_WRITERS; i++)
        events += arena->confirmed[i];
    print_message("# %llu events, %d writers killed, the slow reader lapped %llu times\n", (unsigned long long)events,
                  ROUNDS * 3, (unsigned long long)arena->lapped);
    assert_true(arena->lapped > 0);
}

static int setup(void **state)
{
    (void)state;
    arena = mmap(NULL, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (arena == MAP_FAILED)
        return -1;
    arena_init(arena);
    /* A reader that failed would leave the writers waiting for ever. */
    alarm(300);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return munmap(arena, sizeof(*arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_torn_lost_or_reordered, setup, teardown),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
