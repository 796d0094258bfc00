/*
 * lock.h - a mutex in shared memory that survives the death of its owner.
 *
 * What it guards must be repairable by the next owner, or never be half changed: any instruction may be the last one.
 */
#ifndef BUS_LOCK_H
#define BUS_LOCK_H

#include <pthread.h>
#include <stdbool.h>

struct lock {
    pthread_mutex_t mutex;
};

/* Makes a lock in shared memory; once, by whoever made the memory. */
void lock_init(struct lock *lock);

/*
 * Blocks until the caller owns the lock. Returns true if the last owner died with it: the caller repairs what the lock
 * guards before anything else. A caller that dies while repairing leaves it to the next one.
 */
bool lock_acquire(struct lock *lock);
void lock_release(struct lock *lock);

#endif
