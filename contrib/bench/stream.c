/*
 * stream.c - takes SSE and WebSocket streams apart. The client processes of swarm.c; the main process for latencies.
 *
 * Always holds: whole events are taken straight from the shared read buffer; only what is not whole is copied to `rest`
 * and waits there, so that 10,000 streams cost the client little.
 */
#include "stream.h"
#include "http.h"
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    READ_BYTES = 256 * 1024,
    REST_MAX = 16 * 1024 * 1024,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
    OPCODE_PONG = 10,
    CONTROL_MAX = 125
};

static char shared_buffer[READ_BYTES];

static void end(struct stream *stream)
{
    stream->events->ended(stream);
    stream_close(stream);
}

/* Keeps data for later; what it is may be part of the old rest. */
static void keep_rest(struct stream *stream, const char *data, size_t length)
{
    char *rest = NULL;

    if (length > REST_MAX) {
        stream->failed = true;
        length = 0;
    }
    if (length > 0) {
        rest = malloc(length);
        if (rest == NULL)
            abort();
        memcpy(rest, data, length);
    }
    free(stream->rest);
    stream->rest = rest;
    stream->rest_length = length;
}

/* One SSE frame without its empty line: its data lines hold the JSON, which this server never breaks into lines. */
static void take_sse_frame(struct stream *stream, const char *frame, size_t length)
{
    const char *stop = frame + length, *line = frame;

    while (line < stop) {
        const char *next = memchr(line, '\n', (size_t)(stop - line));
        const char *line_end = next == NULL ? stop : next;

        if (line_end - line > 5 && memcmp(line, "data:", 5) == 0) {
            const char *json = line[5] == ' ' ? line + 6 : line + 5;

            stream->events->event(stream, json, (size_t)(line_end - json));
        }
        line = line_end + 1;
    }
}

/* Takes whole frames from data; returns how many bytes they were. */
static size_t take_sse(struct stream *stream, const char *data, size_t length)
{
    const char *at = data, *stop = data + length, *frame_end;

    while (at < stop && (frame_end = memmem(at, (size_t)(stop - at), "\n\n", 2)) != NULL) {
        take_sse_frame(stream, at, (size_t)(frame_end - at));
        at = frame_end + 2;
    }
    return (size_t)(at - data);
}

static void send_pong(struct stream *stream, const char *data, size_t length)
{
    char frame[6 + CONTROL_MAX];

    frame[0] = (char)(0x80 | OPCODE_PONG);
    frame[1] = (char)(0x80 | length);
    memset(frame + 2, 0, 4); /* a mask of zeroes: the same bytes */
    memcpy(frame + 6, data, length);
    if (link_write(&stream->link, frame, 6 + length) != 0)
        stream->failed = true;
}

static void take_websocket_frame(struct stream *stream, unsigned opcode, const char *data, size_t length)
{
    if (opcode == OPCODE_CLOSE)
        stream->failed = true;
    else if (opcode == OPCODE_PING && length <= CONTROL_MAX)
        send_pong(stream, data, length);
    else if (opcode < OPCODE_CLOSE)
        stream->events->event(stream, data, length);
}

/* The header of a frame at data: returns its bytes, 0 if it is not whole; the payload's length to *length_r. */
static size_t websocket_header(const unsigned char *data, size_t length, uint64_t *length_r)
{
    unsigned size = length < 2 ? 0 : data[1] & 0x7f;
    unsigned bytes = size == 127 ? 8 : size == 126 ? 2 : 0;

    if (length < 2 + bytes)
        return 0;
    *length_r = size;
    if (bytes > 0)
        *length_r = 0;
    for (unsigned i = 0; i < bytes; i++)
        *length_r = *length_r << 8 | data[2 + i];
    return 2 + bytes;
}

static size_t take_websocket(struct stream *stream, const char *data, size_t length)
{
    size_t at = 0, header;
    uint64_t size;

    while ((header = websocket_header((const unsigned char *)data + at, length - at, &size)) > 0 &&
           size <= length - at - header) {
        take_websocket_frame(stream, (unsigned char)data[at] & 0x0f, data + at + header, (size_t)size);
        at += header + (size_t)size;
        if (stream->failed)
            break;
    }
    return at;
}

/* Takes events from what arrived, after what was kept of the last time. */
static void take(struct stream *stream, const char *data, size_t length)
{
    char *joined = NULL;
    size_t taken;

    if (stream->rest_length > 0) {
        joined = malloc(stream->rest_length + length);
        if (joined == NULL)
            abort();
        memcpy(joined, stream->rest, stream->rest_length);
        memcpy(joined + stream->rest_length, data, length);
        data = joined;
        length += stream->rest_length;
    }
    taken = stream->kind == STREAM_WEBSOCKET ? take_websocket(stream, data, length) : take_sse(stream, data, length);
    keep_rest(stream, data + taken, length - taken);
    free(joined);
}

/*
 * Removes the chunk headers from data, in place; returns what is left. A read may end anywhere, in a header too:
 * chunk_left is then the size as far as its digits have come, and in_chunk false.
 */
