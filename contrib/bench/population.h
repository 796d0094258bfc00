/*
 * population.h - users and channels for a scenario, made through the admin API as any admin would.
 */
#ifndef BENCH_POPULATION_H
#define BENCH_POPULATION_H

#include "server.h"

enum { POPULATION_ID_MAX = 64 };

struct population {
    char **tokens; /* of each user */
    unsigned users;
    char (*channels)[POPULATION_ID_MAX]; /* ids */
    unsigned channel_count;
    char problem[256]; /* why the last call failed */
};

/* Makes users (user000000, user000001, ...) and channels (channel0, ...). Returns 0, or -1 with `problem`. */
int population_init(struct population *population, const struct server *server, unsigned users, unsigned channels);
void population_deinit(struct population *population);

/* Users first .. first + count - 1 become members of a channel. Returns 0 or -1. */
int population_join(struct population *population, const struct server *server, unsigned channel, unsigned first,
                    unsigned count);

/* Writes the request that posts body to a channel as a user; returns its length. */
size_t population_post(const struct population *population, unsigned user, unsigned channel, const char *body,
                       char *buffer, size_t capacity);

#endif
