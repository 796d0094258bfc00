/*
 * channels.c - channels: made, listed, changed, deleted. Worker.
 */
#include "bering/calls.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/events.h"
#include "worker/worker.h"
#include <stdlib.h>

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

static enum result list(struct action *action, struct store *store, int64_t for_user)
{
    json_array_begin(&action->answer);
    enum result result = store_channels(store, for_user, write_channel_row, &action->answer);
    json_array_end(&action->answer);
    return result;
}

enum result admin_channels_list(struct action *action, struct store *store)
{
    return list(action, store, 0);
}

enum result channels_list(struct action *action, struct store *store)
{
    return list(action, store, action->who.user_key);
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

enum result channel_update(struct action *action, struct store *store, struct event_batch *events)
{
    const struct value *is_private = &action->values[PRIVATE];
    struct channel *channel, *changed;
    enum result result = find(action, store, &channel);

    if (result != RESULT_OK)
        return result;
    result = store_channel_update(store, channel->key, action->values[NAME].text,
                                  is_private->present ? is_private->boolean : -1, &changed);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        write_channel(&action->answer, changed);
        events_channel(events, CHANGE_UPDATED, changed, 0);
        free(changed);
    } else if (result == RESULT_CONFLICT) {
        action_fail(action, result, "a channel of that name exists");
    }
    free(channel);
    return result;
}

enum result channel_delete(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    enum result result = find(action, store, &channel);

    if (result != RESULT_OK)
        return result;
    result = store_channel_delete(store, channel->key);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        calls_end(action->task.worker->bus, channel->key);
        events_channel(events, CHANGE_DELETED, channel, 0);
    }
    free(channel);
    return result;
}
