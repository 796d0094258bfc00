/*
 * test_relay_news.c - which servers hear of memberships, changes, calls and signals, and of what is shown to them again.
 */
#include "relay_fixture.h"

static const int64_t SECOND = INT64_C(1000000000);

/* ---- memberships ---- */

static void test_member_of_another_server_is_told_there(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    struct user *otto = user_of(world, "otto", world->original), *ulf = user_of(world, "ulf", world->unknown);

    change_member(world, channel, otto, true);
    change_member(world, channel, ulf, true);
    change_member(world, channel, world->alice, true);
    expect(world, "original:membership unknown:membership ");
    change_member(world, channel, otto, false); /* an original knows no such thing */
    change_member(world, channel, world->alice, false);
    expect(world, "");
    free(ulf);
    free(otto);
    free(channel);
}

static void test_first_member_of_a_server_brings_it_the_history(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    struct user *bob = user_of(world, "bob", world->bering), *bea = user_of(world, "bea", world->bering);

    post(world->store, world->alice->key, channel->key, 0, "said before");
    join(world, channel, "bob", world->bering);
    change_member(world, channel, bob, true);
    expect(world, "bering:membership bering:history ");
    join(world, channel, "bea", world->bering);
    change_member(world, channel, bea, true);
    expect(world, "bering:membership ");
    change_member(world, channel, bea, false);
    assert_non_null(strstr(first_row(world, world->bering).text, "\"removed\":true"));
    expect(world, "bering:membership ");
    free(bea);
    free(bob);
    free(channel);
}

static void test_empty_channel_has_no_history(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);

    assert_int_equal(relay_history(world->store, &world->relay, channel, world->bering), RESULT_OK);
    expect(world, "");
    post(world->store, world->alice->key, channel->key, 0, "first");
    assert_int_equal(relay_history(world->store, &world->relay, channel, world->bering), RESULT_OK);
    expect(world, "bering:history ");
    free(channel);
}

static void test_new_member_learns_whether_the_channel_is_private(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, true);
    struct user *bob = user_of(world, "bob", world->bering), *otto = user_of(world, "otto", world->original);

    change_member(world, channel, bob, true);
    change_member(world, channel, otto, true);
    assert_non_null(strstr(first_row(world, world->bering).text, "\"is_private\":true"));
    assert_null(strstr(first_row(world, world->original).text, "is_private"));
    free(otto);
    free(bob);
    free(channel);
}

static void test_origin_is_asked_to_let_a_local_user_in(void **state)
{
    struct world *world = *state;
    struct channel *theirs = channel_of(world, "bering"), *originals = channel_of(world, "original");

    change_member(world, originals, world->alice, true);
    change_member(world, originals, world->alice, false);
    expect(world, "");
    change_member(world, theirs, world->alice, true);
    assert_non_null(strstr(first_row(world, world->bering).text, "\"join\":true"));
    expect(world, "bering:membership ");
    change_member(world, theirs, world->alice, false);
    assert_non_null(strstr(first_row(world, world->bering).text, "\"removed\":true"));
    expect(world, "bering:membership ");
    free(originals);
    free(theirs);
}

static void test_memberships_that_a_peer_made_or_may_not_see_are_not_told(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    struct user *bob = user_of(world, "bob", world->bering);

    world->relay.from_server = world->bering;
    change_member(world, channel, bob, true);
    expect(world, "");
    world->relay.from_server = 0;
    hide(world, world->bering, NULL, channel);
    change_member(world, channel, bob, true);
    change_member(world, channel, bob, false);
    expect(world, "");
    free(bob);
    free(channel);
}

/* ---- changes ---- */

static void rename_channel(struct world *world, const struct channel *channel, const char *new_name)
{
    assert_int_equal(relay_change_channel(world->store, &world->relay, channel, new_name), RESULT_OK);
}

