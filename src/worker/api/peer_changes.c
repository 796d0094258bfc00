/*
 * peer_changes.c - channels and users of other servers that are changed or deleted there. Worker, writer thread.
 *
 * What is not known here needs no change. Who or what is meant, the id says, if there is one (store/peer_ids.c);
 * without one, a new name that is known already is what a poll has found of the change: it gives way to what has a
 * history.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "bering/peers.h"
#include "worker/api/peer_apply.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>

/* ---- channels ---- */

static enum result delete_channel(struct peer_context *context, const struct channel *channel)
{
    enum result result = store_channel_delete(context->store, channel->key);

    if (result == RESULT_OK) {
        calls_end(context->worker->bus, channel->key);
        events_channel(context->events, CHANGE_DELETED, channel, 0);
    }
    return result;
}

struct members {
    int64_t *keys;
    size_t count, capacity;
};

static void note_member(void *argument, const struct user *user)
{
    struct members *members = argument;

    if (members->count == members->capacity) {
        members->capacity = members->capacity == 0 ? 16 : 2 * members->capacity;
        members->keys = realloc(members->keys, members->capacity * sizeof(*members->keys));
        assert(members->keys != NULL);
    }
    members->keys[members->count++] = user->key;
}

static enum result move_members(struct peer_context *context, const struct channel *from, const struct channel *to)
{
    struct members members = {0};
    enum result result = store_members(context->store, from->key, note_member, &members);

    for (size_t i = 0; i < members.count && result == RESULT_OK; ++i) {
        struct user *user;
        bool added;
        result = store_user_by_key(context->store, members.keys[i], &user);
        if (result == RESULT_OK) {
            result = peer_add_member(context, to, user, &added);
            free(user);
        }
    }
    free(members.keys);
    return result;
}

/* Makes room for a channel's new name. */
static enum result replace_channel(struct peer_context *context, const struct channel *channel, const char *new_name)
{
    struct channel *other;
    int64_t newest;
    enum result result = store_channel_by_name(context->store, new_name, channel->origin_server, &other);

    if (result != RESULT_OK)
        return result;
    result = peer_channel_newest(context->store, other->key, &newest);
    if (result == RESULT_OK && newest != 0)
        result = peer_fail(context, RESULT_CONFLICT, "a channel of that name has messages already");
    if (result == RESULT_OK)
        result = move_members(context, other, channel);
    if (result == RESULT_OK)
        result = delete_channel(context, other);
    free(other);
    return result;
}

/* By its id, it is found under whatever name. */
static enum result rename_channel_by_id(struct peer_context *context, const struct channel *channel,
                                        const struct peer_item *item)
{
    struct peer_claim claim = {.name = item->new_name, .id = &item->id};
    struct peer_channel_learned learned;
    enum result result = peer_channel_set_id(context->store, channel->key, &item->id);

    if (result == RESULT_OK)
        result = peer_channel_learn(context->store, channel->origin_server, &claim, &learned);
    if (result != RESULT_OK)
        return result;
    learned.is_changed = false; /* update_channel tells it */
    events_channel_learned(context->events, &learned);
    free(learned.displaced);
    free(learned.channel);
    return RESULT_OK;
}

/* The name may be as it was: then only who may see it has changed. */
static enum result update_channel(struct peer_context *context, const struct channel *channel,
                                  const struct peer_item *item)
{
    int is_private = item->channel.is_private;
    struct channel *changed;
    enum result result = item->has_id ? rename_channel_by_id(context, channel, item) : RESULT_OK;

    if (result == RESULT_OK)
        result = store_channel_update(context->store, channel->key, item->new_name, is_private, &changed);
    if (result == RESULT_CONFLICT) {
        result = replace_channel(context, channel, item->new_name);
        if (result == RESULT_OK)
            result = store_channel_update(context->store, channel->key, item->new_name, is_private, &changed);
    }
    if (result != RESULT_OK)
        return result;
    events_channel(context->events, CHANGE_UPDATED, changed, 0);
    free(changed);
    return RESULT_OK;
}

