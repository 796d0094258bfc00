/*
 * test_store_conversations.c - what users have read, and whom messages name.
 */
#include "store_fixture.h"

/* What a list says of one conversation. */
struct seen {
    struct uuid id;
    struct conversation_state state;
    char body[64];                /* of the last message */
    bool found;
};

static void look(void *argument, const struct conversation_state *state, const struct message *newest)
{
    struct seen *seen = argument;

    if (!uuid_equal(&state->id, &seen->id))
        return;
    assert_false(seen->found);
    seen->found = true;
    seen->state = *state;
    if (newest != NULL)
        snprintf(seen->body, sizeof(seen->body), "%.*s", (int)newest->body_length, newest->body);
}

static struct seen see(struct store *store, int64_t user, const struct uuid *id)
{
    struct seen seen = {.id = *id};

    assert_int_equal(store_conversations(store, user, look, &seen), RESULT_OK);
    return seen;
}

static struct channel *new_channel(struct store *store, const char *name)
{
    struct channel *channel = NULL;

    assert_int_equal(store_channel_create(store, name, false, 0, &channel), RESULT_OK);
    return channel;
}

static void join(struct store *store, const struct channel *channel, int64_t user)
{
    bool added = false;

    assert_int_equal(store_member_add(store, channel->key, user, &added), RESULT_OK);
    assert_true(added);
}

static void expect(struct store *store, int64_t user, const struct channel *channel, unsigned unread, unsigned mentions)
{
    struct seen seen = see(store, user, &channel->id);

    assert_true(seen.found);
    assert_int_equal(seen.state.unread, unread);
    assert_int_equal(seen.state.mentions, mentions);
}

static struct conversation_state read_to(struct store *store, int64_t user, const struct channel *channel,
                                         const struct uuid *id, bool exact, bool expect_changed)
{
    struct conversation conversation = {.channel_key = channel->key, .user_keys = {user, 0}};
    struct conversation_state state;
    bool changed = false;

    assert_int_equal(store_conversation_read(store, &conversation, id, exact, &changed, &state), RESULT_OK);
    assert_int_equal(changed, expect_changed);
    return state;
}

static void test_positions_move_forward_and_back_only_if_meant(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct uuid ids[5];

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    struct channel *channel = new_channel(store, "general");
    join(store, channel, alice);
    struct uuid before = post(store, alice, channel->key, 0, "before");
    join(store, channel, bob);
    for (int i = 0; i < 5; i++)
        ids[i] = post(store, alice, channel->key, 0, i % 2 == 0 ? "hello @bob" : "hello");
    expect(store, bob, channel, 5, 3);
    expect(store, alice, channel, 0, 0);
    struct seen seen = see(store, bob, &channel->id);
    assert_true(uuid_equal(&seen.state.last_read_id, &before));
    assert_string_equal(seen.body, "hello @bob");

    struct conversation_state now = read_to(store, bob, channel, &ids[2], false, true);
    assert_true(uuid_equal(&now.last_read_id, &ids[2]));
    assert_int_equal(now.unread, 2);
    assert_int_equal(now.mentions, 1);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM mentions"), 1); /* what has been read is forgotten */
    read_to(store, bob, channel, &ids[0], false, false);
    read_to(store, bob, channel, &ids[2], true, false);
    now = read_to(store, bob, channel, &ids[0], true, true);
    assert_int_equal(now.unread, 4);
    assert_int_equal(now.mentions, 2);
    now = read_to(store, bob, channel, NULL, true, true);
    assert_false(now.has_read);
    assert_int_equal(now.unread, 6);
    assert_int_equal(now.mentions, 3);
    now = read_to(store, bob, channel, &ids[4], false, true);
    assert_int_equal(now.unread, 0);
    commit(store);
    expect(store, bob, channel, 0, 0);
    free(channel);
}

static void test_conversations_are_for_those_who_are_in_them(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct conversation_state now;
    bool changed;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob"), carol = make_user(store, "carol");
    struct channel *one = new_channel(store, "one"), *two = new_channel(store, "two");
    join(store, one, alice);
    join(store, two, alice);
    struct uuid said = post(store, alice, one->key, 0, "said"), direct = post(store, alice, 0, bob, "direct");
    struct conversation in_one = {.channel_key = one->key, .user_keys = {bob, 0}};
    struct conversation in_two = {.channel_key = two->key, .user_keys = {alice, 0}};
    struct conversation with_bob = {.user_keys = {carol, bob}}, of_bob = {.user_keys = {bob, alice}};
    assert_int_equal(store_conversation_read(store, &in_one, &said, true, &changed, &now), RESULT_NOT_FOUND);
    assert_int_equal(store_conversation_read(store, &in_two, &said, true, &changed, &now), RESULT_NOT_FOUND);
    assert_int_equal(store_conversation_read(store, &with_bob, &direct, true, &changed, &now), RESULT_NOT_FOUND);
    assert_int_equal(store_conversation_mute(store, &with_bob, true, &changed, &now), RESULT_NOT_FOUND);
    assert_int_equal(store_conversation_mute(store, &of_bob, true, &changed, &now), RESULT_OK);
    assert_true(changed && now.is_direct && now.is_muted && !now.has_read && now.unread == 1);
    assert_int_equal(store_conversation_mute(store, &of_bob, true, &changed, &now), RESULT_OK);
    assert_false(changed);
    assert_int_equal(store_conversation_read(store, &of_bob, &direct, false, &changed, &now), RESULT_OK);
    assert_true(changed && now.is_muted && now.unread == 0);
    commit(store);
    free(one);
    free(two);
}

