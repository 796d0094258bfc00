/*
 * peer_members.c - memberships that other servers make or end. Worker, writer thread.
 *
 * Two servers have a say: the channel's, about members that are local here; and a member's, about its own users in
 * channels that originate here.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "bering/peers.h"
#include "worker/api/peer_apply.h"
#include "worker/caches.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

static struct relay_context relay_from(const struct peer_context *context, int64_t server_key)
{
    return (struct relay_context){
        .server_name = context->own_name,
        .events = context->events,
        .from_server = server_key,
    };
}

/* Takes a member out, who may have been gone before; out of a call, too. */
static enum result take_out(struct peer_context *context, int64_t server_key, const struct channel *channel,
                            const struct user *user)
{
    struct relay_context relay = relay_from(context, server_key);
    struct call_participant left;
    bool removed;
    enum result result = store_member_remove(context->store, channel->key, user->key, &removed);

    if (result != RESULT_OK || !removed)
        return result;
    context->beyond_messages = true;
    caches_forget_member(context->worker->caches, channel->key, user->key);
    if (calls_leave(context->worker->bus, channel->key, user->key, &left) == CALL_CHANGED) {
        events_call(context->events, false, &left);
        result = relay_call(context->store, &relay, channel, CALL_WORD_LEAVE, user);
    }
    events_member(context->events, false, channel, user);
    return result == RESULT_OK ? relay_membership(context->store, &relay, channel, user, false) : result;
}

/* ---- the channel's server speaks ---- */

static enum result add_local(struct peer_context *context, const struct peer_item *item, int64_t server_key)
{
    struct channel *channel;
    struct user *user;
    bool added;
    enum result result = peer_find_local(context, item->person.username, server_key, &user);

    if (result != RESULT_OK)
        return result;
    result = peer_put_channel(context, &item->channel, true, &channel);
    if (result == RESULT_OK) {
        result = peer_add_member(context, channel, user, &added);
        free(channel);
    }
    free(user);
    return result;
}

/* Whoever is not here is no member. */
static enum result remove_local(struct peer_context *context, const struct peer_item *item, int64_t server_key)
{
    struct channel *channel;
    struct user *user;
    enum result result = peer_find_channel(context, &item->channel, &channel);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    result = store_user_by_name(context->store, item->person.username, NULL, &user);
    if (result == RESULT_OK) {
        result = take_out(context, server_key, channel, user);
        free(user);
    }
    free(channel);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

static enum result decide_as_origin(struct peer_context *context, const struct peer_item *item)
{
    int64_t server_key;
    enum result result = peer_may_decide(context, item->channel.origin_server, &server_key);

    if (result != RESULT_OK)
        return result;
    if (!peer_is_own(context, item->person.server) || item->is_join)
        return peer_fail(context, RESULT_BAD_REQUEST, "the member is not of this server");
    return item->is_added ? add_local(context, item, server_key) : remove_local(context, item, server_key);
}

/* ---- the member's server speaks ---- */

static enum result has_members(struct peer_context *context, const struct channel *channel, int64_t server_key,
                               bool *has_r)
{
    int64_t *keys;
    size_t count;
    enum result result = peers_of_channel(context->store, channel->key, &keys, &count);

    *has_r = false;
    if (result != RESULT_OK)
        return result;
    for (size_t i = 0; i < count; ++i)
        *has_r |= keys[i] == server_key;
    free(keys);
    return RESULT_OK;
}

/* The first of a server gets the history for all: the others of that server find it there. */
static enum result let_in(struct peer_context *context, const struct peer_item *item, int64_t server_key,
                          const struct channel *channel)
{
    struct relay_context relay = relay_from(context, server_key);
    struct user *user;
    bool added, is_there;
    enum result result = has_members(context, channel, server_key, &is_there);

    if (result == RESULT_OK)
        result = peer_put_user(context, server_key, &item->person, &user);
    if (result != RESULT_OK)
        return result;
    result = peer_add_member(context, channel, user, &added);
    if (result == RESULT_OK && added)
        result = relay_membership(context->store, &relay, channel, user, true);
    if (result == RESULT_OK && !is_there)
        result = relay_history(context->store, &relay, channel, server_key);
    free(user);
    return result;
}

static enum result let_out(struct peer_context *context, const struct peer_item *item, int64_t server_key,
                           const struct channel *channel)
{
    struct user *user;
    enum result result = store_user_by_name(context->store, item->person.username, item->person.server, &user);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    result = take_out(context, server_key, channel, user);
    free(user);
    return result;
}

static enum result decide_as_home(struct peer_context *context, const struct peer_item *item)
{
    struct channel *channel;
    int64_t server_key;
    enum result result = peer_may_decide(context, item->person.server, &server_key);

    if (result == RESULT_OK && item->is_added && !item->is_join)
        result = peer_fail(context, RESULT_BAD_REQUEST, "the member is not of this server");
    if (result != RESULT_OK)
        return result;
    result = peer_find_own_channel(context, &item->channel, server_key, &item->person, &channel);
    if (result == RESULT_BAD_REQUEST && !item->is_added)
        return RESULT_OK;
    if (result != RESULT_OK)
        return result;
    result = (item->is_added ? let_in : let_out)(context, item, server_key, channel);
    free(channel);
    return result;
}

enum result peer_apply_membership(struct peer_context *context, const struct peer_item *item)
{
    return peer_is_own(context, item->channel.origin_server) ? decide_as_home(context, item)
                                                             : decide_as_origin(context, item);
}
