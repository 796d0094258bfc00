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

enum result store_session_create(struct store *store, const struct digest *token, enum session_kind kind,
                                 int64_t user_key, int64_t expires_at, int64_t *key_r)
{
    assert(store->in_transaction);
    enum result result = user_lives(store, user_key);
    if (result != RESULT_OK)
        return result;
    struct query query = query_begin(store, STATEMENT_SESSION_INSERT);
    query_bind_digest(&query, token);
    query_bind_integer(&query, kind);
    query_bind_integer(&query, user_key);
    query_bind_integer(&query, clock_now());
    query_bind_integer(&query, expires_at);
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
        user_from_row(query, 3, &user);
        copy = store_allocate(sizeof(*copy) + user_strings_size(&user));
        *copy = (struct session){
            .key = query_integer(query, 0),
            .kind = query_integer(query, 1) == SESSION_ADMIN ? SESSION_ADMIN : SESSION_USER,
            .expires_at = query_integer(query, 2),
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

enum result store_sessions_expire(struct store *store, int64_t now, unsigned limit)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_SESSIONS_EXPIRE);
    query_bind_integer(&query, now);
    query_bind_integer(&query, limit);
    return query_run(&query, NULL);
}
