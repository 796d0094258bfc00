/*
 * internal.h - what the files of src/store/ share: the connection, failures, rows.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "bering/store.h"
#include "store/statement.h"
#include <sqlite3.h>

enum {
    STORE_APPLICATION = 0x42536872, /* PRAGMA application_id of our files: "BShr" */
    STORE_BUSY_MS = 2000,           /* how long a statement waits for a lock of another program */
};

struct store {
    sqlite3 *database;
    char *path;                           /* for the log */
    char *server_name;                    /* the origin of channels made here, the server of local users */
    sqlite3_stmt *statements[STATEMENTS]; /* prepared at first use; never left active */
    bool in_transaction;                  /* between store_begin and store_commit or store_rollback */
    bool has_failed;                      /* a statement failed half-way: the transaction can only be rolled back */
    bool in_snapshot;                     /* between snapshot_begin and snapshot_end */
    int trouble[2];  /* why the last read, write failed; SQLITE_OK: it did not. Changes are logged */
    int64_t *stored; /* keys of the messages that this transaction stored, in order */
    size_t stored_count, stored_capacity;
};

/* ---- store.c ---- */

/* Sets up the library once a process. */
void store_engine_start(void);

/* What SQLite's code means to an administrator; static storage. */
const char *store_explain(int code);

/*
 * Turns a failed statement into a result. Whatever is no mere constraint dooms the transaction, so that a verb of
 * several statements never leaves a half; the log hears of it once, until it changes. `writes`: the failure is of a
 * writer.
 */
enum result store_failure(struct store *store, int code, bool writes);

/* Reading or writing works: ends the trouble that the log was told of. */
void store_success(struct store *store, bool writes);

/* One consistent, short view for several reads; nothing inside a transaction that writes. */
enum result snapshot_begin(struct store *store);
void snapshot_end(struct store *store);

/* Memory that is always there: aborts otherwise. */
void *store_allocate(size_t size);
void *store_reallocate(void *block, size_t size);

/* Strings behind a struct in one block: their size, and placing a copy at *end, which moves on. NULL stays NULL. */
size_t string_size(const char *string);
const char *string_place(char **end, const char *string);

/* ---- migrate.c, original.c, prepare.c ---- */

/* The newest migration's number: PRAGMA user_version of a file that store_open accepts. */
int migrate_newest(void);

/* Runs what is missing, each migration in a transaction of its own. -1 and *error_r (malloc'd) on failure. */
int migrate_run(sqlite3 *database, const struct store_setup *setup, int version, char **error_r);

/* True if the database's tables and columns are the original's. */
bool original_detect(sqlite3 *database);

/*
 * Moves the original's tables out of the way, and, after the new ones are made, takes their rows over and drops them.
 */
int original_set_aside(sqlite3 *database);
int original_convert(sqlite3 *database, const struct store_setup *setup);

/* Runs SQL without parameters; a SQLite result code. */
int database_run(sqlite3 *database, const char *sql);

/* The first column of the first row as an integer, `otherwise` if there is none or it fails. */
int64_t database_integer(sqlite3 *database, const char *sql, int64_t otherwise);

/* ---- backup.c, compact.c, snapshots.c ---- */

