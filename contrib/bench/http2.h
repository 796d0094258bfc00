/*
 * http2.h - as much of HTTP/2 as one event stream on a connection of its own needs.
 */
#ifndef BENCH_HTTP2_H
#define BENCH_HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP2_FRAME_HEADER = 9 };

/* How far the frames of a connection have been taken apart. */
struct http2 {
    uint32_t left;                    /* bytes of a frame's payload that have not come */
    uint8_t header[HTTP2_FRAME_HEADER];
    uint8_t header_length;
    bool failed;                      /* a reset, the end of the stream, a status but 200 */
};

/* The preface, windows as large as they can be, and GET /api/events. Returns the length; capacity must do. */
size_t http2_request(const char *token, char *out, size_t capacity);

/* Moves what is in DATA frames to the begin of data, and drops the rest. Returns how much that is. */
size_t http2_take(struct http2 *http2, char *data, size_t length);

#endif
