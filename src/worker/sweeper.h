/*
 * sweeper.h - removes what has expired: sessions, a few at a time, every few minutes; and gives freed memory back. Loop; the
 * writes are the writer's.
 */
#ifndef WORKER_SWEEPER_H
#define WORKER_SWEEPER_H

struct worker;

/* Sets the timer; it ends with the loop. */
void sweeper_start(struct worker *worker);

#endif
