/*
 * answers.c - reads what peers answer. Any process; pure. All of it is hostile until it has passed here.
 *
 * Always holds: an answer counts as a whole or not at all; memory stays within a small multiple of the answer's length,
 * which is why values are counted before json-c, which takes 250 times the memory of an empty object, sees any of them.
 */
#include "bering/peer_answers.h"

#include <assert.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MOST = 8,
    VALUES_MOST = 8 * PEER_LIST_MOST, /* of all kinds in one answer */
    OBJECTS_MOST = PEER_LIST_MOST + 16,
    BATCH_RESULTS_MOST = 1024,
};

/* ---- JSON, as far as it may be trusted ---- */

static size_t count_byte(const char *text, size_t length, char byte)
{
    size_t count = 0;
    const char *end = text + length;

    while ((text = memchr(text, byte, (size_t)(end - text))) != NULL) {
        ++count;
        ++text;
    }
    return count;
}

/* More brackets than values: some may be inside of texts. */
static bool is_small_enough(const char *text, size_t length)
{
    return length <= PEER_ANSWER_MOST &&
           count_byte(text, length, '{') + count_byte(text, length, '[') <= OBJECTS_MOST &&
           count_byte(text, length, ',') <= VALUES_MOST;
}

/* One whole value, as an object or an array; NULL: something else. json_object_put frees it. */
static struct json_object *parse(const char *text, size_t length, enum json_type type)
{
    struct json_object *object = NULL;

    while (length > 0 && text[length - 1] != '\0' && strchr(" \t\r\n", text[length - 1]) != NULL)
        --length;
    if (length == 0 || !is_small_enough(text, length) || !text_is_utf8(text, length))
        return NULL;
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MOST);
    if (tokener == NULL)
        return NULL;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    object = json_tokener_parse_ex(tokener, text, (int)length);
    bool is_whole = json_tokener_get_error(tokener) == json_tokener_success;
    json_tokener_free(tokener);
    if (is_whole && json_object_is_type(object, type))
        return object;
    json_object_put(object);
    return NULL;
}

/*
 * A text without a NUL inside, or NULL. json-c makes U+FFFD of escapes that are no character (half of a surrogate
 * pair): texts that hold it are not taken, so that different ones do not become the same.
 */
static const char *text_of(struct json_object *value)
{
    if (!json_object_is_type(value, json_type_string))
        return NULL;
    const char *text = json_object_get_string(value);
    bool is_whole = strlen(text) == (size_t)json_object_get_string_len(value) && strstr(text, "\xef\xbf\xbd") == NULL;
    return is_whole ? text : NULL;
}

static const char *member_text(struct json_object *object, const char *key)
{
    struct json_object *value;

    return json_object_object_get_ex(object, key, &value) ? text_of(value) : NULL;
}

static bool member_is_true(struct json_object *object, const char *key)
{
    struct json_object *value;

    return json_object_object_get_ex(object, key, &value) && json_object_is_type(value, json_type_boolean) &&
           json_object_get_boolean(value);
}

/* ---- lists ---- */

static const char WRONG_JSON[] = "it is not the JSON that it should be";
static const char WRONG_LENGTH[] = "it has too many entries";
static const char WRONG_NAME[] = "a name is missing, too long, or holds control characters";
static const char WRONG_ID[] = "an id is none, or is there twice";
static const char WRONG_SERVER[] = "it names users or channels of another server";

enum kept { KEPT, LEFT_OUT, WRONG };

/* A name that no text may be makes the answer wrong; one that just cannot be part of an address leaves it out. */
static enum kept check_username(const char *name)
{
    if (name == NULL || !text_is_name(name, strlen(name)))
        return WRONG;
    return text_is_username(name, strlen(name)) ? KEPT : LEFT_OUT;
}

/* An original says none. */
static bool read_id(struct json_object *item, struct peer_entry *entry)
{
    struct json_object *value = NULL;

    json_object_object_get_ex(item, "id", &value);
    entry->has_id = value != NULL;
    if (value == NULL)
        return true;
    const char *text = text_of(value);
    return text != NULL && uuid_parse(text, strlen(text), &entry->id);
}

/* Reads one item into *entry. Returns NULL, or what is wrong. */
typedef const char *read_item(struct json_object *item, const char *server_name, struct peer_entry *entry,
                              enum kept *kept_r);

