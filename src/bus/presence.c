/*
 * presence.c - who is online: entries in the segment, found by a hash of the user's key.
 *
 * Runs in every process, on any thread. The entries are the truth, each changed by one store at a time; chains, free
 * list and counts follow from them and are made anew when a process died with the lock held. What such a process was
 * about to announce is lost with it, so the next announcement then names nobody: clients fetch the list.
 */
#include "bus/segment.h"
#include "bering/clock.h"
#include "bering/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { INTERVAL_MIN = 50, INTERVAL_MAX = 5000, USERS_A_MILLISECOND = 10 };

_Static_assert((PRESENCE_CAPACITY & (PRESENCE_CAPACITY - 1)) == 0, "chains are chosen by a mask");
_Static_assert(BUS_PROCESSES <= 64, "an entry's processes are the bits of one word");

static uint32_t load32(const _Atomic uint32_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

static void store32(_Atomic uint32_t *value, uint32_t stored)
{
    atomic_store_explicit(value, stored, memory_order_relaxed);
}

static uint64_t processes_of(const struct presence_entry *entry)
{
    return atomic_load_explicit(&entry->processes, memory_order_relaxed);
}

static bool is_changed(const struct presence_entry *entry)
{
    return (processes_of(entry) != 0) != entry->announced;
}

static bool is_free(const struct presence_entry *entry)
{
    return processes_of(entry) == 0 && !entry->announced;
}

static uint32_t *chain_of(struct presence_section *section, int64_t user_key)
{
    uint64_t hash = (uint64_t)user_key * UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing: the high bits are good */
    return &section->chains[(hash >> 32) & (PRESENCE_CAPACITY - 1)];
}

/* The entry that a link leads to, NULL at the end. */
static struct presence_entry *follow(struct presence_section *section, uint32_t link)
{
    assert(link <= section->used);
    return link == 0 ? NULL : &section->entries[link - 1];
}

static uint32_t link_to(const struct presence_section *section, const struct presence_entry *entry)
{
    return (uint32_t)(entry - section->entries) + 1;
}

static void push(struct presence_section *section, uint32_t *list, struct presence_entry *entry)
{
    entry->next = *list;
    *list = link_to(section, entry);
}

/* Makes everything that is derived from the entries, after somebody died in the middle. */
static void repair(struct presence_section *section)
{
    uint32_t online = 0, changed = 0;

    assert(section->used <= PRESENCE_CAPACITY);
    memset(section->chains, 0, sizeof(section->chains));
    section->free = 0;
    for (uint32_t i = 0; i < section->used; i++) {
        struct presence_entry *entry = &section->entries[i];
        push(section, is_free(entry) ? &section->free : chain_of(section, entry->user_key), entry);
        online += processes_of(entry) != 0;
        changed += is_changed(entry);
    }
    store32(&section->online, online);
    store32(&section->changed, changed);
    atomic_store_explicit(&section->unlisted, true, memory_order_relaxed);
    atomic_fetch_add(&section->generation, 1);
}

static struct presence_section *acquire(struct bus *bus)
{
    struct presence_section *section = &bus->segment->presence;

    if (lock_acquire(&section->lock))
        repair(section);
    return section;
}

static struct presence_entry *find(struct presence_section *section, int64_t user_key)
{
    struct presence_entry *entry = follow(section, *chain_of(section, user_key));

    while (entry && entry->user_key != user_key)
        entry = follow(section, entry->next);
    return entry;
}

/* A new entry that no process holds yet, or NULL if all are in use. */
static struct presence_entry *add(struct presence_section *section, int64_t user_key, const struct uuid *user_id)
{
    struct presence_entry *entry = follow(section, section->free);

    if (entry) {
        section->free = entry->next;
    } else {
        if (section->used == PRESENCE_CAPACITY)
            return NULL;
        entry = &section->entries[section->used++];
    }
    entry->user_key = user_key;
    entry->user_id = *user_id;
    push(section, chain_of(section, user_key), entry);
    return entry;
}

/* Moves an entry that is_free from its chain to the free list. */
static void discard(struct presence_section *section, struct presence_entry *entry)
{
    uint32_t *link = chain_of(section, entry->user_key);

    while (*link != link_to(section, entry)) {
        struct presence_entry *before = follow(section, *link);
        assert(before);
        link = &before->next;
    }
    *link = entry->next;
    push(section, &section->free, entry);
}

static void set_processes(struct presence_section *section, struct presence_entry *entry, uint64_t processes)
{
    bool was_online = processes_of(entry) != 0, is_online = processes != 0;

    atomic_store_explicit(&entry->processes, processes, memory_order_release);
    if (was_online == is_online)
        return;
    store32(&section->online, load32(&section->online) + (is_online ? 1 : -1U));
    store32(&section->changed, load32(&section->changed) + (is_changed(entry) ? 1 : -1U));
    if (is_free(entry))
        discard(section, entry);
}

bool presence_enter(struct bus *bus, int64_t user_key, const struct uuid *user_id)
{
    struct presence_section *section = acquire(bus);
    struct presence_entry *entry = find(section, user_key);

    if (!entry)
        entry = add(section, user_key, user_id);
    if (entry)
        set_processes(section, entry, processes_of(entry) | UINT64_C(1) << bus->process);
    lock_release(&section->lock);
    return entry != NULL;
}

void presence_leave(struct bus *bus, int64_t user_key)
{
    struct presence_section *section = acquire(bus);
    struct presence_entry *entry = find(section, user_key);

    if (entry)
        set_processes(section, entry, processes_of(entry) & ~(UINT64_C(1) << bus->process));
    lock_release(&section->lock);
}

bool presence_is_online(struct bus *bus, int64_t user_key)
{
    struct presence_section *section = acquire(bus);
    struct presence_entry *entry = find(section, user_key);
    bool online = entry && processes_of(entry) != 0;

    lock_release(&section->lock);
    return online;
}

unsigned presence_online_count(struct bus *bus)
{
    return load32(&bus->segment->presence.online);
}

static int compare_keys(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

int64_t *presence_online(struct bus *bus, size_t *count_r)
{
    /* Room for everybody, so that nothing is allocated under the lock; what is never touched costs nothing. */
    int64_t *keys = malloc(PRESENCE_CAPACITY * sizeof(*keys));
    size_t count = 0;

    assert(keys);
    struct presence_section *section = acquire(bus);
    for (uint32_t i = 0; i < section->used; i++) {
        if (processes_of(&section->entries[i]) != 0)
            keys[count++] = section->entries[i].user_key;
    }
    lock_release(&section->lock);

    *count_r = count;
    if (count == 0) {
        free(keys);
        return NULL;
    }
    qsort(keys, count, sizeof(*keys), compare_keys);
    int64_t *shrunk = realloc(keys, count * sizeof(*keys));
    return shrunk ? shrunk : keys;
}

bool presence_is_among(const int64_t *keys, size_t count, int64_t user_key)
{
    return count > 0 && bsearch(&user_key, keys, count, sizeof(*keys), compare_keys) != NULL;
}

uint64_t presence_generation(struct bus *bus)
{
    return atomic_load(&bus->segment->presence.generation);
}

/* Whether there is something to announce; needs no lock. */
static bool is_due(const struct presence_section *section)
{
    return load32(&section->changed) > 0 || atomic_load_explicit(&section->unlisted, memory_order_relaxed);
}

/* Takes all changes as announced, and writes them to json as the "users" array if they are to be listed. */
static void settle_changes(struct presence_section *section, struct json *json, bool listed)
{
    if (listed) {
        json_key(json, "users");
        json_array_begin(json);
    }
    for (uint32_t i = 0; i < section->used; i++) {
        struct presence_entry *entry = &section->entries[i];
        if (!is_changed(entry))
            continue;
        entry->announced = processes_of(entry) != 0;
        if (listed) {
            json_object_begin(json);
            json_key_uuid(json, "user_id", &entry->user_id);
            json_key_boolean(json, "is_online", entry->announced);
            json_object_end(json);
        }
        if (is_free(entry))
            discard(section, entry);
    }
    if (listed)
        json_array_end(json);
    store32(&section->changed, 0);
}

/* Under the lock, so that announcements are published in the order in which they were made. */
static void announce(struct bus *bus, struct presence_section *section, uint64_t now_ms)
{
    struct json json = { 0 };
    bool listed = load32(&section->changed) <= PRESENCE_LISTED && !atomic_load(&section->unlisted);

    json_object_begin(&json);
    json_key_text(&json, "event", event_name(EVENT_PRESENCE_CHANGED));
    json_key_null(&json, "user_id");
    json_key_null(&json, "channel_id");
    json_key_integer(&json, "online_count", load32(&section->online));
    settle_changes(section, &json, listed);
    json_object_end(&json);

    /* Before the event is out: a client that asks because of it must not be given an older list. */
    atomic_fetch_add(&section->generation, 1);
    struct event event = {
        .kind = EVENT_PRESENCE_CHANGED, .scope = EVENT_TO_ALL, .json = json.text, .length = json.length
    };
    uint64_t id = bus_publish(bus, &event);
    assert(id != 0); /* PRESENCE_LISTED users fit into the smallest ring */
    atomic_store_explicit(&section->unlisted, false, memory_order_relaxed);
    atomic_store_explicit(&section->announced_at, now_ms, memory_order_relaxed);
    json_deinit(&json);
}

/* Milliseconds until the next announcement may be made: all who are online get it. */
static uint64_t time_left(const struct presence_section *section, uint64_t now_ms)
{
    uint64_t interval = load32(&section->online) / USERS_A_MILLISECOND;
    uint64_t last = atomic_load_explicit(&section->announced_at, memory_order_relaxed);

    if (interval < INTERVAL_MIN)
        interval = INTERVAL_MIN;
    if (interval > INTERVAL_MAX)
        interval = INTERVAL_MAX;
    return last != 0 && now_ms < last + interval ? last + interval - now_ms : 0;
}

unsigned presence_announce_at(struct bus *bus, uint64_t now_ms)
{
    if (!is_due(&bus->segment->presence))
        return 0;
    uint64_t left = time_left(&bus->segment->presence, now_ms);
    if (left > 0)
        return (unsigned)left;

    struct presence_section *section = acquire(bus);
    left = is_due(section) ? time_left(section, now_ms) : 0;
    if (is_due(section) && left == 0)
        announce(bus, section, now_ms); /* nobody else did while this process waited for the lock */
    lock_release(&section->lock);
    return (unsigned)left;
}

unsigned presence_announce(struct bus *bus)
{
    return presence_announce_at(bus, clock_monotonic_ms());
}

void presence_process_gone(struct bus *bus, unsigned process)
{
    uint64_t bit = UINT64_C(1) << process;
    struct presence_section *section = acquire(bus);

    for (uint32_t i = 0; i < section->used; i++) {
        struct presence_entry *entry = &section->entries[i];
        if (processes_of(entry) & bit)
            set_processes(section, entry, processes_of(entry) & ~bit);
    }
    if (is_due(section))
        announce(bus, section, clock_monotonic_ms());
    lock_release(&section->lock);
}
