/*
 * objects.h - the objects of the API as JSON, each in one place. Any thread.
 */
#ifndef API_OBJECTS_H
#define API_OBJECTS_H

#include "bering/json.h"
#include "bering/store.h"

/* token: "" unless it has just been made */
void write_user(struct json *json, const struct user *user, const char *token);
void write_channel(struct json *json, const struct channel *channel);
void write_server(struct json *json, const struct server *server);
void write_federation_token(struct json *json, const struct federation_token *token, const char *secret);
void write_message_record(struct json *json, const struct message *message); /* of a history */

/* The same as rows of a list function: the argument is a struct json inside an array. */
void write_user_row(void *json, const struct user *user);
void write_account_row(void *json, const struct user *user); /* what only administrators see, too */
void write_channel_row(void *json, const struct channel *channel);
void write_server_row(void *json, const struct server *server);
void write_federation_token_row(void *json, const struct federation_token *token);
void write_message_record_row(void *json, const struct message *message);
void write_inbox_message_row(void *json, const struct message *message);
void write_uuid_row(void *json, const struct uuid *id);

#endif
