/*
 * pulse.c - the calling thread's sign of life. Any process, any thread.
 *
 * Always holds: a pulse has one writer at a time, so that counting needs no atomic addition.
 */
#include "bering/pulse.h"

#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

enum { AT_WORK = 1, BEAT = 2 };

static _Thread_local struct pulse *own;

static void stamp(uint32_t state)
{
    if (own == NULL)
        return;
    uint32_t beats = atomic_load_explicit(&own->beats, memory_order_relaxed);
    atomic_store_explicit(&own->beats, ((beats + BEAT) & ~(uint32_t)AT_WORK) | state, memory_order_relaxed);
}

void pulse_use(struct pulse *pulse)
{
    own = pulse;
    if (pulse != NULL)
        atomic_store_explicit(&pulse->thread, gettid(), memory_order_relaxed);
    pulse_beat();
}

void pulse_beat(void)
{
    stamp(AT_WORK);
}

void pulse_rest(void)
{
    stamp(0);
}

void pulse_clear(struct pulse *pulse)
{
    atomic_store_explicit(&pulse->beats, 0, memory_order_relaxed);
    atomic_store_explicit(&pulse->thread, 0, memory_order_relaxed);
}

struct pulse_view pulse_look(const struct pulse *pulse)
{
    uint32_t beats = atomic_load_explicit(&pulse->beats, memory_order_relaxed);

    return (struct pulse_view){
        .beats = beats,
        .is_at_work = (beats & AT_WORK) != 0,
        .thread = atomic_load_explicit(&pulse->thread, memory_order_relaxed),
    };
}
