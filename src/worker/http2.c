/*
 * http2.c - HTTP/2 connections, between their sockets and h2o. Worker, loop only.
 *
 * h2o 2.2.5 can be crashed and exhausted by what a client may send. So what has arrived is looked at (frames.c) before
 * h2o gets it, for which its own read callback is called by ours; and it gets nothing while bytes of the connection are
 * being written. Only then is an answer that has been sent known, still, to h2o, which aborts if a frame changes its
 * window; and so a client that does not read cannot make answers pile up.
 */
#include "worker/http2.h"

#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/log.h"
#include "worker/frames.h"
#include "worker/proxy_line.h"
#include "worker/trace.h"
#include "worker/worker.h"
#include <assert.h>
#include <h2o/http2.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    LOOK_MS = 1000,
    TASKS_MOST = 100,             /* of a connection: what h2o lets it have of requests */
    STALLED_FACTOR = 3,           /* REQUEST_TIMEOUT_SECONDS without a byte taken of an answer: nobody is there */
};

struct http2 {
    struct worker *worker;
    h2o_linklist_t all;           /* connections that speak HTTP/2, the oldest first */
    h2o_linklist_t held;          /* those whose input waits */
    uint64_t next_look;           /* clock_monotonic_ms */
};

struct connection {
    h2o_linklist_t all;
    h2o_linklist_t held;
    struct http2 *http2;
    h2o_socket_t *socket;         /* NULL: it has ended */
    h2o_socket_cb on_read;        /* h2o's */
    h2o_socket_cb on_written;     /* h2o's, while it writes; NULL: not known yet */
    void (*on_close)(void *data); /* whose it was before */
    void *on_close_data;
    h2o_accept_ctx_t *accept;
    struct timeval connected_at;
    h2o_timeout_entry_t handshake;
    struct frames frames;
    unsigned references;          /* the socket, tasks, and who is at it */
    unsigned requests;            /* open */
    unsigned tasks;
    bool has_asked;
    uint64_t asked_at;            /* clock_monotonic_ms: the last request, or the beginning */
};

static struct connection *connection_of(h2o_socket_t *socket)
{
    return socket->on_close.data;
}

static void release(struct connection *connection)
{
    if (--connection->references == 0)
        free(connection);
}

/* What has not been looked at is not looked at any more: whoever has sent a thousand frames waits for none of them. */
static void cut(struct connection *connection, const char *reason)
{
    if (connection->socket == NULL)
        return;
    log_debug("an HTTP/2 connection is cut: %s", reason);
    counter_add(connection->http2->worker->bus, COUNTER_HTTP2_CUT, 1);
    connection->frames.wrong = reason;
    shutdown(h2o_socket_get_fd(connection->socket), SHUT_RDWR);
}

/* ---- what has arrived ---- */

/*
 * Bytes are on their way, or h2o waits for room for more: the latter is no reason to wait, or whoever loads much could
 * ask for nothing else. Which of them it is tells the callback: the very first write is that of the settings.
 */
static bool is_writing(const struct connection *connection)
{
    h2o_socket_cb callback = connection->socket->_cb.write;

    return callback != NULL && (connection->on_written == NULL || callback == connection->on_written);
}

static void hold(struct connection *connection)
{
    h2o_socket_read_stop(connection->socket);
    if (!h2o_linklist_is_linked(&connection->held))
        h2o_linklist_insert(&connection->http2->held, &connection->held);
}

static void hand_over(struct connection *connection)
{
    h2o_socket_t *socket = connection->socket;
    const char *wrong = connection->frames.wrong;

    socket->input->size =
        frames_check(&connection->frames, (uint8_t *)socket->input->bytes, socket->input->size, clock_monotonic_ms());
    if (connection->frames.wrong != NULL && wrong == NULL) { /* h2o says so, and ends it */
        log_debug("an HTTP/2 connection is ended: %s", connection->frames.wrong);
        counter_add(connection->http2->worker->bus, COUNTER_HTTP2_CUT, 1);
    }
    ++connection->references;
    connection->on_read(socket, NULL);
    if (connection->socket != NULL) {
        if (connection->on_written == NULL && connection->frames.has_begun)
            connection->on_written = socket->_cb.write;
        if (!h2o_socket_is_reading(socket))
            hold(connection); /* h2o does so where too much is unsent, and would go on by itself */
    }
    release(connection);
}

static void on_read(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = connection_of(socket);

    if (error != NULL)
        connection->on_read(socket, error);
    else if (is_writing(connection))
        hold(connection);
    else
        hand_over(connection);
}

