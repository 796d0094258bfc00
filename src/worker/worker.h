/*
 * worker.h - what one worker process consists of. Everything here belongs to the loop thread, unless said otherwise.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "bering/bus.h"
#include "bering/config.h"
#include "bering/inheritance.h"
#include "bering/store.h"
#include "worker/h2o.h"
#include <stdbool.h>
#include <stdint.h>

struct access_log;
struct acceptor;
struct caches;
struct gifs;
struct http2;
struct hub;
struct lists;
struct network_list;
struct pages;
struct peer_lists;
struct peer_tokens;
struct tasks;

enum { WORKER_WATCHED = 3 };

struct worker {
    const struct inheritance *inheritance;
    const struct config *config;
    struct bus *bus;
    h2o_loop_t *loop;
    struct store *store;          /* the loop's own connection: short indexed reads only */
    struct caches *caches;        /* sessions, channels and memberships; the writer thread reads and writes them, too */
    struct tasks *tasks;          /* the job threads and the writer thread */
    struct hub *hub;              /* streams, and who wants which event */
    struct bus_reader *peer_news; /* what other servers' requests depend on (peer_news.h) */
    struct peer_tokens *peer_tokens; /* which other servers may speak */
    struct peer_lists *peer_lists; /* what they are told of who and what is here, kept until it changes */
    struct lists *lists;          /* answers that are the same for everybody, kept until they change */
    struct pages *pages;          /* the web pages, and which of their scripts may run */
    struct gifs *gifs;            /* what the GIF provider found lately; the job threads' */
    h2o_globalconf_t http;
    h2o_context_t context;
    struct http2 *http2;          /* NULL: switched off */
    h2o_hostconf_t *hosts[2];     /* what listeners serve to clients; ends with NULL */
    h2o_hostconf_t *monitoring_hosts[2]; /* and what those of METRICS_LISTEN do */
    struct acceptor *acceptor;
    struct network_list *trusted_proxies;
    h2o_socket_t *watched[WORKER_WATCHED]; /* signals, finished tasks, the bus */
    struct digest admin_token;
    struct digest metrics_token;  /* if the configuration has one */
    struct access_log *access_log; /* NULL: none */
    _Atomic(const char *) write_trouble; /* why the writer thread's last commit failed; NULL: it did not. Static text */
    _Atomic uint64_t committed_at; /* clock_monotonic_ms of the last one that did not; 0: none */
    bool is_log_due;              /* the writer thread's: nobody writes, a good moment to begin the write-ahead log anew */
    uint64_t log_wait_at;         /* likewise: clock_monotonic_ms; from then on it waits for readers of the log */
    uint64_t ready_at;            /* clock_monotonic_ms: when the database was last seen to be well (api/health.c) */
    _Atomic(bool) is_calling_back; /* a job thread asks a server that asked for it (api/reach.c) */
    _Atomic(bool) is_trying_link; /* likewise one that an administrator has asked for */
    bool is_syncing;              /* other servers are being asked for their users or channels (api/sync.c) */
    bool draining;
    uint64_t drain_deadline;      /* clock_monotonic_ms */
    uint64_t hang_up_at;          /* likewise: from then on, draining, idle connections are hung up on */
};

#endif
