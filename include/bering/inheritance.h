/*
 * inheritance.h - everything that a child takes from the master across fork: nothing else is open then.
 */
#ifndef BERING_INHERITANCE_H
#define BERING_INHERITANCE_H

#include "bering/bus.h"
#include "bering/config.h"
#include "bering/live.h"
#include <stdbool.h>
#include <stddef.h>

struct ssl_ctx_st;

/* What a connection is there for; the handover writes these numbers. */
enum listener_kind {
    LISTENER_PLAIN,
    LISTENER_TLS,
    LISTENER_MONITORING,      /* METRICS_LISTEN: /metrics, /livez, /readyz and nothing else */
    LISTENER_KINDS
};

struct listener {
    int *descriptors;         /* SO_REUSEPORT sockets, or copies of one that was given */
    unsigned count;           /* of them: one a worker at least, more if there were more workers once */
    enum listener_kind kind;
    char *address;            /* as it was configured, or the name of the one that was given */
};

/* Which worker, counted from 0, accepts from a listener's socket. */
static inline unsigned listener_worker(unsigned socket, const struct config *config)
{
    return socket % config->workers;
}

struct inheritance {
    struct config *config;    /* a child's own after the fork: live_take writes to it */
    struct live *live;
    struct bus *bus;
    struct listener *listeners;
    size_t listener_count;
    struct ssl_ctx_st *tls;   /* NULL without a TLS listener */
};

/*
 * A worker's whole life, in a process of its own: returns its exit status once it has drained (after SIGTERM). `worker`
 * counts from 0; its bus process slot is one more.
 */
int worker_run(const struct inheritance *inheritance, unsigned worker);

/* The federation process's whole life, likewise; its bus process slot is the one behind the last worker's. */
int federation_run(const struct inheritance *inheritance);

#endif
