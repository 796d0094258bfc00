/*
 * look.c - what a database file is, and whether it is sound; and putting one in the place of another. Runs in
 * beringctl.
 *
 * Always holds: looking changes nothing; a database that is replaced is still there, under another name, before the
 * new one is.
 */
#include "bering/backup.h"

#include "bering/clock.h"
#include "bering/text.h"
#include "store/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- looking ---- */

struct look {
    const char *path;
    sqlite3 *database;
    struct database_report *report;
    char **error_r;
};

static int fail_code(struct look *look, int code)
{
    return store_refuse(look->error_r, "cannot read the database %s: %s (%s)", look->path, store_explain(code),
                        look->database != NULL ? sqlite3_errmsg(look->database) : sqlite3_errstr(code));
}

/* The first column of the first row, malloc'd; NULL if there is none. */
static char *read_text(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    char *text = NULL;

    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    if (sqlite3_step(statement) == SQLITE_ROW)
        text = text_copy((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

static int check_magic(struct look *look)
{
    static const char magic[16] = "SQLite format 3";
    char header[sizeof(magic)];
    struct stat status;
    int file = open(look->path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return store_refuse(look->error_r, "cannot open %s: %s", look->path, strerror(errno));
    ssize_t length = fstat(file, &status) == 0 && S_ISREG(status.st_mode) ? read(file, header, sizeof(header)) : -1;
    close(file);
    if (length < 0)
        return store_refuse(look->error_r, "cannot read %s: it is no file", look->path);
    look->report->bytes = status.st_size;
    if (length != 0 && (length != sizeof(header) || memcmp(header, magic, sizeof(magic)) != 0))
        return store_refuse(look->error_r, "%s is not an SQLite database, or its header is corrupt", look->path);
    return 0;
}

static int open_database(struct look *look)
{
    int code = sqlite3_open_v2(look->path, &look->database,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(look->database, STORE_BUSY_MS);
    if (code == SQLITE_OK)
        code = database_run(look->database, "PRAGMA cache_size = -65536; BEGIN; SELECT count(*) FROM sqlite_master;");
    return code == SQLITE_OK ? 0 : fail_code(look, code);
}

static int find_kind(struct look *look)
{
    int64_t application = database_integer(look->database, "PRAGMA application_id", 0);

    look->report->version = (int)database_integer(look->database, "PRAGMA user_version", 0);
    look->report->newest = migrate_newest();
    look->report->kind = DATABASE_OTHER;
    if (application == STORE_APPLICATION)
        look->report->kind = DATABASE_OURS;
    else if (application == 0 && database_integer(look->database, "SELECT count(*) FROM sqlite_master", 1) == 0)
        look->report->kind = DATABASE_EMPTY;
    else if (application == 0 && original_detect(look->database))
        look->report->kind = DATABASE_ORIGINAL;
    return 0;
}

/* Rows that contradict each other come as one text a row; a sound file has "ok", or none. */
static int check_with(struct look *look, const char *pragma, const char *what)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(look->database, pragma, -1, &statement, NULL), result = 0;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        result = fail_code(look, code);
    else if (code == SQLITE_ROW && (text == NULL || strcmp(text, "ok") != 0))
        result = store_refuse(look->error_r, "the database %s is corrupt: %s%s", look->path, what,
                              text != NULL ? text : "check failed");
    sqlite3_finalize(statement);
    return result;
}

static int check_whole(struct look *look)
{
    if (check_with(look, "PRAGMA integrity_check(1)", "") != 0)
        return -1;
    if (look->report->kind != DATABASE_OURS)
        return 0;
    return check_with(look, "PRAGMA foreign_key_check", "rows without the one they refer to, in table ");
}

/* A newer version may have other tables: what cannot be counted is 0. */
static void count(struct look *look)
{
    struct database_report *report = look->report;
    sqlite3 *database = look->database;

    if (report->kind != DATABASE_OURS && report->kind != DATABASE_ORIGINAL)
        return;
    bool is_ours = report->kind == DATABASE_OURS;
    report->users = database_integer(
        database,
        is_ours ? "SELECT count(*) FROM users WHERE is_local AND deleted_at IS NULL" : "SELECT count(*) FROM users", 0);
    report->channels = database_integer(database, "SELECT count(*) FROM channels", 0);
    report->messages = database_integer(database, "SELECT count(*) FROM messages", 0);
    report->servers = database_integer(
        database, is_ours ? "SELECT count(*) FROM servers WHERE NOT is_self" : "SELECT count(*) FROM servers", 0);
    if (!is_ours)
        return;
    report->server_name = read_text(database, "SELECT name FROM servers WHERE is_self");
    report->made_at = read_text(database, "SELECT value FROM backup WHERE key = 'made_at'");
    report->made_by = read_text(database, "SELECT value FROM backup WHERE key = 'made_by'");
    report->configuration = read_text(database, "SELECT value FROM backup WHERE key = 'configuration'");
}

int database_look(const char *path, bool whole, struct database_report *report_r, char **error_r)
{
    struct look look = {.path = path, .report = report_r, .error_r = error_r};

    memset(report_r, 0, sizeof(*report_r));
    store_engine_start();
    int result = check_magic(&look);
    if (result == 0)
        result = open_database(&look);
    if (result == 0)
        result = find_kind(&look);
    if (result == 0 && whole)
        result = check_whole(&look);
    if (result == 0)
        count(&look);
    sqlite3_close(look.database);
    return result;
}

void database_report_deinit(struct database_report *report)
{
    free(report->server_name);
    free(report->made_at);
    free(report->made_by);
    free(report->configuration);
    memset(report, 0, sizeof(*report));
}

/* ---- replacing ---- */

static char *join(const char *path, const char *suffix)
{
    char *name;

    if (asprintf(&name, "%s%s", path, suffix) < 0)
        abort();
    return name;
}

/* PATH.replaced-DATE, and a number if that is taken. */
static char *name_kept(const char *path)
{
    char date[32], suffix[64];
    time_t now = (time_t)(clock_now() / 1000000000);
    struct tm parts;

    strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
    for (unsigned number = 0;; number++) {
        snprintf(suffix, sizeof(suffix), number == 0 ? ".replaced-%s" : ".replaced-%s-%u", date, number);
        char *name = join(path, suffix);
        if (access(name, F_OK) != 0)
            return name;
        free(name);
    }
}

/* Opening and closing it alone brings its log in; a damaged one keeps its log, which then goes with it. */
static void bring_in_log(const char *path)
{
    sqlite3 *database = NULL;

    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        database_run(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(database);
}

static int move_log(const char *path, const char *kept, char **error_r)
{
    char *log = join(path, "-wal"), *memory = join(path, "-shm"), *kept_log = join(kept, "-wal");
    int result = 0;

    if (rename(log, kept_log) != 0 && errno != ENOENT)
        result = store_refuse(error_r, "cannot move %s: %s", log, strerror(errno));
    else
        unlink(memory); /* made anew from the log */
    free(kept_log);
    free(memory);
    free(log);
    return result;
}

/* Where a file cannot have two names, there is none for a moment. */
static int keep_old(const char *path, const char *kept)
{
    if (link(path, kept) == 0)
        return 0;
    return errno == EPERM || errno == EOPNOTSUPP ? rename(path, kept) : -1;
}

/* The old one has its second name before the new one takes the first: at no moment is there none. */
int database_replace(const char *made, const char *path, char **kept_r, char **error_r)
{
    struct stat status;
    int result = 0;

    *kept_r = NULL;
    store_engine_start();
    if (stat(path, &status) == 0 && status.st_size > 0) {
        bring_in_log(path);
        *kept_r = name_kept(path);
        if (keep_old(path, *kept_r) != 0)
            result = store_refuse(error_r, "cannot keep %s as %s: %s", path, *kept_r, strerror(errno));
        else
            result = move_log(path, *kept_r, error_r);
    }
    if (result == 0)
        result = sync_path(made, error_r);
    if (result == 0 && rename(made, path) != 0)
        result = store_refuse(error_r, "cannot name %s: %s", path, strerror(errno));
    return result == 0 ? sync_directory_of(path, error_r) : result;
}
