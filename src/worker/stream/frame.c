/*
 * frame.c - framing for SSE (WHATWG HTML, 9.2) and WebSocket (RFC 6455, 5). Worker, loop only.
 */
#include "worker/stream/frame.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame {
    unsigned references;
    uint32_t json_at;         /* where the JSON starts in bytes, 0 if the frame is not an event's */
    uint32_t json_length;
    char id[FRAME_ID_SIZE];
    h2o_iovec_t websocket;    /* base NULL: not made yet, or not to be had */
    size_t length;
    char bytes[];             /* the SSE form */
};

size_t frame_id_format(uint64_t epoch, uint64_t id, char text[FRAME_ID_SIZE])
{
    return (size_t)snprintf(text, FRAME_ID_SIZE, "%" PRIx64 "-%" PRIu64, epoch, id);
}

bool frame_id_parse(const char *text, uint64_t epoch, uint64_t *id_r)
{
    char expected[FRAME_ID_SIZE];
    uint64_t found_epoch, id;
    int end = 0;

    if (strlen(text) >= FRAME_ID_SIZE || sscanf(text, "%16" SCNx64 "-%20" SCNu64 "%n", &found_epoch, &id, &end) != 2 ||
        text[end] != '\0')
        return false;
    frame_id_format(epoch, id, expected);
    *id_r = id;
    return strcmp(text, expected) == 0;
}

static struct frame *new_frame(size_t length)
{
    struct frame *frame = malloc(sizeof(*frame) + length);

    assert(frame != NULL);
    *frame = (struct frame){.references = 1, .length = length};
    return frame;
}

struct frame *frame_of_event(uint64_t epoch, const struct event *event)
{
    char id[FRAME_ID_SIZE];
    size_t id_length = frame_id_format(epoch, event->id, id);
    struct frame *frame = new_frame(4 + id_length + 7 + event->length + 2);
    char *at = frame->bytes;

    memcpy(frame->id, id, id_length + 1);
    at = mempcpy(at, "id: ", 4);
    at = mempcpy(at, id, id_length);
    at = mempcpy(at, "\ndata: ", 7);
    frame->json_at = (uint32_t)(at - frame->bytes);
    frame->json_length = (uint32_t)event->length;
    at = mempcpy(at, event->json, event->length);
    memcpy(at, "\n\n", 2);
    return frame;
}

struct frame *frame_of_sse(const char *text, size_t length)
{
    struct frame *frame = new_frame(length);

    memcpy(frame->bytes, text, length);
    return frame;
}

/* Allocates a final, unmasked frame for `length` bytes of payload; *payload_r is where they go. */
static h2o_iovec_t websocket_frame(unsigned opcode, size_t length, char **payload_r)
{
    size_t header = length < 126 ? 2 : length <= UINT16_MAX ? 4 : 10;
    uint8_t *bytes = malloc(header + length);

    assert(bytes != NULL);
    bytes[0] = (uint8_t)(0x80 | opcode);
    if (header == 2) {
        bytes[1] = (uint8_t)length;
    } else {
        bytes[1] = header == 4 ? 126 : 127;
        for (size_t i = 2; i < header; ++i)
            bytes[i] = (uint8_t)(length >> (8 * (header - 1 - i)));
    }
    *payload_r = (char *)bytes + header;
    return h2o_iovec_init(bytes, header + length);
}

/* The event's JSON with its id as first member: a WebSocket has no other place for it. */
static void make_websocket(struct frame *frame)
{
    const char *json = frame->bytes + frame->json_at;
    size_t id_length = strlen(frame->id);
    char *payload;

    assert(frame->json_length >= 2 && json[0] == '{');
    frame->websocket = websocket_frame(FRAME_TEXT, 7 + id_length + 2 + frame->json_length - 1, &payload);
    payload = mempcpy(payload, "{\"id\":\"", 7);
    payload = mempcpy(payload, frame->id, id_length);
    payload = mempcpy(payload, "\",", 2);
    memcpy(payload, json + 1, frame->json_length - 1);
}

struct frame *frame_of_websocket(unsigned opcode, const void *payload, size_t length)
{
    struct frame *frame = new_frame(0);
    char *at;

    frame->websocket = websocket_frame(opcode, length, &at);
    memcpy(at, payload, length);
    return frame;
}

struct frame *frame_of_websocket_raw(const void *bytes, size_t length)
{
    struct frame *frame = new_frame(0);

    frame->websocket = h2o_iovec_init(malloc(length), length);
    assert(frame->websocket.base != NULL);
    memcpy(frame->websocket.base, bytes, length);
    return frame;
}

void frame_hold(struct frame *frame)
{
    ++frame->references;
}

void frame_release(struct frame *frame)
{
    if (--frame->references > 0)
        return;
    free(frame->websocket.base);
    free(frame);
}

h2o_iovec_t frame_bytes(struct frame *frame, enum stream_protocol protocol)
{
    if (protocol == STREAM_SSE)
        return h2o_iovec_init(frame->bytes, frame->length);
    if (frame->websocket.base == NULL && frame->json_length != 0)
        make_websocket(frame);
    return frame->websocket;
}
