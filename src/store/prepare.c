/*
 * prepare.c - what happens to the database at each start: is it ours, sound and writable; migrations; this server's own
 * row; the administrator's account. Runs in a process of its own before any other opens the file.
 *
 * Always holds: nothing is written to a file but an empty one, one of ours that is not newer, or one of the original's;
 * each step is one transaction, so a start that is refused or interrupted leaves a database that the next one can use.
 */
#include "bering/backup.h"
#include "bering/log.h"
#include "store/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files up to this size are checked whole at each start; that takes some 100 ms. */
enum { QUICK_CHECK_MAX = 64 * 1024 * 1024 };

static int refuse_code(char **error_r, const char *path, sqlite3 *database, int code)
{
    return store_refuse(error_r, "cannot use the database %s: %s (%s)", path, store_explain(code),
                  database != NULL ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

/* ---- the file ---- */

/* Looks at the file before SQLite does; makes it, for nobody else to read, if it is missing. */
static int check_file(const char *path, bool *made_r, off_t *size_r, char **error_r)
{
    static const char magic[16] = "SQLite format 3";
    char header[sizeof(magic)];
    struct stat status;

    *made_r = false;
    *size_r = 0;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        *made_r = true;
        close(file);
        return 0;
    }
    if (errno != EEXIST)
        return store_refuse(error_r, "cannot make the database %s: %s", path, strerror(errno));
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return store_refuse(error_r, "the database %s is not a file", path);
    file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return store_refuse(error_r, "cannot %s the database %s: %s",
                            errno == EACCES || errno == EROFS ? "write to" : "open", path, strerror(errno));
    ssize_t length = read(file, header, sizeof(header));
    int result = fstat(file, &status);
    close(file);
    if (length < 0 || result != 0)
        return store_refuse(error_r, "cannot read the database %s: %s", path, strerror(errno));
    *size_r = status.st_size;
    if (length != 0 && (length != sizeof(header) || memcmp(header, magic, sizeof(magic)) != 0))
        return store_refuse(error_r, "%s is not an SQLite database, or its header is corrupt", path);
    return 0;
}

/* SQLite makes its log beside the file: a start without room for it would only fail later, and less clearly. */
static int check_directory(const char *path, char **error_r)
{
    char *directory = directory_of(path);
    int result = access(directory, W_OK | X_OK);
    if (result != 0)
        store_refuse(error_r, "cannot write to the directory of the database, %s: %s", directory, strerror(errno));
    free(directory);
    return result;
}

/* Whether the file's pages and indexes fit together. */
static int check_integrity(sqlite3 *database, const char *path, char **error_r)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, NULL);
    int result = 0;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        result = refuse_code(error_r, path, database, code);
    } else {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (text == NULL || strcmp(text, "ok") != 0)
            result =
                store_refuse(error_r, "the database %s is corrupt: %s", path, text != NULL ? text
                             : "quick_check failed");
    }
    sqlite3_finalize(statement);
    return result;
}

/* Whether the file is for us, and of which version. */
static int check_owner(sqlite3 *database, const char *path, int *version_r, char **error_r)
{
    int64_t tables = database_integer(database, "SELECT count(*) FROM sqlite_master", -1);
    if (tables < 0)
        return refuse_code(error_r, path, database, sqlite3_extended_errcode(database));
    int64_t application = database_integer(database, "PRAGMA application_id", 0);
    int64_t version = database_integer(database, "PRAGMA user_version", 0);

    *version_r = (int)version;
    if (application == STORE_APPLICATION) {
        if (version > migrate_newest())
            return store_refuse(error_r,
                          "the database %s is of version %d, made by a newer BeringShare; this one knows up to %d",
                          path, *version_r, migrate_newest());
        return 0;
    }
    if (application == 0 && version == 0 && (tables == 0 || original_detect(database)))
        return 0;
    return store_refuse(error_r, "%s is the database of another application", path);
}

/* ---- what the configuration says ---- */

