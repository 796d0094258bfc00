/*
 * test_store_servers.c - federated servers, what is hidden from them, federation tokens.
 */
#include "store_fixture.h"

static void list_server(void *argument, const struct server *server)
{
    list_add(argument, server->name);
}

static void list_id(void *argument, const struct uuid *id)
{
    char text[UUID_TEXT_LENGTH + 1];

    list_add(argument, uuid_format(id, text));
}

static void test_own_server_is_no_peer(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct server_change change = {.name = "home", .base_url = "http://x", .token = "t"};
    struct server *server = NULL;
    struct list list = {{0}, 0};
    int64_t self = count_rows(store, "SELECT key FROM servers WHERE is_self");

    begin(store);
    assert_int_equal(store_server_create(store, &change, &server), RESULT_CONFLICT);
    assert_int_equal(store_server_update(store, self, &change, &server), RESULT_NOT_FOUND);
    assert_int_equal(store_server_delete(store, self), RESULT_NOT_FOUND);
    make_server(store, "zulu");
    make_server(store, "alpha");
    commit(store);
    assert_int_equal(store_servers(store, list_server, &list), RESULT_OK);
    assert_string_equal(list.text, "alpha zulu ");
    assert_int_equal(count_rows(store, "SELECT count(*) FROM servers WHERE is_self AND name = 'home'"), 1);
}

static void test_server_is_changed_and_found(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct server_change change = {.base_url = "http://new"};
    struct server *server = NULL, *found = NULL;

    begin(store);
    int64_t key = make_server(store, "peer");
    assert_int_equal(store_server_update(store, key, &change, &server), RESULT_OK);
    make_server(store, "other");
    change = (struct server_change){.name = "other"};
    assert_int_equal(store_server_update(store, key, &change, &found), RESULT_CONFLICT);
    commit(store);
    assert_int_equal(store_server_by_id(store, &server->id, &found), RESULT_OK);
    assert_string_equal(found->name, "peer");
    assert_string_equal(found->base_url, "http://new");
    assert_string_equal(found->token, "peer-token");
    free(found);
    free(server);
    struct uuid nobody = uuid_new();
    assert_int_equal(store_server_by_id(store, &nobody, &found), RESULT_NOT_FOUND);
}

static void make_foreign_channel(struct store *store, const char *name, const char *origin)
{
    char sql[256];

    snprintf(sql, sizeof(sql), "INSERT INTO channels (id, name, origin_server) VALUES (randomblob(16), '%s', '%s')",
             name, origin);
    assert_int_equal(database_run(store->database, sql), SQLITE_OK);
}

static void test_channels_follow_a_renamed_server(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct server_change change = {.name = "new"};
    struct server *server = NULL;
    struct channel *channel = NULL;

    begin(store);
    int64_t key = make_server(store, "old");
    make_foreign_channel(store, "general", "old");
    assert_int_equal(store_server_update(store, key, &change, &server), RESULT_OK);
    free(server);
    assert_int_equal(store_channel_by_name(store, "general", "old", &channel), RESULT_NOT_FOUND);
    assert_int_equal(store_channel_by_name(store, "general", "new", &channel), RESULT_OK);
    free(channel);

    make_foreign_channel(store, "general", "left-behind");
    change.name = "left-behind";
    assert_int_equal(store_server_update(store, key, &change, &server), RESULT_CONFLICT);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM servers WHERE name = 'new'"), 1);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM channels WHERE origin_server = 'new'"), 1);
}

static void test_deleted_server_leaves_messages_and_channels(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list users = {{0}, 0}, messages = {{0}, 0};
    struct page page = {.limit = 10};
    struct channel *channel = NULL;
    struct user *user = NULL;

    begin(store);
    int64_t key = make_server(store, "peer");
    int64_t rita = make_remote_user(store, "rita", key), bob = make_user(store, "bob");
    make_foreign_channel(store, "theirs", "peer");
    assert_int_equal(store_channel_by_name(store, "theirs", "peer", &channel), RESULT_OK);
    assert_int_equal(store_member_add(store, channel->key, rita, &(bool){false}), RESULT_OK);
    assert_int_equal(store_member_add(store, channel->key, bob, &(bool){false}), RESULT_OK);
    post(store, rita, channel->key, 0, "from-afar");
    assert_int_equal(store_hidden_set(store, key, NULL, 0, &channel->id, 1), RESULT_OK);
    assert_int_equal(store_server_delete(store, key), RESULT_OK);
    assert_int_equal(store_server_delete(store, key), RESULT_NOT_FOUND);
    commit(store);

    assert_int_equal(store_users(store, list_user, &users), RESULT_OK);
    assert_string_equal(users.text, "admin bob ");
    assert_int_equal(store_user_by_key(store, rita, &user), RESULT_OK);
    assert_true(user->is_deleted);
    free(user);
    struct conversation conversation = {.channel_key = channel->key};
    assert_int_equal(store_messages(store, &conversation, &page, list_message, &messages), RESULT_OK);
    assert_string_equal(messages.text, "from-afar ");
    free(channel);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM channel_members"), 1);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM server_hidden_channels"), 0);

    begin(store);
    int64_t again = make_server(store, "peer");
    assert_true(again > key);
    make_remote_user(store, "rita", again);
    commit(store);
}

