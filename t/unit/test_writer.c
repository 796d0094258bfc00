/*
 * test_writer.c - group commit: many writes in one transaction, and what the failure of one undoes.
 */
#include "writer_fixture.h"
#include "bering/counters.h"

/* ---- writes that fail ---- */

static enum result take_a_taken_name(struct task *task, struct store *store, struct event_batch *events)
{
    struct user_change change = {.username = "alice"};
    struct user *user = NULL;

    (void)events;
    ((struct write *)task)->setting->written++;
    task->error = "that name is taken";
    return store_user_create(store, &change, &user);
}

static enum result become_unavailable(struct task *task, struct store *store, struct event_batch *events)
{
    add_message(task, store, events);
    return RESULT_UNAVAILABLE;
}

static enum result break_down(struct task *task, struct store *store, struct event_batch *events)
{
    add_message(task, store, events);
    return RESULT_INTERNAL;
}

/* As SQLite does by itself after some failures of the disk. */
static enum result lose_the_transaction(struct task *task, struct store *store, struct event_batch *events)
{
    add_message(task, store, events);
    assert(database_run(store->database, "ROLLBACK") == SQLITE_OK);
    return RESULT_OK;
}

/* ---- group commit ---- */

static void writes_share_one_commit(void **state)
{
    enum { MANY = 300 };
    struct setting *setting = *state;
    uint64_t before = last_commit(setting);

    gate_close(setting);
    int64_t commits = counter_total(setting->worker.bus, COUNTER_COMMITS);
    int64_t writes = counter_total(setting->worker.bus, COUNTER_COMMITTED_WRITES);
    for (unsigned i = 0; i < MANY; i++)
        submit(setting, add_message);
    gate_open(setting);
    finish(setting);
    for (unsigned i = 1; i <= MANY; i++)
        expect_result(setting, i, RESULT_OK);
    assert_int_equal(messages(setting), MANY);
    assert_int_equal(last_commit(setting), before + 1);
    assert_int_equal(counter_total(setting->worker.bus, COUNTER_COMMITS), commits + 1);
    assert_int_equal(counter_total(setting->worker.bus, COUNTER_COMMITTED_WRITES), writes + MANY);
    assert_int_equal(bus_published_commit(setting->worker.bus), before + 1);
}

static void batch_is_bounded(void **state)
{
    enum { MANY = 1500 };
    struct setting *setting = *state;
    uint64_t before = last_commit(setting);

    gate_close(setting);
    for (unsigned i = 0; i < MANY; i++)
        submit(setting, add_message);
    gate_open(setting);
    finish(setting);
    assert_int_equal(messages(setting), MANY);
    assert_in_range(last_commit(setting) - before, 2, 10);
}

static void answers_come_in_the_order_of_the_writes(void **state)
{
    struct setting *setting = *state;

    for (unsigned i = 0; i < 500; i++)
        submit(setting, add_message);
    finish(setting);
    assert_int_equal(setting->done, 500);
    assert_true(setting->in_order);
}

/* ---- failures ---- */

static void failing_write_does_not_harm_the_others(void **state)
{
    struct setting *setting = *state;
    uint64_t before = last_commit(setting);

    gate_close(setting);
    for (unsigned i = 1; i <= 9; i++)
        assert_int_equal(submit(setting, i % 3 == 0 ? take_a_taken_name : add_message), i);
    gate_open(setting);
    finish(setting);
    for (unsigned i = 1; i <= 9; i++) {
        expect_result(setting, i, i % 3 == 0 ? RESULT_CONFLICT : RESULT_OK);
        assert_int_equal(setting->outcomes[i].retry_after, 0);
        if (i % 3 == 0)
            assert_string_equal(setting->outcomes[i].error, "that name is taken");
    }
    assert_int_equal(messages(setting), 6);
    assert_int_equal(last_commit(setting), before + 1);
}

static void nothing_but_failures_is_no_commit(void **state)
{
    struct setting *setting = *state;
    uint64_t before = last_commit(setting);

    submit(setting, take_a_taken_name);
    submit(setting, take_a_taken_name);
    finish(setting);
    expect_result(setting, 0, RESULT_CONFLICT);
    expect_result(setting, 1, RESULT_CONFLICT);
    assert_int_equal(last_commit(setting), before);
    expect_nothing(setting->reader);
}

/* Submits two good writes, one that conflicts, one of these, two good ones: in one batch. */
static void run_doomed_batch(struct setting *setting, task_write *bad)
{
    uint64_t before = last_commit(setting);

    gate_close(setting);
    submit(setting, add_message);
    submit(setting, add_message);
    submit(setting, take_a_taken_name);
    submit(setting, bad);
    submit(setting, add_message);
    submit(setting, add_message);
    gate_open(setting);
    finish(setting);
    assert_int_equal(messages(setting), 0);
    assert_int_equal(last_commit(setting), before);
    expect_nothing(setting->reader);
    expect_result(setting, 3, RESULT_CONFLICT);
}

/* Those who would have been told that all is well hear that it is not, and when to try again. */
static void expect_refused(struct setting *setting, unsigned number)
{
    expect_result(setting, number, RESULT_UNAVAILABLE);
    assert_int_equal(setting->outcomes[number].retry_after, 1);
}

static void expect_recovered(struct setting *setting)
{
    unsigned number = submit(setting, add_message);

    finish(setting);
    expect_result(setting, number, RESULT_OK);
    assert_int_equal(messages(setting), 1);
}

