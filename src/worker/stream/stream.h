/*
 * stream.h - one open SSE stream or WebSocket: whose it is, a bounded queue of frames, and how these leave. Loop only.
 *
 * A stream is small on purpose: over HTTP/1.1 it keeps of h2o the socket alone, taken over from its request by
 * h2o_http1_upgrade. Over HTTP/2 it is the answer of a request that stays open.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "bering/store.h"
#include "worker/h2o.h"
#include "worker/stream/frame.h"
#include <stdbool.h>
#include <stdint.h>

struct bus_reader;
struct generator;
struct hub;
struct pending;
struct reader;
struct stream_link;
struct subscriber;
struct transport;

struct stream {
    /* what a delivery touches: one cache line, as long as nothing waits */
    h2o_linklist_t ready;         /* the hub's streams that have something to send, and can */
    struct frame *first;          /* the frame to send next; NULL: none */
    struct pending *second;       /* those behind it, the oldest first */
    struct pending *last;
    int descriptor;               /* the socket's; -1 over HTTP/2 */
    uint32_t queued;              /* bytes in the queue */
    uint32_t offset;              /* bytes of the first frame that are sent already */
    uint16_t in_flight;           /* frames that h2o is writing; while not 0, nothing else is sent */
    uint8_t protocol;             /* enum stream_protocol */
    bool through_h2o : 1;         /* encrypted, or over HTTP/2: never straight to the descriptor */
    bool cut : 1;                 /* to be closed at the next chance: it has not read for too long */
    bool closing : 1;             /* to be closed once the queue is empty */
    bool paused : 1;              /* not read from, until its tasks are done */

    h2o_linklist_t all;           /* the hub's streams, the longest unvisited first */
    struct hub *hub;
    const struct transport *transport;
    h2o_socket_t *socket;         /* over HTTP/1.1, else NULL */
    struct generator *generator;  /* over HTTP/2, else NULL */
    struct subscriber *subscriber;
    struct stream *sibling;       /* the same subscriber's next stream */
    struct bus_reader *past;      /* what it missed is still being read, as fast as it takes it; NULL: it is live */
    struct reader *reader;        /* a WebSocket's, while a frame of the client is incomplete; else NULL */
    struct stream_link *link;     /* to the tasks that it waits for; NULL: none */
    int64_t session_key;          /* whose token opened it: see store_session_check */
    int64_t expires_at;           /* nanoseconds: the session's end is the stream's */
};

/* What a stream starts with. */
struct stream_start {
    enum stream_protocol protocol;
    struct user user;             /* key and id; key 0: an administrator, who is no user and sees what the hub's table says */
    int64_t session_key;
    int64_t expires_at;
    char last_event_id[FRAME_ID_SIZE]; /* "": from now on */
};

/*
 * Takes a socket over: subscribes its user, sends what it missed since last_event_id, and from then on what concerns the user.
 * Returns NULL, the socket closed, if the database does not say what that is.
 */
struct stream *stream_open(struct hub *hub, h2o_socket_t *socket, const struct stream_start *start);

/*
 * The same for an SSE request over HTTP/2, whose status and headers are set: begins its answer, which goes on until the
 * stream ends. Returns NULL, nothing being answered, if the database does not say what its user may see.
 */
struct stream *stream_open_http2(struct hub *hub, h2o_req_t *http, const struct stream_start *start);

/* Ends it at once; frees it. */
void stream_close(struct stream *stream);

/* Puts a frame at the end of the queue (holding it); the hub sends it within this turn or the next. */
void stream_put(struct stream *stream, struct frame *frame);
/* The same for a frame of which the caller gives up its reference. */
void stream_give(struct stream *stream, struct frame *frame);

/* Ends it after what is queued and a farewell of its protocol. status: a WebSocket's close code (RFC 6455, 7.4). */
void stream_end(struct stream *stream, unsigned status);

/* Whose it is; 0: an administrator's. */
int64_t stream_user(const struct stream *stream);
const struct uuid *stream_user_id(const struct stream *stream);

/* After `closing` was set by other means: closes once the queue is empty. */
void stream_finish(struct stream *stream);

/* For the hub: sends what is queued, as far as the socket takes it. May close the stream. */
void stream_flush(struct stream *stream);

#endif
