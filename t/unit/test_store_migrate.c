/*
 * test_store_migrate.c - preparing a database: new ones, the original's, and those that are refused.
 */
#include "store_fixture.h"
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <sys/wait.h>

/* The fixtures lie beside this file; a build elsewhere says where the sources are. */
static FILE *open_fixture(const char *name)
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

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *database = NULL;

    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (database_run(database, sql) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(database));
    sqlite3_close(database);
}

static void load(const char *path, const char *name)
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
static void expect_rows(struct store *store, const char *sql, const char *expected)
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
static void expect_refusal(struct fixture *fixture, const char *part)
{
    char *error = NULL;

    assert_int_equal(store_prepare(&fixture->setup, &error), -1);
    assert_non_null(error);
    if (strstr(error, part) == NULL || strstr(error, fixture->directory) == NULL)
        fail_msg("\"%s\" does not say \"%s\" of its file", error, part);
    free(error);
}

static size_t read_whole(const char *path, char *bytes, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t length = fread(bytes, 1, size, file);
    fclose(file);
    return length;
}

/* ---- new databases, and later starts ---- */

static void test_missing_file_becomes_a_database(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    struct user *admin = NULL;
    char *hash = NULL, *error = NULL;

    assert_null(store_open(fixture->path, &error));
    assert_non_null(error);
    free(error);
    fixture_prepare(fixture);
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    fixture->store = fixture_open(fixture);
    expect_rows(fixture->store, "PRAGMA journal_mode", "wal\n");
    expect_rows(fixture->store, "PRAGMA synchronous", "2\n");
    expect_rows(fixture->store, "SELECT name, base_url, token, is_self FROM servers",
                "home|http://localhost:8080|home-token|1\n");
    assert_int_equal(store_user_by_name(fixture->store, "admin", NULL, &admin), RESULT_OK);
    assert_int_equal(store_user_password(fixture->store, admin->key, &hash), RESULT_OK);
    assert_true(secret_password_verify("secret", 6, hash));
    free(hash);
    free(admin);
}

static void test_empty_file_becomes_a_database(void **state)
{
    struct fixture *fixture = *state;

    fclose(fopen(fixture->path, "w"));
    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    assert_int_equal(count_rows(fixture->store, "SELECT count(*) FROM users"), 1);
}

static void test_unprepared_database_is_not_opened(void **state)
{
    struct fixture *fixture = *state;
    char *error = NULL;

    load(fixture->path, "original.sql");
    assert_null(store_open(fixture->path, &error));
    assert_non_null(error);
    free(error);
}

