/*
 * discover.c - users and channels that a peer tells of. Federation process.
 *
 * Always holds: what is as the database has it costs one read and no transaction; what a peer does not mention is
 * removed only if its lists are complete, and two of them lack it.
 */
#include "federation/discover.h"

#include "bering/calls.h"
#include "bering/commit.h"
#include "bering/events.h"
#include "bering/text.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    WRITES_IN_COMMIT = 250,       /* others wait for the lock meanwhile */
    EVENTS_MOST = 100,            /* more changes than that in one answer are told as one: ask again */
};

/* ---- what is known ---- */

struct thing {
    int64_t key;
    char *name;
    char *display_name;
    bool has_id;
    bool is_listed;               /* by the peer, now */
    struct uuid id;
};

struct known {
    struct thing *things;         /* by name */
    struct thing **by_id;         /* those that have one */
    size_t count, capacity, with_id;
};

static void keep(void *argument, const struct peer_known *row)
{
    struct known *known = argument;

    if (known->count == known->capacity) {
        known->capacity = known->capacity == 0 ? 64 : 2 * known->capacity;
        known->things = realloc(known->things, known->capacity * sizeof(known->things[0]));
        assert(known->things != NULL);
    }
    known->things[known->count++] = (struct thing){
        .key = row->key,
        .name = text_copy(row->name),
        .display_name = text_copy(row->display_name != NULL ? row->display_name : ""),
        .has_id = row->has_id,
        .id = row->id,
    };
}

