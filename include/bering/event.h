/*
 * event.h - what travels on the bus: an event's kind, whom it concerns, and its JSON.
 *
 * An event is serialised once, by whoever publishes it, as the JSON that clients receive. Keys are the database's
 * integer keys (store.h).
 */
#ifndef BERING_EVENT_H
#define BERING_EVENT_H

#include <stddef.h>
#include <stdint.h>

enum event_kind {
    EVENT_NEW_MESSAGE,
    EVENT_PRESENCE_CHANGED,
    EVENT_WEBRTC_SIGNAL,
    EVENT_CALL_JOIN,
    EVENT_CALL_LEAVE,
    EVENT_CHANNEL_CHANGED,     /* created, renamed, made private or public */
    EVENT_CHANNEL_DELETED,     /* delivered, then workers forget all of it: nothing of it may stay */
    EVENT_MEMBER_ADDED,        /* subject: channel, user. Workers subscribe the user's streams, then deliver */
    EVENT_MEMBER_REMOVED,      /* subject: channel, user. Workers deliver, then unsubscribe */
    EVENT_USER_CHANGED,        /* created, renamed, deleted; subject: user, its server (0: this one) */
    EVENT_CONVERSATION_CHANGED,/* read or muted; for the user's own devices */
    EVENT_MESSAGES_EXPIRED,    /* the oldest of a conversation are gone, because of their age */
    EVENT_LINK_CHANGED,        /* a server was made, changed or deleted, its link works or broke, it refused a row */
    EVENT_RESYNC,              /* something may have been missed: clients ask the database */
    EVENT_SESSION_REVOKED,     /* internal; subject: user. Cached tokens are dropped, streams checked again */
    EVENT_OUTBOX,              /* internal; subject: server (0: any). Rows wait for it */
    EVENT_SERVER_CHANGED,      /* internal; subject: server (0: any), 1 if its queue is to be tried at once */
    EVENT_CALLS_ABANDONED,     /* internal. A process is gone whose participants are still in calls */
    EVENT_KINDS
};

enum event_scope {
    EVENT_TO_ALL,              /* every stream */
    EVENT_TO_USERS,            /* the streams of users subject[0] and subject[1] (0: none) */
    EVENT_TO_CHANNEL,          /* the members of channel subject[0]; also user subject[1] (0: none) */
    EVENT_TO_ADMINISTRATORS,   /* their streams alone; of other kinds they see those that the hub's table says */
    EVENT_TO_WORKERS,          /* no client */
};

struct event {
    uint64_t id;               /* set by the bus: orders all events; what SSE's id carries */
    enum event_kind kind;
    enum event_scope scope;
    int64_t subject[2];
    const char *json;          /* not NUL-terminated; for EVENT_TO_WORKERS may be empty */
    size_t length;
};

/* The name on the wire ("new_message"), static storage; NULL for internal kinds. */
const char *event_name(enum event_kind kind);

/*
 * Events made inside a transaction, published in order after its commit. A zeroed struct is empty.
 */
struct event_batch {
    struct event *events;
    size_t count, capacity;
};

/* Adds a copy of event; its json is taken over (malloc'd, freed by event_batch_clear). */
void event_batch_add(struct event_batch *batch, const struct event *event);

/* Frees the events behind the first `count`: what a failed step added. */
void event_batch_truncate(struct event_batch *batch, size_t count);

/* Frees all events; the batch is empty and can be used again. event_batch_deinit frees its memory, too. */
void event_batch_clear(struct event_batch *batch);
void event_batch_deinit(struct event_batch *batch);

#endif
