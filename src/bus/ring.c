/*
 * ring.c - the event ring: one writer at a time, any number of readers that take no lock.
 *
 * Runs in every process. The order that everything rests on: a writer stores tail, then the record's words, then head.
 * Words are atomic, stored with release and loaded with acquire (plain moves on x86), so a reader that got a word of a
 * newer record also sees the tail that was stored before it: after copying, tail <= cursor proves that the copy is
 * whole. No fences on purpose: ThreadSanitizer understands every step of this. Whatever lengths and positions the
 * memory holds, no access leaves the ring or the reader's own buffer.
 */
#include "bus/ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = sizeof(uint64_t), RECORD_WORDS = sizeof(struct ring_record) / WORD };

_Static_assert(sizeof(struct ring_record) == 32, "a record's header has no padding");
_Static_assert(sizeof(struct ring_control) % 64 == 0, "the words start on a cache line");
_Static_assert(sizeof(_Atomic uint64_t) == WORD && ATOMIC_LLONG_LOCK_FREE == 2, "words need no lock");

static uint64_t padded(uint64_t length)
{
    return (length + WORD - 1) / WORD * WORD;
}

static uint64_t record_size(uint64_t length)
{
    return sizeof(struct ring_record) + padded(length);
}

static _Atomic uint64_t *word_at(const struct ring *ring, uint64_t position)
{
    return &ring->words[(position & (ring->size - 1)) / WORD];
}

static uint64_t load_word(const struct ring *ring, uint64_t position)
{
    return atomic_load_explicit(word_at(ring, position), memory_order_acquire);
}

static void store_word(const struct ring *ring, uint64_t position, uint64_t word)
{
    atomic_store_explicit(word_at(ring, position), word, memory_order_release);
}

/* Copies length bytes into the ring, the last word filled up with zeros. */
static void store_bytes(const struct ring *ring, uint64_t position, const char *bytes, size_t length)
{
    size_t whole = length / WORD * WORD;
    uint64_t word;

    for (size_t done = 0; done < whole; done += WORD) {
        memcpy(&word, bytes + done, WORD);
        store_word(ring, position + done, word);
    }
    if (whole < length) {
        word = 0;
        memcpy(&word, bytes + whole, length - whole);
        store_word(ring, position + whole, word);
    }
}

/* Copies length bytes out of the ring; bytes has room for the padding of the last word. */
static void load_bytes(const struct ring *ring, uint64_t position, char *bytes, size_t length)
{
    for (size_t done = 0; done < length; done += WORD) {
        uint64_t word = load_word(ring, position + done);
        memcpy(bytes + done, &word, WORD);
    }
}

static struct ring_record load_record(const struct ring *ring, uint64_t position)
{
    struct ring_record record;
    uint64_t words[RECORD_WORDS];

    for (size_t i = 0; i < RECORD_WORDS; i++)
        words[i] = load_word(ring, position + i * WORD);
    memcpy(&record, words, sizeof(record));
    return record;
}

/* Whether a header is one that a writer made for this position, and its record ends before head. */
static bool record_is_good(const struct ring *ring, const struct ring_record *record, uint64_t position, uint64_t head)
{
    return record->check == (ring->control->secret ^ position) && record->length <= ring_length_max(ring) &&
           record_size(record->length) <= head - position && record->kind < EVENT_KINDS &&
           record->scope <= EVENT_TO_WORKERS;
}

size_t ring_memory_size(size_t size)
{
    return sizeof(struct ring_control) + size;
}

void ring_format(void *memory, uint64_t secret)
{
    struct ring_control *control = memory;

    control->secret = secret;
    atomic_init(&control->head, RING_FIRST_POSITION);
    atomic_init(&control->tail, RING_FIRST_POSITION);
}

void ring_open(struct ring *ring, void *memory, size_t size)
{
    assert(size >= RING_SIZE_MIN && size <= RING_SIZE_MAX && (size & (size - 1)) == 0);
    assert((uintptr_t)memory % alignof(struct ring_control) == 0);
    *ring = (struct ring){
        .control = memory,
        .words = (_Atomic uint64_t *)(void *)((char *)memory + sizeof(struct ring_control)),
        .size = size,
    };
}

size_t ring_length_max(const struct ring *ring)
{
    return (size_t)(ring->size / 4) - sizeof(struct ring_record);
}

uint64_t ring_newest(const struct ring *ring)
{
    /* In the total order with the store in ring_write: what bus_reader_sleep relies on. */
    return atomic_load(&ring->control->head);
}

