/*
 * generator.c - SSE over HTTP/2: a stream is the answer of a request that stays open. Worker, loop only.
 *
 * Always holds: one h2o_send is under way at a time, and what it points to lives until h2o proceeds or lets the request
 * go. The request's pool holds the generator: it is the one that knows whether there is still a stream.
 */
#include "worker/stream/hub_internal.h"
#include "worker/stream/transport.h"
#include <sys/socket.h>

struct generator {
    h2o_generator_t super;
    h2o_req_t *http;
    struct stream *stream;        /* NULL: it has ended before the request */
    bool is_sending;
    bool is_closed;               /* the hub has forgotten it; its frames wait for h2o */
};

static void finish(struct generator *generator)
{
    stream_free(generator->stream);
    generator->stream = NULL;
    h2o_send(generator->http, NULL, 0, H2O_SEND_STATE_FINAL);
}

static void on_proceed(h2o_generator_t *super, h2o_req_t *http)
{
    struct generator *generator = (struct generator *)super;

    (void)http;
    generator->is_sending = false;
    if (generator->is_closed)
        finish(generator);
    else
        stream_written(generator->stream, NULL);
}

/* The request goes: the client has gone, or has heard the end. */
static void on_dispose(void *pointer)
{
    struct generator *generator = pointer;

    if (generator->stream == NULL)
        return;
    if (!generator->is_closed)
        hub_forget(generator->stream);
    stream_free(generator->stream);
}

static void write_generator(struct stream *stream, h2o_iovec_t *buffers, size_t count)
{
    struct generator *generator = stream->generator;

    generator->is_sending = true;
    h2o_send(generator->http, buffers, count, H2O_SEND_STATE_IN_PROGRESS);
}

/*
 * h2o has no way to end or reset an answer of which bytes are still on their way: of a client that does not take them,
 * the whole connection is cut.
 */
static void close_generator(struct stream *stream)
{
    struct generator *generator = stream->generator;
    h2o_conn_t *connection = generator->http->conn;

    if (!generator->is_sending) {
        finish(generator);
        return;
    }
    generator->is_closed = true;
    shutdown(h2o_socket_get_fd(connection->callbacks->get_socket(connection)), SHUT_RDWR);
}

static const struct transport generator_transport = {write_generator, close_generator};

struct stream *stream_open_http2(struct hub *hub, h2o_req_t *http, const struct stream_start *start)
{
    struct stream *stream = stream_new(hub, start, &generator_transport);
    struct generator *generator = h2o_mem_alloc_shared(&http->pool, sizeof(*generator), on_dispose);

    *generator = (struct generator){.super = {on_proceed, NULL}, .http = http, .stream = stream};
    stream->descriptor = -1;
    stream->generator = generator;
    if (hub_add(hub, stream, start) != 0) {
        generator->stream = NULL;
        stream_free(stream);
        return NULL;
    }
    h2o_start_response(http, &generator->super);
    return stream;
}
