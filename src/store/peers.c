/*
 * peers.c - other servers: what they can do, their users and channels, and what they may see of ours. Runs in every
 * process that opens the store.
 *
 * Always holds: nothing here makes or changes a local user or a channel of this server, whatever a peer says; a
 * membership carries its member's server, so that a channel's peers are found without reading its members.
 */
#include "bering/clock.h"
#include "bering/peers.h"
#include "store/internal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum result peer_set_abilities(struct store *store, int64_t server_key, enum peer_abilities abilities)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SERVER_ABILITIES);
    query_bind_integer(&query, server_key);
    query_bind_integer(&query, abilities);
    enum result result = query_run(&query, &changes);
    return result == RESULT_OK && changes == 0 ? RESULT_NOT_FOUND : result;
}

/* Ends a query that asks whether there is a row. */
static enum result finish_exists(struct query *query, bool *exists_r)
{
    bool exists = query_step(query);
    enum result result = query_end(query);

    if (result == RESULT_OK)
        *exists_r = exists;
    return result;
}

enum result peer_token_exists(struct store *store, const struct digest *token, bool *exists_r)
{
    struct query query = query_begin(store, STATEMENT_TOKEN_EXISTS);
    query_bind_digest(&query, token);
    return finish_exists(&query, exists_r);
}

/* ---- users ---- */

static enum result find_user(struct store *store, int64_t server_key, const char *username, struct user **user_r)
{
    struct query query = query_begin(store, STATEMENT_USER_OF_SERVER);
    query_bind_integer(&query, server_key);
    query_bind_text(&query, username);
    return user_finish(&query, user_r);
}

/* RESULT_NOT_FOUND if there is no such peer. */
static enum result make_user(struct store *store, int64_t server_key, const char *username, const char *display_name,
                             struct user **user_r)
{
    struct uuid id = uuid_new();
    int changes;

    struct query query = query_begin(store, STATEMENT_USER_OF_SERVER_INSERT);
    query_bind_uuid(&query, &id);
    query_bind_text(&query, username);
    query_bind_text(&query, display_name);
    query_bind_integer(&query, server_key);
    enum result result = query_run(&query, &changes);
    if (result != RESULT_OK)
        return result;
    return changes == 1 ? store_user_by_id(store, &id, user_r) : RESULT_NOT_FOUND;
}

static bool has_display_name(const struct user *user, const char *display_name)
{
    return strcmp(user->display_name != NULL ? user->display_name : "", display_name) == 0;
}

enum result peer_user_put(struct store *store, int64_t server_key, const char *username, const char *display_name,
                          struct user **user_r, bool *changed_r)
{
    struct user *user = NULL;

    assert(store->in_transaction && server_key != 0);
    enum result result = find_user(store, server_key, username, &user);
    if (result != RESULT_OK && result != RESULT_NOT_FOUND)
        return result;
    if (result == RESULT_OK && (display_name == NULL || has_display_name(user, display_name))) {
        *user_r = user;
        *changed_r = false;
        return RESULT_OK;
    }
    if (result == RESULT_OK) {
        struct user_change change = {.display_name = display_name};
        int64_t key = user->key;
        free(user);
        result = store_user_update(store, key, &change, user_r);
    } else {
        result = make_user(store, server_key, username, display_name, user_r);
    }
    if (result == RESULT_OK)
        *changed_r = true;
    return result;
}

/* The user of the new name is, to the peer, who the old one was: it becomes a member wherever that one is. */
static enum result give_way(struct store *store, int64_t user_key, const char *username)
{
    struct query query = query_begin(store, STATEMENT_MEMBERS_TAKE_OVER);

    query_bind_integer(&query, user_key);
    query_bind_text(&query, username);
    enum result result = query_run(&query, NULL);
    if (result == RESULT_OK)
        result = store_user_delete(store, user_key);
    return result == RESULT_OK ? RESULT_CONFLICT : result;
}

enum result peer_user_rename(struct store *store, int64_t user_key, const char *username, struct user **user_r)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_USER_OF_SERVER_RENAME);
    query_bind_integer(&query, user_key);
    query_bind_text(&query, username);
    enum result result = query_run(&query, &changes);
    if (result == RESULT_CONFLICT)
        return give_way(store, user_key, username);
    if (result != RESULT_OK)
        return result;
    return changes == 1 ? store_user_by_key(store, user_key, user_r) : RESULT_NOT_FOUND;
}

/* ---- channels ---- */

enum result peer_channel_put(struct store *store, const char *name, const char *origin_server,
                             struct channel **channel_r, bool *created_r)
{
    struct uuid id = uuid_new();
    int64_t key;

    assert(store->in_transaction);
    if (origin_server[0] == '\0' || strcmp(origin_server, store->server_name) == 0)
        return RESULT_BAD_REQUEST;
    enum result result = store_channel_by_name(store, name, origin_server, channel_r);
    bool is_new = result == RESULT_NOT_FOUND;
    if (is_new)
        result = channel_insert(store, &id, name, origin_server, false, &key);
    if (is_new && result == RESULT_OK)
        result = store_channel_by_id(store, &id, channel_r);
    if (result == RESULT_OK)
        *created_r = is_new;
    return result;
}