static enum result change_channel(struct peer_context *context, const struct peer_item *item)
{
    struct channel *channel;
    int64_t server_key;
    struct peer_claim claim = {.name = item->channel.name, .id = item->has_id ? &item->id : NULL};
    enum result result = peer_may_decide(context, item->channel.origin_server, &server_key);

    if (result == RESULT_OK)
        result = peer_channel_find(context->store, item->channel.origin_server, &claim, &channel);
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    context->beyond_messages = true;
    result = item->new_name == NULL ? delete_channel(context, channel) : update_channel(context, channel, item);
    free(channel);
    return result;
}

/* ---- users ---- */

static enum result delete_user(struct peer_context *context, const struct user *user)
{
    enum result result = store_user_delete(context->store, user->key);

    if (result == RESULT_OK) {
        events_leave_calls(context->events, context->worker->bus, user->key);
        events_user(context->events, CHANGE_DELETED, user);
    }
    return result;
}

/* Of two that turn out to be one, `late` goes; the other one is a member wherever it was. */
static enum result merge_users(struct peer_context *context, const struct user *late, const char *into)
{
    struct user *renamed;
    enum result result = peer_user_rename(context->store, late->key, into, &renamed);

    assert(result != RESULT_OK); /* the name is that of the other one */
    if (result != RESULT_CONFLICT)
        return result;
    events_leave_calls(context->events, context->worker->bus, late->key);
    events_user(context->events, CHANGE_DELETED, late);
    return RESULT_OK;
}

/* A user of the new name who has come to be known later has been found by a poll, before this was heard of. */
static enum result make_way(struct peer_context *context, const struct user *user, const char *new_name)
{
    struct user *other;
    enum result result = store_user_by_name(context->store, new_name, user->server_name, &other);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    if (other->key > user->key)
        result = merge_users(context, other, user->username);
    free(other);
    return result;
}

static enum result rename_user(struct peer_context *context, const struct user *user, const char *new_name)
{
    struct user *renamed;
    enum result result = make_way(context, user, new_name);

    if (result == RESULT_OK)
        result = peer_user_rename(context->store, user->key, new_name, &renamed);
    if (result == RESULT_CONFLICT) { /* this one was the later one, and has been deleted */
        events_leave_calls(context->events, context->worker->bus, user->key);
        events_user(context->events, CHANGE_DELETED, user);
        return RESULT_OK;
    }
    if (result != RESULT_OK)
        return result;
    events_user(context->events, CHANGE_UPDATED, renamed);
    free(renamed);
    return RESULT_OK;
}

static enum result rename_user_by_id(struct peer_context *context, const struct user *user,
                                     const struct peer_item *item)
{
    struct peer_claim claim = {.name = item->new_name, .id = &item->id};
    struct peer_user_learned learned;
    enum result result = peer_user_set_id(context->store, user->key, &item->id);

    if (result == RESULT_OK)
        result = peer_user_learn(context->store, user->server_key, &claim, &learned);
    if (result != RESULT_OK)
        return result;
    if (learned.displaced != NULL && learned.displaced->is_deleted)
        events_leave_calls(context->events, context->worker->bus, learned.displaced->key);
    events_user_learned(context->events, &learned);
    free(learned.displaced);
    free(learned.user);
    return RESULT_OK;
}

static enum result change_user(struct peer_context *context, const struct peer_item *item)
{
    struct user *user;
    int64_t server_key;
    struct peer_claim claim = {.name = item->person.username, .id = item->has_id ? &item->id : NULL};
    enum result result = peer_may_decide(context, item->person.server, &server_key);

    if (result == RESULT_OK)
        result = peer_user_find(context->store, server_key, &claim, &user);
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    context->beyond_messages = true;
    if (item->new_name == NULL)
        result = user->is_deleted ? RESULT_OK : delete_user(context, user);
    else if (item->has_id) /* also one that had been forgotten, as it was hidden */
        result = rename_user_by_id(context, user, item);
    else
        result = rename_user(context, user, item->new_name);
    free(user);
    return result;
}

enum result peer_apply_change(struct peer_context *context, const struct peer_item *item)
{
    return item->channel.name != NULL ? change_channel(context, item) : change_user(context, item);
}
