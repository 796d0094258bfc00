/*
 * tickets.c - the keys of TLS session tickets. Written by the master, read by workers, on any thread.
 *
 * Always holds: a new key is written where neither the current one nor the one before is, then made current; so a
 * master that dies in between leaves the keys as they were.
 */
#include "bering/tickets.h"

#include "bering/secret.h"
#include "bus/segment.h"
#include <string.h>

static const struct ticket_key *key_at(const struct ticket_section *tickets, uint32_t current, uint32_t age)
{
    return &tickets->keys[(current + TICKET_KEYS - age) % TICKET_KEYS];
}

/* Any number is safe: the segment is not trusted with an index. */
static uint32_t current_of(const struct ticket_section *tickets)
{
    return atomic_load(&tickets->current) % TICKET_KEYS;
}

void tickets_format(struct ticket_section *tickets)
{
    lock_init(&tickets->lock);
    secret_random(tickets->keys, sizeof(tickets->keys)); /* those that nobody has used have names that nobody knows */
}

void tickets_current(struct bus *bus, struct ticket_key *key_r)
{
    struct ticket_section *tickets = &bus->segment->tickets;

    lock_acquire(&tickets->lock);
    *key_r = *key_at(tickets, current_of(tickets), 0);
    lock_release(&tickets->lock);
}

bool tickets_find(struct bus *bus, const uint8_t name[TICKETS_NAME_SIZE], struct ticket_key *key_r, bool *is_current_r)
{
    struct ticket_section *tickets = &bus->segment->tickets;
    bool found = false;

    lock_acquire(&tickets->lock);
    for (uint32_t age = 0; age < TICKET_KEYS_COUNTING && !found; age++) {
        *key_r = *key_at(tickets, current_of(tickets), age);
        *is_current_r = age == 0;
        found = memcmp(key_r->name, name, TICKETS_NAME_SIZE) == 0;
    }
    lock_release(&tickets->lock);
    return found;
}

uint64_t tickets_turn(struct bus *bus, uint64_t now_ms)
{
    struct ticket_section *tickets = &bus->segment->tickets;

    if (tickets->made_at == 0)
        tickets->made_at = now_ms;
    if (now_ms - tickets->made_at >= TICKETS_PERIOD_MS) {
        uint32_t next = (current_of(tickets) + 1) % TICKET_KEYS;
        lock_acquire(&tickets->lock);
        secret_random(&tickets->keys[next], sizeof(tickets->keys[next]));
        atomic_store(&tickets->current, next);
        lock_release(&tickets->lock);
        tickets->made_at = now_ms;
    }
    return tickets->made_at + TICKETS_PERIOD_MS - now_ms;
}
