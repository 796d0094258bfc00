/*
 * test_store_peers.c - other servers: their users and channels, who of them is in a channel, what they may see.
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

static void join(struct store *store, int64_t channel, int64_t user)
{
    bool added = false;

    assert_int_equal(store_member_add(store, channel, user, &added), RESULT_OK);
    assert_true(added);
}

/* ---- servers ---- */

static void note_abilities(void *argument, const struct server *server)
{
    char text[200];

    snprintf(text, sizeof(text), "%s:%d", server->name, server->abilities);
    list_add(argument, text);
}

static void test_abilities_are_kept(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct server_change change = {.base_url = "http://moved"};
    struct list before = {{0}, 0}, after = {{0}, 0};
    struct server *server = NULL;
    int64_t self = count_rows(store, "SELECT key FROM servers WHERE is_self");

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    assert_int_equal(store_servers(store, note_abilities, &before), RESULT_OK);
    assert_string_equal(before.text, "one:0 two:0 ");
    assert_int_equal(peer_set_abilities(store, one, PEER_BERING), RESULT_OK);
    assert_int_equal(peer_set_abilities(store, two, PEER_ORIGINAL), RESULT_OK);
    assert_int_equal(peer_set_abilities(store, self, PEER_BERING), RESULT_NOT_FOUND);
    assert_int_equal(peer_set_abilities(store, 4711, PEER_BERING), RESULT_NOT_FOUND);
    assert_int_equal(store_server_update(store, one, &change, &server), RESULT_OK);
    assert_int_equal(server->abilities, PEER_BERING);
    free(server);
    commit(store);
    assert_int_equal(store_servers(store, note_abilities, &after), RESULT_OK);
    assert_string_equal(after.text, "one:2 two:1 ");
}

static void test_custom_tokens_are_found_by_their_digest(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct digest token = secret_digest("custom", 6), other = secret_digest("Custom", 6);
    struct federation_token *made = NULL;
    bool exists = true;

    assert_int_equal(peer_token_exists(store, &token, &exists), RESULT_OK);
    assert_false(exists);
    begin(store);
    assert_int_equal(store_federation_token_create(store, "label", &token, &made), RESULT_OK);
    commit(store);
    assert_int_equal(peer_token_exists(store, &token, &exists), RESULT_OK);
    assert_true(exists);
    assert_int_equal(peer_token_exists(store, &other, &exists), RESULT_OK);
    assert_false(exists);
    free(made);
}

/* ---- users ---- */

static void test_a_user_of_a_peer_is_made_once(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    make_user(store, "rita"); /* a local one of that name is somebody else */
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    struct user *made = put(store, one, "rita", "Rita", true);
    struct user *found = put(store, one, "rita", "Rita", false);
    struct user *other = put(store, two, "rita", NULL, true);
    assert_int_equal(made->key, found->key);
    assert_memory_equal(&made->id, &found->id, sizeof(made->id));
    assert_true(other->key != made->key);
    assert_false(made->is_local);
    assert_false(made->has_password);
    assert_int_equal(made->server_key, one);
    assert_string_equal(made->server_name, "one");
    assert_string_equal(made->username, "rita");
    assert_string_equal(made->display_name, "Rita");
    assert_null(other->display_name);
    free(made);
    free(found);
    free(other);
    commit(store);
    struct user *again = NULL;
    assert_int_equal(store_user_by_name(store, "rita", "two", &again), RESULT_OK);
    free(again);
}

static void test_only_a_display_name_that_is_said_changes(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const struct {
        const char *said, *then;
        bool changed;
    } steps[] = {
        {"", NULL, true}, /* made */
        {"", NULL, false},       {NULL, NULL, false}, {"Rita", "Rita", true}, {NULL, "Rita", false},
        {"Rita", "Rita", false}, {"R", "R", true},    {"", NULL, true},
    };

    begin(store);
    int64_t server = make_server(store, "peer");
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct user *user = put(store, server, "rita", steps[i].said, steps[i].changed);
        if (steps[i].then == NULL)
            assert_null(user->display_name);
        else
            assert_string_equal(user->display_name, steps[i].then);
        free(user);
    }
    commit(store);
}

