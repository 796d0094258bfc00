/*
 * store.c - a connection's life, its transactions, and what a failure means. Runs in every process that opens the
 * store.
 *
 * Always holds: a transaction in which a statement failed for more than a constraint is never committed; trouble is
 * logged when it begins, changes and ends, not once a request.
 */
#include "bering/log.h"
#include "bering/text.h"
#include "store/internal.h"
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The log is checkpointed every 4,000 pages: messages to many channels dirty the same last pages again and again, and
 * each checkpoint syncs twice. A connection's page cache takes at most 8 MiB. Foreign keys bind the small tables only:
 * messages declare none, because users stay while one names them, and store_message_add and store_channel_delete see to
 * the rest.
 */
static const char pragmas[] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                              "PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000;"
                              "PRAGMA journal_size_limit = 67108864;";

static void configure_engine(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* counting allocations takes a lock that all threads would share */
}

void store_engine_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_engine);
}

void *store_reallocate(void *block, size_t size)
{
    block = realloc(block, size);
    if (block == NULL) {
        log_error("out of memory");
        abort();
    }
    return block;
}

void *store_allocate(size_t size)
{
    return store_reallocate(NULL, size);
}

size_t string_size(const char *string)
{
    return string != NULL ? strlen(string) + 1 : 0;
}

const char *string_place(char **end, const char *string)
{
    size_t size = string_size(string);
    char *copy = *end;

    if (size == 0)
        return NULL;
    memcpy(copy, string, size);
    *end += size;
    return copy;
}

const char *store_explain(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return "the disk is full";
    case SQLITE_READONLY:
        return "the file, its directory or the disk is read-only";
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "permission denied";
    case SQLITE_CANTOPEN:
        return "the file cannot be opened, or its directory is not writable";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return "another program keeps it locked";
    case SQLITE_IOERR:
        return "reading or writing the disk failed";
    case SQLITE_CORRUPT:
        return "the file is corrupt";
    case SQLITE_NOTADB:
        return "the file is not an SQLite database, or its header is corrupt";
    case SQLITE_NOMEM:
        return "out of memory";
    default:
        return sqlite3_errstr(code);
    }
}

static enum result constraint_failure(struct store *store, int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return RESULT_CONFLICT;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return RESULT_NOT_FOUND;
    default:
        log_error("database %s: %s", store->path, sqlite3_errmsg(store->database));
        store->has_failed = store->in_transaction;
        return RESULT_INTERNAL;
    }
}

static enum result result_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_NOMEM:
        return RESULT_UNAVAILABLE;
    default:
        return RESULT_INTERNAL;
    }
}

enum result store_failure(struct store *store, int code, bool writes)
{
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        return constraint_failure(store, code);
    store->has_failed = store->in_transaction;
    if (store->trouble[writes] != code) {
        store->trouble[writes] = code;
        log_error("database %s: cannot %s: %s (%s)", store->path, writes ? "write" : "read", store_explain(code),
                  sqlite3_errmsg(store->database));
    }
    return result_of(code);
}

const char *store_trouble(const struct store *store)
{
    return store->trouble[true] == SQLITE_OK ? NULL : store_explain(store->trouble[true]);
}

void store_success(struct store *store, bool writes)
{
    if (store->trouble[writes] == SQLITE_OK)
        return;
    store->trouble[writes] = SQLITE_OK;
    log_info("database %s: %s works again", store->path, writes ? "writing" : "reading");
}

static enum result run(struct store *store, enum statement statement)
{
    struct query query = query_begin(store, statement);
    return query_run(&query, NULL);
}

enum result snapshot_begin(struct store *store)
{
    assert(!store->in_snapshot);
    if (store->in_transaction)
        return RESULT_OK;
    enum result result = run(store, STATEMENT_SNAPSHOT);
    store->in_snapshot = result == RESULT_OK;
    return result;
}

void snapshot_end(struct store *store)
{
    if (!store->in_snapshot)
        return;
    store->in_snapshot = false;
    if (!sqlite3_get_autocommit(store->database) && run(store, STATEMENT_COMMIT) != RESULT_OK)
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- life ---- */

/* Our own name, which is also the proof that store_prepare has run. */
static int load_server_name(struct store *store)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(store->database, "SELECT name FROM servers WHERE is_self", -1, &statement, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        store->server_name = strdup(name != NULL ? name : "");
        code = store->server_name != NULL ? SQLITE_OK : SQLITE_NOMEM;
    } else if (code == SQLITE_DONE) {
        code = SQLITE_CORRUPT;
    }
    sqlite3_finalize(statement);
    return code;
}

/* holds(text, part): whether a name is one that somebody looks for. NULL holds nothing. */
static void holds(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *text = (const char *)sqlite3_value_text(values[0]), *part = (const char *)sqlite3_value_text(values[1]);

    (void)count;
    sqlite3_result_int(context, text != NULL && part != NULL && text_holds(text, part));
}

static int connect_database(struct store *store)
{
    int code = sqlite3_open_v2(store->path, &store->database,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK)
        return code;
    sqlite3_busy_timeout(store->database, STORE_BUSY_MS);
    code = sqlite3_exec(store->database, pragmas, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function(store->database, "holds", 2,
                                       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, holds, NULL, NULL);
    return code != SQLITE_OK ? code : load_server_name(store);
}

struct store *store_open(const char *path, char **error_r)
{
    store_engine_start();
    struct store *store = store_allocate(sizeof(*store));
    memset(store, 0, sizeof(*store));
    store->path = strdup(path);

    int code = store->path != NULL ? connect_database(store) : SQLITE_NOMEM;
    if (code != SQLITE_OK) {
        if (asprintf(error_r, "cannot open the database %s: %s (%s)", path, store_explain(code),
                     store->database != NULL ? sqlite3_errmsg(store->database) : sqlite3_errstr(code)) < 0)
            *error_r = NULL;
        store_close(&store);
    } else if (database_integer(store->database, "PRAGMA application_id", 0) != STORE_APPLICATION ||
               database_integer(store->database, "PRAGMA user_version", 0) != migrate_newest()) {
        if (asprintf(error_r, "the database %s was not prepared by this version", path) < 0)
            *error_r = NULL;
        store_close(&store);
    }
    return store;
}

void store_close(struct store **store)
{
    struct store *closing = *store;

    if (closing == NULL)
        return;
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(closing->statements[i]);
    int code = sqlite3_close(closing->database);
    assert(code == SQLITE_OK);
    free(closing->stored);
    free(closing->server_name);
    free(closing->path);
    free(closing);
    *store = NULL;
}

int database_run(sqlite3 *database, const char *sql)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

int64_t database_integer(sqlite3 *database, const char *sql, int64_t otherwise)
{
    sqlite3_stmt *statement;
    int64_t value = otherwise;

    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        return otherwise;
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}
