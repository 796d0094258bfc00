/*
 * sweeper.c - the timer that lets expired sessions, and freed memory, go. Worker, loop only; each worker does it, a transaction costs little.
 */
#include "worker/sweeper.h"

#include "bering/clock.h"
#include "worker/task.h"
#include "worker/worker.h"
#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

enum { PERIOD_MS = 5 * 60 * 1000, SESSIONS_AT_ONCE = 500 };

struct sweeper {
    struct worker *worker;
    h2o_timeout_t period;
    h2o_timeout_entry_t entry;
};

static struct sweeper sweeper;

static enum result sweep(struct task *task, struct store *store, struct event_batch *events)
{
    (void)task, (void)events;
    return store_sessions_expire(store, clock_now(), SESSIONS_AT_ONCE);
}

static void done(struct task *task)
{
    (void)task; /* a failure is logged by the store, and tried again */
}

static void on_period(h2o_timeout_entry_t *entry)
{
    struct task *task = calloc(1, sizeof(*task));

    assert(task != NULL);
    task->write = sweep;
    task->done = done;
    task_submit(sweeper.worker->tasks, task);
    malloc_trim(0); /* after many have left, glibc keeps what they held */
    h2o_timeout_link(sweeper.worker->loop, &sweeper.period, entry);
}

void sweeper_start(struct worker *worker)
{
    sweeper.worker = worker;
    sweeper.entry.cb = on_period;
    h2o_timeout_init(worker->loop, &sweeper.period, PERIOD_MS);
    h2o_timeout_link(worker->loop, &sweeper.period, &sweeper.entry);
}
