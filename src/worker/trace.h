/*
 * trace.h - what is kept of each request from its begin to its end: its id, its route, who asks, and when it began; so that
 * its end can be counted and logged. Loop only.
 */
#ifndef WORKER_TRACE_H
#define WORKER_TRACE_H

#include "bering/uuid.h"
#include "worker/h2o.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct worker;

enum { TRACE_ID_MOST = 64 };

struct trace {
    uint64_t began_at;            /* clock_monotonic_us */
    size_t route;                 /* its place in the table, or what trace_file and trace_other say */
    bool has_user;
    bool has_ended;               /* counted and logged already */
    struct uuid user_id;
    struct connection *connection; /* over HTTP/2, else NULL */
    uint64_t sent;                /* over HTTP/2: bytes of the answer when http2.c last looked, */
    uint64_t sent_at;             /* and since when there are no more (clock_monotonic_us) */
    h2o_iovec_t places[2];        /* by which it is found (trace_of) */
    char id[TRACE_ID_MOST + 1];
};

/* The places behind the routes: of static files, and of all that is no route. trace_routes: how many places there are. */
size_t trace_file(void);
size_t trace_other(void);
size_t trace_routes(void);

/* Makes the trace of a request, in its pool. The id is what a trusted proxy says, if it is one, otherwise a new one. */
struct trace *trace_begin(struct worker *worker, h2o_req_t *http);

/* The trace of a request; NULL if it has not come as far as trace_begin. */
struct trace *trace_of(const h2o_req_t *http);

/* Adds x-request-id to the answer. */
void trace_add_header(h2o_req_t *http);

/* Counts and logs a request now, not when it ends: for an answer that goes on as a stream. */
void trace_end(struct worker *worker, h2o_req_t *http);

/* Counts and logs the requests of a path when they end. */
void trace_register(h2o_pathconf_t *path, struct worker *worker);

#endif
