/*
 * gateway.h - what is answered before any route: ACME challenges, and the way from HTTP to HTTPS. Loop only.
 */
#ifndef WORKER_GATEWAY_H
#define WORKER_GATEWAY_H

#include "worker/h2o.h"
#include <stdbool.h>

struct worker;

/* True if the request has been answered. */
bool gateway_answer(struct worker *worker, h2o_req_t *http);

#endif
