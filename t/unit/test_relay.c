/*
 * test_relay.c - which servers get a message: by the channel's origin, by what each server can do, by members, by what is hidden.
 */
#include "relay_fixture.h"

/* ---- messages ---- */

static void test_public_channel_of_ours_goes_to_those_who_cannot_ask(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);

    say(world, world->alice, channel, NULL);
    expect(world, "original:message unknown:message ");
    free(channel);
}

static void test_and_to_the_servers_of_its_members(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);

    join(world, channel, "bob", world->bering);
    say(world, world->alice, channel, NULL);
    expect(world, "bering:message original:message unknown:message ");
    free(channel);
}

static void test_private_channel_goes_to_its_members_only(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, true);

    say(world, world->alice, channel, NULL);
    expect(world, "");
    join(world, channel, "bob", world->bering);
    join(world, channel, "otto", world->original);
    say(world, world->alice, channel, NULL);
    expect(world, "bering:message original:message ");
    free(channel);
}

static void test_the_authors_own_server_gets_nothing_back(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    struct user *bob = user_of(world, "bob", world->bering);

    join(world, channel, "bob", world->bering);
    join(world, channel, "sue", world->second);
    world->relay.from_server = world->bering;
    say(world, bob, channel, NULL);
    expect(world, "original:message second:message unknown:message ");
    world->relay.from_server = 0; /* an identifying token is not the only way in */
    say(world, bob, channel, NULL);
    expect(world, "original:message second:message unknown:message ");
    free(bob);
    free(channel);
}

static void test_who_passed_it_on_gets_nothing_back(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    struct user *bob = user_of(world, "bob", world->bering);

    world->relay.from_server = world->original;
    say(world, bob, channel, NULL);
    expect(world, "unknown:message ");
    free(bob);
    free(channel);
}

static void test_hidden_channels_and_users_stay_here(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);

    join(world, channel, "bob", world->bering);
    hide(world, world->original, NULL, channel);
    say(world, world->alice, channel, NULL);
    expect(world, "bering:message unknown:message ");
    hide(world, world->bering, world->alice, NULL);
    say(world, world->alice, channel, NULL);
    expect(world, "unknown:message ");
    free(channel);
}

static void test_channel_of_another_goes_to_its_origin_only(void **state)
{
    struct world *world = *state;
    struct channel *channel = channel_of(world, "original");

    join(world, channel, "bob", world->bering);
    say(world, world->alice, channel, NULL);
    expect(world, "original:message ");
    hide(world, world->original, world->alice, NULL);
    say(world, world->alice, channel, NULL);
    expect(world, "");
    free(channel);
}

static void test_what_an_origin_passes_on_ends_here(void **state)
{
    struct world *world = *state;
    struct channel *channel = channel_of(world, "bering");
    struct user *otto = user_of(world, "otto", world->original);

    join(world, channel, "sue", world->second);
    world->relay.from_server = world->bering;
    say(world, otto, channel, NULL);
    expect(world, "");
    free(otto);
    free(channel);
}

static void test_channel_of_a_forgotten_server_stays_here(void **state)
{
    struct world *world = *state;
    struct channel *channel = channel_of(world, "gone");

    say(world, world->alice, channel, NULL);
    expect(world, "");
    free(channel);
}

static void test_channel_is_looked_up_by_its_id(void **state)
{
    struct world *world = *state;
    struct channel *channel = channel_of(world, "bering");
    struct channel keys = {.key = channel->key, .id = channel->id};

    say(world, world->alice, &keys, NULL);
    assert_non_null(strstr(first_row(world, world->bering).text, "{\"name\":\"general\",\"origin_server\":\"bering\"}"));
    expect(world, "bering:message ");
    free(channel);
}

static void test_direct_message_goes_to_the_recipients_server(void **state)
{
    struct world *world = *state;
    struct user *otto = user_of(world, "otto", world->original);

    say(world, world->alice, NULL, world->alice);
    expect(world, "");
    say(world, world->alice, NULL, otto);
    struct payload row = first_row(world, world->original);
    assert_non_null(strstr(row.text, "\"author\":{\"username\":\"alice\",\"server\":\"home\""));
    assert_non_null(strstr(row.text, "\"recipient\":{\"username\":\"otto\",\"server\":\"original\""));
    expect(world, "original:message ");
    free(otto);
}

static void test_hidden_user_may_not_write_there(void **state)
{
    struct world *world = *state;

    hide(world, world->bering, world->alice, NULL);
    assert_int_equal(relay_may_write(world->store, world->bering, world->alice->key), RESULT_FORBIDDEN);
    assert_int_equal(relay_may_write(world->store, world->second, world->alice->key), RESULT_OK);
}

static void test_batch_wakes_each_queue_once(void **state)
{
    struct world *world = *state;
    struct channel *channel = our_channel(world, false);
    unsigned original = 0, unknown = 0;

    for (int i = 0; i < 5; i++)
        say(world, world->alice, channel, NULL);
    for (size_t i = 0; i < world->events.count; i++) {
        assert_int_equal(world->events.events[i].kind, EVENT_OUTBOX);
        assert_int_equal(world->events.events[i].scope, EVENT_TO_WORKERS);
        original += world->events.events[i].subject[0] == world->original;
        unknown += world->events.events[i].subject[0] == world->unknown;
    }
    assert_int_equal(world->events.count, 2);
    assert_int_equal(original, 1);
    assert_int_equal(unknown, 1);
    free(channel);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(test_public_channel_of_ours_goes_to_those_who_cannot_ask),
        WORLD_TEST(test_and_to_the_servers_of_its_members),
        WORLD_TEST(test_private_channel_goes_to_its_members_only),
        WORLD_TEST(test_the_authors_own_server_gets_nothing_back),
        WORLD_TEST(test_who_passed_it_on_gets_nothing_back),
        WORLD_TEST(test_hidden_channels_and_users_stay_here),
        WORLD_TEST(test_channel_of_another_goes_to_its_origin_only),
        WORLD_TEST(test_what_an_origin_passes_on_ends_here),
        WORLD_TEST(test_channel_of_a_forgotten_server_stays_here),
        WORLD_TEST(test_channel_is_looked_up_by_its_id),
        WORLD_TEST(test_direct_message_goes_to_the_recipients_server),
        WORLD_TEST(test_hidden_user_may_not_write_there),
        WORLD_TEST(test_batch_wakes_each_queue_once),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
