/*
 * departures.c - the grace of calls. Worker, loop only, but for what other servers are told: that is written by the writer
 * thread. A queue in the order of time; the table of calls is the bus's.
 */
#include "worker/stream/departures.h"

#include "bering/calls.h"
#include "bering/events.h"
#include "bering/presence.h"
#include "worker/relay.h"
#include "worker/task.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>

enum { GRACE_MS = 3000 };

struct departure {
    struct departure *next;
    int64_t user_key;
    uint64_t due;
};

struct departures {
    struct worker *worker;
    struct departure *first;
    struct departure **tail;
};

struct departures *departures_new(struct worker *worker)
{
    struct departures *departures = calloc(1, sizeof(*departures));

    assert(departures != NULL);
    departures->worker = worker;
    departures->tail = &departures->first;
    return departures;
}

static void drop_first(struct departures *departures)
{
    struct departure *first = departures->first;

    departures->first = first->next;
    if (first->next == NULL)
        departures->tail = &departures->first;
    free(first);
}

void departures_free(struct departures **departures)
{
    while ((*departures)->first != NULL)
        drop_first(*departures);
    free(*departures);
    *departures = NULL;
}

void departures_add(struct departures *departures, int64_t user_key, uint64_t now)
{
    struct departure *departure = calloc(1, sizeof(*departure));

    assert(departure != NULL);
    departure->user_key = user_key;
    departure->due = now + GRACE_MS;
    *departures->tail = departure;
    departures->tail = &departure->next;
}

/* ---- other servers are told ---- */

struct leaving {
    struct task task;
    struct call_participant participant;
};

static bool is_in_call(struct bus *bus, int64_t channel_key, int64_t user_key)
{
    size_t count;
    bool found = false;
    struct call_participant *participants = calls_participants(bus, channel_key, &count);

    for (size_t i = 0; i < count; ++i)
        found |= participants[i].user_key == user_key;
    free(participants);
    return found;
}

static enum result relay(struct task *task, struct store *store, struct event_batch *events,
                         const struct call_participant *left)
{
    struct relay_context relay = {.server_name = task->worker->config->server_name, .events = events};
    struct user user = {.key = left->user_key, .id = left->user_id, .username = left->username, .is_local = true};
    struct channel channel = {.key = left->channel_key, .id = left->channel_id};

    task->beyond_messages = true;
    enum result result = relay_call(store, &relay, &channel, CALL_WORD_LEAVE, &user);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result; /* the channel is gone, too */
}

/* Whoever has come back meanwhile has not left, or that would be told after the return. */
static enum result tell_peers(struct task *task, struct store *store, struct event_batch *events)
{
    const struct call_participant *left = &((struct leaving *)task)->participant;

    if (is_in_call(task->worker->bus, left->channel_key, left->user_key))
        return RESULT_NOT_FOUND;
    return relay(task, store, events, left);
}

static enum result take_out_dead(struct task *task, struct store *store, struct event_batch *events)
{
    struct call_participant left;
    enum result result = RESULT_NOT_FOUND;

    while ((result == RESULT_OK || result == RESULT_NOT_FOUND) && calls_take_abandoned(task->worker->bus, &left)) {
        events_call(events, false, &left);
        result = relay(task, store, events, &left);
    }
    return result;
}

static void told(struct task *task)
{
    (void)task;
}

static void leave(struct departures *departures, const struct call_participant *participant, struct event_batch *events)
{
    struct leaving *leaving = calloc(1, sizeof(*leaving));

    assert(leaving != NULL);
    leaving->task = (struct task){.write = tell_peers, .done = told};
    if (calls_leave(departures->worker->bus, participant->channel_key, participant->user_key, &leaving->participant) !=
        CALL_CHANGED) {
        free(leaving);
        return;
    }
    events_call(events, false, &leaving->participant);
    task_submit(departures->worker->tasks, &leaving->task);
}

static void leave_calls(struct departures *departures, int64_t user_key)
{
    struct bus *bus = departures->worker->bus;
    struct event_batch events = {0};
    size_t count;
    struct call_participant *participants = calls_participants(bus, 0, &count);

    for (size_t i = 0; i < count; ++i)
        if (participants[i].user_key == user_key)
            leave(departures, &participants[i], &events);
    for (size_t i = 0; i < events.count; ++i)
        bus_publish(bus, &events.events[i]);
    event_batch_deinit(&events);
    free(participants);
}

void departures_of_dead(struct departures *departures)
{
    struct task *task = calloc(1, sizeof(*task));

    assert(task != NULL);
    *task = (struct task){.write = take_out_dead, .done = told};
    task_submit(departures->worker->tasks, task);
}

void departures_turn(struct departures *departures, uint64_t now)
{
    while (departures->first != NULL && departures->first->due <= now) {
        if (!presence_is_online(departures->worker->bus, departures->first->user_key))
            leave_calls(departures, departures->first->user_key);
        drop_first(departures);
    }
}
