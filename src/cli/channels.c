/*
 * channels.c - channels and their members: over the admin API. beringctl.
 */
#include "cli/client.h"
#include "cli/find.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include "cli/input.h"
#include <stdio.h>
#include <stdlib.h>

/* The first word of most commands. */
enum { CHANNEL };

enum { LIST_TEXT };
const struct parameter channels_list_parameters[] = {
    {OPTIONAL_WORD, "TEXT", NULL, "only those with this in their name"},
    {0},
};

enum { CREATE_NAME, CREATE_PRIVATE };
const struct parameter channels_create_parameters[] = {
    {WORD, "NAME", NULL, "the channel's name"},
    {FLAG, "--private", NULL, "for its members alone"},
    {0},
};

enum { UPDATE_CHANNEL, UPDATE_NAME, UPDATE_PRIVATE, UPDATE_PUBLIC };
const struct parameter channels_update_parameters[] = {
    {WORD, "CHANNEL", NULL, "name, name@server or id"},
    {OPTION, "--name", "NAME", "the new name"},
    {FLAG, "--private", NULL, "for its members alone"},
    {FLAG, "--public", NULL, "for everybody"},
    {0},
};

enum { DELETE_CHANNEL, DELETE_YES };
const struct parameter channels_delete_parameters[] = {
    {WORD, "CHANNEL", NULL, "name, name@server or id"},
    {FLAG, "--yes", NULL, "do not ask"},
    {0},
};

const struct parameter channels_one_parameters[] = {
    {WORD, "CHANNEL", NULL, "name, name@server or id"},
    {0},
};

enum { MEMBER_CHANNEL, MEMBER_USER };
const struct parameter channels_member_parameters[] = {
    {WORD, "CHANNEL", NULL, "name, name@server or id"},
    {WORD, "USER", NULL, "name, name@server or id"},
    {0},
};

static const struct column columns[] = {
    {"NAME", "name", COLUMN_TEXT},
    {"SERVER", "origin_server", COLUMN_TEXT},
    {"PRIVATE", "is_private", COLUMN_YES},
    {"MEMBERS", "members", COLUMN_NUMBER},
    {"ID", "id", COLUMN_TEXT},
    {0},
};

static const struct column new_columns[] = {
    {"NAME", "name", COLUMN_TEXT},
    {"SERVER", "origin_server", COLUMN_TEXT},
    {"ID", "id", COLUMN_TEXT},
    {0},
};

static const struct column member_columns[] = {
    {"NAME", "username", COLUMN_TEXT},
    {"HERE", "is_local", COLUMN_YES},
    {"DISPLAY NAME", "display_name", COLUMN_TEXT},
    {"ID", "id", COLUMN_TEXT},
    {0},
};

enum exit_status channels_list(struct call *call)
{
    char *path = path_with_search("/admin/channels", call->values[LIST_TEXT]);
    struct json_object *channels;
    enum exit_status status = client_ask(call->client, "GET", path, NULL, &channels);

    free(path);
    return status == EXIT_DONE ? grid_print(call, columns, channels) : status;
}

/* Prints the id of what was made, or, for programs, the whole answer. */
static enum exit_status print_id(const struct call *call, struct json_object *answer)
{
    if (call->json)
        return print_json(answer);
    const char *id = json_field(answer, "id");
    puts(id != NULL ? id : "");
    json_object_put(answer);
    return finish_output();
}

enum exit_status channels_create(struct call *call)
{
    struct json_object *body = json_object_new_object(), *answer;

    json_object_object_add(body, "name", json_object_new_string(call->values[CREATE_NAME]));
    if (call->values[CREATE_PRIVATE] != NULL)
        json_object_object_add(body, "private", json_object_new_boolean(true));
    enum exit_status status = client_ask(call->client, "POST", "/admin/channels", body, &answer);
    return status == EXIT_DONE ? print_id(call, answer) : status;
}

/* Asks with a channel's id in the path; the body is used up. */
static enum exit_status ask_about(struct call *call, const char *method, const char *format, struct json_object *body,
                                  struct json_object **answer_r)
{
    char path[PATH_SIZE];
    struct json_object *channel;
    enum exit_status status = find_channel(call, call->values[CHANNEL], &channel);

    if (status != EXIT_DONE) {
        json_object_put(body);
        return status;
    }
    path_with_id(path, format, channel);
    json_object_put(channel);
    return client_ask(call->client, method, path, body, answer_r);
}

enum exit_status channels_update(struct call *call)
{
    bool is_private = call->values[UPDATE_PRIVATE] != NULL, is_public = call->values[UPDATE_PUBLIC] != NULL;
    struct json_object *answer;

    if (is_private && is_public)
        return fail(EXIT_USAGE, "--private and --public do not go together");
    if (call->values[UPDATE_NAME] == NULL && !is_private && !is_public)
        return fail(EXIT_USAGE, "nothing to change: --name, --private or --public says what");
    struct json_object *body = json_object_new_object();
    if (call->values[UPDATE_NAME] != NULL)
        json_object_object_add(body, "name", json_object_new_string(call->values[UPDATE_NAME]));
    if (is_private || is_public)
        json_object_object_add(body, "private", json_object_new_boolean(is_private));
    enum exit_status status = ask_about(call, "PUT", "/admin/channels/%s", body, &answer);
    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(answer) : status;
    json_object_put(answer);
    return EXIT_DONE;
}

enum exit_status channels_delete(struct call *call)
{
    enum exit_status status =
        input_confirm(call->values[DELETE_YES] != NULL, "This deletes the channel %s and all of its messages for good.",
                      call->values[DELETE_CHANNEL]);

    return status == EXIT_DONE ? ask_about(call, "DELETE", "/admin/channels/%s", NULL, NULL) : status;
}

enum exit_status channels_members(struct call *call)
{
    struct json_object *members;
    enum exit_status status = ask_about(call, "GET", "/admin/channels/%s/members", NULL, &members);

    return status == EXIT_DONE ? grid_print(call, member_columns, members) : status;
}

/* The API takes the address itself: a user of another server need not be known yet. */
enum exit_status channels_add(struct call *call)
{
    struct json_object *body = json_object_new_object(), *answer;

    json_object_object_add(body, "username", json_object_new_string(call->values[MEMBER_USER]));
    enum exit_status status = ask_about(call, "POST", "/admin/channels/%s/members", body, &answer);
    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(answer) : status;
    json_object_put(answer);
    return EXIT_DONE;
}

enum exit_status channels_remove(struct call *call)
{
    char path[PATH_SIZE], format[PATH_SIZE];
    struct json_object *user;
    enum exit_status status = find_user(call, call->values[MEMBER_USER], &user);

    if (status != EXIT_DONE)
        return status;
    path_with_id(path, "%s", user); /* its id */
    json_object_put(user);
    snprintf(format, sizeof(format), "/admin/channels/%%s/members/%.40s", path);
    return ask_about(call, "DELETE", format, NULL, NULL);
}

enum exit_status channels_sync(struct call *call)
{
    struct json_object *channels;
    enum exit_status status = client_ask(call->client, "POST", "/admin/channels/sync-federated", NULL, &channels);

    return status == EXIT_DONE ? grid_print(call, new_columns, channels) : status;
}
