/*
 * test_caches.c - what a worker remembers: sessions, channels and memberships, and how they are forgotten.
 */
#include "store_fixture.h"
#include "worker/caches.h"
#include <pthread.h>
#include <urcu.h>

/* A store with caches over it; the file is removed through the fixture. */
struct setting {
    struct fixture *fixture;
    struct store *store;
    struct caches *caches;
    h2o_mem_pool_t pool;
};

static int setting_setup(void **state)
{
    struct setting *setting = calloc(1, sizeof(*setting));

    fixture_setup((void **)&setting->fixture);
    setting->store = setting->fixture->store;
    setting->caches = caches_new();
    h2o_mem_init_pool(&setting->pool);
    *state = setting;
    return 0;
}

static int setting_teardown(void **state)
{
    struct setting *setting = *state;

    h2o_mem_clear_pool(&setting->pool);
    caches_free(&setting->caches);
    if (setting->caches != NULL)
        return -1;
    fixture_teardown((void **)&setting->fixture);
    free(setting);
    return 0;
}

/* ---- sessions ---- */

/* What the store would have answered: one block, strings included. */
static struct session *session_of(int64_t user_key, const char *username, int64_t key, int64_t expires_at)
{
    size_t size = strlen(username) + 1;
    struct session *session = calloc(1, sizeof(*session) + size);

    memcpy(session + 1, username, size);
    session->key = key;
    session->kind = SESSION_USER;
    session->expires_at = expires_at;
    session->user.key = user_key;
    session->user.id.bytes[0] = (uint8_t)user_key;
    session->user.username = (const char *)(session + 1);
    session->user.is_local = true;
    return session;
}

static struct digest digest_of(const char *token)
{
    return secret_digest(token, strlen(token));
}

static void put(struct setting *setting, const char *token, int64_t user_key, const char *username, int64_t expires_at)
{
    struct digest digest = digest_of(token);

    caches_put_session(setting->caches, &digest, session_of(user_key, username, 100 + user_key, expires_at));
}

/* The user whose token it is, as the cache knows at a time; 0: nobody. */
static int64_t owner_at(struct setting *setting, const char *token, int64_t now)
{
    struct digest digest = digest_of(token);
    struct principal principal = {0};

    return caches_find_session(setting->caches, &digest, now, &setting->pool, &principal) ? principal.user_key : 0;
}

static int64_t owner(struct setting *setting, const char *token)
{
    return owner_at(setting, token, 0);
}

static void session_is_found_with_all_that_it_says(void **state)
{
    struct setting *setting = *state;
    struct digest digest = digest_of("token");
    struct principal principal = {.by_static_token = true};

    assert_false(caches_find_session(setting->caches, &digest, 0, &setting->pool, &principal));
    put(setting, "token", 7, "alice", 1000);
    assert_true(caches_find_session(setting->caches, &digest, 999, &setting->pool, &principal));
    caches_forget_sessions(setting->caches, 0); /* the copy stays */
    rcu_barrier();
    assert_int_equal(principal.user_key, 7);
    assert_int_equal(principal.user_id.bytes[0], 7);
    assert_string_equal(principal.username, "alice");
    assert_null(principal.display_name);
    assert_int_equal(principal.session_key, 107);
    assert_int_equal(principal.kind, SESSION_USER);
    assert_int_equal(principal.expires_at, 1000);
    assert_false(principal.by_static_token);
}

static void expired_session_is_not_found(void **state)
{
    put(*state, "token", 7, "alice", 1000);
    put(*state, "permanent", 8, "bob", INT64_MAX);
    assert_int_equal(owner_at(*state, "token", 999), 7);
    assert_int_equal(owner_at(*state, "token", 1000), 0);
    assert_int_equal(owner_at(*state, "token", INT64_MAX), 0);
    assert_int_equal(owner_at(*state, "permanent", INT64_MAX - 1), 8);
}

static void session_is_replaced_by_a_newer_one(void **state)
{
    put(*state, "token", 7, "alice", 1000);
    put(*state, "token", 7, "alice", 3000);
    assert_int_equal(owner_at(*state, "token", 2000), 7);
}

