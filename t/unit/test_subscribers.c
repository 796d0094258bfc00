/*
 * test_subscribers.c - which streams an event reaches: each that it concerns, once, and no other.
 *
 * A stream is nothing here but its links: zeroed memory with a name.
 */
#include "store_fixture.h"
#include "worker/stream/subscribers.h"

enum { PEOPLE = 4, STRANGER = 4711 };

enum person { ALICE, BOB, CAROL, DAVE };

static const char *const names[PEOPLE] = {"alice", "bob", "carol", "dave"};

/*
 * Streams here: two of Alice, one each of Bob and Carol, none of Dave. Channels: one (Alice, Bob), two (Bob, Carol),
 * three (Dave), four (nobody).
 */
struct setting {
    struct fixture *fixture;
    struct store *store;
    struct subscribers *subscribers;
    struct user users[PEOPLE];
    int64_t one, two, three, four;
    struct stream alice1, alice2, bob, carol;
};

static bool enter(struct setting *setting, enum person person, struct stream *stream)
{
    bool first = false;
    struct subscriber *subscriber =
        subscribers_enter(setting->subscribers, setting->store, &setting->users[person], &first);

    assert_non_null(subscriber);
    subscriber_link(subscriber, stream);
    assert_ptr_equal(stream->subscriber, subscriber);
    return first;
}

static void unlink_if_linked(struct setting *setting, struct stream *stream)
{
    int64_t key;

    if (stream->subscriber != NULL)
        subscribers_unlink(setting->subscribers, stream, &key);
}

static void add_member(struct setting *setting, int64_t channel, enum person person)
{
    bool added;

    assert_int_equal(store_member_add(setting->store, channel, setting->users[person].key, &added), RESULT_OK);
    assert_true(added);
}

static int setting_setup(void **state)
{
    struct setting *setting = calloc(1, sizeof(*setting));

    fixture_setup((void **)&setting->fixture);
    setting->store = setting->fixture->store;
    begin(setting->store);
    for (int i = 0; i < PEOPLE; i++) {
        setting->users[i].key = make_user(setting->store, names[i]);
        setting->users[i].id = uuid_new();
    }
    setting->one = make_channel(setting->store, "one");
    setting->two = make_channel(setting->store, "two");
    setting->three = make_channel(setting->store, "three");
    setting->four = make_channel(setting->store, "four");
    add_member(setting, setting->one, ALICE);
    add_member(setting, setting->one, BOB);
    add_member(setting, setting->two, BOB);
    add_member(setting, setting->two, CAROL);
    add_member(setting, setting->three, DAVE);
    commit(setting->store);
    setting->subscribers = subscribers_new();
    enter(setting, ALICE, &setting->alice1);
    enter(setting, ALICE, &setting->alice2);
    enter(setting, BOB, &setting->bob);
    enter(setting, CAROL, &setting->carol);
    *state = setting;
    return 0;
}

static int setting_teardown(void **state)
{
    struct setting *setting = *state;

    unlink_if_linked(setting, &setting->alice1);
    unlink_if_linked(setting, &setting->alice2);
    unlink_if_linked(setting, &setting->bob);
    unlink_if_linked(setting, &setting->carol);
    subscribers_free(&setting->subscribers); /* asserts that nobody and no channel is left */
    fixture_teardown((void **)&setting->fixture);
    free(setting);
    return 0;
}

/* ---- who is reached ---- */

struct reached {
    const struct setting *setting;
    unsigned alice1, alice2, bob, carol, others;
};

static void visit(struct stream *stream, void *argument)
{
    struct reached *reached = argument;
    const struct setting *setting = reached->setting;

    if (stream == &setting->alice1)
        reached->alice1++;
    else if (stream == &setting->alice2)
        reached->alice2++;
    else if (stream == &setting->bob)
        reached->bob++;
    else if (stream == &setting->carol)
        reached->carol++;
    else
        reached->others++;
}

/* Whether the one question about one subscriber agrees with who was visited. */
static void expect_concerned(const struct stream *stream, enum event_scope scope, const int64_t subject[2],
                             bool expected)
{
    if (stream->subscriber != NULL)
        assert_int_equal(subscriber_is_concerned(stream->subscriber, scope, subject), expected);
}

