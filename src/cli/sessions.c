/*
 * sessions.c - where a user is signed in: over the admin API. beringctl.
 */
#include "cli/client.h"
#include "cli/find.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include <stdio.h>
#include <string.h>

const struct parameter sessions_list_parameters[] = {
    {WORD, "USER", NULL, "name or id"},
    {0},
};

enum { USER, SESSION };
const struct parameter sessions_end_parameters[] = {
    {WORD, "USER", NULL, "name or id"},
    {OPTIONAL_WORD, "SESSION", NULL, "its id, as sessions list shows it; without: all"},
    {0},
};

static const struct column columns[] = {
    {"SINCE", "created_at", COLUMN_TIME},
    {"UNTIL", "expires_at", COLUMN_TIME},
    {"WITH", "user_agent", COLUMN_TEXT},
    {"ID", "id", COLUMN_TEXT},
    {0},
};

enum exit_status sessions_list(struct call *call)
{
    char path[PATH_SIZE];
    struct json_object *user, *sessions;
    enum exit_status status = find_user(call, call->values[USER], &user);

    if (status != EXIT_DONE)
        return status;
    path_with_id(path, "/admin/users/%s/sessions", user);
    json_object_put(user);
    status = client_ask(call->client, "GET", path, NULL, &sessions);
    return status == EXIT_DONE ? grid_print(call, columns, sessions) : status;
}

enum exit_status sessions_end(struct call *call)
{
    const char *session = call->values[SESSION];
    char path[PATH_SIZE];
    struct json_object *user;

    if (session != NULL && strspn(session, "0123456789abcdefABCDEF-") != strlen(session))
        return fail(EXIT_MISSING, "there is no session %s", session);
    enum exit_status status = find_user(call, call->values[USER], &user);
    if (status != EXIT_DONE)
        return status;
    size_t length = strlen(path_with_id(path, "/admin/users/%s/sessions", user));
    json_object_put(user);
    if (session != NULL)
        snprintf(path + length, sizeof(path) - length, "/%.100s", session);
    return client_ask(call->client, "DELETE", path, NULL, NULL);
}
