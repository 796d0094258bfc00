/*
 * hub.c - hands the bus's events to streams, a bounded piece a turn of the loop. Worker, loop only.
 *
 * An event is framed once and queued for each stream that it concerns; sending comes after, in slices, so that answers and new
 * connections are served in between, and what came meanwhile for the same stream leaves in the same write.
 */
#include "worker/stream/hub.h"

#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/log.h"
#include "bering/presence.h"
#include "worker/caches.h"
#include "worker/lists.h"
#include "worker/stream/hub_internal.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SENDS_A_TURN = 256,
    QUEUED_A_TURN = 20000,        /* frames queued before sending goes on */
    VISIT_MS = 1000,
    PRESENCE_MS = 50,
    RETRY_MS = 1000,              /* what SSE clients wait before they come back; spread over twice that on a drain */
};

/* ---- what events mean to this process, before and after they are handed out ---- */

/*
 * Ends a stream whose session is gone. One that was opened with the permanent token cannot tell which: it goes with
 * any. ADMIN_TOKEN is of nobody, and never revoked.
 */
static void check_stream(struct hub *hub, struct stream *stream, bool is_token_revoked)
{
    if (stream->session_key == 0 && stream_user(stream) == 0)
        return;
    if ((stream->session_key == 0 && is_token_revoked) ||
        store_session_check(hub->worker->store, stream->session_key, stream_user(stream)) == RESULT_NOT_FOUND)
        stream_end(stream, 1008); /* policy violation */
}

static void check_sessions(struct hub *hub, const struct event *event)
{
    int64_t user_key = event->subject[0];

    caches_forget_sessions(hub->worker->caches, user_key);
    for (struct stream *stream = subscribers_streams(hub->subscribers, user_key); stream != NULL; stream = stream->sibling)
        check_stream(hub, stream, event->subject[1] != 0);
    /* an administrator's session is the account's, but its streams are not */
    for (struct stream *stream = subscribers_streams(hub->subscribers, 0); stream != NULL; stream = stream->sibling)
        check_stream(hub, stream, false);
}

/* Whatever this process knew from events may be wrong. */
static void forget_everything(struct hub *hub)
{
    struct worker *worker = hub->worker;

    caches_forget_sessions(worker->caches, 0);
    caches_forget_members(worker->caches);
    caches_forget_channels(worker->caches);
    lists_changed(worker->lists);
    subscribers_reload(hub->subscribers, worker->store);
    departures_of_dead(hub->departures);
    for (h2o_linklist_t *link = hub->all.next; link != &hub->all; link = link->next)
        check_stream(hub, H2O_STRUCT_FROM_MEMBER(struct stream, all, link), false);
}

static void revoke_sessions(struct hub *hub, const struct event *event)
{
    if (event->subject[0] == 0)
        forget_everything(hub);
    else
        check_sessions(hub, event);
}

static void add_member(struct hub *hub, const struct event *event)
{
    subscribers_join(hub->subscribers, event->subject[0], event->subject[1]);
}

static void remove_member(struct hub *hub, const struct event *event)
{
    caches_forget_member(hub->worker->caches, event->subject[0], event->subject[1]);
    subscribers_leave(hub->subscribers, event->subject[0], event->subject[1]);
}

static void change_channel(struct hub *hub, const struct event *event)
{
    (void)event;
    caches_forget_channels(hub->worker->caches);
}

/* Nothing of it may stay. */
static void delete_channel(struct hub *hub, const struct event *event)
{
    caches_forget_channels(hub->worker->caches);
    caches_forget_members(hub->worker->caches);
    subscribers_drop_channel(hub->subscribers, event->subject[0]);
}

static void change_user(struct hub *hub, const struct event *event)
{
    caches_forget_sessions(hub->worker->caches, event->subject[0]); /* they hold the names */
    lists_changed(hub->worker->lists);
}

static void forget_lists(struct hub *hub, const struct event *event)
{
    (void)event;
    lists_changed(hub->worker->lists);
}

static void end_calls_of_dead(struct hub *hub, const struct event *event)
{
    (void)event;
    departures_of_dead(hub->departures);
}

