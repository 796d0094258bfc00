/*
 * peer_json.c - the bodies that servers send each other. Base: runs in every process.
 *
 * Always holds: a peer that runs the original reads what it knows; fields of our own are there only when they say
 * something to a peer of this project.
 */
#include "bering/peer_json.h"

static void put_person(struct json *json, const char *key, const struct peer_person *person)
{
    json_key(json, key);
    json_object_begin(json);
    json_key_text(json, "username", person->username);
    json_key_text(json, "server", person->server);
    json_key_text(json, "display_name", person->display_name);
    json_object_end(json);
}

static void put_channel(struct json *json, const struct peer_channel *channel)
{
    json_key(json, "channel");
    json_object_begin(json);
    json_key_text(json, "name", channel->name);
    json_key_text(json, "origin_server", channel->origin_server);
    if (channel->is_private >= 0)
        json_key_boolean(json, "is_private", channel->is_private != 0);
    json_object_end(json);
}

void peer_json_message(struct json *json, const struct peer_post *post)
{
    bool is_direct = post->recipient.username != NULL;

    json_object_begin(json);
    json_key_uuid(json, "message_id", &post->id);
    json_key_text(json, "sent_at", post->sent_at);
    json_key_text(json, "kind", is_direct ? "dm" : "channel");
    json_key(json, "body");
    json_text_n(json, post->body, post->body_length);
    put_person(json, "author", &post->author);
    if (is_direct) {
        put_person(json, "recipient", &post->recipient);
        json_key_null(json, "channel");
    } else {
        json_key_null(json, "recipient");
        put_channel(json, &(struct peer_channel){post->channel_name, post->channel_origin, -1});
    }
    if (post->is_history)
        json_key_boolean(json, "history", true);
    json_object_end(json);
}

void peer_json_membership(struct json *json, const struct peer_channel *channel, const struct peer_person *member,
                          bool removed, bool join)
{
    json_object_begin(json);
    put_channel(json, channel);
    put_person(json, "member", member);
    if (removed)
        json_key_boolean(json, "removed", true);
    if (join)
        json_key_boolean(json, "join", true);
    json_object_end(json);
}

const char *const call_words[CALL_WORDS] = {
    [CALL_WORD_LEAVE] = "leave",
    [CALL_WORD_JOIN] = "join",
    [CALL_WORD_STILL] = "still",
};

void peer_json_call(struct json *json, const char *channel_name, const char *channel_origin, enum call_word word,
                    const struct peer_person *participant, const struct uuid *participant_id)
{
    json_object_begin(json);
    put_channel(json, &(struct peer_channel){channel_name, channel_origin, -1});
    json_key_text(json, "event", call_words[word]);
    put_person(json, "participant", participant);
    json_key_uuid(json, "participant_user_id", participant_id);
    json_object_end(json);
}

void peer_json_signal(struct json *json, const struct peer_signal *signal)
{
    json_object_begin(json);
    put_person(json, "from_user", &signal->from);
    put_person(json, "to_user", &signal->to);
    json_key(json, "signal_type");
    json_text_n(json, signal->type, signal->type_length);
    json_key(json, "payload");
    json_text_n(json, signal->payload, signal->payload_length);
    json_object_end(json);
}

void peer_json_channel_change(struct json *json, const struct peer_channel *channel, const struct uuid *id,
                              const char *new_name)
{
    json_object_begin(json);
    put_channel(json, channel);
    json_key_uuid(json, "id", id);
    json_key_text(json, "new_name", new_name);
    json_object_end(json);
}

void peer_json_user_change(struct json *json, const struct peer_person *user, const struct uuid *id, const char *new_name)
{
    json_object_begin(json);
    json_key(json, "user");
    json_object_begin(json);
    json_key_text(json, "username", user->username);
    json_key_text(json, "server", user->server);
    json_object_end(json);
    json_key_uuid(json, "id", id);
    json_key_text(json, "new_name", new_name);
    json_object_end(json);
}

void peer_json_history(struct json *json, int64_t channel_key, int64_t after_key, int64_t until_key)
{
    json_object_begin(json);
    json_key_integer(json, "channel_key", channel_key);
    json_key_integer(json, "after_key", after_key);
    json_key_integer(json, "until_key", until_key);
    json_object_end(json);
}
