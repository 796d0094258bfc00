/*
 * lock.c - the robust process-shared mutex that all sections of the segment use.
 *
 * Runs in every process, on any thread. A lock is never held across anything that waits for somebody else, but the
 * commit lock. Where two are held, the ring's is the inner one. Nobody sleeps here without looking again from time to
 * time, because a killed process can take a wake-up with it; who waits does not hang (pulse.h).
 */
#include "bus/lock.h"

#include "bering/pulse.h"
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <time.h>

enum { SECOND = 1000000000, LOOK_AGAIN = SECOND / 20 }; /* nanoseconds */

#if defined(__SANITIZE_THREAD__)
#define THREAD_SANITIZER 1
#elif defined(__has_feature)
#define THREAD_SANITIZER __has_feature(thread_sanitizer)
#else
#define THREAD_SANITIZER 0
#endif

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

/*
 * Sleeps until the mutex is free, but not for ever. An unlock wakes one sleeper. If that one is killed before it has
 * the mutex while a third process has just taken it, neither the kernel nor the new owner knows that others still
 * sleep: its unlock wakes nobody. Timing out and trying again puts that right.
 */
static int wait_and_lock(pthread_mutex_t *mutex)
{
#if THREAD_SANITIZER /* it takes no notice of pthread_mutex_clocklock */
    sched_yield();
    return pthread_mutex_trylock(mutex);
#else
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_AGAIN;
    if (until.tv_nsec >= SECOND) {
        until.tv_nsec -= SECOND;
        until.tv_sec++;
    }
    return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until);
#endif
}

bool lock_acquire(struct lock *lock)
{
    int result = pthread_mutex_trylock(&lock->mutex);

    while (result == EBUSY || result == ETIMEDOUT) {
        pulse_beat(); /* it is the owner that hangs then, if anybody does */
        result = wait_and_lock(&lock->mutex);
    }
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
