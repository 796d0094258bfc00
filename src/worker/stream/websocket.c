/*
 * websocket.c - the client's side of a WebSocket. Worker, loop only.
 *
 * wslay parses, unmasks, joins fragments, checks UTF-8 and answers pings and closes; its context lives from the first byte of
 * a message to its last. That it has nothing left inside is known by counting: the bytes that it took are then the bytes of the
 * frames that it has finished.
 */
#include "worker/stream/websocket.h"

#include "worker/stream/hub_internal.h"
#include "worker/stream/stream.h"
#include "worker/worker.h"
#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

enum { MESSAGE_SLACK = 4096 }; /* JSON around a message's body, of which each byte may be escaped in six */

struct reader {
    wslay_event_context_ptr context;
    struct stream *stream;
    uint64_t taken;           /* bytes that wslay took from the socket */
    uint64_t finished;        /* bytes of the frames that have ended */
    uint64_t frame;           /* bytes of the frame that has begun */
    bool in_message;          /* a fragmented message goes on */
};

static ssize_t on_receive(wslay_event_context_ptr context, uint8_t *bytes, size_t length, int flags, void *argument)
{
    struct reader *reader = argument;
    h2o_socket_t *socket = reader->stream->socket;

    (void)flags;
    if (socket->input->size == 0 || reader->stream->paused) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (length > socket->input->size)
        length = socket->input->size;
    memcpy(bytes, socket->input->bytes, length);
    h2o_buffer_consume(&socket->input, length);
    reader->taken += length;
    return (ssize_t)length;
}

/* Pongs and closes that wslay answers with. */
static ssize_t on_send(wslay_event_context_ptr context, const uint8_t *bytes, size_t length, int flags, void *argument)
{
    struct reader *reader = argument;

    (void)context, (void)flags;
    stream_give(reader->stream, frame_of_websocket_raw(bytes, length));
    return (ssize_t)length;
}

static void on_frame_start(wslay_event_context_ptr context, const struct wslay_event_on_frame_recv_start_arg *frame,
                           void *argument)
{
    struct reader *reader = argument;
    uint64_t length = frame->payload_length;

    (void)context;
    /* header, extended length, mask, payload */
    reader->frame = 2 + (length < 126 ? 0U : length <= UINT16_MAX ? 2U : 8U) + 4 + length;
    if (!wslay_is_ctrl_frame(frame->opcode))
        reader->in_message = !frame->fin;
}

static void on_frame_end(wslay_event_context_ptr context, void *argument)
{
    struct reader *reader = argument;

    (void)context;
    reader->finished += reader->frame;
}

static void on_message(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message, void *argument)
{
    struct reader *reader = argument;

    (void)context;
    if (message->opcode == WSLAY_TEXT_FRAME)
        websocket_on_message(reader->stream, (const char *)message->msg, message->msg_length);
    else if (message->opcode == WSLAY_BINARY_FRAME)
        wslay_event_queue_close(context, WSLAY_CODE_UNSUPPORTED_DATA, (const uint8_t *)"text only", 9);
}

static struct reader *reader_new(struct stream *stream)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_receive,
        .send_callback = on_send,
        .on_frame_recv_start_callback = on_frame_start,
        .on_frame_recv_end_callback = on_frame_end,
        .on_msg_recv_callback = on_message,
    };
    struct reader *reader = calloc(1, sizeof(*reader));

    assert(reader != NULL);
    reader->stream = stream;
    int status = wslay_event_context_server_init(&reader->context, &callbacks, reader);
    assert(status == 0);
    wslay_event_config_set_max_recv_msg_length(reader->context,
                                               stream->hub->worker->config->max_message_bytes * 6 + MESSAGE_SLACK);
    return reader;
}

void websocket_reader_free(struct reader **reader)
{
    if (*reader == NULL)
        return;
    wslay_event_context_free((*reader)->context);
    free(*reader);
    *reader = NULL;
}

/* Feeds what has arrived to wslay, as long as messages are welcome. May close the stream. */
static void proceed(struct stream *stream)
{
    struct reader *reader = stream->reader;
    h2o_socket_t *socket = stream->socket;

    do {
        if (wslay_event_recv(reader->context) != 0) {
            stream_close(stream);
            return;
        }
    } while (socket->input->size > 0 && !stream->paused && wslay_event_want_read(reader->context));
    while (wslay_event_want_write(reader->context))
        if (wslay_event_send(reader->context) != 0)
            break;
    if (!wslay_event_want_read(reader->context)) { /* a close was received, or an error answered with one */
        stream->closing = true;
        stream_finish(stream);
    } else if (reader->taken == reader->finished && !reader->in_message) {
        websocket_reader_free(&stream->reader);
    }
}

void websocket_on_read(h2o_socket_t *socket, const char *error)
{
    struct stream *stream = socket->data;

    if (error != NULL) {
        stream_close(stream);
        return;
    }
    if (stream->closing) { /* our close is on its way: nothing more is heard */
        h2o_buffer_consume(&socket->input, socket->input->size);
        return;
    }
    if (stream->reader == NULL)
        stream->reader = reader_new(stream);
    proceed(stream);
}

void websocket_pause(struct stream *stream)
{
    if (stream->paused)
        return;
    stream->paused = true;
    h2o_socket_read_stop(stream->socket);
}

void websocket_resume(struct stream *stream)
{
    if (!stream->paused)
        return;
    stream->paused = false;
    h2o_socket_read_start(stream->socket, websocket_on_read);
    if (stream->reader != NULL && !stream->closing)
        proceed(stream);
}

void websocket_accept_key(const char *key, char accept[WEBSOCKET_ACCEPT_LENGTH + 1])
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455, 1.3 */
    char source[24 + sizeof(magic) - 1];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    memcpy(mempcpy(source, key, 24), magic, sizeof(magic) - 1);
    int status = EVP_Digest(source, sizeof(source), digest, &length, EVP_sha1(), NULL);
    assert(status == 1 && length == 20);
    EVP_EncodeBlock((unsigned char *)accept, digest, (int)length);
}