/* The first server behind `after` that has a member; 0: no more. */
static enum result next_server(struct store *store, int64_t channel_key, int64_t after, int64_t *server_key_r)
{
    struct query query = query_begin(store, STATEMENT_MEMBERS_NEXT_SERVER);

    query_bind_integer(&query, channel_key);
    query_bind_integer(&query, after);
    *server_key_r = query_step(&query) ? query_integer(&query, 0) : 0;
    return query_end(&query);
}

enum result peers_of_channel(struct store *store, int64_t channel_key, int64_t **keys_r, size_t *count_r)
{
    int64_t *keys = NULL;
    size_t count = 0, capacity = 0;
    int64_t server_key = 0;

    /* One seek a server, however many members it has. */
    for (;;) {
        enum result result = next_server(store, channel_key, server_key, &server_key);
        if (result != RESULT_OK) {
            free(keys);
            return result;
        }
        if (server_key == 0)
            break;
        if (count == capacity) {
            capacity = capacity != 0 ? 2 * capacity : 8;
            keys = store_reallocate(keys, capacity * sizeof(*keys));
        }
        keys[count++] = server_key;
    }
    *keys_r = keys;
    *count_r = count;
    return RESULT_OK;
}

/* ---- what a peer may see ---- */

static enum result check_hidden(struct store *store, enum statement statement, int64_t server_key, int64_t key,
                                bool *hidden_r)
{
    struct query query = query_begin(store, statement);
    query_bind_integer(&query, server_key);
    query_bind_integer(&query, key);
    return finish_exists(&query, hidden_r);
}

enum result peer_is_user_hidden(struct store *store, int64_t server_key, int64_t user_key, bool *hidden_r)
{
    return check_hidden(store, STATEMENT_HIDDEN_USER_CHECK, server_key, user_key, hidden_r);
}

enum result peer_is_channel_hidden(struct store *store, int64_t server_key, int64_t channel_key, bool *hidden_r)
{
    return check_hidden(store, STATEMENT_HIDDEN_CHANNEL_CHECK, server_key, channel_key, hidden_r);
}

enum result peer_visible_users(struct store *store, int64_t server_key, store_user_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_USERS_VISIBLE);
    query_bind_integer(&query, server_key);
    return user_finish_all(&query, row, argument);
}

enum result peer_visible_channels(struct store *store, int64_t server_key, store_channel_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_CHANNELS_VISIBLE);

    query_bind_integer(&query, server_key);
    query_bind_text(&query, store->server_name);
    while (query_step(&query)) {
        struct channel channel;
        channel_from_row(&query, &channel);
        row(argument, &channel);
    }
    return query_end(&query);
}

/* ---- a channel's history for a server that joins it ---- */

static void message_from_row(const struct query *query, const char *own_name, char sent_at[CLOCK_TEXT_LENGTH + 1],
                             struct peer_message *message_r)
{
    const char *server = query_text(query, 3), *body = query_text(query, 7);

    *message_r = (struct peer_message){
        .key = query_integer(query, 0),
        .id = query_uuid(query, 1),
        .author_username = query_text(query, 2),
        .author_server = server != NULL ? server : own_name,
        .author_display_name = query_text(query, 4),
        .sent_at = query_is_null(query, 6) ? clock_format(query_integer(query, 5), sent_at) : query_text(query, 6),
        .body = body != NULL ? body : "",
        .body_length = query_length(query, 7),
    };
}

enum result peer_channel_messages(struct store *store, int64_t server_key, int64_t channel_key, int64_t after_key,
                                  int64_t until_key, unsigned limit, peer_message_row *row, void *argument)
{
    int64_t first = conversation_of(channel_key, false), last = first + CONVERSATION_LAST;
    struct query query = query_begin(store, STATEMENT_PEER_MESSAGES);

    query_bind_integer(&query, after_key > first ? after_key : first);
    query_bind_integer(&query, until_key < last ? until_key : last);
    query_bind_integer(&query, limit);
    query_bind_integer(&query, server_key);
    while (query_step(&query)) {
        char sent_at[CLOCK_TEXT_LENGTH + 1];
        struct peer_message message;
        message_from_row(&query, store->server_name, sent_at, &message);
        row(argument, &message);
    }
    return query_end(&query);
}

enum result peer_channel_newest(struct store *store, int64_t channel_key, int64_t *key_r)
{
    int64_t first = conversation_of(channel_key, false), key = 0;
    struct query query = query_begin(store, STATEMENT_PEER_MESSAGE_NEWEST);

    query_bind_integer(&query, first);
    query_bind_integer(&query, first + CONVERSATION_LAST);
    if (query_step(&query))
        key = query_integer(&query, 0);
    enum result result = query_end(&query);
    if (result == RESULT_OK)
        *key_r = key;
    return result;
}

enum result peer_message_find(struct store *store, const struct uuid *id, int64_t *channel_key_r, int64_t *author_key_r)
{
    struct query query = query_begin(store, STATEMENT_MESSAGE_BY_ID);

    query_bind_uuid(&query, id);
    bool found = query_step(&query);
    if (found) {
        int64_t conversation = query_integer(&query, 0) >> CONVERSATION_SHIFT;
        *channel_key_r = (conversation & 1) != 0 ? 0 : conversation >> 1;
        *author_key_r = query_integer(&query, 1);
    }
    enum result result = query_end(&query);
    return result == RESULT_OK && !found ? RESULT_NOT_FOUND : result;
}
