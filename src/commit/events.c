/*
 * events.c - makes events: their JSON, and whom they concern. Runs in every process that
 * commits, on any thread; holds no state.
 */
#include "bering/events.h"

#include "bering/calls.h"
#include "bering/peer_json.h"
#include "bering/peers.h"
#include "bering/retention.h"
#include <stdlib.h>
#include <string.h>

static const char *const change_names[] = {
    [CHANGE_CREATED] = "created",
    [CHANGE_UPDATED] = "updated",
    [CHANGE_DELETED] = "deleted",
};

void message_write(struct json *json, const struct message *message)
{
    json_object_begin(json);
    json_key_uuid(json, "message_id", &message->id);
    json_key_text(json, "kind", message->is_direct ? "dm" : "channel");
    json_key(json, "body");
    json_text_n(json, message->body, message->body_length);
    json_key_uuid(json, "author_user_id", &message->author_id);
    json_key_text(json, "author_username", message->author_username);
    json_key_text(json, "author_display_name", message->author_display_name);
    json_key_uuid(json, "recipient_user_id", message->is_direct ? &message->recipient_id : NULL);
    json_key_uuid(json, "channel_id", message->is_direct ? NULL : &message->channel_id);
    json_key_text(json, "sent_at", message->sent_at);
    json_key_integer(json, "sequence", message_sequence(message->key));
    json_object_end(json);
}

/* Every event starts with the three fields that the original's clients look at. */
static void begin(struct json *json, enum event_kind kind, const struct uuid *user_id, const struct uuid *channel_id)
{
    json_object_begin(json);
    json_key_text(json, "event", event_name(kind));
    json_key_uuid(json, "user_id", user_id);
    json_key_uuid(json, "channel_id", channel_id);
}

static void end(struct json *json, struct event_batch *events, struct event *event)
{
    json_object_end(json);
    event->json = json_take(json, &event->length);
    event_batch_add(events, event);
}

void events_new_message(struct event_batch *events, const struct message *message)
{
    struct json json = {0};
    struct event event = {.kind = EVENT_NEW_MESSAGE};

    if (message->is_direct) {
        event.scope = EVENT_TO_USERS;
        event.subject[0] = message->author_key;
        event.subject[1] = message->recipient_key;
    } else {
        event.scope = EVENT_TO_CHANNEL;
        event.subject[0] = message->channel_key;
    }
    begin(&json, event.kind, message->is_direct ? &message->recipient_id : NULL,
          message->is_direct ? NULL : &message->channel_id);
    json_key(&json, "message");
    message_write(&json, message);
    if (message->is_history)
        json_key_boolean(&json, "is_history", true);
    end(&json, events, &event);
}

void events_messages_expired(struct event_batch *events, const struct retention_cut *cut)
{
    bool is_direct = cut->channel_key == 0;
    struct json json = {0};
    struct event event = {.kind = EVENT_MESSAGES_EXPIRED, .scope = is_direct ? EVENT_TO_USERS : EVENT_TO_CHANNEL};

    event.subject[0] = is_direct ? cut->user_keys[0] : cut->channel_key;
    event.subject[1] = is_direct ? cut->user_keys[1] : 0;
    begin(&json, event.kind, NULL, is_direct ? NULL : &cut->channel_id);
    json_key(&json, "user_ids");
    if (is_direct) {
        json_array_begin(&json);
        json_uuid(&json, &cut->user_ids[0]);
        json_uuid(&json, &cut->user_ids[1]);
        json_array_end(&json);
    } else {
        json_null(&json);
    }
    json_key_uuid(&json, "first_message_id", cut->is_empty ? NULL : &cut->first_id);
    end(&json, events, &event);
}

void conversation_write_fields(struct json *json, const struct conversation_state *state)
{
    json_key_text(json, "kind", state->is_direct ? "dm" : "channel");
    json_key_uuid(json, "id", &state->id);
    json_key_uuid(json, "last_read_message_id", state->has_read ? &state->last_read_id : NULL);
    json_key_integer(json, "unread", state->unread);
    json_key_uuid(json, "first_unread_message_id", state->unread > 0 ? &state->first_unread_id : NULL);
    json_key_integer(json, "mentions", state->mentions);
    json_key_boolean(json, "is_muted", state->is_muted);
    json_key_integer(json, "last_sequence", state->last_sequence);
}

void conversation_write(struct json *json, const struct conversation_state *state)
{
    json_object_begin(json);
    conversation_write_fields(json, state);
    json_object_end(json);
}

void events_conversation(struct event_batch *events, int64_t user_key, const struct uuid *user_id,
                         const struct conversation_state *state)
{
    struct json json = {0};
    struct event event = {.kind = EVENT_CONVERSATION_CHANGED, .scope = EVENT_TO_USERS, .subject = {user_key, 0}};

    begin(&json, event.kind, user_id, state->is_direct ? NULL : &state->id);
    json_key(&json, "conversation");
    conversation_write(&json, state);
    end(&json, events, &event);
}

void events_channel(struct event_batch *events, enum change change, const struct channel *channel, int64_t also)
{
    struct json json = {0};
    struct event event = {
        .kind = change == CHANGE_DELETED ? EVENT_CHANNEL_DELETED : EVENT_CHANNEL_CHANGED,
        .scope = channel->is_private ? EVENT_TO_CHANNEL : EVENT_TO_ALL,
        .subject = {channel->key, also},
    };

    begin(&json, event.kind, NULL, &channel->id);
    json_key_text(&json, "change", change_names[change]);
    json_key_text(&json, "name", channel->name);
    json_key_text(&json, "origin_server", channel->origin_server);
    json_key_boolean(&json, "is_private", channel->is_private);
    end(&json, events, &event);
}

