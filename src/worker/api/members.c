/*
 * members.c - who is in a channel. Worker.
 *
 * Administrators may change any channel; users any public one, and private ones that they are in. To others a private
 * channel does not exist. A user of another server is added by the channel's own server only: nobody
 * else may speak for either.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "bering/peers.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/relay.h"
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

/*
 * The channel in the path. user_key 0: an administrator asks; otherwise that user must be able to see it.
 * is_member_r may be NULL.
 */
static enum result find_channel(struct action *action, struct store *store, int64_t user_key,
                                struct channel **channel_r, bool *is_member_r)
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

/* ---- who ---- */

typedef enum result find_user(struct action *action, struct store *store, struct event_batch *events,
                              struct user **user_r);

static enum result found(struct action *action, enum result result)
{
    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such user") : result;
}

/* A user of a known server need not be known yet. */
static enum result remote_user(struct action *action, struct store *store, const char *username, const char *server,
                               struct event_batch *events, struct user **user_r)
{
    bool changed;
    int64_t server_key;
    enum result result = relay_find_server(store, server, &server_key);

    if (result != RESULT_OK || !text_is_username(username, strlen(username)))
        return result == RESULT_OK ? RESULT_NOT_FOUND : result;
    result = peer_user_put(store, server_key, username, NULL, user_r, &changed);
    if (result == RESULT_OK && changed) {
        action->task.beyond_messages = true;
        events_user(events, CHANGE_CREATED, *user_r);
    }
    return result;
}

/* The body's "alice" or "alice@server"; this server's own name means a local user. */
static enum result user_by_address(struct action *action, struct store *store, struct event_batch *events,
                                   struct user **user_r)
{
    char *address = text_copy(action->values[MEMBER].text), *server = strchr(address, '@');

    if (server != NULL)
        *server++ = '\0';
    if (server != NULL && strcmp(server, action->task.worker->config->server_name) == 0)
        server = NULL;
    enum result result = server == NULL ? store_user_by_name(store, address, NULL, user_r)
                                        : remote_user(action, store, address, server, events, user_r);
    free(address);
    return found(action, result);
}

static enum result user_in_body(struct action *action, struct store *store, struct event_batch *events,
                                struct user **user_r)
{
    (void)events;
    return found(action, store_user_by_id(store, &action->values[MEMBER].uuid, user_r));
}

static enum result user_in_path(struct action *action, struct store *store, struct event_batch *events,
                                struct user **user_r)
{
    (void)events;
    return found(action, store_user_by_id(store, &action->ids[1], user_r));
}

/* ---- what ---- */

/* What is to be done with a channel and a user, once both are found. */
struct member_change {
    const struct channel *channel;
    const struct user *user;
    struct event_batch *events;
};

typedef enum result make_change(struct action *action, struct store *store, const struct member_change *change);

static struct relay_context relay_context(const struct action *action, const struct member_change *change)
{
    return (struct relay_context){.server_name = action->task.worker->config->server_name, .events = change->events};
}

/* Whether this server may add a user of another one. */
static enum result check_remote(struct action *action, struct store *store, const struct member_change *change)
{
    bool channel_hidden, user_hidden;

    if (strcmp(change->channel->origin_server, action->task.worker->config->server_name) != 0)
        return action_fail(action, RESULT_CONFLICT, "users of other servers are added by the channel's own server");
    enum result result = peer_is_channel_hidden(store, change->user->server_key, change->channel->key, &channel_hidden);
    if (result == RESULT_OK)
        result = peer_is_user_hidden(store, change->user->server_key, change->user->key, &user_hidden);
    if (result == RESULT_OK && (channel_hidden || user_hidden))
        result = action_fail(action, RESULT_FORBIDDEN, "the channel is hidden from that user's server");
    return result;
}

/* Adds a user and tells it, if it is news. */
static enum result add(struct action *action, struct store *store, const struct member_change *change)
{
    struct relay_context relay = relay_context(action, change);
    bool added;
    enum result result = change->user->server_key != 0 ? check_remote(action, store, change) : RESULT_OK;

    if (result == RESULT_OK)
        result = found(action, store_member_add(store, change->channel->key, change->user->key, &added));
    if (result != RESULT_OK)
        return result;
    write_user(&action->answer, change->user, "");
    if (added) {
        action->task.beyond_messages = true;
        events_member(change->events, true, change->channel, change->user);
        result = relay_membership(store, &relay, change->channel, change->user, true);
    }
    return result;
}

static enum result take_out(struct action *action, struct store *store, const struct member_change *change)
{
    struct bus *bus = action->task.worker->bus;
    struct relay_context relay = relay_context(action, change);
    struct call_participant left;
    bool removed;
    enum result result = store_member_remove(store, change->channel->key, change->user->key, &removed);

    if (result != RESULT_OK)
        return result;
    if (!removed)
        return action_fail(action, RESULT_NOT_FOUND, "not a member");
    action->task.beyond_messages = true;
    if (calls_leave(bus, change->channel->key, change->user->key, &left) == CALL_CHANGED) {
        events_call(change->events, false, &left);
        result = relay_call(store, &relay, change->channel, CALL_WORD_LEAVE, change->user);
    }
    events_member(change->events, false, change->channel, change->user);
    return result == RESULT_OK ? relay_membership(store, &relay, change->channel, change->user, false) : result;
}

/* as_user 0: an administrator. */
static enum result change_member(struct action *action, struct store *store, struct event_batch *events,
                                 int64_t as_user, find_user *find, make_change *make)
{
    struct channel *channel;
    struct user *user;
    bool is_member = true;
    enum result result = find_channel(action, store, as_user, &channel, &is_member);

    if (result != RESULT_OK)
        return result;
    if (make == take_out && !is_member)
        result = action_fail(action, RESULT_FORBIDDEN, "only members may remove members");
    else
        result = find(action, store, events, &user);
    if (result == RESULT_OK) {
        result = make(action, store, &(struct member_change){channel, user, events});
        free(user);
    }
    free(channel);
    return result;
}

enum result admin_member_add(struct action *action, struct store *store, struct event_batch *events)
{
    return change_member(action, store, events, 0, user_by_address, add);
}

enum result member_add(struct action *action, struct store *store, struct event_batch *events)
{
    return change_member(action, store, events, action->who.user_key, user_in_body, add);
}

enum result admin_member_remove(struct action *action, struct store *store, struct event_batch *events)
{
    return change_member(action, store, events, 0, user_in_path, take_out);
}

enum result member_remove(struct action *action, struct store *store, struct event_batch *events)
{
    return change_member(action, store, events, action->who.user_key, user_in_path, take_out);
}
