/*
 * calls.c - the table of call participants.
 *
 * Runs in every process, on any thread. A slot is filled before it is marked taken and is given back by that mark
 * alone, so the table is right at every moment, whoever dies, and needs no repair. It is small and walked from its
 * start: `used` keeps the walk as short as the calls are few.
 */
#include "bus/segment.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const unsigned ABANDONED = UINT_MAX; /* instead of a process that is gone */

static struct calls_section *acquire(struct bus *bus)
{
    struct calls_section *calls = &bus->segment->calls;

    lock_acquire(&calls->lock);
    assert(calls->used <= CALLS_CAPACITY);
    return calls;
}

static bool is_taken(const struct call_slot *slot)
{
    return atomic_load_explicit(&slot->taken, memory_order_relaxed);
}

static void give_back(struct calls_section *calls, struct call_slot *slot)
{
    atomic_store_explicit(&slot->taken, false, memory_order_release);
    while (calls->used > 0 && !is_taken(&calls->slots[calls->used - 1]))
        calls->used--;
}

static struct call_slot *find(struct calls_section *calls, int64_t channel_key, int64_t user_key)
{
    for (uint32_t i = 0; i < calls->used; i++) {
        struct call_slot *slot = &calls->slots[i];
        if (is_taken(slot) && slot->participant.channel_key == channel_key && slot->participant.user_key == user_key)
            return slot;
    }
    return NULL;
}

static struct call_slot *find_free(struct calls_section *calls)
{
    for (uint32_t i = 0; i < calls->used; i++) {
        if (!is_taken(&calls->slots[i]))
            return &calls->slots[i];
    }
    return calls->used < CALLS_CAPACITY ? &calls->slots[calls->used++] : NULL;
}

static bool is_asked_for(const struct call_slot *slot, int64_t channel_key)
{
    return is_taken(slot) && (channel_key == 0 || slot->participant.channel_key == channel_key);
}

/* How many are in one channel's call, or in all (channel_key 0). */
static size_t count_taken(const struct calls_section *calls, int64_t channel_key)
{
    size_t count = 0;

    for (uint32_t i = 0; i < calls->used; i++)
        count += is_asked_for(&calls->slots[i], channel_key);
    return count;
}

static enum call_change add(struct calls_section *calls, const struct call_participant *participant, unsigned most)
{
    if (most != 0 && count_taken(calls, participant->channel_key) >= most)
        return CALL_CROWDED;
    struct call_slot *slot = find_free(calls);
    if (!slot)
        return CALL_FULL;
    slot->participant = *participant;
    atomic_store_explicit(&slot->taken, true, memory_order_release);
    return CALL_CHANGED;
}

enum call_change calls_join(struct bus *bus, const struct call_participant *participant, unsigned most)
{
    assert(participant->channel_key != 0 && participant->process < bus->processes);
    assert(memchr(participant->username, '\0', sizeof(participant->username)));
    assert(memchr(participant->server_name, '\0', sizeof(participant->server_name)));
    struct calls_section *calls = acquire(bus);
    struct call_slot *slot = find(calls, participant->channel_key, participant->user_key);
    enum call_change change = CALL_UNCHANGED;

    if (slot) {
        slot->participant.process = participant->process; /* the newest connection is the one that is in the call */
        if (participant->heard_at != 0)
            slot->participant.heard_at = participant->heard_at;
    } else {
        change = add(calls, participant, most);
    }
    lock_release(&calls->lock);
    return change;
}

enum call_change calls_leave(struct bus *bus, int64_t channel_key, int64_t user_key, struct call_participant *left_r)
{
    struct calls_section *calls = acquire(bus);
    struct call_slot *slot = find(calls, channel_key, user_key);

    if (slot) {
        if (left_r)
            *left_r = slot->participant;
        give_back(calls, slot);
    }
    lock_release(&calls->lock);
    return slot ? CALL_CHANGED : CALL_UNCHANGED;
}

static bool is_silent(const struct call_slot *slot, const char *server_name, uint64_t before)
{
    const struct call_participant *participant = &slot->participant;

    return is_taken(slot) && participant->process == 0 && participant->heard_at != 0 &&
           participant->heard_at < before && strcmp(participant->server_name, server_name) == 0;
}

bool calls_take_silent(struct bus *bus, const char *server_name, uint64_t before, struct call_participant *left_r)
{
    struct calls_section *calls = acquire(bus);
    struct call_slot *found = NULL;

    for (uint32_t i = 0; i < calls->used && !found; i++) {
        if (is_silent(&calls->slots[i], server_name, before))
            found = &calls->slots[i];
    }
    if (found) {
        *left_r = found->participant;
        give_back(calls, found);
    }
    lock_release(&calls->lock);
    return found != NULL;
}

struct call_participant *calls_participants(struct bus *bus, int64_t channel_key, size_t *count_r)
{
    struct call_participant *participants = NULL;
    struct calls_section *calls = acquire(bus);
    size_t count = count_taken(calls, channel_key);

    if (count > 0) {
        participants = malloc(count * sizeof(*participants));
        assert(participants);
    }
    count = 0;
    for (uint32_t i = 0; i < calls->used; i++) {
        if (is_asked_for(&calls->slots[i], channel_key))
            participants[count++] = calls->slots[i].participant;
    }
    lock_release(&calls->lock);
    *count_r = count;
    return participants;
}

void calls_end(struct bus *bus, int64_t channel_key)
{
    assert(channel_key != 0);
    struct calls_section *calls = acquire(bus);

    for (uint32_t i = calls->used; i-- > 0;) {
        if (is_asked_for(&calls->slots[i], channel_key))
            give_back(calls, &calls->slots[i]);
    }
    lock_release(&calls->lock);
}

static struct call_slot *find_abandoned(struct calls_section *calls)
{
    for (uint32_t i = calls->used; i-- > 0;) {
        if (is_taken(&calls->slots[i]) && calls->slots[i].participant.process == ABANDONED)
            return &calls->slots[i];
    }
    return NULL;
}

bool calls_take_abandoned(struct bus *bus, struct call_participant *left_r)
{
    struct calls_section *calls = acquire(bus);
    struct call_slot *slot = find_abandoned(calls);

    if (slot) {
        *left_r = slot->participant;
        give_back(calls, slot);
    }
    lock_release(&calls->lock);
    return slot != NULL;
}

/* The master can write to no database: those who can take them out, and tell other servers. */
void calls_process_gone(struct bus *bus, unsigned process)
{
    static const struct event event = { .kind = EVENT_CALLS_ABANDONED, .scope = EVENT_TO_WORKERS };
    struct calls_section *calls = acquire(bus);
    bool any = false;

    for (uint32_t i = 0; i < calls->used; i++) {
        struct call_slot *slot = &calls->slots[i];
        if (!is_taken(slot) || slot->participant.process != process)
            continue;
        slot->participant.process = ABANDONED;
        any = true;
    }
    lock_release(&calls->lock);
    if (any)
        bus_publish(bus, &event);
}
