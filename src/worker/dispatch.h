/*
 * dispatch.h - finds the route of a request, checks everything that its table row demands, and calls its handler.
 */
#ifndef WORKER_DISPATCH_H
#define WORKER_DISPATCH_H

#include "worker/h2o.h"
#include <stdbool.h>

struct worker;

/*
 * Registers the dispatcher on a path; paths that no route knows go on to the next handler (static files). For
 * monitoring there are only the routes that say so, and no files.
 */
void dispatch_register(h2o_pathconf_t *path, struct worker *worker, bool is_monitoring);

#endif
