/*
 * retention.c - for how long a channel keeps its messages. Worker. What is too old is deleted by the sweeper.
 */
#include "bering/retention.h"
#include "worker/api/api.h"
#include "worker/worker.h"
#include <stdlib.h>

enum { DAYS };

const struct field retention_fields[] = {
    [DAYS] = {"days", FIELD_KEY, false, 0},
    {NULL, 0, false, 0},
};

/* null: the server's own number counts again. */
enum result channel_retention(struct action *action, struct store *store, struct event_batch *events)
{
    const struct value *days = &action->values[DAYS];
    struct channel *channel;

    (void)events;
    if (!days->present && !days->is_null)
        return action_fail(action, RESULT_WRONG_SHAPE, "field `days` is missing");
    if (days->key > RETENTION_DAYS_MOST)
        return action_fail(action, RESULT_BAD_REQUEST, "field `days` must be at most 36500");
    enum result result = store_channel_by_id(store, &action->ids[0], &channel);
    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such channel");
    if (result != RESULT_OK)
        return result;
    result = store_channel_retention(store, channel->key, (unsigned)days->key);
    free(channel);
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    json_object_begin(&action->answer);
    json_key(&action->answer, "days");
    if (days->present)
        json_integer(&action->answer, days->key);
    else
        json_null(&action->answer);
    json_object_end(&action->answer);
    return RESULT_OK;
}
