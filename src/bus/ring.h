/*
 * ring.h - the event ring's core on plain memory: layout, writer, reader.
 *
 * It never maps memory and takes no lock, so that it runs on an array. A byte's position only ever grows; it lies in
 * the ring at position modulo size. A record starts at a multiple of 8 with a struct ring_record, its JSON follows,
 * padded to 8. An event's id is the position behind its record, which is where the next record starts.
 */
#ifndef BUS_RING_H
#define BUS_RING_H

#include "bering/bus.h"
#include <stdalign.h>
#include <stdatomic.h>

#define RING_FIRST_POSITION (UINT64_C(1) << 40) /* where a new ring begins: no id is 0, or small by accident */
#define RING_SIZE_MIN ((size_t)65536)
#define RING_SIZE_MAX ((size_t)1 << 32) /* a record's length has 32 bits */

/*
 * In shared memory, before the ring's bytes. On cache lines of their own: readers poll head, writers alone need the
 * rest.
 */
struct ring_control {
    alignas(64) _Atomic uint64_t head; /* the next write position; stored once a record is whole */
    alignas(64) _Atomic uint64_t tail; /* the oldest whole record; stored before its bytes are overwritten */
    alignas(64) uint64_t secret;       /* what makes a record's check impossible to guess, or to find in JSON */
};

struct ring_record {
    uint64_t check;     /* secret ^ position: tells where a record starts from any other place */
    uint32_t length;    /* of the JSON, without padding */
    uint16_t kind;
    uint16_t scope;
    int64_t subject[2];
};

/* One process's (or thread's) view; several may stand on the same memory. */
struct ring {
    struct ring_control *control;
    _Atomic uint64_t *words; /* size / 8 of them */
    uint64_t size;
    void (*copying)(void *argument); /* for tests: called when half of a record is copied; otherwise NULL */
    void *copying_argument;
};

/* How many bytes of memory (aligned to 64) a ring of `size` bytes needs, its control included. */
size_t ring_memory_size(size_t size);

/* Makes an empty ring in memory, once; then any number of views of it. size: a power of two within the limits above. */
void ring_format(void *memory, uint64_t secret);
void ring_open(struct ring *ring, void *memory, size_t size);

/* The largest JSON that fits: a record may take a quarter of the ring. */
size_t ring_length_max(const struct ring *ring);

/*
 * Appends an event and returns its id, or 0 if it is larger than ring_length_max. One writer at a time: the caller
 * holds a lock. A writer that died in here changed nothing that counts; the next one simply writes.
 */
uint64_t ring_write(struct ring *ring, const struct event *event);

/* The id of the newest event, or where the ring began. */
uint64_t ring_newest(const struct ring *ring);

struct ring_reader {
    const struct ring *ring;
    uint64_t cursor;  /* where the next record to read starts */
    char *json;       /* the last event's */
    size_t capacity;  /* of json */
};

/* The cursor starts behind the newest event. The view must outlive the reader. */
void ring_reader_init(struct ring_reader *reader, const struct ring *ring);
void ring_reader_deinit(struct ring_reader *reader);

/* As bus_reader_seek and bus_reader_next (bus.h). Neither blocks, whatever writers do. */
bool ring_seek(struct ring_reader *reader, uint64_t id);
enum bus_read ring_read(struct ring_reader *reader, struct event *event_r);

#endif
