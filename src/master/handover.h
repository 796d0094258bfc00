/*
 * handover.h - what one program leaves to the next one in the same process: descriptors and children, written into
 * memory whose descriptor the environment names.
 */
#ifndef MASTER_HANDOVER_H
#define MASTER_HANDOVER_H

#include "bering/bus.h"
#include "master/children.h"
#include "master/listeners.h"
#include <stdbool.h>
#include <stddef.h>

struct handover {
    bool is_there;
    bool is_return;           /* the next program could not start, and this is the one before it */
    bool has_crashed;         /* that is why */
    int memory;               /* the descriptor of all this */
    int program;              /* the program before: to return to */
    int database;
    int live;
    bool bus_is_adopted;      /* else it is closed in the end */
    unsigned workers;
    size_t ring_size;         /* 0: it was not said */
    unsigned sockets;         /* of the listener that is read next */
    int bus[BUS_PROCESSES + 1];
    size_t bus_count;
    struct child_record *children;
    unsigned child_count;
    struct listeners listeners; /* those that are not wanted any more have descriptors; they are closed in the end */
};

struct master;

/* Reads what the environment says is there. Returns -1 if it says so and it is not well-formed. */
int handover_read(struct handover *handover_r);

/* This program is the one from now on: what is inherited closes like all else when another is executed. */
void handover_settle(struct handover *handover);
void handover_deinit(struct handover *handover);

/*
 * Writes down all that the next program needs, and keeps it open across execve. Returns the descriptor, -1 with errno.
 */
int handover_write(const struct master *master);

/* Puts things back as they were before handover_write: execve has failed. */
void handover_cancel(const struct master *master, int memory);

/*
 * Executes the program of a descriptor (-1: the one that stands where this one was) with a handover. Returns only if
 * that fails, with errno.
 */
void handover_execute(const char *file, int program, int memory, bool is_return);

/* The variable that says to a program that it is returned to, because of a crash. */
#define HANDOVER_CRASH "BERINGSHARE_RETURN=crash"

/*
 * The descriptor of the program whose place this one is to take, before anything is read; -1 if there is none, or this
 * is the one that is returned to.
 */
int handover_program_before(void);

/* Where the program file is, as it was at the start: what stands there at an upgrade is the new one. */
const char *handover_program_path(void);

#endif
