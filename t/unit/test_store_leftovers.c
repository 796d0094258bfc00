/*
 * test_store_leftovers.c - users who are gone are forgotten if nothing names them, and nobody else, whatever happens
 * while the messages are passed by.
 */
#include "store_fixture.h"

#include "bering/retention.h"

static void delete_user(struct store *store, int64_t key)
{
    assert_int_equal(store_user_delete(store, key), RESULT_OK);
}

/* Passes by all messages, or the first so many pieces of two. */
static void look(struct store *store, struct leftovers *walk, unsigned pieces)
{
    while (!walk->is_done && pieces-- > 0)
        assert_int_equal(store_leftovers_look(store, walk, 2), RESULT_OK);
}

/* Deletes who is left, one at a time, and ends the walk; returns how many went. */
static unsigned forget(struct store *store, struct leftovers *walk)
{
    unsigned all = 0, count;

    look(store, walk, 1000);
    assert_true(walk->is_done);
    while (walk->left > 0) {
        begin(store);
        assert_int_equal(store_leftovers_delete(store, walk, 1, &count), RESULT_OK);
        commit(store);
        assert_true(count <= 1);
        all += count;
    }
    store_leftovers_end(walk);
    return all;
}

static void take_cut(void *argument, const struct retention_cut *cut)
{
    (void)argument;
    assert_true(cut->is_empty);
}

static bool is_there(struct store *store, int64_t key)
{
    struct user *user = NULL;
    enum result result = store_user_by_key(store, key, &user);

    free(user);
    assert_true(result == RESULT_OK || result == RESULT_NOT_FOUND);
    return result == RESULT_OK;
}

static void only_who_is_gone_and_has_left_nothing_goes(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct leftovers walk = {0};

    begin(store);
    int64_t server = make_server(store, "zulu"), channel = make_channel(store, "general");
    int64_t living = make_user(store, "living"), far = make_remote_user(store, "far", server);
    int64_t author = make_user(store, "author"), far_author = make_remote_user(store, "far-author", server);
    int64_t addressed = make_remote_user(store, "addressed", server), writer = make_user(store, "writer");
    int64_t idle = make_user(store, "idle"), far_idle = make_remote_user(store, "far-idle", server);
    for (int i = 0; i < 5; i++)
        post(store, living, channel, 0, "between");
    post(store, author, channel, 0, "the only one");
    post(store, far_author, channel, 0, "the only one");
    post(store, living, 0, addressed, "to somebody");
    post(store, writer, 0, living, "to somebody");
    int64_t gone[] = {author, far_author, addressed, writer, idle, far_idle};
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
        delete_user(store, gone[i]);
    commit(store);

    assert_int_equal(forget(store, &walk), 2);
    for (size_t i = 0; i < 4; i++)
        assert_true(is_there(store, gone[i]));
    assert_true(is_there(store, living) && is_there(store, far));
    assert_false(is_there(store, idle) || is_there(store, far_idle));
    assert_int_equal(count_rows(store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(forget(store, &walk), 0);
}

static void with_a_server_go_its_users(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct leftovers walk = {0};

    begin(store);
    int64_t server = make_server(store, "zulu"), channel = make_channel(store, "general");
    int64_t author = make_remote_user(store, "author", server), idle = make_remote_user(store, "idle", server);
    post(store, author, channel, 0, "said");
    assert_int_equal(store_server_delete(store, server), RESULT_OK);
    commit(store);

    assert_int_equal(forget(store, &walk), 1);
    assert_true(is_there(store, author));
    assert_false(is_there(store, idle));
}

static void who_has_nothing_left_goes_later(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct leftovers walk = {0};
    struct retention_cursor cursor = {0};
    struct retention retention = {1, 1};
    unsigned count;

    begin(store);
    int64_t channel = make_channel(store, "general"), alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t living = make_user(store, "living");
    post_at(store, alice, channel, 0, "old", 1);
    post_at(store, bob, 0, living, "old", 1);
    delete_user(store, alice);
    delete_user(store, bob);
    commit(store);
    assert_int_equal(forget(store, &walk), 0);

    begin(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM direct_conversations"), 1);
    assert_int_equal(store_messages_expire(store, &retention, clock_now(), 100, &cursor, take_cut, NULL,
                                           &count), RESULT_OK);
    commit(store);
    assert_int_equal(forget(store, &walk), 2);
    assert_false(is_there(store, alice) || is_there(store, bob));
    assert_int_equal(count_rows(store, "SELECT count(*) FROM direct_conversations"), 0);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM conversation_states WHERE conversation & 1"), 0);
}

/* Behind where the walk has come; the user is there for that, and goes again. */
static void who_comes_back_meanwhile_stays(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct leftovers walk = {0};
    struct uuid id = uuid_new();
    struct peer_claim claim = {.id = &id, .name = "zoe"};
    struct peer_user_learned learned;

    begin(store);
    int64_t server = make_server(store, "zulu");
    int64_t first = make_channel(store, "first"), last = make_channel(store, "last");
    int64_t living = make_user(store, "living");
    assert_int_equal(peer_user_learn(store, server, &claim, &learned), RESULT_OK);
    int64_t zoe = learned.user->key, idle = make_user(store, "idle");
    free(learned.user);
    for (int i = 0; i < 10; i++)
        post(store, living, i < 5 ? first : last, 0, "said");
    delete_user(store, zoe);
    delete_user(store, idle);
    commit(store);

    look(store, &walk, 4);
    assert_false(walk.is_done);
    begin(store);
    assert_int_equal(peer_user_learn(store, server, &claim, &learned), RESULT_OK);
    assert_int_equal(learned.user->key, zoe);
    free(learned.user);
    post(store, zoe, first, 0, "written meanwhile");
    delete_user(store, zoe);
    commit(store);
    assert_int_equal(forget(store, &walk), 1);
    assert_true(is_there(store, zoe));
    assert_false(is_there(store, idle));

    assert_int_equal(forget(store, &walk), 0); /* now the message is seen */
    assert_true(is_there(store, zoe));
}

static void who_is_forgotten_comes_back_as_somebody_new(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct leftovers walk = {0};
    struct uuid id = uuid_new();
    struct peer_claim claim = {.id = &id, .name = "zoe"};
    struct peer_user_learned learned;

    begin(store);
    int64_t server = make_server(store, "zulu");
    assert_int_equal(peer_user_learn(store, server, &claim, &learned), RESULT_OK);
    int64_t before = learned.user->key;
    free(learned.user);
    delete_user(store, before);
    commit(store);
    assert_int_equal(forget(store, &walk), 1);

    begin(store);
    assert_int_equal(peer_user_learn(store, server, &claim, &learned), RESULT_OK);
    assert_true(learned.is_new);
    assert_true(learned.user->key > before); /* who still holds the old key finds nobody */
    free(learned.user);
    commit(store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(only_who_is_gone_and_has_left_nothing_goes),
        STORE_TEST(with_a_server_go_its_users),
        STORE_TEST(who_has_nothing_left_goes_later),
        STORE_TEST(who_comes_back_meanwhile_stays),
        STORE_TEST(who_is_forgotten_comes_back_as_somebody_new),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store leftovers", tests, NULL, NULL);
}
