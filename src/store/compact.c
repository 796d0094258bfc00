/*
 * compact.c - the whole file anew, without free pages. Runs in beringctl, while no server does.
 *
 * Always holds: the new pages are written beside the database first, then into its log; it is as it was until that is
 * whole, wherever it is interrupted.
 */
#include "bering/backup.h"
#include "bering/retention.h"
#include "store/internal.h"
#include <stdlib.h>

static const char steps[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL; VACUUM;";

/* All pages in use, twice: once in a temporary file, once in the log. */
static int64_t room_needed(sqlite3 *database)
{
    int64_t pages = database_integer(database, "PRAGMA page_count", 0) -
                    database_integer(database, "PRAGMA freelist_count", 0);

    return 2 * pages * database_integer(database, "PRAGMA page_size", 0);
}

/* The temporary file is beside the database, where there has to be room in any case. */
static int rewrite(sqlite3 *database, const char *path)
{
    char *directory = directory_of(path);

    sqlite3_temp_directory = sqlite3_mprintf("%s", directory);
    free(directory);
    int code = sqlite3_temp_directory != NULL ? database_run(database, steps) : SQLITE_NOMEM;
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = NULL;
    return code;
}

int store_compact(const char *path, char **error_r)
{
    sqlite3 *database = NULL;
    int result = 0;

    store_engine_start();
    int code =
        sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK)
        result = check_room("compact", path, room_needed(database), error_r);
    if (code == SQLITE_OK && result == 0)
        code = rewrite(database, path);
    if (code != SQLITE_OK)
        result = store_refuse(error_r, "cannot compact the database %s: %s (%s); it is as it was", path,
                              store_explain(code), database != NULL ? sqlite3_errmsg(database) : sqlite3_errstr(code));
    sqlite3_close(database);
    return result;
}
