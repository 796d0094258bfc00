/*
 * stress_ring.h - what writers and readers do in the two stress tests of the ring, as processes and as threads.
 *
 * Writers die inside the publish, holding the lock. Each event can be told from any other by its writer and sequence,
 * and every byte of it follows from these two, so a reader sees if one is torn, lost, reordered or made up. All here
 * fails by assert().
 */
#ifndef STRESS_RING_H
#define STRESS_RING_H

#include "bus/lock.h"
#include "bus/ring.h"
#include <assert.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRESS_RING = 65536,
    STRESS_WRITERS = 1024, /* ids, each used once */
    STRESS_CAREFUL = 2,    /* readers that writers wait for: they must get everything */
    STRESS_LONGEST = 800,
};

struct arena {
    struct lock lock;
    _Atomic bool done;                            /* nobody writes any more */
    _Atomic uint64_t careful[STRESS_CAREFUL];     /* their cursors */
    _Atomic uint64_t confirmed[STRESS_WRITERS];   /* publishes that returned */
    _Atomic bool killed_anywhere[STRESS_WRITERS]; /* one more may have been published than was confirmed */
    _Atomic uint64_t lapped;
    alignas(64) char memory[sizeof(struct ring_control) + STRESS_RING];
};

static inline void arena_init(struct arena *arena)
{
    lock_init(&arena->lock);
    ring_format(arena->memory, UINT64_C(0x123456789abcdef1));
    for (int i = 0; i < STRESS_CAREFUL; i++)
        arena->careful[i] = RING_FIRST_POSITION;
}

static inline uint64_t stress_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The event that this writer publishes with this sequence; json holds STRESS_LONGEST. */
static inline struct event stress_event(uint64_t writer, uint64_t sequence, char *json)
{
    uint64_t random = (writer + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (sequence + 1) * UINT64_C(0xbf58476d1ce4e5b9);
    size_t length = stress_random(&random) % STRESS_LONGEST;

    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = stress_random(&random);
        memcpy(json + i, &word, length - i < 8 ? length - i : 8);
    }
    return (struct event){
        .kind = (enum event_kind)(sequence % EVENT_KINDS),
        .scope = (enum event_scope)(sequence % (EVENT_TO_WORKERS + 1)),
        .subject = { (int64_t)writer, (int64_t)sequence },
        .json = json,
        .length = length,
    };
}

static inline void check_event(const struct event *event)
{
    char json[STRESS_LONGEST];

    assert(event->subject[0] >= 0 && event->subject[0] < STRESS_WRITERS);
    struct event expected = stress_event((uint64_t)event->subject[0], (uint64_t)event->subject[1], json);
    assert(event->kind == expected.kind && event->scope == expected.scope && event->length == expected.length);
    assert(memcmp(event->json, expected.json, expected.length) == 0);
}

/* ---- writers ---- */

struct writer {
    struct arena *arena;
    uint64_t id;
    uint64_t count;       /* publishes this many, and then ... */
    void (*die)(void *);  /* ... dies in the middle of the next; NULL: returns */
};

static inline void wait_for_careful_readers(struct arena *arena, const struct ring *ring)
{
    for (int i = 0; i < STRESS_CAREFUL; i++) {
        while (ring_newest(ring) - arena->careful[i] > STRESS_RING / 2)
            sched_yield();
    }
}

static inline void write_events(const struct writer *writer)
{
    struct arena *arena = writer->arena;
    char json[STRESS_LONGEST];
    struct ring ring;

    ring_open(&ring, arena->memory, STRESS_RING);
    for (uint64_t sequence = 0; sequence < writer->count || writer->die; sequence++) {
        struct event event = stress_event(writer->id, sequence, json);
        if (sequence == writer->count)
            ring.copying = writer->die;
        wait_for_careful_readers(arena, &ring);
        lock_acquire(&arena->lock);
        uint64_t id = ring_write(&ring, &event);
        lock_release(&arena->lock);
        assert(id != 0);
        arena->confirmed[writer->id] = sequence + 1;
    }
}

/* ---- readers ---- */

struct order {
    uint64_t next[STRESS_WRITERS]; /* the sequence that is due */
    bool gap[STRESS_WRITERS];      /* lapped since: later ones will do */
};

