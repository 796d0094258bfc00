/*
 * objects.h - the objects of the API as JSON, each in one place. Any thread.
 */
#ifndef API_OBJECTS_H
#define API_OBJECTS_H

#include "bering/bus.h"
#include "bering/json.h"
#include "bering/store.h"

/* token: "" unless it has just been made */
void write_user(struct json *json, const struct user *user, const char *token);
void write_channel(struct json *json, const struct channel *channel);
void write_server(struct json *json, const struct server *server, const char *token); /* token: "": not shown */
void write_federation_token(struct json *json, const struct federation_token *token, const char *secret);
void write_message_record(struct json *json, const struct message *message); /* of a history */

/* Fields of an object: a time, 0 being none; how the link to a peer is. */
void write_time_or_null(struct json *json, const char *key, int64_t time);
void write_health(struct json *json, struct bus *bus, int64_t server_key);

/* The same with what only administrators see. */
void write_account(struct json *json, const struct user *user, bool is_online);
void write_channel_size(struct json *json, const struct channel *channel, int64_t members, int64_t retention_days);

/* The same as rows of a list function: the argument is a struct json inside an array. */
void write_user_row(void *json, const struct user *user);
void write_channel_row(void *json, const struct channel *channel);
void write_server_row(void *json, const struct server *server);
void write_server_row_masked(void *json, const struct server *server); /* without its token */
void write_federation_token_row(void *json, const struct federation_token *token);
void write_message_record_row(void *json, const struct message *message);
void write_inbox_message_row(void *json, const struct message *message);
void write_uuid_row(void *json, const struct uuid *id);

#endif
