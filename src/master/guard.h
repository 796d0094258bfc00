/*
 * guard.h - a program that has taken another's place and crashes before its workers start: the one before is executed
 * again, as upgrade_return does for one that fails in order.
 */
#ifndef MASTER_GUARD_H
#define MASTER_GUARD_H

/*
 * The first thing that a program does: if it was executed to take another's place, a crash leads back from now on. The
 * arguments are those of main. Otherwise nothing happens.
 */
void guard_set(char **arguments);

/* A crash is a crash again: the program's workers are about to start, or this is a child. */
void guard_lift(void);

#endif
