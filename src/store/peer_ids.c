/*
 * peer_ids.c - users and channels of other servers, recognised by the ids that these have for them. Runs in every
 * process that opens the store.
 *
 * Always holds: an id counts only together with the server that says it, so nobody reaches what is of another one;
 * messages stay with the user and the channel that they were stored for.
 */
#include "bering/peers.h"
#include "store/internal.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASIDE_SIZE = 8 + UUID_TEXT_LENGTH + 1 };

/* ---- what is known ---- */

static enum result list_known(struct query *query, peer_known_row *row, void *argument)
{
    while (query_step(query)) {
        struct peer_known known = {
            .key = query_integer(query, 0),
            .name = query_text(query, 1),
            .display_name = query_text(query, 2),
            .has_id = !query_is_null(query, 3),
            .id = query_uuid(query, 3),
        };
        row(argument, &known);
    }
    return query_end(query);
}

enum result peer_known_users(struct store *store, int64_t server_key, peer_known_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_PEER_USERS);
    query_bind_integer(&query, server_key);
    return list_known(&query, row, argument);
}

enum result peer_known_channels(struct store *store, const char *origin_server, peer_known_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_PEER_CHANNELS);
    query_bind_text(&query, origin_server);
    return list_known(&query, row, argument);
}

/* ---- ids ---- */

static enum result set_id(struct store *store, enum statement statement, int64_t key, const struct uuid *id)
{
    struct query query = query_begin(store, statement);
    query_bind_integer(&query, key);
    query_bind_uuid(&query, id);
    return query_run(&query, NULL);
}

enum result peer_user_set_id(struct store *store, int64_t key, const struct uuid *id)
{
    return set_id(store, STATEMENT_PEER_USER_SET_ID, key, id);
}

enum result peer_channel_set_id(struct store *store, int64_t key, const struct uuid *id)
{
    return set_id(store, STATEMENT_PEER_CHANNEL_SET_ID, key, id);
}

/* A name that nobody has. */
static const char *name_aside(char name[ASIDE_SIZE])
{
    char text[UUID_TEXT_LENGTH + 1];
    struct uuid id = uuid_new();

    snprintf(name, ASIDE_SIZE, "renamed-%s", uuid_format(&id, text));
    return name;
}

/*
 * Whether a claim means one that has its name: who has its id (a key, 0: nobody) is the same one; or nobody has it, and
 * the claim says none, or the one with the name has none. *has_id_r: the latter has one.
 */
static enum result is_meant(struct store *store, enum statement id_of, const struct peer_claim *claim, int64_t by_id,
                            int64_t by_name, bool *has_id_r, bool *meant_r)
{
    struct query query = query_begin(store, id_of);
    query_bind_integer(&query, by_name);
    *has_id_r = query_step(&query) && !query_is_null(&query, 0);
    *meant_r = by_id == by_name || (by_id == 0 && (claim->id == NULL || !*has_id_r));
    return query_end(&query);
}

/* Not to be found is not to fail. */
static enum result if_any(enum result result)
{
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

/* ---- users ---- */

static enum result user_by_peer_id(struct store *store, int64_t server_key, const struct uuid *id, struct user **user_r)
{
    struct query query = query_begin(store, STATEMENT_PEER_USER_BY_ID);
    query_bind_integer(&query, server_key);
    query_bind_uuid(&query, id);
    return user_finish(&query, user_r);
}

static enum result user_by_name(struct store *store, int64_t server_key, const char *username, struct user **user_r)
{
    struct query query = query_begin(store, STATEMENT_USER_OF_SERVER);
    query_bind_integer(&query, server_key);
    query_bind_text(&query, username);
    return user_finish(&query, user_r);
}

struct candidates {
    struct user *meant;           /* NULL: nobody is known yet; may be deleted */
    struct user *other;           /* somebody else who has the name; NULL: nobody */
    bool other_has_id;
};

static enum result find_candidates(struct store *store, int64_t server_key, const struct peer_claim *claim,
                                   struct candidates *found)
{
    enum result result = RESULT_OK;

