/*
 * objects.c - the API's objects as JSON. Worker, any thread; holds no state.
 */
#include "worker/api/objects.h"

#include "bering/events.h"
#include "bering/health.h"

static void write_user_fields(struct json *json, const struct user *user, const char *token)
{
    json_key_uuid(json, "id", &user->id);
    json_key_text(json, "username", user->username);
    json_key_text(json, "token", token);
    json_key_uuid(json, "server_id", user->server_key != 0 ? &user->server_id : NULL);
    json_key_boolean(json, "is_local", user->is_local);
    json_key_text(json, "display_name", user->display_name);
}

void write_user(struct json *json, const struct user *user, const char *token)
{
    json_object_begin(json);
    write_user_fields(json, user, token);
    json_object_end(json);
}

void write_account(struct json *json, const struct user *user, bool is_online)
{
    json_object_begin(json);
    write_user_fields(json, user, "");
    json_key_text(json, "server_name", user->server_name);
    json_key_boolean(json, "is_online", is_online);
    json_key_boolean(json, "has_password", user->has_password);
    json_object_end(json);
}

static void write_channel_fields(struct json *json, const struct channel *channel)
{
    json_key_uuid(json, "id", &channel->id);
    json_key_text(json, "name", channel->name);
    json_key_text(json, "origin_server", channel->origin_server);
    json_key_boolean(json, "is_private", channel->is_private);
}

void write_channel(struct json *json, const struct channel *channel)
{
    json_object_begin(json);
    write_channel_fields(json, channel);
    json_object_end(json);
}

void write_channel_size(struct json *json, const struct channel *channel, int64_t members, int64_t retention_days)
{
    json_object_begin(json);
    write_channel_fields(json, channel);
    json_key_integer(json, "members", members);
    json_key(json, "retention_days");
    if (retention_days > 0)
        json_integer(json, retention_days);
    else
        json_null(json);
    json_object_end(json);
}

void write_server(struct json *json, const struct server *server, const char *token)
{
    json_object_begin(json);
    json_key_uuid(json, "id", &server->id);
    json_key_text(json, "name", server->name);
    json_key_text(json, "base_url", server->base_url);
    json_key_text(json, "token", token);
    json_object_end(json);
}

void write_federation_token(struct json *json, const struct federation_token *token, const char *secret)
{
    json_object_begin(json);
    json_key_uuid(json, "id", &token->id);
    json_key_text(json, "token", secret);
    json_key_text(json, "label", token->label);
    json_key(json, "created_at");
    json_time(json, token->created_at);
    json_object_end(json);
}

void write_time_or_null(struct json *json, const char *key, int64_t time)
{
    json_key(json, key);
    if (time != 0)
        json_time(json, time);
    else
        json_null(json);
}

void write_health(struct json *json, struct bus *bus, int64_t server_key)
{
    struct peer_health health = {.server_key = server_key};

    health_get(bus, server_key, &health); /* nothing is known: as it is */
    write_time_or_null(json, "last_contact", health.last_contact);
    write_time_or_null(json, "last_request", health.last_request);
    json_key_text(json, "last_error", health.last_error[0] != '\0' ? health.last_error : NULL);
    write_time_or_null(json, "next_attempt", health.next_attempt);
    json_key_integer(json, "failures", health.failures);
    json_key_boolean(json, "refuses_us", health.refuses_us);
}

void write_message_record(struct json *json, const struct message *message)
{
    json_object_begin(json);
    json_key_uuid(json, "message_id", &message->id);
    json_key(json, "body");
    json_text_n(json, message->body, message->body_length);
    json_key_uuid(json, "author_user_id", &message->author_id);
    json_key_text(json, "author_username", message->author_username);
    json_key_text(json, "author_display_name", message->author_display_name);
    json_key_text(json, "sent_at", message->sent_at);
    json_key_integer(json, "sequence", message_sequence(message->key));
    json_object_end(json);
}

void write_user_row(void *json, const struct user *user)
{
    write_user(json, user, "");
}

void write_channel_row(void *json, const struct channel *channel)
{
    write_channel(json, channel);
}

void write_server_row(void *json, const struct server *server)
{
    write_server(json, server, server->token);
}

void write_server_row_masked(void *json, const struct server *server)
{
    write_server(json, server, "");
}

void write_federation_token_row(void *json, const struct federation_token *token)
{
    write_federation_token(json, token, "");
}

void write_message_record_row(void *json, const struct message *message)
{
    write_message_record(json, message);
}

void write_inbox_message_row(void *json, const struct message *message)
{
    message_write(json, message);
}

void write_uuid_row(void *json, const struct uuid *id)
{
    json_uuid(json, id);
}
