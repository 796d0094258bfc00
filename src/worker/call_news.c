/*
 * call_news.c - "still in the call", said every few seconds. Worker, loop only but for write().
 *
 * A server that was restarted, or that lost a row, has forgotten participants, or keeps some who are gone: the former
 * it adds when it hears of them, the latter it takes out when it has not heard of them for a while
 * (src/federation/online.c).
 */
#include "worker/call_news.h"

#include "bering/calls.h"
#include "worker/relay.h"
#include "worker/task.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>

struct call_news {
    struct worker *worker;
    h2o_timeout_t period;
    h2o_timeout_entry_t entry;
};

static struct call_news call_news;

struct telling {
    struct task task;
    struct call_participant *participants;
    size_t count;
};

/* Without a row for anybody, nothing is to be committed. */
static enum result write_rows(struct task *task, struct store *store, struct event_batch *events)
{
    const struct telling *telling = (struct telling *)task;
    struct relay_context relay = {.server_name = task->worker->config->server_name, .events = events};
    size_t before = events->count;
    enum result result = RESULT_OK;

    for (size_t i = 0; i < telling->count && (result == RESULT_OK || result == RESULT_NOT_FOUND); ++i) {
        const struct call_participant *who = &telling->participants[i];
        struct user user = {.key = who->user_key, .id = who->user_id, .username = who->username, .is_local = true};
        struct channel channel = {.key = who->channel_key, .id = who->channel_id};
        result = relay_call(store, &relay, &channel, CALL_WORD_STILL, &user);
    }
    return result == RESULT_OK && events->count == before ? RESULT_NOT_FOUND : result;
}

static void done(struct task *task)
{
    (void)task; /* what fails is said again */
}

static void dispose(struct task *task)
{
    free(((struct telling *)task)->participants);
}

/* Only this process's own: each participant is told of once. */
static void tell(struct worker *worker)
{
    struct telling *telling = calloc(1, sizeof(*telling));
    size_t count, own = 0;
    struct call_participant *all = calls_participants(worker->bus, 0, &count);

    assert(telling != NULL);
    for (size_t i = 0; i < count; ++i)
        if (all[i].process == bus_process(worker->bus))
            all[own++] = all[i];
    telling->task = (struct task){.write = write_rows, .done = done, .dispose = dispose};
    telling->participants = all;
    telling->count = own;
    if (own > 0) {
        task_submit(worker->tasks, &telling->task);
        return;
    }
    free(all);
    free(telling);
}

static void on_period(h2o_timeout_entry_t *entry)
{
    if (!call_news.worker->draining)
        tell(call_news.worker);
    h2o_timeout_link(call_news.worker->loop, &call_news.period, entry);
}

void call_news_start(struct worker *worker)
{
    call_news.worker = worker;
    call_news.entry.cb = on_period;
    h2o_timeout_init(worker->loop, &call_news.period, (uint64_t)worker->config->federation_poll_seconds * 1000);
    h2o_timeout_link(worker->loop, &call_news.period, &call_news.entry);
}
