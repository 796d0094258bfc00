/*
 * sessions.c - who a token stands for: sessions, and users' permanent tokens. Runs in every process that opens the
 * store.
 *
 * Always holds: only SHA-256 digests of tokens are stored; session keys are never used twice, so that a key that is
 * kept in a cache can at worst be gone.
 */
#include "bering/clock.h"
#include "store/internal.h"
#include <assert.h>

enum result store_session_create(struct store *store, const struct session_new *session, int64_t *key_r)
{
    struct uuid id = uuid_new();

    assert(store->in_transaction);
    enum result result = user_lives(store, session->user_key);
    if (result != RESULT_OK)
        return result;
    struct query query = query_begin(store, STATEMENT_SESSION_INSERT);
    query_bind_digest(&query, &session->token);
    query_bind_integer(&query, session->kind);
    query_bind_integer(&query, session->user_key);
    query_bind_integer(&query, clock_now());
    query_bind_integer(&query, session->expires_at);
    query_bind_uuid(&query, &id);
    query_bind_text(&query, session->user_agent);
    result = query_run(&query, NULL);
    if (result == RESULT_OK)
        *key_r = sqlite3_last_insert_rowid(store->database);
    return result;
}

static enum result finish_session(struct query *query, struct session **session_r)
{
    struct session *copy = NULL;

    if (query_step(query)) {
        struct user user;
        user_from_row(query, 4, &user);
        copy = store_allocate(sizeof(*copy) + user_strings_size(&user));
        *copy = (struct session){
            .key = query_integer(query, 0),
            .kind = query_integer(query, 1) == SESSION_ADMIN ? SESSION_ADMIN : SESSION_USER,
            .expires_at = query_integer(query, 2),
            .id = query_uuid(query, 3),
            .user = user,
        };
        char *end = (char *)(copy + 1);
        user_place_strings(&copy->user, &end);
    }
    enum result result = query_end(query);
    if (copy == NULL)
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    *session_r = copy;
    return RESULT_OK;
}

enum result store_session_find(struct store *store, const struct digest *token, int64_t now, struct session **session_r)
{
    struct query query = query_begin(store, STATEMENT_SESSION_FIND);
    query_bind_digest(&query, token);
    query_bind_integer(&query, now);
    enum result result = finish_session(&query, session_r);
    if (result != RESULT_NOT_FOUND)
        return result;
    query = query_begin(store, STATEMENT_SESSION_FIND_PERMANENT);
    query_bind_digest(&query, token);
    return finish_session(&query, session_r);
}

enum result store_session_check(struct store *store, int64_t key, int64_t user_key)
{
    if (key == 0)
        return user_lives(store, user_key);
    struct query query = query_begin(store, STATEMENT_SESSION_CHECK);
    query_bind_integer(&query, key);
    bool exists = query_step(&query);
    enum result result = query_end(&query);
    return result == RESULT_OK && !exists ? RESULT_NOT_FOUND : result;
}

enum result store_session_delete(struct store *store, int64_t key)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SESSION_DELETE);
    query_bind_integer(&query, key);
    enum result result = query_run(&query, &changes);
    return result == RESULT_OK && changes == 0 ? RESULT_NOT_FOUND : result;
}

enum result store_sessions_delete(struct store *store, int64_t user_key, int64_t except)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SESSIONS_DELETE);
    query_bind_integer(&query, user_key);
    query_bind_integer(&query, except);
    return query_run(&query, NULL);
}

enum result store_sessions(struct store *store, int64_t user_key, int64_t now, store_session_row *row, void *argument)
{
    struct query query = query_begin(store, STATEMENT_SESSIONS);

    query_bind_integer(&query, user_key);
    query_bind_integer(&query, now);
    while (query_step(&query))
        row(argument, &(struct session_view){
                          .key = query_integer(&query, 0),
                          .id = query_uuid(&query, 1),
                          .created_at = query_integer(&query, 2),
                          .expires_at = query_integer(&query, 3),
                          .user_agent = query_text(&query, 4),
                      });
    return query_end(&query);
}

enum result store_session_end(struct store *store, int64_t user_key, const struct uuid *id, int64_t *key_r)
{
    int64_t key = 0;

    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SESSION_END);
    query_bind_integer(&query, user_key);
    query_bind_uuid(&query, id);
    while (query_step(&query))
        key = query_integer(&query, 0);
    enum result result = query_end(&query);
    *key_r = key;
    return result == RESULT_OK && key == 0 ? RESULT_NOT_FOUND : result;
}

enum result store_sessions_end(struct store *store, int64_t user_key, int64_t except, int *count_r)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SESSIONS_END);
    query_bind_integer(&query, user_key);
    query_bind_integer(&query, except);
    return query_run(&query, count_r);
}

enum result store_sessions_expire(struct store *store, int64_t now, unsigned limit)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SESSIONS_EXPIRE);
    query_bind_integer(&query, now);
    query_bind_integer(&query, limit);
    return query_run(&query, NULL);
}
