/*
 * client.h - who is at the other end of a request: behind proxies that are trusted (TRUSTED_PROXIES), what they say.
 * Loop only.
 */
#ifndef WORKER_CLIENT_H
#define WORKER_CLIENT_H

#include "bering/network.h"
#include "worker/h2o.h"
#include <stdbool.h>

struct worker;

/*
 * The client's address: the connection's, or, as long as that is a trusted proxy, the next one in X-Forwarded-For, from
 * its end. False if the connection has none.
 */
bool client_address(const struct worker *worker, h2o_req_t *http, struct network_address *address_r);

/* Whether the client's connection is encrypted: ours is, or a trusted proxy says https in X-Forwarded-Proto. */
bool client_is_secure(const struct worker *worker, h2o_req_t *http);

/* Whether the other end of a new connection may begin with a PROXY line (version 1). */
bool client_may_proxy(const struct worker *worker, h2o_socket_t *socket);

#endif
