/*
 * http.h - how h2o is set up: limits, headers of every answer, the shape of its own errors, static files.
 */
#ifndef WORKER_HTTP_H
#define WORKER_HTTP_H

struct worker;

void http_init(struct worker *worker);
void http_deinit(struct worker *worker);

#endif
