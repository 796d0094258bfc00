/*
 * stream.c - the queue of a stream and its way into the socket. Worker, loop only.
 *
 * On a plain socket the shared bytes go straight to sendmsg; h2o, by the stream's transport, serves TLS, HTTP/2, and
 * the rest of what a plain socket did not take. One write is in flight at a time; what comes meanwhile is joined into
 * the next.
 */
#include "worker/stream/stream.h"

#include "bering/counters.h"
#include "worker/stream/hub_internal.h"
#include "worker/stream/link.h"
#include "worker/stream/transport.h"
#include "worker/stream/websocket.h"
#include "worker/worker.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    CACHE_LINE = 64,
    JOINED_MOST = 64,             /* frames in one write */
};

struct pending {
    struct pending *next;
    struct frame *frame;
};

static void mark_ready(struct stream *stream)
{
    if (stream->in_flight == 0 && !h2o_linklist_is_linked(&stream->ready))
        h2o_linklist_insert(&stream->hub->ready, &stream->ready);
}

static void put_behind(struct stream *stream, struct frame *frame)
{
    struct pending *pending = malloc(sizeof(*pending));

    assert(pending != NULL);
    *pending = (struct pending){.frame = frame};
    if (stream->second == NULL)
        stream->second = pending;
    else
        stream->last->next = pending;
    stream->last = pending;
}

void stream_put(struct stream *stream, struct frame *frame)
{
    h2o_iovec_t bytes = frame_bytes(frame, stream->protocol);

    if (stream->cut || stream->closing)
        return;
    if (stream->queued + bytes.len > stream->hub->queue_most && stream->first != NULL) {
        stream->cut = true; /* closed by the next turn: the caller may be walking over the streams */
        stream->in_flight = 0;
        mark_ready(stream);
        return;
    }
    frame_hold(frame);
    if (stream->first == NULL)
        stream->first = frame;
    else
        put_behind(stream, frame);
    stream->queued += (uint32_t)bytes.len;
    mark_ready(stream);
}

void stream_give(struct stream *stream, struct frame *frame)
{
    stream_put(stream, frame);
    frame_release(frame);
}

static void drop_first(struct stream *stream)
{
    struct pending *second = stream->second;

    stream->queued -= (uint32_t)frame_bytes(stream->first, stream->protocol).len;
    stream->offset = 0;
    frame_release(stream->first);
    stream->first = NULL;
    if (second == NULL)
        return;
    stream->first = second->frame;
    stream->second = second->next;
    free(second);
}

/* The queue as buffers, from the first unsent byte on. Returns how many. */
static size_t gather(const struct stream *stream, h2o_iovec_t *buffers)
{
    size_t count = 1;

    buffers[0] = frame_bytes(stream->first, stream->protocol);
    buffers[0].base += stream->offset;
    buffers[0].len -= stream->offset;
    for (struct pending *pending = stream->second; pending != NULL && count < JOINED_MOST; pending = pending->next)
        buffers[count++] = frame_bytes(pending->frame, stream->protocol);
    return count;
}

/* Forgets `sent` bytes of the queue. */
static void consume(struct stream *stream, size_t sent)
{
    while (sent > 0) {
        size_t left = frame_bytes(stream->first, stream->protocol).len - stream->offset;
        if (sent < left) {
            stream->offset += (uint32_t)sent;
            return;
        }
        sent -= left;
        drop_first(stream);
    }
}

void stream_written(struct stream *stream, const char *error)
{
    if (error != NULL || stream->cut) {
        stream_close(stream);
        return;
    }
    for (; stream->in_flight > 0; --stream->in_flight)
        drop_first(stream);
    if (stream->first != NULL || stream->closing || stream->past != NULL)
        mark_ready(stream);
}

/* Returns true if all is sent, false if h2o has to wait for the socket, or the socket is broken (then it is cut). */
static bool send_now(struct stream *stream)
{
    h2o_iovec_t buffers[JOINED_MOST];
    size_t count = gather(stream, buffers), total = 0;
    struct msghdr message = {.msg_iov = (struct iovec *)buffers, .msg_iovlen = count};

    for (size_t i = 0; i < count; ++i)
        total += buffers[i].len;
    ssize_t sent = count == 1 ? send(stream->descriptor, buffers[0].base, total, MSG_NOSIGNAL | MSG_DONTWAIT)
                              : sendmsg(stream->descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == -1 && errno != EAGAIN && errno != EINTR) {
        stream->cut = true;
        return false;
    }
    if (sent > 0)
        consume(stream, (size_t)sent);
    return sent == (ssize_t)total;
}

static void write_through_h2o(struct stream *stream)
{
    h2o_iovec_t buffers[JOINED_MOST];
    size_t count = gather(stream, buffers);

    stream->in_flight = (uint16_t)count;
    stream->transport->write(stream, buffers, count);
}

void stream_flush(struct stream *stream)
{
    h2o_linklist_unlink(&stream->ready);
    while (!stream->cut && stream->first != NULL) {
        if (stream->through_h2o || !send_now(stream)) {
            if (!stream->cut)
                write_through_h2o(stream);
            break;
        }
    }
    if (stream->past != NULL && !stream->cut && stream->in_flight == 0)
        hub_catch_up(stream);
    if (stream->cut)
        counter_add(stream->hub->worker->bus, COUNTER_STREAMS_CUT, 1);
    if (stream->cut || (stream->closing && stream->first == NULL))
        stream_close(stream);
}

void stream_close(struct stream *stream)
{
    hub_forget(stream);
    stream->transport->close(stream);
}

void stream_free(struct stream *stream)
{
    while (stream->first != NULL)
        drop_first(stream);
    bus_reader_free(&stream->past);
    websocket_reader_free(&stream->reader);
    stream_link_cut(stream);
    free(stream);
}

void stream_end(struct stream *stream, unsigned status)
{
    if (stream->closing)
        return;
    if (stream->protocol == STREAM_WEBSOCKET) {
        uint8_t code[2] = {(uint8_t)(status >> 8), (uint8_t)status};
        stream_give(stream, frame_of_websocket(FRAME_CLOSE, code, sizeof(code)));
    }
    stream->closing = true;
    stream_finish(stream);
}

void stream_finish(struct stream *stream)
{
    mark_ready(stream);
}

struct stream *stream_new(struct hub *hub, const struct stream_start *start, const struct transport *transport)
{
    struct stream *stream = aligned_alloc(CACHE_LINE, (sizeof(*stream) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);

    assert(stream != NULL);
    memset(stream, 0, sizeof(*stream));
    stream->hub = hub;
    stream->transport = transport;
    stream->through_h2o = true;
    stream->protocol = (uint8_t)start->protocol;
    stream->session_key = start->session_key;
    stream->expires_at = start->expires_at;
    return stream;
}
