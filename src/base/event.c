/*
 * event.c - the names of events, and the batch of those that wait for their commit.
 *
 * Base: runs in every process. A batch belongs to one thread; it owns the JSON of what it holds.
 */
#include "bering/event.h"

#include <assert.h>
#include <stdlib.h>

static const char *const names[EVENT_KINDS] = {
    [EVENT_NEW_MESSAGE] = "new_message",
    [EVENT_PRESENCE_CHANGED] = "presence_changed",
    [EVENT_WEBRTC_SIGNAL] = "webrtc_signal",
    [EVENT_CALL_JOIN] = "channel_call_join",
    [EVENT_CALL_LEAVE] = "channel_call_leave",
    [EVENT_CHANNEL_CHANGED] = "channel_changed",
    [EVENT_CHANNEL_DELETED] = "channel_changed", /* its "change" says "deleted" */
    [EVENT_MEMBER_ADDED] = "member_added",
    [EVENT_MEMBER_REMOVED] = "member_removed",
    [EVENT_USER_CHANGED] = "user_changed",
    [EVENT_CONVERSATION_CHANGED] = "conversation_changed",
    [EVENT_MESSAGES_EXPIRED] = "messages_expired",
    [EVENT_LINK_CHANGED] = "server_changed",
    [EVENT_RESYNC] = "resync",
    [EVENT_SESSION_REVOKED] = NULL,
    [EVENT_OUTBOX] = NULL,
    [EVENT_SERVER_CHANGED] = NULL,
    [EVENT_CALLS_ABANDONED] = NULL,
};

const char *event_name(enum event_kind kind)
{
    assert(kind < EVENT_KINDS);
    return names[kind];
}

void event_batch_add(struct event_batch *batch, const struct event *event)
{
    if (batch->count == batch->capacity) {
        size_t capacity = batch->capacity ? 2 * batch->capacity : 16;
        batch->events = reallocarray(batch->events, capacity, sizeof(*batch->events));
        if (batch->events == NULL)
            abort();
        batch->capacity = capacity;
    }
    batch->events[batch->count++] = *event;
}

void event_batch_truncate(struct event_batch *batch, size_t count)
{
    assert(count <= batch->count);
    while (batch->count > count)
        free((char *)(uintptr_t)batch->events[--batch->count].json);
}

void event_batch_clear(struct event_batch *batch)
{
    event_batch_truncate(batch, 0);
}

void event_batch_deinit(struct event_batch *batch)
{
    event_batch_clear(batch);
    free(batch->events);
    *batch = (struct event_batch){0};
}