/* Runs one statement with up to three texts (NULL ends them); a SQLite result code. */
static int run_with(sqlite3 *database, const char *sql, const struct uuid *id, const char *const texts[3])
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    int index = 0;

    if (code == SQLITE_OK && id != NULL)
        code = sqlite3_bind_blob(statement, ++index, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    for (int i = 0; code == SQLITE_OK && i < 3 && texts[i] != NULL; i++)
        code = sqlite3_bind_text(statement, ++index, texts[i], -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* SERVER_NAME has changed: what originates here goes with it. */
static int rename_self(sqlite3 *database, const struct store_setup *setup)
{
    const char *const name[3] = {setup->server_name};
    int code = run_with(database,
                        "UPDATE OR IGNORE channels SET origin_server = ?1 "
                        "WHERE origin_server = (SELECT name FROM servers WHERE is_self)",
                        NULL, name);
    return code == SQLITE_OK ? run_with(database, "UPDATE servers SET name = ?1 WHERE is_self", NULL, name) : code;
}

static int write_self(sqlite3 *database, const struct store_setup *setup)
{
    const char *const texts[3] = {setup->server_name, setup->base_url, setup->server_token};
    struct uuid id = uuid_new();

    if (database_integer(database, "SELECT count(*) FROM servers WHERE is_self", 0) == 0)
        return run_with(database, "INSERT INTO servers (id, name, base_url, token, is_self) VALUES (?1, ?2, ?3, ?4, 1)",
                        &id, texts);
    int code = rename_self(database, setup);
    return code == SQLITE_OK
               ? run_with(database, "UPDATE servers SET base_url = ?2, token = ?3 WHERE is_self AND name = ?1", NULL,
                          texts)
               : code;
}

/* Brings this server's own row in line, which also shows that the database can be written to. */
static int settle_self(sqlite3 *database, const struct store_setup *setup, char **error_r)
{
    int code = database_run(database, "BEGIN IMMEDIATE");
    int result = 0;

    if (code == SQLITE_OK)
        code = write_self(database, setup);
    if (code == SQLITE_OK)
        code = database_run(database, "COMMIT");
    if (code == SQLITE_CONSTRAINT_UNIQUE)
        result = store_refuse(error_r,
                              "SERVER_NAME cannot be \"%s\": the database %s knows another server by that name",
                        setup->server_name, setup->path);
    else if (code != SQLITE_OK)
        result = refuse_code(error_r, setup->path, database, code);
    if (!sqlite3_get_autocommit(database))
        database_run(database, "ROLLBACK");
    return result;
}

static enum result create_administrator(struct store *store, const struct store_setup *setup, const char *hash)
{
    struct user_change change = {.username = setup->admin_username, .password_hash = hash};
    struct user *user = NULL;
    enum result result = store_user_create(store, &change, &user);

    free(user);
    return result;
}

/* A new password ends the sessions that the old one began. */
static enum result change_password(struct store *store, int64_t key, const char *hash)
{
    struct user_change change = {.password_hash = hash};
    struct user *user = NULL;
    enum result result = store_user_update(store, key, &change, &user);

    free(user);
    return result == RESULT_OK ? store_sessions_delete(store, key, 0) : result;
}

/* Makes the account, or gives it the configured password if it has another one; in the caller's transaction. */
static enum result settle_administrator(struct store *store, const struct store_setup *setup, const char **problem_r)
{
    char hash[SECRET_PASSWORD_HASH_SIZE], *old = NULL;
    size_t length = strlen(setup->admin_password);
    struct user *user = NULL;

    enum result result = store_user_by_name(store, setup->admin_username, NULL, &user);
    bool is_new = result == RESULT_NOT_FOUND;
    if (result == RESULT_OK)
        result = store_user_password(store, user->key, &old);
    if (result != RESULT_OK && !is_new)
        goto out;
    if (old != NULL && secret_password_verify(setup->admin_password, length, old))
        goto out;
    if (!secret_password_hash(setup->admin_password, length, setup->bcrypt_cost, hash)) {
        *problem_r = "ADMIN_PASSWORD must have 1 to 72 bytes";
        result = RESULT_BAD_REQUEST;
        goto out;
    }
    result = is_new ? create_administrator(store, setup, hash) : change_password(store, user->key, hash);
    if (result == RESULT_OK)
        log_info("administrator \"%s\": %s", setup->admin_username, is_new ? "account made" : "password changed");
out:
    free(old);
    free(user);
    return result;
}

static int settle_accounts(const struct store_setup *setup, char **error_r)
{
    const char *problem = "see the log";
    uint64_t commit;
    struct store *store = store_open(setup->path, error_r);

    if (store == NULL)
        return -1;
    enum result result = store_begin(store);
    if (result == RESULT_OK) {
        result = settle_administrator(store, setup, &problem);
        if (result == RESULT_OK)
            result = store_commit(store, false, &commit);
        else
            store_rollback(store);
    }
    store_close(&store);
    return result == RESULT_OK ? 0 : store_refuse(error_r, "cannot settle the administrator's account: %s", problem);
}

/* ---- all of it ---- */

static int use_log(sqlite3 *database, const char *path, char **error_r)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    int result = 0;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code != SQLITE_ROW)
        result = refuse_code(error_r, path, database, code);
    else if (strcmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0)
        result = store_refuse(error_r, "the database %s cannot have a write-ahead log on its file system", path);
    sqlite3_finalize(statement);
    return result;
}

static int prepare_database(sqlite3 *database, const struct store_setup *setup, off_t size, char **error_r)
{
    int version = 0;

    sqlite3_busy_timeout(database, STORE_BUSY_MS);
    if (sqlite3_db_readonly(database, "main") != 0)
        return refuse_code(error_r, setup->path, NULL, SQLITE_READONLY);
    /* Conversion moves every row: a large cache halves its time. */
    int code =
        database_run(database, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -131072;");
    if (code != SQLITE_OK)
        return refuse_code(error_r, setup->path, database, code);
    if (check_owner(database, setup->path, &version, error_r) != 0)
        return -1;
    if (size <= QUICK_CHECK_MAX && check_integrity(database, setup->path, error_r) != 0)
        return -1;
    if (migrate_run(database, setup, version, error_r) != 0)
        return -1;
    if (use_log(database, setup->path, error_r) != 0)
        return -1;
    return settle_self(database, setup, error_r);
}

int store_prepare(const struct store_setup *setup, char **error_r)
{
    sqlite3 *database = NULL;
    bool is_made;
    off_t size;

    store_engine_start();
    if (check_file(setup->path, &is_made, &size, error_r) != 0)
        return -1;
    int result = check_directory(setup->path, error_r);
    if (result == 0) {
        int code = sqlite3_open_v2(setup->path, &database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
        if (code != SQLITE_OK)
            result = refuse_code(error_r, setup->path, database, code);
        else
            result = prepare_database(database, setup, size, error_r);
        sqlite3_close(database);
    }
    if (result == 0)
        return settle_accounts(setup, error_r);
    if (is_made)
        unlink(setup->path);
    return result;
}

bool store_is_current(const char *path)
{
    sqlite3 *database = NULL;
    bool is_current = false;

    store_engine_start();
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(database, STORE_BUSY_MS);
        is_current = database_integer(database, "PRAGMA application_id", 0) == STORE_APPLICATION &&
                     database_integer(database, "PRAGMA user_version", -1) == migrate_newest();
    }
    sqlite3_close(database);
    return is_current;
}