static void test_second_start_changes_only_what_the_configuration_changed(void **state)
{
    struct fixture *fixture = *state;
    static const char all[] = "SELECT username, password_hash, hex(id) FROM users";
    char before[512];

    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    begin(fixture->store);
    int64_t channel = make_channel(fixture->store, "general");
    commit(fixture->store);
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(fixture->store->database, all, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    snprintf(before, sizeof(before), "%s|%s|%s\n", sqlite3_column_text(statement, 0), sqlite3_column_text(statement, 1),
             sqlite3_column_text(statement, 2));
    sqlite3_finalize(statement);
    store_close(&fixture->store);

    fixture->setup.base_url = "https://moved";
    fixture->setup.server_name = "renamed";
    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    expect_rows(fixture->store, all, before);
    expect_rows(fixture->store, "SELECT name, base_url, token, is_self FROM servers",
                "renamed|https://moved|home-token|1\n");
    struct channel *found = NULL;
    assert_int_equal(store_channel_by_name(fixture->store, "general", NULL, &found), RESULT_OK);
    assert_int_equal(found->key, channel);
    assert_string_equal(found->origin_server, "renamed");
    free(found);
}

static void test_changed_admin_password_is_taken_over_and_ends_sessions(void **state)
{
    struct fixture *fixture = *state;
    struct digest token = secret_digest("t", 1);
    struct user *admin = NULL;
    char *hash = NULL;
    int64_t session;

    assert_int_equal(store_user_by_name(fixture->store, "admin", NULL, &admin), RESULT_OK);
    begin(fixture->store);
    assert_int_equal(store_session_create(fixture->store, &token, SESSION_ADMIN, admin->key, INT64_MAX, &session),
                     RESULT_OK);
    commit(fixture->store);
    store_close(&fixture->store);
    fixture->setup.admin_password = "changed";
    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    assert_int_equal(store_user_password(fixture->store, admin->key, &hash), RESULT_OK);
    assert_true(secret_password_verify("changed", 7, hash));
    assert_int_equal(store_session_check(fixture->store, session, admin->key), RESULT_NOT_FOUND);
    free(hash);
    free(admin);
}

/* ---- older versions of our own ---- */

static void test_version_1_learns_to_federate_and_loses_nothing(void **state)
{
    struct fixture *fixture = *state;

    load(fixture->path, "version-1.sql");
    fixture_prepare(fixture);
    struct store *store = fixture->store = fixture_open(fixture);
    expect_rows(store, "PRAGMA user_version", "2\n");
    expect_rows(store, "PRAGMA foreign_key_check", "");
    expect_rows(store, "PRAGMA integrity_check", "ok\n");
    expect_rows(store, "SELECT name, token, is_self, abilities FROM servers ORDER BY key",
                "home|home-token|1|0\npeer|peer-token|0|0\nother|other-token|0|0\n");
    expect_rows(store, "SELECT username, server_id, display_name, deleted_at FROM users WHERE key <= 4 ORDER BY key",
                "alice|-|Alice|-\nrita|2|Rita|-\nolga|3|-|-\n"
                "deleted-20000000-0000-4000-8000-000000000004|2|Deleted user|5\n");
    expect_rows(store, "SELECT name, origin_server FROM channels ORDER BY key", "general|home\ntheirs|peer\n");
    expect_rows(store, "SELECT author_user_id, sent_at, body FROM messages", "2|1700000000000000000|kept\n");
    /* Each membership has learnt its member's server. */
    expect_rows(store, "SELECT channel_id, user_id, joined_at, server_id FROM channel_members ORDER BY 1, 2",
                "1|1|10|-\n1|2|20|2\n1|3|30|3\n2|1|40|-\n");
    expect_rows(store, "SELECT count(*) FROM outbox", "0\n");
}

/* The schema that a file has, however old it was when it came here. */
static void read_schema(const struct fixture *fixture, char *text, size_t size)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    size_t length = 0;

    assert_int_equal(sqlite3_open(fixture->path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (const unsigned char *byte = sqlite3_column_text(statement, 0); *byte != '\0'; byte++)
            if (*byte != ' ' && *byte != '\n') { /* white space is kept as it was written */
                assert_true(length + 1 < size);
                text[length++] = (char)*byte;
            }
    text[length] = '\0';
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

static void test_old_and_new_files_end_with_the_same_schema(void **state)
{
    static const char *const names[] = {"version-1.sql", "original.sql", "original-older.sql"};
    struct fixture *fixture = *state;
    char fresh[16384], migrated[16384];

    fixture_prepare(fixture);
    read_schema(fixture, fresh, sizeof(fresh));
    assert_non_null(strstr(fresh, "outbox"));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(unlink(fixture->path), 0);
        load(fixture->path, names[i]);
        fixture_prepare(fixture);
        read_schema(fixture, migrated, sizeof(migrated));
        assert_string_equal(migrated, fresh);
    }
}

static void test_migration_that_fails_leaves_the_older_version(void **state)
{
    struct fixture *fixture = *state;
    char before[16384], after[16384];

    load(fixture->path, "version-1.sql");
    run_sql(fixture->path, "CREATE TABLE outbox (in_the_way)");
    read_schema(fixture, before, sizeof(before));
    expect_refusal(fixture, "cannot migrate the database");
    read_schema(fixture, after, sizeof(after));
    assert_string_equal(after, before);
    run_sql(fixture->path, "DROP TABLE outbox");
    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    expect_rows(fixture->store, "PRAGMA user_version", "2\n");
}

/* ---- the original's databases ---- */

#define ID(prefix, digits) prefix "0000000-0000-4000-8000-0000000000" digits
#define UUID_TEXT(column)                                                                                              \
    "lower(substr(hex(" column "), 1, 8) || '-' || substr(hex(" column "), 9, 4) || '-' || substr(hex(" column         \
    "), 13, 4) || '-' || substr(hex(" column "), 17, 4) || '-' || substr(hex(" column "), 21))"

static struct store *convert(struct fixture *fixture, const char *name)
{
    load(fixture->path, name);
    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    expect_rows(fixture->store, "PRAGMA foreign_key_check", "");
    expect_rows(fixture->store, "PRAGMA integrity_check", "ok\n");
    expect_rows(fixture->store, "SELECT name FROM sqlite_master WHERE name LIKE 'original%'", "");
    return fixture->store;
}

static void test_original_keeps_servers_and_visibility(void **state)
{
    struct store *store = convert(*state, "original.sql");

    expect_rows(store, "SELECT " UUID_TEXT("id") ", name, base_url, token, is_self FROM servers ORDER BY key",
                /* clang-format off */
                ID("1", "01") "|home|http://localhost:8080|home-token|1\n"
                ID("1", "02") "|peer|http://peer:8080|peer-token|0\n");
    /* clang-format on */
    expect_rows(store,
                "SELECT s.name, u.username FROM server_hidden_users h JOIN servers s ON s.key = h.server_id "
                "JOIN users u ON u.key = h.user_id",
                "peer|alice\n");
    expect_rows(store,
                "SELECT s.name, c.name, c.origin_server FROM server_hidden_channels h JOIN servers s "
                "ON s.key = h.server_id JOIN channels c ON c.key = h.channel_id",
                "peer|general|home\n");
}

static void test_original_keeps_every_user(void **state)
{
    struct store *store = convert(*state, "original.sql");

    expect_rows(store,
                "SELECT " UUID_TEXT(
                    "u.id") ", u.username, s.name, u.is_local, u.display_name, "
                            "CASE WHEN u.username = 'admin' THEN 'own' ELSE u.password_hash END, u.token IS NOT NULL, "
                            "u.deleted_at IS NOT NULL FROM users u LEFT JOIN servers s ON s.key = u.server_id "
                            "WHERE u.key <= 7 ORDER BY u.key",
                /* clang-format off */
                ID("2", "01") "|admin|-|1|-|own|1|0\n"
                ID("2", "02") "|alice|-|1|Alice|$2b$12$kept|1|0\n"
                ID("2", "03") "|alice-3|-|1|-|-|1|0\n"
                ID("2", "04") "|alice-2|-|1|-|-|1|0\n"
                ID("2", "05") "|rita|peer|0|Rita|-|0|0\n"
                ID("2", "06") "|left|-|0|-|-|0|1\n"
                ID("2", "07") "|bob|-|1|-|-|1|0\n");
    /* clang-format on */
    /* Odd ids become UUIDs of their own; the author and recipient that are gone is one deleted user. */
    expect_rows(store, "SELECT username, is_local, deleted_at IS NOT NULL FROM users WHERE key > 7 ORDER BY key",
                "carol|1|0\nupper|1|0\nlower|1|0\ndeleted-" ID("2", "ff") "|0|1\n");
    expect_rows(store, "SELECT count(*), count(DISTINCT id), min(length(id)), max(length(id)) FROM users",
                "11|11|16|16\n");
    expect_rows(store, "SELECT username FROM users WHERE id = x'2000000000004000800000000000000a'", "upper\n");
    expect_rows(store,
                "SELECT substr(hex(id), 13, 1), instr('89AB', substr(hex(id), 17, 1)) > 0 FROM users "
                "WHERE username = 'carol'",
                "8|1\n");
}

static void test_original_tokens_still_let_their_owners_in(void **state)
{
    struct store *store = convert(*state, "original.sql");
    static const char *const tokens[][2] = {
        {"token-alice", "alice"},
        {"token-alice-too", "alice-3"},
        {"token-carol", "carol"},
        {"token-bob", "bob"},
    };
    struct session *session = NULL;

    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        struct digest digest = secret_digest(tokens[i][0], strlen(tokens[i][0]));
        assert_int_equal(store_session_find(store, &digest, 0, &session), RESULT_OK);
        assert_string_equal(session->user.username, tokens[i][1]);
        free(session);
    }
    struct digest empty = secret_digest("", 0), left = secret_digest("token-left", 10);
    assert_int_equal(store_session_find(store, &empty, 0, &session), RESULT_NOT_FOUND);
    assert_int_equal(store_session_find(store, &left, 0, &session), RESULT_NOT_FOUND);

    struct digest shared = secret_digest("shared-secret", 13);
    char expected[256] = ID("5", "01") "|for friends|1704067200250000000|";
    for (size_t i = 0; i < sizeof(shared.bytes); i++)
        snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected), "%02X", shared.bytes[i]);
    strcat(expected, "\n");
    expect_rows(store, "SELECT " UUID_TEXT("id") ", label, created_at, hex(token) FROM federation_tokens", expected);
}