static void tokens_that_hash_alike_are_told_apart(void **state)
{
    struct setting *setting = *state;
    struct digest one = digest_of("token"), other = one;
    struct principal principal;

    other.bytes[31] ^= 1;
    caches_put_session(setting->caches, &one, session_of(7, "alice", 1, 1000));
    assert_false(caches_find_session(setting->caches, &other, 0, &setting->pool, &principal));
    caches_put_session(setting->caches, &other, session_of(8, "bob", 2, 1000));
    assert_true(caches_find_session(setting->caches, &other, 0, &setting->pool, &principal));
    assert_int_equal(principal.user_key, 8);
    assert_true(caches_find_session(setting->caches, &one, 0, &setting->pool, &principal));
    assert_int_equal(principal.user_key, 7);
}

static void sessions_are_forgotten_by_user(void **state)
{
    struct setting *setting = *state;

    put(setting, "alice 1", 7, "alice", 1000);
    put(setting, "alice 2", 7, "alice", 1000);
    put(setting, "bob", 8, "bob", 1000);
    caches_forget_sessions(setting->caches, 9);
    assert_int_equal(owner(setting, "alice 1"), 7);
    caches_forget_sessions(setting->caches, 7);
    assert_int_equal(owner(setting, "alice 1"), 0);
    assert_int_equal(owner(setting, "alice 2"), 0);
    assert_int_equal(owner(setting, "bob"), 8);
    caches_forget_sessions(setting->caches, 0);
    assert_int_equal(owner(setting, "bob"), 0);
    put(setting, "alice 1", 7, "alice", 1000);
    assert_int_equal(owner(setting, "alice 1"), 7);
}

/* ---- channels ---- */

static enum result find(struct setting *setting, const char *name, const char *origin_server, struct channel_view *view)
{
    *view = (struct channel_view){0};
    return caches_find_channel(setting->caches, setting->store, name, strlen(name), origin_server, view);
}

static void expect_channel(struct setting *setting, const char *name, const char *origin_server, int64_t key)
{
    struct channel_view view;

    assert_int_equal(find(setting, name, origin_server, &view), RESULT_OK);
    assert_int_equal(view.key, key);
}

static void expect_no_channel(struct setting *setting, const char *name, const char *origin_server)
{
    struct channel_view view;

    assert_int_equal(find(setting, name, origin_server, &view), RESULT_NOT_FOUND);
}

/* A channel that another server made; federation will have a verb for it. */
static int64_t make_remote_channel(struct store *store, const char *name, const char *origin_server)
{
    int64_t key = make_channel(store, "temporary");
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_prepare_v2(store->database,
                                        "UPDATE channels SET name = ?1, origin_server = ?2 WHERE key = ?3", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, origin_server, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, key);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    return key;
}

static void channel_is_found_by_id_and_by_name(void **state)
{
    struct setting *setting = *state;
    struct channel *channel = NULL;
    struct channel_view view;
    char text[UUID_TEXT_LENGTH + 1];

    begin(setting->store);
    assert_int_equal(store_channel_create(setting->store, "secret", true, 0, &channel), RESULT_OK);
    int64_t general = make_channel(setting->store, "general");
    commit(setting->store);
    uuid_format(&channel->id, text);
    for (int i = 0; i < 2; i++) { /* from the store, from the cache */
        assert_int_equal(find(setting, text, NULL, &view), RESULT_OK);
        assert_int_equal(view.key, channel->key);
        assert_true(uuid_equal(&view.id, &channel->id));
        assert_true(view.is_private);
        assert_int_equal(find(setting, "secret", NULL, &view), RESULT_OK);
        assert_int_equal(view.key, channel->key);
        assert_true(uuid_equal(&view.id, &channel->id));
        assert_true(view.is_private);
        assert_int_equal(find(setting, "general", NULL, &view), RESULT_OK);
        assert_int_equal(view.key, general);
        assert_false(view.is_private);
    }
    free(channel);
}

static void name_may_look_like_an_id(void **state)
{
    struct setting *setting = *state;
    static const char name[] = "01890a5d-ac96-774b-bcce-b302099a8057";

    begin(setting->store);
    int64_t key = make_channel(setting->store, name);
    commit(setting->store);
    expect_channel(setting, name, NULL, key);
    expect_channel(setting, name, NULL, key);
}

