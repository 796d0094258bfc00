/*
 * acceptor.c - accepting, and what to do when there are too many. Worker, loop only.
 *
 * h2o's loop spins when descriptors run out, so connections are counted: below the limit, connections that wait for a request
 * are hung up on to make room; at the limit, listening stops until one ends, and the backlog holds the rest. Monitoring
 * has a few of its own: it gets in when clients do not any more.
 */
#include "worker/acceptor.h"

#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/log.h"
#include "bering/tls.h"
#include "worker/client.h"
#include "worker/http2.h"
#include "worker/worker.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
    ACCEPTS_A_TURN = 16,
    RETRY_MS = 500,
    DESCRIPTORS_KEPT = 64,        /* for the database, files, eventfds, monitoring */
    MONITORING_MOST = 16,
    HANDSHAKE_SLACK_MS = 2000,
};

/* h2o has only a pointer to a context until a handshake begins: it outlives those that wait for that. */
struct old_context {
    struct old_context *next;
    struct ssl_ctx_st *tls;
    uint64_t free_at;             /* clock_monotonic_ms */
};

/* Listeners whose connections are counted together. */
enum door_name { DOOR_CLIENTS, DOOR_MONITORING, DOORS };

struct door {
    struct acceptor *acceptor;
    unsigned connections;
    unsigned connections_most;
    bool paused;
};

struct accepting {
    h2o_socket_t *socket;
    struct door *door;
    enum listener_kind kind;
};

struct acceptor {
    struct worker *worker;
    struct door doors[DOORS];
    bool closed;
    uint64_t retry_at;            /* clock_monotonic_ms; 0: descriptors have not run out */
    h2o_accept_ctx_t contexts[LISTENER_KINDS];
    struct old_context *old;
    size_t count;
    struct accepting sockets[];
};

static void on_accept(h2o_socket_t *listener, const char *error);

static void pause_listening(struct door *door)
{
    struct acceptor *acceptor = door->acceptor;

    door->paused = true;
    for (size_t i = 0; i < acceptor->count; ++i)
        if (acceptor->sockets[i].door == door)
            h2o_socket_read_stop(acceptor->sockets[i].socket);
}

static void resume_listening(struct door *door)
{
    struct acceptor *acceptor = door->acceptor;

    if (!door->paused || acceptor->closed || door->connections >= door->connections_most)
        return;
    door->paused = false;
    for (size_t i = 0; i < acceptor->count; ++i)
        if (acceptor->sockets[i].door == door)
            h2o_socket_read_start(acceptor->sockets[i].socket, on_accept);
}

/* The counter is of clients' connections. */
static void count_connection(struct door *door, int change)
{
    door->connections += (unsigned)change;
    if (door == &door->acceptor->doors[DOOR_CLIENTS])
        counter_add(door->acceptor->worker->bus, COUNTER_CONNECTIONS_OPEN, change);
}

static void on_connection_closed(void *data)
{
    struct door *door = data;

    count_connection(door, -1);
    resume_listening(door);
}

/* Whom to hang up on: those between two requests. */
struct hang_up {
    unsigned left;            /* how many, at most */
    bool strangers_only;      /* those who have never sent a whole request */
};

/* h2o counts a connection's requests, the one it waits for included, and tells it as text for logs. */
static bool is_stranger(h2o_req_t *http)
{
    h2o_iovec_t index = http->conn->callbacks->log_.http1.request_index(http);

    return h2o_memis(index.base, index.len, H2O_STRLIT("1"));
}

/* A request that has no method yet has not arrived; bytes that wait may be its beginning. The kernel tells h2o, which closes. */
static int hang_up_if_idle(h2o_req_t *http, void *argument)
{
    struct hang_up *whom = argument;
    int descriptor = h2o_socket_get_fd(http->conn->callbacks->get_socket(http->conn)), unread = 0;

    if (http->input.method.base == NULL && (!whom->strangers_only || is_stranger(http)) &&
        ioctl(descriptor, SIOCINQ, &unread) == 0 && unread == 0) {
        shutdown(descriptor, SHUT_RDWR);
        --whom->left;
    }
    return whom->left == 0;
}

/* The list starts with the oldest. */
static unsigned hang_up(struct acceptor *acceptor, unsigned most, bool strangers_only)
{
    h2o_context_t *context = &acceptor->worker->context;
    struct hang_up whom = {.left = most, .strangers_only = strangers_only};

    context->globalconf->http1.callbacks.foreach_request(context, hang_up_if_idle, &whom);
    return most - whom.left;
}

/* Silent ones first: whoever has asked before may ask again at any moment. */
static void make_room(struct acceptor *acceptor)
{
    struct http2 *http2 = acceptor->worker->http2;
    unsigned most = acceptor->doors[DOOR_CLIENTS].connections / 8 + 1;

    if (hang_up(acceptor, most, true) + http2_hang_up(http2, most, true) == 0) {
        hang_up(acceptor, most, false);
        http2_hang_up(http2, most, false);
    }
}

void acceptor_hang_up_idle(struct acceptor *acceptor)
{
    hang_up(acceptor, UINT_MAX, false);
}

static void take(struct door *door, h2o_socket_t *socket, enum listener_kind kind)
{
    struct worker *worker = door->acceptor->worker;
    h2o_accept_ctx_t *context = &door->acceptor->contexts[kind];

    count_connection(door, 1);
    socket->on_close.cb = on_connection_closed;
    socket->on_close.data = door;
    bool may_proxy = kind != LISTENER_MONITORING && client_may_proxy(worker, socket);
    context->expect_proxy_line = may_proxy;
    if (kind == LISTENER_TLS && worker->http2 != NULL)
        http2_accept(worker->http2, context, socket, may_proxy);
    else
        h2o_accept(context, socket);
}

