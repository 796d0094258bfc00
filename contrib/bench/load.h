/*
 * load.h - many requests over a number of keep-alive connections, as fast as they are answered or at a rate.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "link.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOAD_REQUEST_MAX = 4096 };

struct load {
    const struct target *target;
    unsigned connections;
    unsigned source;   /* see link_connect */
    uint64_t requests; /* 0: until the time is over */
    double seconds;    /* at most */
    double rate;       /* a second; 0: each connection sends as soon as it was answered */
    /* Writes request number `index` (0, 1, ...) for connection `number`; returns its length. */
    size_t (*request)(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity);
    /* An answer of status 200; -1 if it is not right. May be NULL. In order per connection only. */
    int (*answer)(void *context, uint64_t index, const char *body, size_t length);
    void *context;
};

struct load_result {
    uint64_t answered;              /* with 200 and as it should be */
    uint64_t refused;               /* with another status */
    uint64_t wrong;                 /* 200, but not as it should be */
    uint64_t failed;                /* connections that broke or could not be made, requests without an answer */
    int refused_status;             /* of the first one refused */
    double elapsed;                 /* seconds from the first request to the last answer */
    double p50_ms, p99_ms, most_ms; /* to the answer; with a rate, from when the request was due */
};

/* Runs it in this process. Returns 0 if all were answered as they should be, -1 otherwise. */
int load_run(const struct load *load, struct load_result *result_r);

/* The same in a process of its own, beside what the caller does next. NULL if it cannot be started. */
struct load_process;
struct load_process *load_start(const struct load *load);

/* Ends it early (it answers what it has begun), waits, frees. Results as load_run. */
int load_finish(struct load_process **process, struct load_result *result_r);

/* A sentence on what went wrong in result, for the report. */
void load_explain(const struct load_result *result, char *text, size_t capacity);

#endif
