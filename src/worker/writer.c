/*
 * writer.c - the writer thread of a worker: group commit.
 *
 * All writes queued since the last commit share one transaction, and are answered after it. The commit lock orders the
 * workers' transactions; events are published before it is given back, so the bus has them in commit order. What a writer
 * committed but did not live to publish is published by the next one.
 */
#include "bering/counters.h"
#include "bering/log.h"
#include "worker/caches.h"
#include "worker/events.h"
#include "worker/task_internal.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <urcu.h>

enum { BATCH_MOST = 512 }; /* writes in one commit: more gain nothing, and delay their answers */

struct batch {
    struct task *tasks[BATCH_MOST];
    size_t count;
    struct event_batch events;
};

/* Waits for a write. Returns false when the thread is to end. */
static bool wait_for_write(struct tasks *tasks, struct batch *batch)
{
    batch->tasks[0] = task_queue_take(tasks, &tasks->writes);
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

/* An event that the ring cannot hold is lost to listeners: they are told to ask the database. */
static void publish_resync(struct bus *bus, size_t length)
{
    struct event_batch events = {0};

    log_warn("an event of %zu bytes does not fit RING_SIZE: all clients resynchronise", length);
    events_resync(&events);
    bus_publish(bus, &events.events[0]);
    event_batch_deinit(&events);
}

static void publish(struct bus *bus, const struct event_batch *events, uint64_t commit)
{
    for (size_t i = 0; i < events->count; ++i)
        if (bus_publish(bus, &events->events[i]) == 0)
            publish_resync(bus, events->events[i].length);
    bus_set_published_commit(bus, commit);
}

static void republish_message(void *argument, const struct message *message)
{
    events_new_message(argument, message);
}

/* The last owner of the commit lock died: publishes the events of its commit, if it committed without publishing. */
static void recover(struct worker *worker, struct store *store)
{
    struct event_batch events = {0};
    uint64_t commit, published = bus_published_commit(worker->bus);
    bool only_messages;

    if (store_last_commit(store, &commit, &only_messages) != RESULT_OK || commit == published)
        return;
    log_warn("a worker died between commit %llu and its events: publishing them", (unsigned long long)commit);
    if (store_messages_since_commit(store, published, republish_message, &events) != RESULT_OK || !only_messages) {
        /* what else changed is not kept: everybody asks the database, and every cache starts anew */
        events_session_revoked(&events, 0, false);
        events_resync(&events);
    }
    publish(worker->bus, &events, commit);
    event_batch_deinit(&events);
}

static void lock(struct worker *worker, struct store *store)
{
    if (bus_commit_lock(worker->bus))
        recover(worker, store);
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

        task->result = task->write(task, store, &batch->events);
        /* a broken statement may have left half of its work: then nothing of this transaction may stay */
        if (task->result == RESULT_UNAVAILABLE || task->result == RESULT_INTERNAL)
            return RESULT_UNAVAILABLE;
        if (task->result != RESULT_OK) {
            event_batch_truncate(&batch->events, events);
            continue;
        }
        ++*written_r;
        *only_messages_r &= !task->beyond_messages;
    }
    return RESULT_OK;
}

static void commit(struct tasks *tasks, struct store *store, struct batch *batch)
{
    struct worker *worker = tasks->worker;
    bool only_messages = true;
    size_t written = 0;
    uint64_t number = 0;

    lock(worker, store);
    collect(tasks, batch);
    enum result result = store_begin(store);
    if (result == RESULT_OK) {
        result = run_writes(store, batch, &written, &only_messages);
        if (result == RESULT_OK && written > 0)
            result = store_commit(store, only_messages, &number);
        else
            store_rollback(store);
    }
    if (number > 0) {
        publish(worker->bus, &batch->events, number);
        counter_add(worker->bus, COUNTER_COMMITS, 1);
        counter_add(worker->bus, COUNTER_COMMITTED_WRITES, (int64_t)written);
    } else {
        caches_forget_members(worker->caches); /* a membership may have been cached inside the transaction */
    }
    if (result != RESULT_OK)
        refuse(batch, result);
    bus_commit_unlock(worker->bus);
}

/* The first writer of a segment says which commit is published already: all that the database has. */
static void begin(struct worker *worker, struct store *store)
{
    uint64_t number;
    bool only_messages;

    lock(worker, store);
    if (bus_published_commit(worker->bus) == 0 && store_last_commit(store, &number, &only_messages) == RESULT_OK)
        bus_set_published_commit(worker->bus, number);
    bus_commit_unlock(worker->bus);
}

void *writer_run(void *argument)
{
    struct task_thread *self = argument;
    struct worker *worker = self->tasks->worker;
    struct batch *batch = calloc(1, sizeof(*batch));

    assert(batch != NULL);
    rcu_register_thread();
    begin(worker, self->store);
    while (wait_for_write(self->tasks, batch)) {
        commit(self->tasks, self->store, batch);
        event_batch_clear(&batch->events);
        for (size_t i = 0; i < batch->count; ++i)
            tasks_finished(self->tasks, batch->tasks[i]);
    }
    event_batch_deinit(&batch->events);
    rcu_unregister_thread();
    free(batch);
    return NULL;
}