/* Expects an event to reach each of these people's streams once: letters of a, b, c. */
static void expect_reach(struct setting *setting, enum event_scope scope, int64_t first, int64_t second,
                         const char *people)
{
    const int64_t subject[2] = {first, second};
    struct reached reached = {.setting = setting};
    bool alice = strchr(people, 'a') != NULL, bob = strchr(people, 'b') != NULL, carol = strchr(people, 'c') != NULL;
    size_t count = subscribers_each(setting->subscribers, scope, subject, visit, &reached);
    unsigned alice1 = alice && setting->alice1.subscriber != NULL, alice2 = alice && setting->alice2.subscriber != NULL;

    assert_int_equal(reached.alice1, alice1);
    assert_int_equal(reached.alice2, alice2);
    assert_int_equal(reached.bob, bob);
    assert_int_equal(reached.carol, carol);
    assert_int_equal(reached.others, 0);
    assert_int_equal(count, alice1 + alice2 + bob + carol);
    expect_concerned(&setting->alice1, scope, subject, alice);
    expect_concerned(&setting->alice2, scope, subject, alice);
    expect_concerned(&setting->bob, scope, subject, bob);
    expect_concerned(&setting->carol, scope, subject, carol);
}

static void event_for_all_reaches_all(void **state)
{
    struct setting *setting = *state;

    expect_reach(setting, EVENT_TO_ALL, 0, 0, "abc");
    expect_reach(setting, EVENT_TO_ALL, setting->users[ALICE].key, setting->one, "abc");
}

static void event_for_workers_reaches_nobody(void **state)
{
    struct setting *setting = *state;

    expect_reach(setting, EVENT_TO_WORKERS, 0, 0, "");
    expect_reach(setting, EVENT_TO_WORKERS, setting->users[ALICE].key, setting->users[BOB].key, "");
}

static void event_for_users_reaches_both_ends(void **state)
{
    struct setting *setting = *state;
    int64_t alice = setting->users[ALICE].key, carol = setting->users[CAROL].key, dave = setting->users[DAVE].key;

    expect_reach(setting, EVENT_TO_USERS, alice, carol, "ac");
    expect_reach(setting, EVENT_TO_USERS, carol, alice, "ac");
    expect_reach(setting, EVENT_TO_USERS, alice, alice, "a"); /* a note to oneself, once */
    expect_reach(setting, EVENT_TO_USERS, alice, 0, "a");
    expect_reach(setting, EVENT_TO_USERS, 0, carol, "c");
    expect_reach(setting, EVENT_TO_USERS, alice, dave, "a");
    expect_reach(setting, EVENT_TO_USERS, dave, STRANGER, "");
    expect_reach(setting, EVENT_TO_USERS, 0, 0, "");
    expect_reach(setting, EVENT_TO_USERS, INT64_MIN, -alice, "");
}

static void event_for_a_channel_reaches_its_members(void **state)
{
    struct setting *setting = *state;

    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "ab");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "bc");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->three, 0, ""); /* its member has no stream here */
    expect_reach(setting, EVENT_TO_CHANNEL, setting->four, 0, "");
    expect_reach(setting, EVENT_TO_CHANNEL, STRANGER, 0, "");
    expect_reach(setting, EVENT_TO_CHANNEL, 0, 0, "");
}

static void channel_event_may_reach_one_more(void **state)
{
    struct setting *setting = *state;
    int64_t alice = setting->users[ALICE].key, carol = setting->users[CAROL].key;

    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, carol, "abc");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, alice, "ab"); /* a member, once */
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, setting->users[DAVE].key, "ab");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->four, alice, "a"); /* a channel that nobody here listens to */
    expect_reach(setting, EVENT_TO_CHANNEL, setting->four, STRANGER, "");
}

/* ---- streams come and go ---- */

static void first_stream_makes_the_subscriber(void **state)
{
    struct setting *setting = *state;
    struct stream dave = {.sibling = NULL}, again = {.sibling = NULL};
    int64_t key = 0;

    assert_true(enter(setting, DAVE, &dave));
    assert_false(enter(setting, DAVE, &again));
    assert_ptr_equal(dave.subscriber, again.subscriber);
    assert_int_equal(stream_user(&dave), setting->users[DAVE].key);
    assert_true(uuid_equal(stream_user_id(&again), &setting->users[DAVE].id));
    assert_false(subscribers_unlink(setting->subscribers, &dave, &key));
    assert_true(subscribers_unlink(setting->subscribers, &again, &key));
    assert_int_equal(key, setting->users[DAVE].key);
    assert_null(dave.subscriber);
    assert_null(again.subscriber);
    assert_null(subscribers_streams(setting->subscribers, setting->users[DAVE].key));
}

