/*
 * test_tasks.c - tasks on the job threads, and an end that loses nothing.
 */
#include "writer_fixture.h"
#include "worker/task_internal.h"
#include <pthread.h>
#include <sched.h>

/* ---- work steps ---- */

static enum result work_well(struct task *task, struct store *store)
{
    (void)task;
    return store_last_commit(store, &(uint64_t){0}, &(bool){false}); /* it has a connection that works */
}

static enum result work_badly(struct task *task, struct store *store)
{
    (void)store;
    task->error = "no";
    return RESULT_FORBIDDEN;
}

static void work_goes_before_the_write(void **state)
{
    struct setting *setting = *state;
    unsigned both = submit_steps(setting, work_well, add_message), alone = submit_steps(setting, work_well, NULL);

    finish(setting);
    expect_result(setting, both, RESULT_OK);
    expect_result(setting, alone, RESULT_OK);
    assert_int_equal(messages(setting), 1);
}

static void failed_work_leaves_the_write_out(void **state)
{
    struct setting *setting = *state;
    unsigned number = submit_steps(setting, work_badly, add_message);

    finish(setting);
    expect_result(setting, number, RESULT_FORBIDDEN);
    assert_string_equal(setting->outcomes[number].error, "no");
    assert_int_equal(setting->written, 0);
    assert_int_equal(messages(setting), 0);
}

/* ---- the end ---- */

enum { QUEUED_WRITES = 40, QUEUED_WORKS = 20 };

/* Opens the gate once all is queued behind it, the writer's word to end included. */
static void *open_at_the_end(void *argument)
{
    struct setting *setting = argument;
    int filled = 0;

    while (filled < QUEUED_WRITES + QUEUED_WORKS + 1) {
        sched_yield();
        sem_getvalue(&setting->worker.tasks->writes.filled, &filled);
    }
    gate_open(setting);
    return NULL;
}

static void stopping_finishes_what_is_queued(void **state)
{
    struct setting *setting = *state;
    pthread_t opener;

    gate_close(setting);
    for (unsigned i = 0; i < QUEUED_WORKS; i++)
        submit_steps(setting, work_well, add_message);
    for (unsigned i = 0; i < QUEUED_WRITES; i++)
        submit(setting, add_message);
    struct tasks *tasks = setting->worker.tasks;
    assert_int_equal(pthread_create(&opener, NULL, open_at_the_end, setting), 0);
    tasks_stop(&tasks);
    setting->worker.tasks = NULL;
    pthread_join(opener, NULL);
    assert_null(tasks);
    for (unsigned i = 0; i < setting->count; i++) {
        assert_int_equal(setting->outcomes[i].calls, 1);
        expect_result(setting, i, i == 0 ? RESULT_CONFLICT : RESULT_OK);
    }
    assert_int_equal(messages(setting), QUEUED_WRITES + QUEUED_WORKS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WRITER_TEST(work_goes_before_the_write),
        WRITER_TEST(failed_work_leaves_the_write_out),
        WRITER_TEST(stopping_finishes_what_is_queued),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("tasks", tests, group_setup, group_teardown);
}
