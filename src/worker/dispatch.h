/*
 * dispatch.h - finds the route of a request, checks everything that its table row demands, and calls its handler.
 */
#ifndef WORKER_DISPATCH_H
#define WORKER_DISPATCH_H

#include "worker/h2o.h"

struct worker;

/* Registers the dispatcher on a path; paths that no route knows go on to the next handler (static files). */
void dispatch_register(h2o_pathconf_t *path, struct worker *worker);

#endif
