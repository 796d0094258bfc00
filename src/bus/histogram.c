/*
 * histogram.c - the processes' histograms.
 *
 * Runs in every process, on any thread; those of requests on the loop's thread alone, which needs no locked instruction
 * for them. A cell only grows, and is changed by its own process alone; what a process that is gone has counted stays.
 */
#include "bus/segment.h"

#include <assert.h>

static const int64_t times[HISTOGRAM_BUCKETS - 1] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000,
};
static const int64_t sizes[HISTOGRAM_BUCKETS - 1] = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048};

const int64_t *histogram_bounds(unsigned histogram)
{
    return histogram == HISTOGRAM_COMMIT_WRITES || histogram == HISTOGRAM_COMMIT_MESSAGES ? sizes : times;
}

static void add(_Atomic int64_t *cell, int64_t amount)
{
    atomic_fetch_add_explicit(cell, amount, memory_order_relaxed);
}

static int64_t get(const _Atomic int64_t *cell)
{
    return atomic_load_explicit(cell, memory_order_relaxed);
}

/* Of a cell that no other thread changes. */
static void add_alone(_Atomic int64_t *cell, int64_t amount)
{
    atomic_store_explicit(cell, get(cell) + amount, memory_order_relaxed);
}

static unsigned bucket_of(const int64_t *bounds, int64_t value)
{
    unsigned bucket = 0;

    while (bucket < HISTOGRAM_BUCKETS - 1 && value > bounds[bucket])
        ++bucket;
    return bucket;
}

void histogram_note(struct bus *bus, unsigned histogram, int64_t value)
{
    assert(histogram < HISTOGRAM_ROUTES);
    struct histogram_cells *cells = &bus->segment->histograms[bus->process].cells[histogram];

    add(&cells->counts[bucket_of(histogram_bounds(histogram), value)], 1);
    add(&cells->sum, value);
}

void histogram_request(struct bus *bus, unsigned route, int64_t time, int status)
{
    int class = status / 100 - 1;

    assert(route < HISTOGRAM_ROUTES_MOST);
    struct histogram_row *row = &bus->segment->histograms[bus->process];
    struct histogram_cells *cells = &row->cells[HISTOGRAM_ROUTES + route];
    if (class < 0 || class >= HISTOGRAM_CLASSES)
        class = HISTOGRAM_CLASSES - 1;
    add_alone(&row->classes[route][class], 1);
    add_alone(&cells->counts[bucket_of(times, time)], 1);
    add_alone(&cells->sum, time);
}

void histogram_read(const struct bus *bus, unsigned histogram, struct histogram_view *view_r)
{
    assert(histogram < HISTOGRAMS);
    *view_r = (struct histogram_view){0};
    for (unsigned process = 0; process < bus->processes; ++process) {
        const struct histogram_cells *cells = &bus->segment->histograms[process].cells[histogram];
        for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; ++bucket) {
            uint64_t count = (uint64_t)get(&cells->counts[bucket]);
            view_r->counts[bucket] += count;
            view_r->total += count;
        }
        view_r->sum += get(&cells->sum);
    }
}

void histogram_classes(const struct bus *bus, unsigned route, uint64_t counts_r[HISTOGRAM_CLASSES])
{
    assert(route < HISTOGRAM_ROUTES_MOST);
    for (unsigned class = 0; class < HISTOGRAM_CLASSES; ++class) {
        counts_r[class] = 0;
        for (unsigned process = 0; process < bus->processes; ++process)
            counts_r[class] += (uint64_t)get(&bus->segment->histograms[process].classes[route][class]);
    }
}