static void same_name_of_another_server_is_another_channel(void **state)
{
    struct setting *setting = *state;

    begin(setting->store);
    int64_t here = make_channel(setting->store, "general");
    int64_t there = make_remote_channel(setting->store, "general", "peer");
    int64_t only_there = make_remote_channel(setting->store, "lobby", "peer");
    commit(setting->store);
    for (int i = 0; i < 2; i++) {
        expect_channel(setting, "general", NULL, here);
        expect_channel(setting, "general", "", here);
        expect_channel(setting, "general", "home", here);
        expect_channel(setting, "general", "peer", there);
        expect_channel(setting, "lobby", "peer", only_there);
        expect_no_channel(setting, "lobby", NULL);
        expect_no_channel(setting, "general", "elsewhere");
    }
}

/* The names together look the same; the cache must not take one for the other. */
static void slash_does_not_move_between_server_and_name(void **state)
{
    struct setting *setting = *state;

    begin(setting->store);
    int64_t key = make_remote_channel(setting->store, "rooms/general", "peer");
    commit(setting->store);
    expect_no_channel(setting, "general", "peer/rooms");
    expect_channel(setting, "rooms/general", "peer", key);
    expect_no_channel(setting, "general", "peer/rooms");
    expect_no_channel(setting, "peer/rooms/general", NULL);
}

static void cached_channel_is_not_read_again_until_forgotten(void **state)
{
    struct setting *setting = *state;

    begin(setting->store);
    int64_t key = make_channel(setting->store, "general");
    commit(setting->store);
    expect_channel(setting, "general", NULL, key);
    begin(setting->store);
    assert_int_equal(store_channel_delete(setting->store, key), RESULT_OK);
    int64_t next = make_channel(setting->store, "general");
    commit(setting->store);
    expect_channel(setting, "general", NULL, key);
    caches_forget_channels(setting->caches);
    expect_channel(setting, "general", NULL, next);
}

static void channel_that_is_not_there_is_asked_for_again(void **state)
{
    struct setting *setting = *state;
    struct channel *channel = NULL;
    char text[UUID_TEXT_LENGTH + 1];

    expect_no_channel(setting, "general", NULL);
    begin(setting->store);
    assert_int_equal(store_channel_create(setting->store, "general", false, 0, &channel), RESULT_OK);
    store_rollback(setting->store);
    expect_no_channel(setting, uuid_format(&channel->id, text), NULL);
    free(channel);
    begin(setting->store);
    int64_t key = make_channel(setting->store, "general");
    commit(setting->store);
    expect_channel(setting, "general", NULL, key);
}

static void longest_names_are_found_and_longer_ones_are_not(void **state)
{
    struct setting *setting = *state;
    static char name[100001], server[100001];

    memset(name, 'n', TEXT_NAME_MAX);
    memset(server, 's', TEXT_NAME_MAX);
    begin(setting->store);
    int64_t here = make_channel(setting->store, name), there = make_remote_channel(setting->store, name, server);
    commit(setting->store);
    for (int i = 0; i < 2; i++) {
        expect_channel(setting, name, NULL, here);
        expect_channel(setting, name, server, there);
    }
    for (size_t length = TEXT_NAME_MAX + 1; length < sizeof(name); length *= 3) {
        memset(name, 'n', length);
        expect_no_channel(setting, name, NULL);
        expect_no_channel(setting, name, server);
        memset(server, 's', length);
        expect_no_channel(setting, name, server);
        expect_no_channel(setting, "general", server);
        memset(server + TEXT_NAME_MAX, '\0', length - TEXT_NAME_MAX);
    }
    expect_no_channel(setting, "", NULL);
}

/* ---- memberships ---- */

static void memberships_are_pairs(void **state)
{
    struct caches *caches = ((struct setting *)*state)->caches;

    assert_false(caches_has_member(caches, 1, 2));
    caches_put_member(caches, 1, 2);
    caches_put_member(caches, 1, 2);
    caches_put_member(caches, INT64_MAX, 2);
    assert_true(caches_has_member(caches, 1, 2));
    assert_true(caches_has_member(caches, INT64_MAX, 2));
    assert_false(caches_has_member(caches, 2, 1));
    assert_false(caches_has_member(caches, 1, 1));
    assert_false(caches_has_member(caches, 2, 2));
    assert_false(caches_has_member(caches, 0, 0));
}

