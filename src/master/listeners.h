/*
 * listeners.h - the listening sockets: one for each address and worker, kept by the master, so that the backlog of a
 * worker that died waits for the next one. None is closed because there are fewer workers: it would take along who waits
 * in its backlog.
 */
#ifndef MASTER_LISTENERS_H
#define MASTER_LISTENERS_H

#include "bering/inheritance.h"

/* Those that an earlier program has left. */
struct listeners {
    struct listener *list;
    size_t count;
};

/*
 * Opens all configured addresses, or takes what the service manager has opened in their place. The sockets that an
 * earlier program has left are taken from `left` if they are still wanted, with more if there are more workers.
 * Returns -1 with *error_r (malloc'd) naming the address and the reason; what was taken stays open then, for that
 * program to return to.
 */
int listeners_open(struct inheritance *inheritance, struct listeners *left, char **error_r);
/* Closes what has not been taken. */
void listeners_release(struct listeners *left);
void listeners_close(struct inheritance *inheritance);

/* Adds a listener; takes over the descriptors. */
void listeners_add(struct inheritance *inheritance, const char *address, enum listener_kind kind, int *descriptors,
                   unsigned count);

/* Whether there will be a TLS listener. */
bool listeners_need_tls(const struct config *config);

#endif
