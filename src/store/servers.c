/*
 * servers.c - federated servers, what is hidden from them, and federation tokens. Runs in every process that opens the
 * store.
 *
 * Always holds: this server's own row (is_self) is neither listed, found, changed nor removed here; channels follow the
 * name of the server they originate from.
 */
#include "bering/clock.h"
#include "store/internal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void server_from_row(const struct query *query, struct server *server_r)
{
    *server_r = (struct server){
        .key = query_integer(query, 0),
        .id = query_uuid(query, 1),
        .name = query_text(query, 2),
        .base_url = query_text(query, 3),
        .token = query_text(query, 4),
        .abilities = (int)query_integer(query, 5),
    };
}

static enum result finish_server(struct query *query, struct server **server_r)
{
    struct server *copy = NULL;

    if (query_step(query)) {
        struct server server;
        server_from_row(query, &server);
        copy = store_allocate(sizeof(*copy) + string_size(server.name) + string_size(server.base_url) +
                              string_size(server.token));
        *copy = server;
        char *end = (char *)(copy + 1);
        copy->name = string_place(&end, server.name);
        copy->base_url = string_place(&end, server.base_url);
        copy->token = string_place(&end, server.token);
    }
    enum result result = query_end(query);
    if (copy == NULL)
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    *server_r = copy;
    return RESULT_OK;
}

enum result store_server_by_id(struct store *store, const struct uuid *id, struct server **server_r)
{
    struct query query = query_begin(store, STATEMENT_SERVER_BY_ID);
    query_bind_uuid(&query, id);
    return finish_server(&query, server_r);
}

enum result store_server_by_key(struct store *store, int64_t key, struct server **server_r)
{
    struct query query = query_begin(store, STATEMENT_SERVER_BY_KEY);
    query_bind_integer(&query, key);
    return finish_server(&query, server_r);
}

enum result store_servers(struct store *store, store_server_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_SERVERS);

    while (query_step(&query)) {
        struct server server;
        server_from_row(&query, &server);
        row(argument, &server);
    }
    return query_end(&query);
}

enum result store_server_create(struct store *store, const struct server_change *change, struct server **server_r)
{
    struct uuid id = uuid_new();

    assert(store->in_transaction && change->name != NULL && change->base_url != NULL && change->token != NULL);
    struct query query = query_begin(store, STATEMENT_SERVER_INSERT);
    query_bind_uuid(&query, &id);
    query_bind_text(&query, change->name);
    query_bind_text(&query, change->base_url);
    query_bind_text(&query, change->token);
    enum result result = query_run(&query, NULL);
    return result == RESULT_OK ? store_server_by_id(store, &id, server_r) : result;
}

/* RESULT_CONFLICT if the channels of `from` cannot all move to `to`, as a server of that name has left one behind. */
static enum result check_rename(struct store *store, const char *from, const char *to)
{
    struct query query = query_begin(store, STATEMENT_SERVER_RENAME_CLASH);
    query_bind_text(&query, from);
    query_bind_text(&query, to);
    bool clashes = query_step(&query);
    enum result result = query_end(&query);
    return result == RESULT_OK && clashes ? RESULT_CONFLICT : result;
}

static enum result rename_channels(struct store *store, const char *from, const char *to)
{
    struct query query = query_begin(store, STATEMENT_SERVER_RENAME_CHANNELS);
    query_bind_text(&query, from);
    query_bind_text(&query, to);
    return query_run(&query, NULL);
}

enum result store_server_update(struct store *store, int64_t key, const struct server_change *change,
                                struct server **server_r)
{
    struct server *old;

    assert(store->in_transaction);
    enum result result = store_server_by_key(store, key, &old);
    if (result != RESULT_OK)
        return result;
    bool renames = change->name != NULL && strcmp(change->name, old->name) != 0;
    if (renames)
        result = check_rename(store, old->name, change->name);
    if (result == RESULT_OK) {
        struct query query = query_begin(store, STATEMENT_SERVER_UPDATE);
        query_bind_integer(&query, key);
        query_bind_text(&query, change->name);
        query_bind_text(&query, change->base_url);
        query_bind_text(&query, change->token);
        result = query_run(&query, NULL);
    }
    if (result == RESULT_OK && renames)
        result = rename_channels(store, old->name, change->name);
    free(old);
    return result == RESULT_OK ? store_server_by_key(store, key, server_r) : result;
}

enum result store_server_delete(struct store *store, int64_t key)
{
    static const struct {
        enum statement statement;
        bool has_time;
    } steps[] = {
        {STATEMENT_SERVER_DELETE_MEMBERS, false}, {STATEMENT_SERVER_DELETE_SESSIONS, false},
        {STATEMENT_SERVER_DELETE_HIDDEN, false},  {STATEMENT_SERVER_DELETE_USERS, true},
        {STATEMENT_HIDDEN_USERS_DELETE, false},   {STATEMENT_HIDDEN_CHANNELS_DELETE, false},
        {STATEMENT_SERVER_DELETE_OUTBOX, false},  {STATEMENT_SERVER_DELETE, false},
    };
    struct server *server;

    assert(store->in_transaction);
    enum result result = store_server_by_key(store, key, &server);
    if (result != RESULT_OK)
        return result;
    free(server);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && result == RESULT_OK; i++) {
        struct query query = query_begin(store, steps[i].statement);
        query_bind_integer(&query, key);
        if (steps[i].has_time)
            query_bind_integer(&query, clock_now());
        result = query_run(&query, NULL);
    }
    return result;
}

