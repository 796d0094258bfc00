/*
 * find.c - names as people type them to the API's objects. beringctl.
 */
#include "cli/find.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where things of a kind are found, and by which fields they are named. */
struct kind {
    const char *what;
    const char *list;             /* the path of all of them */
    const char *name;             /* the field */
    const char *server;           /* the field of the server they are of; NULL: they are of none */
    bool has_search;              /* the list takes ?q= */
};

static const struct kind user_kind = {"user", "/admin/users", "username", "server_name", true};
static const struct kind channel_kind = {"channel", "/admin/channels", "name", "origin_server", true};
static const struct kind server_kind = {"server", "/admin/servers?tokens=0", "name", NULL, false};
static const struct kind token_kind = {"federation token", "/admin/federation-tokens", "label", NULL, false};

char *path_with_search(const char *base, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *path = malloc(strlen(base) + 4 + (text != NULL ? 3 * strlen(text) : 0)), *end;

    if (path == NULL)
        abort();
    end = stpcpy(path, base);
    if (text == NULL)
        return path;
    end = stpcpy(end, "?q=");
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (isalnum(*at)) {
            *end++ = (char)*at;
            continue;
        }
        *end++ = '%';
        *end++ = digits[*at >> 4];
        *end++ = digits[*at & 15];
    }
    *end = '\0';
    return path;
}

static bool is_id(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    for (size_t i = 0; i < sizeof(form); i++)
        if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    return true;
}

static bool is_same(const struct json_object *object, const char *field, const char *text, size_t length)
{
    const char *value = json_field(object, field);
    return value != NULL && strlen(value) == length && memcmp(value, text, length) == 0;
}

/* The name itself (for a user, one of this server), or name@server. */
static bool is_called(const struct kind *kind, const struct json_object *object, const char *name)
{
    const char *at = strrchr(name, '@');

    if (is_same(object, kind->name, name, strlen(name)))
        return kind != &user_kind || json_is_true(object, "is_local");
    return kind->server != NULL && at != NULL && is_same(object, kind->name, name, (size_t)(at - name)) &&
           is_same(object, kind->server, at + 1, strlen(at + 1));
}

static enum exit_status pick(const struct kind *kind, const char *name, struct json_object *list,
                             struct json_object **object_r)
{
    struct json_object *found = NULL;
    size_t count = 0;

    for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *object = json_object_array_get_idx(list, i);
        if (is_id(name) ? !is_same(object, "id", name, strlen(name)) : !is_called(kind, object, name))
            continue;
        found = object;
        count++;
    }
    if (count == 0)
        return fail(EXIT_MISSING, "there is no %s %s", kind->what, name);
    if (count > 1)
        return fail(EXIT_REFUSED, "there is more than one %s %s: name one by its id, or as NAME@SERVER", kind->what,
                    name);
    *object_r = json_object_get(found);
    return EXIT_DONE;
}

static enum exit_status find(struct call *call, const struct kind *kind, const char *name,
                             struct json_object **object_r)
{
    const char *at = kind->server != NULL ? strrchr(name, '@') : NULL;
    char *part = strndup(name, at != NULL && at > name ? (size_t)(at - name) : strlen(name));
    char *path = path_with_search(kind->list, kind->has_search && !is_id(name) ? part : NULL);
    struct json_object *list;
    enum exit_status status = client_ask(call->client, "GET", path, NULL, &list);

    if (status == EXIT_DONE) {
        status = pick(kind, name, list, object_r);
        json_object_put(list);
    }
    free(path);
    free(part);
    return status;
}

enum exit_status find_user(struct call *call, const char *name, struct json_object **user_r)
{
    return find(call, &user_kind, name, user_r);
}

enum exit_status find_channel(struct call *call, const char *name, struct json_object **channel_r)
{
    return find(call, &channel_kind, name, channel_r);
}

enum exit_status find_server(struct call *call, const char *name, struct json_object **server_r)
{
    return find(call, &server_kind, name, server_r);
}

enum exit_status find_federation_token(struct call *call, const char *label, struct json_object **token_r)
{
    return find(call, &token_kind, label, token_r);
}

const char *path_with_id(char path[PATH_SIZE], const char *format, const struct json_object *object)
{
    const char *id = json_field(object, "id");

    snprintf(path, PATH_SIZE, format, id != NULL && is_id(id) ? id : "00000000-0000-0000-0000-000000000000");
    return path;
}