static void test_changed_channels_are_told_to_those_who_understand(void **state)
{
    struct world *world = *state;
    struct channel *ours = our_channel(world, false), *theirs = channel_of(world, "bering");

    rename_channel(world, ours, "lobby");
    assert_non_null(strstr(first_row(world, world->second).text, "\"new_name\":\"lobby\""));
    expect(world, "bering:change second:change ");
    rename_channel(world, ours, NULL);
    assert_non_null(strstr(first_row(world, world->second).text, "\"new_name\":null"));
    expect(world, "bering:change second:change ");
    rename_channel(world, theirs, NULL); /* only its origin may say so */
    expect(world, "");
    hide(world, world->bering, NULL, ours);
    rename_channel(world, ours, "lobby");
    expect(world, "second:change ");
    free(theirs);
    free(ours);
}

static void test_private_channels_changes_are_for_its_members(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, true);

    join(world, channel, "sue", world->second);
    join(world, channel, "otto", world->original);
    rename_channel(world, channel, "lobby");
    expect(world, "second:change ");
    assert_int_equal(relay_withdraw_channel(world->store, &world->relay, channel), RESULT_OK);
    assert_non_null(strstr(first_row(world, world->bering).text, "\"new_name\":null"));
    expect(world, "bering:change ");
    free(channel);
}

static void test_changed_users_are_told_unless_hidden(void **state)
{
    struct world *world = *state;
    struct user *bob = user_of(world, "bob", world->bering);

    assert_int_equal(relay_change_user(world->store, &world->relay, world->alice, "alicia"), RESULT_OK);
    assert_non_null(strstr(first_row(world, world->bering).text, "\"new_name\":\"alicia\""));
    expect(world, "bering:change second:change ");
    hide(world, world->bering, world->alice, NULL);
    assert_int_equal(relay_change_user(world->store, &world->relay, world->alice, NULL), RESULT_OK);
    expect(world, "second:change ");
    assert_int_equal(relay_change_user(world->store, &world->relay, bob, "bobby"), RESULT_OK);
    expect(world, "");
    free(bob);
}

/* ---- calls ---- */

static void call(struct world *world, const struct channel *channel, const struct user *user)
{
    assert_int_equal(relay_call(world->store, &world->relay, channel, CALL_WORD_JOIN, user), RESULT_OK);
}

static void test_calls_are_told_to_the_servers_of_members(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    struct user *bob = user_of(world, "bob", world->bering);

    call(world, channel, world->alice);
    expect(world, "");
    join(world, channel, "bob", world->bering);
    join(world, channel, "otto", world->original);
    call(world, channel, world->alice);
    expect(world, "bering:call original:call ");
    world->relay.from_server = world->bering;
    call(world, channel, bob);
    expect(world, "original:call ");
    free(bob);
    free(channel);
}

static void test_only_origins_of_this_project_pass_calls_on(void **state)
{
    struct world *world = *state;
    struct channel *theirs = channel_of(world, "bering"), *originals = channel_of(world, "original");

    join(world, theirs, "sue", world->second);
    join(world, originals, "sue", world->second);
    call(world, theirs, world->alice);
    expect(world, "bering:call ");
    call(world, originals, world->alice);
    expect(world, "original:call second:call ");
    world->relay.from_server = world->original;
    call(world, originals, world->alice);
    expect(world, "");
    free(originals);
    free(theirs);
}

static void test_signals_do_not_wait_for_long(void **state)
{
    struct world *world = *state;
    struct user *bob = user_of(world, "bob", world->bering);
    struct relay_signal signal = {
        .from = world->alice,
        .to = bob,
        .type = "offer",
        .type_length = 5,
        .payload = "{}",
        .payload_length = 2,
    };
    int64_t before = clock_now();

    assert_int_equal(relay_signal(world->store, &world->relay, &signal), RESULT_OK);
    struct payload row = first_row(world, world->bering);
    assert_in_range(row.expires_at, before + 30 * SECOND, clock_now() + 30 * SECOND);
    assert_non_null(strstr(row.text, "\"signal_type\":\"offer\",\"payload\":\"{}\""));
    expect(world, "bering:signal ");
    hide(world, world->bering, world->alice, NULL);
    assert_int_equal(relay_signal(world->store, &world->relay, &signal), RESULT_FORBIDDEN);
    signal.to = world->alice;
    assert_int_equal(relay_signal(world->store, &world->relay, &signal), RESULT_OK);
    expect(world, "");
    free(bob);
}

