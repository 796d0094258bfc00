/*
 * histogram.h - how long things took and how large they were, in the segment: a row of buckets for each process, so
 * that noting takes no lock. Requests have a histogram for each route, and a count for each class of statuses.
 */
#ifndef BERING_HISTOGRAM_H
#define BERING_HISTOGRAM_H

#include "bering/bus.h"

enum histogram {
    HISTOGRAM_COMMIT_TIME,        /* microseconds, from the lock to the disk */
    HISTOGRAM_COMMIT_WRITES,      /* how many writes share a commit */
    HISTOGRAM_COMMIT_MESSAGES,    /* how many of them are messages */
    HISTOGRAM_POLL_TIME,          /* microseconds that another server takes to answer a question */
    HISTOGRAM_ROUTES              /* from here on: microseconds of a request, by the route's place in the table */
};

enum {
    HISTOGRAM_ROUTES_MOST = 160,
    HISTOGRAMS = HISTOGRAM_ROUTES + HISTOGRAM_ROUTES_MOST,
    HISTOGRAM_BUCKETS = 14,       /* the last one is for what is beyond all bounds */
    HISTOGRAM_CLASSES = 5,        /* 1xx to 5xx */
};

struct histogram_view {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total;               /* their sum */
    int64_t sum;                  /* of the values */
};

/* Counts a value in the caller's process's row, in one of the histograms that have a name. */
void histogram_note(struct bus *bus, unsigned histogram, int64_t value);

/*
 * Counts a request of a route: its time in microseconds, and its status. Of the threads of a process only one may.
 */
void histogram_request(struct bus *bus, unsigned route, int64_t time, int status);

/* The sums over all processes. */
void histogram_read(const struct bus *bus, unsigned histogram, struct histogram_view *view_r);
void histogram_classes(const struct bus *bus, unsigned route, uint64_t counts_r[HISTOGRAM_CLASSES]);

/* The upper bounds of the buckets, HISTOGRAM_BUCKETS - 1 of them, in the values' unit; static storage. */
const int64_t *histogram_bounds(unsigned histogram);

#endif