static void test_original_keeps_channels_and_members(void **state)
{
    struct store *store = convert(*state, "original.sql");

    expect_rows(store, "SELECT " UUID_TEXT("id") ", name, origin_server, is_private FROM channels ORDER BY key",
                /* clang-format off */
                ID("3", "01") "|general|home|0\n" ID("3", "02") "|general|peer|0\n"
                ID("3", "ff") "|recovered-30000000|home|1\n");
    /* clang-format on */
    expect_rows(store,
                "SELECT c.origin_server, u.username FROM channel_members m JOIN channels c ON c.key = m.channel_id "
                "JOIN users u ON u.key = m.user_id ORDER BY 1, 2",
                "home|alice\nhome|carol\npeer|rita\n");
    expect_rows(store,
                "SELECT count(*) FROM channel_members m JOIN users u ON u.key = m.user_id "
                "WHERE m.server_id IS NOT u.server_id",
                "0\n");
}

struct lines {
    char text[4096];
};

static void add_line(void *argument, const struct message *message)
{
    struct lines *lines = argument;
    size_t length = strlen(lines->text);

    snprintf(lines->text + length, sizeof(lines->text) - length, "%s|%s|%.*s\n", message->author_username,
             message->sent_at, (int)message->body_length, message->body);
}

/* The history of a conversation, as requests will see it. */
static void expect_history(struct store *store, const struct conversation *conversation, const char *expected)
{
    struct page page = {.limit = 200};
    struct lines lines = {""};

    assert_int_equal(store_messages(store, conversation, &page, add_line, &lines), RESULT_OK);
    assert_string_equal(lines.text, expected);
}

