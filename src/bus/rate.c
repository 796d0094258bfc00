/*
 * rate.c - rate limits: for each key the time at which its next attempt would be due at an even rate (GCRA).
 *
 * Runs in every process, on any thread. A key costs 16 bytes in a set of eight that its keyed digest chooses, so nobody
 * can aim at somebody else's set. A slot is freed before it is given to another key: a process that dies in between
 * leaves at worst a key forgotten.
 */
#include "bus/segment.h"
#include "bering/clock.h"
#include "bering/secret.h"

#include <assert.h>
#include <string.h>

enum { SECOND = 1000000 }; /* microseconds */

struct rate_key {
    uint64_t tag;
    struct rate_slot *set;
};

/* The name is digested by itself first, so that it may have any length. */
static struct rate_key find_key(struct rate_section *rates, enum rate_class rate_class, const void *name, size_t length)
{
    struct {
        uint8_t secret[sizeof(rates->secret)];
        struct digest name;
        uint64_t rate_class;
    } input = { .name = secret_digest(name, length), .rate_class = rate_class };
    uint64_t words[2];

    memcpy(input.secret, rates->secret, sizeof(input.secret));
    struct digest digest = secret_digest(&input, sizeof(input));
    memcpy(words, digest.bytes, sizeof(words));
    return (struct rate_key){ .tag = words[0], .set = rates->sets[words[1] % RATE_SETS] };
}

static uint64_t arrival_of(const struct rate_slot *slot)
{
    return atomic_load_explicit(&slot->arrival, memory_order_relaxed);
}

static void set_arrival(struct rate_slot *slot, uint64_t arrival)
{
    atomic_store_explicit(&slot->arrival, arrival, memory_order_release);
}

static uint64_t tag_of(const struct rate_slot *slot)
{
    return atomic_load_explicit(&slot->tag, memory_order_relaxed);
}

static struct rate_slot *find_slot(const struct rate_key *key)
{
    for (unsigned i = 0; i < RATE_WAYS; i++) {
        if (tag_of(&key->set[i]) == key->tag && arrival_of(&key->set[i]) != 0)
            return &key->set[i];
    }
    return NULL;
}

/* The slot whose time comes first: a free one if there is any, otherwise the key that has the least to wait. */
static struct rate_slot *take_slot(const struct rate_key *key)
{
    struct rate_slot *first = &key->set[0];

    for (unsigned i = 1; i < RATE_WAYS; i++) {
        if (arrival_of(&key->set[i]) < arrival_of(first))
            first = &key->set[i];
    }
    set_arrival(first, 0);
    atomic_store_explicit(&first->tag, key->tag, memory_order_release);
    return first;
}

unsigned rate_attempt_at(struct bus *bus, enum rate_class rate_class, const void *name, size_t length, unsigned burst,
                         unsigned period_seconds, uint64_t now_us)
{
    assert(rate_class != RATE_NONE && burst > 0 && period_seconds > 0);
    struct rate_section *rates = &bus->segment->rates;
    struct rate_key key = find_key(rates, rate_class, name, length);
    uint64_t period = (uint64_t)period_seconds * SECOND;
    uint64_t spacing = (period + burst - 1) / burst; /* rounded up, so that the period never holds more than burst */
    uint64_t tolerance = spacing * (burst - 1);
    uint64_t wait = 0;

    lock_acquire(&rates->lock);
    struct rate_slot *slot = find_slot(&key);
    uint64_t arrival = slot ? arrival_of(slot) : 0;
    if (arrival < now_us)
        arrival = now_us;
    if (arrival - now_us > tolerance)
        wait = arrival - now_us - tolerance;
    else
        set_arrival(slot ? slot : take_slot(&key), arrival + spacing);
    lock_release(&rates->lock);
    return (unsigned)((wait + SECOND - 1) / SECOND);
}

unsigned rate_attempt(struct bus *bus, enum rate_class rate_class, const void *name, size_t length, unsigned burst,
                      unsigned period_seconds)
{
    return rate_attempt_at(bus, rate_class, name, length, burst, period_seconds, clock_monotonic_ms() * 1000);
}

void rate_forget(struct bus *bus, enum rate_class rate_class, const void *name, size_t length)
{
    struct rate_section *rates = &bus->segment->rates;
    struct rate_key key = find_key(rates, rate_class, name, length);

    lock_acquire(&rates->lock);
    struct rate_slot *slot = find_slot(&key);
    if (slot)
        set_arrival(slot, 0);
    lock_release(&rates->lock);
}
