/*
 * test_peer_tokens.c - whose a federation token is: a peer's, a custom one, this server's own, or nobody's.
 */
#include "store_fixture.h"

#include "worker/peer_tokens.h"

#define OWN_TOKEN "home-token"

static struct digest digest_of(const char *token)
{
    return secret_digest(token, strlen(token));
}

static int64_t register_peer(struct store *store, const char *name, const char *token)
{
    struct server_change change = {.name = name, .base_url = "http://localhost:1", .token = token};
    struct server *server;

    begin(store);
    assert_int_equal(store_server_create(store, &change, &server), RESULT_OK);
    commit(store);
    int64_t key = server->key;
    free(server);
    return key;
}

static struct peer_identity identify(struct peer_tokens *tokens, struct store *store, const char *token)
{
    struct digest digest = digest_of(token);
    struct peer_identity peer = {.server_key = -1};

    assert_int_equal(peer_tokens_find(tokens, store, &digest, &peer), RESULT_OK);
    return peer;
}

static void assert_unknown(struct peer_tokens *tokens, struct store *store, const char *token)
{
    struct digest digest = digest_of(token);
    struct peer_identity peer;

    assert_int_equal(peer_tokens_find(tokens, store, &digest, &peer), RESULT_NOT_FOUND);
}

static void a_peer_is_known_by_its_token(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);
    int64_t east = register_peer(store, "east", "token of east"), west = register_peer(store, "west", "token of west");

    assert_int_equal(identify(tokens, store, "token of east").server_key, east);
    assert_int_equal(identify(tokens, store, "token of west").server_key, west);
    assert_unknown(tokens, store, "token of north");
    assert_unknown(tokens, store, "token of eas");
    assert_unknown(tokens, store, "Token of east");
    assert_unknown(tokens, store, "east");
    peer_tokens_free(&tokens);
    assert_null(tokens);
}

static void other_valid_tokens_identify_nobody(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);
    struct digest custom = digest_of("custom");
    struct federation_token *token;

    register_peer(store, "east", "token of east");
    begin(store);
    assert_int_equal(store_federation_token_create(store, "label", &custom, &token), RESULT_OK);
    commit(store);
    assert_int_equal(identify(tokens, store, "custom").server_key, 0);
    assert_int_equal(identify(tokens, store, OWN_TOKEN).server_key, 0);
    assert_false(identify(tokens, store, OWN_TOKEN).sees_everybody);
    begin(store);
    assert_int_equal(store_federation_token_delete(store, &token->id), RESULT_OK);
    commit(store);
    assert_unknown(tokens, store, "custom");
    free(token);
    peer_tokens_free(&tokens);
}

static void a_peer_comes_before_the_own_token(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);
    int64_t east = register_peer(store, "east", OWN_TOKEN);

    assert_int_equal(identify(tokens, store, OWN_TOKEN).server_key, east);
    peer_tokens_free(&tokens);
}

static void a_shared_token_identifies_none_of_its_peers(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);

    register_peer(store, "east", "shared");
    register_peer(store, "west", "shared");
    assert_int_equal(identify(tokens, store, "shared").server_key, 0);
    peer_tokens_free(&tokens);
}

static void what_has_changed_holds_once_it_is_forgotten(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);
    struct server_change change = {.token = "new"};
    struct server *server;
    int64_t east = register_peer(store, "east", "old");

    assert_int_equal(identify(tokens, store, "old").server_key, east);
    begin(store);
    assert_int_equal(store_server_update(store, east, &change, &server), RESULT_OK);
    commit(store);
    free(server);
    peer_tokens_forget(tokens);
    assert_unknown(tokens, store, "old");
    assert_int_equal(identify(tokens, store, "new").server_key, east);
    begin(store);
    assert_int_equal(store_server_delete(store, east), RESULT_OK);
    commit(store);
    peer_tokens_forget(tokens);
    assert_unknown(tokens, store, "new");
    peer_tokens_free(&tokens);
}

static void only_who_is_denied_nobody_sees_everybody(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);
    int64_t east = register_peer(store, "east", "east");
    struct user *user;

    register_peer(store, "west", "west");
    begin(store);
    int64_t alice = make_user(store, "alice");
    commit(store);
    assert_int_equal(store_user_by_key(store, alice, &user), RESULT_OK);
    assert_true(identify(tokens, store, "east").sees_everybody);
    begin(store);
    assert_int_equal(store_hidden_set(store, east, &user->id, 1, NULL, 0), RESULT_OK);
    commit(store);
    peer_tokens_forget(tokens);
    assert_false(identify(tokens, store, "east").sees_everybody);
    assert_true(identify(tokens, store, "west").sees_everybody);
    free(user);
    peer_tokens_free(&tokens);
}

static void a_contact_is_announced_at_most_once_a_second(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct peer_tokens *tokens = peer_tokens_new(OWN_TOKEN);
    int64_t east = register_peer(store, "east", "east"), west = register_peer(store, "west", "west");

    identify(tokens, store, "east");
    assert_true(peer_tokens_contact(tokens, east, 5000));
    assert_false(peer_tokens_contact(tokens, east, 5000));
    assert_false(peer_tokens_contact(tokens, east, 5999));
    assert_true(peer_tokens_contact(tokens, west, 5999));
    assert_true(peer_tokens_contact(tokens, east, 6000));
    assert_false(peer_tokens_contact(tokens, east + west + 1, 9000));
    peer_tokens_free(&tokens);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_peer_is_known_by_its_token),
        TEST(other_valid_tokens_identify_nobody),
        TEST(a_peer_comes_before_the_own_token),
        TEST(a_shared_token_identifies_none_of_its_peers),
        TEST(what_has_changed_holds_once_it_is_forgotten),
        TEST(only_who_is_denied_nobody_sees_everybody),
        TEST(a_contact_is_announced_at_most_once_a_second),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