static const struct {
    void (*before)(struct hub *hub, const struct event *event);
    void (*after)(struct hub *hub, const struct event *event);
    bool is_observed;             /* administrators see it, whoever else it is for: never what people say to each other */
} meanings[EVENT_KINDS] = {
    [EVENT_PRESENCE_CHANGED] = {forget_lists, NULL, true},
    [EVENT_CALL_JOIN] = {NULL, NULL, true},
    [EVENT_CALL_LEAVE] = {NULL, NULL, true},
    [EVENT_CHANNEL_CHANGED] = {change_channel, NULL, true},
    [EVENT_CHANNEL_DELETED] = {NULL, delete_channel, true},
    [EVENT_MEMBER_ADDED] = {add_member, NULL, true},
    [EVENT_MEMBER_REMOVED] = {NULL, remove_member, true},
    [EVENT_USER_CHANGED] = {change_user, NULL, true},
    [EVENT_LINK_CHANGED] = {NULL, NULL, true},
    [EVENT_SESSION_REVOKED] = {revoke_sessions, NULL, false},
    [EVENT_RESYNC] = {forget_lists, NULL, true},
    [EVENT_SERVER_CHANGED] = {forget_lists, NULL, false},
    [EVENT_CALLS_ABANDONED] = {end_calls_of_dead, NULL, false},
};

/* ---- handing out ---- */

/* One that still catches up finds the event in the ring by itself. */
static void put(struct stream *stream, void *frame)
{
    if (stream->past == NULL)
        stream_put(stream, frame);
}

/* Whether a stream that reads the ring by itself is to have an event. */
static bool is_concerned(const struct stream *stream, const struct event *event)
{
    if (stream_user(stream) == 0)
        return meanings[event->kind].is_observed;
    return subscriber_is_concerned(stream->subscriber, event->scope, event->subject);
}

static size_t hand_out(struct hub *hub, const struct event *event)
{
    size_t queued = 0;

    if (meanings[event->kind].before != NULL)
        meanings[event->kind].before(hub, event);
    if (event->scope != EVENT_TO_WORKERS && hub->streams > 0) {
        struct frame *frame = frame_of_event(bus_epoch(hub->worker->bus), event);
        queued = subscribers_each(hub->subscribers, event->scope, event->subject, put, frame);
        if (meanings[event->kind].is_observed)
            queued += subscribers_observe(hub->subscribers, put, frame);
        frame_release(frame);
        counter_add(hub->worker->bus, COUNTER_EVENTS_DELIVERED, (int64_t)queued);
    }
    if (meanings[event->kind].after != NULL)
        meanings[event->kind].after(hub, event);
    hub->position = event->id;
    return queued;
}

/* The frame that tells a client to ask the database: its id is where the stream goes on. */
static struct frame *resync_frame(const struct hub *hub)
{
    static const char json[] = "{\"event\":\"resync\",\"user_id\":null,\"channel_id\":null}";

    return frame_of_event(bus_epoch(hub->worker->bus), &(struct event){.id = hub->position,
                                                                       .kind = EVENT_RESYNC,
                                                                       .json = json,
                                                                       .length = sizeof(json) - 1});
}

/* This process was too slow for the ring. */
static void lapped(struct hub *hub)
{
    static const int64_t nobody[2] = {0, 0};

    log_warn("lapped by the bus: all streams resynchronise");
    hub->position = bus_reader_position(hub->reader);
    forget_everything(hub);
    struct frame *frame = resync_frame(hub);
    subscribers_each(hub->subscribers, EVENT_TO_ALL, nobody, put, frame);
    subscribers_observe(hub->subscribers, put, frame);
    frame_release(frame);
}

/* By far not more at once than may wait for a stream: what another server had kept for us comes in large pieces. */
static void read_bus(struct hub *hub)
{
    struct event event;
    size_t queued = 0, bytes = 0;

    while (queued < QUEUED_A_TURN && bytes < hub->queue_most / 4) {
        switch (bus_reader_next(hub->reader, &event)) {
        case BUS_EVENT:
            bytes += event.length;
            queued += 1 + hand_out(hub, &event);
            break;
        case BUS_LAPPED:
            lapped(hub);
            return;
        case BUS_EMPTY:
            hub->awake = !bus_reader_sleep(hub->reader);
            if (!hub->awake)
                return;
            break;
        }
    }
}

static void flush_slice(struct hub *hub)
{
    for (unsigned i = 0; i < SENDS_A_TURN && !h2o_linklist_is_empty(&hub->ready); ++i) {
        __builtin_prefetch(hub->ready.next->next->next);
        stream_flush(H2O_STRUCT_FROM_MEMBER(struct stream, ready, hub->ready.next));
    }
}

/* Catches up with a worker that is ahead. */
static void read_up_to(struct hub *hub, uint64_t id)
{
    hub->awake = true; /* false again if it comes to the end */
    while (id > hub->position && hub->awake) {
        read_bus(hub);
        flush_slice(hub);
    }
}

/* ---- idle streams ---- */

