/*
 * peer_news.c - which events make which of the worker's memories for other servers stale. Worker, loop only.
 *
 * It has a cursor of its own: streams get their events in slices, as fast as they can be sent, which must not delay what an
 * administrator forbids.
 */
#include "worker/peer_news.h"

#include "bering/bus.h"
#include "worker/peer_lists.h"
#include "worker/peer_tokens.h"
#include "worker/worker.h"

static void forget_all(struct worker *worker)
{
    peer_tokens_forget(worker->peer_tokens);
    peer_lists_changed(worker->peer_lists, PEER_LISTS);
}

static void change_presence(struct worker *worker, const struct event *event)
{
    (void)event;
    peer_lists_changed(worker->peer_lists, PEER_PRESENCE);
}

/* Also of memberships: a private channel is shown to the servers of its members. */
static void change_channels(struct worker *worker, const struct event *event)
{
    (void)event;
    peer_lists_changed(worker->peer_lists, PEER_CHANNELS);
}

static void change_user(struct worker *worker, const struct event *event)
{
    if (event->subject[1] != 0)
        return; /* a user of another server: not ours to tell */
    peer_lists_changed(worker->peer_lists, PEER_USERS);
    peer_lists_changed(worker->peer_lists, PEER_PRESENCE);
}

static void miss_something(struct worker *worker, const struct event *event)
{
    (void)event;
    forget_all(worker);
}

static void change_server(struct worker *worker, const struct event *event)
{
    if (event->subject[1] == 0) /* otherwise a mere sign of life */
        forget_all(worker);
}

static void (*const meanings[EVENT_KINDS])(struct worker *worker, const struct event *event) = {
    [EVENT_PRESENCE_CHANGED] = change_presence,
    [EVENT_CHANNEL_CHANGED] = change_channels,
    [EVENT_CHANNEL_DELETED] = change_channels,
    [EVENT_MEMBER_ADDED] = change_channels,
    [EVENT_MEMBER_REMOVED] = change_channels,
    [EVENT_USER_CHANGED] = change_user,
    [EVENT_RESYNC] = miss_something,
    [EVENT_SERVER_CHANGED] = change_server,
};

void peer_news_read(struct worker *worker)
{
    struct event event;
    enum bus_read read;

    while ((read = bus_reader_next(worker->peer_news, &event)) == BUS_EVENT)
        if (meanings[event.kind] != NULL)
            meanings[event.kind](worker, &event);
    if (read == BUS_LAPPED)
        forget_all(worker);
}
