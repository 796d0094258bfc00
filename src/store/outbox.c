/*
 * outbox.c - what waits for other servers. Workers add rows in the transaction of what they announce; the federation
 * process reads and removes them.
 *
 * Always holds: a row's key says its place in its server's queue, and is never given to another row; a row goes only
 * when its server has taken it, when it expires, when the administrator drops it, or with its server.
 */
#include "bering/clock.h"
#include "bering/outbox.h"
#include "store/internal.h"
#include <assert.h>
#include <string.h>

enum { ANSWER_MAX = 500 }; /* bytes of a refusal's text that are kept */

enum result outbox_add(struct store *store, int64_t server_key, enum outbox_kind kind, const char *payload,
                       size_t length, int64_t expires_at)
{
    assert(store->in_transaction && payload != NULL && expires_at >= 0);
    struct query query = query_begin(store, STATEMENT_OUTBOX_INSERT);
    query_bind_integer(&query, server_key);
    query_bind_integer(&query, kind);
    query_bind_integer(&query, clock_now());
    query_bind_integer(&query, expires_at);
    query_bind_text_n(&query, payload, length);
    return query_run(&query, NULL);
}

static void row_from_query(const struct query *query, struct outbox_row *row_r)
{
    const char *payload = query_text(query, 6);

    *row_r = (struct outbox_row){
        .key = query_integer(query, 0),
        .kind = (enum outbox_kind)query_integer(query, 1),
        .created_at = query_integer(query, 2),
        .expires_at = query_integer(query, 3),
        .refused_status = (int)query_integer(query, 4),
        .refused_answer = query_text(query, 5),
        .payload = payload != NULL ? payload : "",
        .length = query_length(query, 6),
    };
}

/* Hands over rows until they are `bytes` long together; the first one always. */
static enum result list(struct store *store, enum statement statement, int64_t server_key, unsigned limit, size_t bytes,
                        outbox_row_found *row, void *argument)
{
    struct query query = query_begin(store, statement);
    size_t used = 0;
    bool is_first = true;

    query_bind_integer(&query, server_key);
    query_bind_integer(&query, limit);
    while (query_step(&query)) {
        struct outbox_row found;
        row_from_query(&query, &found);
        if (!is_first && found.length > bytes - used)
            break;
        row(argument, &found);
        used = found.length < bytes - used ? used + found.length : bytes;
        is_first = false;
    }
    return query_end(&query);
}

enum result outbox_waiting(struct store *store, int64_t server_key, unsigned limit, size_t bytes, outbox_row_found *row,
                           void *argument)
{
    return list(store, STATEMENT_OUTBOX_WAITING, server_key, limit, bytes, row, argument);
}

enum result outbox_refused(struct store *store, int64_t server_key, unsigned limit, outbox_row_found *row,
                           void *argument)
{
    return list(store, STATEMENT_OUTBOX_REFUSED, server_key, limit, SIZE_MAX, row, argument);
}

static enum result delete_range(struct store *store, int64_t first, int64_t last)
{
    struct query query = query_begin(store, STATEMENT_OUTBOX_DELETE);
    query_bind_integer(&query, first);
    query_bind_integer(&query, last);
    return query_run(&query, NULL);
}

enum result outbox_delete(struct store *store, const int64_t *keys, size_t count)
{
    enum result result = RESULT_OK;

    assert(store->in_transaction);
    /* Keys that follow one another, as those of one queue mostly do, go as one range. */
    for (size_t i = 0, end; i < count && result == RESULT_OK; i = end) {
        for (end = i + 1; end < count && keys[end] == keys[end - 1] + 1; end++)
            ;
        result = delete_range(store, keys[i], keys[end - 1]);
    }
    return result;
}

enum result outbox_expire(struct store *store, int64_t now)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_OUTBOX_EXPIRE);
    query_bind_integer(&query, now);
    return query_run(&query, NULL);
}

enum result outbox_take_back(struct store *store, int64_t server_key)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_OUTBOX_TAKE_BACK);
    query_bind_integer(&query, server_key);
    query_bind_text(&query, store->server_name);
    return query_run(&query, NULL);
}

/* The length of what is kept of an answer: it never ends within a character. */
static size_t answer_length(const char *answer)
{
    size_t length = strnlen(answer, ANSWER_MAX + 1);

    if (length <= ANSWER_MAX)
        return length;
    length = ANSWER_MAX;
    while (length > ANSWER_MAX - 4 && ((unsigned char)answer[length] & 0xc0) == 0x80)
        length--;
    return length;
}

enum result outbox_refuse(struct store *store, int64_t key, int status, const char *answer)
{
    assert(store->in_transaction && status > 0);
    struct query query = query_begin(store, STATEMENT_OUTBOX_REFUSE);
    query_bind_integer(&query, key);
    query_bind_integer(&query, status);
    query_bind_text_n(&query, answer, answer != NULL ? answer_length(answer) : 0);
    return query_run(&query, NULL);
}

enum result outbox_replace(struct store *store, int64_t key, const char *payload, size_t length)
{
    assert(store->in_transaction && payload != NULL);
    struct query query = query_begin(store, STATEMENT_OUTBOX_REPLACE);
    query_bind_integer(&query, key);
    query_bind_text_n(&query, payload, length);
    return query_run(&query, NULL);
}

/* Runs `one` for a row, `all` for row_key 0. */
static enum result change_refused(struct store *store, enum statement one, enum statement all, int64_t server_key,
                                  int64_t row_key)
{
    int changes;

    assert(store->in_transaction);
    struct query query = query_begin(store, row_key != 0 ? one : all);
    query_bind_integer(&query, server_key);
    if (row_key != 0)
        query_bind_integer(&query, row_key);
    enum result result = query_run(&query, &changes);
    return result == RESULT_OK && row_key != 0 && changes == 0 ? RESULT_NOT_FOUND : result;
}

enum result outbox_retry(struct store *store, int64_t server_key, int64_t row_key)
{
    return change_refused(store, STATEMENT_OUTBOX_RETRY, STATEMENT_OUTBOX_RETRY_ALL, server_key, row_key);
}

enum result outbox_drop(struct store *store, int64_t server_key, int64_t row_key)
{
    return change_refused(store, STATEMENT_OUTBOX_DROP, STATEMENT_OUTBOX_DROP_ALL, server_key, row_key);
}

enum result outbox_state(struct store *store, int64_t server_key, struct outbox_state *state_r)
{
    struct outbox_state state = {0};
    struct query query = query_begin(store, STATEMENT_OUTBOX_STATE);

    query_bind_integer(&query, server_key);
    if (query_step(&query))
        state = (struct outbox_state){query_integer(&query, 0), query_integer(&query, 1), query_integer(&query, 2)};
    enum result result = query_end(&query);
    if (result == RESULT_OK)
        *state_r = state;
    return result;
}
