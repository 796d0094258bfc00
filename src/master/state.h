/*
 * state.h - what the master consists of; for src/master only.
 */
#ifndef MASTER_STATE_H
#define MASTER_STATE_H

#include "bering/inheritance.h"
#include "master/certificates.h"
#include "master/children.h"
#include "master/handover.h"
#include "master/privileges.h"
#include <signal.h>

struct master {
    struct config *config;
    const char *file;         /* the configuration's; NULL: none */
    struct inheritance inheritance;
    struct privileges privileges;
    struct certificates certificates;
    struct children *children;
    struct handover handover; /* what the program before has left; empty after a usual start, and once it is replaced */
    int database;             /* holds the lock that keeps a second master away; never closed by a child, see lock_database */
    int program;              /* this program, for the next one to return to */
    uint64_t look_at;         /* clock_monotonic_ms: when children are looked at again (children_look) */
    bool is_ready;            /* has told the service manager so */
    sigset_t signals;
};

/* Waits for a signal at most `ms` milliseconds (-1: for ever). Returns its number, 0 if the time is over. */
int master_wait_signal(const struct master *master, int64_t ms);

/* Waits for the end of a child, at most so long; other signals wait. */
void master_wait_child(int64_t ms);

/* Tells children what has changed. */
void master_publish(struct master *master);

#endif