/* ---- what is hidden from a server ---- */

static enum result list_hidden(struct store *store, enum statement statement, int64_t server_key, store_uuid_row *row,
                               void *argument)
{
    struct query query = query_begin(store, statement);

    query_bind_integer(&query, server_key);
    while (query_step(&query)) {
        struct uuid id = query_uuid(&query, 0);
        row(argument, &id);
    }
    return query_end(&query);
}

enum result store_hidden_users(struct store *store, int64_t server_key, store_uuid_row *row, void *argument)
{
    return list_hidden(store, STATEMENT_HIDDEN_USERS, server_key, row, argument);
}

enum result store_hidden_channels(struct store *store, int64_t server_key, store_uuid_row *row, void *argument)
{
    return list_hidden(store, STATEMENT_HIDDEN_CHANNELS, server_key, row, argument);
}

static enum result user_key_of(struct store *store, const struct uuid *id, int64_t *key_r)
{
    struct user *user;
    enum result result = store_user_by_id(store, id, &user);

    if (result != RESULT_OK)
        return result;
    *key_r = user->key;
    result = user->is_deleted ? RESULT_NOT_FOUND : RESULT_OK;
    free(user);
    return result;
}

static enum result channel_key_of(struct store *store, const struct uuid *id, int64_t *key_r)
{
    struct channel *channel;
    enum result result = store_channel_by_id(store, id, &channel);

    if (result != RESULT_OK)
        return result;
    *key_r = channel->key;
    free(channel);
    return RESULT_OK;
}

typedef enum result find_key(struct store *store, const struct uuid *id, int64_t *key_r);

/* The keys of ids, malloc'd; RESULT_BAD_REQUEST if one names nothing. */
static enum result find_keys(struct store *store, const struct uuid *ids, size_t count, find_key *find,
                             int64_t **keys_r)
{
    int64_t *keys = store_allocate((count + 1) * sizeof(*keys));

    for (size_t i = 0; i < count; i++) {
        enum result result = find(store, &ids[i], &keys[i]);
        if (result != RESULT_OK) {
            free(keys);
            return result == RESULT_NOT_FOUND ? RESULT_BAD_REQUEST : result;
        }
    }
    *keys_r = keys;
    return RESULT_OK;
}

static enum result replace_hidden(struct store *store, int64_t server_key, enum statement clear, enum statement insert,
                                  const int64_t *keys, size_t count)
{
    struct query query = query_begin(store, clear);
    query_bind_integer(&query, server_key);
    enum result result = query_run(&query, NULL);

    for (size_t i = 0; i < count && result == RESULT_OK; i++) {
        query = query_begin(store, insert);
        query_bind_integer(&query, server_key);
        query_bind_integer(&query, keys[i]);
        result = query_run(&query, NULL);
    }
    return result;
}

enum result store_hidden_set(struct store *store, int64_t server_key, const struct uuid *user_ids, size_t user_count,
                             const struct uuid *channel_ids, size_t channel_count)
{
    int64_t *user_keys = NULL, *channel_keys = NULL;
    struct server *server = NULL;

    assert(store->in_transaction);
    enum result result = store_server_by_key(store, server_key, &server);
    if (result == RESULT_OK)
        result = find_keys(store, user_ids, user_count, user_key_of, &user_keys);
    if (result == RESULT_OK)
        result = find_keys(store, channel_ids, channel_count, channel_key_of, &channel_keys);
    if (result == RESULT_OK)
        result = replace_hidden(store, server_key, STATEMENT_HIDDEN_USERS_DELETE, STATEMENT_HIDDEN_USER_INSERT,
                                user_keys, user_count);
    if (result == RESULT_OK)
        result = replace_hidden(store, server_key, STATEMENT_HIDDEN_CHANNELS_DELETE, STATEMENT_HIDDEN_CHANNEL_INSERT,
                                channel_keys, channel_count);
    free(channel_keys);
    free(user_keys);
    free(server);
    return result;
}

/* ---- federation tokens ---- */

enum result store_federation_token_create(struct store *store, const char *label, const struct digest *token,
                                          struct federation_token **token_r)
{
    struct uuid id = uuid_new();
    int64_t now = clock_now();

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_TOKEN_INSERT);
    query_bind_uuid(&query, &id);
    query_bind_digest(&query, token);
    query_bind_text(&query, label);
    query_bind_integer(&query, now);
    enum result result = query_run(&query, NULL);
    if (result != RESULT_OK)
        return result;
    struct federation_token *made = store_allocate(sizeof(*made) + string_size(label));
    char *end = (char *)(made + 1);
    *made = (struct federation_token){.id = id, .created_at = now};
    made->label = string_place(&end, label);
    *token_r = made;
    return RESULT_OK;
}

enum result store_federation_tokens(struct store *store, store_federation_token_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_TOKENS);

    while (query_step(&query)) {
        struct federation_token token = {
            .id = query_uuid(&query, 0),
            .label = query_text(&query, 1),
            .created_at = query_integer(&query, 2),
        };
        row(argument, &token);
    }
    return query_end(&query);
}

enum result store_federation_token_delete(struct store *store, const struct uuid *id)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_TOKEN_DELETE);
    query_bind_uuid(&query, id);
    enum result result = query_run(&query, &changes);
    return result == RESULT_OK && changes == 0 ? RESULT_NOT_FOUND : result;
}
