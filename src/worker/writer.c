/*
 * writer.c - the writer thread of a worker: group commit.
 *
 * All writes queued since the last commit share one transaction, and are answered after it. Their events are published
 * before the commit lock is given back (commit.h). The thread's pulse (pulse.h) rests while there is nothing to write, and
 * while the disk does (store/commit.c).
 */
#include "bering/clock.h"
#include "bering/commit.h"
#include "bering/counters.h"
#include "bering/histogram.h"
#include "bering/log.h"
#include "bering/pulse.h"
#include "bering/retention.h"
#include "worker/caches.h"
#include "worker/task_internal.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <urcu.h>

enum {
    LOG_LOOK_EACH = 16,            /* commits between two looks at the size of the write-ahead log */
    LOG_MOST = 64 * 1024 * 1024,   /* bytes of it, at which readers are waited for, so that it can begin anew, */
    LOG_WAIT_MS = 200,             /* for so long; */
    LOG_REST_MS = 4000,            /* if that was not enough, it is only looked whether one is there, for this long */
    LOG_MOST_IDLE = 4 * 1024 * 1024, /* the same while nobody writes */
};

enum { BATCH_MOST = 512 }; /* writes in one commit: more gain nothing, and delay their answers */

struct batch {
    struct task *tasks[BATCH_MOST];
    size_t count;
    struct event_batch events;
};

/* Waits for a write. Returns false when the thread is to end. */
static bool wait_for_write(struct tasks *tasks, struct batch *batch)
{
    pulse_rest();
    batch->tasks[0] = task_queue_take(tasks, &tasks->writes);
    pulse_beat();
    batch->count = batch->tasks[0] != NULL;
    return batch->count > 0;
}

/* Takes what else is there: under the lock, since waiting for it is when most arrives. */
static void collect(struct tasks *tasks, struct batch *batch)
{
    struct task *task;

    while (batch->count < BATCH_MOST && (task = task_queue_take_now(&tasks->writes)) != NULL)
        batch->tasks[batch->count++] = task;
}

/* Nothing is stored: everybody who would have been told otherwise hears it. */
static void refuse(struct batch *batch, enum result result)
{
    for (size_t i = 0; i < batch->count; ++i) {
        struct task *task = batch->tasks[i];
        if (task->result == RESULT_OK)
            task->result = result;
        if (task->result == RESULT_UNAVAILABLE)
            task->retry_after = 1;
    }
}

/* Runs the writes. Returns RESULT_OK if the transaction can be committed; *written_r: how many have something to commit. */
static enum result run_writes(struct store *store, struct batch *batch, size_t *written_r, bool *only_messages_r)
{
    for (size_t i = 0; i < batch->count; ++i) {
        struct task *task = batch->tasks[i];
        size_t events = batch->events.count;

        pulse_beat();
        log_request(task->trace_id);
        task->result = task->write(task, store, &batch->events);
        log_request("");
        /* a broken statement may have left half of its work: then nothing of this transaction may stay */
        if (task->result == RESULT_UNAVAILABLE || task->result == RESULT_INTERNAL)
            return RESULT_UNAVAILABLE;
        if (task->result != RESULT_OK) {
            event_batch_truncate(&batch->events, events);
            continue;
        }
        *written_r += !task->wrote_nothing;
        *only_messages_r &= !task->beyond_messages;
    }
    return RESULT_OK;
}

/* A backup reads for minutes: nobody waits for it, but the gap to the next one is not to be missed. */
static void restart_log(struct worker *worker, struct store *store, int64_t most)
{
    uint64_t now = clock_monotonic_ms();
    bool waits = now >= worker->log_wait_at;

    if (!store_log_restart(store, most, waits ? LOG_WAIT_MS : 0) && waits)
        worker->log_wait_at = clock_monotonic_ms() + LOG_REST_MS;
}

/* What had nothing to commit says nothing of the disk. */
static void note_outcome(struct worker *worker, const struct store *store, enum result result, uint64_t number)
{
    bool failed = worker->write_trouble != NULL;

    if (number > 0) {
        worker->write_trouble = NULL;
        worker->committed_at = clock_monotonic_ms();
    } else if (result == RESULT_UNAVAILABLE) {
        worker->write_trouble = store_trouble(store);
    }
    if (failed != (worker->write_trouble != NULL))
        counter_add(worker->bus, COUNTER_WRITES_FAILING, failed ? -1 : 1);
}

static void commit(struct tasks *tasks, struct store *store, struct batch *batch)
{
    struct worker *worker = tasks->worker;
    bool only_messages = true;
    size_t written = 0;
    uint64_t number = 0, began_at;

    commit_lock(worker->bus, store);
    began_at = clock_monotonic_us();
    collect(tasks, batch);
    enum result result = store_begin(store);
    if (result == RESULT_OK) {
        result = run_writes(store, batch, &written, &only_messages);
        if (result == RESULT_OK && written > 0)
            result = store_commit(store, only_messages, &number);
        else
            store_rollback(store);
    }
    note_outcome(worker, store, result, number);
    if (number > 0) {
        histogram_note(worker->bus, HISTOGRAM_COMMIT_TIME, (int64_t)(clock_monotonic_us() - began_at));
        commit_publish(worker->bus, number, &batch->events, written);
        if (number % LOG_LOOK_EACH == 0)
            restart_log(worker, store, LOG_MOST);
    } else {
        caches_forget_members(worker->caches); /* a membership may have been cached inside the transaction */
    }
    if (worker->is_log_due)
        restart_log(worker, store, LOG_MOST_IDLE);
    worker->is_log_due = false;
    if (result != RESULT_OK)
        refuse(batch, result);
    commit_unlock(worker->bus);
}

void *writer_run(void *argument)
{
    struct task_thread *self = argument;
    struct worker *worker = self->tasks->worker;
    struct batch *batch = calloc(1, sizeof(*batch));

    assert(batch != NULL);
    rcu_register_thread();
    bus_use_pulse(worker->bus, BUS_PULSE_WRITER);
    commit_begin(worker->bus, self->store);
    while (wait_for_write(self->tasks, batch)) {
        commit(self->tasks, self->store, batch);
        event_batch_clear(&batch->events);
        for (size_t i = 0; i < batch->count; ++i)
            tasks_finished(self->tasks, batch->tasks[i]);
    }
    pulse_rest();
    event_batch_deinit(&batch->events);
    rcu_unregister_thread();
    free(batch);
    return NULL;
}
