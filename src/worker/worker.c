/*
 * worker.c - a worker process from fork to exit: what it opens, in which order, and its loop.
 *
 * The loop thread is this one: whatever blocks goes to the threads of task.c. It ends when the master says so (SIGTERM),
 * after the requests that it has begun.
 */
#include "worker/worker.h"

#include "bering/clock.h"
#include "bering/log.h"
#include "bering/network.h"
#include "bering/orders.h"
#include "bering/pulse.h"
#include "bering/tls.h"
#include "worker/acceptor.h"
#include "worker/access_log.h"
#include "worker/caches.h"
#include "worker/call_news.h"
#include "worker/gifs.h"
#include "worker/http.h"
#include "worker/http2.h"
#include "worker/leftovers.h"
#include "worker/lists.h"
#include "worker/peer_lists.h"
#include "worker/peer_tokens.h"
#include "worker/stream/hub.h"
#include "worker/sweeper.h"
#include "worker/task.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <urcu.h>

enum {
    INPUT_BUFFER = 4096,          /* of a connection's first read: h2o's own choice is twice that */
    DRAIN_TICK_MS = 100,
    HAND_OVER_IDLE_MS = 3000,     /* that a silent connection is waited for when others serve already */
};

/* ---- descriptors that join the loop ---- */

/* The loop gets a descriptor of its own: whoever made this one closes it. */
static h2o_socket_t *watch(struct worker *worker, int descriptor, h2o_socket_cb callback)
{
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);

    assert(copy != -1);
    h2o_socket_t *socket = h2o_evloop_socket_create(worker->loop, copy, H2O_SOCKET_FLAG_DONT_READ);
    socket->data = worker;
    h2o_socket_read_start(socket, callback);
    return socket;
}

static void on_finished(h2o_socket_t *socket, const char *error)
{
    struct worker *worker = socket->data;

    (void)error;
    tasks_finish(worker->tasks);
}

/* Answers first: the fan-out of an event may take long, and whoever posted it waits. */
static void on_bus(h2o_socket_t *socket, const char *error)
{
    struct worker *worker = socket->data;

    (void)error;
    tasks_finish(worker->tasks);
    hub_wake(worker->hub);
}

/* ---- what the master says ---- */

static void drain(struct worker *worker)
{
    if (worker->draining)
        return;
    worker->draining = true;
    worker->drain_deadline = clock_monotonic_ms() + (uint64_t)worker->config->drain_seconds * 1000;
    acceptor_close(worker->acceptor);
    h2o_context_request_shutdown(&worker->context);
    hub_drain(worker->hub);
}

static void stop(struct worker *worker)
{
    drain(worker);
    worker->hang_up_at = 0;
    acceptor_hang_up_idle(worker->acceptor);
}

/*
 * Others serve already. A connection between two requests may get one at any moment, which is answered with the word
 * that the connection ends; only what stays silent is hung up on.
 */
static void hand_over(struct worker *worker)
{
    if (worker->draining)
        return;
    drain(worker);
    worker->hang_up_at = clock_monotonic_ms() + HAND_OVER_IDLE_MS;
}

static void take_certificates(struct worker *worker, struct tls_bundle *bundle)
{
    char *error = NULL;
    struct ssl_ctx_st *tls = tls_context_new(bundle, worker->config->http2, &error);

    if (tls != NULL)
        acceptor_use_tls(worker->acceptor, tls);
    else
        log_error("the certificates in use stay: %s", error != NULL ? error : "out of memory");
    free(error);
}

static void take_live(struct worker *worker)
{
    struct tls_bundle bundle = {0};

    if (!live_take(worker->inheritance->live, worker->inheritance->config, &bundle.text, &bundle.length))
        return;
    log_init(worker->config->log_level, worker->config->log_format);
    if (bundle.length > 0)
        take_certificates(worker, &bundle);
    tls_bundle_deinit(&bundle);
}

static void reopen_log(struct worker *worker)
{
    const char *path = worker->config->log_file;

    if (path != NULL && log_open(path) != 0)
        log_error("cannot open LOG_FILE=%s anew: %s", path, strerror(errno));
    if (worker->access_log != NULL)
        access_log_reopen(worker->access_log);
}

static void on_order(h2o_socket_t *socket, const char *error)
{
    static void (*const acts[])(struct worker *worker) = {
        [ORDER_STOP] = stop,           [ORDER_HAND_OVER] = hand_over,
        [ORDER_TAKE_LIVE] = take_live, [ORDER_REOPEN_LOG] = reopen_log,
    };
    struct worker *worker = socket->data;
    enum order order;

    (void)error;
    while ((order = orders_next(h2o_socket_get_fd(socket))) != ORDER_NONE)
        acts[order](worker);
}

static void watch_orders(struct worker *worker)
{
    int descriptor = orders_open();

    worker->watched[0] = watch(worker, descriptor, on_order);
    close(descriptor);
}