static void visit_stream(struct hub *hub, struct stream *stream, int64_t now, struct frame *comment, struct frame *ping)
{
    h2o_linklist_unlink(&stream->all);
    h2o_linklist_insert(&hub->all, &stream->all);
    if (stream->expires_at <= now)
        stream_end(stream, 1008);
    else if (stream->first == NULL && stream->past == NULL)
        stream_put(stream, stream->protocol == STREAM_SSE ? comment : ping);
}

/* Each second, as many as it takes to come round in KEEPALIVE_SECONDS. An SSE client also learns how far it has heard. */
static void visit(struct hub *hub)
{
    char text[FRAME_ID_SIZE + 16], id[FRAME_ID_SIZE];
    unsigned period = hub->worker->config->keepalive_seconds;
    int64_t now = clock_now();

    frame_id_format(bus_epoch(hub->worker->bus), hub->position, id);
    struct frame *comment = frame_of_sse(text, (size_t)snprintf(text, sizeof(text), ":\nid: %s\n\n", id));
    struct frame *ping = frame_of_websocket(FRAME_PING, "", 0);
    for (hub->visits_owed += hub->streams; hub->visits_owed >= period && hub->streams > 0; hub->visits_owed -= period)
        visit_stream(hub, H2O_STRUCT_FROM_MEMBER(struct stream, all, hub->all.next), now, comment, ping);
    frame_release(comment);
    frame_release(ping);
}

/* ---- coming and going ---- */

/* After what it missed: where it stands, so that a reconnect before the first event resumes, too. */
static void tell_position(struct hub *hub, struct stream *stream)
{
    char text[FRAME_ID_SIZE + 16], id[FRAME_ID_SIZE];

    if (stream->protocol != STREAM_SSE)
        return;
    frame_id_format(bus_epoch(hub->worker->bus), hub->position, id);
    stream_give(stream, frame_of_sse(text, (size_t)snprintf(text, sizeof(text), "id: %s\n\n", id)));
}

void hub_catch_up(struct stream *stream)
{
    struct hub *hub = stream->hub;
    uint64_t epoch = bus_epoch(hub->worker->bus);
    struct event event;

    while (bus_reader_position(stream->past) < hub->position) {
        if (stream->queued > hub->queue_most / 2)
            return; /* the rest when this has left */
        if (bus_reader_next(stream->past, &event) != BUS_EVENT) {
            stream_give(stream, resync_frame(hub));
            break;
        }
        if (is_concerned(stream, &event))
            stream_give(stream, frame_of_event(epoch, &event));
    }
    bus_reader_free(&stream->past);
    tell_position(hub, stream);
}

/* Starts with what a stream missed since the event that it saw last; if that is not to be had, it is told so. */
static void resume(struct hub *hub, struct stream *stream, const char *last_event_id)
{
    uint64_t id;

    stream->past = bus_reader_new(hub->worker->bus);
    if (!frame_id_parse(last_event_id, bus_epoch(hub->worker->bus), &id) || !bus_reader_seek(stream->past, id)) {
        bus_reader_free(&stream->past);
        stream_give(stream, resync_frame(hub));
        tell_position(hub, stream);
        return;
    }
    hub_catch_up(stream);
}

static void greet(struct hub *hub, struct stream *stream, const struct uuid *user_id)
{
    char text[200], id[FRAME_ID_SIZE], user[UUID_TEXT_LENGTH + 1];
    int length;

    if (stream->protocol == STREAM_SSE) {
        length = snprintf(text, sizeof(text), "retry: %d\n\n", RETRY_MS);
        stream_give(stream, frame_of_sse(text, (size_t)length));
        return;
    }
    frame_id_format(bus_epoch(hub->worker->bus), hub->position, id);
    length = snprintf(text, sizeof(text), "{\"type\":\"connected\",\"user_id\":\"%s\",\"id\":\"%s\"}",
                      uuid_format(user_id, user), id);
    stream_give(stream, frame_of_websocket(FRAME_TEXT, text, (size_t)length));
}

/* Who listens with a new stream. An administrator makes nobody online. NULL if the database fails. */
static struct subscriber *enter(struct hub *hub, const struct stream_start *start)
{
    bool is_first;

    if (start->user.key == 0)
        return subscribers_observer(hub->subscribers);
    struct subscriber *subscriber = subscribers_enter(hub->subscribers, hub->worker->store, &start->user, &is_first);
    if (subscriber != NULL && is_first) {
        if (!presence_enter(hub->worker->bus, start->user.key, &start->user.id))
            log_warn("the presence table is full: a user is not shown online");
        hub_presence_changed(hub);
    }
    return subscriber;
}

