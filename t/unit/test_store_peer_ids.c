/*
 * test_store_peer_ids.c - users and channels of other servers, recognised by the ids that these have for them.
 */
#include "bering/peers.h"
#include "store_fixture.h"
#include <stdio.h>
#include <string.h>

static struct uuid id_of(unsigned number)
{
    return (struct uuid){{0xaa, [15] = (uint8_t)number}};
}

/* number 0: no id. Returns the user's key; *displaced_r: of whoever had the name, 0: nobody. */
static int64_t learn(struct store *store, int64_t server, const char *name, unsigned number, bool is_new, int64_t *displaced_r)
{
    struct uuid id = id_of(number);
    struct peer_claim claim = {.name = name, .display_name = "", .id = number != 0 ? &id : NULL};
    struct peer_user_learned learned;

    assert_int_equal(peer_user_learn(store, server, &claim, &learned), RESULT_OK);
    assert_string_equal(learned.user->username, name);
    assert_false(learned.user->is_deleted);
    assert_int_equal(learned.is_new, is_new);
    int64_t key = learned.user->key;
    if (displaced_r != NULL)
        *displaced_r = learned.displaced != NULL ? learned.displaced->key : 0;
    else
        assert_null(learned.displaced);
    free(learned.user);
    free(learned.displaced);
    return key;
}

static int64_t find(struct store *store, int64_t server, const char *name, unsigned number)
{
    struct uuid id = id_of(number);
    struct peer_claim claim = {.name = name, .id = number != 0 ? &id : NULL};
    struct user *user;
    enum result result = peer_user_find(store, server, &claim, &user);

    if (result == RESULT_NOT_FOUND)
        return 0;
    assert_int_equal(result, RESULT_OK);
    int64_t key = user->key;
    free(user);
    return key;
}

static void append(void *argument, const struct peer_known *known)
{
    char *text = argument;

    assert_true(strlen(text) + strlen(known->name) + 8 < 400);
    sprintf(text + strlen(text), "%s:%d ", strncmp(known->name, "renamed-", 8) == 0 ? "aside" : known->name,
            known->has_id ? known->id.bytes[15] : 0);
}

static void expect_users(struct store *store, int64_t server, const char *expected)
{
    char text[400] = "";

    assert_int_equal(peer_known_users(store, server, append, text), RESULT_OK);
    assert_string_equal(text, expected);
}

static void test_a_user_is_recognised_under_another_name(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "one");
    int64_t alice = learn(store, server, "alice", 1, true, NULL);
    assert_int_equal(learn(store, server, "alice", 1, false, NULL), alice);
    assert_int_equal(learn(store, server, "alicia", 1, false, NULL), alice);
    expect_users(store, server, "alicia:1 ");
    assert_int_equal(find(store, server, "whatever", 1), alice);
    assert_int_equal(find(store, server, "alicia", 2), 0); /* who has the name has another id */
    assert_int_equal(find(store, server, "alicia", 0), alice);
    commit(store);
}

static void test_who_is_known_by_name_gets_the_id(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "one");
    int64_t bob = make_remote_user(store, "bob", server);
    assert_int_equal(learn(store, server, "bob", 0, false, NULL), bob);
    assert_int_equal(find(store, server, "bob", 7), bob);
    assert_int_equal(learn(store, server, "bob", 7, false, NULL), bob);
    assert_int_equal(learn(store, server, "robert", 7, false, NULL), bob);
    expect_users(store, server, "robert:7 ");
    commit(store);
}

static void test_two_users_can_swap_their_names(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t displaced;

    begin(store);
    int64_t server = make_server(store, "one");
    int64_t first = learn(store, server, "anna", 1, true, NULL), second = learn(store, server, "bert", 2, true, NULL);
    assert_int_equal(learn(store, server, "bert", 1, false, &displaced), first);
    assert_int_equal(displaced, second);
    expect_users(store, server, "bert:1 aside:2 ");
    assert_int_equal(learn(store, server, "anna", 2, false, NULL), second);
    expect_users(store, server, "anna:2 bert:1 ");
    commit(store);
}

static void test_a_name_used_again_is_somebody_else(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    int64_t displaced;

    begin(store);
    int64_t server = make_server(store, "one");
    int64_t first = learn(store, server, "anna", 1, true, NULL);
    assert_int_not_equal(learn(store, server, "anna", 2, true, &displaced), first);
    assert_int_equal(displaced, first);
    expect_users(store, server, "anna:2 aside:1 ");
    commit(store);
}

static void test_one_found_by_the_new_name_first_is_given_up(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct user *user;
    int64_t displaced;
    bool is_member;

    begin(store);
    int64_t server = make_server(store, "one"), channel = make_channel(store, "general");
    int64_t anna = learn(store, server, "anna", 1, true, NULL), late = make_remote_user(store, "annika", server);
    assert_int_equal(store_member_add(store, channel, late, &is_member), RESULT_OK);
    assert_int_equal(learn(store, server, "annika", 1, false, &displaced), anna);
    assert_int_equal(displaced, late);
    assert_int_equal(store_user_by_key(store, late, &user), RESULT_OK);
    assert_true(user->is_deleted);
    free(user);
    assert_int_equal(store_member_check(store, channel, anna, &is_member), RESULT_OK);
    assert_true(is_member);
    expect_users(store, server, "annika:1 ");
    commit(store);
}

