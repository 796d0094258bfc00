/*
 * channels.c - channels: made, listed, changed, deleted. Worker.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { NAME, PRIVATE };

const struct field channel_create_fields[] = {
    [NAME] = {"name", FIELD_NAME, true, 0},
    [PRIVATE] = {"private", FIELD_BOOLEAN, false, 0},
    {NULL, 0, false, 0},
};

const struct field channel_update_fields[] = {
    [NAME] = {"name", FIELD_NAME, false, 0},
    [PRIVATE] = {"private", FIELD_BOOLEAN, false, 0},
    {NULL, 0, false, 0},
};

enum result channels_list(struct action *action, struct store *store)
{
    json_array_begin(&action->answer);
    enum result result = store_channels(store, action->who.user_key, write_channel_row, &action->answer);
    json_array_end(&action->answer);
    return result;
}

static enum result create(struct action *action, struct store *store, int64_t creator, struct channel **channel_r)
{
    enum result result =
        store_channel_create(store, action->values[NAME].text, action->values[PRIVATE].boolean, creator, channel_r);

    if (result == RESULT_CONFLICT)
        return action_fail(action, result, "a channel of that name exists");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    write_channel(&action->answer, *channel_r);
    return RESULT_OK;
}

enum result admin_channel_create(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    enum result result = create(action, store, 0, &channel);

    if (result != RESULT_OK)
        return result;
    events_channel(events, CHANGE_CREATED, channel, 0);
    free(channel);
    return RESULT_OK;
}

/* Whoever makes a channel is in it. */
enum result channel_create(struct action *action, struct store *store, struct event_batch *events)
{
    struct user creator = {.key = action->who.user_key, .id = action->who.user_id, .username = action->who.username};
    struct channel *channel;
    enum result result = create(action, store, creator.key, &channel);

    if (result != RESULT_OK)
        return result;
    events_channel(events, CHANGE_CREATED, channel, creator.key);
    events_member(events, true, channel, &creator);
    free(channel);
    return RESULT_OK;
}

static enum result find(struct action *action, struct store *store, struct channel **channel_r)
{
    enum result result = store_channel_by_id(store, &action->ids[0], channel_r);

    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such channel") : result;
}

static bool is_ours(const struct action *action, const struct channel *channel)
{
    return strcmp(channel->origin_server, action->task.worker->config->server_name) == 0;
}

/* Other servers follow; one that has no member in a private channel forgets it. */
static enum result relay_update(struct action *action, struct store *store, struct event_batch *events,
                                const struct channel *channel, const struct channel *changed)
{
    struct relay_context relay = {.server_name = action->task.worker->config->server_name, .events = events};
    enum result result = RESULT_OK;

    if (!channel->is_private && changed->is_private)
        result = relay_withdraw_channel(store, &relay, channel);
    if (result == RESULT_OK &&
        (strcmp(channel->name, changed->name) != 0 || channel->is_private != changed->is_private)) {
        struct channel old = *channel;
        old.is_private = changed->is_private;
        result = relay_change_channel(store, &relay, &old, changed->name);
    }
    return result;
}

static enum result update(struct action *action, struct store *store, struct event_batch *events,
                          const struct channel *channel)
{
    const struct value *is_private = &action->values[PRIVATE];
    struct channel *changed;
    enum result result = store_channel_update(store, channel->key, action->values[NAME].text,
                                              is_private->present ? is_private->boolean : -1, &changed);

    if (result == RESULT_CONFLICT)
        return action_fail(action, result, "a channel of that name exists");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    write_channel(&action->answer, changed);
    events_channel(events, CHANGE_UPDATED, changed, 0);
    result = relay_update(action, store, events, channel, changed);
    free(changed);
    return result;
}

enum result channel_update(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    enum result result = find(action, store, &channel);

    if (result != RESULT_OK)
        return result;
    if (is_ours(action, channel))
        result = update(action, store, events, channel);
    else
        result = action_fail(action, RESULT_CONFLICT, "channels of other servers are changed there");
    free(channel);
    return result;
}

struct leaving {
    struct store *store;
    const struct relay_context *relay;
    const struct channel *channel;
    enum result result;
};

static void leave(void *argument, const struct user *member)
{
    struct leaving *leaving = argument;

    if (leaving->result == RESULT_OK)
        leaving->result = relay_membership(leaving->store, leaving->relay, leaving->channel, member, false);
}

/* Of a channel of another server, only what is here goes: it hears that nobody of here is a member any more. */
static enum result relay_delete(struct store *store, const struct relay_context *relay, const struct channel *channel)
{
    struct leaving leaving = {store, relay, channel, RESULT_OK};
    enum result result = relay_change_channel(store, relay, channel, NULL);

    if (result == RESULT_OK && strcmp(channel->origin_server, relay->server_name) != 0)
        result = store_members(store, channel->key, leave, &leaving);
    return result == RESULT_OK ? leaving.result : result;
}

enum result channel_delete(struct action *action, struct store *store, struct event_batch *events)
{
    struct relay_context relay = {.server_name = action->task.worker->config->server_name, .events = events};
    struct channel *channel;
    enum result result = find(action, store, &channel);

    if (result != RESULT_OK)
        return result;
    result = relay_delete(store, &relay, channel);
    if (result == RESULT_OK)
        result = store_channel_delete(store, channel->key);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        calls_end(action->task.worker->bus, channel->key);
        events_channel(events, CHANGE_DELETED, channel, 0);
    }
    free(channel);
    return result;
}
