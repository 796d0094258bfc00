/*
 * listeners.h - the listening sockets: one for each address and worker, kept by the master, so that the backlog of a
 * worker that died waits for the next one.
 */
#ifndef MASTER_LISTENERS_H
#define MASTER_LISTENERS_H

#include "bering/inheritance.h"

/* Opens all configured addresses. Returns -1 with *error_r (malloc'd) naming the address and the reason. */
int listeners_open(const struct config *config, struct inheritance *inheritance, char **error_r);
void listeners_close(struct inheritance *inheritance);

#endif
