/*
 * activity.c - messages a minute, in as many cells as there are minutes to remember. Runs in every process, on any
 * thread.
 *
 * Always holds: a cell is one number, the minute in its upper half and the count in its lower, so it is never half of
 * an old minute and half of a new one; a cell whose minute is not the one that is asked for counts as none, however
 * long it was idle.
 */
#include "bus/segment.h"

#include "bering/clock.h"

static _Atomic uint64_t *cell_of(const struct bus *bus, uint32_t minute)
{
    return &bus->segment->activity.cells[minute % ACTIVITY_MINUTES];
}

void activity_count_at(struct bus *bus, uint32_t minute, unsigned messages)
{
    _Atomic uint64_t *cell = cell_of(bus, minute);
    uint64_t now = atomic_load_explicit(cell, memory_order_relaxed), next;

    do {
        uint64_t count = now >> 32 == minute ? (uint32_t)now : 0;
        count += messages;
        next = (uint64_t)minute << 32 | (count < UINT32_MAX ? count : UINT32_MAX);
    } while (!atomic_compare_exchange_weak_explicit(cell, &now, next, memory_order_relaxed, memory_order_relaxed));
}

void activity_read_at(const struct bus *bus, uint32_t minute, uint32_t counts_r[ACTIVITY_MINUTES])
{
    for (uint32_t i = 0; i < ACTIVITY_MINUTES; i++) {
        uint32_t wanted = minute - (ACTIVITY_MINUTES - 1) + i;
        uint64_t cell = atomic_load_explicit(cell_of(bus, wanted), memory_order_relaxed);
        counts_r[i] = cell >> 32 == wanted ? (uint32_t)cell : 0;
    }
}

/* Of the wall clock, so that minutes begin when people's do: setting it only makes these figures odd for a while. */
static uint32_t current_minute(void)
{
    return (uint32_t)(clock_now() / (INT64_C(60) * 1000 * 1000 * 1000));
}

void activity_count(struct bus *bus, unsigned messages)
{
    activity_count_at(bus, current_minute(), messages);
}

void activity_read(const struct bus *bus, uint32_t counts_r[ACTIVITY_MINUTES])
{
    activity_read_at(bus, current_minute(), counts_r);
}
