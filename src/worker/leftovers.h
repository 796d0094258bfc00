/*
 * leftovers.h - forgets users who are gone and whom nothing names any more: a slow walk over all messages, now and
 * then.
 */
#ifndef WORKER_LEFTOVERS_H
#define WORKER_LEFTOVERS_H

struct worker;

/* `number`: of the worker, from 0. Only the first one does anything. */
void leftovers_start(struct worker *worker, unsigned number);

/* No further piece begins. One that is under way is finished by the threads that do it. */
void leftovers_stop(void);

#endif
