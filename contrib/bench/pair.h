/*
 * pair.h - two servers that know each other: posters and channels on A, one reader on B who is a member of all of them.
 */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include "scenarios.h"

struct pair {
    const struct bench *bench;
    struct server a, b;
    struct population posters;                                 /* of A, with its channels */
    struct population reader;                                  /* of B: one user */
    char (*copies)[POPULATION_ID_MAX];                         /* the ids of A's channels at B */
    char a_at_b[POPULATION_ID_MAX], b_at_a[POPULATION_ID_MAX]; /* the ids of the registered servers */
};

/* Starts both, makes all, and waits until B knows of it. Returns 0, or reports why not and returns -1. */
int pair_start(struct pair *pair, const struct bench *bench, unsigned posters, unsigned channels);

/* Stops both and frees. Also after a failed start. */
void pair_end(struct pair *pair);

/* How many rows wait at A for B, -1 if A does not say. */
int64_t pair_depth(const struct pair *pair);

/* Waits until nothing waits any more. Returns 0, or -1 when the time is over. */
int pair_wait_drained(const struct pair *pair, double seconds);

/* Whether the newest message of a channel on A is the newest on B. */
bool pair_is_level(const struct pair *pair, unsigned channel);

/*
 * Whether B has the messages of a channel as A has them, in the same order and each once. Returns how many, or reports
 * the first difference and returns -1.
 */
int64_t pair_compare(const struct pair *pair, unsigned channel);

#endif
