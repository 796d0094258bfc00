/*
 * find.h - what people name, as the API knows it: by name, by name@server, or by id.
 */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "cli/client.h"

enum { PATH_SIZE = 256 };

/*
 * The object of a user, a channel, a server or a token's label; for the caller to json_object_put. Any status but
 * EXIT_DONE has been explained: EXIT_MISSING if there is none, EXIT_REFUSED if several bear that name.
 */
enum exit_status find_user(struct call *call, const char *name, struct json_object **user_r);
enum exit_status find_channel(struct call *call, const char *name, struct json_object **channel_r);
enum exit_status find_server(struct call *call, const char *name, struct json_object **server_r);
enum exit_status find_federation_token(struct call *call, const char *label, struct json_object **token_r);

/* Writes a path with an object's id in the place of %s. Returns path. */
const char *path_with_id(char path[PATH_SIZE], const char *format, const struct json_object *object)
    __attribute__((format(printf, 2, 0)));

/* "base?q=TEXT", or base if text is NULL; malloc'd. */
char *path_with_search(const char *base, const char *text);

#endif
