/*
 * body.c - JSON bodies, checked against a table of fields. Loop only.
 *
 * A text's bytes are json-c's as long as the request holds the object; nothing is copied. Unknown fields are ignored.
 */
#include "worker/body.h"

#include "bering/text.h"
#include "worker/worker.h"
#include <json-c/json.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MOST = 16 };

static const char *format(h2o_mem_pool_t *pool, const char *pattern, ...) __attribute__((format(printf, 2, 3)));

static const char *format(h2o_mem_pool_t *pool, const char *pattern, ...)
{
    char *text = h2o_mem_alloc_pool(pool, 160);
    va_list arguments;

    va_start(arguments, pattern);
    vsnprintf(text, 160, pattern, arguments);
    va_end(arguments);
    return text;
}

/* The length of a literal of JSON at the start of a text, 0 if there is none. */
static size_t literal_length(const char *text, size_t length)
{
    static const char *const literals[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); ++i)
        if (length >= strlen(literals[i]) && memcmp(text, literals[i], strlen(literals[i])) == 0)
            return strlen(literals[i]);
    return 0;
}

static bool is_digit(const char *text, size_t length)
{
    return length > 0 && text[0] >= '0' && text[0] <= '9';
}

/* The length of a text's body with its closing quote, the opening one being before it; 0 if it holds what JSON forbids. */
static size_t string_length(const char *text, size_t length)
{
    for (size_t i = 0; i < length && (unsigned char)text[i] >= ' '; ++i) {
        if (text[i] == '"')
            return i + 1;
        if (text[i] == '\\')
            ++i;
    }
    return 0;
}

/*
 * What json-c lets pass even when strict, and RFC 8259 does not: control characters in texts, single quotes, NaN and the
 * like, a point without a digit, anything behind a NUL.
 */
static bool is_strict(const char *text, size_t length)
{
    for (size_t i = 0, step; i < length; i += step) {
        const char *at = text + i, *end = text + length;
        step = 1;
        if (*at == '"') {
            step = string_length(at + 1, (size_t)(end - at) - 1);
            if (step++ == 0)
                return false;
        } else if (*at == '.') {
            if (!is_digit(at + 1, (size_t)(end - at) - 1))
                return false;
        } else if (*at != '\0' && strchr("{}[]:,+-eE0123456789 \t\r\n", *at) != NULL) {
            continue;
        } else if ((step = literal_length(at, (size_t)(end - at))) == 0) {
            return false;
        }
    }
    return true;
}

/* Whether a text is one whole JSON value; `null` gives a NULL object. */
static bool parse(const char *text, size_t length, struct json_object **object_r)
{
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MOST);

    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL && text[length - 1] != '\0')
        --length;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    *object_r = json_tokener_parse_ex(tokener, text, (int)length);
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        *object_r = json_tokener_parse_ex(tokener, "", 1); /* only an end tells that a bare number is complete */
    bool is_whole = json_tokener_get_error(tokener) == json_tokener_success;
    json_tokener_free(tokener);
    return is_whole;
}

enum result body_parse(const char *text, size_t length, struct json_object **object_r, const char **error_r)
{
    struct json_object *object = NULL;

    if (length > INT_MAX || !text_is_utf8(text, length)) {
        *error_r = "the body is not UTF-8";
        return RESULT_BAD_REQUEST;
    }
    if (!is_strict(text, length) || !parse(text, length, &object)) {
        *error_r = "the body is not valid JSON";
        return RESULT_BAD_REQUEST;
    }
    if (!json_object_is_type(object, json_type_object)) {
        json_object_put(object);
        *error_r = "the body must be a JSON object";
        return RESULT_WRONG_SHAPE;
    }
    *object_r = object;
    return RESULT_OK;
}

/* The JSON type that a field must have, and its name in an error. */
static const struct {
    enum json_type type;
    const char *name;
} shapes[] = {
    [FIELD_NAME] = {json_type_string, "text"},          [FIELD_USERNAME] = {json_type_string, "text"},
    [FIELD_TEXT] = {json_type_string, "text"},          [FIELD_OPTIONAL_TEXT] = {json_type_string, "text"},
    [FIELD_DISPLAY_NAME] = {json_type_string, "text"},  [FIELD_FOREIGN_NAME] = {json_type_string, "text"},
    [FIELD_PASSWORD] = {json_type_string, "text"},      [FIELD_MESSAGE] = {json_type_string, "text"},
    [FIELD_UUID] = {json_type_string, "text"},          [FIELD_UUIDS] = {json_type_array, "a list of ids"},
    [FIELD_BOOLEAN] = {json_type_boolean, "true or false"}, [FIELD_KEY] = {json_type_int, "a number"},
    [FIELD_OBJECT] = {json_type_object, "an object"},    [FIELD_LIST] = {json_type_array, "a list"},
};

/* Checks a text. Returns NULL, or what is wrong with it. */
static const char *check_text(const struct field *field, const struct value *value, size_t message_most)
{
    switch (field->type) {
    case FIELD_NAME:
        return text_is_name(value->text, value->length) ? NULL : "must be 1 to 128 bytes without control characters";
    case FIELD_DISPLAY_NAME:
        return value->length == 0 || text_is_display_name(value->text, value->length)
                   ? NULL
                   : "must be at most 128 bytes without control or invisible characters";
    case FIELD_USERNAME:
        return text_is_username(value->text, value->length) ? NULL
                                                            : "must be 1 to 128 bytes without spaces, '@', '/' or '\\'";
    case FIELD_PASSWORD:
        return value->length >= 1 && value->length <= SECRET_PASSWORD_MAX && strlen(value->text) == value->length
                   ? NULL
                   : "must be 1 to 72 bytes long";
    case FIELD_MESSAGE:
        if (value->length > message_most)
            return "is longer than MAX_MESSAGE_BYTES allows";
        return text_is_visible(value->text, value->length) ? NULL : "must not be empty";
    case FIELD_TEXT:
    case FIELD_OPTIONAL_TEXT:
        if (value->length > field->most || strlen(value->text) != value->length)
            return "is too long, or holds a NUL character";
        return field->type == FIELD_OPTIONAL_TEXT || text_is_visible(value->text, value->length) ? NULL : "must not be empty";
    default:
        return NULL;
    }
}

