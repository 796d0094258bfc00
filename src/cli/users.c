/*
 * users.c - users of this server: over the admin API. beringctl.
 */
#include "bering/secret.h"
#include "cli/client.h"
#include "cli/find.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include "cli/input.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first word of most commands. */
enum { USER };

enum { LIST_TEXT, LIST_LOCAL };
const struct parameter users_list_parameters[] = {
    {OPTIONAL_WORD, "TEXT", NULL, "only those with this in their name, display name or server's name"},
    {FLAG, "--local", NULL, "only users of this server"},
    {0},
};

enum { CREATE_NAME, CREATE_PASSWORD };
const struct parameter users_create_parameters[] = {
    {WORD, "NAME", NULL, "the name to sign in with"},
    {FLAG, "--password", NULL, "read a password from standard input, one line; without, only the token is a way in"},
    {0},
};

enum { UPDATE_USER, UPDATE_NAME, UPDATE_DISPLAY_NAME };
const struct parameter users_update_parameters[] = {
    {WORD, "USER", NULL, "name or id"},
    {OPTION, "--name", "NAME", "the new name to sign in with"},
    {OPTION, "--display-name", "TEXT", "the name that others see; empty: none"},
    {0},
};

enum { PASSWORD_USER, PASSWORD_GENERATE };
const struct parameter users_password_parameters[] = {
    {WORD, "USER", NULL, "name or id"},
    {FLAG, "--generate", NULL, "make one, and print it"},
    {0},
};

const struct parameter users_one_parameters[] = {
    {WORD, "USER", NULL, "name or id"},
    {0},
};

enum { DELETE_USER, DELETE_YES };
const struct parameter users_delete_parameters[] = {
    {WORD, "USER", NULL, "name or id"},
    {FLAG, "--yes", NULL, "do not ask"},
    {0},
};

static const struct column columns[] = {
    {"NAME", "username", COLUMN_TEXT},        {"SERVER", "server_name", COLUMN_TEXT},
    {"DISPLAY NAME", "display_name", COLUMN_TEXT}, {"ONLINE", "is_online", COLUMN_YES},
    {"PASSWORD", "has_password", COLUMN_YES}, {"ID", "id", COLUMN_TEXT},
    {0},
};

enum exit_status users_list(struct call *call)
{
    char *search = path_with_search("/admin/users", call->values[LIST_TEXT]), *path;
    const char *local = call->values[LIST_TEXT] != NULL ? "&local=1" : "?local=1";
    struct json_object *users;

    if (asprintf(&path, "%s%s", search, call->values[LIST_LOCAL] != NULL ? local : "") < 0)
        abort();
    enum exit_status status = client_ask(call->client, "GET", path, NULL, &users);
    free(path);
    free(search);
    return status == EXIT_DONE ? grid_print(call, columns, users) : status;
}

/* Prints what is shown once, or, for programs, the whole answer. */
static enum exit_status print_token(const struct call *call, struct json_object *answer)
{
    if (call->json)
        return print_json(answer);
    const char *token = json_field(answer, "token");
    puts(token != NULL ? token : "");
    json_object_put(answer);
    return finish_output();
}

enum exit_status users_create(struct call *call)
{
    struct json_object *body = json_object_new_object(), *answer;
    char *password = NULL;
    enum exit_status status = EXIT_DONE;

    json_object_object_add(body, "username", json_object_new_string(call->values[CREATE_NAME]));
    if (call->values[CREATE_PASSWORD] != NULL)
        status = input_secret("password", true, &password);
    if (status != EXIT_DONE) {
        json_object_put(body);
        return status;
    }
    if (password != NULL)
        json_object_object_add(body, "password", json_object_new_string(password));
    free(password);
    status = client_ask(call->client, "POST", "/admin/users", body, &answer);
    return status == EXIT_DONE ? print_token(call, answer) : status;
}

/* Asks with a user's id in the path; the body is used up. */
static enum exit_status ask_about(struct call *call, const char *method, const char *format, struct json_object *body,
                                  struct json_object **answer_r)
{
    char path[PATH_SIZE];
    struct json_object *user;
    enum exit_status status = find_user(call, call->values[USER], &user);

    if (status != EXIT_DONE) {
        json_object_put(body);
        return status;
    }
    path_with_id(path, format, user);
    json_object_put(user);
    return client_ask(call->client, method, path, body, answer_r);
}

enum exit_status users_update(struct call *call)
{
    const char *name = call->values[UPDATE_NAME], *display_name = call->values[UPDATE_DISPLAY_NAME];
    struct json_object *answer;

    if (name == NULL && display_name == NULL)
        return fail(EXIT_USAGE, "nothing to change: --name or --display-name says what");
    struct json_object *body = json_object_new_object();
    if (name != NULL)
        json_object_object_add(body, "username", json_object_new_string(name));
    if (display_name != NULL)
        json_object_object_add(body, "display_name",
                               display_name[0] != '\0' ? json_object_new_string(display_name) : NULL);
    enum exit_status status = ask_about(call, "PUT", "/admin/users/%s", body, &answer);
    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(answer) : status;
    json_object_put(answer);
    return EXIT_DONE;
}

enum exit_status users_password(struct call *call)
{
    bool is_made = call->values[PASSWORD_GENERATE] != NULL;
    char made[SECRET_TOKEN_LENGTH + 1] = "", *password = NULL;
    enum exit_status status = EXIT_DONE;

    if (is_made)
        secret_token(made);
    else
        status = input_secret("new password", true, &password);
    if (status != EXIT_DONE)
        return status;
    struct json_object *body = json_object_new_object();
    json_object_object_add(body, "password", json_object_new_string(is_made ? made : password));
    free(password);
    status = ask_about(call, "PUT", "/admin/users/%s", body, NULL);
    if (status != EXIT_DONE || !is_made)
        return status;
    if (call->json) {
        struct json_object *answer = json_object_new_object();
        json_object_object_add(answer, "password", json_object_new_string(made));
        return print_json(answer);
    }
    puts(made);
    return finish_output();
}

enum exit_status users_token(struct call *call)
{
    struct json_object *answer;
    enum exit_status status = ask_about(call, "POST", "/admin/users/%s/token", NULL, &answer);

    return status == EXIT_DONE ? print_token(call, answer) : status;
}

enum exit_status users_delete(struct call *call)
{
    enum exit_status status = input_confirm(call->values[DELETE_YES] != NULL,
                                            "This deletes the user %s for good; messages stay.",
                                            call->values[DELETE_USER]);

    return status == EXIT_DONE ? ask_about(call, "DELETE", "/admin/users/%s", NULL, NULL) : status;
}

enum exit_status users_sync(struct call *call)
{
    struct json_object *users;
    enum exit_status status = client_ask(call->client, "POST", "/admin/users/sync-federated", NULL, &users);

    return status == EXIT_DONE ? grid_print(call, columns, users) : status;
}
