/*
 * children.h - the processes that the master keeps alive.
 */
#ifndef MASTER_CHILDREN_H
#define MASTER_CHILDREN_H

#include "bering/inheritance.h"
#include <stdint.h>
#include <sys/types.h>

struct children;

/* How many process slots of the bus the children and the master take. */
unsigned children_slots(const struct config *config);

/* Forks all children. The inheritance outlives the result. */
struct children *children_start(const struct inheritance *inheritance);
void children_free(struct children **children);

/* Reaps what has died and clears its traces from the bus; those that are due again get a restart time. */
void children_reap(struct children *children);

/* Restarts those whose time has come. Returns milliseconds until the next is due, -1 if none is. */
int64_t children_restart(struct children *children);

/* Sends a signal to all; says how many live; after this, the dead are no longer restarted. */
void children_stop(struct children *children, int signal);
unsigned children_alive(const struct children *children);

/*
 * Runs `run(argument)` in a child of its own and waits for it. Returns its exit status, -1 if it died of a signal. For
 * work that must leave nothing open in the master.
 */
int children_run_once(int (*run)(const void *argument), const void *argument, const char *name);

#endif