static void test_users_are_made_for_peers_only(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t self = count_rows(store, "SELECT key FROM servers WHERE is_self");
    struct user *user = NULL;
    bool changed;

    begin(store);
    assert_int_equal(peer_user_put(store, self, "forged", NULL, &user, &changed), RESULT_NOT_FOUND);
    assert_int_equal(peer_user_put(store, 4711, "nowhere", NULL, &user, &changed), RESULT_NOT_FOUND);
    commit(store);
    assert_null(user);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM users"), 1);
}

static void test_a_deleted_user_is_not_found_but_made_anew(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "peer");
    int64_t key = make_remote_user(store, "rita", server);
    assert_int_equal(store_user_delete(store, key), RESULT_OK);
    assert_true(make_remote_user(store, "rita", server) > key);
    commit(store);
}

static void test_a_renamed_user_stays_who_it_is(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct user *user = NULL;

    begin(store);
    int64_t server = make_server(store, "peer"), channel = make_channel(store, "general");
    int64_t local = make_user(store, "margarita"), key = make_remote_user(store, "rita", server);
    join(store, channel, key);
    assert_int_equal(peer_user_rename(store, key, "margarita", &user), RESULT_OK);
    assert_int_equal(user->key, key);
    assert_string_equal(user->username, "margarita");
    free(user);
    assert_int_equal(peer_user_rename(store, key, "margarita", &user), RESULT_OK); /* said twice */
    free(user);
    assert_int_equal(peer_user_rename(store, local, "forged", &user), RESULT_NOT_FOUND);
    assert_int_equal(peer_user_rename(store, 4711, "nobody", &user), RESULT_NOT_FOUND);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM channel_members"), 1);
    assert_int_equal(store_user_by_name(store, "margarita", NULL, &user), RESULT_OK);
    assert_int_equal(user->key, local);
    free(user);
}

static void test_a_renamed_user_whose_new_name_is_known_gives_way(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list one = {{0}, 0}, two = {{0}, 0};
    struct user *user = NULL;
    int64_t *peers = NULL;
    size_t count = 0;

    begin(store);
    int64_t server = make_server(store, "peer");
    int64_t general = make_channel(store, "general"), random = make_channel(store, "random");
    make_user(store, "new");
    int64_t old_key = make_remote_user(store, "old", server), new_key = make_remote_user(store, "new", server);
    join(store, general, old_key);
    join(store, random, old_key);
    join(store, random, new_key);
    assert_int_equal(peer_user_rename(store, old_key, "new", &user), RESULT_CONFLICT);
    commit(store);

    assert_int_equal(store_user_by_name(store, "old", "peer", &user), RESULT_NOT_FOUND);
    assert_int_equal(store_user_by_name(store, "new", "peer", &user), RESULT_OK);
    assert_int_equal(user->key, new_key);
    free(user);
    assert_int_equal(store_members(store, general, list_user, &one), RESULT_OK);
    assert_string_equal(one.text, "new@peer ");
    assert_int_equal(store_members(store, random, list_user, &two), RESULT_OK);
    assert_string_equal(two.text, "new@peer ");
    assert_int_equal(peers_of_channel(store, general, &peers, &count), RESULT_OK);
    assert_int_equal(count, 1);
    free(peers);
}

/* ---- channels ---- */

static void test_a_channel_of_another_origin_is_made_once(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct channel *made = NULL, *found = NULL, *other = NULL;
    bool created = false;

    begin(store);
    make_channel(store, "general"); /* our own of that name is another one */
    assert_int_equal(peer_channel_put(store, "general", "peer", &made, &created), RESULT_OK);
    assert_true(created);
    assert_int_equal(peer_channel_put(store, "general", "peer", &found, &created), RESULT_OK);
    assert_false(created);
    assert_int_equal(peer_channel_put(store, "general", "other", &other, &created), RESULT_OK);
    assert_true(created);
    commit(store);
    assert_int_equal(made->key, found->key);
    assert_memory_equal(&made->id, &found->id, sizeof(made->id));
    assert_true(other->key != made->key);
    assert_string_equal(made->name, "general");
    assert_string_equal(made->origin_server, "peer");
    assert_false(made->is_private);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM channel_members"), 0);
    free(made);
    free(found);
    free(other);
}

