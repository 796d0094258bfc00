/*
 * frame.h - bytes that go to streams: made once, shared by all of a worker's streams, freed with the last. Loop only.
 *
 * An event's frame holds its JSON once as an SSE message; the WebSocket form, which also carries the event's id inside the
 * JSON, is made when the first WebSocket asks for it.
 */
#ifndef STREAM_FRAME_H
#define STREAM_FRAME_H

#include "bering/event.h"
#include "worker/h2o.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stream_protocol { STREAM_SSE, STREAM_WEBSOCKET };

/* WebSocket opcodes (RFC 6455, 5.2). */
enum { FRAME_TEXT = 0x1, FRAME_CLOSE = 0x8, FRAME_PING = 0x9 };

enum { FRAME_ID_SIZE = 40 };

struct frame;

/* The text of an event's id: epoch and position. Returns its length. */
size_t frame_id_format(uint64_t epoch, uint64_t id, char text[FRAME_ID_SIZE]);
/* Reads it back. False if it is malformed, or of another epoch. */
bool frame_id_parse(const char *text, uint64_t epoch, uint64_t *id_r);

/* Each starts with one reference, the caller's. */
struct frame *frame_of_event(uint64_t epoch, const struct event *event);
struct frame *frame_of_sse(const char *text, size_t length);              /* as it is; for SSE streams only */
struct frame *frame_of_websocket(unsigned opcode, const void *payload, size_t length); /* for WebSockets only */
struct frame *frame_of_websocket_raw(const void *bytes, size_t length);    /* a whole frame as it is */

void frame_hold(struct frame *frame);
void frame_release(struct frame *frame);

/* What a stream of this protocol sends; valid as long as the frame. */
h2o_iovec_t frame_bytes(struct frame *frame, enum stream_protocol protocol);

#endif