static void let_go(struct connection *connection)
{
    h2o_socket_t *socket = connection->socket;

    if (is_writing(connection)) {
        if (h2o_socket_is_reading(socket))
            h2o_socket_read_stop(socket);
        return;
    }
    h2o_linklist_unlink(&connection->held);
    h2o_socket_read_start(socket, on_read);
    if (socket->input->size > 0)
        hand_over(connection);
}

static void let_all_go(struct http2 *http2)
{
    h2o_linklist_t waiting;

    /* each may be held again, or end */
    h2o_linklist_init_anchor(&waiting);
    h2o_linklist_insert_list(&waiting, &http2->held);
    while (!h2o_linklist_is_empty(&waiting)) {
        h2o_linklist_t *link = waiting.next;
        h2o_linklist_unlink(link);
        h2o_linklist_insert(&http2->held, link);
        let_go(H2O_STRUCT_FROM_MEMBER(struct connection, held, link));
    }
}

/* ---- beginning and end ---- */

static void on_close(void *data)
{
    struct connection *connection = data;

    connection->on_close(connection->on_close_data);
    connection->socket = NULL;
    h2o_timeout_unlink(&connection->handshake);
    if (h2o_linklist_is_linked(&connection->all))
        h2o_linklist_unlink(&connection->all);
    if (h2o_linklist_is_linked(&connection->held))
        h2o_linklist_unlink(&connection->held);
    release(connection);
}

static void begin_http1(struct connection *connection)
{
    h2o_socket_t *socket = connection->socket;
    h2o_accept_ctx_t *accept = connection->accept;
    struct timeval connected_at = connection->connected_at;

    socket->on_close.cb = connection->on_close;
    socket->on_close.data = connection->on_close_data;
    release(connection);
    h2o_http1_accept(accept, socket, connected_at);
}

/* What came with the end of the handshake is put aside: h2o would take it at once. */
static void begin_http2(struct connection *connection)
{
    h2o_socket_t *socket = connection->socket;
    h2o_buffer_t *early = socket->input;

    h2o_linklist_insert(&connection->http2->all, &connection->all);
    connection->asked_at = clock_monotonic_ms();
    h2o_buffer_init(&socket->input, &h2o_socket_buffer_prototype);
    h2o_http2_accept(connection->accept, socket, connection->connected_at);
    connection->on_read = socket->_cb.read;
    socket->_cb.read = on_read;
    h2o_buffer_dispose(&socket->input);
    socket->input = early;
    if (early->size > 0)
        on_read(socket, NULL);
}

static void on_handshake(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = connection_of(socket);
    h2o_iovec_t protocol;

    h2o_timeout_unlink(&connection->handshake);
    if (error != NULL) {
        h2o_socket_close(socket);
        return;
    }
    protocol = h2o_socket_ssl_get_selected_protocol(socket);
    if (h2o_memis(protocol.base, protocol.len, H2O_STRLIT("h2")))
        begin_http2(connection);
    else
        begin_http1(connection);
}

static void on_handshake_timeout(h2o_timeout_entry_t *entry)
{
    h2o_socket_close(H2O_STRUCT_FROM_MEMBER(struct connection, handshake, entry)->socket);
}

static void on_proxy_line(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = connection_of(socket);
    struct sockaddr_storage peer;
    socklen_t length;

    if (error != NULL) {
        h2o_socket_close(socket);
        return;
    }
    int line = proxy_line_read(socket->input->bytes, socket->input->size, &peer, &length);
    if (line == PROXY_LINE_INCOMPLETE)
        return;
    h2o_buffer_consume(&socket->input, (size_t)line);
    if (length > 0)
        h2o_socket_setpeername(socket, (struct sockaddr *)&peer, length);
    h2o_socket_read_stop(socket);
    h2o_socket_ssl_handshake(socket, connection->accept->ssl_ctx, NULL, on_handshake);
}

void http2_accept(struct http2 *http2, h2o_accept_ctx_t *accept, h2o_socket_t *socket, bool may_proxy)
{
    h2o_context_t *context = &http2->worker->context;
    struct connection *connection = calloc(1, sizeof(*connection));

    assert(connection != NULL);
    connection->http2 = http2;
    connection->socket = socket;
    connection->references = 1;
    connection->accept = accept;
    connection->connected_at = *h2o_get_timestamp(context, NULL, NULL);
    connection->on_close = socket->on_close.cb;
    connection->on_close_data = socket->on_close.data;
    socket->on_close.cb = on_close;
    socket->on_close.data = connection;
    connection->handshake.cb = on_handshake_timeout;
    h2o_timeout_link(context->loop, &context->handshake_timeout, &connection->handshake);
    if (may_proxy)
        h2o_socket_read_start(socket, on_proxy_line);
    else
        h2o_socket_ssl_handshake(socket, accept->ssl_ctx, NULL, on_handshake);
}