static void test_a_deleted_user_comes_back_with_all_that_was_written(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t server = make_server(store, "one"), anna = learn(store, server, "anna", 1, true, NULL);
    assert_int_equal(store_user_delete(store, anna), RESULT_OK);
    expect_users(store, server, "");
    assert_int_equal(find(store, server, "anna", 1), anna);
    assert_int_equal(find(store, server, "anna", 0), 0);
    assert_int_equal(learn(store, server, "annika", 1, true, NULL), anna);
    expect_users(store, server, "annika:1 ");
    commit(store);
}

static void test_ids_of_another_server_reach_nobody(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct uuid id = id_of(3);
    struct user *user;

    begin(store);
    int64_t one = make_server(store, "one"), two = make_server(store, "two"), local = make_user(store, "local");
    int64_t anna = learn(store, one, "anna", 1, true, NULL);
    assert_int_not_equal(learn(store, two, "evil", 1, true, NULL), anna);
    assert_int_equal(store_user_by_key(store, local, &user), RESULT_OK);
    struct peer_claim claim = {.name = "mine", .id = &user->id};
    struct peer_user_learned learned;
    assert_int_equal(peer_user_learn(store, two, &claim, &learned), RESULT_OK); /* as good as any other id */
    assert_int_not_equal(learned.user->key, local);
    assert_int_equal(learned.user->server_key, two);
    free(learned.user);
    free(user);
    assert_int_equal(peer_user_set_id(store, local, &id), RESULT_OK);
    assert_int_equal(find(store, two, "nobody", 3), 0);
    expect_users(store, one, "anna:1 ");
    commit(store);
}

/* ---- channels ---- */

static int64_t learn_channel(struct store *store, const char *origin, const char *name, unsigned number,
                             struct peer_channel_learned *learned)
{
    struct uuid id = id_of(number);
    struct peer_claim claim = {.name = name, .id = number != 0 ? &id : NULL};

    assert_int_equal(peer_channel_learn(store, origin, &claim, learned), RESULT_OK);
    int64_t key = learned->channel->key;
    free(learned->channel);
    free(learned->displaced);
    return key;
}

static void expect_channels(struct store *store, const char *origin, const char *expected)
{
    char text[400] = "";

    assert_int_equal(peer_known_channels(store, origin, append, text), RESULT_OK);
    assert_string_equal(text, expected);
}

static void test_a_channel_is_recognised_under_another_name(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_channel_learned learned;

    begin(store);
    make_server(store, "one");
    int64_t plans = learn_channel(store, "one", "plans", 1, &learned);
    assert_true(learned.is_new && learned.is_changed);
    assert_int_equal(learn_channel(store, "one", "plans", 1, &learned), plans);
    assert_false(learned.is_new || learned.is_changed);
    assert_int_equal(learn_channel(store, "one", "great plans", 1, &learned), plans);
    assert_true(!learned.is_new && learned.is_changed);
    assert_int_not_equal(learn_channel(store, "two", "theirs", 1, &learned), plans);
    expect_channels(store, "one", "great plans:1 ");
    struct peer_claim forged = {.name = "ours"};
    assert_int_equal(peer_channel_learn(store, "home", &forged, &learned), RESULT_BAD_REQUEST);
    commit(store);
}

static void test_a_channel_of_a_name_that_is_used_again_is_another_one(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_channel_learned learned;

    begin(store);
    int64_t server = make_server(store, "one"), author = make_remote_user(store, "anna", server);
    int64_t rumours = learn_channel(store, "one", "rumours", 1, &learned);
    post_at(store, author, rumours, 0, "old rumours", 1);
    assert_int_not_equal(learn_channel(store, "one", "rumours", 2, &learned), rumours);
    assert_true(learned.is_new && learned.displaced != NULL && !learned.is_displaced_gone);
    expect_channels(store, "one", "aside:1 rumours:2 ");
    commit(store);
}

static void test_a_channel_in_use_keeps_a_name_that_it_was_found_by(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_channel_learned learned;

    begin(store);
    int64_t server = make_server(store, "one"), author = make_remote_user(store, "anna", server);
    int64_t plans = learn_channel(store, "one", "plans", 1, &learned);
    int64_t early = learn_channel(store, "one", "great plans", 0, &learned);
    post_at(store, author, early, 0, "early", 1);
    assert_int_equal(learn_channel(store, "one", "great plans", 1, &learned), plans);
    assert_false(learned.is_changed);
    expect_channels(store, "one", "great plans:0 plans:1 ");
    learn_channel(store, "one", "empty", 0, &learned);
    assert_int_equal(learn_channel(store, "one", "empty", 1, &learned), plans);
    assert_true(learned.is_changed && learned.is_displaced_gone);
    expect_channels(store, "one", "empty:1 great plans:0 ");
    commit(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_a_user_is_recognised_under_another_name),
        STORE_TEST(test_who_is_known_by_name_gets_the_id),
        STORE_TEST(test_two_users_can_swap_their_names),
        STORE_TEST(test_a_name_used_again_is_somebody_else),
        STORE_TEST(test_one_found_by_the_new_name_first_is_given_up),
        STORE_TEST(test_a_deleted_user_comes_back_with_all_that_was_written),
        STORE_TEST(test_ids_of_another_server_reach_nobody),
        STORE_TEST(test_a_channel_is_recognised_under_another_name),
        STORE_TEST(test_a_channel_of_a_name_that_is_used_again_is_another_one),
        STORE_TEST(test_a_channel_in_use_keeps_a_name_that_it_was_found_by),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store peer ids", tests, NULL, NULL);
}
