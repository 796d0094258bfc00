/*
 * audit.c - the rows of the audit log, made from what the table of routes says of an action. Worker, writer thread.
 *
 * Always holds: no value of a field that may be secret is written, and none of a field that no route declares.
 */
#include "worker/audit.h"

#include "bering/audit.h"
#include "bering/clock.h"
#include "bering/text.h"
#include "worker/action.h"
#include <assert.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 200 };         /* bytes of a field's text that are kept */

/* ---- names of objects ---- */

/* A name, malloc'd; NULL: there is no such object. */
typedef char *find_name(struct store *store, const struct uuid *id);

static char *user_name(struct store *store, const struct uuid *id)
{
    struct user *user;
    char *name;

    if (store_user_by_id(store, id, &user) != RESULT_OK)
        return NULL;
    int length = user->server_name != NULL ? asprintf(&name, "%s@%s", user->username, user->server_name)
                                           : asprintf(&name, "%s", user->username);
    assert(length >= 0);
    free(user);
    return name;
}

static char *channel_name(struct store *store, const struct uuid *id)
{
    struct channel *channel;

    if (store_channel_by_id(store, id, &channel) != RESULT_OK)
        return NULL;
    char *name = strdup(channel->name);
    free(channel);
    return name;
}

static char *server_name(struct store *store, const struct uuid *id)
{
    struct server *server;

    if (store_server_by_id(store, id, &server) != RESULT_OK)
        return NULL;
    char *name = strdup(server->name);
    free(server);
    return name;
}

/* What the ids are, by what stands before them in a path. */
static const struct {
    const char *before;
    find_name *find;
} kinds[] = {
    {"/users/", user_name},
    {"/channels/", channel_name},
    {"/servers/", server_name},
    {"/members/", user_name},
};

static find_name *kind_of(const char *path, const char *id)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
        size_t length = strlen(kinds[i].before);
        if ((size_t)(id - path) >= length && memcmp(id - length, kinds[i].before, length) == 0)
            return kinds[i].find;
    }
    return NULL;
}

/* "name (id)" of each id in the path. */
enum result audit_begin(struct action *action, struct store *store)
{
    const char *path = action->route->path, *at = path;
    size_t length = 0;
    FILE *out = NULL;

    for (unsigned i = 0; (at = strstr(at, ":id")) != NULL; ++i, at += 3) {
        char id[UUID_TEXT_LENGTH + 1];
        find_name *find = kind_of(path, at);
        char *name = find != NULL ? find(store, &action->ids[i]) : NULL;
        if (out == NULL)
            out = open_memstream(&action->audit_object, &length);
        assert(out != NULL);
        uuid_format(&action->ids[i], id);
        fprintf(out, name != NULL ? "%s%s (%s)" : "%s%s%s", i > 0 ? ", " : "", name != NULL ? name : "", id);
        free(name);
    }
    if (out != NULL)
        fclose(out);
    return RESULT_OK;
}

/* Of what has just been made, the id is in the answer. */
static void take_id_of_answer(struct action *action)
{
    struct json_object *answer, *id;

    if (action->audit_object != NULL || action->answer.length == 0)
        return;
    char *text = strndup(action->answer.text, action->answer.length);
    answer = json_tokener_parse(text);
    if (json_object_is_type(answer, json_type_object) && json_object_object_get_ex(answer, "id", &id))
        action->audit_object = strdup(json_object_get_string(id));
    json_object_put(answer);
    free(text);
}

/* ---- details ---- */

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_secret(const struct field *field)
{
    return field->type == FIELD_PASSWORD || ends_in(field->name, "password") || ends_in(field->name, "token") ||
           ends_in(field->name, "secret");
}

static void write_text(struct json *json, const struct value *value)
{
    json_text_n(json, value->text, text_cut(value->text, value->length, TEXT_MOST));
}

static void write_field(struct json *json, const struct field *field, const struct value *value)
{
    json_key(json, field->name);
    if (is_secret(field))
        json_text(json, "***");
    else if (field->type == FIELD_BOOLEAN)
        json_text(json, value->boolean ? "true" : "false");
    else if (field->type == FIELD_KEY)
        json_integer(json, value->key);
    else if (value->text != NULL)
        write_text(json, value);
    else
        json_integer(json, (int64_t)value->count); /* a list: how long it is */
}

/* The fields that were given; malloc'd, NULL: none. */
static char *make_details(const struct action *action)
{
    const struct field *fields = action->route->body;
    struct json json = {0};
    size_t length;

    if (fields == NULL)
        return NULL;
    json_object_begin(&json);
    for (size_t i = 0; fields[i].name != NULL; ++i) {
        if (action->values[i].present) {
            write_field(&json, &fields[i], &action->values[i]);
        } else if (action->values[i].is_null) {
            json_key(&json, fields[i].name);
            json_null(&json);
        }
    }
    json_object_end(&json);
    return json_take(&json, &length);
}

enum result audit_end(struct action *action, struct store *store)
{
    take_id_of_answer(action);
    char *details = make_details(action);
    struct audit_entry entry = {
        .at = clock_now(),
        .actor = action->who.by_static_token || action->who.username == NULL ? "ADMIN_TOKEN" : action->who.username,
        .action = action->route->audit,
        .object = action->audit_object,
        .details = details,
        .address = action->address,
    };
    enum result result = store_audit_add(store, &entry);

    action->task.beyond_messages = true;
    free(details);
    return result;
}