int hub_add(struct hub *hub, struct stream *stream, const struct stream_start *start)
{
    uint64_t id;

    /* a client that comes from a worker that is ahead has seen what this one has yet to hand out */
    if (frame_id_parse(start->last_event_id, bus_epoch(hub->worker->bus), &id) && id > hub->position)
        read_up_to(hub, id);
    struct subscriber *subscriber = enter(hub, start);
    if (subscriber == NULL)
        return -1;
    subscriber_link(subscriber, stream);
    h2o_linklist_insert(&hub->all, &stream->all);
    ++hub->streams;
    counter_add(hub->worker->bus, COUNTER_STREAMS_OPEN, 1);
    greet(hub, stream, &start->user.id);
    if (start->last_event_id[0] != '\0')
        resume(hub, stream, start->last_event_id);
    else
        tell_position(hub, stream);
    return 0;
}

void hub_forget(struct stream *stream)
{
    struct hub *hub = stream->hub;
    int64_t user_key;

    h2o_linklist_unlink(&stream->all);
    if (h2o_linklist_is_linked(&stream->ready))
        h2o_linklist_unlink(&stream->ready);
    --hub->streams;
    counter_add(hub->worker->bus, COUNTER_STREAMS_OPEN, -1);
    if (subscribers_unlink(hub->subscribers, stream, &user_key)) {
        presence_leave(hub->worker->bus, user_key);
        hub_presence_changed(hub);
        departures_add(hub->departures, user_key, clock_monotonic_ms());
    }
}

void hub_presence_changed(struct hub *hub)
{
    if (hub->next_announcement == 0)
        hub->next_announcement = clock_monotonic_ms() + PRESENCE_MS;
}

/* ---- the loop's turn ---- */

void hub_wake(struct hub *hub)
{
    bus_reader_awake(hub->reader);
    hub->awake = true;
}

static int32_t until(uint64_t time, uint64_t now)
{
    return time <= now ? 0 : (int32_t)(time - now);
}

int32_t hub_turn(struct hub *hub)
{
    uint64_t now = clock_monotonic_ms();

    if (hub->awake) {
        read_bus(hub);
        bus_reader_report(hub->reader);
    }
    if (now >= hub->next_visit) {
        visit(hub);
        hub->next_visit = now + VISIT_MS;
    }
    if (hub->next_announcement != 0 && now >= hub->next_announcement) {
        unsigned wait = presence_announce(hub->worker->bus);
        hub->next_announcement = wait == 0 ? 0 : now + wait;
    }
    departures_turn(hub->departures, now);
    flush_slice(hub);
    if (hub->awake || !h2o_linklist_is_empty(&hub->ready))
        return 0;
    int32_t wait = until(hub->next_visit, now);
    if (hub->next_announcement != 0 && until(hub->next_announcement, now) < wait)
        wait = until(hub->next_announcement, now);
    return wait;
}

void hub_drain(struct hub *hub)
{
    for (h2o_linklist_t *link = hub->all.next; link != &hub->all; link = link->next) {
        struct stream *stream = H2O_STRUCT_FROM_MEMBER(struct stream, all, link);
        char text[32];
        if (stream->protocol == STREAM_SSE && !stream->closing) {
            /* thousands of clients do not come back at once */
            int length = snprintf(text, sizeof(text), "retry: %d\n\n", RETRY_MS + rand() % (2 * RETRY_MS));
            stream_give(stream, frame_of_sse(text, (size_t)length));
        }
        stream_end(stream, 1001); /* going away */
    }
}

unsigned hub_streams(const struct hub *hub)
{
    return hub->streams;
}

struct hub *hub_start(struct worker *worker)
{
    struct hub *hub = calloc(1, sizeof(*hub));

    assert(hub != NULL);
    hub->worker = worker;
    hub->queue_most = worker->config->stream_queue_bytes;
    hub->reader = bus_reader_new(worker->bus);
    hub->position = bus_reader_position(hub->reader);
    hub->awake = true;
    hub->subscribers = subscribers_new();
    hub->departures = departures_new(worker);
    departures_of_dead(hub->departures); /* this worker may be the only one */
    h2o_linklist_init_anchor(&hub->all);
    h2o_linklist_init_anchor(&hub->ready);
    return hub;
}

void hub_stop(struct hub **hub_ref)
{
    struct hub *hub = *hub_ref;

    while (!h2o_linklist_is_empty(&hub->all))
        stream_close(H2O_STRUCT_FROM_MEMBER(struct stream, all, hub->all.next));
    departures_free(&hub->departures);
    subscribers_free(&hub->subscribers);
    bus_reader_free(&hub->reader);
    free(hub);
    *hub_ref = NULL;
}
