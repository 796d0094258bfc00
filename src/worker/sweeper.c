/*
 * sweeper.c - the timers that let go what is no longer needed. Worker: started on the loop, the work is the writer thread's.
 *
 * Each worker lets expired sessions and freed memory go. The rest is the first worker's alone: old messages, those of deleted
 * channels, old rows of the audit log, free pages, the write-ahead log. All of it in pieces that take some milliseconds, each a
 * task among others, so that no write waits for long; a piece that has found much is followed by the next one at once.
 */
#include "worker/sweeper.h"

#include "bering/audit.h"
#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/events.h"
#include "bering/log.h"
#include "bering/retention.h"
#include "worker/task.h"
#include "worker/worker.h"
#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

enum {
    PERIOD_MS = 5 * 60 * 1000,
    SESSIONS_AT_ONCE = 500,
    UPKEEP_MS = 1000,             /* between two looks, if there was little to do */
    ROUND_MS = 10 * 1000,         /* between two rounds over all conversations, */
    ROUND_REST = 50,              /* but so many times what the last one took */
    MESSAGES_AT_ONCE = 500,
    ROWS_AT_ONCE = 500,
    PAGES_AT_ONCE = 256,
};

static const int64_t DAY = INT64_C(86400) * 1000000000;

struct sweeper {
    struct worker *worker;
    h2o_timeout_t period;
    h2o_timeout_entry_t entry;
    h2o_timeout_t upkeep_period;
    h2o_timeout_entry_t upkeep_entry;
    struct retention_cursor cursor; /* the writer thread's, while a piece is under way */
    uint64_t round_at;            /* clock_monotonic_ms: when it began, or the next one is to */
    size_t part;                  /* whose turn it is */
    bool has_stopped;
    int64_t commits;              /* the writer thread's: how many there were at the last look */
};

static struct sweeper sweeper;

/* ---- sessions and memory ---- */

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

/* ---- upkeep: each part says whether there is more of its kind ---- */

struct piece {
    struct task task;
    unsigned found;               /* what there was to do: rows, pages */
    bool has_more;
};

typedef enum result part(struct piece *piece, struct store *store, struct event_batch *events);

static void tell_clients(void *events, const struct retention_cut *cut)
{
    events_messages_expired(events, cut);
}

/* It looks at every conversation: the more there are, the longer it rests. */
static void end_round(void)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t rest = (now - sweeper.round_at) * ROUND_REST;

    sweeper.cursor = (struct retention_cursor){0};
    sweeper.round_at = now + (rest > ROUND_MS ? rest : ROUND_MS);
}

static enum result expire_messages(struct piece *piece, struct store *store, struct event_batch *events)
{
    const struct config *config = piece->task.worker->config;
    struct retention retention = {config->retention_days, config->retention_direct_days};
    uint64_t now = clock_monotonic_ms();
    unsigned count;

    if (now < sweeper.round_at)
        return RESULT_OK;
    if (sweeper.round_at == 0)
        sweeper.round_at = now;
    enum result result = store_messages_expire(store, &retention, clock_now(), MESSAGES_AT_ONCE, &sweeper.cursor, tell_clients,
                                               events, &count);
    if (result != RESULT_OK)
        return result;
    piece->found = count;
    piece->task.beyond_messages = true;
    counter_add(piece->task.worker->bus, COUNTER_MESSAGES_EXPIRED, count);
    piece->has_more = !sweeper.cursor.is_done;
    if (sweeper.cursor.is_done)
        end_round();
    return RESULT_OK;
}

static enum result delete_orphans(struct piece *piece, struct store *store, struct event_batch *events)
{
    bool any;
    unsigned count;
    enum result result = store_orphans_delete(store, MESSAGES_AT_ONCE, &any, &count);

    (void)events;
    piece->found = piece->has_more = any;
    counter_add(piece->task.worker->bus, COUNTER_MESSAGES_EXPIRED, count);
    return result;
}

static enum result expire_audit(struct piece *piece, struct store *store, struct event_batch *events)
{
    unsigned days = piece->task.worker->config->audit_days;
    int count = 0;
    enum result result = RESULT_OK;

    (void)events;
    if (days > 0)
        result = store_audit_expire(store, clock_now() - days * DAY, ROWS_AT_ONCE, &count);
    piece->found = (unsigned)count;
    piece->has_more = result == RESULT_OK && count == ROWS_AT_ONCE;
    return result;
}

static enum result release_pages(struct piece *piece, struct store *store, struct event_batch *events)
{
    unsigned count;
    enum result result = store_pages_release(store, PAGES_AT_ONCE, &count);

    (void)events;
    piece->found = count;
    piece->has_more = result == RESULT_OK && count == PAGES_AT_ONCE;
    return result;
}

/* Since the last look nobody has written anything. The file is as large as its pages once the log is back in it. */
static enum result restart_log(struct piece *piece, struct store *store, struct event_batch *events)
{
    struct worker *worker = piece->task.worker;
    int64_t commits = counter_total(worker->bus, COUNTER_COMMITS);

    (void)store, (void)events;
    worker->is_log_due = commits == sweeper.commits;
    sweeper.commits = commits;
    return RESULT_OK;
}

static part *const parts[] = {expire_messages, delete_orphans, expire_audit, release_pages, restart_log};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static enum result run_part(struct task *task, struct store *store, struct event_batch *events)
{
    struct piece *piece = (struct piece *)task;
    enum result result = parts[sweeper.part](piece, store, events);

    task->wrote_nothing = piece->found == 0;
    return result;
}

static void start_piece(struct worker *worker);

/* The next part after the last one's turn comes when the timer says so; all of them once is a look. */
static void piece_done(struct task *task)
{
    struct piece *piece = (struct piece *)task;
    struct worker *worker = task->worker;
    bool has_more = task->result == RESULT_OK && piece->has_more;

    if (!has_more)
        sweeper.part = (sweeper.part + 1) % PARTS;
    if (worker->draining || sweeper.has_stopped)
        return;
    if (has_more || (task->result == RESULT_OK && sweeper.part != 0))
        start_piece(worker);
    else
        h2o_timeout_link(worker->loop, &sweeper.upkeep_period, &sweeper.upkeep_entry);
}

static void start_piece(struct worker *worker)
{
    struct piece *piece = calloc(1, sizeof(*piece));

    assert(piece != NULL);
    piece->task.write = run_part;
    piece->task.done = piece_done;
    task_submit(worker->tasks, &piece->task);
}

static void on_upkeep(h2o_timeout_entry_t *entry)
{
    (void)entry; /* linked again when the work is done */
    start_piece(sweeper.worker);
}

void sweeper_start(struct worker *worker, unsigned number)
{
    sweeper.worker = worker;
    sweeper.entry.cb = on_period;
    h2o_timeout_init(worker->loop, &sweeper.period, PERIOD_MS);
    h2o_timeout_link(worker->loop, &sweeper.period, &sweeper.entry);
    if (number != 0)
        return;
    sweeper.upkeep_entry.cb = on_upkeep;
    h2o_timeout_init(worker->loop, &sweeper.upkeep_period, UPKEEP_MS);
    h2o_timeout_link(worker->loop, &sweeper.upkeep_period, &sweeper.upkeep_entry);
}

void sweeper_stop(void)
{
    sweeper.has_stopped = true;
    h2o_timeout_unlink(&sweeper.entry);
    h2o_timeout_unlink(&sweeper.upkeep_entry);
}
