/*
 * segment.h - what the shared segment holds, and what a process keeps beside it: the layout, for src/bus only.
 *
 * Any process may be killed at any instruction. So each section says what is true at every moment, and derives the rest
 * from it when a lock's last owner turns out to have died.
 */
#ifndef BUS_SEGMENT_H
#define BUS_SEGMENT_H

#include "bering/activity.h"
#include "bering/bus.h"
#include "bering/calls.h"
#include "bering/counters.h"
#include "bering/health.h"
#include "bering/histogram.h"
#include "bering/presence.h"
#include "bering/rate.h"
#include "bering/tickets.h"
#include "bus/lock.h"
#include "bus/ring.h"

enum {
    SEGMENT_VERSION = 5,
    PRESENCE_CAPACITY = 65536, /* users online, or not yet announced to be offline; a power of two */
    CALLS_CAPACITY = 4096,     /* participants in all calls */
    HEALTH_CAPACITY = 256,     /* peers */
    RATE_WAYS = 8,             /* keys that share a set */
    RATE_SETS = 32768 / RATE_WAYS,
};

/* ---- processes ---- */

struct process_slot {
    alignas(64) _Atomic uint32_t sleeping; /* 1: whoever sets it to 0 writes the process's eventfd */
    _Atomic uint32_t ready;
    _Atomic int32_t pid;        /* 0: it does not run */
    _Atomic uint64_t position;  /* where it has read the ring up to, as it last said; 0: it has not */
};

/* One line of cells a process, so that no two processes write to the same cache line. */
struct counter_row {
    alignas(128) _Atomic int64_t cells[COUNTERS];
};

/* What one process has noted; no two of them write to the same cache line. */
struct histogram_cells {
    _Atomic int64_t counts[HISTOGRAM_BUCKETS];
    _Atomic int64_t sum;
};

struct histogram_row {
    alignas(128) struct histogram_cells cells[HISTOGRAMS];
    _Atomic int64_t classes[HISTOGRAM_ROUTES_MOST][HISTOGRAM_CLASSES];
};

/* ---- presence: the entries are the truth, all else is derived from them ---- */

struct presence_entry {
    _Atomic uint64_t processes; /* bit p: process p holds connections of this user; stored last */
    int64_t user_key;
    struct uuid user_id;
    uint32_t next;              /* the next entry of the chain or of the free list, plus 1; 0: none */
    bool announced;             /* as online. An entry is free when this is false and no process holds the user */
};

struct presence_section {
    struct lock lock;
    _Atomic uint32_t online;       /* users; readable without the lock, as the four below */
    _Atomic uint32_t changed;      /* users whose state differs from what was announced */
    _Atomic bool unlisted;         /* changes are known to have been lost: the next announcement names nobody */
    _Atomic uint64_t generation;
    _Atomic uint64_t announced_at; /* milliseconds of the monotonic clock; 0: never */
    uint32_t used;                 /* entries beyond were never used; only grows */
    uint32_t free;                 /* first of the free list, plus 1 */
    uint32_t chains[PRESENCE_CAPACITY]; /* by hash of user_key: the first entry, plus 1 */
    struct presence_entry entries[PRESENCE_CAPACITY];
};

/* ---- calls: a slot counts if taken, which is stored last ---- */

struct call_slot {
    _Atomic bool taken;
    struct call_participant participant;
};

struct calls_section {
    struct lock lock;
    uint32_t used; /* no slot from here on is taken */
    struct call_slot slots[CALLS_CAPACITY];
};

/* ---- rates: a slot counts if its time is not 0, which is stored last ---- */

struct rate_slot {
    _Atomic uint64_t tag;     /* 64 bits of the key's digest */
    _Atomic uint64_t arrival; /* when the next attempt would be due at an even rate, microseconds; 0: free */
};

struct rate_section {
    struct lock lock;
    uint8_t secret[32];
    struct rate_slot sets[RATE_SETS][RATE_WAYS];
};

