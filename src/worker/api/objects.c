/*
 * objects.c - the API's objects as JSON. Worker, any thread; holds no state.
 */
#include "worker/api/objects.h"

#include "bering/events.h"

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

void write_account_row(void *argument, const struct user *user)
{
    struct json *json = argument;

    json_object_begin(json);
    write_user_fields(json, user, "");
    json_key_text(json, "server_name", user->server_name);
    json_key_boolean(json, "has_password", user->has_password);
    json_object_end(json);
}

void write_channel(struct json *json, const struct channel *channel)
{
    json_object_begin(json);
    json_key_uuid(json, "id", &channel->id);
    json_key_text(json, "name", channel->name);
    json_key_text(json, "origin_server", channel->origin_server);
    json_key_boolean(json, "is_private", channel->is_private);
    json_object_end(json);
}

void write_server(struct json *json, const struct server *server)
{
    json_object_begin(json);
    json_key_uuid(json, "id", &server->id);
    json_key_text(json, "name", server->name);
    json_key_text(json, "base_url", server->base_url);
    json_key_text(json, "token", server->token);
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
    write_server(json, server);
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