/* Always -1, with the sentence in *error_r (malloc'd). */
int store_refuse(char **error_r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether the disk of a file has so many bytes left: 0, or -1 with *error_r ("cannot DOING PATH: ..."). */
int check_room(const char *doing, const char *path, int64_t needed, char **error_r);

/* Brings a file, or the directory in which it is, to the disk. -1 and *error_r on failure. */
int sync_path(const char *path, char **error_r);
int sync_directory_of(const char *path, char **error_r);

/* Keeps a copy of the database before the migration with this number; old ones go. -1 and *error_r on failure. */
int snapshot_make(const char *path, int number, char **error_r);

/* ---- select.c ---- */

/* Bytes of the write-ahead log. */
int64_t log_size(const struct store *store);

/* ---- users.c ---- */

/* The columns of struct user, of `users u LEFT JOIN servers s`, from query column `first` on. Strings are the row's. */
#define USER_COLUMNS                                                                                                   \
    "u.key, u.id, u.username, u.display_name, u.is_local, u.password_hash IS NOT NULL, u.deleted_at IS NOT NULL, "     \
    "s.key, s.id, s.name"
enum { USER_COLUMN_COUNT = 10 };

void user_from_row(const struct query *query, int first, struct user *user_r);

/* The names that stand for those of a deleted user. */
#define USER_DELETED_USERNAME     "deleted user"
#define USER_DELETED_DISPLAY_NAME "Deleted user"

size_t user_strings_size(const struct user *user);
void user_place_strings(struct user *user, char **end);

/* Ends a query for one user: a copy of its row, or RESULT_NOT_FOUND; for many: each row to the callback. */
enum result user_finish(struct query *query, struct user **user_r);
enum result user_finish_all(struct query *query, store_user_row *row, void *argument);

/* RESULT_OK if the user exists and is not deleted, RESULT_NOT_FOUND otherwise. */
enum result user_lives(struct store *store, int64_t key);

/* Whether it is a user of this server. */
enum result user_is_local(struct store *store, int64_t key, bool *is_local_r);

/* ---- channels.c ---- */

/* The columns of struct channel, as in every statement that finds channels. Strings are the row's. */
enum { CHANNEL_COLUMN_COUNT = 5 };
void channel_from_row(const struct query *query, struct channel *channel_r);

/* Ends a query for one channel: a copy of its row, or RESULT_NOT_FOUND. */
enum result channel_finish(struct query *query, struct channel **channel_r);

/* RESULT_CONFLICT if the name is taken. */
enum result channel_insert(struct store *store, const struct uuid *id, const char *name, const char *origin_server,
                           bool is_private, int64_t *key_r);

/* ---- messages.c ---- */

/*
 * A message's key is its conversation's number and its sequence number therein, so that the rows of a conversation lie
 * side by side. A conversation's number is a channel's key, doubled, or a direct conversation's, doubled, plus one.
 */
enum { CONVERSATION_SHIFT = 32 };
static const int64_t CONVERSATION_LAST = 0xffffffff; /* the largest sequence number */
static const int64_t CONVERSATION_KEY_MAX = (INT64_C(1) << 30) - 1;

static inline int64_t conversation_of(int64_t key, bool is_direct)
{
    return (key << 1 | (is_direct ? 1 : 0)) << CONVERSATION_SHIFT;
}

/* Finds the direct conversation of two users; *key_r is 0 if they have none. */
enum result direct_find(struct store *store, int64_t one, int64_t other, int64_t *key_r);

/* The key of a message of the conversation that starts at `first`; RESULT_NOT_FOUND if it is not one of its own. */
enum result message_key_of(struct store *store, const struct uuid *id, int64_t first, int64_t *key_r);

/* Calls row for the message with this key, if there is one. */
enum result message_read(struct store *store, int64_t key, store_message_row *row, void *argument);

/* ---- conversations.c ---- */

/* A local user has become a member: all that is there counts as read. */
enum result conversation_join(struct store *store, int64_t channel_key, int64_t user_key);

/* A message of a history is stored: whoever had nothing unread before it still has nothing. */
enum result conversation_follow(struct store *store, int64_t message_key);

/*
 * A message of one's own is stored. Such never count as unread, but are passed when counting: now and then the author's
 * position follows them, if nothing is unread, so that who only writes costs no more than who reads.
 */
enum result conversation_pass(struct store *store, int64_t author_key, int64_t message_key);

/* ---- mentions.c ---- */

/* Notes whom a message that has just been stored names. */
enum result mentions_note(struct store *store, const struct message_new *message, int64_t key);

/* Notes again what names one user among the messages after `from` and up to `to`, of which the oldest will do. */
enum result mentions_restore(struct store *store, int64_t user_key, int64_t from, int64_t to);

/* Forgets those of one user among them: they have been read. */
enum result mentions_forget(struct store *store, int64_t user_key, int64_t from, int64_t to);

/* ---- commit.c ---- */

/* Notes that the transaction stored this message. */
void commit_note(struct store *store, int64_t message_key);

#endif
