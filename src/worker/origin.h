/*
 * origin.h - whether a browser's request comes from a page of this server itself. Loop only.
 */
#ifndef WORKER_ORIGIN_H
#define WORKER_ORIGIN_H

#include "worker/h2o.h"
#include <stdbool.h>

struct worker;

/*
 * A browser adds a cookie by itself, whoever's page asks: so a request that carries one and may change something, or
 * opens a WebSocket, which any page may read, must come from here. True if it only reads, or if its headers say that it
 * does.
 */
bool origin_is_ours(const struct worker *worker, h2o_req_t *http);

#endif
