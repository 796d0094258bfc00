/*
 * federation.h - the parts of the scenario federation; each measures one thing with the same two servers.
 */
#ifndef BENCH_FEDERATION_H
#define BENCH_FEDERATION_H

#include "pair.h"

enum { FEDERATION_POSTERS = 64, FEDERATION_CHANNELS = 64 };

/* A message's way when the servers have time. */
void federation_way(struct pair *pair);

/* How many messages a second arrive: as many as A takes, and as many as are to be borne for ever. */
void federation_rate(struct pair *pair);

#endif