/* ---- what is not hidden any more ---- */

static struct server *server_of(struct world *world, int64_t server_key, enum peer_abilities abilities)
{
    struct server *server = calloc(1, sizeof(*server));

    (void)world;
    assert_non_null(server);
    *server = (struct server){.key = server_key, .abilities = (int)abilities};
    return server;
}

static void test_a_channel_that_is_shown_again_comes_with_members_and_history(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false), *empty = channel_of(world, "second");
    struct server *bering = server_of(world, world->bering, PEER_BERING),
                  *original = server_of(world, world->original, PEER_ORIGINAL);

    post(world->store, world->alice->key, channel->key, 0, "said meanwhile");
    assert_int_equal(relay_show_channel(world->store, &world->relay, bering, channel), RESULT_OK);
    expect(world, ""); /* a public one is in its list */
    join(world, channel, "bob", world->bering);
    join(world, channel, "bea", world->bering);
    join(world, channel, "sue", world->second);
    join(world, channel, "otto", world->original);
    assert_int_equal(relay_show_channel(world->store, &world->relay, bering, channel), RESULT_OK);
    expect(world, "bering:membership bering:membership bering:history ");
    assert_int_equal(relay_show_channel(world->store, &world->relay, original, channel), RESULT_OK);
    expect(world, ""); /* an original has forgotten nothing */
    assert_int_equal(relay_show_channel(world->store, &world->relay, bering, empty), RESULT_OK);
    expect(world, ""); /* not ours to show */
    free(original);
    free(bering);
    free(empty);
    free(channel);
}

static void test_a_user_who_is_shown_again_is_brought_back(void **state)
{
    struct world *world = *state;
    struct server *bering = server_of(world, world->bering, PEER_BERING),
                  *original = server_of(world, world->original, PEER_ORIGINAL);
    struct user *sue = user_of(world, "sue", world->second);
    char id[UUID_TEXT_LENGTH + 1];

    assert_int_equal(relay_show_user(world->store, &world->relay, bering, world->alice), RESULT_OK);
    struct payload row = first_row(world, world->bering);
    assert_non_null(strstr(row.text, "\"new_name\":\"alice\""));
    assert_non_null(strstr(row.text, uuid_format(&world->alice->id, id)));
    expect(world, "bering:change ");
    assert_int_equal(relay_show_user(world->store, &world->relay, original, world->alice), RESULT_OK);
    assert_int_equal(relay_show_user(world->store, &world->relay, bering, sue), RESULT_OK);
    expect(world, "");
    free(sue);
    free(original);
    free(bering);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(test_member_of_another_server_is_told_there),
        WORLD_TEST(test_first_member_of_a_server_brings_it_the_history),
        WORLD_TEST(test_empty_channel_has_no_history),
        WORLD_TEST(test_new_member_learns_whether_the_channel_is_private),
        WORLD_TEST(test_origin_is_asked_to_let_a_local_user_in),
        WORLD_TEST(test_memberships_that_a_peer_made_or_may_not_see_are_not_told),
        WORLD_TEST(test_changed_channels_are_told_to_those_who_understand),
        WORLD_TEST(test_private_channels_changes_are_for_its_members),
        WORLD_TEST(test_changed_users_are_told_unless_hidden),
        WORLD_TEST(test_calls_are_told_to_the_servers_of_members),
        WORLD_TEST(test_only_origins_of_this_project_pass_calls_on),
        WORLD_TEST(test_signals_do_not_wait_for_long),
        WORLD_TEST(test_a_channel_that_is_shown_again_comes_with_members_and_history),
        WORLD_TEST(test_a_user_who_is_shown_again_is_brought_back),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("relay news", tests, NULL, NULL);
}
