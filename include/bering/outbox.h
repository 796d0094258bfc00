/*
 * outbox.h - what waits for other servers: rows in the database, written in the transaction of what they announce, and
 * sent in order, one queue a peer, by the federation process. Like store.h, and with the same rules.
 */
#ifndef BERING_OUTBOX_H
#define BERING_OUTBOX_H

#include "bering/store.h"

/* What a row is; each is a POST to a path of its own (src/federation/send.c). */
enum outbox_kind {
    OUTBOX_MESSAGE = 1,       /* /federation/messages */
    OUTBOX_MEMBERSHIP = 2,    /* /federation/channel-memberships */
    OUTBOX_CALL = 3,          /* /federation/channel-call-event */
    OUTBOX_SIGNAL = 4,        /* /federation/webrtc-signal */
    OUTBOX_CHANGE = 5,        /* /federation/changes: a channel or user renamed or deleted; for peers of this project */
    OUTBOX_HISTORY = 6,       /* no POST of its own: a channel's messages up to a point, for a server that has joined */
};

struct outbox_row {
    int64_t key;              /* ascending in the order of sending */
    enum outbox_kind kind;
    const char *payload;      /* the JSON body */
    size_t length;
    int64_t created_at;       /* nanoseconds */
    int64_t expires_at;       /* nanoseconds; 0: kept for ever */
    int refused_status;       /* the peer's answer, if it refused the row; 0: it waits */
    const char *refused_answer; /* NULL, or at most 500 bytes of what the peer said */
};

typedef void outbox_row_found(void *argument, const struct outbox_row *row);

/* Within a transaction. The payload is copied. RESULT_NOT_FOUND: the server is gone. */
enum result outbox_add(struct store *store, int64_t server_key, enum outbox_kind kind, const char *payload,
                       size_t length, int64_t expires_at);

/*
 * The oldest rows that wait for a peer, oldest first: at most `limit`, and at most `bytes` of
 * payload (but one row at least).
 */
enum result outbox_waiting(struct store *store, int64_t server_key, unsigned limit, size_t bytes, outbox_row_found *row,
                           void *argument);
/* The rows that a peer has refused. */
enum result outbox_refused(struct store *store, int64_t server_key, unsigned limit, outbox_row_found *row,
                           void *argument);

/*
 * Within a transaction: rows that the peer has taken, or that expired before `now`. As in all that follows by key, a
 * row that is gone already is no failure, unless said otherwise.
 */
enum result outbox_delete(struct store *store, const int64_t *keys, size_t count);
enum result outbox_expire(struct store *store, int64_t now);
/* Rows that tell a server, under the names of now, of users or channels that are hidden from it. Long if many wait. */
enum result outbox_take_back(struct store *store, int64_t server_key);
/* Sets a row aside with the peer's answer; those behind it go on. */
enum result outbox_refuse(struct store *store, int64_t key, int status, const char *answer);
/* A history row has come this far: its payload is replaced. */
enum result outbox_replace(struct store *store, int64_t key, const char *payload, size_t length);
/*
 * Refused rows (row_key 0: all of this peer, if there are any) wait again, or are forgotten. RESULT_NOT_FOUND: row_key
 * is no refused row of this peer.
 */
enum result outbox_retry(struct store *store, int64_t server_key, int64_t row_key);
enum result outbox_drop(struct store *store, int64_t server_key, int64_t row_key);

struct outbox_state {
    int64_t waiting;
    int64_t refused;
    int64_t oldest_at;        /* created_at of the oldest that waits; 0: none */
};

enum result outbox_state(struct store *store, int64_t server_key, struct outbox_state *state_r);

#endif
