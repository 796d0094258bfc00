/*
 * relay_fixture.h - a server among four others, and what waits for each of them: for tests of the relay.
 */
#ifndef RELAY_FIXTURE_H
#define RELAY_FIXTURE_H

#include "store_fixture.h"
#include "bering/outbox.h"
#include "worker/relay.h"

/* Four other servers, and alice, who is local. All of it in one open transaction. */
struct world {
    struct fixture *fixture;
    struct store *store;
    int64_t bering, second, original, unknown;  /* servers, by what they can do; `second` is another one of this project */
    struct event_batch events;
    struct relay_context relay;
    struct user *alice;
};

static inline int64_t make_peer(struct store *store, const char *name, enum peer_abilities abilities)
{
    int64_t key = make_server(store, name);

    assert_int_equal(peer_set_abilities(store, key, abilities), RESULT_OK);
    return key;
}

static inline int setup(void **state)
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

static inline int teardown(void **state)
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

static inline struct channel *our_channel(struct world *world, bool is_private)
{
    struct channel *channel = NULL;

    assert_int_equal(store_channel_create(world->store, "general", is_private, 0, &channel), RESULT_OK);
    return channel;
}

static inline struct channel *channel_of(struct world *world, const char *origin)
{
    struct channel *channel = NULL;
    bool created;

    assert_int_equal(peer_channel_put(world->store, "general", origin, &channel, &created), RESULT_OK);
    return channel;
}

static inline struct user *user_of(struct world *world, const char *username, int64_t server_key)
{
    struct user *user = NULL;
    bool changed;

    assert_int_equal(peer_user_put(world->store, server_key, username, NULL, &user, &changed), RESULT_OK);
    return user;
}

static inline void join(struct world *world, const struct channel *channel, const char *username, int64_t server_key)
{
    struct user *user = user_of(world, username, server_key);
    bool added = false;

    assert_int_equal(store_member_add(world->store, channel->key, user->key, &added), RESULT_OK);
    assert_true(added);
    free(user);
}

static inline void hide(struct world *world, int64_t server_key, const struct user *user, const struct channel *channel)
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

static inline void see_row(void *argument, const struct outbox_row *row)
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
static inline void expect(struct world *world, const char *expected)
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

static inline void keep_payload(void *argument, const struct outbox_row *row)
{
    struct payload *payload = argument;

    assert_true(row->length < sizeof(payload->text));
    memcpy(payload->text, row->payload, row->length);
    payload->text[row->length] = '\0';
    payload->expires_at = row->expires_at;
}

/* The oldest row that waits for a server. */
static inline struct payload first_row(struct world *world, int64_t server_key)
{
    struct payload payload = {.text = ""};

    assert_int_equal(outbox_waiting(world->store, server_key, 1, 1 << 20, keep_payload, &payload), RESULT_OK);
    return payload;
}

static inline void say(struct world *world, const struct user *author, const struct channel *channel, const struct user *recipient)
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

static inline void change_member(struct world *world, const struct channel *channel, const struct user *user, bool added)
{
    assert_int_equal(relay_membership(world->store, &world->relay, channel, user, added), RESULT_OK);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