static void test_no_channel_of_our_own_is_made_for_a_peer(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct channel *channel = NULL;
    bool created;

    begin(store);
    make_channel(store, "ours");
    assert_int_equal(peer_channel_put(store, "forged", "home", &channel, &created), RESULT_BAD_REQUEST);
    assert_int_equal(peer_channel_put(store, "ours", "home", &channel, &created), RESULT_BAD_REQUEST);
    assert_int_equal(peer_channel_put(store, "forged", "", &channel, &created), RESULT_BAD_REQUEST);
    commit(store);
    assert_null(channel);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM channels"), 1);
}

static void expect_peers(struct store *store, int64_t channel, const int64_t *expected, size_t expected_count)
{
    int64_t *keys = NULL;
    size_t count = 99;

    assert_int_equal(peers_of_channel(store, channel, &keys, &count), RESULT_OK);
    assert_int_equal(count, expected_count);
    if (count == 0)
        assert_null(keys);
    else
        assert_memory_equal(keys, expected, count * sizeof(*keys));
    free(keys);
}

static void test_the_peers_of_a_channel_are_those_with_members(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char name[32];

    begin(store);
    int64_t a = make_server(store, "a"), b = make_server(store, "b"), c = make_server(store, "c");
    int64_t channel = make_channel(store, "general"), other = make_channel(store, "other");
    join(store, channel, make_user(store, "local"));
    expect_peers(store, channel, NULL, 0);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "user%d", i);
        join(store, channel, make_remote_user(store, name, c));
    }
    int64_t rita = make_remote_user(store, "rita", a);
    join(store, channel, rita);
    join(store, other, make_remote_user(store, "bert", b));
    expect_peers(store, channel, (int64_t[]){a, c}, 2);
    expect_peers(store, other, (int64_t[]){b}, 1);
    expect_peers(store, 4711, NULL, 0);

    bool removed = false;
    assert_int_equal(store_member_remove(store, channel, rita, &removed), RESULT_OK);
    assert_true(removed);
    expect_peers(store, channel, (int64_t[]){c}, 1);
    assert_int_equal(store_server_delete(store, c), RESULT_OK);
    expect_peers(store, channel, NULL, 0);
    commit(store);
}

static void test_many_peers_are_all_found(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t servers[50];
    char name[32];

    begin(store);
    int64_t channel = make_channel(store, "general");
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "server%d", i);
        servers[i] = make_server(store, name);
        join(store, channel, make_remote_user(store, "user", servers[i]));
    }
    expect_peers(store, channel, servers, 50);
    commit(store);
}

/* ---- what a peer may see ---- */

static int64_t make_private_channel(struct store *store, const char *name)
{
    struct channel *channel = NULL;

    assert_int_equal(store_channel_create(store, name, true, 0, &channel), RESULT_OK);
    int64_t key = channel->key;
    free(channel);
    return key;
}

static void test_hidden_is_from_whom_it_is_hidden(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    bool hidden = false;

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t secret = make_channel(store, "secret"), open = make_channel(store, "open");
    struct uuid user = user_id(store, alice), channel = channel_id(store, "secret");
    assert_int_equal(store_hidden_set(store, one, &user, 1, &channel, 1), RESULT_OK);
    commit(store);

    assert_int_equal(peer_is_user_hidden(store, one, alice, &hidden), RESULT_OK);
    assert_true(hidden);
    assert_int_equal(peer_is_user_hidden(store, one, bob, &hidden), RESULT_OK);
    assert_false(hidden);
    assert_int_equal(peer_is_user_hidden(store, two, alice, &hidden), RESULT_OK);
    assert_false(hidden);
    assert_int_equal(peer_is_channel_hidden(store, one, secret, &hidden), RESULT_OK);
    assert_true(hidden);
    assert_int_equal(peer_is_channel_hidden(store, one, open, &hidden), RESULT_OK);
    assert_false(hidden);
    assert_int_equal(peer_is_channel_hidden(store, two, secret, &hidden), RESULT_OK);
    assert_false(hidden);
}

