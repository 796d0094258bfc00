/*
 * test_store_users.c - users: making, finding, changing, deleting.
 */
#include "store_fixture.h"

static void test_created_user_is_found_by_id_key_and_name(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct user_change change = {.username = "alice", .display_name = "Alice A.", .password_hash = "$2b$04$x"};
    struct user *made = NULL, *found = NULL;

    begin(store);
    assert_int_equal(store_user_create(store, &change, &made), RESULT_OK);
    commit(store);
    assert_string_equal(made->username, "alice");
    assert_string_equal(made->display_name, "Alice A.");
    assert_true(made->is_local && made->has_password && !made->is_deleted);
    assert_null(made->server_name);
    assert_int_equal(made->server_key, 0);

    assert_int_equal(store_user_by_id(store, &made->id, &found), RESULT_OK);
    assert_int_equal(found->key, made->key);
    free(found);
    assert_int_equal(store_user_by_key(store, made->key, &found), RESULT_OK);
    assert_true(uuid_equal(&found->id, &made->id));
    free(found);
    static const char *const own_names[] = {NULL, "", "home"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(store_user_by_name(store, "alice", own_names[i], &found), RESULT_OK);
        assert_int_equal(found->key, made->key);
        free(found);
    }
    assert_int_equal(store_user_by_name(store, "Alice", NULL, &found), RESULT_NOT_FOUND);
    assert_int_equal(store_user_by_name(store, "alice", "elsewhere", &found), RESULT_NOT_FOUND);
    struct uuid nobody = uuid_new();
    assert_int_equal(store_user_by_id(store, &nobody, &found), RESULT_NOT_FOUND);
    assert_int_equal(store_user_by_key(store, 4711, &found), RESULT_NOT_FOUND);
    free(made);
}

static void test_local_name_is_unique_but_other_servers_have_their_own(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct user_change change = {.username = "alice"};
    struct user *user = NULL;

    begin(store);
    int64_t local = make_user(store, "alice");
    assert_int_equal(store_user_create(store, &change, &user), RESULT_CONFLICT);
    int64_t remote = make_remote_user(store, "alice", make_server(store, "peer"));
    int64_t bob = make_user(store, "bob");
    assert_int_equal(store_user_update(store, bob, &change, &user), RESULT_CONFLICT);
    commit(store);

    assert_int_equal(store_user_by_name(store, "alice", "peer", &user), RESULT_OK);
    assert_int_equal(user->key, remote);
    assert_false(user->is_local);
    assert_string_equal(user->server_name, "peer");
    free(user);
    assert_int_equal(store_user_by_name(store, "alice", NULL, &user), RESULT_OK);
    assert_int_equal(user->key, local);
    free(user);
    assert_int_equal(store_user_by_key(store, bob, &user), RESULT_OK);
    assert_string_equal(user->username, "bob");
    free(user);
}

static void test_users_are_listed_local_first_by_name(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct list list = {{0}, 0};

    begin(store);
    int64_t peer = make_server(store, "peer");
    make_remote_user(store, "aaron", peer);
    make_user(store, "zoe");
    make_user(store, "bob");
    int64_t gone = make_user(store, "gone");
    assert_int_equal(store_user_delete(store, gone), RESULT_OK);
    commit(store);
    assert_int_equal(store_users(store, list_user, &list), RESULT_OK);
    assert_string_equal(list.text, "admin bob zoe aaron@peer ");
}

static void test_update_changes_what_is_given_and_clears_with_empty(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct user_change change = {.username = "alice", .display_name = "Alice", .password_hash = "hash"};
    struct user *user = NULL;
    char *hash = NULL;

    begin(store);
    assert_int_equal(store_user_create(store, &change, &user), RESULT_OK);
    int64_t key = user->key;
    free(user);
    change = (struct user_change){.username = "alicia"};
    assert_int_equal(store_user_update(store, key, &change, &user), RESULT_OK);
    assert_string_equal(user->username, "alicia");
    assert_string_equal(user->display_name, "Alice");
    assert_true(user->has_password);
    free(user);
    assert_int_equal(store_user_password(store, key, &hash), RESULT_OK);
    assert_string_equal(hash, "hash");
    free(hash);
    change = (struct user_change){.display_name = "", .password_hash = ""};
    assert_int_equal(store_user_update(store, key, &change, &user), RESULT_OK);
    assert_string_equal(user->username, "alicia");
    assert_null(user->display_name);
    assert_false(user->has_password);
    free(user);
    assert_int_equal(store_user_password(store, key, &hash), RESULT_OK);
    assert_null(hash);
    assert_int_equal(store_user_update(store, 4711, &change, &user), RESULT_NOT_FOUND);
    assert_int_equal(store_user_password(store, 4711, &hash), RESULT_NOT_FOUND);
    commit(store);
}

static void test_password_of_a_remote_user_is_not_found(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    char *hash = NULL;

    begin(store);
    int64_t remote = make_remote_user(store, "alice", make_server(store, "peer"));
    commit(store);
    assert_int_equal(store_user_password(store, remote, &hash), RESULT_NOT_FOUND);
}

