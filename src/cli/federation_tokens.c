/*
 * federation_tokens.c - tokens that other servers may use besides their own: over the admin API. beringctl.
 */
#include "cli/client.h"
#include "cli/find.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include "cli/input.h"
#include <stdio.h>

enum { CREATE_LABEL };
const struct parameter federation_tokens_create_parameters[] = {
    {WORD, "LABEL", NULL, "for whom it is"},
    {0},
};

enum { DELETE_TOKEN, DELETE_YES };
const struct parameter federation_tokens_delete_parameters[] = {
    {WORD, "TOKEN", NULL, "its label or id"},
    {FLAG, "--yes", NULL, "do not ask"},
    {0},
};

static const struct column columns[] = {
    {"LABEL", "label", COLUMN_TEXT},
    {"MADE", "created_at", COLUMN_TIME},
    {"ID", "id", COLUMN_TEXT},
    {0},
};

enum exit_status federation_tokens_list(struct call *call)
{
    struct json_object *tokens;
    enum exit_status status = client_ask(call->client, "GET", "/admin/federation-tokens", NULL, &tokens);

    return status == EXIT_DONE ? grid_print(call, columns, tokens) : status;
}

enum exit_status federation_tokens_create(struct call *call)
{
    struct json_object *body = json_object_new_object(), *answer;

    json_object_object_add(body, "label", json_object_new_string(call->values[CREATE_LABEL]));
    enum exit_status status = client_ask(call->client, "POST", "/admin/federation-tokens", body, &answer);
    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(answer) : status;
    const char *token = json_field(answer, "token");
    puts(token != NULL ? token : "");
    json_object_put(answer);
    return finish_output();
}

enum exit_status federation_tokens_delete(struct call *call)
{
    char path[PATH_SIZE];
    struct json_object *token;
    enum exit_status status = input_confirm(call->values[DELETE_YES] != NULL,
                                            "Who uses the token %s is locked out by this.",
                                            call->values[DELETE_TOKEN]);

    if (status == EXIT_DONE)
        status = find_federation_token(call, call->values[DELETE_TOKEN], &token);
    if (status != EXIT_DONE)
        return status;
    path_with_id(path, "/admin/federation-tokens/%s", token);
    json_object_put(token);
    return client_ask(call->client, "DELETE", path, NULL, NULL);
}