    *found = (struct candidates){0};
    if (claim->id != NULL)
        result = if_any(user_by_peer_id(store, server_key, claim->id, &found->meant));
    if (result == RESULT_OK)
        result = if_any(user_by_name(store, server_key, claim->name, &found->other));
    if (result != RESULT_OK || found->other == NULL)
        return result;
    bool meant;
    result = is_meant(store, STATEMENT_PEER_USER_ID, claim, found->meant != NULL ? found->meant->key : 0,
                      found->other->key, &found->other_has_id, &meant);
    if (result == RESULT_OK && meant) {
        free(found->meant);
        found->meant = found->other;
        found->other = NULL;
    }
    return result;
}

enum result peer_user_find(struct store *store, int64_t server_key, const struct peer_claim *claim,
                           struct user **user_r)
{
    struct candidates found;
    enum result result = find_candidates(store, server_key, claim, &found);

    free(found.other);
    if (result == RESULT_OK && found.meant == NULL)
        result = RESULT_NOT_FOUND;
    if (result == RESULT_OK)
        *user_r = found.meant;
    else
        free(found.meant);
    return result;
}

static enum result name_user(struct store *store, enum statement statement, int64_t key, const char *username)
{
    struct query query = query_begin(store, statement);
    query_bind_integer(&query, key);
    query_bind_text(&query, username);
    return query_run(&query, NULL);
}

/* The name is free now. */
static enum result call_user(struct store *store, const struct user *user, const char *username)
{
    if (user->is_deleted)
        return name_user(store, STATEMENT_PEER_USER_REVIVE, user->key, username);
    return strcmp(user->username, username) == 0
               ? RESULT_OK
               : name_user(store, STATEMENT_USER_OF_SERVER_RENAME, user->key, username);
}

/* Who was known by the name alone was the same user all the time: memberships go over. */
static enum result give_up_user(struct store *store, int64_t key, const char *username)
{
    enum result result = name_user(store, STATEMENT_MEMBERS_TAKE_OVER, key, username);

    return result == RESULT_OK ? store_user_delete(store, key) : result;
}

/* Makes sure that whoever is meant has the name, and nobody else. */
static enum result give_name(struct store *store, const struct peer_claim *claim, const struct candidates *found)
{
    char aside[ASIDE_SIZE];
    enum result result = RESULT_OK;

    if (found->other != NULL)
        result = name_user(store, STATEMENT_USER_OF_SERVER_RENAME, found->other->key, name_aside(aside));
    if (result == RESULT_OK && found->meant != NULL)
        result = call_user(store, found->meant, claim->name);
    if (result == RESULT_OK && found->meant != NULL && found->other != NULL && !found->other_has_id)
        result = give_up_user(store, found->other->key, claim->name);
    return result;
}

enum result peer_user_learn(struct store *store, int64_t server_key, const struct peer_claim *claim,
                            struct peer_user_learned *learned_r)
{
    struct peer_user_learned learned = {0};
    struct candidates found;

    assert(store->in_transaction && server_key != 0);
    enum result result = find_candidates(store, server_key, claim, &found);
    if (result == RESULT_OK) {
        learned.is_new = found.meant == NULL || found.meant->is_deleted;
        result = give_name(store, claim, &found);
    }
    if (result == RESULT_OK)
        result = peer_user_put(store, server_key, claim->name, claim->display_name, &learned.user, &learned.is_changed);
    if (result == RESULT_OK && claim->id != NULL)
        result = peer_user_set_id(store, learned.user->key, claim->id);
    if (result == RESULT_OK && found.other != NULL)
        result = store_user_by_key(store, found.other->key, &learned.displaced);
    if (result == RESULT_OK) {
        learned.is_changed |= learned.is_new || strcmp(found.meant->username, claim->name) != 0;
        *learned_r = learned;
    } else {
        free(learned.user);
    }
    free(found.meant);
    free(found.other);
    return result;
}

/* ---- channels ---- */

struct channel_candidates {
    struct channel *meant, *other;
    bool other_has_id;
};

static enum result channel_by_peer_id(struct store *store, const char *origin_server, const struct uuid *id,
                                      struct channel **channel_r)
{
    struct query query = query_begin(store, STATEMENT_PEER_CHANNEL_BY_ID);
    query_bind_text(&query, origin_server);
    query_bind_uuid(&query, id);
    return channel_finish(&query, channel_r);
}

static enum result find_channels(struct store *store, const char *origin_server, const struct peer_claim *claim,
                                 struct channel_candidates *found)
{
    enum result result = RESULT_OK;

