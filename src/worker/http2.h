/*
 * http2.h - HTTP/2, if the configuration switches it on: connections that begin with TLS, and what keeps them from
 * taking more than their share (src/README says why that is needed). Loop only.
 */
#ifndef WORKER_HTTP2_H
#define WORKER_HTTP2_H

#include "worker/h2o.h"
#include <stdbool.h>

struct connection;
struct http2;
struct worker;

/* NULL if the configuration says no. Lives as long as the process: connections refer to it until they end. */
struct http2 *http2_start(struct worker *worker);

/*
 * Takes over a new encrypted connection: the line of a proxy, if it may begin with one, the handshake, and then
 * whichever protocol was agreed upon. on_close of the socket must be set before.
 */
void http2_accept(struct http2 *http2, h2o_accept_ctx_t *accept, h2o_socket_t *socket, bool may_proxy);

/* To be called each turn of the loop, before streams are sent to. */
void http2_turn(struct http2 *http2);

/*
 * Hangs up on connections without an open request, the oldest first; strangers_only: that have never asked. Returns how
 * many.
 */
unsigned http2_hang_up(struct http2 *http2, unsigned most, bool strangers_only);

/* ---- a request's connection ---- */

bool http2_is_spoken(const h2o_req_t *http);

/* The connection of a request that has arrived; NULL over HTTP/1. It counts as open until it has ended. */
struct connection *http2_request_began(h2o_req_t *http);
/* is_answered: not reset before. */
void http2_request_ended(struct connection *connection, bool is_answered);

/*
 * A connection may have as many tasks as requests: those whose requests were reset count until they are done. False: it
 * has no room for another one. NULL, HTTP/1, always has.
 */
bool http2_has_room(const struct connection *connection);
/* A task begins, and ends; the connection may have ended before. NULL is fine for both. */
struct connection *http2_task_begin(struct connection *connection);
void http2_task_end(struct connection **connection);

#endif
