/*
 * leftovers.c - forgets users who are gone and whom nothing names any more. Worker, the first one alone: started on the
 * loop, reading is a job thread's, deleting the writer thread's.
 *
 * A walk over all messages (store/leftovers.c) in pieces of some milliseconds, one a second; without users who are gone
 * there is none. The longer it took, the longer the next one waits.
 */
#include "worker/leftovers.h"

#include "bering/clock.h"
#include "bering/log.h"
#include "bering/retention.h"
#include "worker/request.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>

enum {
    PIECE_MS = 1000,              /* between two pieces, */
    PIECE_US = 20 * 1000,         /* each of which reads for so long */
    MESSAGES_AT_ONCE = 2000,
    USERS_AT_ONCE = 100,
    WALK_MS = 10 * 1000,          /* between two walks, */
    WALK_REST = 50,               /* but so many times what the last one took */
};

static struct {
    struct worker *worker;
    h2o_timeout_t period;
    h2o_timeout_entry_t entry;
    struct leftovers walk;        /* while a piece is under way, that one's thread's */
    unsigned forgotten;           /* likewise: by this walk */
    uint64_t walk_at;             /* clock_monotonic_ms: when it began, or the next one is to */
    bool is_walking;
    bool has_stopped;
} state;

static enum result look(struct task *task, struct store *store)
{
    uint64_t until = clock_monotonic_us() + PIECE_US;
    enum result result;

    (void)task;
    do {
        result = store_leftovers_look(store, &state.walk, MESSAGES_AT_ONCE);
    } while (result == RESULT_OK && !state.walk.is_done && clock_monotonic_us() < until);
    return result;
}

/* Nobody is told: to everybody they have been gone before. */
static enum result forget(struct task *task, struct store *store, struct event_batch *events)
{
    unsigned count;
    enum result result = store_leftovers_delete(store, &state.walk, USERS_AT_ONCE, &count);

    (void)events;
    task->wrote_nothing = count == 0;
    state.forgotten += count;
    return result;
}

static void end_walk(void)
{
    uint64_t now = clock_monotonic_ms(), rest = (now - state.walk_at) * WALK_REST;

    if (state.forgotten > 0)
        log_info("%u users who are gone have left nothing: they are forgotten", state.forgotten);
    store_leftovers_end(&state.walk);
    state.forgotten = 0;
    state.is_walking = false;
    state.walk_at = now + (rest > WALK_MS ? rest : WALK_MS);
}

static void piece_done(struct task *task);

static void start_piece(task_work *work, task_write *write)
{
    struct task *task = task_new(sizeof(*task), work, write, piece_done, NULL);

    task_submit(state.worker->tasks, task);
}

/* What failed is logged by the store; the next walk tries again. */
static void piece_done(struct task *task)
{
    bool is_over = task->result != RESULT_OK || (state.walk.is_done && state.walk.left == 0);

    if (is_over || state.has_stopped || task->worker->draining)
        end_walk();
    if (state.has_stopped || task->worker->draining)
        return;
    if (state.is_walking && state.walk.is_done)
        start_piece(NULL, forget);
    else
        h2o_timeout_link(state.worker->loop, &state.period, &state.entry);
}

static void on_period(h2o_timeout_entry_t *entry)
{
    uint64_t now = clock_monotonic_ms();

    if (!state.is_walking && now < state.walk_at) {
        h2o_timeout_link(state.worker->loop, &state.period, entry);
        return;
    }
    if (!state.is_walking)
        state.walk_at = now;
    state.is_walking = true;
    start_piece(look, NULL);
}

void leftovers_start(struct worker *worker, unsigned number)
{
    if (number != 0)
        return;
    state.worker = worker;
    state.entry.cb = on_period;
    h2o_timeout_init(worker->loop, &state.period, PIECE_MS);
    h2o_timeout_link(worker->loop, &state.period, &state.entry);
}

void leftovers_stop(void)
{
    state.has_stopped = true;
    h2o_timeout_unlink(&state.entry);
}
