/*
 * health.c - how the link to each peer is. Written by the federation process, read by workers, on any thread; workers
 * write when it asked last.
 *
 * Always holds: a slot's state is written to the copy that is not current, then made current, so a writer that dies
 * leaves the state before; a slot that is given out for the first time counts once its key is stored, which comes last.
 */
#include "bus/segment.h"

#include <assert.h>
#include <string.h>

static struct health_section *acquire(struct bus *bus)
{
    struct health_section *health = &bus->segment->health;

    lock_acquire(&health->lock);
    return health;
}

static int64_t key_of(const struct health_slot *slot)
{
    return atomic_load_explicit(&slot->server_key, memory_order_relaxed);
}

/* The slot of a server, or, for key 0, a free one; NULL if there is none. */
static struct health_slot *find(struct health_section *health, int64_t server_key)
{
    for (size_t i = 0; i < HEALTH_CAPACITY; i++) {
        if (key_of(&health->slots[i]) == server_key)
            return &health->slots[i];
    }
    return NULL;
}

static void write_state(struct health_slot *slot, const struct peer_health *state)
{
    uint32_t other = (atomic_load_explicit(&slot->current, memory_order_relaxed) + 1) % 2;

    slot->copies[other] = *state;
    atomic_store_explicit(&slot->current, other, memory_order_release);
}

bool health_set(struct bus *bus, const struct peer_health *health)
{
    assert(health->server_key != 0);
    assert(memchr(health->last_error, '\0', sizeof(health->last_error)));
    struct health_section *section = acquire(bus);
    struct health_slot *slot = find(section, health->server_key);

    if (!slot) {
        slot = find(section, 0);
        if (slot)
            atomic_store_explicit(&slot->last_request, 0, memory_order_relaxed);
    }
    if (slot) {
        write_state(slot, health);
        atomic_store_explicit(&slot->server_key, health->server_key, memory_order_release);
    }
    lock_release(&section->lock);
    return slot != NULL;
}

bool health_get(struct bus *bus, int64_t server_key, struct peer_health *health_r)
{
    assert(server_key != 0);
    struct health_section *section = acquire(bus);
    const struct health_slot *slot = find(section, server_key);

    if (slot) {
        *health_r = slot->copies[atomic_load_explicit(&slot->current, memory_order_relaxed) % 2];
        health_r->last_error[HEALTH_ERROR_SIZE - 1] = '\0';
        health_r->last_request = atomic_load_explicit(&slot->last_request, memory_order_relaxed);
    }
    lock_release(&section->lock);
    return slot != NULL;
}

void health_note_request(struct bus *bus, int64_t server_key, int64_t at)
{
    assert(server_key != 0);
    struct health_section *section = acquire(bus);
    struct health_slot *slot = find(section, server_key);

    if (slot)
        atomic_store_explicit(&slot->last_request, at, memory_order_relaxed);
    lock_release(&section->lock);
}

void health_forget(struct bus *bus, int64_t server_key)
{
    assert(server_key != 0);
    struct health_section *section = acquire(bus);
    struct health_slot *slot = find(section, server_key);

    if (slot)
        atomic_store_explicit(&slot->server_key, 0, memory_order_release);
    lock_release(&section->lock);
}