static void closed_stream_is_not_reached(void **state)
{
    struct setting *setting = *state;
    int64_t key = 0;

    assert_false(subscribers_unlink(setting->subscribers, &setting->alice1, &key));
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "ab");
    expect_reach(setting, EVENT_TO_ALL, 0, 0, "abc");
    assert_true(subscribers_unlink(setting->subscribers, &setting->alice2, &key));
    assert_int_equal(key, setting->users[ALICE].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "b");
    expect_reach(setting, EVENT_TO_USERS, key, 0, "");
    expect_reach(setting, EVENT_TO_ALL, 0, 0, "bc");
    assert_true(enter(setting, ALICE, &setting->alice2));
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "ab");
}

static void streams_are_unlinked_in_any_order(void **state)
{
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct setting *setting = *state;

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct stream streams[3] = {{.sibling = NULL}};
        int64_t key;
        for (int k = 0; k < 3; k++)
            enter(setting, DAVE, &streams[k]);
        for (int k = 0; k < 3; k++) {
            unsigned count = 0;
            assert_int_equal(subscribers_unlink(setting->subscribers, &streams[orders[i][k]], &key), k == 2);
            for (struct stream *stream = subscribers_streams(setting->subscribers, setting->users[DAVE].key);
                 stream != NULL; stream = stream->sibling, count++)
                assert_ptr_not_equal(stream, &streams[orders[i][k]]);
            assert_int_equal(count, 2 - k);
        }
    }
}

static void streams_of_a_user_are_listed(void **state)
{
    struct setting *setting = *state;
    struct stream *first = subscribers_streams(setting->subscribers, setting->users[ALICE].key);

    assert_true((first == &setting->alice1 && first->sibling == &setting->alice2) ||
                (first == &setting->alice2 && first->sibling == &setting->alice1));
    assert_null(first->sibling->sibling);
    assert_null(subscribers_streams(setting->subscribers, setting->users[DAVE].key));
    assert_null(subscribers_streams(setting->subscribers, 0));
}

/* The database does not answer: there is no subscriber, and nothing of it stays. */
static void failing_store_lets_nobody_in(void **state)
{
    struct setting *setting = *state;
    bool first;

    assert_int_equal(database_run(setting->store->database, "DROP TABLE channel_members"), SQLITE_OK);
    assert_null(subscribers_enter(setting->subscribers, setting->store, &setting->users[DAVE], &first));
    assert_null(subscribers_streams(setting->subscribers, setting->users[DAVE].key));
    expect_reach(setting, EVENT_TO_ALL, 0, 0, "abc");
}

/* ---- memberships come and go ---- */

static void joining_counts_from_then_on(void **state)
{
    struct setting *setting = *state;

    subscribers_join(setting->subscribers, setting->one, setting->users[CAROL].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "abc");
    subscribers_join(setting->subscribers, setting->one, setting->users[CAROL].key); /* told twice, reached once */
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "abc");
    subscribers_join(setting->subscribers, setting->four, setting->users[ALICE].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->four, 0, "a");
    subscribers_join(setting->subscribers, setting->one, setting->users[DAVE].key); /* has no stream here */
    subscribers_join(setting->subscribers, setting->one, STRANGER);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "abc");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "bc");
}

static void leaving_counts_from_then_on(void **state)
{
    struct setting *setting = *state;

    subscribers_leave(setting->subscribers, setting->two, setting->users[BOB].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "c");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "ab");
    subscribers_leave(setting->subscribers, setting->two, setting->users[BOB].key);
    subscribers_leave(setting->subscribers, setting->two, setting->users[ALICE].key);
    subscribers_leave(setting->subscribers, setting->two, STRANGER);
    subscribers_leave(setting->subscribers, STRANGER, setting->users[ALICE].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "c");
    subscribers_leave(setting->subscribers, setting->two, setting->users[CAROL].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "");
    subscribers_join(setting->subscribers, setting->two, setting->users[BOB].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "b");
}

static void dropped_channel_has_no_listeners(void **state)
{
    struct setting *setting = *state;

    subscribers_drop_channel(setting->subscribers, setting->one);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "bc");
    subscribers_drop_channel(setting->subscribers, setting->one);
    subscribers_drop_channel(setting->subscribers, STRANGER);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "bc");
    subscribers_join(setting->subscribers, setting->one, setting->users[ALICE].key);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "a");
}

static void reloading_takes_what_the_store_says(void **state)
{
    struct setting *setting = *state;
    bool changed;

    subscribers_leave(setting->subscribers, setting->one, setting->users[ALICE].key);
    subscribers_join(setting->subscribers, setting->four, setting->users[ALICE].key);
    begin(setting->store);
    add_member(setting, setting->two, ALICE);
    assert_int_equal(store_member_remove(setting->store, setting->two, setting->users[BOB].key, &changed), RESULT_OK);
    commit(setting->store);
    subscribers_reload(setting->subscribers, setting->store);
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "ab");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->two, 0, "ac");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->four, 0, "");
    expect_reach(setting, EVENT_TO_ALL, 0, 0, "abc");
}

