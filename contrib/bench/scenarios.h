/*
 * scenarios.h - what is measured: one table (scenarios.c), one function each.
 */
#ifndef BENCH_SCENARIOS_H
#define BENCH_SCENARIOS_H

#include "population.h"
#include "report.h"
#include "server.h"

enum bench_size { BENCH_QUICK, BENCH_NORMAL, BENCH_FULL, BENCH_SIZES };

struct bench {
    struct report *report;
    const char *server_path;
    const char *slow_sync_path; /* the shim that slows each sync */
    const char *directory;      /* for the servers' directories */
    unsigned workers;
    enum bench_size size;
    unsigned process_streams; /* how many a client process may hold */
};

struct scenario {
    const char *name, *what;
    void (*run)(struct bench *bench);
};

extern const struct scenario scenarios[]; /* ends with a NULL name */

/* The value for the size of this run. */
unsigned bench_pick(const struct bench *bench, const unsigned values[BENCH_SIZES]);

/* Starts a server (zeroed before the first time), or reports why not and returns -1. */
int bench_server(const struct bench *bench, struct server *server, bool tls, const char *preload);

/* The same for one of several servers, by name. */
int bench_peer(const struct bench *bench, struct server *server, const char *name);

/* Stops it; reports a process that died in between, or an end that was not clean. bench_end also removes its files. */
void bench_stop(const struct bench *bench, struct server *server);
void bench_end(const struct bench *bench, struct server *server);

/* Makes users and channels, or reports why not and returns -1. */
int bench_populate(const struct bench *bench, struct population *population, const struct server *server,
                   unsigned users, unsigned channels);

/* The same for population_join. */
int bench_join(const struct bench *bench, struct population *population, const struct server *server, unsigned channel,
               unsigned first, unsigned count);

void bare_run(struct bench *bench);
void fanout_sse_run(struct bench *bench);
void fanout_websocket_run(struct bench *bench);
void fanout_tls_run(struct bench *bench);
void fanout_http2_run(struct bench *bench);
void memory_run(struct bench *bench);
void posts_run(struct bench *bench);
void wal_run(struct bench *bench);
void latency_run(struct bench *bench);
void history_run(struct bench *bench);
void get_run(struct bench *bench);
void arrival_run(struct bench *bench);
void federation_run(struct bench *bench);

#endif
