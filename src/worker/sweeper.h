/*
 * sweeper.h - removes what has expired: sessions, messages, what deleted channels have left, a little at a time; and gives freed
 * memory and free pages back. Loop; the writes are the writer's.
 */
#ifndef WORKER_SWEEPER_H
#define WORKER_SWEEPER_H

struct worker;

/* Sets the timers. `number`: of the worker, from 0. */
void sweeper_start(struct worker *worker, unsigned number);

/* The timers end, and no piece of work starts another one. */
void sweeper_stop(void);

#endif