static void test_quotes_in_a_name_are_only_text(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    const char *name = "x'); DROP TABLE users; --\"%s";
    struct user *user = NULL;

    begin(store);
    int64_t key = make_user(store, name);
    commit(store);
    assert_int_equal(store_user_by_name(store, name, NULL, &user), RESULT_OK);
    assert_int_equal(user->key, key);
    assert_string_equal(user->username, name);
    free(user);
}

static void test_deleted_user_keeps_messages_and_loses_everything_else(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct digest token = secret_digest("t", 1), session_token = secret_digest("s", 1);
    struct user_change change = {
        .username = "alice", .display_name = "Alice", .password_hash = "hash", .token = &token};
    struct user *user = NULL;
    struct session *session = NULL;
    int64_t session_key;
    char expected[160], id[UUID_TEXT_LENGTH + 1];

    begin(store);
    assert_int_equal(store_user_create(store, &change, &user), RESULT_OK);
    int64_t channel = make_channel(store, "general"), server = make_server(store, "peer");
    assert_int_equal(store_member_add(store, channel, user->key, &(bool){false}), RESULT_OK);
    assert_int_equal(store_session_create(store, &NEW_SESSION(session_token, SESSION_USER, user->key, INT64_MAX), &session_key),
                     RESULT_OK);
    assert_int_equal(store_hidden_set(store, server, &user->id, 1, NULL, 0), RESULT_OK);
    post(store, user->key, channel, 0, "hello");
    assert_int_equal(store_user_delete(store, user->key), RESULT_OK);
    assert_int_equal(store_user_delete(store, user->key), RESULT_NOT_FOUND);
    commit(store);

    struct uuid deleted_id = user->id;
    int64_t key = user->key;
    free(user);
    assert_int_equal(store_user_by_name(store, "alice", NULL, &user), RESULT_NOT_FOUND);
    assert_int_equal(store_session_find(store, &token, 0, &session), RESULT_NOT_FOUND);
    assert_int_equal(store_session_find(store, &session_token, 0, &session), RESULT_NOT_FOUND);
    assert_int_equal(store_session_check(store, 0, key), RESULT_NOT_FOUND);
    assert_int_equal(store_session_check(store, session_key, key), RESULT_NOT_FOUND);
    assert_int_equal(count_rows(store,
                                "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM channel_members) + "
                                "(SELECT count(*) FROM server_hidden_users)"),
                     0);
    assert_int_equal(store_user_by_id(store, &deleted_id, &user), RESULT_OK);
    assert_true(user->is_deleted && !user->has_password);
    assert_string_equal(user->username, "deleted user");
    assert_string_equal(user->display_name, "Deleted user");
    free(user);
    snprintf(expected, sizeof(expected), "SELECT username = 'deleted-%s' FROM users WHERE deleted_at IS NOT NULL",
             uuid_format(&deleted_id, id));
    assert_int_equal(count_rows(store, expected), 1);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM messages"), 1);

    begin(store);
    struct user_change again = {.username = "back"};
    assert_int_equal(store_user_update(store, key, &again, &user), RESULT_NOT_FOUND);
    assert_int_equal(store_session_create(store, &NEW_SESSION(token, SESSION_USER, key, 1), &session_key), RESULT_NOT_FOUND);
    assert_int_equal(store_member_add(store, channel, key, &(bool){false}), RESULT_NOT_FOUND);
    assert_true(make_user(store, "alice") != key);
    commit(store);
}

static void read_author(void *argument, const struct message *message)
{
    struct list *list = argument;

    list_add(list, message->author_username);
    list_add(list, message->author_display_name);
}

static void test_author_of_a_message_reads_as_deleted(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct page page = {.limit = 10};
    struct list list = {{0}, 0};

    begin(store);
    struct conversation conversation = {.channel_key = make_channel(store, "general")};
    int64_t alice = make_user(store, "alice");
    post(store, alice, conversation.channel_key, 0, "hello");
    assert_int_equal(store_user_delete(store, alice), RESULT_OK);
    commit(store);
    assert_int_equal(store_messages(store, &conversation, &page, read_author, &list), RESULT_OK);
    assert_string_equal(list.text, "deleted user Deleted user ");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        STORE_TEST(test_created_user_is_found_by_id_key_and_name),
        STORE_TEST(test_local_name_is_unique_but_other_servers_have_their_own),
        STORE_TEST(test_users_are_listed_local_first_by_name),
        STORE_TEST(test_update_changes_what_is_given_and_clears_with_empty),
        STORE_TEST(test_password_of_a_remote_user_is_not_found),
        STORE_TEST(test_quotes_in_a_name_are_only_text),
        STORE_TEST(test_deleted_user_keeps_messages_and_loses_everything_else),
        STORE_TEST(test_author_of_a_message_reads_as_deleted),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store users", tests, NULL, NULL);
}
