/*
 * lock.c - the robust process-shared mutex that all sections of the segment use.
 *
 * Runs in every process, on any thread. A lock is never held across anything that waits for somebody else, but the
 * commit lock. Where two are held, the ring's is the inner one.
 */
#include "bus/lock.h"

#include <assert.h>
#include <errno.h>

void lock_init(struct lock *lock)
{
    pthread_mutexattr_t attributes;

    int failed = pthread_mutexattr_init(&attributes);
    assert(!failed);
    failed = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    assert(!failed);
    failed = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    assert(!failed);
    failed = pthread_mutex_init(&lock->mutex, &attributes);
    assert(!failed);
    pthread_mutexattr_destroy(&attributes);
}

bool lock_acquire(struct lock *lock)
{
    int result = pthread_mutex_lock(&lock->mutex);

    if (result == EOWNERDEAD) {
        result = pthread_mutex_consistent(&lock->mutex);
        assert(result == 0);
        return true;
    }
    assert(result == 0);
    return false;
}

void lock_release(struct lock *lock)
{
    int result = pthread_mutex_unlock(&lock->mutex);
    assert(result == 0);
}
