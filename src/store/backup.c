/*
 * backup.c - a copy of the database as one file. Runs in beringctl, and in the process that prepares the database.
 *
 * Always holds: the file appears under its name only when it is whole, sound and synced; until then it has a name of
 * its own, and goes if anything fails.
 */
#include "bering/backup.h"

#include "store/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { STEP_PAGES = 1024 }; /* between two looks at whether to go on */

int store_refuse(char **error_r, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(error_r, format, arguments) < 0)
        *error_r = NULL;
    va_end(arguments);
    return -1;
}

char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));

    if (directory == NULL)
        abort();
    return directory;
}

int sync_path(const char *path, char **error_r)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return store_refuse(error_r, "cannot open %s: %s", path, strerror(errno));
    int result = fsync(file);
    if (result != 0 && errno == EINVAL)
        result = 0; /* a file system that has nothing to sync for a directory */
    if (result != 0)
        store_refuse(error_r, "cannot write %s to the disk: %s", path, strerror(errno));
    close(file);
    return result;
}

int sync_directory_of(const char *path, char **error_r)
{
    char *directory = directory_of(path);
    int result = sync_path(directory, error_r);

    free(directory);
    return result;
}

struct copy {
    const struct backup_job *job;
    sqlite3 *source, *made;
    char *part;                   /* the name until it is whole */
    char **error_r;
};

static int fail_source(struct copy *copy, int code)
{
    return store_refuse(copy->error_r, "cannot read the database %s: %s (%s)", copy->job->source, store_explain(code),
                        copy->source != NULL ? sqlite3_errmsg(copy->source) : sqlite3_errstr(code));
}

static int fail_target(struct copy *copy, int code)
{
    return store_refuse(copy->error_r, "cannot write %s: %s (%s)", copy->job->target, store_explain(code),
                        copy->made != NULL ? sqlite3_errmsg(copy->made) : sqlite3_errstr(code));
}

