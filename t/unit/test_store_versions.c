/*
 * test_store_versions.c - databases of older versions of our own are migrated, and nothing is lost.
 */
#include "migrate_fixture.h"

static void expect_newest(struct store *store)
{
    char version[16];

    snprintf(version, sizeof(version), "%d\n", migrate_newest());
    expect_rows(store, "PRAGMA user_version", version);
}

static void test_version_1_learns_to_federate_and_loses_nothing(void **state)
{
    struct fixture *fixture = *state;

    load(fixture->path, "version-1.sql");
    fixture_prepare(fixture);
    struct store *store = fixture->store = fixture_open(fixture);
    expect_newest(store);
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

/* Sessions get ids of their own, and everything that is there counts as read, by local users. */
static void test_version_2_has_read_everything(void **state)
{
    struct fixture *fixture = *state;

    load(fixture->path, "version-1.sql");
    run_sql(fixture->path,
            "INSERT INTO sessions (token_hash, kind, user_id, created_at, expires_at) VALUES (x'01', 1, 1, 5, 6),"
            " (x'02', 2, 1, 5, 6);"
            "INSERT INTO users (id, username, is_local) VALUES (x'20000000000040008000000000000005', 'bob', 1);"
            "INSERT INTO direct_conversations (user_a, user_b) VALUES (1, 5), (1, 2), (5, 5);"
            "INSERT INTO messages (key, id, kind, author_user_id, recipient_user_id, sent_at, body) VALUES"
            " ((3 << 32) + 1, x'41', 'dm', 1, 5, 1, 'one'), ((3 << 32) + 2, x'42', 'dm', 5, 1, 2, 'two'),"
            " ((5 << 32) + 1, x'43', 'dm', 2, 1, 1, '@alice'), ((7 << 32) + 1, x'44', 'dm', 5, 5, 1, 'note')");
    fixture_prepare(fixture);
    struct store *store = fixture->store = fixture_open(fixture);
    expect_rows(store, "SELECT count(DISTINCT id), count(user_agent) FROM sessions WHERE length(id) = 16", "2|0\n");
    expect_rows(store, "SELECT user_id, conversation, last_read_key & 4294967295, is_muted FROM conversation_states"
                       " ORDER BY 1, 2",
                "1|2|1|0\n1|3|2|0\n1|4|0|0\n1|5|1|0\n5|3|2|0\n5|7|1|0\n");
    expect_rows(store, "SELECT count(*) FROM mentions", "0\n");
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
    expect_newest(fixture->store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_TEST(test_version_1_learns_to_federate_and_loses_nothing),
        BARE_TEST(test_version_2_has_read_everything),
        BARE_TEST(test_old_and_new_files_end_with_the_same_schema),
        BARE_TEST(test_migration_that_fails_leaves_the_older_version),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store versions", tests, NULL, NULL);
}
