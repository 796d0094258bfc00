/*
 * servers.c - the other servers, the links to them, and what they may see: over the admin API. beringctl.
 */
#include "cli/client.h"
#include "cli/find.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include "cli/input.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first word of most commands. */
enum { SERVER };

enum { WAY_SIZE = 256 };

enum { CREATE_NAME, CREATE_URL, CREATE_TOKEN };
const struct parameter servers_create_parameters[] = {
    {WORD, "NAME", NULL, "its SERVER_NAME"},
    {WORD, "URL", NULL, "its BASE_URL"},
    {FLAG, "--token", NULL, "read its SERVER_TOKEN from standard input, one line"},
    {0},
};

enum { UPDATE_SERVER, UPDATE_NAME, UPDATE_URL, UPDATE_TOKEN };
const struct parameter servers_update_parameters[] = {
    {WORD, "SERVER", NULL, "name or id"},
    {OPTION, "--name", "NAME", "its new SERVER_NAME"},
    {OPTION, "--url", "URL", "its new BASE_URL"},
    {FLAG, "--token", NULL, "read its new SERVER_TOKEN from standard input, one line"},
    {0},
};

enum { DELETE_SERVER, DELETE_YES };
const struct parameter servers_delete_parameters[] = {
    {WORD, "SERVER", NULL, "name or id"},
    {FLAG, "--yes", NULL, "do not ask"},
    {0},
};

const struct parameter servers_one_parameters[] = {
    {WORD, "SERVER", NULL, "name or id"},
    {0},
};

enum { ROW_SERVER, ROW_ROW };
const struct parameter servers_row_parameters[] = {
    {WORD, "SERVER", NULL, "name or id"},
    {OPTIONAL_WORD, "ROW", NULL, "one row that was refused, as servers status shows it; without: all"},
    {0},
};

enum { HIDE_SERVER, HIDE_USER, HIDE_CHANNEL };
const struct parameter servers_hide_parameters[] = {
    {WORD, "SERVER", NULL, "name or id"},
    {OPTION, "--user", "USER", "a user of this server: name or id"},
    {OPTION, "--channel", "CHANNEL", "a channel of this server: name or id"},
    {0},
};

static const struct column columns[] = {
    {"NAME", "name", COLUMN_TEXT},
    {"URL", "base_url", COLUMN_TEXT},
    {"ID", "id", COLUMN_TEXT},
    {0},
};

static const struct column refused_columns[] = {
    {"ROW", "id", COLUMN_NUMBER},        {"KIND", "kind", COLUMN_TEXT},     {"MADE", "created_at", COLUMN_TIME},
    {"STATUS", "status", COLUMN_NUMBER}, {"ANSWER", "answer", COLUMN_TEXT}, {0},
};

enum exit_status servers_list(struct call *call)
{
    const char *path = call->json ? "/admin/servers" : "/admin/servers?tokens=0";
    struct json_object *servers;
    enum exit_status status = client_ask(call->client, "GET", path, NULL, &servers);

    return status == EXIT_DONE ? grid_print(call, columns, servers) : status;
}

/* Adds a line of standard input as the token. */
static enum exit_status add_token(struct json_object *body)
{
    char *token;
    enum exit_status status = input_secret("SERVER_TOKEN of that server", false, &token);

    if (status == EXIT_DONE) {
        json_object_object_add(body, "token", json_object_new_string(token));
        free(token);
    }
    return status;
}

enum exit_status servers_create(struct call *call)
{
    bool has_token = call->values[CREATE_TOKEN] != NULL;
    struct json_object *body = json_object_new_object(), *answer;

    json_object_object_add(body, "name", json_object_new_string(call->values[CREATE_NAME]));
    json_object_object_add(body, "base_url", json_object_new_string(call->values[CREATE_URL]));
    enum exit_status status = has_token ? add_token(body) : EXIT_DONE;
    if (status != EXIT_DONE) {
        json_object_put(body);
        return status;
    }
    status = client_ask(call->client, "POST", "/admin/servers", body, &answer);
    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(answer) : status;
    const char *token = json_field(answer, "token");
    if (!has_token)
        puts(token != NULL ? token : "");
    json_object_put(answer);
    return finish_output();
}