/* ---- health: a slot counts if its key is not 0; of its copies the current one is true ---- */

struct health_slot {
    _Atomic int64_t server_key;
    _Atomic uint32_t current;
    struct peer_health copies[2];
};

struct health_section {
    struct lock lock;
    struct health_slot slots[HEALTH_CAPACITY];
};

/* ---- activity: a cell counts for the minute that it names ---- */

struct activity_section {
    _Atomic uint64_t cells[ACTIVITY_MINUTES]; /* by minute; the minute << 32 | the count */
};

/* ---- tickets: the current key and the one before count; the third place is for the next one ---- */

enum { TICKET_KEYS = 3, TICKET_KEYS_COUNTING = 2 };

struct ticket_section {
    struct lock lock;
    _Atomic uint32_t current;
    uint64_t made_at;            /* the current key, milliseconds of the monotonic clock; the master's */
    struct ticket_key keys[TICKET_KEYS];
};

/* ---- all of it; the ring's memory follows, aligned to 64 ---- */

struct segment {
    uint32_t version;
    uint32_t processes;
    uint64_t epoch;
    int64_t started_at;
    struct lock commit_lock;
    _Atomic uint64_t commit_waiters;  /* processes that wait for commit_lock, a bit each */
    _Atomic uint32_t commit_owner;    /* who had it last */
    _Atomic uint64_t published_commit;
    _Atomic uint64_t publishing_from; /* the newest event when the publishing of a commit last began */
    alignas(64) struct lock ring_lock; /* around ring_write; a dead owner leaves nothing to repair */
    struct process_slot slots[BUS_PROCESSES];
    struct counter_row counters[BUS_PROCESSES];
    struct histogram_row histograms[BUS_PROCESSES];
    alignas(64) struct presence_section presence;
    alignas(64) struct calls_section calls;
    alignas(64) struct rate_section rates;
    alignas(64) struct health_section health;
    alignas(64) struct activity_section activity;
    alignas(64) struct ticket_section tickets;
};

/* A process's own view. Made by the master, carried across fork; after bus_attach only read. */
struct bus {
    struct segment *segment;
    size_t size;             /* of the mapping */
    int descriptor;          /* of the segment: for the program that may replace this one */
    struct ring ring;
    unsigned process;        /* the caller's slot */
    unsigned processes;
    int wake[BUS_PROCESSES]; /* eventfds */
};

/*
 * Maps a new segment that has no name (any more), with all of its memory reserved; *descriptor_r is its owner's. NULL
 * and *error_r (static) on failure. segment_ring is where the ring's memory is.
 */
struct segment *segment_create(size_t ring_size, unsigned processes, size_t *size_r, int *descriptor_r,
                               const char **error_r);
/*
 * Maps the segment of a descriptor, which remains the caller's. NULL and *error_r if it is not of this layout and size.
 */
struct segment *segment_open(int descriptor, size_t ring_size, unsigned processes, size_t *size_r, const char **error_r);
void segment_destroy(struct segment **segment, size_t size);
void *segment_ring(struct segment *segment);

/* What a section does when a process is gone (bus_process_gone). Presence and calls publish that something has. */
void presence_process_gone(struct bus *bus, unsigned process);
void calls_process_gone(struct bus *bus, unsigned process);
void counters_process_gone(struct bus *bus, unsigned process);

/* Fills a section of a new segment. */
void tickets_format(struct ticket_section *tickets);

/* presence_announce, rate_attempt, and what activity.h has, with the time given, so that tests need no waiting. */
unsigned presence_announce_at(struct bus *bus, uint64_t now_ms);
unsigned rate_attempt_at(struct bus *bus, enum rate_class rate_class, const void *name, size_t length, unsigned burst,
                         unsigned period_seconds, uint64_t now_us);
void activity_count_at(struct bus *bus, uint32_t minute, unsigned messages);
void activity_read_at(const struct bus *bus, uint32_t minute, uint32_t counts_r[ACTIVITY_MINUTES]);

#endif
