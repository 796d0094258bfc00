/*
 * discover.c - users and channels that a peer tells of. Federation process.
 *
 * Always holds: what is as the database has it costs one read and no transaction; nothing is removed because a peer does not
 * mention it, since it may only have hidden it.
 */
#include "federation/discover.h"

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

/* ---- what is known, sorted by name ---- */

struct known {
    struct peer_entry *entries;
    size_t count, capacity;
    const char *origin;           /* of the channels that are looked for */
};

static void keep(struct known *known, const char *name, const char *display_name)
{
    if (known->count == known->capacity) {
        known->capacity = known->capacity == 0 ? 64 : 2 * known->capacity;
        known->entries = realloc(known->entries, known->capacity * sizeof(known->entries[0]));
        assert(known->entries != NULL);
    }
    known->entries[known->count++] =
        (struct peer_entry){.name = text_copy(name), .display_name = text_copy(display_name != NULL ? display_name : "")};
}

static void keep_user(void *argument, const struct user *user)
{
    keep(argument, user->username, user->display_name);
}

static void keep_channel(void *argument, const struct channel *channel)
{
    struct known *known = argument;

    if (strcmp(channel->origin_server, known->origin) == 0)
        keep(known, channel->name, NULL);
}

static int compare_entries(const void *a, const void *b)
{
    const struct peer_entry *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static void known_sort(struct known *known)
{
    if (known->count > 0)
        qsort(known->entries, known->count, sizeof(known->entries[0]), compare_entries);
}

static void known_deinit(struct known *known)
{
    for (size_t i = 0; i < known->count; ++i) {
        free((char *)(uintptr_t)known->entries[i].name);
        free((char *)(uintptr_t)known->entries[i].display_name);
    }
    free(known->entries);
}

/*
 * What of the list is to be written: its entries are moved to the front. *new_r: how many of them have a name that is not known.
 */
static size_t find_changes(const struct peer_list *list, const struct known *known, struct peer_entry *changes, size_t *new_r)
{
    size_t count = 0;

    *new_r = 0;
    for (size_t i = 0, j = 0; i < list->count; ++i) {
        const struct peer_entry *entry = &list->entries[i];
        while (j < known->count && strcmp(known->entries[j].name, entry->name) < 0)
            ++j;
        bool is_new = j == known->count || strcmp(known->entries[j].name, entry->name) != 0;
        const char *display_name = entry->display_name != NULL ? entry->display_name : "";
        if (!is_new && strcmp(known->entries[j].display_name, display_name) == 0)
            continue;
        *new_r += is_new;
        changes[count++] = *entry;
    }
    return count;
}

/* ---- writing ---- */

/* Writes one entry, and its event. */
typedef enum result write_entry(struct peer *peer, const struct peer_entry *entry, struct event_batch *events);

static enum result write_user(struct peer *peer, const struct peer_entry *entry, struct event_batch *events)
{
    struct store *store = peer->federation->store;
    struct user *user = NULL;
    bool is_known = false, changed;
    enum result result = store_user_by_name(store, entry->name, peer->name, &user);

    if (result == RESULT_OK) {
        is_known = true;
        free(user);
    } else if (result != RESULT_NOT_FOUND) {
        return result;
    }
    result = peer_user_put(store, peer->key, entry->name, entry->display_name, &user, &changed);
    if (result != RESULT_OK)
        return result;
    if (changed)
        events_user(events, is_known ? CHANGE_UPDATED : CHANGE_CREATED, user);
    free(user);
    return RESULT_OK;
}

static enum result write_channel(struct peer *peer, const struct peer_entry *entry, struct event_batch *events)
{
    struct channel *channel;
    bool created;
    enum result result = peer_channel_put(peer->federation->store, entry->name, peer->name, &channel, &created);

    if (result != RESULT_OK)
        return result;
    if (created)
        events_channel(events, CHANGE_CREATED, channel, 0);
    free(channel);
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
static enum result commit_some(struct peer *peer, write_entry *write, const struct peer_entry *entries, size_t count, bool tells)
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

static enum result write_changes(struct peer *peer, write_entry *write, const struct peer_list *list, struct known *known,
                                 size_t *changed_r)
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
    enum result result = peer_users(peer->federation->store, peer->key, keep_user, &known);

    if (result == RESULT_OK)
        result = write_changes(peer, write_user, list, &known, changed_r);
    known_deinit(&known);
    return result;
}

enum result discover_channels(struct peer *peer, const struct peer_list *list, size_t *changed_r)
{
    struct known known = {.origin = peer->name};
    enum result result = store_channels(peer->federation->store, 0, keep_channel, &known);

    if (result == RESULT_OK)
        result = write_changes(peer, write_channel, list, &known, changed_r);
    known_deinit(&known);
    return result;
}