static void unavailable_database_fails_the_whole_batch(void **state)
{
    struct setting *setting = *state;

    run_doomed_batch(setting, become_unavailable);
    assert_int_equal(setting->written, 4); /* what comes after is not tried */
    for (unsigned i = 1; i <= 6; i++)
        if (i == 4)
            expect_result(setting, i, RESULT_UNAVAILABLE);
        else if (i != 3)
            expect_refused(setting, i);
    expect_recovered(setting);
}

static void unavailable_write_says_when_to_try_again(void **state)
{
    struct setting *setting = *state;

    submit(setting, become_unavailable);
    finish(setting);
    expect_refused(setting, 0);
}

static void bug_in_a_write_fails_the_whole_batch(void **state)
{
    struct setting *setting = *state;

    run_doomed_batch(setting, break_down);
    assert_int_equal(setting->written, 4);
    expect_result(setting, 4, RESULT_INTERNAL);
    for (unsigned i = 1; i <= 6; i++)
        if (i != 3 && i != 4)
            expect_refused(setting, i);
    expect_recovered(setting);
}

static void lost_transaction_fails_the_whole_batch(void **state)
{
    struct setting *setting = *state;

    run_doomed_batch(setting, lose_the_transaction);
    for (unsigned i = 1; i <= 6; i++)
        assert_int_not_equal(setting->outcomes[i].result, RESULT_OK);
    expect_recovered(setting);
}

/* ---- memberships that were cached inside a transaction ---- */

enum { CACHED_CHANNEL = 77 };

static enum result cache_a_member(struct task *task, struct store *store, struct event_batch *events)
{
    struct setting *setting = ((struct write *)task)->setting;

    (void)store, (void)events;
    caches_put_member(setting->worker.caches, CACHED_CHANNEL, setting->author);
    return RESULT_OK;
}

static enum result cache_a_member_and_conflict(struct task *task, struct store *store, struct event_batch *events)
{
    cache_a_member(task, store, events);
    return RESULT_CONFLICT;
}

static bool has_cached_member(struct setting *setting)
{
    return caches_has_member(setting->worker.caches, CACHED_CHANNEL, setting->author);
}

static void committed_membership_stays_cached(void **state)
{
    struct setting *setting = *state;

    submit(setting, cache_a_member);
    finish(setting);
    assert_true(has_cached_member(setting));
}

static void membership_of_a_doomed_batch_is_forgotten(void **state)
{
    struct setting *setting = *state;

    gate_close(setting);
    submit(setting, cache_a_member);
    submit(setting, become_unavailable);
    gate_open(setting);
    finish(setting);
    assert_false(has_cached_member(setting));
}

/* The transaction is rolled back since no write of it succeeded. */
static void membership_of_a_failed_write_is_forgotten(void **state)
{
    struct setting *setting = *state;

    submit(setting, cache_a_member_and_conflict);
    finish(setting);
    expect_result(setting, 0, RESULT_CONFLICT);
    assert_false(has_cached_member(setting));
}

/* ---- another program in the way ---- */

static enum result stop_waiting_for_locks(struct task *task, struct store *store, struct event_batch *events)
{
    (void)task, (void)events;
    sqlite3_busy_timeout(store->database, 0);
    return RESULT_OK;
}

static void locked_database_refuses_the_batch(void **state)
{
    struct setting *setting = *state;

    submit(setting, stop_waiting_for_locks);
    finish(setting);
    begin(setting->store); /* the test's own connection is the other program */
    submit(setting, add_message);
    submit(setting, add_message);
    finish(setting);
    store_rollback(setting->store);
    expect_refused(setting, 1);
    expect_refused(setting, 2);
    assert_int_equal(setting->written, 0);
    expect_nothing(setting->reader);
    expect_recovered(setting);
}

/* ---- the thread's pulse ---- */

static struct pulse_view writer_pulse(const struct setting *setting)
{
    return bus_pulse_look(setting->worker.bus, 0, BUS_PULSE_WRITER);
}

static void is_still_until_it_goes_on(void **state)
{
    struct setting *setting = *state;

    gate_close(setting);
    struct pulse_view before = writer_pulse(setting);
    assert_true(before.is_at_work);
    assert_int_not_equal(before.thread, gettid());
    submit(setting, add_message);
    assert_int_equal(writer_pulse(setting).beats, before.beats); /* in the midst of a write it can only go on by itself */
    gate_open(setting);
    finish(setting);
    assert_int_not_equal(writer_pulse(setting).beats, before.beats);
    while (writer_pulse(setting).is_at_work)
        usleep(1000); /* it rests when there is nothing to write */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WRITER_TEST(writes_share_one_commit),
        WRITER_TEST(batch_is_bounded),
        WRITER_TEST(answers_come_in_the_order_of_the_writes),
        WRITER_TEST(failing_write_does_not_harm_the_others),
        WRITER_TEST(nothing_but_failures_is_no_commit),
        WRITER_TEST(unavailable_database_fails_the_whole_batch),
        WRITER_TEST(unavailable_write_says_when_to_try_again),
        WRITER_TEST(bug_in_a_write_fails_the_whole_batch),
        WRITER_TEST(lost_transaction_fails_the_whole_batch),
        WRITER_TEST(committed_membership_stays_cached),
        WRITER_TEST(membership_of_a_doomed_batch_is_forgotten),
        WRITER_TEST(membership_of_a_failed_write_is_forgotten),
        WRITER_TEST(locked_database_refuses_the_batch),
        WRITER_TEST(is_still_until_it_goes_on),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("writer", tests, group_setup, group_teardown);
}