static int64_t user_named(struct store *store, const char *name)
{
    struct user *user = NULL;

    assert_int_equal(store_user_by_name(store, name, NULL, &user), RESULT_OK);
    int64_t key = user->key;
    free(user);
    return key;
}

static void test_original_keeps_every_message_in_order_with_its_time(void **state)
{
    struct store *store = convert(*state, "original.sql");
    int64_t alice = user_named(store, "alice"), bob = user_named(store, "bob"), carol = user_named(store, "carol");
    int64_t gone = count_rows(store, "SELECT key FROM users WHERE username = 'deleted-" ID("2", "ff") "'");

    expect_history(store, &(struct conversation){.channel_key = 1},
                   "rita|2024-05-01T10:00:00Z|first\n"
                   "alice|2024-05-01T10:00:00.123456789Z|second\n"
                   "alice|yesterday|undated\n"
                   "upper|2024-05-02T00:00:00.000000001Z|it's \"quoted\"\n"
                   "lower|2024-05-02T00:00:00.000000002Z|ünïcode 🐻\n");
    expect_history(store, &(struct conversation){.channel_key = 2}, "deleted user|2024-05-01T10:00:04Z|author gone\n");
    expect_history(store, &(struct conversation){.channel_key = 3}, "alice|2024-05-01T10:00:05Z|channel gone\n");
    expect_history(store, &(struct conversation){.user_keys = {alice, bob}},
                   "alice|2024-05-01T10:00:01.5Z|hi bob\n"
                   "bob|2024-05-01T12:00:02.000001+02:00|hi alice\n");
    expect_history(store, &(struct conversation){.user_keys = {carol, carol}},
                   "carol|2024-05-01T10:00:03.000000000Z|to myself\n");
    expect_history(store, &(struct conversation){.user_keys = {gone, alice}},
                   "alice|2024-05-01T10:00:06Z|recipient gone\n");
    expect_rows(store, "SELECT count(*), count(DISTINCT id), count(sent_at_text) FROM messages", "11|11|7\n");
    expect_rows(store, "SELECT " UUID_TEXT("id") ", sent_at FROM messages WHERE body = 'hi alice'",
                ID("4", "04") "|1714557602000001000\n");
}