/* One reading transaction for all of it: the copy is of one moment, however much is written meanwhile. */
static int open_source(struct copy *copy)
{
    int code = access(copy->job->source, F_OK) == 0 ? SQLITE_OK : SQLITE_CANTOPEN;

    if (code == SQLITE_OK)
        code = sqlite3_open_v2(copy->job->source, &copy->source,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(copy->source, STORE_BUSY_MS);
    if (code == SQLITE_OK)
        code = database_run(copy->source, "BEGIN; SELECT count(*) FROM sqlite_master;");
    return code == SQLITE_OK ? 0 : fail_source(copy, code);
}

int check_room(const char *doing, const char *path, int64_t needed, char **error_r)
{
    char *directory = directory_of(path);
    struct statvfs disk;
    int result = 0;

    if (statvfs(directory, &disk) != 0)
        result = store_refuse(error_r, "cannot write to %s: %s", directory, strerror(errno));
    else if ((uint64_t)disk.f_bavail * disk.f_frsize < (uint64_t)needed)
        result = store_refuse(error_r, "cannot %s %s: the disk is full: %lld bytes are needed, %llu are free", doing,
                              path, (long long)needed, (unsigned long long)disk.f_bavail * disk.f_frsize);
    free(directory);
    return result;
}

static int check_target(struct copy *copy)
{
    int64_t needed = database_integer(copy->source, "PRAGMA page_count", 0) *
                     database_integer(copy->source, "PRAGMA page_size", 0);

    return check_room("write", copy->job->target, needed, copy->error_r);
}

static int open_part(struct copy *copy)
{
    if (asprintf(&copy->part, "%s.part-XXXXXX", copy->job->target) < 0)
        abort();
    int file = mkstemp(copy->part); /* for its owner alone */
    if (file < 0) {
        free(copy->part);
        copy->part = NULL;
        return store_refuse(copy->error_r, "cannot write %s: %s", copy->job->target, strerror(errno));
    }
    close(file);
    int code = sqlite3_open_v2(copy->part, &copy->made,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    /* nobody else sees it before it is whole: no journal, and one sync at the end */
    if (code == SQLITE_OK)
        code = database_run(copy->made, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
    return code == SQLITE_OK ? 0 : fail_target(copy, code);
}

static int copy_pages(struct copy *copy)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy->made, "main", copy->source, "main");
    bool goes_on = true;
    int code = SQLITE_OK;

    if (backup == NULL)
        return fail_target(copy, sqlite3_errcode(copy->made));
    while (code == SQLITE_OK && goes_on) {
        code = sqlite3_backup_step(backup, STEP_PAGES);
        int64_t total = sqlite3_backup_pagecount(backup), left = sqlite3_backup_remaining(backup);
        if (copy->job->progress != NULL)
            goes_on = copy->job->progress(copy->job->argument, total - left, total);
    }
    sqlite3_backup_finish(backup);
    if (!goes_on && code == SQLITE_OK)
        return store_refuse(copy->error_r, "stopped before %s was whole", copy->job->target);
    return code == SQLITE_DONE ? 0 : fail_target(copy, code);
}

/* Nobody's log is held up by what follows. */
static int release_source(struct copy *copy)
{
    sqlite3_close(copy->source);
    copy->source = NULL;
    return 0;
}

static int write_note(sqlite3 *database, const struct backup_note *note)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, "INSERT INTO backup VALUES (?1, ?2)", -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 1, note->key, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 2, note->value, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* The pages say that there is a log beside the file: this one does without. */
static int finish_content(struct copy *copy)
{
    const struct backup_note *note = copy->job->notes;
    int code = database_run(copy->made, "PRAGMA journal_mode = DELETE; BEGIN; DROP TABLE IF EXISTS backup;");

    if (code == SQLITE_OK && note != NULL)
        code = database_run(copy->made, "CREATE TABLE backup (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)");
    for (; code == SQLITE_OK && note != NULL && note->key != NULL; note++)
        code = write_note(copy->made, note);
    if (code == SQLITE_OK)
        code = database_run(copy->made, "COMMIT");
    return code == SQLITE_OK ? 0 : fail_target(copy, code);
}

static int check_content(struct copy *copy)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(copy->made, "PRAGMA quick_check(1)", -1, &statement, NULL), result = 0;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *text = sqlite3_errmsg(copy->made);
    if (code == SQLITE_ROW)
        text = (const char *)sqlite3_column_text(statement, 0);
    if (text == NULL || strcmp(text, "ok") != 0)
        result = store_refuse(copy->error_r, "the database %s is corrupt: %s", copy->job->source,
                              text != NULL ? text : "quick_check failed");
    sqlite3_finalize(statement);
    return result;
}

/* What the copy is made by, in order; the first failure ends it. */
static int (*const steps[])(struct copy *copy) = {open_source,    check_target,   open_part,    copy_pages,
                                                  release_source, finish_content, check_content};

/* Whole, and for good. */
static int publish(struct copy *copy)
{
    if (sync_path(copy->part, copy->error_r) != 0)
        return -1;
    if (rename(copy->part, copy->job->target) != 0)
        return store_refuse(copy->error_r, "cannot name %s: %s", copy->job->target, strerror(errno));
    return sync_directory_of(copy->job->target, copy->error_r);
}

/* Beside a part there is at most what SQLite puts beside any database. */
static void remove_part(const char *part)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
    char *name;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (asprintf(&name, "%s%s", part, suffixes[i]) < 0)
            abort();
        unlink(name);
        free(name);
    }
}

int backup_copy(const struct backup_job *job, char **error_r)
{
    struct copy copy = {.job = job, .error_r = error_r};
    int result = 0;

    store_engine_start();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && result == 0; i++)
        result = steps[i](&copy);
    if (sqlite3_close(copy.made) != SQLITE_OK && result == 0)
        result = fail_target(&copy, SQLITE_BUSY);
    sqlite3_close(copy.source);
    if (result == 0)
        result = publish(&copy);
    if (result != 0 && copy.part != NULL)
        remove_part(copy.part);
    free(copy.part);
    return result;
}
