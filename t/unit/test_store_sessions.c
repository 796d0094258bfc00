/*
 * test_store_sessions.c - sessions and permanent tokens.
 */
#include "store_fixture.h"

static int64_t make_session(struct store *store, const char *token, int64_t user, int64_t expires_at)
{
    struct digest digest = secret_digest(token, strlen(token));
    int64_t key = 0;

    assert_int_equal(store_session_create(store, &NEW_SESSION(digest, SESSION_USER, user, expires_at), &key), RESULT_OK);
    assert_true(key > 0);
    return key;
}

static enum result find(struct store *store, const char *token, int64_t now, struct session **session_r)
{
    struct digest digest = secret_digest(token, strlen(token));

    return store_session_find(store, &digest, now, session_r);
}

static void test_session_is_found_until_it_expires(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct digest digest = secret_digest("admin-session", 13);
    struct session *session = NULL;
    int64_t key;

    begin(store);
    int64_t alice = make_user(store, "alice");
    make_session(store, "token", alice, 1000);
    assert_int_equal(store_session_create(store, &NEW_SESSION(digest, SESSION_ADMIN, alice, 5000), &key), RESULT_OK);
    assert_int_equal(store_session_create(store, &NEW_SESSION(digest, SESSION_ADMIN, alice, 5000), &(int64_t){0}), RESULT_CONFLICT);
    commit(store);
    assert_int_equal(find(store, "token", 999, &session), RESULT_OK);
    assert_int_equal(session->kind, SESSION_USER);
    assert_int_equal(session->expires_at, 1000);
    assert_int_equal(session->user.key, alice);
    assert_string_equal(session->user.username, "alice");
    free(session);
    assert_int_equal(find(store, "token", 1000, &session), RESULT_NOT_FOUND);
    assert_int_equal(find(store, "nonsense", 0, &session), RESULT_NOT_FOUND);
    assert_int_equal(find(store, "admin-session", 1000, &session), RESULT_OK);
    assert_int_equal(session->kind, SESSION_ADMIN);
    assert_int_equal(session->key, key);
    free(session);
}

static void test_permanent_token_stands_for_its_user_until_rotated(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct digest first = secret_digest("first", 5), second = secret_digest("second", 6);
    struct user_change change = {.username = "alice", .token = &first};
    struct session *session = NULL;
    struct user *user = NULL;

    begin(store);
    assert_int_equal(store_user_create(store, &change, &user), RESULT_OK);
    commit(store);
    assert_int_equal(find(store, "first", INT64_MAX, &session), RESULT_OK);
    assert_int_equal(session->key, 0);
    assert_int_equal(session->kind, SESSION_USER);
    assert_true(session->expires_at == INT64_MAX);
    assert_int_equal(session->user.key, user->key);
    free(session);
    assert_int_equal(store_session_check(store, 0, user->key), RESULT_OK);

    begin(store);
    change = (struct user_change){.token = &second};
    int64_t key = user->key;
    free(user);
    assert_int_equal(store_user_update(store, key, &change, &user), RESULT_OK);
    commit(store);
    free(user);
    assert_int_equal(find(store, "first", 0, &session), RESULT_NOT_FOUND);
    assert_int_equal(find(store, "second", 0, &session), RESULT_OK);
    free(session);
}

static void test_token_of_a_remote_user_lets_nobody_in(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct digest token = secret_digest("remote", 6);
    struct user_change change = {.token = &token};
    struct session *session = NULL;
    struct user *user = NULL;

    begin(store);
    int64_t remote = make_remote_user(store, "rita", make_server(store, "peer"));
    assert_int_equal(store_user_update(store, remote, &change, &user), RESULT_OK);
    commit(store);
    free(user);
    assert_int_equal(find(store, "remote", 0, &session), RESULT_NOT_FOUND);
}

static void test_all_but_one_session_of_a_user_are_deleted(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    int64_t kept = make_session(store, "a", alice, 1), lost = make_session(store, "b", alice, 1);
    int64_t other = make_session(store, "c", bob, 1);
    assert_int_equal(store_sessions_delete(store, alice, kept), RESULT_OK);
    commit(store);
    assert_int_equal(store_session_check(store, kept, alice), RESULT_OK);
    assert_int_equal(store_session_check(store, lost, alice), RESULT_NOT_FOUND);
    assert_int_equal(store_session_check(store, other, bob), RESULT_OK);
    begin(store);
    assert_int_equal(store_sessions_delete(store, alice, 0), RESULT_OK);
    assert_int_equal(store_session_delete(store, other), RESULT_OK);
    assert_int_equal(store_session_delete(store, other), RESULT_NOT_FOUND);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM sessions"), 0);
}