static void test_original_goes_on_being_used(void **state)
{
    struct store *store = convert(*state, "original.sql");
    struct list list = {{0}, 0};
    struct page page = {.limit = 2};
    struct conversation conversation = {.channel_key = 1};

    begin(store);
    post(store, user_named(store, "alice"), 1, 0, "new");
    assert_true(make_channel(store, "another") > 3);
    commit(store);
    assert_int_equal(store_messages(store, &conversation, &page, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, "ünïcode 🐻 new ");
    store_close(&((struct fixture *)*state)->store);
    fixture_prepare(*state); /* a second start finds nothing to do */
}

static void test_older_original_is_taken_over(void **state)
{
    struct store *store = convert(*state, "original-older.sql");

    expect_rows(
        store,
        "SELECT " UUID_TEXT(
            "u.id") ", u.username, s.name, u.is_local, u.display_name, u.password_hash "
                    "FROM users u LEFT JOIN servers s ON s.key = u.server_id WHERE u.username = 'alice' ORDER BY u.key",
        ID("2", "01") "|alice|-|1|-|-\n" ID("2", "02") "|alice|elsewhere|0|-|-\n");
    expect_rows(store, "SELECT " UUID_TEXT("id") ", name, base_url, token FROM servers WHERE NOT is_self",
                ID("1", "01") "|elsewhere|http://elsewhere|token-elsewhere\n");
    expect_rows(store, "SELECT name FROM servers WHERE is_self", "home\n");
    expect_rows(store, "SELECT " UUID_TEXT("id") ", name, origin_server FROM channels",
                ID("3", "01") "|general|home\n");
    expect_rows(store, "SELECT channel_id, user_id FROM channel_members", "1|1\n");
    expect_rows(store,
                "SELECT " UUID_TEXT("id") ", kind, body, author_user_id, recipient_user_id, channel_id, sent_at, "
                                          "sent_at_text FROM messages ORDER BY sent_at",
                /* clang-format off */
                ID("4", "01") "|channel|hello|1|-|1|1675397106789000000|2023-02-03T04:05:06.789Z\n"
                ID("4", "02") "|dm|psst|2|1|-|1675397107000000000|-\n");
    /* clang-format on */
    expect_rows(store, "SELECT count(*) FROM users WHERE username = 'admin' AND is_local", "1\n");
}

static void test_conversion_that_fails_leaves_the_file_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    static char before[262144], after[262144];

    load(fixture->path, "original.sql");
    run_sql(fixture->path, "CREATE TABLE sessions (in_the_way TEXT)"); /* one of ours, and not of the original */
    size_t length = read_whole(fixture->path, before, sizeof(before));
    expect_refusal(fixture, "it is as it was");
    assert_int_equal(read_whole(fixture->path, after, sizeof(after)), length);
    assert_memory_equal(before, after, length);
}