static void test_history_is_unread_to_nobody(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    bool stored = false;

    begin(store);
    int64_t author = make_remote_user(store, "rita", make_server(store, "peer"));
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    struct channel *channel = new_channel(store, "general");
    join(store, channel, alice);
    join(store, channel, bob);
    post(store, alice, channel->key, 0, "meanwhile");
    for (int i = 0; i < 3; i++) {
        struct message_new message = {.id = uuid_new(), .author_key = author, .channel_key = channel->key,
                                      .body = "@bob@home", .body_length = 9, .is_history = true};
        assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
        assert_true(stored);
    }
    expect(store, bob, channel, 1, 0);
    expect(store, alice, channel, 0, 0);
    /* who has nothing unread has read it, so that nobody has to look at it again */
    assert_int_equal(count_rows(store, "SELECT count(*) FROM conversation_states WHERE last_read_key & 4294967295 = 4"), 1);
    post(store, author, channel->key, 0, "@bob@home");
    expect(store, bob, channel, 2, 1);
    expect(store, alice, channel, 1, 0);
    commit(store);
    free(channel);
}

/* Who only writes is followed now and then, but past nothing that is unread; for others nothing changes. */
static void test_position_follows_who_only_writes(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t rita = make_remote_user(store, "rita", make_server(store, "peer"));
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    struct channel *channel = new_channel(store, "general");
    join(store, channel, alice);
    join(store, channel, bob);
    for (int i = 0; i < 600; i++)
        post(store, alice, channel->key, 0, "own");
    for (int i = 0; i < 300; i++)
        post(store, alice, 0, alice, "note");
    expect(store, alice, channel, 0, 0);
    expect(store, bob, channel, 600, 0);
    assert_int_equal(count_rows(store, "SELECT max(last_read_key & 4294967295) FROM conversation_states"), 512);
    assert_int_equal(count_rows(store, "SELECT sum(last_read_key & 4294967295) FROM conversation_states"), 512 + 256);
    post(store, rita, channel->key, 0, "unread");
    for (int i = 0; i < 600; i++)
        post(store, alice, channel->key, 0, "own");
    for (int i = 0; i < 600; i++)
        post(store, rita, channel->key, 0, "of another server");
    expect(store, alice, channel, 601, 0);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM conversation_states"), 3);
    commit(store);
    free(channel);
}

static void test_names_are_found_in_texts(void **state)
{
    static const struct {
        const char *body;
        bool named, named_by_remote;
    } cases[] = {
        {"@bob", true, false},         {"@bob@home", true, true},       {"@bob@home.", true, true},
        {"@bob@home.org", false, false}, {"@bob@homely", false, false}, {"@bob@hom", false, false},
        {"@bob!", true, false},        {"a@bob", false, false},         {"@bobs", false, false},
        {"@@bob", false, false},       {"@bob-", false, false},         {"@a.b.c.d.e.bob", false, false},
        {"@bob.a.b.c", true, false},   {"@bob.a.b.c.d", false, false},  {"@", false, false},
        {"@\xe2\x80", false, false},   {"@bob\xe2\x80\xa6", true, false}, {"@bob\xe3\x80\x82", true, false},
    };
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t rita = make_remote_user(store, "rita", make_server(store, "peer"));
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    struct channel *channel = new_channel(store, "general");
    join(store, channel, bob);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned before = see(store, bob, &channel->id).state.mentions;
        post(store, alice, channel->key, 0, cases[i].body);
        unsigned after = see(store, bob, &channel->id).state.mentions;
        post(store, rita, channel->key, 0, cases[i].body);
        unsigned last = see(store, bob, &channel->id).state.mentions;
        if (after - before != cases[i].named || last - after != cases[i].named_by_remote)
            fail_msg("%s: %u and %u", cases[i].body, after - before, last - after);
    }
    commit(store);
    free(channel);
}

static void test_states_go_with_their_channel_and_their_user(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    struct channel *one = new_channel(store, "one"), *two = new_channel(store, "two");
    join(store, one, bob);
    join(store, two, bob);
    post(store, alice, one->key, 0, "@bob");
    post(store, alice, two->key, 0, "@bob");
    assert_int_equal(count_rows(store, "SELECT count(*) FROM mentions"), 2);
    assert_int_equal(store_channel_delete(store, one->key), RESULT_OK);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM mentions"), 1);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM conversation_states"), 1);
    expect(store, bob, two, 1, 1);
    assert_int_equal(store_user_delete(store, bob), RESULT_OK);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM mentions"), 0);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM conversation_states"), 0);
    commit(store);
    free(one);
    free(two);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_positions_move_forward_and_back_only_if_meant),
        STORE_TEST(test_conversations_are_for_those_who_are_in_them),
        STORE_TEST(test_history_is_unread_to_nobody),
        STORE_TEST(test_position_follows_who_only_writes),
        STORE_TEST(test_names_are_found_in_texts),
        STORE_TEST(test_states_go_with_their_channel_and_their_user),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store conversations", tests, NULL, NULL);
}
