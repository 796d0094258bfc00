/*
 * members.c - who is in a channel. Worker.
 *
 * Administrators may change any channel; users any public one, and private ones that they are in. To others a private channel
 * does not exist.
 */
#include "bering/calls.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/events.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { MEMBER };

const struct field admin_member_fields[] = {
    [MEMBER] = {"username", FIELD_TEXT, true, 2 * TEXT_NAME_MAX + 1},
    {NULL, 0, false, 0},
};

const struct field member_fields[] = {
    [MEMBER] = {"user_id", FIELD_UUID, true, 0},
    {NULL, 0, false, 0},
};

/* The channel in the path. user_key not 0: only if that user may see it; *is_member_r may be NULL. */
static enum result find_channel(struct action *action, struct store *store, int64_t user_key, struct channel **channel_r,
                                bool *is_member_r)
{
    bool is_member = false;
    enum result result = store_channel_by_id(store, &action->ids[0], channel_r);

    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such channel");
    if (result != RESULT_OK || user_key == 0)
        return result;
    result = store_member_check(store, (*channel_r)->key, user_key, &is_member);
    if (result == RESULT_OK && (*channel_r)->is_private && !is_member)
        result = action_fail(action, RESULT_NOT_FOUND, "no such channel");
    if (result != RESULT_OK)
        free(*channel_r);
    else if (is_member_r != NULL)
        *is_member_r = is_member;
    return result;
}

static enum result list(struct action *action, struct store *store, int64_t user_key)
{
    struct channel *channel;
    enum result result = find_channel(action, store, user_key, &channel, NULL);

    if (result != RESULT_OK)
        return result;
    json_array_begin(&action->answer);
    result = store_members(store, channel->key, write_user_row, &action->answer);
    json_array_end(&action->answer);
    free(channel);
    return result;
}

enum result admin_members_list(struct action *action, struct store *store)
{
    return list(action, store, 0);
}

enum result members_list(struct action *action, struct store *store)
{
    return list(action, store, action->who.user_key);
}

/* Adds a user and tells it, if it is news. */
static enum result add(struct action *action, struct store *store, const struct channel *channel, const struct user *user,
                       struct event_batch *events)
{
    bool added;
    enum result result = store_member_add(store, channel->key, user->key, &added);

    if (result != RESULT_OK)
        return result;
    write_user(&action->answer, user, "");
    if (added) {
        action->task.beyond_messages = true;
        events_member(events, true, channel, user);
    }
    return RESULT_OK;
}

static enum result remove_member(struct action *action, struct store *store, const struct channel *channel,
                                 const struct user *user, struct event_batch *events)
{
    struct call_participant left;
    bool removed;
    enum result result = store_member_remove(store, channel->key, user->key, &removed);

    if (result != RESULT_OK)
        return result;
    if (!removed)
        return action_fail(action, RESULT_NOT_FOUND, "not a member");
    action->task.beyond_messages = true;
    if (calls_leave(action->task.worker->bus, channel->key, user->key, &left) == CALL_CHANGED)
        events_call(events, false, &left);
    events_member(events, false, channel, user);
    return RESULT_OK;
}

/* "alice" or "alice@server"; this server's own name means a local user. */
static enum result find_by_address(struct action *action, struct store *store, struct user **user_r)
{
    char *address = strdup(action->values[MEMBER].text);
    char *server = address == NULL ? NULL : strchr(address, '@');

    if (address == NULL)
        return RESULT_INTERNAL;
    if (server != NULL)
        *server++ = '\0';
    if (server != NULL && strcmp(server, action->task.worker->config->server_name) == 0)
        server = NULL;
    enum result result = store_user_by_name(store, address, server, user_r);
    free(address);
    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such user") : result;
}

static enum result find_by_id(struct action *action, struct store *store, const struct uuid *id, struct user **user_r)
{
    enum result result = store_user_by_id(store, id, user_r);

    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such user") : result;
}

enum result admin_member_add(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    struct user *user;
    enum result result = find_channel(action, store, 0, &channel, NULL);

    if (result != RESULT_OK)
        return result;
    result = find_by_address(action, store, &user);
    if (result == RESULT_OK) {
        result = add(action, store, channel, user, events);
        free(user);
    }
    free(channel);
    return result;
}

enum result member_add(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    struct user *user;
    enum result result = find_channel(action, store, action->who.user_key, &channel, NULL);

    if (result != RESULT_OK)
        return result;
    result = find_by_id(action, store, &action->values[MEMBER].uuid, &user);
    if (result == RESULT_OK) {
        result = add(action, store, channel, user, events);
        free(user);
    }
    free(channel);
    return result;
}

enum result admin_member_remove(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    struct user *user;
    enum result result = find_channel(action, store, 0, &channel, NULL);

    if (result != RESULT_OK)
        return result;
    result = find_by_id(action, store, &action->ids[1], &user);
    if (result == RESULT_OK) {
        result = remove_member(action, store, channel, user, events);
        free(user);
    }
    free(channel);
    return result;
}

/* Members may remove anyone, others only who they are: which is no member, then. */
enum result member_remove(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    struct user *user;
    bool is_member;
    enum result result = find_channel(action, store, action->who.user_key, &channel, &is_member);

    if (result != RESULT_OK)
        return result;
    if (!is_member) {
        free(channel);
        return action_fail(action, RESULT_FORBIDDEN, "only members may remove members");
    }
    result = find_by_id(action, store, &action->ids[1], &user);
    if (result == RESULT_OK) {
        result = remove_member(action, store, channel, user, events);
        free(user);
    }
    free(channel);
    return result;
}