/* ---- what is refused ---- */

static void test_newer_version_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture_prepare(fixture);
    run_sql(fixture->path, "PRAGMA user_version = 99");
    expect_refusal(fixture, "is of version 99, made by a newer BeringShare");
}

static void test_database_of_another_application_is_refused(void **state)
{
    struct fixture *fixture = *state;

    run_sql(fixture->path, "CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')");
    expect_refusal(fixture, "another application");
    run_sql(fixture->path, "PRAGMA user_version = 1"); /* our number, but not our file */
    expect_refusal(fixture, "another application");
    run_sql(fixture->path, "PRAGMA application_id = 252006674");
    expect_refusal(fixture, "another application");
    run_sql(fixture->path, "INSERT INTO bookmarks VALUES ('still there')");
}

static void test_tables_with_other_columns_are_not_the_originals(void **state)
{
    struct fixture *fixture = *state;

    run_sql(fixture->path,
            "CREATE TABLE servers (id, name); CREATE TABLE users (id, email); CREATE TABLE channels (id);"
            "CREATE TABLE channel_members (a, b); CREATE TABLE messages (id, text)");
    expect_refusal(fixture, "another application");
}

static void test_file_that_is_no_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    FILE *file = fopen(fixture->path, "w");
    char text[64];

    fputs("This is a letter, not a database.\n", file);
    fclose(file);
    expect_refusal(fixture, "is not an SQLite database");
    assert_int_equal(read_whole(fixture->path, text, sizeof(text)), 34);
    assert_memory_equal(text, "This is a letter", 16);
}

static void overwrite_page(const char *path, int64_t page)
{
    int file = open(path, O_WRONLY);

    assert_int_equal(pwrite(file, "garbage garbage garbage", 23, (off_t)(page - 1) * 4096), 23);
    close(file);
}

/* A page that no start needs to read: only looking at all of them finds it. */
static void test_corrupt_page_of_messages_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    int64_t page = count_rows(fixture->store, "SELECT rootpage FROM sqlite_master WHERE name = 'messages'");
    store_close(&fixture->store);
    overwrite_page(fixture->path, page);
    expect_refusal(fixture, "corrupt");
}

static void test_corrupt_header_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture_prepare(fixture);
    overwrite_page(fixture->path, 1);
    expect_refusal(fixture, "its header is corrupt");
}

static void test_truncated_database_is_refused(void **state)
{
    struct fixture *fixture = *state;

    load(fixture->path, "original.sql");
    assert_int_equal(truncate(fixture->path, 8192), 0);
    expect_refusal(fixture, "corrupt");
}

static void test_directory_is_refused(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(mkdir(fixture->path, 0700), 0);
    expect_refusal(fixture, "is not a file");
}

static void test_missing_directory_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char path[128];

    snprintf(path, sizeof(path), "%s/nowhere/test.sqlite", fixture->directory);
    fixture->setup.path = path;
    expect_refusal(fixture, "No such file or directory");
}

/* Runs the refusal as somebody whom permissions bind, as they do not bind root. True if it was as expected. */
static bool is_refused_to_nobody(struct fixture *fixture, const char *part)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        char *error = NULL;
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        bool refused = store_prepare(&fixture->setup, &error) == -1 && error != NULL && strstr(error, part) != NULL;
        if (!refused)
            print_message("# got: %s\n", error != NULL ? error : "no refusal");
        free(error);
        _exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void test_read_only_file_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture_prepare(fixture);
    chmod(fixture->directory, 0777);
    chmod(fixture->path, 0444);
    assert_true(is_refused_to_nobody(fixture, "cannot write to the database"));
}

