/*
 * stream.h - one subscriber: an SSE or WebSocket connection that hands out each event as it comes.
 */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include "http2.h"
#include "link.h"
#include "loop.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stream_kind { STREAM_SSE, STREAM_WEBSOCKET, STREAM_HTTP2 }; /* HTTP2: SSE, too */

enum stream_state { STREAM_CLOSED, STREAM_CONNECTING, STREAM_HEAD, STREAM_OPEN };

struct stream;

/* One for all streams of a process; `owner` of the stream tells them apart. */
struct stream_events {
    void (*opened)(struct stream *stream);
    /* Bytes arrived, before they are taken apart. May be NULL. */
    void (*arrived)(struct stream *stream, size_t length);
    /* The JSON of one event. */
    void (*event)(struct stream *stream, const char *json, size_t length);
    /* The connection failed or ended, not by stream_close; state still tells how far it had come. It is closed next. */
    void (*ended)(struct stream *stream);
};

struct stream {
    struct watch watch; /* first: the loop's pointer is this one */
    struct link link;
    struct loop *loop;
    const struct stream_events *events;
    void *owner;
    const char *token; /* must outlive the connection */
    char *rest;        /* what came of a head or an event that is not whole yet */
    size_t rest_length, chunk_left;
    uint32_t received; /* for the owner: messages counted on this connection */
    uint8_t kind, state;
    bool chunked, in_chunk, failed;
    struct http2 http2;
};

/* Starts to connect; the other fields than the owner's must be zero or left by stream_close. Returns 0 or -1. */
int stream_open(struct stream *stream, struct loop *loop, const struct target *target, enum stream_kind kind,
                const char *token, unsigned source);

/* Closes it if it is open. Calls nothing back. */
void stream_close(struct stream *stream);

#endif