void events_user(struct event_batch *events, enum change change, const struct user *user)
{
    struct json json = {0};
    struct event event = {
        .kind = EVENT_USER_CHANGED, .scope = EVENT_TO_ALL, .subject = {user->key, user->server_key}};

    begin(&json, event.kind, &user->id, NULL);
    json_key_text(&json, "change", change_names[change]);
    json_key_text(&json, "username", user->username);
    json_key_text(&json, "display_name", user->display_name);
    json_key_text(&json, "server_name", user->server_name);
    end(&json, events, &event);
}

void events_user_learned(struct event_batch *events, const struct peer_user_learned *learned)
{
    const struct user *displaced = learned->displaced;

    if (displaced != NULL)
        events_user(events, displaced->is_deleted ? CHANGE_DELETED : CHANGE_UPDATED, displaced);
    if (learned->is_changed)
        events_user(events, learned->is_new ? CHANGE_CREATED : CHANGE_UPDATED, learned->user);
}

void events_channel_learned(struct event_batch *events, const struct peer_channel_learned *learned)
{
    if (learned->displaced != NULL)
        events_channel(events, learned->is_displaced_gone ? CHANGE_DELETED : CHANGE_UPDATED, learned->displaced, 0);
    if (learned->is_changed)
        events_channel(events, learned->is_new ? CHANGE_CREATED : CHANGE_UPDATED, learned->channel, 0);
}

void events_member(struct event_batch *events, bool added, const struct channel *channel, const struct user *user)
{
    struct json json = {0};
    struct event event = {
        .kind = added ? EVENT_MEMBER_ADDED : EVENT_MEMBER_REMOVED,
        .scope = EVENT_TO_CHANNEL,
        .subject = {channel->key, user->key},
    };

    begin(&json, event.kind, &user->id, &channel->id);
    json_key_text(&json, "username", user->username);
    json_key_text(&json, "server_name", user->server_name);
    end(&json, events, &event);
}

void events_session_revoked(struct event_batch *events, int64_t user_key, bool permanent_token)
{
    event_batch_add(events, &(struct event){.kind = EVENT_SESSION_REVOKED,
                                            .scope = EVENT_TO_WORKERS,
                                            .subject = {user_key, permanent_token}});
}

void events_resync(struct event_batch *events)
{
    struct json json = {0};
    struct event event = {.kind = EVENT_RESYNC, .scope = EVENT_TO_ALL};

    begin(&json, event.kind, NULL, NULL);
    end(&json, events, &event);
}

void events_outbox(struct event_batch *events, int64_t server_key)
{
    event_batch_add(events,
                    &(struct event){.kind = EVENT_OUTBOX, .scope = EVENT_TO_WORKERS, .subject = {server_key, 0}});
}

void events_server_changed(struct event_batch *events, int64_t server_key)
{
    event_batch_add(
        events, &(struct event){.kind = EVENT_SERVER_CHANGED, .scope = EVENT_TO_WORKERS, .subject = {server_key, 0}});
    events_link_changed(events);
}

void events_link_changed(struct event_batch *events)
{
    struct json json = {0};
    struct event event = {.kind = EVENT_LINK_CHANGED, .scope = EVENT_TO_ADMINISTRATORS};

    begin(&json, event.kind, NULL, NULL);
    end(&json, events, &event);
}

void events_call(struct event_batch *events, bool joined, const struct call_participant *participant)
{
    struct json json = {0}, payload = {0};
    struct event event = {
        .kind = joined ? EVENT_CALL_JOIN : EVENT_CALL_LEAVE,
        .scope = EVENT_TO_CHANNEL,
        .subject = {participant->channel_key, 0},
    };

    json_object_begin(&payload);
    json_key_text(&payload, "username", participant->username);
    json_key_text(&payload, "server_name", participant->server_name);
    json_key_uuid(&payload, "user_id", &participant->user_id);
    json_object_end(&payload);
    begin(&json, event.kind, NULL, &participant->channel_id);
    json_key(&json, "payload");
    json_text_n(&json, payload.text, payload.length);
    json_deinit(&payload);
    end(&json, events, &event);
}

void events_leave_calls(struct event_batch *events, struct bus *bus, int64_t user_key)
{
    struct call_participant left;
    size_t count;
    struct call_participant *participants = calls_participants(bus, 0, &count);

    for (size_t i = 0; i < count; ++i)
        if (participants[i].user_key == user_key &&
            calls_leave(bus, participants[i].channel_key, user_key, &left) == CALL_CHANGED)
            events_call(events, false, &left);
    free(participants);
}

void events_signal(struct event_batch *events, int64_t target_key, const struct uuid *target_id,
                   const struct peer_signal *signal)
{
    struct json json = {0}, payload = {0};
    struct event event = {.kind = EVENT_WEBRTC_SIGNAL, .scope = EVENT_TO_USERS, .subject = {target_key, 0}};

    peer_json_signal(&payload, signal);
    begin(&json, event.kind, NULL, NULL);
    json_key_uuid(&json, "target_user_id", target_id);
    json_key(&json, "payload");
    json_text_n(&json, payload.text, payload.length);
    json_deinit(&payload);
    end(&json, events, &event);
}
