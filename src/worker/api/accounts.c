/*
 * accounts.c - users, as administrators make, change and delete them. Worker.
 */
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { USERNAME, PASSWORD, DISPLAY_NAME };

const struct field account_create_fields[] = {
    [USERNAME] = {"username", FIELD_USERNAME, true, 0},
    [PASSWORD] = {"password", FIELD_PASSWORD, false, 0},
    {NULL, 0, false, 0},
};

const struct field account_update_fields[] = {
    [USERNAME] = {"username", FIELD_USERNAME, false, 0},
    [PASSWORD] = {"password", FIELD_PASSWORD, false, 0},
    [DISPLAY_NAME] = {"display_name", FIELD_DISPLAY_NAME, false, 0},
    {NULL, 0, false, 0},
};

/* The slow part, off the writer. */
enum result account_hash_password(struct action *action, struct store *store)
{
    const struct value *password = &action->values[PASSWORD];

    (void)store;
    if (password->present &&
        !secret_password_hash(password->text, password->length, action->task.worker->config->bcrypt_cost,
                              action->secret))
        return RESULT_BAD_REQUEST;
    return RESULT_OK;
}

/* A new permanent token, and what the database keeps of it. */
static struct digest make_token(char token[SECRET_TOKEN_LENGTH + 1])
{
    secret_token(token);
    return secret_digest(token, SECRET_TOKEN_LENGTH);
}

enum result account_create(struct action *action, struct store *store, struct event_batch *events)
{
    char token[SECRET_TOKEN_LENGTH + 1];
    struct digest digest = make_token(token);
    struct user_change change = {
        .username = action->values[USERNAME].text,
        .password_hash = action->values[PASSWORD].present ? action->secret : NULL,
        .token = &digest,
    };
    struct user *user;
    enum result result = store_user_create(store, &change, &user);

    if (result == RESULT_CONFLICT)
        return action_fail(action, result, "the username is taken");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    json_object_begin(&action->answer);
    json_key_uuid(&action->answer, "id", &user->id);
    json_key_text(&action->answer, "username", user->username);
    json_key_text(&action->answer, "token", token);
    json_object_end(&action->answer);
    events_user(events, CHANGE_CREATED, user);
    free(user);
    return RESULT_OK;
}

/* Finds a local user by the id in the path. */
static enum result find_local(struct action *action, struct store *store, struct user **user_r)
{
    enum result result = store_user_by_id(store, &action->ids[0], user_r);

    if (result == RESULT_OK && (*user_r)->is_deleted) {
        free(*user_r);
        result = RESULT_NOT_FOUND;
    }
    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such user");
    if (result == RESULT_OK && !(*user_r)->is_local) {
        free(*user_r);
        return action_fail(action, RESULT_BAD_REQUEST, "users of other servers are managed there");
    }
    return result;
}

static struct relay_context relay_context(const struct action *action, struct event_batch *events)
{
    return (struct relay_context){.server_name = action->task.worker->config->server_name, .events = events};
}

static bool is_admin_account(const struct action *action, const struct user *user)
{
    return strcmp(user->username, action->task.worker->config->admin_username) == 0;
}

static enum result update(struct action *action, struct store *store, const struct user *user,
                          struct event_batch *events)
{
    struct user_change change = {
        .username = action->values[USERNAME].text,
        .display_name = action->values[DISPLAY_NAME].is_null ? "" : action->values[DISPLAY_NAME].text,
        .password_hash = action->values[PASSWORD].present ? action->secret : NULL,
    };
    struct relay_context relay = relay_context(action, events);
    struct user *changed;

    if (change.username != NULL && strcmp(change.username, user->username) != 0 && is_admin_account(action, user))
        return action_fail(action, RESULT_CONFLICT, "the administrator's name is set by ADMIN_USERNAME");
    enum result result = store_user_update(store, user->key, &change, &changed);
    if (result == RESULT_CONFLICT)
        return action_fail(action, result, "the username is taken");
    if (result != RESULT_OK)
        return result;
    write_user(&action->answer, changed, "");
    events_user(events, CHANGE_UPDATED, changed);
    if (strcmp(user->username, changed->username) != 0)
        result = relay_change_user(store, &relay, user, changed->username);
    free(changed);
    if (result != RESULT_OK || change.password_hash == NULL)
        return result;
    result = store_sessions_delete(store, user->key, 0);
    events_session_revoked(events, user->key, false);
    return result;
}

enum result account_update(struct action *action, struct store *store, struct event_batch *events)
{
    struct user *user;
    enum result result = find_local(action, store, &user);

    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    result = update(action, store, user, events);
    free(user);
    return result;
}

enum result account_delete(struct action *action, struct store *store, struct event_batch *events)
{
    struct relay_context relay = relay_context(action, events);
    struct user *user;
    enum result result = find_local(action, store, &user);

    if (result != RESULT_OK)
        return result;
    if (is_admin_account(action, user))
        result = action_fail(action, RESULT_CONFLICT, "the administrator's account is set by ADMIN_USERNAME");
    if (result == RESULT_OK)
        result = relay_change_user(store, &relay, user, NULL);
    if (result == RESULT_OK)
        result = store_user_delete(store, user->key);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        events_user(events, CHANGE_DELETED, user);
        events_session_revoked(events, user->key, true);
    }
    free(user);
    return result;
}

enum result account_rotate_token(struct action *action, struct store *store, struct event_batch *events)
{
    char token[SECRET_TOKEN_LENGTH + 1];
    struct digest digest = make_token(token);
    struct user_change change = {.token = &digest};
    struct user *user, *changed;
    enum result result = find_local(action, store, &user);

    if (result != RESULT_OK)
        return result;
    result = store_user_update(store, user->key, &change, &changed);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        json_object_begin(&action->answer);
        json_key_text(&action->answer, "token", token);
        json_object_end(&action->answer);
        events_session_revoked(events, user->key, true);
        free(changed);
    }
    free(user);
    return result;
}