/* Asks with a server's id in the path; the body is used up. */
static enum exit_status ask_about(struct call *call, const char *method, const char *format, struct json_object *body,
                                  struct json_object **answer_r)
{
    char path[PATH_SIZE];
    struct json_object *server;
    enum exit_status status = find_server(call, call->values[SERVER], &server);

    if (status != EXIT_DONE) {
        json_object_put(body);
        return status;
    }
    path_with_id(path, format, server);
    json_object_put(server);
    return client_ask(call->client, method, path, body, answer_r);
}

enum exit_status servers_update(struct call *call)
{
    const char *name = call->values[UPDATE_NAME], *url = call->values[UPDATE_URL];
    enum exit_status status = EXIT_DONE;
    struct json_object *answer;

    if (name == NULL && url == NULL && call->values[UPDATE_TOKEN] == NULL)
        return fail(EXIT_USAGE, "nothing to change: --name, --url or --token says what");
    struct json_object *body = json_object_new_object();
    if (name != NULL)
        json_object_object_add(body, "name", json_object_new_string(name));
    if (url != NULL)
        json_object_object_add(body, "base_url", json_object_new_string(url));
    if (call->values[UPDATE_TOKEN] != NULL)
        status = add_token(body);
    if (status != EXIT_DONE) {
        json_object_put(body);
        return status;
    }
    status = ask_about(call, "PUT", "/admin/servers/%s", body, &answer);
    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(answer) : status;
    json_object_put(answer);
    return EXIT_DONE;
}

enum exit_status servers_delete(struct call *call)
{
    enum exit_status status =
        input_confirm(call->values[DELETE_YES] != NULL,
                      "This forgets the server %s with its users and channels, and what waits for it.",
                      call->values[DELETE_SERVER]);

    return status == EXIT_DONE ? ask_about(call, "DELETE", "/admin/servers/%s", NULL, NULL) : status;
}

/* ---- the link ---- */

