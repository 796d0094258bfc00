/*
 * commit.c - transactions that write, numbered, and what the last one stored. Runs in the writer thread of each worker.
 *
 * Always holds: each commit rewrites the one row of `meta` with its number and the keys of its messages; only the last
 * commit can be unpublished, since the commit lock is held from before it until its events are out. A transaction
 * either is on the disk when store_commit says so, or is gone. However long the disk takes, the thread does not hang.
 */
#include "bering/log.h"
#include "bering/pulse.h"
#include "store/internal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

void commit_note(struct store *store, int64_t message_key)
{
    if (store->stored_count == store->stored_capacity) {
        store->stored_capacity = store->stored_capacity != 0 ? 2 * store->stored_capacity : 64;
        store->stored = store_reallocate(store->stored, store->stored_capacity * sizeof(*store->stored));
    }
    store->stored[store->stored_count++] = message_key;
}

enum result store_begin(struct store *store)
{
    assert(!store->in_transaction && !store->in_snapshot);
    struct query query = query_begin(store, STATEMENT_BEGIN);
    pulse_rest(); /* another program may hold the file's lock */
    enum result result = query_run(&query, NULL);
    pulse_beat();
    store->in_transaction = result == RESULT_OK;
    store->has_failed = false;
    store->stored_count = 0;
    return result;
}

/* The keys are in the machine's own byte order: nothing but a process of the same start reads them. */
static enum result record(struct store *store, bool only_messages, uint64_t *commit_r)
{
    struct query query = query_begin(store, STATEMENT_COMMIT_RECORD);
    bool found = false;

    query_bind_integer(&query, only_messages);
    query_bind_blob(&query, store->stored_count > 0 ? (const void *)store->stored : "",
                    store->stored_count * sizeof(*store->stored));
    while (query_step(&query)) {
        *commit_r = (uint64_t)query_integer(&query, 0);
        found = true;
    }
    enum result result = query_end(&query);
    assert(result != RESULT_OK || found);
    return result;
}

enum result store_commit(struct store *store, bool only_messages, uint64_t *commit_r)
{
    uint64_t commit = 0;

    assert(store->in_transaction);
    enum result result = record(store, only_messages, &commit);
    if (result == RESULT_OK) {
        struct query query = query_begin(store, STATEMENT_COMMIT);
        pulse_rest();
        result = query_run(&query, NULL);
        pulse_beat();
    }
    if (result != RESULT_OK) {
        store_rollback(store);
        return result;
    }
    store->in_transaction = false;
    store->stored_count = 0;
    store_success(store, true);
    *commit_r = commit;
    return RESULT_OK;
}

void store_rollback(struct store *store)
{
    assert(store->in_transaction);
    /* SQLite has rolled back by itself after some failures; ROLLBACK would then be an error. */
    if (!sqlite3_get_autocommit(store->database)) {
        int code = sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
        if (code != SQLITE_OK)
            log_error("database %s: cannot roll back: %s", store->path, sqlite3_errmsg(store->database));
    }
    assert(sqlite3_get_autocommit(store->database));
    store->in_transaction = false;
    store->stored_count = 0;
}

enum result store_last_commit(struct store *store, uint64_t *commit_r, bool *only_messages_r)
{
    struct query query = query_begin(store, STATEMENT_COMMIT_LAST);

    if (query_step(&query)) {
        *commit_r = (uint64_t)query_integer(&query, 0);
        *only_messages_r = query_integer(&query, 1) != 0;
    }
    return query_end(&query);
}

/* A copy of the last commit's keys; the caller frees it. */
static enum result last_keys(struct store *store, uint64_t *commit_r, int64_t **keys_r, size_t *count_r)
{
    struct query query = query_begin(store, STATEMENT_COMMIT_KEYS);

    if (query_step(&query)) {
        const void *bytes = query_blob(&query, 1);
        size_t count = bytes != NULL ? query_length(&query, 1) / sizeof(int64_t) : 0;
        *commit_r = (uint64_t)query_integer(&query, 0);
        *count_r = count;
        if (count > 0) {
            *keys_r = store_allocate(count * sizeof(int64_t));
            memcpy(*keys_r, bytes, count * sizeof(int64_t));
        }
    }
    return query_end(&query);
}

enum result store_messages_since_commit(struct store *store, uint64_t commit, store_message_row *row, void *argument)
{
    int64_t *keys = NULL;
    size_t count = 0;
    uint64_t last = 0;

    enum result result = snapshot_begin(store);
    if (result != RESULT_OK)
        return result;
    result = last_keys(store, &last, &keys, &count);
    if (result == RESULT_OK && last > commit) {
        if (last - commit > 1)
            result = RESULT_NOT_FOUND;
        for (size_t i = 0; i < count && result == RESULT_OK; i++) {
            result = message_read(store, keys[i], row, argument);
            if (result == RESULT_NOT_FOUND) /* its channel was deleted in the same commit */
                result = RESULT_OK;
        }
    }
    snapshot_end(store);
    free(keys);
    return result;
}