static void test_session_key_is_never_used_again(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;

    begin(store);
    int64_t alice = make_user(store, "alice");
    int64_t key = make_session(store, "a", alice, 1);
    assert_int_equal(store_session_delete(store, key), RESULT_OK);
    commit(store);
    begin(store);
    assert_true(make_session(store, "b", alice, 1) > key);
    commit(store);
    assert_int_equal(store_session_check(store, key, alice), RESULT_NOT_FOUND);
}

static void test_expired_sessions_go_a_few_at_a_time(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const char *const tokens[] = {"a", "b", "c", "d", "e"};

    begin(store);
    int64_t alice = make_user(store, "alice");
    for (size_t i = 0; i < 5; i++)
        make_session(store, tokens[i], alice, 100 * (int64_t)(i + 1));
    assert_int_equal(store_sessions_expire(store, 400, 2), RESULT_OK);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM sessions WHERE expires_at >= 300"), 3);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM sessions"), 3);
    assert_int_equal(store_sessions_expire(store, 400, 100), RESULT_OK);
    assert_int_equal(count_rows(store, "SELECT min(expires_at) FROM sessions"), 400);
    commit(store);
}

static void list_session(void *argument, const struct session_view *session)
{
    list_add(argument, session->user_agent != NULL ? session->user_agent : "-");
}

static void test_sessions_are_listed_and_ended(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    const char *const agents[] = {"one", "two", NULL};
    struct list list = {.count = 0};
    struct session *session = NULL;
    int64_t key = 0, other = 0;
    int count = 0;

    begin(store);
    int64_t alice = make_user(store, "alice"), bob = make_user(store, "bob");
    for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        struct session_new new = NEW_SESSION(secret_digest(&i, sizeof(i)), SESSION_USER, alice, 1000 * (int64_t)(i + 1));
        new.user_agent = agents[i];
        assert_int_equal(store_session_create(store, &new, &key), RESULT_OK);
    }
    make_session(store, "bob's", bob, 5000);
    struct session_new admin = NEW_SESSION(secret_digest("admin", 5), SESSION_ADMIN, alice, 5000);
    assert_int_equal(store_session_create(store, &admin, &other), RESULT_OK);
    commit(store);

    assert_int_equal(store_sessions(store, alice, 999, list_session, &list), RESULT_OK);
    assert_string_equal(list.text, "- two one ");
    list = (struct list){.count = 0};
    assert_int_equal(store_sessions(store, alice, 1000, list_session, &list), RESULT_OK);
    assert_string_equal(list.text, "- two "); /* what has expired is no session any more */

    size_t two = 1;
    struct digest digest = secret_digest(&two, sizeof(two));
    assert_int_equal(store_session_find(store, &digest, 0, &session), RESULT_OK);
    begin(store);
    assert_int_equal(store_session_end(store, bob, &session->id, &other), RESULT_NOT_FOUND);
    assert_int_equal(store_session_end(store, alice, &session->id, &other), RESULT_OK);
    assert_int_equal(other, session->key);
    assert_int_equal(store_session_end(store, alice, &session->id, &other), RESULT_NOT_FOUND);
    assert_int_equal(store_sessions_end(store, alice, key, &count), RESULT_OK);
    assert_int_equal(count, 1);
    commit(store);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM sessions"), 3); /* one of each kind, and bob's */
    free(session);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_session_is_found_until_it_expires),
        STORE_TEST(test_sessions_are_listed_and_ended),
        STORE_TEST(test_permanent_token_stands_for_its_user_until_rotated),
        STORE_TEST(test_token_of_a_remote_user_lets_nobody_in),
        STORE_TEST(test_all_but_one_session_of_a_user_are_deleted),
        STORE_TEST(test_session_key_is_never_used_again),
        STORE_TEST(test_expired_sessions_go_a_few_at_a_time),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store sessions", tests, NULL, NULL);
}
