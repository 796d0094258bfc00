/*
 * listeners.h - the listening sockets: one for each address and worker, kept by the master, so that the backlog of a
 * worker that died waits for the next one.
 */
#ifndef MASTER_LISTENERS_H
#define MASTER_LISTENERS_H

#include "bering/inheritance.h"

/*
 * Opens all configured addresses, or takes what the service manager has opened in their place. Sockets that are in the
 * inheritance already, as an earlier program left them, are kept if they are still wanted, and closed if not. Returns -1 with
 * *error_r (malloc'd) naming the address and the reason.
 */
int listeners_open(struct inheritance *inheritance, char **error_r);
void listeners_close(struct inheritance *inheritance);

/* Adds a listener; takes over the descriptors, one a worker. */
void listeners_add(struct inheritance *inheritance, const char *address, bool tls, int *descriptors);

/* Whether there will be a TLS listener. */
bool listeners_need_tls(const struct config *config);

#endif
