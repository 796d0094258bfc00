/*
 * streams.c - opening SSE streams and WebSockets. Worker, loop only.
 *
 * h2o_http1_upgrade sends the headers and hands the socket over; request, pool and connection are then gone. An SSE answer so
 * made has no length: it ends with the connection, as HTTP/1.1 allows. Over HTTP/2 there is nothing to hand over, and h2o
 * aborts if it is asked to: there an SSE stream is an answer that goes on, and WebSockets do not exist.
 */
#include "worker/api/api.h"
#include "worker/http2.h"
#include "worker/stream/stream.h"
#include "worker/stream/websocket.h"
#include "worker/trace.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WEBSOCKET_KEY_LENGTH = 24 };

/* What outlives the request until the socket is handed over. */
struct opening {
    struct worker *worker;
    struct stream_start start;
};

static void on_socket(void *data, h2o_socket_t *socket, size_t request_size)
{
    struct opening *opening = data;

    if (socket != NULL) { /* NULL: the client has gone */
        h2o_buffer_consume(&socket->input, request_size);
        stream_open(opening->worker->hub, socket, &opening->start);
    }
    free(opening);
}

/*
 * Where to resume: the header that browsers send, or the parameter for those who cannot. Too long
 * a text is no id of ours.
 */
static void read_last_event_id(struct request *request, char id[FRAME_ID_SIZE])
{
    ssize_t index = h2o_find_header_by_str(&request->http->headers, H2O_STRLIT("last-event-id"), -1);
    const char *text = request_query(request, "last_event_id");
    size_t length = text == NULL ? 0 : strlen(text);

    if (index != -1) {
        text = request->http->headers.entries[index].value.base;
        length = request->http->headers.entries[index].value.len;
    }
    if (length == 0)
        return;
    if (length >= FRAME_ID_SIZE) {
        strcpy(id, "?");
        return;
    }
    memcpy(id, text, length);
    id[length] = '\0';
}

static enum result take_over_socket(struct request *request, const struct stream_start *start)
{
    h2o_req_t *http = request->http;
    struct opening *opening = calloc(1, sizeof(*opening));

    assert(opening != NULL && !http2_is_spoken(http));
    opening->worker = request->worker;
    opening->start = *start;
    trace_add_header(http); /* no filter sees this answer */
    if (start->protocol == STREAM_SSE)
        h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("x-content-type-options"), 0, NULL,
                              H2O_STRLIT("nosniff"));
    h2o_http1_upgrade(http, NULL, 0, on_socket, opening);
    return RESULT_OK;
}

/* What a stream lasts is no duration of a request: it is counted now, as over HTTP/1.1. */
static enum result begin_answer(struct request *request, const struct stream_start *start)
{
    request->http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    if (stream_open_http2(request->worker->hub, request->http, start) == NULL) {
        request->http->res.headers.size = 0; /* the error has its own */
        return RESULT_INTERNAL;
    }
    trace_end(request->worker, request->http);
    return RESULT_OK;
}

static enum result open_stream(struct request *request, enum stream_protocol protocol)
{
    struct stream_start start = {
        .protocol = protocol,
        .user = {.key = request->who.kind == SESSION_USER ? request->who.user_key : 0, .id = request->who.user_id},
        .session_key = request->who.session_key,
        .expires_at = request->who.expires_at,
    };

    read_last_event_id(request, start.last_event_id);
    return http2_is_spoken(request->http) ? begin_answer(request, &start) : take_over_socket(request, &start);
}

static enum result check_draining(struct request *request)
{
    if (!request->worker->draining)
        return RESULT_OK;
    request->retry_after = 1;
    return request_fail(request, RESULT_UNAVAILABLE, "the server is restarting");
}

enum result open_events(struct request *request)
{
    h2o_res_t *answer = &request->http->res;
    h2o_mem_pool_t *pool = &request->http->pool;
    enum result result = check_draining(request);

    if (result != RESULT_OK)
        return result;
    answer->status = 200;
    answer->reason = "OK";
    h2o_add_header(pool, &answer->headers, H2O_TOKEN_CONTENT_TYPE, NULL, H2O_STRLIT("text/event-stream"));
    h2o_add_header(pool, &answer->headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("no-store"));
    return open_stream(request, STREAM_SSE);
}

static h2o_iovec_t header(struct request *request, const char *name)
{
    ssize_t index = h2o_find_header_by_str(&request->http->headers, name, strlen(name), -1);

    return index == -1 ? h2o_iovec_init(NULL, 0) : request->http->headers.entries[index].value;
}

/* The handshake of RFC 6455, 4.2. */
static enum result check_handshake(struct request *request, h2o_iovec_t *key_r)
{
    h2o_req_t *http = request->http;
    h2o_iovec_t version = header(request, "sec-websocket-version"), key = header(request, "sec-websocket-key");

    if (http2_is_spoken(http))
        return request_fail(request, RESULT_BAD_REQUEST, "WebSockets are spoken over HTTP/1.1 only");
    if (http->upgrade.base == NULL || !h2o_lcstris(http->upgrade.base, http->upgrade.len, H2O_STRLIT("websocket")))
        return request_fail(request, RESULT_BAD_REQUEST, "a WebSocket handshake is expected here");
    if (!h2o_memis(version.base, version.len, H2O_STRLIT("13"))) {
        h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("sec-websocket-version"), 0, NULL,
                              H2O_STRLIT("13"));
        return request_fail(request, RESULT_BAD_REQUEST, "only WebSocket version 13 is spoken here");
    }
    if (key.len != WEBSOCKET_KEY_LENGTH)
        return request_fail(request, RESULT_BAD_REQUEST, "the Sec-WebSocket-Key is malformed");
    *key_r = key;
    return RESULT_OK;
}

enum result open_socket(struct request *request)
{
    h2o_res_t *answer = &request->http->res;
    h2o_mem_pool_t *pool = &request->http->pool;
    char *accept = h2o_mem_alloc_pool(pool, WEBSOCKET_ACCEPT_LENGTH + 1);
    h2o_iovec_t key = h2o_iovec_init(NULL, 0);
    enum result result = check_handshake(request, &key);

    if (result == RESULT_OK)
        result = check_draining(request);
    if (result != RESULT_OK)
        return result;
    websocket_accept_key(key.base, accept);
    answer->status = 101;
    answer->reason = "Switching Protocols";
    h2o_add_header(pool, &answer->headers, H2O_TOKEN_UPGRADE, NULL, H2O_STRLIT("websocket"));
    h2o_add_header_by_str(pool, &answer->headers, H2O_STRLIT("sec-websocket-accept"), 0, NULL, accept,
                          WEBSOCKET_ACCEPT_LENGTH);
    return open_stream(request, STREAM_WEBSOCKET);
}
