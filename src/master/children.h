/*
 * children.h - the processes that the master keeps alive.
 */
#ifndef MASTER_CHILDREN_H
#define MASTER_CHILDREN_H

#include "bering/inheritance.h"
#include "bering/orders.h"
#include "master/privileges.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct children;

/* One of them, as one program tells the next of it. */
struct child_record {
    char kind[16];
    unsigned number;          /* among those of its kind, from 0 */
    unsigned slot;            /* on the bus */
    pid_t pid;
};

/*
 * How many process slots of the bus the children and the master take, with room for those that an upgrade replaces if
 * there is any.
 */
unsigned children_slots(const struct config *config);

/* None runs yet. The arguments outlive the result. */
struct children *children_new(const struct inheritance *inheritance, const struct privileges *privileges);
void children_free(struct children **children);

/* Forks all that do not run. */
void children_start(struct children *children);

/*
 * Takes over a child of the program before: one that goes on, or one that is to end. Returns false if it is no child of
 * ours any more, or is to go on and there is no place for it.
 */
bool children_adopt(struct children *children, const struct child_record *record, bool is_retiring);

/* Writes down those that run and are to go on. Returns how many; the array belongs to the caller. */
unsigned children_records(const struct children *children, struct child_record **records_r);

/* Reaps what has died and clears its traces from the bus; those that are due again get a restart time. */
void children_reap(struct children *children);

/*
 * One look (hang.h) at all that run: one that hangs for `most` looks is logged and killed, with SIGABRT, so that there is
 * a core, then with SIGKILL. 0: nobody is.
 */
void children_look(struct children *children, unsigned most);

/* Restarts those whose time has come. Returns milliseconds until the next is due, -1 if none is. */
int64_t children_restart(struct children *children);

/* Tells all that run, those that are to end apart; and these. */
void children_tell(const struct children *children, enum order order);
void children_tell_retiring(const struct children *children, enum order order);

/* Kills those that are to end; kills all others, and waits for that. */
void children_kill_retiring(const struct children *children);
void children_kill(struct children *children);

/* Says how many are still to end. */
unsigned children_retiring(const struct children *children);

/* Whether all workers have begun their work; whether any serves; whether one has died since the start. */
bool children_are_ready(const struct children *children);
bool children_any_serves(const struct children *children);
bool children_have_died(const struct children *children);

/*
 * Sends a signal to all, those that are to end included; says how many live; after this, the dead are no longer
 * restarted.
 */
void children_stop(struct children *children, int signal);
unsigned children_alive(const struct children *children);

/*
 * Runs `run(argument)` in a child of its own, without privileges if `privileges` says so, and waits for it, at most so many
 * milliseconds (-1: for ever), after which it is killed. Returns its exit status, -1 if it died of a signal. For work that
 * must leave nothing open in the master.
 */
int children_run_once(int (*run)(const void *argument), const void *argument, const char *name,
                      const struct privileges *privileges, int64_t most_ms);

#endif