static void test_hidden_lists_are_replaced_whole_or_not_at_all(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list users = {{0}, 0}, channels = {{0}, 0}, after = {{0}, 0};
    char expected[128], text[UUID_TEXT_LENGTH + 1], text_2[UUID_TEXT_LENGTH + 1];
    struct user *alice = NULL, *bob = NULL;
    struct channel *channel = NULL;

    begin(store);
    int64_t server = make_server(store, "peer");
    store_user_by_key(store, make_user(store, "alice"), &alice);
    store_user_by_key(store, make_user(store, "bob"), &bob);
    make_channel(store, "secret");
    assert_int_equal(store_channel_by_name(store, "secret", NULL, &channel), RESULT_OK);
    struct uuid ids[] = {bob->id, alice->id, bob->id};
    assert_int_equal(store_hidden_set(store, server, ids, 3, &channel->id, 1), RESULT_OK);
    struct uuid unknown[] = {alice->id, uuid_new()};
    assert_int_equal(store_hidden_set(store, server, unknown, 2, NULL, 0), RESULT_BAD_REQUEST);
    assert_int_equal(store_hidden_set(store, server, NULL, 0, &unknown[1], 1), RESULT_BAD_REQUEST);
    assert_int_equal(store_hidden_set(store, 4711, NULL, 0, NULL, 0), RESULT_NOT_FOUND);
    commit(store);

    assert_int_equal(store_hidden_users(store, server, list_id, &users), RESULT_OK);
    snprintf(expected, sizeof(expected), "%s %s ", uuid_format(&alice->id, text), uuid_format(&bob->id, text_2));
    assert_string_equal(users.text, expected);
    assert_int_equal(store_hidden_channels(store, server, list_id, &channels), RESULT_OK);
    snprintf(expected, sizeof(expected), "%s ", uuid_format(&channel->id, text));
    assert_string_equal(channels.text, expected);

    begin(store);
    assert_int_equal(store_hidden_set(store, server, &alice->id, 1, NULL, 0), RESULT_OK);
    commit(store);
    assert_int_equal(store_hidden_users(store, server, list_id, &after), RESULT_OK);
    assert_int_equal(store_hidden_channels(store, server, list_id, &after), RESULT_OK);
    assert_int_equal(after.count, 1);
    free(channel);
    free(alice);
    free(bob);
}

static void list_label(void *argument, const struct federation_token *token)
{
    list_add(argument, token->label);
}

static void test_federation_tokens_are_made_listed_and_deleted(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct digest one = secret_digest("1", 1), two = secret_digest("2", 1);
    struct federation_token *first = NULL, *second = NULL;
    struct list list = {{0}, 0};

    begin(store);
    assert_int_equal(store_federation_token_create(store, "first", &one, &first), RESULT_OK);
    assert_int_equal(store_federation_token_create(store, "second", &two, &second), RESULT_OK);
    struct federation_token *third = NULL;
    assert_int_equal(store_federation_token_create(store, "third", &one, &third), RESULT_CONFLICT);
    commit(store);
    assert_string_equal(first->label, "first");
    assert_true(first->created_at > 0);
    assert_int_equal(store_federation_tokens(store, list_label, &list), RESULT_OK);
    assert_string_equal(list.text, "first second ");
    begin(store);
    assert_int_equal(store_federation_token_delete(store, &first->id), RESULT_OK);
    assert_int_equal(store_federation_token_delete(store, &first->id), RESULT_NOT_FOUND);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM federation_tokens"), 1);
    free(first);
    free(second);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_own_server_is_no_peer),
        STORE_TEST(test_server_is_changed_and_found),
        STORE_TEST(test_channels_follow_a_renamed_server),
        STORE_TEST(test_deleted_server_leaves_messages_and_channels),
        STORE_TEST(test_hidden_lists_are_replaced_whole_or_not_at_all),
        STORE_TEST(test_federation_tokens_are_made_listed_and_deleted),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store servers", tests, NULL, NULL);
}