static void memberships_are_forgotten(void **state)
{
    struct caches *caches = ((struct setting *)*state)->caches;

    caches_put_member(caches, 1, 2);
    caches_put_member(caches, 1, 3);
    caches_put_member(caches, 2, 2);
    caches_forget_member(caches, 1, 2);
    caches_forget_member(caches, 1, 2);
    caches_forget_member(caches, 3, 3);
    assert_false(caches_has_member(caches, 1, 2));
    assert_true(caches_has_member(caches, 1, 3));
    assert_true(caches_has_member(caches, 2, 2));
    caches_put_member(caches, 1, 2);
    assert_true(caches_has_member(caches, 1, 2));
    caches_forget_members(caches);
    assert_false(caches_has_member(caches, 1, 2));
    assert_false(caches_has_member(caches, 1, 3));
    assert_false(caches_has_member(caches, 2, 2));
}

/* More than a table may hold: it is emptied, the last one stays findable. */
static void memory_is_bounded(void **state)
{
    enum { MANY = 100001 };
    struct caches *caches = ((struct setting *)*state)->caches;
    unsigned found = 0;

    for (int64_t key = 1; key <= MANY; key++)
        caches_put_member(caches, key % 317, key);
    for (int64_t key = 1; key <= MANY; key++)
        found += caches_has_member(caches, key % 317, key);
    assert_in_range(found, 1, MANY - 1);
    assert_true(caches_has_member(caches, MANY % 317, MANY));
}

enum { ROUNDS = 20000 };

static void *read_members(void *argument)
{
    struct caches *caches = argument;
    uintptr_t wrong = 0;

    rcu_register_thread();
    for (int64_t i = 0; i < ROUNDS; i++) {
        caches_has_member(caches, 1, i % 64);
        wrong += caches_has_member(caches, 2, i % 64);
        wrong += !caches_has_member(caches, 3, i % 64);
    }
    rcu_unregister_thread();
    return (void *)wrong;
}

/* The loop and the writer at once: what stays is always found, what never was never is. */
static void threads_share_the_memberships(void **state)
{
    struct caches *caches = ((struct setting *)*state)->caches;
    pthread_t thread;
    void *wrong;

    for (int64_t user = 0; user < 64; user++)
        caches_put_member(caches, 3, user);
    assert_int_equal(pthread_create(&thread, NULL, read_members, caches), 0);
    for (int64_t i = 0; i < ROUNDS; i++) {
        caches_put_member(caches, 1, i % 64);
        caches_put_member(caches, 3, i % 64);
        caches_forget_member(caches, 1, i * 7 % 64);
    }
    pthread_join(thread, &wrong);
    assert_null(wrong);
}

static int group_setup(void **state)
{
    (void)state;
    rcu_register_thread();
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    rcu_unregister_thread();
    return 0;
}

#define CACHES_TEST(name) cmocka_unit_test_setup_teardown(name, setting_setup, setting_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHES_TEST(session_is_found_with_all_that_it_says),
        CACHES_TEST(expired_session_is_not_found),
        CACHES_TEST(session_is_replaced_by_a_newer_one),
        CACHES_TEST(tokens_that_hash_alike_are_told_apart),
        CACHES_TEST(sessions_are_forgotten_by_user),
        CACHES_TEST(channel_is_found_by_id_and_by_name),
        CACHES_TEST(name_may_look_like_an_id),
        CACHES_TEST(same_name_of_another_server_is_another_channel),
        CACHES_TEST(slash_does_not_move_between_server_and_name),
        CACHES_TEST(cached_channel_is_not_read_again_until_forgotten),
        CACHES_TEST(channel_that_is_not_there_is_asked_for_again),
        CACHES_TEST(longest_names_are_found_and_longer_ones_are_not),
        CACHES_TEST(memberships_are_pairs),
        CACHES_TEST(memberships_are_forgotten),
        CACHES_TEST(memory_is_bounded),
        CACHES_TEST(threads_share_the_memberships),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("caches", tests, group_setup, group_teardown);
}
