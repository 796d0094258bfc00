/*
 * select.c - parts of the lists of users and channels, and figures of the whole: what administrators look at. Runs in
 * workers, on threads that may block.
 */
#include "store/internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static const char *text_or_null(const struct selection *selection)
{
    return selection->text != NULL && selection->text[0] != '\0' ? selection->text : NULL;
}

/* Ends a query that counts. */
static enum result finish_count(struct query *query, int64_t *count_r)
{
    int64_t count = query_step(query) ? query_integer(query, 0) : 0;
    enum result result = query_end(query);

    if (result == RESULT_OK)
        *count_r = count;
    return result;
}

/* ---- users ---- */

static struct query begin_users(struct store *store, enum statement statement, const struct selection *selection,
                                int is_local, const struct uuid *server_id)
{
    struct query query = query_begin(store, statement);

    query_bind_text(&query, text_or_null(selection));
    if (is_local >= 0)
        query_bind_integer(&query, is_local != 0);
    else
        query_bind_key(&query, 0);
    query_bind_uuid(&query, server_id);
    query_bind_text(&query, selection->keys);
    query_bind_integer(&query, selection->is_among);
    return query;
}

enum result store_users_select(struct store *store, const struct selection *selection, int is_local,
                               const struct uuid *server_id, store_user_row *row, void *argument, int64_t *total_r)
{
    enum result result = snapshot_begin(store);

    if (result != RESULT_OK)
        return result;
    struct query query = begin_users(store, STATEMENT_USERS_SELECT, selection, is_local, server_id);
    query_bind_integer(&query, selection->limit);
    query_bind_integer(&query, selection->offset);
    result = user_finish_all(&query, row, argument);
    if (result == RESULT_OK) {
        query = begin_users(store, STATEMENT_USERS_SELECT_COUNT, selection, is_local, server_id);
        result = finish_count(&query, total_r);
    }
    snapshot_end(store);
    return result;
}

/* ---- channels ---- */

static enum result select_channels(struct store *store, const struct selection *selection, store_channel_size_row *row,
                                   void *argument)
{
    struct query query = query_begin(store, STATEMENT_CHANNELS_SELECT);

    query_bind_text(&query, text_or_null(selection));
    query_bind_integer(&query, selection->limit);
    query_bind_integer(&query, selection->offset);
    while (query_step(&query)) {
        struct channel channel;
        channel_from_row(&query, &channel);
        row(argument, &channel, query_integer(&query, CHANNEL_COLUMN_COUNT),
            query_integer(&query, CHANNEL_COLUMN_COUNT + 1));
    }
    return query_end(&query);
}

enum result store_channels_select(struct store *store, const struct selection *selection, store_channel_size_row *row,
                                  void *argument, int64_t *total_r)
{
    enum result result = snapshot_begin(store);

    if (result != RESULT_OK)
        return result;
    result = select_channels(store, selection, row, argument);
    if (result == RESULT_OK) {
        struct query query = query_begin(store, STATEMENT_CHANNELS_SELECT_COUNT);
        query_bind_text(&query, text_or_null(selection));
        result = finish_count(&query, total_r);
    }
    snapshot_end(store);
    return result;
}

/* ---- figures ---- */

static int64_t size_of_file(const char *path, const char *suffix)
{
    struct stat status;
    char *name;
    int64_t size = 0;

    if (asprintf(&name, "%s%s", path, suffix) < 0)
        return 0;
    if (stat(name, &status) == 0)
        size = status.st_size;
    free(name);
    return size;
}

int64_t log_size(const struct store *store)
{
    return size_of_file(store->path, "-wal");
}

void store_disk(struct store *store, struct store_disk *disk_r)
{
    struct statvfs disk;

    *disk_r = (struct store_disk){
        .database_bytes = size_of_file(store->path, ""),
        .wal_bytes = log_size(store),
        .free_page_bytes = database_integer(store->database, "PRAGMA freelist_count", 0) *
                           database_integer(store->database, "PRAGMA page_size", 0),
    };
    if (statvfs(store->path, &disk) != 0)
        return;
    disk_r->disk_free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
    disk_r->is_read_only = (disk.f_flag & ST_RDONLY) != 0;
}

static enum result count_users(struct store *store, struct store_figures *figures)
{
    struct query query = query_begin(store, STATEMENT_USERS_COUNT);

    if (query_step(&query)) {
        figures->local_users = query_integer(&query, 0);
        figures->remote_users = query_integer(&query, 1) - figures->local_users;
    }
    return query_end(&query);
}

enum result store_figures(struct store *store, struct store_figures *figures_r)
{
    *figures_r = (struct store_figures){0};
    store_disk(store, &figures_r->disk);
    enum result result = count_users(store, figures_r);
    if (result == RESULT_OK) {
        struct query query = query_begin(store, STATEMENT_CHANNELS_COUNT);
        result = finish_count(&query, &figures_r->channels);
    }
    if (result == RESULT_OK) {
        struct query query = query_begin(store, STATEMENT_MESSAGES_COUNT);
        result = finish_count(&query, &figures_r->messages);
    }
    return result;
}
