/*
 * migrate_fixture.h - database files as the tests of migrations find them, and what they expect of them.
 */
#ifndef MIGRATE_FIXTURE_H
#define MIGRATE_FIXTURE_H

#include "store_fixture.h"
#include <libgen.h>

/* The fixtures lie beside this file; a build elsewhere says where the sources are. */
static inline FILE *open_fixture(const char *name)
{
    char path[4096], here[4096];
    const char *source = getenv("BERING_SOURCE_DIR");

    snprintf(here, sizeof(here), "%s", __FILE__);
    snprintf(path, sizeof(path), "%.3000s/fixtures/%s", dirname(here), name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        snprintf(path, sizeof(path), "%.3000s/t/unit/fixtures/%s", source != NULL ? source : ".", name);
        file = fopen(path, "r");
    }
    if (file == NULL)
        fail_msg("cannot open %s", path);
    return file;
}

static inline void run_sql(const char *path, const char *sql)
{
    sqlite3 *database = NULL;

    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (database_run(database, sql) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(database));
    sqlite3_close(database);
}

static inline void load(const char *path, const char *name)
{
    char text[16384];
    FILE *file = open_fixture(name);
    size_t length = fread(text, 1, sizeof(text) - 1, file);

    fclose(file);
    assert_in_range(length, 1, sizeof(text) - 2);
    text[length] = '\0';
    run_sql(path, text);
}

/* Compares what a query answers: columns between '|', rows ended by a newline. */
static inline void expect_rows(struct store *store, const char *sql, const char *expected)
{
    char text[8192] = "";
    size_t length = 0;
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(store->database));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s", value != NULL ? value : "-",
                                       i + 1 < sqlite3_column_count(statement) ? "|" : "\n");
            assert_true(length < sizeof(text));
        }
    sqlite3_finalize(statement);
    assert_string_equal(text, expected);
}

/* Expects store_prepare to refuse with a text that contains `part`. */
static inline void expect_refusal(struct fixture *fixture, const char *part)
{
    char *error = NULL;

    assert_int_equal(store_prepare(&fixture->setup, &error), -1);
    assert_non_null(error);
    if (strstr(error, part) == NULL || strstr(error, fixture->directory) == NULL)
        fail_msg("\"%s\" does not say \"%s\" of its file", error, part);
    free(error);
}

static inline size_t read_whole(const char *path, char *bytes, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t length = fread(bytes, 1, size, file);
    fclose(file);
    return length;
}

#endif