static void print_status(struct json_object *state)
{
    const struct pair pairs[] = {
        {"speaks", json_field(state, "abilities")},
        {"last contact", json_field(state, "last_contact")},
        {"last request by it", json_field(state, "last_request")},
        {"waiting", json_field(state, "queue_depth")},
        {"waiting since", json_field(state, "oldest_waiting_at")},
        {"failed attempts", json_field(state, "failures")},
        {"next attempt", json_field(state, "next_attempt")},
        {"last error", json_field(state, "last_error")},
        {"our token", json_is_true(state, "refuses_us") ? "refused there: put the entry for this server right" : NULL},
        {"refused", json_field(state, "refused_count")},
    };

    print_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

enum exit_status servers_status(struct call *call)
{
    struct json_object *state, *refused;
    enum exit_status status = ask_about(call, "GET", "/admin/servers/%s/status", NULL, &state);

    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(state) : status;
    print_status(state);
    refused = json_list(state, "refused");
    if (refused != NULL && json_object_array_length(refused) > 0) {
        putchar('\n');
        status = grid_print(call, refused_columns, json_object_get(refused));
    }
    json_object_put(state);
    return status == EXIT_DONE ? finish_output() : status;
}

/* How it went, in words; the errors are such already. False: it is known that it does not work. */
static bool describe(const struct json_object *way, char text[WAY_SIZE])
{
    const char *reached = json_field(way, "reached"), *error = json_field(way, "error");

    if (json_is_true(way, "reached"))
        snprintf(text, WAY_SIZE, "works (%lld ms)", (long long)json_number(way, "took_ms"));
    else
        snprintf(text, WAY_SIZE, "%s: %s", reached != NULL ? "does not work" : "is not known",
                 error != NULL ? error : "nothing is said of why");
    return reached == NULL || json_is_true(way, "reached");
}

enum exit_status servers_test(struct call *call)
{
    struct json_object *answer, *out = NULL, *in = NULL;
    char out_text[WAY_SIZE], in_text[WAY_SIZE];
    enum exit_status status = ask_about(call, "GET", "/admin/servers/%s/reach", NULL, &answer);

    if (status != EXIT_DONE)
        return status;
    if (json_object_is_type(answer, json_type_object)) {
        json_object_object_get_ex(answer, "out", &out);
        json_object_object_get_ex(answer, "in", &in);
    }
    bool out_works = describe(out, out_text), in_works = describe(in, in_text);
    const struct pair pairs[] = {{"from here to there", out_text}, {"from there to here", in_text}};
    if (call->json) {
        status = print_json(answer);
    } else {
        print_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
        json_object_put(answer);
        status = finish_output();
    }
    return status != EXIT_DONE || (out_works && in_works) ? status : EXIT_FAILED;
}

/* With one row, or all of them. */
static enum exit_status change_rows(struct call *call, const char *format)
{
    struct json_object *body = json_object_new_object();
    const char *row = call->values[ROW_ROW];

    if (row != NULL) {
        char *end;
        errno = 0;
        long long key = strtoll(row, &end, 10);
        if (errno != 0 || *end != '\0' || key <= 0) {
            json_object_put(body);
            return fail(EXIT_USAGE, "ROW must be a number, not \"%s\"", row);
        }
        json_object_object_add(body, "row", json_object_new_int64(key));
    }
    return ask_about(call, "POST", format, body, NULL);
}

enum exit_status servers_retry(struct call *call)
{
    return change_rows(call, "/admin/servers/%s/retry");
}

enum exit_status servers_drop(struct call *call)
{
    return change_rows(call, "/admin/servers/%s/drop");
}

/* ---- what a server may see ---- */

static void print_ids(const char *what, struct json_object *ids)
{
    for (size_t i = 0; ids != NULL && i < json_object_array_length(ids); i++) {
        printf("%s  ", what);
        print_clean(stdout, json_object_get_string(json_object_array_get_idx(ids, i)));
        putchar('\n');
    }
}

enum exit_status servers_hidden(struct call *call)
{
    struct json_object *hidden;
    enum exit_status status = ask_about(call, "GET", "/admin/servers/%s/visibility", NULL, &hidden);

    if (status != EXIT_DONE || call->json)
        return status == EXIT_DONE ? print_json(hidden) : status;
    print_ids("user   ", json_list(hidden, "hidden_user_ids"));
    print_ids("channel", json_list(hidden, "hidden_channel_ids"));
    json_object_put(hidden);
    return finish_output();
}

/* Takes an id out of a list of the object, and puts it in again if it is to be hidden. */
static void set_hidden(struct json_object *hidden, const char *list, const char *id, bool is_hidden)
{
    struct json_object *ids = json_list(hidden, list);

    if (ids == NULL || id == NULL)
        return;
    for (size_t i = 0; i < json_object_array_length(ids); i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(ids, i)), id) == 0)
            json_object_array_del_idx(ids, i--, 1);
    if (is_hidden)
        json_object_array_add(ids, json_object_new_string(id));
}

typedef enum exit_status find_object(struct call *call, const char *name, struct json_object **object_r);

static enum exit_status hide_one(struct call *call, struct json_object *hidden, const char *name, const char *list,
                                 find_object *find, bool is_hidden)
{
    struct json_object *object;

    if (name == NULL)
        return EXIT_DONE;
    enum exit_status status = find(call, name, &object);
    if (status == EXIT_DONE) {
        set_hidden(hidden, list, json_field(object, "id"), is_hidden);
        json_object_put(object);
    }
    return status;
}

static enum exit_status change_hidden(struct call *call, bool is_hidden)
{
    const char *user = call->values[HIDE_USER], *channel = call->values[HIDE_CHANNEL];
    struct json_object *hidden;

    if (user == NULL && channel == NULL)
        return fail(EXIT_USAGE, "--user or --channel says what");
    enum exit_status status = ask_about(call, "GET", "/admin/servers/%s/visibility", NULL, &hidden);
    if (status != EXIT_DONE)
        return status;
    status = hide_one(call, hidden, user, "hidden_user_ids", find_user, is_hidden);
    if (status == EXIT_DONE)
        status = hide_one(call, hidden, channel, "hidden_channel_ids", find_channel, is_hidden);
    if (status == EXIT_DONE)
        return ask_about(call, "PUT", "/admin/servers/%s/visibility", hidden, NULL);
    json_object_put(hidden);
    return status;
}

enum exit_status servers_hide(struct call *call)
{
    return change_hidden(call, true);
}

enum exit_status servers_unhide(struct call *call)
{
    return change_hidden(call, false);
}
