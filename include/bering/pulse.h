/*
 * pulse.h - a thread's sign of life: a number in memory that others read, which changes as the thread goes on.
 *
 * Only the thread writes it, so a stamp costs an ordinary store. One that rests waits for what may take as long as it
 * likes: work to come, or the disk.
 */
#ifndef BERING_PULSE_H
#define BERING_PULSE_H

#include <stdbool.h>
#include <stdint.h>

struct pulse {
    _Atomic uint32_t beats;   /* twice their number, and 1 while the thread is at work */
    _Atomic int32_t thread;   /* as the kernel numbers it; 0: there is none */
};

struct pulse_view {
    uint32_t beats;           /* another number than before: it goes on */
    bool is_at_work;          /* false: it rests, or there is no such thread */
    int thread;
};

/* From now on the calling thread stamps here, and is at work; NULL: nowhere. */
void pulse_use(struct pulse *pulse);

/* The calling thread: is at work, and goes on; rests until its next beat. Nothing for a thread without a pulse. */
void pulse_beat(void);
void pulse_rest(void);

/* Any process: there is nobody any more. */
void pulse_clear(struct pulse *pulse);

struct pulse_view pulse_look(const struct pulse *pulse);

#endif
