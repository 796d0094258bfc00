/*
 * test_relay.c - who hears of what: by the channel's origin, by what each server can do, by members, by what is hidden.
 */
#include "store_fixture.h"
#include "bering/outbox.h"
#include "worker/relay.h"

static const int64_t SECOND = INT64_C(1000000000);

/* Four other servers, and alice, who is local. All of it in one open transaction. */
struct world {
    struct fixture *fixture;
    struct store *store;
    int64_t bering, second, original, unknown;  /* servers, by what they can do; `second` is another one of this project */
    struct event_batch events;
    struct relay_context relay;
    struct user *alice;
};

static int64_t make_peer(struct store *store, const char *name, enum peer_abilities abilities)
{
    int64_t key = make_server(store, name);

    assert_int_equal(peer_set_abilities(store, key, abilities), RESULT_OK);
    return key;
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    void *fixture;

    fixture_setup(&fixture);
    world->fixture = fixture;
    world->store = world->fixture->store;
    begin(world->store);
    world->bering = make_peer(world->store, "bering", PEER_BERING);
    world->original = make_peer(world->store, "original", PEER_ORIGINAL);
    world->second = make_peer(world->store, "second", PEER_BERING);
    world->unknown = make_server(world->store, "unknown");
    world->relay = (struct relay_context){.server_name = "home", .events = &world->events};
    assert_int_equal(store_user_by_key(world->store, make_user(world->store, "alice"), &world->alice), RESULT_OK);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    void *fixture = world->fixture;

    commit(world->store);
    event_batch_deinit(&world->events);
    free(world->alice);
    free(world);
    return fixture_teardown(&fixture);
}

/* ---- what is made ---- */

static struct channel *our_channel(struct world *world, bool is_private)
{
    struct channel *channel = NULL;

    assert_int_equal(store_channel_create(world->store, "general", is_private, 0, &channel), RESULT_OK);
    return channel;
}

static struct channel *channel_of(struct world *world, const char *origin)
{
    struct channel *channel = NULL;
    bool created;

    assert_int_equal(peer_channel_put(world->store, "general", origin, &channel, &created), RESULT_OK);
    return channel;
}

static struct user *user_of(struct world *world, const char *username, int64_t server_key)
{
    struct user *user = NULL;
    bool changed;

    assert_int_equal(peer_user_put(world->store, server_key, username, NULL, &user, &changed), RESULT_OK);
    return user;
}

static void join(struct world *world, const struct channel *channel, const char *username, int64_t server_key)
{
    struct user *user = user_of(world, username, server_key);
    bool added = false;

    assert_int_equal(store_member_add(world->store, channel->key, user->key, &added), RESULT_OK);
    assert_true(added);
    free(user);
}

static void hide(struct world *world, int64_t server_key, const struct user *user, const struct channel *channel)
{
    assert_int_equal(store_hidden_set(world->store, server_key, user != NULL ? &user->id : NULL, user != NULL,
                                      channel != NULL ? &channel->id : NULL, channel != NULL),
                     RESULT_OK);
}

/* ---- what is looked at ---- */

struct seen {
    struct list list;
    char server[64];
    int64_t keys[64];
    size_t count;
};

static void see_row(void *argument, const struct outbox_row *row)
{
    static const char *const kinds[] = {"", "message", "membership", "call", "signal", "change", "history"};
    struct seen *seen = argument;
    char item[100];

    assert_true(seen->count < sizeof(seen->keys) / sizeof(seen->keys[0]));
    seen->keys[seen->count++] = row->key;
    snprintf(item, sizeof(item), "%s:%s", seen->server, kinds[row->kind]);
    list_add(&seen->list, item);
}

/* Checks which rows wait, as "server:kind ", by server, and takes them away. */
static void expect(struct world *world, const char *expected)
{
    const struct {
        int64_t key;
        const char *name;
    } servers[] = {
        {world->bering, "bering"}, {world->original, "original"}, {world->second, "second"}, {world->unknown, "unknown"}};
    struct seen seen = {.count = 0};

    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        snprintf(seen.server, sizeof(seen.server), "%s", servers[i].name);
        assert_int_equal(outbox_waiting(world->store, servers[i].key, 64, 1 << 20, see_row, &seen), RESULT_OK);
    }
    assert_string_equal(seen.list.text, expected);
    assert_int_equal(outbox_delete(world->store, seen.keys, seen.count), RESULT_OK);
}

struct payload {
    char text[4096];
    int64_t expires_at;
};

static void keep_payload(void *argument, const struct outbox_row *row)
{
    struct payload *payload = argument;

    assert_true(row->length < sizeof(payload->text));
    memcpy(payload->text, row->payload, row->length);
    payload->text[row->length] = '\0';
    payload->expires_at = row->expires_at;
}

/* The oldest row that waits for a server. */
static struct payload first_row(struct world *world, int64_t server_key)
{
    struct payload payload = {.text = ""};

    assert_int_equal(outbox_waiting(world->store, server_key, 1, 1 << 20, keep_payload, &payload), RESULT_OK);
    return payload;
}

static void say(struct world *world, const struct user *author, const struct channel *channel, const struct user *recipient)
{
    struct relay_post post = {
        .id = uuid_new(),
        .author = author,
        .recipient = recipient,
        .channel = channel,
        .sent_at = "2026-01-31T23:59:59Z",
        .body = "hello",
        .body_length = 5,
    };

    assert_int_equal(relay_message(world->store, &world->relay, &post), RESULT_OK);
}

static void change_member(struct world *world, const struct channel *channel, const struct user *user, bool added)
{
    assert_int_equal(relay_membership(world->store, &world->relay, channel, user, added), RESULT_OK);
}

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
    assert_int_equal(relay_call(world->store, &world->relay, channel, true, user), RESULT_OK);
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

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