/* Many channels and users: lists grow, and the last entry that fills a gap is still found. */
static void lists_stay_true_through_many_changes(void **state)
{
    enum { USERS = 40, CHANNELS = 30, STEPS = 20000, BASE = 1000 };
    struct setting *setting = *state;
    static struct stream streams[USERS];
    bool member[CHANNELS][USERS] = {{false}};
    uint32_t random = 12345;

    memset(streams, 0, sizeof(streams));
    for (int i = 0; i < USERS; i++) {
        struct user user = {.key = BASE + i};
        bool first;
        subscriber_link(subscribers_enter(setting->subscribers, setting->store, &user, &first), &streams[i]);
        assert_true(first);
    }
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525 + 1013904223;
        int channel = (int)(random >> 8) % CHANNELS, user = (int)(random >> 16) % USERS;
        if (random >> 31)
            subscribers_join(setting->subscribers, BASE + channel, BASE + user);
        else
            subscribers_leave(setting->subscribers, BASE + channel, BASE + user);
        member[channel][user] = random >> 31;
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
        const int64_t subject[2] = {BASE + channel, 0};
        struct reached reached = {.setting = setting};
        unsigned expected = 0;
        for (int user = 0; user < USERS; user++) {
            expected += member[channel][user];
            assert_int_equal(subscriber_is_concerned(streams[user].subscriber, EVENT_TO_CHANNEL, subject),
                             member[channel][user]);
        }
        assert_int_equal(subscribers_each(setting->subscribers, EVENT_TO_CHANNEL, subject, visit, &reached), expected);
        assert_int_equal(reached.others, expected);
    }
    for (int i = 0; i < USERS; i++)
        unlink_if_linked(setting, &streams[i]);
}

/* Administrators' streams are nobody's: no scope reaches them, nor do they make anybody known. */
static void administrators_are_reached_apart(void **state)
{
    struct setting *setting = *state;
    struct reached reached = {.setting = setting};
    struct subscriber *observer = subscribers_observer(setting->subscribers);
    struct stream one = {.descriptor = 0}, two = {.descriptor = 0};
    int64_t key;

    subscriber_link(observer, &one);
    subscriber_link(observer, &two);
    assert_int_equal(stream_user(&one), 0);
    assert_ptr_equal(subscribers_streams(setting->subscribers, 0), &two);
    assert_int_equal(subscribers_observe(setting->subscribers, visit, &reached), 2);
    assert_int_equal(reached.others, 2);
    expect_reach(setting, EVENT_TO_ALL, 0, 0, "abc");
    expect_reach(setting, EVENT_TO_CHANNEL, setting->one, 0, "ab");
    expect_reach(setting, EVENT_TO_USERS, 0, 0, "");
    expect_reach(setting, EVENT_TO_ADMINISTRATORS, 0, 0, "");
    assert_false(subscribers_unlink(setting->subscribers, &one, &key));
    assert_false(subscribers_unlink(setting->subscribers, &two, &key)); /* the last one ends nobody's presence */
    assert_int_equal(subscribers_observe(setting->subscribers, visit, &reached), 0);
}

#define SUBSCRIBERS_TEST(name) cmocka_unit_test_setup_teardown(name, setting_setup, setting_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SUBSCRIBERS_TEST(event_for_all_reaches_all),
        SUBSCRIBERS_TEST(event_for_workers_reaches_nobody),
        SUBSCRIBERS_TEST(event_for_users_reaches_both_ends),
        SUBSCRIBERS_TEST(event_for_a_channel_reaches_its_members),
        SUBSCRIBERS_TEST(channel_event_may_reach_one_more),
        SUBSCRIBERS_TEST(first_stream_makes_the_subscriber),
        SUBSCRIBERS_TEST(closed_stream_is_not_reached),
        SUBSCRIBERS_TEST(streams_are_unlinked_in_any_order),
        SUBSCRIBERS_TEST(streams_of_a_user_are_listed),
        SUBSCRIBERS_TEST(failing_store_lets_nobody_in),
        SUBSCRIBERS_TEST(joining_counts_from_then_on),
        SUBSCRIBERS_TEST(leaving_counts_from_then_on),
        SUBSCRIBERS_TEST(dropped_channel_has_no_listeners),
        SUBSCRIBERS_TEST(reloading_takes_what_the_store_says),
        SUBSCRIBERS_TEST(administrators_are_reached_apart),
        SUBSCRIBERS_TEST(lists_stay_true_through_many_changes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("subscribers", tests, NULL, NULL);
}
