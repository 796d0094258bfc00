/*
 * counters.c - the processes' counters.
 *
 * Runs in every process, on any thread. A cell is changed by its own process, and cleared by the master when that is
 * gone.
 */
#include "bus/segment.h"

#include <assert.h>

void counter_add(struct bus *bus, enum counter counter, int64_t amount)
{
    assert(counter < COUNTERS);
    atomic_fetch_add_explicit(&bus->segment->counters[bus->process].cells[counter], amount, memory_order_relaxed);
}

int64_t counter_total(const struct bus *bus, enum counter counter)
{
    int64_t total = 0;

    assert(counter < COUNTERS);
    for (unsigned i = 0; i < bus->processes; i++)
        total += atomic_load_explicit(&bus->segment->counters[i].cells[counter], memory_order_relaxed);
    return total;
}

void counters_process_gone(struct bus *bus, unsigned process)
{
    for (enum counter gauge = 0; gauge < COUNTER_EVENTS_PUBLISHED; gauge++)
        atomic_store_explicit(&bus->segment->counters[process].cells[gauge], 0, memory_order_relaxed);
}
