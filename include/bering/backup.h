/*
 * backup.h - the database as a file: copied beside a running server, looked at, put in the place of another.
 *
 * A copy is one file without a log, readable by its owner alone, and there only when it is whole and on the disk. All
 * calls block on the disk; they return -1 with *error_r (malloc'd) on failure, and then have left nothing behind.
 */
#ifndef BERING_BACKUP_H
#define BERING_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

/* What a copy says of itself, in a table of its own. */
struct backup_note {
    const char *key;              /* NULL ends a list */
    const char *value;
};

/* Told now and then how far a copy has come, in pages; false ends it, as a failure. */
typedef bool backup_progress(void *argument, int64_t done, int64_t total);

struct backup_job {
    const char *source;
    const char *target;           /* what is there by this name is replaced */
    const struct backup_note *notes; /* NULL: none, and those of the source are left out */
    backup_progress *progress;    /* may be NULL */
    void *argument;
};

/*
 * Copies a database as it is at this moment: what was committed before is in it, nothing else. Writers are not held
 * up; their log cannot shrink until the copy is done. Refuses a damaged database, and a disk without room.
 */
int backup_copy(const struct backup_job *job, char **error_r);

enum database_kind { DATABASE_EMPTY, DATABASE_OURS, DATABASE_ORIGINAL, DATABASE_OTHER };

struct database_report {
    enum database_kind kind;
    int version, newest;          /* of the file; that this program knows */
    int64_t bytes;
    int64_t users, channels, messages, servers; /* if ours: local users, peers; of an original's all */
    char *server_name;            /* whose it is; malloc'd, NULL if it does not say */
    char *made_at, *made_by, *configuration; /* of a backup's notes, malloc'd, NULL if it has none */
};

/* Looks at a file without changing it. `whole`: reads every page and checks that they, and the rows, fit together. */
int database_look(const char *path, bool whole, struct database_report *report_r, char **error_r);
void database_report_deinit(struct database_report *report);

/*
 * Puts the whole file `made` in the place of a database that nobody uses. *kept_r (malloc'd) is the name under which
 * the old one stays beside it, with its log if that could not be brought in; NULL if there was none. `made` must be in
 * the same directory.
 */
int database_replace(const char *made, const char *path, char **kept_r, char **error_r);

/* The directory in which a file is; malloc'd, aborts if there is no memory. */
char *directory_of(const char *path);

/* ---- snapshots: copies beside the database, PATH.before-N, made before the migration with that number ---- */

typedef void snapshot_row(void *argument, int number, const char *path);

/* Calls row for each, the newest first. */
void snapshots_list(const char *path, snapshot_row *row, void *argument);

#endif