static inline void check_order(struct order *order, const struct event *event)
{
    size_t writer = (size_t)event->subject[0];
    uint64_t sequence = (uint64_t)event->subject[1];

    check_event(event);
    assert(order->gap[writer] ? sequence >= order->next[writer] : sequence == order->next[writer]);
    order->gap[writer] = false;
    order->next[writer] = sequence + 1;
}

/* Reads all there is from the ring's beginning to its end: nothing may be missing, and nothing too much. */
static inline void read_carefully(struct arena *arena, int index)
{
    struct order *order = calloc(1, sizeof(*order));
    struct ring_reader reader;
    struct event event;
    struct ring ring;
    bool done;

    assert(order);
    ring_open(&ring, arena->memory, STRESS_RING);
    ring_reader_init(&reader, &ring);
    reader.cursor = RING_FIRST_POSITION;
    do {
        enum bus_read result;
        done = arena->done;
        while ((result = ring_read(&reader, &event)) == BUS_EVENT) {
            check_order(order, &event);
            arena->careful[index] = event.id;
        }
        assert(result == BUS_EMPTY);
        sched_yield();
    } while (!done);
    for (int i = 0; i < STRESS_WRITERS; i++) {
        uint64_t missing_confirmation = order->next[i] - arena->confirmed[i];
        assert(missing_confirmation <= (arena->killed_anywhere[i] ? 1 : 0));
    }
    ring_reader_deinit(&reader);
    free(order);
}

/* Sleeps until it must have been lapped, then reads a little. */
static inline void read_slowly(struct arena *arena)
{
    struct order *order = calloc(1, sizeof(*order));
    struct ring_reader reader;
    struct event event;
    struct ring ring;

    assert(order);
    ring_open(&ring, arena->memory, STRESS_RING);
    ring_reader_init(&reader, &ring);
    reader.cursor = RING_FIRST_POSITION;
    while (!arena->done) {
        if (ring_newest(&ring) - reader.cursor <= 2 * STRESS_RING) {
            sched_yield();
            continue;
        }
        assert(ring_read(&reader, &event) == BUS_LAPPED);
        arena->lapped++;
        memset(order->gap, true, sizeof(order->gap));
        for (int i = 0; i < 20 && ring_read(&reader, &event) == BUS_EVENT; i++)
            check_order(order, &event);
    }
    ring_reader_deinit(&reader);
    free(order);
}

/* Reads what is just about to be overwritten: whole, or lapped. */
static inline void read_at_the_edge(struct arena *arena)
{
    struct ring_reader reader;
    struct event event;
    struct ring ring;

    ring_open(&ring, arena->memory, STRESS_RING);
    ring_reader_init(&reader, &ring);
    while (!arena->done) {
        if (!ring_seek(&reader, ring.control->tail))
            continue; /* already gone */
        for (int i = 0; i < 3; i++) {
            enum bus_read result = ring_read(&reader, &event);
            if (result == BUS_EVENT)
                check_event(&event);
            else
                sched_yield();
        }
    }
    ring_reader_deinit(&reader);
}

enum { STRESS_REMEMBERED = 512 };

/* Goes back to ids that it has seen, and to places where none can be. */
static inline void seek_about(struct arena *arena)
{
    uint64_t ids[STRESS_REMEMBERED] = { 0 }, count = 0, random = 88172645463325252;
    struct ring_reader reader;
    struct event event;
    struct ring ring;

    ring_open(&ring, arena->memory, STRESS_RING);
    ring_reader_init(&reader, &ring);
    while (!arena->done) {
        for (int i = 0; i < 50 && ring_read(&reader, &event) == BUS_EVENT; i++) {
            check_event(&event);
            ids[count++ % STRESS_REMEMBERED] = event.id;
        }
        for (uint64_t i = 0; i < 50 && count > 0; i++) {
            uint64_t id = ids[stress_random(&random) % (count < STRESS_REMEMBERED ? count : STRESS_REMEMBERED)];
            /* Inside a record's header, whatever record that is; or nowhere at all. */
            assert(!ring_seek(&reader, id + 8));
            assert(!ring_seek(&reader, id + 1));
            assert(!ring_seek(&reader, id + (UINT64_C(1) << 40)));
            if (ring_seek(&reader, id) && ring_read(&reader, &event) == BUS_EVENT)
                check_event(&event);
        }
        ring_seek(&reader, ring_newest(&ring));
        sched_yield();
    }
    ring_reader_deinit(&reader);
}

#endif
