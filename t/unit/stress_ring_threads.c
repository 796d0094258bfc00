/*
 * stress_ring_threads.c - many threads on one ring, for ThreadSanitizer; writers end inside the publish.
 */
#include "bus_fixture.h"
#include "stress_ring.h"

enum { ROUNDS = 30, LAST_EVENTS = 5000 };

static struct arena *arena;

/* The lock's owner ends without giving it back: to a robust lock that is a death. */
static void end_thread(void *argument)
{
    (void)argument;
    pthread_exit(NULL);
}

static void *run_writer(void *argument)
{
    write_events(argument);
    return NULL;
}

static void *run_careful(void *argument)
{
    read_carefully(arena, *(int *)argument);
    return NULL;
}

static void *run_other(void *argument)
{
    (*(void (**)(struct arena *))argument)(arena);
    return NULL;
}

static pthread_t start(void *(*run)(void *), void *argument)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, run, argument), 0);
    return thread;
}

static void run_writers(uint64_t first_id, const uint64_t *counts, void (*die)(void *))
{
    struct writer writers[3];
    pthread_t threads[3];

    for (uint64_t i = 0; i < 3; i++) {
        writers[i] = (struct writer){ arena, first_id + i, counts[i], die };
        threads[i] = start(run_writer, &writers[i]);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(arena->confirmed[writers[i].id], counts[i]);
    }
}

static void nothing_is_torn_lost_or_reordered(void **state)
{
    static void (*const others[])(struct arena *) = { read_slowly, read_at_the_edge, seek_about };
    pthread_t readers[STRESS_CAREFUL + 3];
    int indexes[STRESS_CAREFUL];
    uint64_t random = UINT64_C(0x2545f4914f6cdd1d);

    (void)state;
    for (int i = 0; i < STRESS_CAREFUL; i++) {
        indexes[i] = i;
        readers[i] = start(run_careful, &indexes[i]);
    }
    for (int i = 0; i < 3; i++)
        readers[STRESS_CAREFUL + i] = start(run_other, (void *)&others[i]);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t counts[] = { stress_random(&random) % 100, stress_random(&random) % 30, stress_random(&random) % 60 };
        run_writers(round * 3, counts, end_thread);
    }
    run_writers(ROUNDS * 3, (const uint64_t[]){ LAST_EVENTS, LAST_EVENTS, LAST_EVENTS }, NULL);
    arena->done = true;
    for (int i = 0; i < STRESS_CAREFUL + 3; i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    print_message("# %d writers ended in the publish, the slow reader lapped %llu times\n", ROUNDS * 3,
                  (unsigned long long)arena->lapped);
    assert_true(arena->lapped > 0);
}

static int setup(void **state)
{
    (void)state;
    arena = aligned_alloc(64, (sizeof(*arena) + 63) / 64 * 64);
    if (!arena)
        return -1;
    memset(arena, 0, sizeof(*arena));
    arena_init(arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_torn_lost_or_reordered, setup, teardown),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