/* ---- opening and closing ---- */

/* The sockets of other workers stay open in the master; here they would only keep a port busy. */
static void close_foreign_listeners(const struct inheritance *inheritance, unsigned number)
{
    for (size_t i = 0; i < inheritance->listener_count; ++i)
        for (unsigned socket = 0; socket < inheritance->listeners[i].count; ++socket)
            if (listener_worker(socket, inheritance->config) != number)
                close(inheritance->listeners[i].descriptors[socket]);
}

static int open_store(struct worker *worker)
{
    char *error = NULL;

    worker->store = store_open(worker->config->database_path, &error);
    if (worker->store != NULL)
        return 0;
    log_error("%s", error != NULL ? error : "out of memory");
    free(error);
    return -1;
}

static int init(struct worker *worker, const struct inheritance *inheritance, unsigned number)
{
    *worker = (struct worker){.inheritance = inheritance, .config = inheritance->config, .bus = inheritance->bus};
    close_foreign_listeners(inheritance, number);
    worker->admin_token = secret_digest(worker->config->admin_token, strlen(worker->config->admin_token));
    worker->trusted_proxies = network_list_new(worker->config->trusted_proxies);
    assert(worker->trusted_proxies != NULL); /* the configuration has checked it */
    if (worker->config->metrics_token != NULL)
        worker->metrics_token = secret_digest(worker->config->metrics_token, strlen(worker->config->metrics_token));
    h2o_socket_buffer_prototype._initial_buf.capacity = INPUT_BUFFER;
    worker->loop = h2o_evloop_create();
    watch_orders(worker);
    rcu_register_thread();
    if (open_store(worker) != 0)
        return -1;
    if (worker->config->access_log_file != NULL && (worker->access_log = access_log_start(worker)) == NULL)
        return -1;
    worker->caches = caches_new();
    worker->gifs = gifs_new();
    worker->tasks = tasks_start(worker, worker->config->job_threads);
    if (worker->tasks == NULL)
        return -1;
    worker->lists = lists_new(worker);
    worker->peer_news = bus_reader_new(worker->bus);
    worker->peer_tokens = peer_tokens_new(worker->config->server_token);
    worker->peer_lists = peer_lists_new();
    worker->hub = hub_start(worker);
    http_init(worker);
    worker->http2 = http2_start(worker);
    worker->watched[1] = watch(worker, tasks_descriptor(worker->tasks), on_finished);
    worker->watched[2] = watch(worker, bus_wake_descriptor(worker->bus), on_bus);
    sweeper_start(worker, number);
    leftovers_start(worker, number);
    call_news_start(worker);
    worker->acceptor = acceptor_start(worker, number);
    bus_set_ready(worker->bus);
    return 0;
}

/* In reverse. The loop itself and h2o's context stay: connections that did not drain still use them, and the process ends. */
static void deinit(struct worker *worker)
{
    acceptor_close(worker->acceptor);
    leftovers_stop();
    sweeper_stop();
    for (size_t i = 0; i < WORKER_WATCHED; ++i)
        h2o_socket_close(worker->watched[i]);
    hub_stop(&worker->hub);
    tasks_stop(&worker->tasks);
    peer_lists_free(&worker->peer_lists);
    peer_tokens_free(&worker->peer_tokens);
    bus_reader_free(&worker->peer_news);
    lists_free(&worker->lists);
    gifs_free(&worker->gifs);
    caches_free(&worker->caches);
    access_log_stop(&worker->access_log);
    store_close(&worker->store);
    rcu_unregister_thread();
    h2o_evloop_run(worker->loop, 0); /* frees what has been closed */
}

/* ---- the loop ---- */

/* True once nothing is left to finish, or there is no more time for it. */
static bool is_drained(struct worker *worker)
{
    uint64_t now = clock_monotonic_ms();

    if (now >= worker->hang_up_at)
        acceptor_hang_up_idle(worker->acceptor);
    return now >= worker->drain_deadline || (acceptor_connections(worker->acceptor) == 0 && tasks_pending(worker->tasks) == 0);
}

static void run(struct worker *worker)
{
    int32_t wait = 0;

    while (!worker->draining || !is_drained(worker)) {
        if (worker->draining && (wait > DRAIN_TICK_MS || wait < 0))
            wait = DRAIN_TICK_MS;
        if (h2o_evloop_run(worker->loop, wait) != 0 && errno != EINTR)
            break;
        pulse_beat(); /* at least once a second: the hub's turn is never further away */
        http2_turn(worker->http2);
        wait = hub_turn(worker->hub);
        acceptor_turn(worker->acceptor);
    }
}

int worker_run(const struct inheritance *inheritance, unsigned number)
{
    static struct worker worker;

    if (init(&worker, inheritance, number) != 0)
        return 1;
    run(&worker);
    deinit(&worker);
    return 0;
}
