/*
 * socket.c - streams over HTTP/1.1: SSE and WebSocket on a socket that h2o has handed over. Worker, loop only.
 */
#include "worker/stream/hub_internal.h"
#include "worker/stream/transport.h"
#include "worker/stream/websocket.h"
#include <sys/socket.h>

enum { SEND_BUFFER = 128 * 1024 }; /* of the kernel, for a client that does not read */

static void on_written(h2o_socket_t *socket, const char *error)
{
    stream_written(socket->data, error);
}

static void write_socket(struct stream *stream, h2o_iovec_t *buffers, size_t count)
{
    h2o_socket_write(stream->socket, buffers, count, on_written);
}

static void close_socket(struct stream *stream)
{
    /* bytes that h2o still writes belong to frames: their memory must not go before the socket */
    h2o_socket_close(stream->socket);
    stream_free(stream);
}

static const struct transport socket_transport = {write_socket, close_socket};

/* An SSE client has nothing to say: what it sends is dropped; that it hangs up matters. */
static void on_sse_read(h2o_socket_t *socket, const char *error)
{
    if (error != NULL) {
        stream_close(socket->data);
        return;
    }
    h2o_buffer_consume(&socket->input, socket->input->size);
}

struct stream *stream_open(struct hub *hub, h2o_socket_t *socket, const struct stream_start *start)
{
    struct stream *stream = stream_new(hub, start, &socket_transport);
    int buffer = SEND_BUFFER;

    stream->socket = socket;
    stream->descriptor = h2o_socket_get_fd(socket);
    stream->through_h2o = socket->ssl != NULL;
    socket->data = stream;
    setsockopt(stream->descriptor, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    if (hub_add(hub, stream, start) != 0) {
        close_socket(stream);
        return NULL;
    }
    h2o_socket_read_start(socket, start->protocol == STREAM_SSE ? on_sse_read : websocket_on_read);
    return stream;
}
