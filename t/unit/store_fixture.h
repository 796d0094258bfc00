/*
 * store_fixture.h - a database in a directory of its own for each test, and short ways to fill it.
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bering/clock.h"
#include "bering/log.h"
#include "bering/peers.h"
#include "bering/store.h"
#include "store/internal.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every test gets as *state. */
struct fixture {
    char directory[64];
    char path[80];
    struct store_setup setup;
    struct store *store; /* NULL with fixture_bare */
};

static inline int fixture_bare(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    strcpy(fixture->directory, "/tmp/test-store-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->path, sizeof(fixture->path), "%s/test.sqlite", fixture->directory);
    fixture->setup = (struct store_setup){
        .path = fixture->path,
        .server_name = "home",
        .base_url = "http://localhost:8080",
        .server_token = "home-token",
        .admin_username = "admin",
        .admin_password = "secret",
        .bcrypt_cost = 4,
    };
    *state = fixture;
    return 0;
}

/* Prepares the fixture's database, which must work. */
static inline void fixture_prepare(struct fixture *fixture)
{
    char *error = NULL;

    if (store_prepare(&fixture->setup, &error) != 0)
        fail_msg("store_prepare: %s", error);
}

static inline struct store *fixture_open(const struct fixture *fixture)
{
    char *error = NULL;
    struct store *store = store_open(fixture->path, &error);

    if (store == NULL)
        fail_msg("store_open: %s", error);
    return store;
}

static inline int fixture_setup(void **state)
{
    fixture_bare(state);
    struct fixture *fixture = *state;
    fixture_prepare(fixture);
    fixture->store = fixture_open(fixture);
    return 0;
}

static inline int fixture_remove(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    chmod(fixture->directory, 0700);
    nftw(fixture->directory, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
    free(fixture);
    return 0;
}

static inline void begin(struct store *store)
{
    assert_int_equal(store_begin(store), RESULT_OK);
}

static inline uint64_t commit(struct store *store)
{
    uint64_t number = 0;

    assert_int_equal(store_commit(store, false, &number), RESULT_OK);
    return number;
}

/* The following make one thing in the caller's transaction and return its key. */
static inline int64_t make_user(struct store *store, const char *username)
{
    struct user_change change = {.username = username};
    struct user *user = NULL;

    assert_int_equal(store_user_create(store, &change, &user), RESULT_OK);
    int64_t key = user->key;
    free(user);
    return key;
}

static inline int64_t make_channel(struct store *store, const char *name)
{
    struct channel *channel = NULL;

    assert_int_equal(store_channel_create(store, name, false, 0, &channel), RESULT_OK);
    int64_t key = channel->key;
    free(channel);
    return key;
}

static inline int64_t make_server(struct store *store, const char *name)
{
    struct server_change change = {.name = name, .base_url = "http://peer", .token = "peer-token"};
    struct server *server = NULL;

    assert_int_equal(store_server_create(store, &change, &server), RESULT_OK);
    int64_t key = server->key;
    free(server);
    return key;
}

/* What store_session_create takes, of a client that does not say who it is. */
#define NEW_SESSION(token_, kind_, user_, expires_)                                                                    \
    (struct session_new)                                                                                               \
    {                                                                                                                  \
        .token = (token_), .kind = (kind_), .user_key = (user_), .expires_at = (expires_)                              \
    }

/* A user of another server. */
static inline int64_t make_remote_user(struct store *store, const char *username, int64_t server_key)
{
    struct user *user = NULL;
    bool changed = false;

    assert_int_equal(peer_user_put(store, server_key, username, NULL, &user, &changed), RESULT_OK);
    assert_true(changed);
    int64_t key = user->key;
    free(user);
    return key;
}

/* Their ids. */
static inline struct uuid user_id(struct store *store, int64_t key)
{
    struct user *user = NULL;

    assert_int_equal(store_user_by_key(store, key, &user), RESULT_OK);
    struct uuid id = user->id;
    free(user);
    return id;
}

static inline struct uuid channel_id(struct store *store, const char *name)
{
    struct channel *channel = NULL;

    assert_int_equal(store_channel_by_name(store, name, NULL, &channel), RESULT_OK);
    struct uuid id = channel->id;
    free(channel);
    return id;
}

/* Stores a message that is new, to a channel or (channel 0) to a user; returns its id. */
static inline struct uuid post_at(struct store *store, int64_t author, int64_t channel, int64_t recipient,
                                  const char *body, int64_t sent_at)
{
    bool stored = false;
    struct message_new message = {
        .id = uuid_new(),
        .author_key = author,
        .channel_key = channel,
        .recipient_key = recipient,
        .sent_at = sent_at,
        .body = body,
        .body_length = strlen(body),
    };

    assert_int_equal(store_message_add(store, &message, &stored), RESULT_OK);
    assert_true(stored);
    return message.id;
}

static inline struct uuid post(struct store *store, int64_t author, int64_t channel, int64_t recipient,
                               const char *body)
{
    return post_at(store, author, channel, recipient, body, clock_now());
}

/* Rows come to callbacks: these join what they are named by, in order, with a space behind each. */
struct list {
    char text[16384];
    unsigned count;
};

static inline void list_add(struct list *list, const char *item)
{
    size_t length = strlen(list->text);

    assert_true(length + strlen(item) + 2 <= sizeof(list->text));
    snprintf(list->text + length, sizeof(list->text) - length, "%s ", item);
    list->count++;
}

static inline void list_message(void *argument, const struct message *message)
{
    char body[256];

    snprintf(body, sizeof(body), "%.*s", (int)message->body_length, message->body);
    list_add(argument, body);
}

static inline void list_user(void *argument, const struct user *user)
{
    char name[300];

    snprintf(name, sizeof(name), "%s%s%s", user->username, user->server_name != NULL ? "@" : "",
             user->server_name != NULL ? user->server_name : "");
    list_add(argument, name);
}

static inline void list_channel(void *argument, const struct channel *channel)
{
    char name[300];

    snprintf(name, sizeof(name), "%s@%s", channel->name, channel->origin_server);
    list_add(argument, name);
}

/* The number of rows that SQL counts. */
static inline int64_t count_rows(struct store *store, const char *sql)
{
    int64_t count = database_integer(store->database, sql, -1);

    assert_true(count >= 0);
    return count;
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define BARE_TEST(name)  cmocka_unit_test_setup_teardown(name, fixture_bare, fixture_teardown)

#endif
