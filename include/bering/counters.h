/*
 * counters.h - what the processes count, in the segment: one cell a process and counter, so
 * that counting takes no lock.
 */
#ifndef BERING_COUNTERS_H
#define BERING_COUNTERS_H

#include "bering/bus.h"

enum counter {
    COUNTER_CONNECTIONS_OPEN,     /* gauges: cleared when their process is gone */
    COUNTER_STREAMS_OPEN,
    COUNTER_WRITES_FAILING,       /* 1: what the process last had to write did not reach the disk */
    COUNTER_EVENTS_PUBLISHED,     /* totals, from here on */
    COUNTER_EVENTS_DELIVERED,
    COUNTER_READERS_LAPPED,
    COUNTER_STREAMS_CUT,
    COUNTER_COMMITS,
    COUNTER_COMMITTED_WRITES,
    COUNTER_PROCESS_RESTARTS,
    COUNTER_PROCESSES_HUNG,       /* killed because they did not go on */
    COUNTER_ACCESS_LINES_LOST,    /* that the access log could not take fast enough, or not write */
    COUNTER_MESSAGES_EXPIRED,     /* deleted by age, or with their channel */
    COUNTER_HTTP2_CUT,            /* connections that took more than their share */
    COUNTERS
};

/* Adds to the caller's process's cell; amount may be negative for a gauge. */
void counter_add(struct bus *bus, enum counter counter, int64_t amount);

/* The sum over all processes. */
int64_t counter_total(const struct bus *bus, enum counter counter);

#endif
