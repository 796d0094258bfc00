/*
 * test_store_peer_history.c - a channel's messages as a server that joins it gets them.
 */
#include "store_fixture.h"

static struct user *put(struct store *store, int64_t server, const char *username, const char *display_name,
                        bool expect_changed)
{
    struct user *user = NULL;
    bool changed = !expect_changed;

    assert_int_equal(peer_user_put(store, server, username, display_name, &user, &changed), RESULT_OK);
    assert_int_equal(changed, expect_changed);
    return user;
}

/* ---- history ---- */

static void list_peer_message(void *argument, const struct peer_message *message)
{
    char text[400];

    snprintf(text, sizeof(text), "%s@%s(%s):%.*s", message->author_username, message->author_server,
             message->author_display_name != NULL ? message->author_display_name : "-", (int)message->body_length,
             message->body);
    list_add(argument, text);
}

static int64_t newest(struct store *store, int64_t channel)
{
    int64_t key = -1;

    assert_int_equal(peer_channel_newest(store, channel, &key), RESULT_OK);
    return key;
}

static void expect_history(struct store *store, int64_t channel, int64_t after, int64_t until, unsigned limit,
                           const char *expected)
{
    struct list list = {{0}, 0};

    assert_int_equal(peer_channel_messages(store, 0, channel, after, until, limit, list_peer_message, &list), RESULT_OK);
    assert_string_equal(list.text, expected);
}

static void test_history_names_authors_with_their_servers(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t channel = make_channel(store, "general"), server = make_server(store, "peer");
    int64_t alice = make_user(store, "alice");
    struct user *rita = put(store, server, "rita", "Rita", true);
    assert_int_equal(newest(store, channel), 0);
    expect_history(store, channel, 0, INT64_MAX, 10, "");
    post(store, alice, channel, 0, "one");
    post(store, rita->key, channel, 0, "two");
    commit(store);
    free(rita);
    expect_history(store, channel, 0, newest(store, channel), 10, "alice@home(-):one rita@peer(Rita):two ");
}

static void test_history_of_deleted_authors_has_names_that_a_peer_accepts(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char expected[200], id[UUID_TEXT_LENGTH + 1];

    begin(store);
    int64_t channel = make_channel(store, "general"), alice = make_user(store, "alice");
    struct uuid alice_id = user_id(store, alice);
    post(store, alice, channel, 0, "kept");
    assert_int_equal(store_user_delete(store, alice), RESULT_OK);
    commit(store);
    snprintf(expected, sizeof(expected), "deleted-%s@home(Deleted user):kept ", uuid_format(&alice_id, id));
    expect_history(store, channel, 0, newest(store, channel), 10, expected);
}

struct progress {
    struct list list;
    int64_t key;
};

static void follow(void *argument, const struct peer_message *message)
{
    struct progress *progress = argument;

    assert_true(message->key > progress->key);
    progress->key = message->key;
    list_peer_message(&progress->list, message);
}

static void test_history_comes_in_pages_up_to_its_end_and_no_further(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct progress progress = {.key = 0};
    unsigned pages = 0, before;

    begin(store);
    int64_t other = make_channel(store, "other"), channel = make_channel(store, "general");
    int64_t behind = make_channel(store, "behind"), alice = make_user(store, "alice");
    post(store, alice, other, 0, "elsewhere");
    post(store, alice, behind, 0, "elsewhere");
    for (const char *name = "abcde"; *name != '\0'; name++)
        post(store, alice, channel, 0, (char[]){*name, '\0'});
    int64_t until = newest(store, channel);
    post(store, alice, channel, 0, "later");
    commit(store);
    assert_true(newest(store, channel) > until);
    do {
        before = progress.list.count;
        assert_int_equal(peer_channel_messages(store, 0, channel, progress.key, until, 2, follow, &progress), RESULT_OK);
        pages++;
    } while (progress.list.count > before);
    assert_int_equal(pages, 4); /* two, two, one, none */
    assert_string_equal(progress.list.text, "alice@home(-):a alice@home(-):b alice@home(-):c alice@home(-):d "
                                            "alice@home(-):e ");
    /* However far the ends reach, the pages are of this channel. */
    expect_history(store, other, INT64_MIN, INT64_MAX, 100, "alice@home(-):elsewhere ");
    expect_history(store, channel, INT64_MAX, INT64_MAX, 100, "");
    expect_history(store, channel, 0, 0, 100, "");
}

static void keep_message(void *argument, const struct peer_message *message)
{
    char *text = argument;
    char id[UUID_TEXT_LENGTH + 1];

    snprintf(text + strlen(text), 1024 - strlen(text), "%s|%s|%zu\n", uuid_format(&message->id, id), message->sent_at,
             message->body_length);
}

static void test_history_keeps_ids_and_times_as_they_came(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char text[1024] = "", expected[1024], one[UUID_TEXT_LENGTH + 1], two[UUID_TEXT_LENGTH + 1];
    bool stored = false;

    begin(store);
    int64_t channel = make_channel(store, "general"),
            rita = make_remote_user(store, "rita", make_server(store, "peer"));
    struct message_new message = {
        .id = uuid_new(),
        .author_key = rita,
        .channel_key = channel,
        .sent_at = 1500000000,
        .sent_at_text = "1970-01-01T00:00:01.5Z",
        .body = "gr\xc3\xbc\xc3\x9f",
        .body_length = 6,
    };
    assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
    struct uuid own = post_at(store, rita, channel, 0, "hi", 1);
    commit(store);
    assert_int_equal(peer_channel_messages(store, 0, channel, 0, INT64_MAX, 10, keep_message, text), RESULT_OK);
    snprintf(expected, sizeof(expected), "%s|1970-01-01T00:00:01.5Z|6\n%s|1970-01-01T00:00:00.000000001Z|2\n",
             uuid_format(&message.id, one), uuid_format(&own, two));
    assert_string_equal(text, expected);
}

static void test_history_leaves_out_authors_who_are_hidden_from_that_server(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0};

    begin(store);
    int64_t channel = make_channel(store, "general"), server = make_server(store, "peer"), other = make_server(store, "other");
    int64_t alice = make_user(store, "alice"), hugo = make_user(store, "hugo");
    struct uuid hidden = user_id(store, hugo);
    post(store, hugo, channel, 0, "hush");
    post(store, alice, channel, 0, "one");
    post(store, hugo, channel, 0, "hush");
    post(store, alice, channel, 0, "two");
    assert_int_equal(store_hidden_set(store, server, &hidden, 1, NULL, 0), RESULT_OK);
    commit(store);
    assert_int_equal(peer_channel_messages(store, server, channel, 0, INT64_MAX, 2, list_peer_message, &list), RESULT_OK);
    assert_string_equal(list.text, "alice@home(-):one alice@home(-):two "); /* a page is as full as any */
    list = (struct list){{0}, 0};
    assert_int_equal(peer_channel_messages(store, other, channel, 0, INT64_MAX, 2, list_peer_message, &list), RESULT_OK);
    assert_string_equal(list.text, "hugo@home(-):hush alice@home(-):one ");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_history_names_authors_with_their_servers),
        STORE_TEST(test_history_of_deleted_authors_has_names_that_a_peer_accepts),
        STORE_TEST(test_history_comes_in_pages_up_to_its_end_and_no_further),
        STORE_TEST(test_history_keeps_ids_and_times_as_they_came),
        STORE_TEST(test_history_leaves_out_authors_who_are_hidden_from_that_server),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store peer history", tests, NULL, NULL);
}
