/*
 * users.c - users: local ones, and those of other servers. Runs in every process that opens the store.
 *
 * Always holds: a user's row stays while messages name it as their author (leftovers.c); a deleted one has deleted_at
 * set, has no secrets, shows no name, and is taken for a user by nothing but reading by id or key.
 */
#include "bering/clock.h"
#include "store/internal.h"
#include <assert.h>
#include <string.h>

void user_from_row(const struct query *query, int first, struct user *user_r)
{
    *user_r = (struct user){
        .key = query_integer(query, first),
        .id = query_uuid(query, first + 1),
        .username = query_text(query, first + 2),
        .display_name = query_text(query, first + 3),
        .is_local = query_integer(query, first + 4) != 0,
        .has_password = query_integer(query, first + 5) != 0,
        .is_deleted = query_integer(query, first + 6) != 0,
        .server_key = query_integer(query, first + 7),
        .server_id = query_uuid(query, first + 8),
        .server_name = query_text(query, first + 9),
    };
    if (user_r->is_deleted) {
        user_r->username = USER_DELETED_USERNAME;
        user_r->display_name = USER_DELETED_DISPLAY_NAME;
    }
}

size_t user_strings_size(const struct user *user)
{
    return string_size(user->username) + string_size(user->display_name) + string_size(user->server_name);
}

void user_place_strings(struct user *user, char **end)
{
    user->username = string_place(end, user->username);
    user->display_name = string_place(end, user->display_name);
    user->server_name = string_place(end, user->server_name);
}

enum result user_finish(struct query *query, struct user **user_r)
{
    struct user *copy = NULL;

    if (query_step(query)) {
        struct user user;
        user_from_row(query, 0, &user);
        copy = store_allocate(sizeof(*copy) + user_strings_size(&user));
        *copy = user;
        char *end = (char *)(copy + 1);
        user_place_strings(copy, &end);
    }
    enum result result = query_end(query);
    if (copy == NULL)
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    *user_r = copy;
    return RESULT_OK;
}

enum result user_finish_all(struct query *query, store_user_row *row, void *argument)
{
    while (query_step(query)) {
        struct user user;
        user_from_row(query, 0, &user);
        row(argument, &user);
    }
    return query_end(query);
}

enum result store_user_by_id(struct store *store, const struct uuid *id, struct user **user_r)
{
    struct query query = query_begin(store, STATEMENT_USER_BY_ID);
    query_bind_uuid(&query, id);
    return user_finish(&query, user_r);
}

enum result store_user_by_key(struct store *store, int64_t key, struct user **user_r)
{
    struct query query = query_begin(store, STATEMENT_USER_BY_KEY);
    query_bind_integer(&query, key);
    return user_finish(&query, user_r);
}

enum result store_user_by_name(struct store *store, const char *username, const char *server_name, struct user **user_r)
{
    bool is_local = server_name == NULL || server_name[0] == '\0' || strcmp(server_name, store->server_name) == 0;
    struct query query = query_begin(store, is_local ? STATEMENT_USER_BY_LOCAL_NAME : STATEMENT_USER_BY_REMOTE_NAME);

    query_bind_text(&query, username);
    if (!is_local)
        query_bind_text(&query, server_name);
    return user_finish(&query, user_r);
}

enum result store_users(struct store *store, store_user_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_USERS);
    return user_finish_all(&query, row, argument);
}

enum result store_members(struct store *store, int64_t channel_key, store_user_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_MEMBERS);
    query_bind_integer(&query, channel_key);
    return user_finish_all(&query, row, argument);
}

enum result user_lives(struct store *store, int64_t key)
{
    struct query query = query_begin(store, STATEMENT_USER_LIVES);
    query_bind_integer(&query, key);
    bool lives = query_step(&query);
    enum result result = query_end(&query);
    return result == RESULT_OK && !lives ? RESULT_NOT_FOUND : result;
}

enum result user_is_local(struct store *store, int64_t key, bool *is_local_r)
{
    struct query query = query_begin(store, STATEMENT_USER_BY_KEY);
    struct user user = {.is_local = false};

    query_bind_integer(&query, key);
    if (query_step(&query))
        user_from_row(&query, 0, &user);
    *is_local_r = user.is_local;
    return query_end(&query);
}

static void bind_change(struct query *query, const struct user_change *change)
{
    query_bind_text(query, change->username);
    query_bind_text(query, change->display_name);
    query_bind_text(query, change->password_hash);
    query_bind_digest(query, change->token);
}

enum result store_user_create(struct store *store, const struct user_change *change, struct user **user_r)
{
    struct uuid id = uuid_new();

    assert(store->in_transaction && change->username != NULL);
    struct query query = query_begin(store, STATEMENT_USER_INSERT);
    query_bind_uuid(&query, &id);
    bind_change(&query, change);
    enum result result = query_run(&query, NULL);
    return result == RESULT_OK ? store_user_by_id(store, &id, user_r) : result;
}

enum result store_user_update(struct store *store, int64_t key, const struct user_change *change, struct user **user_r)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_USER_UPDATE);
    query_bind_integer(&query, key);
    bind_change(&query, change);
    enum result result = query_run(&query, &changes);
    if (result != RESULT_OK)
        return result;
    return changes == 1 ? store_user_by_key(store, key, user_r) : RESULT_NOT_FOUND;
}

enum result store_user_delete(struct store *store, int64_t key)
{
    static const enum statement rest[] = {
        STATEMENT_USER_DELETE_SESSIONS,
        STATEMENT_USER_DELETE_MEMBERS,
        STATEMENT_USER_DELETE_HIDDEN,
        STATEMENT_USER_DELETE_STATES,
        STATEMENT_USER_DELETE_MENTIONS,
    };
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_USER_DELETE);
    query_bind_integer(&query, key);
    query_bind_integer(&query, clock_now());
    enum result result = query_run(&query, &changes);
    if (result == RESULT_OK && changes == 0)
        return RESULT_NOT_FOUND;
    for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]) && result == RESULT_OK; i++) {
        query = query_begin(store, rest[i]);
        query_bind_integer(&query, key);
        result = query_run(&query, NULL);
    }
    return result;
}

enum result store_user_password(struct store *store, int64_t key, char **hash_r)
{
    struct query query = query_begin(store, STATEMENT_USER_PASSWORD);
    bool found = false;
    char *hash = NULL;

    query_bind_integer(&query, key);
    if (query_step(&query)) {
        found = true;
        if (!query_is_null(&query, 0)) {
            const char *text = query_text(&query, 0);
            hash = store_allocate(string_size(text));
            char *end = hash;
            string_place(&end, text);
        }
    }
    enum result result = query_end(&query);
    if (!found)
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    *hash_r = hash;
    return RESULT_OK;
}