static const char *read_user(struct json_object *item, const char *server_name, struct peer_entry *entry,
                             enum kept *kept_r)
{
    struct json_object *display_name = NULL;

    if (!json_object_is_type(item, json_type_object))
        return WRONG_JSON;
    const char *server = member_text(item, "server");
    if (server == NULL || strcmp(server, server_name) != 0)
        return WRONG_SERVER;
    entry->name = member_text(item, "username");
    *kept_r = check_username(entry->name);
    if (*kept_r == WRONG)
        return WRONG_NAME;
    if (!read_id(item, entry))
        return WRONG_ID;
    entry->display_name = "";
    json_object_object_get_ex(item, "display_name", &display_name);
    if (display_name == NULL)
        return NULL;
    if (!json_object_is_type(display_name, json_type_string))
        return WRONG_NAME;
    const char *text = text_of(display_name);
    if (text != NULL && text_is_name(text, strlen(text))) /* an original lets its users choose anything */
        entry->display_name = text;
    return NULL;
}

static const char *read_channel(struct json_object *item, const char *server_name, struct peer_entry *entry,
                                enum kept *kept_r)
{
    struct json_object *is_private = NULL;

    if (!json_object_is_type(item, json_type_object))
        return WRONG_JSON;
    const char *origin = member_text(item, "origin_server");
    if (origin == NULL || strcmp(origin, server_name) != 0)
        return WRONG_SERVER;
    entry->name = member_text(item, "name");
    json_object_object_get_ex(item, "is_private", &is_private);
    entry->is_only_for_members = json_object_get_boolean(is_private);
    *kept_r = KEPT;
    if (!read_id(item, entry))
        return WRONG_ID;
    return entry->name != NULL && text_is_name(entry->name, strlen(entry->name)) ? NULL : WRONG_NAME;
}

static const char *read_online(struct json_object *item, const char *server_name, struct peer_entry *entry,
                               enum kept *kept_r)
{
    (void)server_name;
    entry->name = text_of(item);
    *kept_r = check_username(entry->name);
    return *kept_r == WRONG ? WRONG_NAME : NULL;
}

