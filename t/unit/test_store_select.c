/*
 * test_store_select.c - parts of the lists of users and channels, and the figures of the whole.
 */
#include "store_fixture.h"
#include <sys/stat.h>

/* The names of the rows, each with a blank behind it. */
struct names {
    char text[1024];
};

static void add_user(void *argument, const struct user *user)
{
    struct names *names = argument;

    strcat(strcat(names->text, user->username), " ");
}

static void add_channel(void *argument, const struct channel *channel, int64_t members, int64_t retention_days)
{
    struct names *names = argument;
    size_t used = strlen(names->text);

    assert_int_equal(retention_days, 0);
    snprintf(names->text + used, sizeof(names->text) - used, "%s=%lld ", channel->name, (long long)members);
}

static void expect_users(struct store *store, struct selection part, int is_local, const char *wanted, int64_t wanted_total)
{
    struct names names = {""};
    int64_t total = -1;

    assert_int_equal(store_users_select(store, &part, is_local, NULL, add_user, &names, &total), RESULT_OK);
    assert_string_equal(names.text, wanted);
    assert_int_equal(total, wanted_total);
}

static void expect_channels(struct store *store, struct selection part, const char *wanted, int64_t wanted_total)
{
    struct names names = {""};
    int64_t total = -1;

    assert_int_equal(store_channels_select(store, &part, add_channel, &names, &total), RESULT_OK);
    assert_string_equal(names.text, wanted);
    assert_int_equal(total, wanted_total);
}

static void test_users_are_found_by_any_of_their_names(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    make_user(store, "carol");
    make_user(store, "50%");
    struct user_change change = {.username = "bob", .display_name = "Caroline"};
    struct user *bob;
    assert_int_equal(store_user_create(store, &change, &bob), RESULT_OK);
    int64_t bob_key = bob->key;
    free(bob);
    assert_int_equal(store_user_delete(store, make_user(store, "carola")), RESULT_OK);
    commit(store);
    expect_users(store, (struct selection){.limit = -1}, -1, "50% admin bob carol ", 4);
    expect_users(store, (struct selection){.text = "", .limit = -1}, -1, "50% admin bob carol ", 4);
    expect_users(store, (struct selection){.text = "CARO", .limit = -1}, -1, "bob carol ", 2);
    expect_users(store, (struct selection){.text = "%", .limit = -1}, -1, "50% ", 1);
    expect_users(store, (struct selection){.text = "' OR 1=1 --", .limit = -1}, -1, "", 0);
    expect_users(store, (struct selection){.limit = -1}, 0, "", 0);
    expect_users(store, (struct selection){.limit = -1, .keys = "[]", .is_among = true}, -1, "", 0);
    expect_users(store, (struct selection){.limit = -1, .keys = "[]"}, -1, "50% admin bob carol ", 4);
    char keys[64];
    snprintf(keys, sizeof(keys), "[%lld,9999]", (long long)bob_key);
    expect_users(store, (struct selection){.limit = -1, .keys = keys, .is_among = true}, -1, "bob ", 1);
    expect_users(store, (struct selection){.limit = -1, .keys = keys}, -1, "50% admin carol ", 3);
}

static void test_a_part_knows_the_whole(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char name[16];

    begin(store);
    for (int i = 0; i < 9; i++) {
        snprintf(name, sizeof(name), "u%d", i);
        make_user(store, name);
    }
    commit(store);
    expect_users(store, (struct selection){.limit = 2}, -1, "admin u0 ", 10);
    expect_users(store, (struct selection){.limit = 2, .offset = 9}, -1, "u8 ", 10);
    expect_users(store, (struct selection){.limit = 2, .offset = 10}, -1, "", 10);
    expect_users(store, (struct selection){.text = "u", .limit = 1, .offset = 3}, 1, "u3 ", 9);
    expect_users(store, (struct selection){.limit = -1, .offset = 8}, -1, "u7 u8 ", 10);
}

static void test_channels_come_with_their_members(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    bool added;

    begin(store);
    int64_t general = make_channel(store, "general");
    make_channel(store, "Gen 2");
    make_channel(store, "news");
    assert_int_equal(store_member_add(store, general, make_user(store, "alice"), &added), RESULT_OK);
    assert_int_equal(store_member_add(store, general, make_user(store, "bob"), &added), RESULT_OK);
    commit(store);
    expect_channels(store, (struct selection){.limit = -1}, "Gen 2=0 general=2 news=0 ", 3);
    expect_channels(store, (struct selection){.text = "gen", .limit = 1, .offset = 1}, "general=2 ", 2);
    expect_channels(store, (struct selection){.text = "_", .limit = 1}, "", 0);
}

static void test_figures_count_what_is_there(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct store_figures figures;
    struct stat status;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t general = make_channel(store, "general"), doomed = make_channel(store, "doomed");
    for (int i = 0; i < 7; i++)
        post(store, alice, general, 0, "hello");
    for (int i = 0; i < 5; i++)
        post(store, alice, doomed, 0, "hello");
    post(store, alice, 0, bob, "psst");
    post(store, bob, 0, alice, "psst");
    post(store, bob, 0, bob, "note");
    assert_int_equal(store_channel_delete(store, doomed), RESULT_OK);
    assert_int_equal(store_user_delete(store, bob), RESULT_OK);
    make_channel(store, "silent");
    commit(store);
    assert_int_equal(store_figures(store, &figures), RESULT_OK);
    assert_int_equal(figures.local_users, 2); /* and the administrator */
    assert_int_equal(figures.remote_users, 0);
    assert_int_equal(figures.channels, 2);
    assert_int_equal(figures.messages, 7 + 3);
    assert_int_equal(figures.messages, database_integer(store->database, "SELECT count(*) FROM messages", -1));
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(figures.disk.database_bytes, status.st_size);
    assert_true(figures.disk.wal_bytes > 0);
    assert_true(figures.disk.disk_free_bytes > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_users_are_found_by_any_of_their_names),
        STORE_TEST(test_a_part_knows_the_whole),
        STORE_TEST(test_channels_come_with_their_members),
        STORE_TEST(test_figures_count_what_is_there),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store select", tests, NULL, NULL);
}
