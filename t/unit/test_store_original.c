/*
 * test_store_original.c - databases of the original become ours: nothing is lost, and a failure changes nothing.
 */
#include "migrate_fixture.h"

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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BARE_TEST(test_original_keeps_servers_and_visibility),
        BARE_TEST(test_original_keeps_every_user),
        BARE_TEST(test_original_tokens_still_let_their_owners_in),
        BARE_TEST(test_original_keeps_channels_and_members),
        BARE_TEST(test_original_keeps_every_message_in_order_with_its_time),
        BARE_TEST(test_original_goes_on_being_used),
        BARE_TEST(test_older_original_is_taken_over),
        BARE_TEST(test_conversion_that_fails_leaves_the_file_as_it_was),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store original", tests, NULL, NULL);
}
