/*
 * test_store_migrate.c - preparing a database: new ones, later starts, and files that are refused.
 */
#include "migrate_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

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
    assert_int_equal(store_session_create(fixture->store, &NEW_SESSION(token, SESSION_ADMIN, admin->key, INT64_MAX), &session),
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