static int compare_names(const void *a, const void *b)
{
    const struct thing *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static int compare_ids(const void *a, const void *b)
{
    const struct thing *const *left = a, *const *right = b;

    return memcmp(&(*left)->id, &(*right)->id, sizeof(struct uuid));
}

static void known_sort(struct known *known)
{
    known->by_id = malloc((known->count + 1) * sizeof(known->by_id[0]));
    assert(known->by_id != NULL);
    if (known->count > 0)
        qsort(known->things, known->count, sizeof(known->things[0]), compare_names);
    for (size_t i = 0; i < known->count; ++i)
        if (known->things[i].has_id)
            known->by_id[known->with_id++] = &known->things[i];
    if (known->with_id > 0)
        qsort(known->by_id, known->with_id, sizeof(known->by_id[0]), compare_ids);
}

static void known_deinit(struct known *known)
{
    for (size_t i = 0; i < known->count; ++i) {
        free(known->things[i].name);
        free(known->things[i].display_name);
    }
    free(known->things);
    free(known->by_id);
}

static struct thing *find_by_id(const struct known *known, const struct uuid *id)
{
    struct thing key = {.id = *id}, *key_pointer = &key, **found = NULL;

    if (known->with_id > 0)
        found = bsearch(&key_pointer, known->by_id, known->with_id, sizeof(known->by_id[0]), compare_ids);
    return found != NULL ? *found : NULL;
}

/* As the store will find it (peers.h, peer_user_learn); NULL: it is not known. */
static struct thing *find_known(const struct known *known, const struct peer_entry *entry)
{
    struct thing key = {.name = (char *)(uintptr_t)entry->name};
    struct thing *thing = entry->has_id ? find_by_id(known, &entry->id) : NULL;

    if (thing != NULL || known->count == 0)
        return thing;
    thing = bsearch(&key, known->things, known->count, sizeof(known->things[0]), compare_names);
    return thing != NULL && entry->has_id && thing->has_id ? NULL : thing;
}

static bool is_as_known(const struct thing *thing, const struct peer_entry *entry)
{
    return strcmp(thing->name, entry->name) == 0 && thing->has_id >= entry->has_id &&
           strcmp(thing->display_name, entry->display_name != NULL ? entry->display_name : "") == 0;
}

/*
 * What of the list is to be written: its entries are moved to the front. *new_r: how many of them are not known. Marks
 * what is listed.
 */
static size_t find_changes(const struct peer_list *list, const struct known *known, struct peer_entry *changes,
                           size_t *new_r)
{
    size_t count = 0;

    *new_r = 0;
    for (size_t i = 0; i < list->count; ++i) {
        const struct peer_entry *entry = &list->entries[i];
        struct thing *thing = find_known(known, entry);
        if (thing != NULL)
            thing->is_listed = true;
        if (thing == NULL ? entry->is_only_for_members : is_as_known(thing, entry))
            continue;
        *new_r += thing == NULL;
        changes[count++] = *entry;
    }
    return count;
}

/* ---- writing ---- */

/* Writes one entry, and its event. */
typedef enum result write_entry(struct peer *peer, const struct peer_entry *entry, struct event_batch *events);

static struct peer_claim claim_of(const struct peer_entry *entry)
{
    return (struct peer_claim){
        .name = entry->name,
        .display_name = entry->display_name,
        .id = entry->has_id ? &entry->id : NULL,
    };
}

static enum result write_user(struct peer *peer, const struct peer_entry *entry, struct event_batch *events)
{
    const struct peer_claim claim = claim_of(entry);
    struct peer_user_learned learned;
    enum result result = peer_user_learn(peer->federation->store, peer->key, &claim, &learned);

    if (result != RESULT_OK)
        return result;
    events_user_learned(events, &learned);
    free(learned.user);
    free(learned.displaced);
    return RESULT_OK;
}

static enum result write_channel(struct peer *peer, const struct peer_entry *entry, struct event_batch *events)
{
    const struct peer_claim claim = claim_of(entry);
    struct peer_channel_learned learned;
    enum result result = peer_channel_learn(peer->federation->store, peer->name, &claim, &learned);

    if (result != RESULT_OK)
        return result;
    events_channel_learned(events, &learned);
    free(learned.channel);
    free(learned.displaced);
    return RESULT_OK;
}

/* The entries' transaction; the commit lock is held. */
static enum result write_all(struct peer *peer, write_entry *write, const struct peer_entry *entries, size_t count,
                             struct event_batch *events, uint64_t *commit_r)
{
    struct store *store = peer->federation->store;
    enum result result = store_begin(store);

    if (result != RESULT_OK)
        return result;
    for (size_t i = 0; i < count && result == RESULT_OK; ++i)
        result = write(peer, &entries[i], events);
    if (result == RESULT_OK)
        return store_commit(store, false, commit_r);
    store_rollback(store);
    return result;
}

/* One commit. `tells`: each change has its event; otherwise one for all of them. */
static enum result commit_some(struct peer *peer, write_entry *write, const struct peer_entry *entries, size_t count,
                               bool tells)
{
    struct federation *federation = peer->federation;
    struct event_batch events = {0};
    uint64_t commit;

    commit_lock(federation->bus, federation->store);
    enum result result = write_all(peer, write, entries, count, &events, &commit);
    if (result == RESULT_OK && !tells) {
        event_batch_clear(&events);
        events_resync(&events);
    }
    if (result == RESULT_OK)
        commit_publish(federation->bus, commit, &events, 1);
    commit_unlock(federation->bus);
    event_batch_deinit(&events);
    return result;
}

static enum result write_changes(struct peer *peer, write_entry *write, const struct peer_list *list,
                                 struct known *known, size_t *changed_r)
{
    struct peer_entry *changes = malloc((list->count + 1) * sizeof(*changes));
    size_t new_names;
    enum result result = RESULT_OK;

    assert(changes != NULL);
    known_sort(known);
    *changed_r = find_changes(list, known, changes, &new_names);
    if (known->count + new_names > PEER_LIST_MOST)
        result = RESULT_TOO_MANY;
    for (size_t done = 0; done < *changed_r && result == RESULT_OK; done += WRITES_IN_COMMIT) {
        size_t left = *changed_r - done;
        result = commit_some(peer, write, changes + done, left < WRITES_IN_COMMIT ? left : WRITES_IN_COMMIT,
                             *changed_r <= EVENTS_MOST);
    }
    free(changes);
    return result;
}

enum result discover_users(struct peer *peer, const struct peer_list *list, size_t *changed_r)
{
    struct known known = {0};
    enum result result = peer_known_users(peer->federation->store, peer->key, keep, &known);

    if (result == RESULT_OK)
        result = write_changes(peer, write_user, list, &known, changed_r);
    known_deinit(&known);
    return result;
}

enum result discover_channels(struct peer *peer, const struct peer_list *list, size_t *changed_r)
{
    struct known known = {0};
    enum result result = peer_known_channels(peer->federation->store, peer->name, keep, &known);

    if (result == RESULT_OK)
        result = write_changes(peer, write_channel, list, &known, changed_r);
    known_deinit(&known);
    return result;
}

/* ---- what is missing from complete lists ---- */

typedef enum result forget_one(struct peer *peer, const struct thing *thing, struct event_batch *events);

static enum result forget_user(struct peer *peer, const struct thing *thing, struct event_batch *events)
{
    struct store *store = peer->federation->store;
    struct user *user;
    enum result result = store_user_by_key(store, thing->key, &user);

    if (result != RESULT_OK || user->is_deleted || user->server_key != peer->key) {
        if (result == RESULT_OK)
            free(user);
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    }
    result = store_user_delete(store, user->key);
    if (result == RESULT_OK) {
        events_leave_calls(events, peer->federation->bus, user->key);
        events_user(events, CHANGE_DELETED, user);
    }
    free(user);
    return result;
}

static enum result forget_channel(struct peer *peer, const struct thing *thing, struct event_batch *events)
{
    struct store *store = peer->federation->store;
    struct channel *channel;
    enum result result = store_channel_by_name(store, thing->name, peer->name, &channel);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    if (channel->key == thing->key) {
        result = store_channel_delete(store, channel->key);
        if (result == RESULT_OK) {
            calls_end(peer->federation->bus, channel->key);
            events_channel(events, CHANGE_DELETED, channel, 0);
        }
    }
    free(channel);
    return result;
}

static bool is_missing(const struct thing *thing, int64_t newest)
{
    return !thing->is_listed && thing->key <= newest;
}

/* The commit lock is held. */
static enum result forget_some(struct peer *peer, forget_one *forget, const struct known *known, int64_t newest,
                               size_t *next, struct event_batch *events, uint64_t *commit_r)
{
    struct store *store = peer->federation->store;
    size_t written = 0;
    enum result result = store_begin(store);

    if (result != RESULT_OK)
        return result;
    for (; *next < known->count && written < WRITES_IN_COMMIT && result == RESULT_OK; ++*next)
        if (is_missing(&known->things[*next], newest)) {
            result = forget(peer, &known->things[*next], events);
            ++written;
        }
    if (result == RESULT_OK)
        return store_commit(store, false, commit_r);
    store_rollback(store);
    return result;
}

static enum result forget_all(struct peer *peer, forget_one *forget, const struct known *known, int64_t newest)
{
    struct federation *federation = peer->federation;
    enum result result = RESULT_OK;

    for (size_t next = 0; next < known->count && result == RESULT_OK;) {
        struct event_batch events = {0};
        uint64_t commit;
        commit_lock(federation->bus, federation->store);
        result = forget_some(peer, forget, known, newest, &next, &events, &commit);
        if (result == RESULT_OK)
            commit_publish(federation->bus, commit, &events, 1);
        commit_unlock(federation->bus);
        event_batch_deinit(&events);
    }
    return result;
}

static enum result forget_missing(struct peer *peer, forget_one *forget, const struct peer_list *list,
                                  struct known *known, int64_t *newest, size_t *forgotten_r)
{
    struct peer_entry *changes = malloc((list->count + 1) * sizeof(*changes));
    size_t new_names, missing = 0, later = 0;
    int64_t last = 0;
    enum result result = RESULT_OK;

    assert(changes != NULL);
    known_sort(known);
    find_changes(list, known, changes, &new_names);
    free(changes);
    for (size_t i = 0; i < known->count; ++i) {
        const struct thing *thing = &known->things[i];
        missing += is_missing(thing, *newest);
        later += !thing->is_listed && thing->key > *newest;
        last = thing->key > last ? thing->key : last;
    }
    if (missing > 0)
        result = forget_all(peer, forget, known, *newest);
    if (result == RESULT_OK)
        *newest = later > 0 ? last : 0;
    *forgotten_r = missing;
    return result;
}

enum result forget_users(struct peer *peer, const struct peer_list *list, int64_t *newest, size_t *forgotten_r)
{
    struct known known = {0};
    enum result result = peer_known_users(peer->federation->store, peer->key, keep, &known);

    if (result == RESULT_OK)
        result = forget_missing(peer, forget_user, list, &known, newest, forgotten_r);
    known_deinit(&known);
    return result;
}

enum result forget_channels(struct peer *peer, const struct peer_list *list, int64_t *newest, size_t *forgotten_r)
{
    struct known known = {0};
    enum result result = peer_known_channels(peer->federation->store, peer->name, keep, &known);

    if (result == RESULT_OK)
        result = forget_missing(peer, forget_channel, list, &known, newest, forgotten_r);
    known_deinit(&known);
    return result;
}