static int compare_entries(const void *a, const void *b)
{
    const struct peer_entry *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static void sort_and_unite(struct peer_list *list)
{
    size_t count = 0;

    if (list->count > 0)
        qsort(list->entries, list->count, sizeof(list->entries[0]), compare_entries);
    for (size_t i = 0; i < list->count; ++i)
        if (count == 0 || strcmp(list->entries[count - 1].name, list->entries[i].name) != 0)
            list->entries[count++] = list->entries[i];
    list->count = count;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(*(const struct uuid *const *)a, *(const struct uuid *const *)b, sizeof(struct uuid));
}

static bool are_ids_different(const struct peer_list *list)
{
    const struct uuid **ids = malloc((list->count + 1) * sizeof(*ids));
    size_t count = 0;
    bool different = true;

    assert(ids != NULL);
    for (size_t i = 0; i < list->count; ++i)
        if (list->entries[i].has_id)
            ids[count++] = &list->entries[i].id;
    if (count > 0)
        qsort(ids, count, sizeof(*ids), compare_ids);
    for (size_t i = 1; i < count && different; ++i)
        different = !uuid_equal(ids[i - 1], ids[i]);
    free(ids);
    return different;
}

static const char *read_items(struct json_object *array, const char *server_name, read_item *read,
                              struct peer_list *list)
{
    size_t count = json_object_array_length(array);

    if (count > PEER_LIST_MOST)
        return WRONG_LENGTH;
    list->entries = calloc(count + 1, sizeof(list->entries[0]));
    assert(list->entries != NULL);
    for (size_t i = 0; i < count; ++i) {
        enum kept kept;
        const char *wrong =
            read(json_object_array_get_idx(array, i), server_name, &list->entries[list->count], &kept);
        if (wrong != NULL)
            return wrong;
        list->count += kept == KEPT;
    }
    if (!are_ids_different(list))
        return WRONG_ID;
    sort_and_unite(list);
    return NULL;
}

/* Takes the parsed answer over: the entries' texts are in it. */
static const char *make_list(struct json_object *answer, struct json_object *array, const char *server_name,
                             read_item *read, struct peer_list *list_r)
{
    *list_r = (struct peer_list){.memory = answer};
    const char *wrong =
        json_object_is_type(array, json_type_array) ? read_items(array, server_name, read, list_r) : WRONG_JSON;
    if (wrong != NULL)
        peer_list_free(list_r);
    return wrong;
}

const char *peer_answer_users(const char *body, size_t length, const char *server_name, struct peer_list *list_r)
{
    struct json_object *answer = parse(body, length, json_type_array);

    return make_list(answer, answer, server_name, read_user, list_r);
}

const char *peer_answer_channels(const char *body, size_t length, const char *server_name, struct peer_list *list_r)
{
    struct json_object *answer = parse(body, length, json_type_array);

    return make_list(answer, answer, server_name, read_channel, list_r);
}

const char *peer_answer_presence(const char *body, size_t length, struct peer_list *list_r)
{
    struct json_object *answer = parse(body, length, json_type_object), *online = NULL;

    json_object_object_get_ex(answer, "online_users", &online);
    return make_list(answer, online, NULL, read_online, list_r);
}

void peer_list_free(struct peer_list *list)
{
    free(list->entries);
    json_object_put(list->memory);
    *list = (struct peer_list){0};
}

/* ---- info ---- */

void peer_answer_info(const char *body, size_t length, struct peer_info *info_r)
{
    struct json_object *answer = parse(body, length, json_type_object);

    *info_r = (struct peer_info){.abilities = PEER_ORIGINAL};
    const char *software = member_text(answer, "software"), *name = member_text(answer, "server_name");
    if (name != NULL && text_is_username(name, strlen(name)))
        strcpy(info_r->server_name, name);
    if (software != NULL && strcmp(software, "beringshare") == 0 && member_is_true(answer, "batch"))
        info_r->abilities = PEER_BERING;
    info_r->lists_all = info_r->abilities == PEER_BERING && member_is_true(answer, "ids");
    info_r->calls_back = info_r->abilities == PEER_BERING && member_is_true(answer, "reach");
    json_object_put(answer);
}

/* ---- whether it reaches us ---- */

const char *peer_answer_reach(const char *body, size_t length, struct peer_reach *reach_r)
{
    struct json_object *answer = parse(body, length, json_type_object), *reached = NULL, *took = NULL;
    const char *error = member_text(answer, "error");
    bool right = json_object_object_get_ex(answer, "reached", &reached) &&
                 json_object_is_type(reached, json_type_boolean);

    *reach_r = (struct peer_reach){
        .is_reached = right && json_object_get_boolean(reached),
        .is_refused = member_is_true(answer, "refused"),
    };
    json_object_object_get_ex(answer, "took_ms", &took);
    if (json_object_is_type(took, json_type_int) && json_object_get_int64(took) > 0)
        reach_r->took_ms = json_object_get_int64(took) < UINT_MAX ? (unsigned)json_object_get_int64(took) : UINT_MAX;
    if (error != NULL && !reach_r->is_reached)
        memcpy(reach_r->error, error, text_cut(error, strlen(error), PEER_REACH_TEXT));
    json_object_put(answer);
    return right ? NULL : WRONG_JSON;
}

/* ---- batches ---- */

static bool read_result(struct json_object *item, struct peer_result *result_r)
{
    struct json_object *status;

    if (!json_object_is_type(item, json_type_object) || !json_object_object_get_ex(item, "status", &status) ||
        !json_object_is_type(status, json_type_int))
        return false;
    int64_t number = json_object_get_int64(status);
    if (number < 200 || number > 599)
        return false;
    result_r->status = (int)number;
    const char *error = member_text(item, "error");
    size_t length = error != NULL ? text_cut(error, strlen(error), PEER_RESULT_TEXT) : 0;
    if (length > 0)
        memcpy(result_r->answer, error, length);
    result_r->answer[length] = '\0';
    return true;
}

const char *peer_answer_batch(const char *body, size_t length, size_t count, struct peer_result *results_r)
{
    struct json_object *answer = parse(body, length, json_type_object), *results = NULL;
    bool right = json_object_object_get_ex(answer, "results", &results) &&
                 json_object_is_type(results, json_type_array) &&
                 count <= BATCH_RESULTS_MOST && json_object_array_length(results) == count;

    for (size_t i = 0; i < count && right; ++i)
        right = read_result(json_object_array_get_idx(results, i), &results_r[i]);
    json_object_put(answer);
    return right ? NULL : WRONG_JSON;
}