static void expect_visible_users(struct store *store, int64_t server, const char *expected)
{
    struct list list = {{0}, 0};

    assert_int_equal(peer_visible_users(store, server, list_user, &list), RESULT_OK);
    assert_string_equal(list.text, expected);
}

static void test_a_peer_sees_local_users_that_are_not_hidden_from_it(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    make_user(store, "zoe");
    struct uuid hidden = user_id(store, make_user(store, "bob"));
    assert_int_equal(store_user_delete(store, make_user(store, "gone")), RESULT_OK);
    make_remote_user(store, "theirs", one);
    make_remote_user(store, "others", two);
    assert_int_equal(store_hidden_set(store, one, &hidden, 1, NULL, 0), RESULT_OK);
    commit(store);
    expect_visible_users(store, one, "admin zoe ");
    expect_visible_users(store, two, "admin bob zoe ");
    expect_visible_users(store, 0, "admin bob zoe ");
}

static void expect_visible_channels(struct store *store, int64_t server, const char *expected)
{
    struct list list = {{0}, 0};

    assert_int_equal(peer_visible_channels(store, server, list_channel, &list), RESULT_OK);
    assert_string_equal(list.text, expected);
}

static void test_a_peer_sees_our_channels_that_concern_it(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct channel *channel = NULL;
    bool created;

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two");
    make_channel(store, "zebra");
    make_channel(store, "apple");
    int64_t shared = make_private_channel(store, "shared");
    join(store, make_private_channel(store, "inner"), make_user(store, "local"));
    join(store, shared, make_remote_user(store, "rita", one));
    assert_int_equal(peer_channel_put(store, "foreign", "one", &channel, &created), RESULT_OK);
    free(channel);
    expect_visible_channels(store, one, "apple@home shared@home zebra@home ");
    expect_visible_channels(store, two, "apple@home zebra@home ");
    expect_visible_channels(store, 0, "apple@home zebra@home ");

    struct uuid hidden[] = {channel_id(store, "apple"), channel_id(store, "shared")};
    assert_int_equal(store_hidden_set(store, one, NULL, 0, hidden, 2), RESULT_OK); /* even with a member of it */
    commit(store);
    expect_visible_channels(store, one, "zebra@home ");
    expect_visible_channels(store, two, "apple@home zebra@home ");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_abilities_are_kept),
        STORE_TEST(test_custom_tokens_are_found_by_their_digest),
        STORE_TEST(test_a_user_of_a_peer_is_made_once),
        STORE_TEST(test_only_a_display_name_that_is_said_changes),
        STORE_TEST(test_users_are_made_for_peers_only),
        STORE_TEST(test_a_deleted_user_is_not_found_but_made_anew),
        STORE_TEST(test_a_renamed_user_stays_who_it_is),
        STORE_TEST(test_a_renamed_user_whose_new_name_is_known_gives_way),
        STORE_TEST(test_a_channel_of_another_origin_is_made_once),
        STORE_TEST(test_no_channel_of_our_own_is_made_for_a_peer),
        STORE_TEST(test_the_peers_of_a_channel_are_those_with_members),
        STORE_TEST(test_many_peers_are_all_found),
        STORE_TEST(test_hidden_is_from_whom_it_is_hidden),
        STORE_TEST(test_a_peer_sees_local_users_that_are_not_hidden_from_it),
        STORE_TEST(test_a_peer_sees_our_channels_that_concern_it),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store peers", tests, NULL, NULL);
}
