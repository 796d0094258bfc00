/*
 * client.h - the admin API of one server: the one that the configuration describes, or another by its URL.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "cli/command.h"
#include <json-c/json.h>

/*
 * `url` NULL: the server of the configuration, by loopback if it listens there, with ADMIN_TOKEN. Otherwise that one,
 * with the token of the environment (CLIENT_TOKEN). NULL with *error_r (malloc'd) on failure. The configuration
 * outlives it.
 */
#define CLIENT_TOKEN "BERINGCTL_TOKEN"
struct client *client_open(const struct config *config, const char *url, char **error_r);
void client_close(struct client **client);

/* Which server it is, for sentences. */
const char *client_name(const struct client *client);

/*
 * Asks; `body` (NULL: none) is used up. EXIT_DONE with *answer_r, for the caller to json_object_put (NULL stands for
 * JSON's null, too); any other status has been explained on standard error.
 */
enum exit_status client_ask(struct client *client, const char *method, const char *path, struct json_object *body,
                            struct json_object **answer_r);

/*
 * The same without a word: the HTTP status, 0 if there is no answer, then *error_r says why (malloc'd). For the
 * doctor.
 */
int client_probe(struct client *client, const char *path, struct json_object **answer_r, char **error_r);

/* An object's field as text: NULL if it is missing or null. The object's own. */
const char *json_field(const struct json_object *object, const char *name);
int64_t json_number(const struct json_object *object, const char *name);
/* An object's field that is an array; NULL if it is none, whoever answered. */
struct json_object *json_list(const struct json_object *object, const char *name);
bool json_is_true(const struct json_object *object, const char *name);

#endif