/* The whole machine may be short of them, or the limit was lowered: nothing says when there will be some again. */
static void out_of_descriptors(struct acceptor *acceptor)
{
    log_warn("cannot accept: %s", strerror(errno));
    for (size_t i = 0; i < DOORS; ++i)
        pause_listening(&acceptor->doors[i]);
    acceptor->retry_at = clock_monotonic_ms() + RETRY_MS;
    make_room(acceptor);
}

void acceptor_use_tls(struct acceptor *acceptor, struct ssl_ctx_st *tls)
{
    struct old_context *old = malloc(sizeof(*old));

    assert(old != NULL);
    old->tls = acceptor->contexts[LISTENER_TLS].ssl_ctx;
    old->free_at = clock_monotonic_ms() + acceptor->worker->http.handshake_timeout + HANDSHAKE_SLACK_MS;
    old->next = acceptor->old;
    acceptor->old = old;
    acceptor->contexts[LISTENER_TLS].ssl_ctx = tls;
}

static void free_old_contexts(struct acceptor *acceptor)
{
    struct old_context **place = &acceptor->old;
    uint64_t now = clock_monotonic_ms();

    while (*place != NULL) {
        struct old_context *old = *place;
        if (now < old->free_at) {
            place = &old->next;
            continue;
        }
        *place = old->next;
        tls_context_free(&old->tls);
        free(old);
    }
}

void acceptor_turn(struct acceptor *acceptor)
{
    if (acceptor->old != NULL)
        free_old_contexts(acceptor);
    if (acceptor->retry_at == 0 || clock_monotonic_ms() < acceptor->retry_at)
        return;
    acceptor->retry_at = 0;
    for (size_t i = 0; i < DOORS; ++i)
        resume_listening(&acceptor->doors[i]);
}

/* Only clients are hung up on: who monitors comes back by itself. */
static void is_full(struct door *door)
{
    pause_listening(door);
    if (door != &door->acceptor->doors[DOOR_CLIENTS])
        return;
    log_warn("%u connections: no more until some end", door->connections);
    make_room(door->acceptor);
}

static void on_accept(h2o_socket_t *listener, const char *error)
{
    const struct accepting *accepting = listener->data;
    struct door *door = accepting->door;

    if (error != NULL)
        return;
    for (unsigned i = 0; i < ACCEPTS_A_TURN; ++i) {
        if (door->connections >= door->connections_most) {
            is_full(door);
            return;
        }
        h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
        if (socket == NULL) {
            if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
                out_of_descriptors(door->acceptor);
            return;
        }
        take(door, socket, accepting->kind);
    }
}

static unsigned limit_of(const struct config *config)
{
    struct rlimit limit;
    unsigned most = config->max_connections;

    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t room = limit.rlim_cur > 2 * DESCRIPTORS_KEPT ? limit.rlim_cur - DESCRIPTORS_KEPT : limit.rlim_cur / 2;
    return most == 0 || most > room ? (unsigned)(room > UINT_MAX ? UINT_MAX : room) : most;
}

static size_t count_sockets(const struct inheritance *inheritance)
{
    size_t count = 0;

    for (size_t i = 0; i < inheritance->listener_count; ++i)
        count += inheritance->listeners[i].count;
    return count;
}

static void add_socket(struct acceptor *acceptor, const struct listener *listener, unsigned socket)
{
    struct accepting *accepting = &acceptor->sockets[acceptor->count++];

    accepting->kind = listener->kind;
    accepting->door = &acceptor->doors[listener->kind == LISTENER_MONITORING ? DOOR_MONITORING : DOOR_CLIENTS];
    accepting->socket =
        h2o_evloop_socket_create(acceptor->worker->loop, listener->descriptors[socket], H2O_SOCKET_FLAG_DONT_READ);
    accepting->socket->data = accepting;
}

struct acceptor *acceptor_start(struct worker *worker, unsigned number)
{
    const struct inheritance *inheritance = worker->inheritance;
    struct acceptor *acceptor = calloc(1, sizeof(*acceptor) + count_sockets(inheritance) * sizeof(acceptor->sockets[0]));

    assert(acceptor != NULL);
    acceptor->worker = worker;
    acceptor->doors[DOOR_CLIENTS].connections_most = limit_of(worker->config);
    acceptor->doors[DOOR_MONITORING].connections_most = MONITORING_MOST;
    for (size_t i = 0; i < DOORS; ++i) {
        acceptor->doors[i].acceptor = acceptor;
        acceptor->doors[i].paused = true;
    }
    for (size_t i = 0; i < LISTENER_KINDS; ++i)
        acceptor->contexts[i] = (h2o_accept_ctx_t){.ctx = &worker->context, .hosts = worker->hosts};
    acceptor->contexts[LISTENER_TLS].ssl_ctx = inheritance->tls;
    acceptor->contexts[LISTENER_MONITORING].hosts = worker->monitoring_hosts;
    for (size_t i = 0; i < inheritance->listener_count; ++i)
        for (unsigned socket = 0; socket < inheritance->listeners[i].count; ++socket)
            if (listener_worker(socket, worker->config) == number)
                add_socket(acceptor, &inheritance->listeners[i], socket);
    for (size_t i = 0; i < DOORS; ++i)
        resume_listening(&acceptor->doors[i]);
    return acceptor;
}

void acceptor_close(struct acceptor *acceptor)
{
    if (acceptor->closed)
        return;
    acceptor->closed = true;
    for (size_t i = 0; i < acceptor->count; ++i)
        h2o_socket_close(acceptor->sockets[i].socket);
}

unsigned acceptor_connections(const struct acceptor *acceptor)
{
    unsigned connections = 0;

    for (size_t i = 0; i < DOORS; ++i)
        connections += acceptor->doors[i].connections;
    return connections;
}