/* Gives up the oldest records until `size` bytes at head are free. */
static void make_room(struct ring *ring, uint64_t head, uint64_t size)
{
    uint64_t tail = atomic_load_explicit(&ring->control->tail, memory_order_relaxed);

    while (head + size - tail > ring->size) {
        struct ring_record oldest = load_record(ring, tail);
        assert(tail < head && record_is_good(ring, &oldest, tail, head));
        tail += record_size(oldest.length);
    }
    /* Before any word of theirs is overwritten: those stores are releases. */
    atomic_store_explicit(&ring->control->tail, tail, memory_order_relaxed);
}

uint64_t ring_write(struct ring *ring, const struct event *event)
{
    assert(event->kind < EVENT_KINDS && event->scope <= EVENT_TO_WORKERS);
    if (event->length > ring_length_max(ring))
        return 0;

    uint64_t head = atomic_load_explicit(&ring->control->head, memory_order_relaxed);
    uint64_t size = record_size(event->length);
    make_room(ring, head, size);

    struct ring_record record = {
        .check = ring->control->secret ^ head,
        .length = (uint32_t)event->length,
        .kind = (uint16_t)event->kind,
        .scope = (uint16_t)event->scope,
        .subject = { event->subject[0], event->subject[1] },
    };
    uint64_t json_position = head + sizeof(record);
    size_t half = event->length / 2 / WORD * WORD;
    store_bytes(ring, head, (const char *)&record, sizeof(record));
    store_bytes(ring, json_position, event->json, half);
    if (ring->copying)
        ring->copying(ring->copying_argument);
    if (half < event->length)
        store_bytes(ring, json_position + half, event->json + half, event->length - half);

    /* More than a release: the waker that looks at the sleeping flags next must not look before this is visible. */
    atomic_store(&ring->control->head, head + size);
    return head + size;
}

void ring_reader_init(struct ring_reader *reader, const struct ring *ring)
{
    *reader = (struct ring_reader){ .ring = ring, .cursor = ring_newest(ring) };
}

void ring_reader_deinit(struct ring_reader *reader)
{
    free(reader->json);
    *reader = (struct ring_reader){ 0 };
}

/* Whether what was loaded from this position on was still whole when the last load was done. */
static bool is_kept(const struct ring *ring, uint64_t position)
{
    return atomic_load_explicit(&ring->control->tail, memory_order_acquire) <= position;
}

bool ring_seek(struct ring_reader *reader, uint64_t id)
{
    const struct ring *ring = reader->ring;
    uint64_t head = atomic_load_explicit(&ring->control->head, memory_order_acquire);

    if (id % WORD != 0 || id > head || !is_kept(ring, id))
        return false;
    if (id < head) {
        struct ring_record record = load_record(ring, id);
        if (!record_is_good(ring, &record, id, head) || !is_kept(ring, id))
            return false;
    }
    reader->cursor = id;
    return true;
}

/* Room for length bytes and their padding, grown in powers of two so that it settles soon. */
static void reserve(struct ring_reader *reader, size_t length)
{
    size_t capacity = reader->capacity ? reader->capacity : 512;

    while (capacity < padded(length))
        capacity *= 2;
    if (capacity == reader->capacity)
        return;
    free(reader->json);
    reader->json = malloc(capacity);
    assert(reader->json);
    reader->capacity = capacity;
}

enum bus_read ring_read(struct ring_reader *reader, struct event *event_r)
{
    const struct ring *ring = reader->ring;
    uint64_t head = atomic_load_explicit(&ring->control->head, memory_order_acquire);
    uint64_t start = reader->cursor;

    if (start == head)
        return BUS_EMPTY;

    struct ring_record record = load_record(ring, start);
    bool good = record_is_good(ring, &record, start, head);
    if (good) {
        reserve(reader, record.length);
        load_bytes(ring, start + sizeof(record), reader->json, record.length);
    }
    if (!is_kept(ring, start)) {
        reader->cursor = ring_newest(ring);
        return BUS_LAPPED;
    }
    assert(good); /* nobody has overwritten it, so somebody wrote where only the writer may */

    reader->cursor = start + record_size(record.length);
    *event_r = (struct event){
        .id = reader->cursor,
        .kind = (enum event_kind)record.kind,
        .scope = (enum event_scope)record.scope,
        .subject = { record.subject[0], record.subject[1] },
        .json = reader->json,
        .length = record.length,
    };
    return BUS_EVENT;
}