static const char *read_uuids(h2o_mem_pool_t *pool, struct json_object *list, struct value *value)
{
    value->uuids = h2o_mem_alloc_pool(pool, (value->count + 1) * sizeof(*value->uuids));
    for (size_t i = 0; i < value->count; ++i) {
        struct json_object *item = json_object_array_get_idx(list, i);
        if (!json_object_is_type(item, json_type_string) ||
            !uuid_parse(json_object_get_string(item), (size_t)json_object_get_string_len(item), &value->uuids[i]))
            return "must hold UUIDs only";
    }
    return NULL;
}

/* Reads one present field. Returns NULL, or what is wrong with it. */
static const char *read_value(h2o_mem_pool_t *pool, const struct field *field, struct json_object *object,
                              size_t message_most, struct value *value)
{
    value->present = true;
    switch (shapes[field->type].type) {
    case json_type_boolean:
        value->boolean = json_object_get_boolean(object);
        return NULL;
    case json_type_int:
        value->key = json_object_get_int64(object);
        return value->key > 0 ? NULL : "must be positive";
    case json_type_object:
        value->object = object;
        return NULL;
    case json_type_array:
        value->object = object;
        value->count = json_object_array_length(object);
        if (value->count > field->most)
            return "has too many elements";
        return field->type == FIELD_UUIDS ? read_uuids(pool, object, value) : NULL;
    default:
        value->text = json_object_get_string(object);
        value->length = (size_t)json_object_get_string_len(object);
        if (field->type == FIELD_UUID)
            return uuid_parse(value->text, value->length, &value->uuid) ? NULL : "must be a UUID";
        if (field->type == FIELD_FOREIGN_NAME && !text_is_name(value->text, value->length))
            value->text = "", value->length = 0;
        return check_text(field, value, message_most);
    }
}

enum result body_values(h2o_mem_pool_t *pool, struct json_object *object, const struct field *fields,
                        size_t message_most, struct value *values, const char **error_r)
{
    for (const struct field *field = fields; field->name != NULL; ++field) {
        struct json_object *item = NULL;
        if (!json_object_object_get_ex(object, field->name, &item) || item == NULL) {
            values[field - fields].is_null = json_object_object_get_ex(object, field->name, NULL);
            if (!field->required)
                continue;
            *error_r = format(pool, "field `%s` is missing", field->name);
            return RESULT_WRONG_SHAPE;
        }
        if (!json_object_is_type(item, shapes[field->type].type)) {
            *error_r = format(pool, "field `%s` must be %s", field->name, shapes[field->type].name);
            return RESULT_WRONG_SHAPE;
        }
        const char *wrong = read_value(pool, field, item, message_most, &values[field - fields]);
        if (wrong != NULL) {
            *error_r = format(pool, "field `%s` %s", field->name, wrong);
            return RESULT_BAD_REQUEST;
        }
    }
    return RESULT_OK;
}

bool body_is_json(h2o_req_t *http)
{
    static const char type[] = "application/json";
    ssize_t index = h2o_find_header(&http->headers, H2O_TOKEN_CONTENT_TYPE, -1);

    if (index == -1)
        return false;
    h2o_iovec_t value = http->headers.entries[index].value;
    return value.len >= sizeof(type) - 1 && h2o_lcstris(value.base, sizeof(type) - 1, type, sizeof(type) - 1) &&
           (value.len == sizeof(type) - 1 || strchr("; \t", value.base[sizeof(type) - 1]) != NULL);
}

/* What a route's body may weigh: a character may be escaped in six. */
static size_t body_most(const struct route *route, size_t message_most)
{
    size_t most = BODY_MOST;

    for (const struct field *field = route->body; field->name != NULL; ++field) {
        if (field->type == FIELD_MESSAGE)
            most += message_most * 6;
        else if (field->type == FIELD_UUIDS)
            most += field->most * (UUID_TEXT_LENGTH + 4);
        else if (field->type == FIELD_OPTIONAL_TEXT && field->most > BODY_MOST)
            most += field->most * 6;
    }
    return most;
}

/* A POST that only may say more needs no body; a PUT says what to change. */
static bool may_be_empty(const struct route *route)
{
    bool is_required = false;

    for (const struct field *field = route->body; field->name != NULL; ++field)
        is_required |= field->required;
    return !is_required && strcmp(route->method, "POST") == 0;
}

enum result body_read(struct request *request)
{
    h2o_req_t *http = request->http;
    const struct route *route = request->route;
    enum result result;

    if (route->body == NULL || (http->entity.len == 0 && may_be_empty(route)))
        return RESULT_OK;
    if (!body_is_json(http))
        return request_fail(request, RESULT_WRONG_TYPE, "content-type must be application/json");
    if (http->entity.len > body_most(route, request->worker->config->max_message_bytes))
        return RESULT_TOO_LARGE;
    result = body_parse(http->entity.base, http->entity.len, &request->body, &request->error);
    if (result != RESULT_OK)
        return result;
    return body_values(&http->pool, request->body, route->body, request->worker->config->max_message_bytes,
                       request->values, &request->error);
}