    *found = (struct channel_candidates){0};
    if (claim->id != NULL)
        result = if_any(channel_by_peer_id(store, origin_server, claim->id, &found->meant));
    if (result == RESULT_OK)
        result = if_any(store_channel_by_name(store, claim->name, origin_server, &found->other));
    if (result != RESULT_OK || found->other == NULL)
        return result;
    bool meant;
    result = is_meant(store, STATEMENT_PEER_CHANNEL_ID, claim, found->meant != NULL ? found->meant->key : 0,
                      found->other->key, &found->other_has_id, &meant);
    if (result == RESULT_OK && meant) {
        free(found->meant);
        found->meant = found->other;
        found->other = NULL;
    }
    return result;
}

enum result peer_channel_find(struct store *store, const char *origin_server, const struct peer_claim *claim,
                              struct channel **channel_r)
{
    struct channel_candidates found;
    enum result result = find_channels(store, origin_server, claim, &found);

    free(found.other);
    if (result == RESULT_OK && found.meant == NULL)
        result = RESULT_NOT_FOUND;
    if (result == RESULT_OK)
        *channel_r = found.meant;
    else
        free(found.meant);
    return result;
}

static void note_member(void *argument, const struct user *user)
{
    bool *has_members = argument;

    (void)user;
    *has_members = true;
}

static enum result is_in_use(struct store *store, const struct channel *channel, bool *used_r)
{
    int64_t newest;
    enum result result = peer_channel_newest(store, channel->key, &newest);

    *used_r = result == RESULT_OK && newest != 0;
    return result == RESULT_OK ? store_members(store, channel->key, note_member, used_r) : result;
}

/* Makes room for the name; *kept_r: whoever has it keeps it. */
static enum result displace(struct store *store, const struct channel_candidates *found,
                            struct peer_channel_learned *learned, bool *kept_r)
{
    char aside[ASIDE_SIZE];
    bool is_used = false;
    enum result result = RESULT_OK;

    *kept_r = false;
    if (found->other_has_id)
        return store_channel_update(store, found->other->key, name_aside(aside), -1, &learned->displaced);
    result = is_in_use(store, found->other, &is_used);
    *kept_r = is_used;
    if (result != RESULT_OK || is_used)
        return result;
    result = store_channel_by_id(store, &found->other->id, &learned->displaced);
    if (result == RESULT_OK)
        result = store_channel_delete(store, found->other->key);
    learned->is_displaced_gone = true;
    return result;
}

static enum result call_channel(struct store *store, const char *origin_server, const struct peer_claim *claim,
                                const struct channel *meant, struct peer_channel_learned *learned)
{
    enum result result;

    if (meant == NULL) {
        result = peer_channel_put(store, claim->name, origin_server, &learned->channel, &learned->is_new);
    } else {
        learned->is_changed = strcmp(meant->name, claim->name) != 0;
        result = store_channel_update(store, meant->key, claim->name, -1, &learned->channel);
    }
    learned->is_changed |= learned->is_new;
    if (result == RESULT_OK && claim->id != NULL)
        result = peer_channel_set_id(store, learned->channel->key, claim->id);
    return result;
}

enum result peer_channel_learn(struct store *store, const char *origin_server, const struct peer_claim *claim,
                               struct peer_channel_learned *learned_r)
{
    struct peer_channel_learned learned = {0};
    struct channel_candidates found;
    bool is_kept = false;

    assert(store->in_transaction);
    if (origin_server[0] == '\0' || strcmp(origin_server, store->server_name) == 0)
        return RESULT_BAD_REQUEST;
    enum result result = find_channels(store, origin_server, claim, &found);
    if (result == RESULT_OK && found.other != NULL)
        result = displace(store, &found, &learned, &is_kept);
    if (result == RESULT_OK && is_kept)
        result = store_channel_by_id(store, &found.meant->id, &learned.channel);
    else if (result == RESULT_OK)
        result = call_channel(store, origin_server, claim, found.meant, &learned);
    if (result == RESULT_OK) {
        *learned_r = learned;
    } else {
        free(learned.channel);
        free(learned.displaced);
    }
    free(found.meant);
    free(found.other);
    return result;
}
