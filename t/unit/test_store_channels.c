/*
 * test_store_channels.c - channels and memberships.
 */
#include "store_fixture.h"

static void test_channel_is_made_here_and_found(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct channel *made = NULL, *found = NULL;
    bool is_member = false;

    begin(store);
    int64_t alice = make_user(store, "alice");
    assert_int_equal(store_channel_create(store, "general", true, alice, &made), RESULT_OK);
    assert_int_equal(store_channel_create(store, "general", false, 0, &found), RESULT_CONFLICT);
    assert_int_equal(store_channel_create(store, "lost", false, 4711, &found), RESULT_NOT_FOUND);
    commit(store);
    assert_string_equal(made->name, "general");
    assert_string_equal(made->origin_server, "home");
    assert_true(made->is_private);
    assert_int_equal(store_member_check(store, made->key, alice, &is_member), RESULT_OK);
    assert_true(is_member);
    assert_int_equal(store_channel_by_id(store, &made->id, &found), RESULT_OK);
    assert_int_equal(found->key, made->key);
    free(found);
    assert_int_equal(store_channel_by_name(store, "general", "home", &found), RESULT_OK);
    free(found);
    assert_int_equal(store_channel_by_name(store, "general", "elsewhere", &found), RESULT_NOT_FOUND);
    assert_int_equal(store_channel_by_name(store, "lost", NULL, &found), RESULT_NOT_FOUND);
    free(made);
}

static void test_private_channels_are_listed_for_members_only(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list all = {{0}, 0}, member = {{0}, 0}, stranger = {{0}, 0};
    struct channel *channel = NULL;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    assert_int_equal(store_channel_create(store, "secret", true, alice, &channel), RESULT_OK);
    free(channel);
    make_channel(store, "general");
    commit(store);
    assert_int_equal(store_channels(store, 0, list_channel, &all), RESULT_OK);
    assert_string_equal(all.text, "general@home secret@home ");
    assert_int_equal(store_channels(store, alice, list_channel, &member), RESULT_OK);
    assert_string_equal(member.text, "general@home secret@home ");
    assert_int_equal(store_channels(store, bob, list_channel, &stranger), RESULT_OK);
    assert_string_equal(stranger.text, "general@home ");
}

static void test_channel_is_renamed_and_made_private(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct channel *channel = NULL;

    begin(store);
    int64_t key = make_channel(store, "general");
    make_channel(store, "random");
    assert_int_equal(store_channel_update(store, key, "lobby", -1, &channel), RESULT_OK);
    assert_string_equal(channel->name, "lobby");
    assert_false(channel->is_private);
    free(channel);
    assert_int_equal(store_channel_update(store, key, NULL, 1, &channel), RESULT_OK);
    assert_string_equal(channel->name, "lobby");
    assert_true(channel->is_private);
    free(channel);
    assert_int_equal(store_channel_update(store, key, "random", 0, &channel), RESULT_CONFLICT);
    assert_int_equal(store_channel_update(store, 4711, "x", -1, &channel), RESULT_NOT_FOUND);
    commit(store);
    assert_int_equal(store_channel_by_name(store, "lobby", NULL, &channel), RESULT_OK);
    assert_true(channel->is_private);
    free(channel);
}

static void test_deleted_channel_takes_its_messages_and_its_key_along(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0};
    struct page page = {.limit = 10};

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t kept = make_channel(store, "kept"), gone = make_channel(store, "gone");
    assert_int_equal(store_member_add(store, gone, alice, &(bool){false}), RESULT_OK);
    post(store, alice, kept, 0, "stays");
    post(store, alice, gone, 0, "goes");
    post(store, alice, 0, bob, "direct");
    assert_int_equal(store_channel_delete(store, gone), RESULT_OK);
    assert_int_equal(store_channel_delete(store, gone), RESULT_NOT_FOUND);
    int64_t next = make_channel(store, "gone");
    assert_true(next > gone);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM messages"), 2);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM channel_members"), 0);
    struct conversation conversation = {.channel_key = next};
    assert_int_equal(store_messages(store, &conversation, &page, list_message, &list), RESULT_OK);
    conversation.channel_key = kept;
    assert_int_equal(store_messages(store, &conversation, &page, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, "stays ");
}

static void test_members_come_and_go(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0};
    int64_t *keys = NULL;
    size_t count = 0;
    bool changed = false;

    begin(store);
    int64_t zoe = make_user(store, "zoe"), alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t one = make_channel(store, "one"), two = make_channel(store, "two");
    assert_int_equal(store_member_add(store, one, zoe, &changed), RESULT_OK);
    assert_true(changed);
    assert_int_equal(store_member_add(store, one, zoe, &changed), RESULT_OK);
    assert_false(changed);
    assert_int_equal(store_member_add(store, one, alice, &changed), RESULT_OK);
    assert_int_equal(store_member_add(store, two, alice, &changed), RESULT_OK);
    assert_int_equal(store_member_add(store, two, bob, &changed), RESULT_OK);
    assert_int_equal(store_member_remove(store, two, bob, &changed), RESULT_OK);
    assert_true(changed);
    assert_int_equal(store_member_remove(store, two, bob, &changed), RESULT_OK);
    assert_false(changed);
    assert_int_equal(store_member_add(store, 4711, bob, &changed), RESULT_NOT_FOUND);
    assert_int_equal(store_member_add(store, one, 4711, &changed), RESULT_NOT_FOUND);
    commit(store);

    assert_int_equal(store_members(store, one, list_user, &list), RESULT_OK);
    assert_string_equal(list.text, "alice zoe ");
    assert_int_equal(store_member_check(store, two, bob, &changed), RESULT_OK);
    assert_false(changed);
    assert_int_equal(store_channels_of_user(store, alice, &keys, &count), RESULT_OK);
    assert_int_equal(count, 2);
    assert_int_equal(keys[0], one);
    assert_int_equal(keys[1], two);
    free(keys);
    assert_int_equal(store_channels_of_user(store, bob, &keys, &count), RESULT_OK);
    assert_int_equal(count, 0);
    assert_null(keys);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_channel_is_made_here_and_found),
        STORE_TEST(test_private_channels_are_listed_for_members_only),
        STORE_TEST(test_channel_is_renamed_and_made_private),
        STORE_TEST(test_deleted_channel_takes_its_messages_and_its_key_along),
        STORE_TEST(test_members_come_and_go),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store channels", tests, NULL, NULL);
}