/* ---- requests and tasks ---- */

bool http2_is_spoken(const h2o_req_t *http)
{
    return http->version >= 0x200;
}

static struct connection *connection_of_request(const h2o_req_t *http)
{
    return connection_of(http->conn->callbacks->get_socket(http->conn));
}

struct connection *http2_request_began(h2o_req_t *http)
{
    if (!http2_is_spoken(http))
        return NULL;
    struct connection *connection = connection_of_request(http);
    ++connection->requests;
    connection->has_asked = true;
    connection->asked_at = clock_monotonic_ms();
    return connection;
}

void http2_request_ended(struct connection *connection, bool is_answered)
{
    uint64_t now = clock_monotonic_ms();

    --connection->requests;
    connection->asked_at = now;
    if (!is_answered && connection->frames.wrong == NULL && !frames_spend(&connection->frames, now))
        cut(connection, "too many requests end early");
}

bool http2_has_room(const struct connection *connection)
{
    return connection == NULL || connection->tasks < TASKS_MOST;
}

struct connection *http2_task_begin(struct connection *connection)
{
    if (connection != NULL) {
        ++connection->references;
        ++connection->tasks;
    }
    return connection;
}

void http2_task_end(struct connection **connection)
{
    if (*connection != NULL) {
        --(*connection)->tasks;
        release(*connection);
    }
    *connection = NULL;
}

/* ---- those who only hold on ---- */

/* h2o's own clock counts whatever comes; a ping each second would do. */
static void look_at_connections(struct http2 *http2, uint64_t now)
{
    uint64_t idle = http2->worker->http.http2.idle_timeout;

    for (h2o_linklist_t *link = http2->all.next; link != &http2->all; link = link->next) {
        struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, all, link);
        if (connection->requests == 0 && connection->frames.wrong == NULL && now - connection->asked_at > idle)
            cut(connection, "it asks for nothing");
    }
}

/* HTTP/1 has a time for the whole of a request, and TCP one for what a client does not take; neither sees into this. */
static int look_at_request(h2o_req_t *http, void *argument)
{
    struct http2 *http2 = argument;
    struct connection *connection = connection_of_request(http);
    struct trace *trace = trace_of(http);
    uint64_t now = clock_monotonic_us(), timeout = http2->worker->http.http1.req_timeout;
    struct timeval *began = &http->timestamps.request_begin_at;
    struct timeval *today = h2o_get_timestamp(&http2->worker->context, NULL, NULL);

    if (connection->frames.wrong != NULL || began->tv_sec == 0) /* 0: a stream that has only a priority yet */
        return 0;
    if (trace == NULL) {
        if ((uint64_t)(today->tv_sec - began->tv_sec) * 1000 > timeout)
            cut(connection, "a request does not arrive");
    } else if (trace->has_ended || http->res.status == 0 || http->bytes_sent != trace->sent) {
        trace->sent = http->bytes_sent;
        trace->sent_at = now;
    } else if (now - trace->sent_at > timeout * 1000 * STALLED_FACTOR) {
        cut(connection, "an answer is not taken");
    }
    return 0;
}

void http2_turn(struct http2 *http2)
{
    if (http2 == NULL)
        return;
    if (!h2o_linklist_is_empty(&http2->held))
        let_all_go(http2);
    uint64_t now = clock_monotonic_ms();
    if (now < http2->next_look)
        return;
    http2->next_look = now + LOOK_MS;
    look_at_connections(http2, now);
    http2->worker->http.http2.callbacks.foreach_request(&http2->worker->context, look_at_request, http2);
}

unsigned http2_hang_up(struct http2 *http2, unsigned most, bool strangers_only)
{
    unsigned count = 0;

    if (http2 == NULL)
        return 0;
    for (h2o_linklist_t *link = http2->all.next; link != &http2->all && count < most; link = link->next) {
        struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, all, link);
        if (connection->requests > 0 || connection->frames.wrong != NULL || (strangers_only && connection->has_asked))
            continue;
        cut(connection, "there are too many");
        ++count;
    }
    return count;
}

struct http2 *http2_start(struct worker *worker)
{
    if (!worker->config->http2)
        return NULL;
    struct http2 *http2 = calloc(1, sizeof(*http2));
    assert(http2 != NULL);
    http2->worker = worker;
    h2o_linklist_init_anchor(&http2->all);
    h2o_linklist_init_anchor(&http2->held);
    return http2;
}