static void test_read_only_directory_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture_prepare(fixture);
    chmod(fixture->path, 0666);
    chmod(fixture->directory, 0555);
    assert_true(is_refused_to_nobody(fixture, "cannot write to the directory"));
}

static void test_new_file_in_a_read_only_directory_is_refused(void **state)
{
    struct fixture *fixture = *state;

    chmod(fixture->directory, 0555);
    assert_true(is_refused_to_nobody(fixture, "cannot make the database"));
}

static void test_database_that_another_program_locks_is_refused(void **state)
{
    struct fixture *fixture = *state;
    int ready[2], status;
    char byte;

    load(fixture->path, "original.sql");
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) { /* the original, still running */
        run_sql(fixture->path, "PRAGMA user_version");
        sqlite3 *database = NULL;
        if (sqlite3_open(fixture->path, &database) != SQLITE_OK ||
            database_run(database, "BEGIN IMMEDIATE") != SQLITE_OK)
            _exit(1);
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    expect_refusal(fixture, "another program keeps it locked");
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(ready[0]);
    close(ready[1]);
}

static void test_own_name_of_a_known_peer_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    begin(fixture->store);
    make_server(fixture->store, "peer");
    commit(fixture->store);
    store_close(&fixture->store);
    fixture->setup.server_name = "peer";
    expect_refusal(fixture, "SERVER_NAME cannot be \"peer\"");
    fixture->setup.server_name = "home";
    fixture_prepare(fixture);
}

static void test_unusable_admin_password_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char *error = NULL;

    fixture->setup.admin_password = "";
    assert_int_equal(store_prepare(&fixture->setup, &error), -1);
    assert_non_null(strstr(error, "ADMIN_PASSWORD must have 1 to 72 bytes"));
    free(error);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BARE_TEST(test_missing_file_becomes_a_database),
        BARE_TEST(test_empty_file_becomes_a_database),
        BARE_TEST(test_unprepared_database_is_not_opened),
        BARE_TEST(test_second_start_changes_only_what_the_configuration_changed),
        STORE_TEST(test_changed_admin_password_is_taken_over_and_ends_sessions),
        BARE_TEST(test_version_1_learns_to_federate_and_loses_nothing),
        BARE_TEST(test_old_and_new_files_end_with_the_same_schema),
        BARE_TEST(test_migration_that_fails_leaves_the_older_version),
        BARE_TEST(test_original_keeps_servers_and_visibility),
        BARE_TEST(test_original_keeps_every_user),
        BARE_TEST(test_original_tokens_still_let_their_owners_in),
        BARE_TEST(test_original_keeps_channels_and_members),
        BARE_TEST(test_original_keeps_every_message_in_order_with_its_time),
        BARE_TEST(test_original_goes_on_being_used),
        BARE_TEST(test_older_original_is_taken_over),
        BARE_TEST(test_conversion_that_fails_leaves_the_file_as_it_was),
        BARE_TEST(test_newer_version_is_refused),
        BARE_TEST(test_database_of_another_application_is_refused),
        BARE_TEST(test_tables_with_other_columns_are_not_the_originals),
        BARE_TEST(test_file_that_is_no_database_is_refused),
        BARE_TEST(test_corrupt_page_of_messages_is_refused),
        BARE_TEST(test_corrupt_header_is_refused),
        BARE_TEST(test_truncated_database_is_refused),
        BARE_TEST(test_directory_is_refused),
        BARE_TEST(test_missing_directory_is_refused),
        BARE_TEST(test_read_only_file_is_refused),
        BARE_TEST(test_read_only_directory_is_refused),
        BARE_TEST(test_new_file_in_a_read_only_directory_is_refused),
        BARE_TEST(test_database_that_another_program_locks_is_refused),
        BARE_TEST(test_own_name_of_a_known_peer_is_refused),
        BARE_TEST(test_unusable_admin_password_is_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store migrate", tests, NULL, NULL);
}
