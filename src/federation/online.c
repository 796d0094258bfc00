/*
 * online.c - who of a peer's users is online, in this server's presence. Federation process.
 *
 * Always holds: whoever is in the table has been entered into the presence by this process, once.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "bering/presence.h"
#include "bering/text.h"
#include "federation/discover.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum {
    LOOKUPS_MOST = 5000,          /* names that are looked up for one answer */
    SILENT_ROUNDS = 6,            /* polls for which nothing need be heard of a participant of a call */
};

struct person {
    int64_t user_key;
    char *name;
    bool is_listed;               /* while it is compared with an answer */
    bool is_in_doubt;             /* the name may be another user's by now */
    UT_hash_handle hh;
};

struct online {
    struct peer *peer;
    struct person *people;
};

struct online *online_new(struct peer *peer)
{
    struct online *online = calloc(1, sizeof(*online));

    assert(online != NULL);
    online->peer = peer;
    return online;
}

/* ---- calls: who is gone hangs up ---- */

static void publish_leave(struct bus *bus, const struct call_participant *left)
{
    struct event_batch events = {0};

    events_call(&events, false, left);
    bus_publish(bus, &events.events[0]);
    event_batch_deinit(&events);
}

static int compare_keys(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* Only those whom a peer's server brought into a call; keys are sorted. */
static void leave_calls(struct bus *bus, const int64_t *user_keys, size_t count)
{
    size_t participants;
    struct call_participant *list = calls_participants(bus, 0, &participants), left;

    for (size_t i = 0; i < participants; ++i)
        if (list[i].process == 0 &&
            bsearch(&list[i].user_key, user_keys, count, sizeof(*user_keys), compare_keys) != NULL &&
            calls_leave(bus, list[i].channel_key, list[i].user_key, &left) == CALL_CHANGED)
            publish_leave(bus, &left);
    free(list);
}

/*
 * Longer than a round in which nothing gets through. One who is told of by an original, which does not say so again,
 * stays until presence tells.
 */
void online_end_silent_calls(const struct peer *peer)
{
    const struct federation *federation = peer->federation;
    uint64_t longest = (uint64_t)federation->config->federation_poll_seconds * 1000 * SILENT_ROUNDS;
    struct call_participant left;

    while (federation->now > longest &&
           calls_take_silent(federation->bus, peer->name, federation->now - longest, &left))
        publish_leave(federation->bus, &left);
}

/* ---- coming and going ---- */

/* Everybody who is not marked as listed leaves. */
static void leave(struct online *online)
{
    struct bus *bus = online->peer->federation->bus;
    struct person *person, *next;
    int64_t *keys = malloc((HASH_COUNT(online->people) + 1) * sizeof(*keys));
    size_t count = 0;

    assert(keys != NULL);
    HASH_ITER(hh, online->people, person, next) {
        if (person->is_listed)
            continue;
        keys[count++] = person->user_key;
        presence_leave(bus, person->user_key);
        HASH_DEL(online->people, person);
        free(person->name);
        free(person);
    }
    if (count > 0) {
        qsort(keys, count, sizeof(*keys), compare_keys);
        leave_calls(bus, keys, count);
    }
    free(keys);
}

void online_free(struct online **online)
{
    struct person *person;

    for (person = (*online)->people; person != NULL; person = person->hh.next)
        person->is_listed = false;
    leave(*online);
    free(*online);
    *online = NULL;
}

/* False if the user is not known here, or there is no room. */
static bool enter(struct online *online, const char *name)
{
    const struct federation *federation = online->peer->federation;
    struct user *user;

    if (store_user_by_name(federation->store, name, online->peer->name, &user) != RESULT_OK)
        return false;
    bool entered = user->server_key == online->peer->key && presence_enter(federation->bus, user->key, &user->id);
    if (entered) {
        struct person *person = calloc(1, sizeof(*person));
        assert(person != NULL);
        *person = (struct person){.user_key = user->key, .name = text_copy(name)};
        HASH_ADD_KEYPTR(hh, online->people, person->name, strlen(person->name), person);
    }
    free(user);
    return entered;
}

static struct person *find(struct online *online, const char *name)
{
    struct person *person;

    HASH_FIND(hh, online->people, name, strlen(name), person);
    return person;
}

void online_doubt(struct online *online, int64_t user_key)
{
    for (struct person *person = online->people; person != NULL; person = person->hh.next)
        person->is_in_doubt |= user_key == 0 || person->user_key == user_key;
}

bool online_set(struct online *online, const struct peer_list *list)
{
    size_t lookups = 0;
    bool complete = true;

    for (struct person *person = online->people; person != NULL; person = person->hh.next)
        person->is_listed = false;
    for (size_t i = 0; i < list->count; ++i) {
        struct person *person = find(online, list->entries[i].name);
        if (person != NULL)
            person->is_listed = !person->is_in_doubt;
    }
    leave(online); /* first: who has another name now, or is in doubt, enters again below */
    for (size_t i = 0; i < list->count; ++i)
        if (find(online, list->entries[i].name) == NULL)
            complete &= lookups++ < LOOKUPS_MOST && enter(online, list->entries[i].name);
    return complete;
}
