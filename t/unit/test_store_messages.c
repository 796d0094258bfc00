/*
 * test_store_messages.c - storing messages once, pages of a conversation, the inbox.
 */
#include "store_fixture.h"

static void post_many(struct store *store, int64_t author, int64_t channel, int64_t recipient, struct uuid *ids,
                      int count)
{
    for (int i = 0; i < count; i++) {
        char body[16];
        snprintf(body, sizeof(body), "%d", i + 1);
        ids[i] = post(store, author, channel, recipient, body);
    }
}

static void expect_page(struct store *store, const struct conversation *conversation, struct page page,
                        const char *expected)
{
    struct list list = {{0}, 0};

    assert_int_equal(store_messages(store, conversation, &page, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, expected);
}

static void test_pages_of_a_channel_are_oldest_first(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct uuid ids[10], other;

    begin(store);
    int64_t alice = make_user(store, "alice");
    int64_t before = make_channel(store, "before"), channel = make_channel(store, "general"),
            behind = make_channel(store, "z");
    post(store, alice, before, 0, "other");
    post_many(store, alice, channel, 0, ids, 10);
    other = post(store, alice, behind, 0, "other");
    commit(store);

    struct conversation conversation = {.channel_key = channel};
    expect_page(store, &conversation, (struct page){.limit = 3}, "8 9 10 ");
    expect_page(store, &conversation, (struct page){.limit = 10}, "1 2 3 4 5 6 7 8 9 10 ");
    expect_page(store, &conversation, (struct page){.limit = 200}, "1 2 3 4 5 6 7 8 9 10 ");
    expect_page(store, &conversation, (struct page){.limit = 3, .before = &ids[7]}, "5 6 7 ");
    expect_page(store, &conversation, (struct page){.limit = 3, .before = &ids[1]}, "1 ");
    expect_page(store, &conversation, (struct page){.limit = 3, .before = &ids[0]}, "");
    expect_page(store, &conversation, (struct page){.limit = 3, .after = &ids[1]}, "3 4 5 ");
    expect_page(store, &conversation, (struct page){.limit = 3, .after = &ids[8]}, "10 ");
    expect_page(store, &conversation, (struct page){.limit = 3, .after = &ids[9]}, "");
    expect_page(store, &conversation, (struct page){.limit = 4, .around = &ids[4]}, "4 5 6 7 ");
    expect_page(store, &conversation, (struct page){.limit = 1, .around = &ids[4]}, "5 ");
    expect_page(store, &conversation, (struct page){.limit = 5, .around = &ids[0]}, "1 2 3 ");
    expect_page(store, &conversation, (struct page){.limit = 5, .around = &ids[9]}, "8 9 10 ");
    expect_page(store, &conversation, (struct page){.limit = 2, .from_oldest = true}, "1 2 ");

    struct page page = {.limit = 3, .before = &other};
    assert_int_equal(store_messages(store, &conversation, &page, list_message, NULL), RESULT_NOT_FOUND);
    page = (struct page){.limit = 3, .after = &other};
    assert_int_equal(store_messages(store, &conversation, &page, list_message, NULL), RESULT_NOT_FOUND);
}

struct walk {
    int64_t key;
    unsigned count;
    bool is_ordered;
};

static void walk_message(void *argument, const struct message *message)
{
    struct walk *walk = argument;

    walk->is_ordered = walk->is_ordered && message->key > walk->key;
    walk->key = message->key;
    walk->count++;
}

static void test_history_is_walked_by_key(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct walk walk = {0, 0, true};
    struct uuid ids[50];

    begin(store);
    int64_t alice = make_user(store, "alice");
    struct conversation conversation = {.channel_key = make_channel(store, "general")};
    post_many(store, alice, conversation.channel_key, 0, ids, 50);
    commit(store);
    for (struct page page = {.limit = 7, .from_oldest = true}; walk.count < 50; page.after_key = walk.key) {
        unsigned count = walk.count;
        assert_int_equal(store_messages(store, &conversation, &page, walk_message, &walk), RESULT_OK);
        assert_true(walk.count > count);
        page.from_oldest = false;
    }
    assert_int_equal(walk.count, 50);
    assert_true(walk.is_ordered);
    struct page foreign = {.limit = 7, .after_key = conversation_of(conversation.channel_key + 1, false) + 1};
    assert_int_equal(store_messages(store, &conversation, &foreign, walk_message, &walk), RESULT_NOT_FOUND);
}

static void test_direct_conversation_is_the_same_from_both_ends(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct uuid ids[3];

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob"), carol = make_user(store, "carol");
    struct conversation one = {.user_keys = {alice, bob}}, other = {.user_keys = {bob, alice}};
    struct conversation silent = {.user_keys = {bob, carol}}, alone = {.user_keys = {alice, alice}};
    expect_page(store, &one, (struct page){.limit = 5}, "");
    ids[0] = post(store, alice, 0, bob, "hi");
    ids[1] = post(store, bob, 0, alice, "hello");
    ids[2] = post(store, alice, 0, alice, "note");
    commit(store);
    expect_page(store, &one, (struct page){.limit = 5}, "hi hello ");
    expect_page(store, &other, (struct page){.limit = 5}, "hi hello ");
    expect_page(store, &other, (struct page){.limit = 5, .after = &ids[0]}, "hello ");
    expect_page(store, &silent, (struct page){.limit = 5}, "");
    expect_page(store, &alone, (struct page){.limit = 5}, "note ");
    struct page page = {.limit = 5, .before = &ids[0]};
    assert_int_equal(store_messages(store, &silent, &page, list_message, NULL), RESULT_NOT_FOUND);
    assert_int_equal(store_messages(store, &alone, &page, list_message, NULL), RESULT_NOT_FOUND);
}

struct seen {
    struct uuid author_id, recipient_id, channel_id;
    bool is_direct;
    char text[256];
};

static void see(void *argument, const struct message *message)
{
    struct seen *seen = argument;

    seen->author_id = message->author_id;
    seen->recipient_id = message->recipient_id;
    seen->channel_id = message->channel_id;
    seen->is_direct = message->is_direct;
    snprintf(seen->text, sizeof(seen->text), "%s|%s|%s", message->author_username,
             message->author_display_name != NULL ? message->author_display_name : "-", message->sent_at);
}

static void test_row_tells_author_recipient_channel_and_time(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct user_change change = {.username = "alice", .display_name = "Alice"};
    struct user *alice = NULL, *bob = NULL;
    struct channel *channel = NULL;
    struct page page = {.limit = 1};
    struct uuid none = {{0}};
    struct seen seen;
    bool stored = false;

    begin(store);
    assert_int_equal(store_user_create(store, &change, &alice), RESULT_OK);
    change = (struct user_change){.username = "bob"};
    assert_int_equal(store_user_create(store, &change, &bob), RESULT_OK);
    assert_int_equal(store_channel_create(store, "general", false, 0, &channel), RESULT_OK);
    post_at(store, alice->key, channel->key, 0, "x", INT64_C(1700000000123456789));
    struct message_new from_peer = {.id = uuid_new(),
                                    .author_key = bob->key,
                                    .recipient_key = alice->key,
                                    .body = "y",
                                    .body_length = 1,
                                    .sent_at = INT64_C(1700000000500000000),
                                    .sent_at_text = "2023-11-14T22:13:20.5Z"};
    assert_int_equal(store_message_add(store, &from_peer, &stored), RESULT_OK);
    commit(store);

    struct conversation conversation = {.channel_key = channel->key};
    assert_int_equal(store_messages(store, &conversation, &page, see, &seen), RESULT_OK);
    assert_string_equal(seen.text, "alice|Alice|2023-11-14T22:13:20.123456789Z");
    assert_true(uuid_equal(&seen.author_id, &alice->id) && uuid_equal(&seen.channel_id, &channel->id));
    assert_true(uuid_equal(&seen.recipient_id, &none) && !seen.is_direct);

    conversation = (struct conversation){.user_keys = {alice->key, bob->key}};
    assert_int_equal(store_messages(store, &conversation, &page, see, &seen), RESULT_OK);
    assert_string_equal(seen.text, "bob|-|2023-11-14T22:13:20.5Z");
    assert_true(uuid_equal(&seen.author_id, &bob->id) && uuid_equal(&seen.recipient_id, &alice->id));
    assert_true(uuid_equal(&seen.channel_id, &none) && seen.is_direct);
    free(channel);
    free(alice);
    free(bob);
}

static void test_text_of_a_canonical_time_is_not_kept_twice(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    bool stored = false;

    begin(store);
    struct message_new message = {.id = uuid_new(),
                                  .author_key = make_user(store, "alice"),
                                  .body = "y",
                                  .body_length = 1,
                                  .channel_key = make_channel(store, "general"),
                                  .sent_at = INT64_C(1700000000500000000),
                                  .sent_at_text = "2023-11-14T22:13:20.500000000Z"};
    assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM messages WHERE sent_at_text IS NULL"), 1);
}

static void test_message_id_is_stored_once(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    bool stored = false;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t channel = make_channel(store, "general"), random = make_channel(store, "random");
    struct message_new message = {
        .id = uuid_new(), .author_key = alice, .channel_key = channel, .sent_at = 1, .body = "once", .body_length = 4};
    assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
    assert_true(stored);
    commit(store);

    begin(store);
    assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
    assert_false(stored);
    struct message_new forged = message;
    forged.author_key = bob;
    assert_int_equal(store_message_add(store, &forged, &stored), RESULT_CONFLICT);
    forged = message;
    forged.channel_key = random;
    assert_int_equal(store_message_add(store, &forged, &stored), RESULT_CONFLICT);
    forged.channel_key = 0;
    forged.recipient_key = bob;
    assert_int_equal(store_message_add(store, &forged, &stored), RESULT_CONFLICT);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM direct_conversations"), 0);
    post(store, alice, 0, bob, "direct");
    assert_int_equal(store_message_add(store, &forged, &stored), RESULT_CONFLICT);
    post(store, bob, channel, 0, "next");
    commit(store);
    expect_page(store, &(struct conversation){.channel_key = channel}, (struct page){.limit = 9}, "once next ");
    assert_int_equal(count_rows(store, "SELECT count(*) FROM messages"), 3);
}

static void test_message_needs_living_ends(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    bool stored = false;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob"), channel = make_channel(store, "general");
    assert_int_equal(store_user_delete(store, bob), RESULT_OK);
    struct message_new bad[] = {
        {.id = uuid_new(), .author_key = bob, .channel_key = channel, .body = "x", .body_length = 1},
        {.id = uuid_new(), .author_key = alice, .channel_key = 4711, .body = "x", .body_length = 1},
        {.id = uuid_new(), .author_key = alice, .recipient_key = bob, .body = "x", .body_length = 1},
        {.id = uuid_new(), .author_key = alice, .recipient_key = 4711, .body = "x", .body_length = 1},
        {.id = uuid_new(), .author_key = bob, .recipient_key = alice, .body = "x", .body_length = 1},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(store_message_add(store, &bad[i], &stored), RESULT_NOT_FOUND);
    commit(store);
    assert_int_equal(
        count_rows(store, "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM direct_conversations)"), 0);
}

struct large {
    const char *body;
    size_t length;
    unsigned matches;
};

static void compare_body(void *argument, const struct message *message)
{
    struct large *large = argument;

    large->matches += message->body_length == large->length && memcmp(message->body, large->body, large->length) == 0;
}

static void test_large_bodies_come_back_byte_for_byte(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    enum { SIZE = 65536, COUNT = 20 };
    struct page page = {.limit = 10};
    bool stored = false;

    begin(store);
    int64_t alice = make_user(store, "alice");
    struct conversation conversation = {.channel_key = make_channel(store, "general")};
    char *body = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (char)('a' + i % 23);
    for (int i = 0; i < COUNT; i++) {
        struct message_new message = {.id = uuid_new(),
                                      .author_key = alice,
                                      .channel_key = conversation.channel_key,
                                      .sent_at = i,
                                      .body = body,
                                      .body_length = SIZE};
        assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
    }
    commit(store);
    struct large large = {body, SIZE, 0};
    assert_int_equal(store_messages(store, &conversation, &page, compare_body, &large), RESULT_OK);
    assert_int_equal(large.matches, 10);
    free(body);
}

static void test_sequence_goes_on_across_connections(void **state)
{
    struct fixture *fixture = *state;
    struct store *one = fixture->store, *two = fixture_open(fixture);
    int64_t last = 0;

    begin(one);
    int64_t alice = make_user(one, "alice");
    struct conversation conversation = {.channel_key = make_channel(one, "general")};
    commit(one);
    for (int i = 0; i < 6; i++) {
        char body[16];
        struct store *writer = i % 2 == 0 ? one : two;
        snprintf(body, sizeof(body), "%d", i);
        begin(writer);
        post_at(writer, alice, conversation.channel_key, 0, body, 1000 - i); /* arrival orders, not the clock */
        commit(writer);
    }
    expect_page(one, &conversation, (struct page){.limit = 9}, "0 1 2 3 4 5 ");
    expect_page(two, &conversation, (struct page){.limit = 9}, "0 1 2 3 4 5 ");
    last = count_rows(two, "SELECT max(key) & 4294967295 FROM messages");
    assert_int_equal(last, 6);
    store_close(&two);
}

static void test_inbox_merges_conversations_newest_first(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0}, few = {{0}, 0}, nothing = {{0}, 0};

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob"), carol = make_user(store, "carol");
    int64_t mine = make_channel(store, "mine"), foreign = make_channel(store, "foreign");
    make_channel(store, "empty");
    assert_int_equal(store_member_add(store, mine, alice, &(bool){false}), RESULT_OK);
    post_at(store, bob, mine, 0, "m1", 10);
    post_at(store, bob, 0, alice, "d1", 20);
    post_at(store, bob, foreign, 0, "hidden", 25);
    post_at(store, carol, mine, 0, "m2", 30);
    post_at(store, bob, 0, carol, "private", 35);
    post_at(store, alice, 0, bob, "d2", 40);
    post_at(store, alice, 0, alice, "note", 50);
    post_at(store, alice, 0, carol, "d3", 60);
    post_at(store, carol, mine, 0, "m3", 70);
    commit(store);
    assert_int_equal(store_inbox(store, alice, 50, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, "m3 d3 note d2 m2 d1 m1 ");
    assert_int_equal(store_inbox(store, alice, 3, list_message, &few), RESULT_OK);
    assert_string_equal(few.text, "m3 d3 note ");
    assert_int_equal(store_inbox(store, count_rows(store, "SELECT key FROM users WHERE username = 'admin'"), 50,
                                 list_message, &nothing),
                     RESULT_OK);
    assert_int_equal(nothing.count, 0);
}

static void test_inbox_finds_the_newest_of_many_conversations(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    enum { CONVERSATIONS = 40, EACH = 5 };
    struct list list = {{0}, 0};
    char expected[256] = "";

    begin(store);
    int64_t alice = make_user(store, "alice");
    for (int i = 0; i < CONVERSATIONS; i++) {
        char name[16];
        snprintf(name, sizeof(name), "c%d", i);
        int64_t channel = make_channel(store, name);
        assert_int_equal(store_member_add(store, channel, alice, &(bool){false}), RESULT_OK);
        for (int j = 0; j < EACH; j++) {
            snprintf(name, sizeof(name), "%d", j * CONVERSATIONS + i);
            post_at(store, alice, channel, 0, name, j * CONVERSATIONS + i);
        }
    }
    commit(store);
    for (int i = 0; i < 50; i++)
        snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected), "%d ", CONVERSATIONS * EACH - 1 - i);
    assert_int_equal(store_inbox(store, alice, 50, list_message, &list), RESULT_OK);
    assert_string_equal(list.text, expected);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_pages_of_a_channel_are_oldest_first),
        STORE_TEST(test_history_is_walked_by_key),
        STORE_TEST(test_direct_conversation_is_the_same_from_both_ends),
        STORE_TEST(test_row_tells_author_recipient_channel_and_time),
        STORE_TEST(test_text_of_a_canonical_time_is_not_kept_twice),
        STORE_TEST(test_message_id_is_stored_once),
        STORE_TEST(test_message_needs_living_ends),
        STORE_TEST(test_large_bodies_come_back_byte_for_byte),
        STORE_TEST(test_sequence_goes_on_across_connections),
        STORE_TEST(test_inbox_merges_conversations_newest_first),
        STORE_TEST(test_inbox_finds_the_newest_of_many_conversations),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store messages", tests, NULL, NULL);
}
