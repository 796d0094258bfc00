/*
 * conversations.c - what a user has read of its conversations: the same on all its devices. Worker.
 *
 * To who is not in a conversation there is none, whether the channel or the user exists or not.
 */
#include "bering/bus.h"
#include "bering/events.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/worker.h"
#include <stdlib.h>

enum { MESSAGE_ID, EXACT };
enum { IS_MUTED };
enum { PREVIEW_MOST = 200 };      /* bytes of a last message */

const struct field conversation_read_fields[] = {
    [MESSAGE_ID] = {"message_id", FIELD_UUID, false, 0},
    [EXACT] = {"exact", FIELD_BOOLEAN, false, 0},
    {NULL, 0, false, 0},
};

const struct field conversation_mute_fields[] = {
    [IS_MUTED] = {"is_muted", FIELD_BOOLEAN, true, 0},
    {NULL, 0, false, 0},
};

/* ---- the list ---- */

static void write_preview(struct json *json, const struct message *message)
{
    json_object_begin(json);
    json_key_uuid(json, "message_id", &message->id);
    json_key_uuid(json, "author_user_id", &message->author_id);
    json_key_text(json, "author_username", message->author_username);
    json_key_text(json, "author_display_name", message->author_display_name);
    json_key_text(json, "sent_at", message->sent_at);
    json_key_integer(json, "sequence", message_sequence(message->key));
    json_key(json, "body");
    json_text_n(json, message->body, text_cut(message->body, message->body_length, PREVIEW_MOST));
    json_object_end(json);
}

static void write_row(void *argument, const struct conversation_state *state, const struct message *newest)
{
    struct json *json = argument;

    json_object_begin(json);
    conversation_write_fields(json, state);
    json_key(json, "last_message");
    if (newest != NULL)
        write_preview(json, newest);
    else
        json_null(json);
    json_object_end(json);
}

/*
 * Events come after their commit: what the newest one told of is in every snapshot that is taken later. What is published
 * between the two may be in it or not; messages say by their sequence.
 */
enum result conversations_list(struct action *action, struct store *store)
{
    action->has_position = true;
    action->position = bus_newest(action->task.worker->bus);
    json_array_begin(&action->answer);
    enum result result = store_conversations(store, action->who.user_key, write_row, &action->answer);
    json_array_end(&action->answer);
    return result;
}

/* ---- one of them ---- */

/* Fills the conversation of the user who asks with what the path names. */
typedef enum result find_conversation(const struct action *action, struct store *store,
                                      struct conversation *conversation);

static enum result find_channel(const struct action *action, struct store *store, struct conversation *conversation)
{
    struct channel *channel;
    enum result result = store_channel_by_id(store, &action->ids[0], &channel);

    if (result != RESULT_OK)
        return result;
    conversation->channel_key = channel->key;
    free(channel);
    return RESULT_OK;
}

static enum result find_direct(const struct action *action, struct store *store, struct conversation *conversation)
{
    struct user *user;
    enum result result = store_user_by_id(store, &action->ids[0], &user);

    if (result != RESULT_OK)
        return result;
    conversation->user_keys[1] = user->key;
    free(user);
    return RESULT_OK;
}

/* Does to it what the body says. */
typedef enum result change_conversation(struct action *action, struct store *store,
                                        const struct conversation *conversation,
                                        bool *changed_r, struct conversation_state *state_r);

static enum result move(struct action *action, struct store *store, const struct conversation *conversation,
                        bool *changed_r, struct conversation_state *state_r)
{
    const struct value *id = &action->values[MESSAGE_ID];

    return store_conversation_read(store, conversation, id->present ? &id->uuid : NULL, action->values[EXACT].boolean,
                                   changed_r, state_r);
}

static enum result mute(struct action *action, struct store *store, const struct conversation *conversation,
                        bool *changed_r, struct conversation_state *state_r)
{
    return store_conversation_mute(store, conversation, action->values[IS_MUTED].boolean, changed_r, state_r);
}

static enum result apply(struct action *action, struct store *store, struct event_batch *events,
                         find_conversation *find, change_conversation *change)
{
    struct conversation conversation = {.user_keys = {action->who.user_key, 0}};
    struct conversation_state state;
    bool changed;
    enum result result = find(action, store, &conversation);

    if (result == RESULT_OK)
        result = change(action, store, &conversation, &changed, &state);
    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such conversation, or no such message in it");
    if (result != RESULT_OK)
        return result;
    state.id = action->ids[0];
    conversation_write(&action->answer, &state);
    if (changed) {
        action->task.beyond_messages = true;
        events_conversation(events, action->who.user_key, &action->who.user_id, &state);
    }
    return RESULT_OK;
}

/* Nothing but going back can reach the place before the first message. */
static enum result check_position(struct action *action)
{
    const struct value *id = &action->values[MESSAGE_ID];

    if (!id->present && !id->is_null)
        return action_fail(action, RESULT_WRONG_SHAPE, "field `message_id` is missing");
    if (!id->present && !action->values[EXACT].boolean)
        return action_fail(action, RESULT_BAD_REQUEST, "field `message_id` may be null only with `exact`");
    return RESULT_OK;
}

enum result channel_read(struct action *action, struct store *store, struct event_batch *events)
{
    enum result result = check_position(action);

    return result == RESULT_OK ? apply(action, store, events, find_channel, move) : result;
}

enum result direct_read(struct action *action, struct store *store, struct event_batch *events)
{
    enum result result = check_position(action);

    return result == RESULT_OK ? apply(action, store, events, find_direct, move) : result;
}

enum result channel_mute(struct action *action, struct store *store, struct event_batch *events)
{
    return apply(action, store, events, find_channel, mute);
}

enum result direct_mute(struct action *action, struct store *store, struct event_batch *events)
{
    return apply(action, store, events, find_direct, mute);
}