static size_t unchunk(struct stream *stream, char *data, size_t length)
{
    size_t out = 0;

    for (size_t at = 0; at < length;) {
        if (stream->in_chunk) {
            size_t part = stream->chunk_left < length - at ? stream->chunk_left : length - at;

            memmove(data + out, data + at, part);
            out += part;
            at += part;
            stream->chunk_left -= part;
            stream->in_chunk = stream->chunk_left > 0;
        } else {
            char c = data[at++];

            if (c == '\n')
                stream->in_chunk = stream->chunk_left > 0;
            else if (c != '\r' && stream->chunk_left <= REST_MAX)
                stream->chunk_left = stream->chunk_left * 16 + (size_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }
    }
    return out;
}

static void take_head(struct stream *stream, char *data, size_t length)
{
    size_t head, value_length, kept = stream->rest_length;
    char *joined = malloc(kept + length);

    if (joined == NULL)
        abort();
    if (kept > 0)
        memcpy(joined, stream->rest, kept);
    memcpy(joined + kept, data, length);
    length += kept;
    head = http_head(joined, length);
    if (head == 0) {
        keep_rest(stream, joined, length);
    } else if (http_status(joined, head) != (stream->kind == STREAM_SSE ? 200 : 101)) {
        stream->failed = true;
    } else {
        stream->chunked = http_header(joined, head, "transfer-encoding", &value_length) != NULL;
        keep_rest(stream, NULL, 0);
        stream->state = STREAM_OPEN;
        stream->events->opened(stream);
        length -= head;
        memmove(joined, joined + head, length);
        if (stream->chunked)
            length = unchunk(stream, joined, length);
        take(stream, joined, length);
    }
    free(joined);
}

static void take_http2(struct stream *stream, char *data, size_t length)
{
    length = http2_take(&stream->http2, data, length);
    if (length > 0 && stream->state == STREAM_HEAD) {
        stream->state = STREAM_OPEN;
        stream->events->opened(stream);
    }
    take(stream, data, length);
    stream->failed = stream->failed || stream->http2.failed;
}

static void receive(struct stream *stream)
{
    ssize_t got;

    do {
        got = link_read(&stream->link, shared_buffer, sizeof(shared_buffer));
        if (got == LINK_AGAIN)
            return;
        if (got <= 0) {
            end(stream);
            return;
        }
        if (stream->events->arrived != NULL)
            stream->events->arrived(stream, (size_t)got);
        if (stream->kind == STREAM_HTTP2)
            take_http2(stream, shared_buffer, (size_t)got);
        else if (stream->state == STREAM_HEAD)
            take_head(stream, shared_buffer, (size_t)got);
        else
            take(stream, shared_buffer, stream->chunked ? unchunk(stream, shared_buffer, (size_t)got) : (size_t)got);
        if (stream->failed) {
            end(stream);
            return;
        }
    } while (stream->link.tls != NULL || got == sizeof(shared_buffer));
}

static void send_request(struct stream *stream)
{
    static const char websocket[] = "GET /api/ws HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\n"
                                    "upgrade: websocket\r\nsec-websocket-version: 13\r\n"
                                    "sec-websocket-key: YmVuY2gtYmVuY2gtYmVuYw==\r\nauthorization: Bearer ";
    static const char sse[] = "GET /api/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n"
                              "authorization: Bearer ";
    char request[1024];
    size_t length = 0;
    const char *parts[] = {stream->kind == STREAM_SSE ? sse : websocket, stream->token, "\r\n\r\n"};

    if (stream->kind == STREAM_HTTP2)
        length = http2_request(stream->token, request, sizeof(request));
    for (unsigned i = 0; i < 3 && stream->kind != STREAM_HTTP2; i++) {
        size_t part = strlen(parts[i]);

        if (part > sizeof(request) - length)
            abort();
        memcpy(request + length, parts[i], part);
        length += part;
    }
    if (link_write(&stream->link, request, length) != 0) {
        end(stream);
        return;
    }
    stream->state = STREAM_HEAD;
    loop_change(stream->loop, &stream->watch, EPOLLIN);
}

static void ready(struct watch *watch, uint32_t events)
{
    struct stream *stream = (struct stream *)watch;

    (void)events;
    if (stream->state == STREAM_CONNECTING) {
        uint32_t wanted = 0;
        int progress = link_progress(&stream->link, &wanted);

        if (progress < 0)
            end(stream);
        else if (progress > 0)
            send_request(stream);
        else
            loop_change(stream->loop, &stream->watch, wanted);
        return;
    }
    receive(stream);
}

int stream_open(struct stream *stream, struct loop *loop, const struct target *target, enum stream_kind kind,
                const char *token, unsigned source)
{
    stream->loop = loop;
    stream->kind = (uint8_t)kind;
    stream->token = token;
    stream->watch.fd = -1;
    stream->watch.ready = ready;
    stream->chunked = stream->in_chunk = stream->failed = false;
    stream->chunk_left = 0;
    stream->http2 = (struct http2){0};
    if (link_connect(&stream->link, target, source) != 0)
        return -1;
    stream->state = STREAM_CONNECTING;
    stream->watch.fd = stream->link.fd;
    loop_watch(loop, &stream->watch, EPOLLOUT);
    return 0;
}

void stream_close(struct stream *stream)
{
    if (stream->state == STREAM_CLOSED)
        return;
    loop_forget(stream->loop, &stream->watch);
    link_close(&stream->link);
    keep_rest(stream, NULL, 0);
    stream->state = STREAM_CLOSED;
}
