/*
 * peer_read.c - the bodies that servers send each other, by tables of fields like everything that comes in. Worker, any
 * thread; holds no state.
 *
 * Always holds: names are ones that this server could have itself, texts are bounded, and what
 * may be missing may be null.
 */
#include "worker/api/peer_read.h"

#include "bering/clock.h"
#include "bering/text.h"
#include "worker/body.h"
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum {
    VALUES_MOST = 8,
    WORD_MOST = 32,
    TIME_MOST = 64,
    SIGNAL_TYPE_MOST = 64,
    SIGNAL_PAYLOAD_MOST = 65536,
    ERROR_MOST = 200,
};

struct reader {
    h2o_mem_pool_t *pool;
    size_t message_most;
    struct peer_item *item;
    struct value values[VALUES_MOST]; /* the body's own fields, by the table of its kind */
};

static enum result fail(struct reader *reader, enum result result, const char *error)
{
    reader->item->error = error;
    return result;
}

/* ---- objects inside a body ---- */

enum { PERSON_USERNAME, PERSON_SERVER, PERSON_DISPLAY_NAME, PERSON_FIELDS };

static const struct field person_fields[] = {
    [PERSON_USERNAME] = {"username", FIELD_USERNAME, true, 0},
    [PERSON_SERVER] = {"server", FIELD_USERNAME, true, 0},
    [PERSON_DISPLAY_NAME] = {"display_name", FIELD_FOREIGN_NAME, false, 0},
    {NULL, 0, false, 0},
};

enum { PLACE_NAME, PLACE_ORIGIN_SERVER, PLACE_IS_PRIVATE, PLACE_FIELDS };

static const struct field place_fields[] = {
    [PLACE_NAME] = {"name", FIELD_NAME, true, 0},
    [PLACE_ORIGIN_SERVER] = {"origin_server", FIELD_USERNAME, true, 0},
    [PLACE_IS_PRIVATE] = {"is_private", FIELD_BOOLEAN, false, 0},
    {NULL, 0, false, 0},
};

/* An error inside names both the inner field and the one that it is in. */
static enum result read_inner(struct reader *reader, const char *outer, struct json_object *object,
                              const struct field *fields, struct value *values)
{
    const char *error = NULL;
    enum result result = body_values(reader->pool, object, fields, reader->message_most, values, &error);

    if (result != RESULT_OK) {
        char *text = h2o_mem_alloc_pool(reader->pool, ERROR_MOST);
        snprintf(text, ERROR_MOST, "in `%s`: %s", outer, error);
        reader->item->error = text;
    }
    return result;
}

/* One that is not there leaves no name. */
static enum result read_person(struct reader *reader, const struct field *fields, size_t index,
                               struct peer_person *person_r)
{
    struct value values[PERSON_FIELDS] = {0};
    enum result result = RESULT_OK;

    *person_r = (struct peer_person){NULL, NULL, NULL};
    if (!reader->values[index].present)
        return RESULT_OK;
    result = read_inner(reader, fields[index].name, reader->values[index].object, person_fields, values);
    if (result == RESULT_OK)
        *person_r = (struct peer_person){values[PERSON_USERNAME].text, values[PERSON_SERVER].text,
                                         values[PERSON_DISPLAY_NAME].text};
    return result;
}

static enum result read_place(struct reader *reader, const struct field *fields, size_t index)
{
    struct value values[PLACE_FIELDS] = {0};
    enum result result = RESULT_OK;

    if (!reader->values[index].present)
        return RESULT_OK;
    result = read_inner(reader, fields[index].name, reader->values[index].object, place_fields, values);
    if (result == RESULT_OK)
        reader->item->channel = (struct peer_place){
            .name = values[PLACE_NAME].text,
            .origin_server = values[PLACE_ORIGIN_SERVER].text,
            .is_private = values[PLACE_IS_PRIVATE].present ? values[PLACE_IS_PRIVATE].boolean : -1,
        };
    return result;
}

/* ---- messages ---- */

enum { MESSAGE_ID, SENT_AT, MESSAGE_KIND, MESSAGE_BODY, AUTHOR, RECIPIENT, MESSAGE_CHANNEL, HISTORY };

static const struct field message_fields[] = {
    [MESSAGE_ID] = {"message_id", FIELD_UUID, true, 0},
    [SENT_AT] = {"sent_at", FIELD_TEXT, true, TIME_MOST},
    [MESSAGE_KIND] = {"kind", FIELD_TEXT, true, WORD_MOST},
    [MESSAGE_BODY] = {"body", FIELD_MESSAGE, true, 0},
    [AUTHOR] = {"author", FIELD_OBJECT, true, 0},
    [RECIPIENT] = {"recipient", FIELD_OBJECT, false, 0},
    [MESSAGE_CHANNEL] = {"channel", FIELD_OBJECT, false, 0},
    [HISTORY] = {"history", FIELD_BOOLEAN, false, 0},
    {NULL, 0, false, 0},
};

/* A message goes to one user or to one channel, as its kind says. */
static enum result check_kind(struct reader *reader)
{
    bool has_recipient = reader->item->other.username != NULL, has_channel = reader->item->channel.name != NULL;
    const char *kind = reader->values[MESSAGE_KIND].text;

    if (strcmp(kind, "dm") == 0)
        return has_recipient && !has_channel
                   ? RESULT_OK
                   : fail(reader, RESULT_WRONG_SHAPE, "a dm needs a `recipient` and no `channel`");
    if (strcmp(kind, "channel") == 0)
        return has_channel && !has_recipient
                   ? RESULT_OK
                   : fail(reader, RESULT_WRONG_SHAPE, "it needs a `channel` and no `recipient`");
    return fail(reader, RESULT_BAD_REQUEST, "field `kind` must be \"dm\" or \"channel\"");
}

static enum result read_message(struct reader *reader)
{
    const struct value *sent_at = &reader->values[SENT_AT], *body = &reader->values[MESSAGE_BODY];
    struct peer_item *item = reader->item;
    enum result result = read_person(reader, message_fields, AUTHOR, &item->person);

    if (result == RESULT_OK)
        result = read_person(reader, message_fields, RECIPIENT, &item->other);
    if (result == RESULT_OK)
        result = read_place(reader, message_fields, MESSAGE_CHANNEL);
    if (result == RESULT_OK)
        result = check_kind(reader);
    if (result != RESULT_OK)
        return result;
    if (!clock_parse(sent_at->text, sent_at->length, &item->sent_at))
        return fail(reader, RESULT_BAD_REQUEST, "field `sent_at` is no time in RFC 3339");
    item->id = reader->values[MESSAGE_ID].uuid;
    item->sent_at_text = sent_at->text;
    item->text = body->text;
    item->length = body->length;
    item->is_history = reader->values[HISTORY].boolean;
    return RESULT_OK;
}

/* ---- memberships ---- */

enum { MEMBERSHIP_CHANNEL, MEMBER, REMOVED, JOIN };

static const struct field membership_fields[] = {
    [MEMBERSHIP_CHANNEL] = {"channel", FIELD_OBJECT, true, 0},
    [MEMBER] = {"member", FIELD_OBJECT, true, 0},
    [REMOVED] = {"removed", FIELD_BOOLEAN, false, 0},
    [JOIN] = {"join", FIELD_BOOLEAN, false, 0},
    {NULL, 0, false, 0},
};

static enum result read_membership(struct reader *reader)
{
    struct peer_item *item = reader->item;
    enum result result = read_place(reader, membership_fields, MEMBERSHIP_CHANNEL);

    if (result == RESULT_OK)
        result = read_person(reader, membership_fields, MEMBER, &item->person);
    item->is_added = !reader->values[REMOVED].boolean;
    item->is_join = reader->values[JOIN].boolean;
    if (result == RESULT_OK && item->is_join && !item->is_added)
        result = fail(reader, RESULT_BAD_REQUEST, "fields `join` and `removed` contradict each other");
    return result;
}

/* ---- calls and their signals ---- */

enum { CALL_CHANNEL, CALL_EVENT, PARTICIPANT };

static const struct field call_fields[] = {
    [CALL_CHANNEL] = {"channel", FIELD_OBJECT, true, 0},
    [CALL_EVENT] = {"event", FIELD_TEXT, true, WORD_MOST},
    [PARTICIPANT] = {"participant", FIELD_OBJECT, true, 0},
    {NULL, 0, false, 0},
};

static enum result read_call(struct reader *reader)
{
    struct peer_item *item = reader->item;
    const char *event = reader->values[CALL_EVENT].text;
    enum result result = read_place(reader, call_fields, CALL_CHANNEL);

    if (result == RESULT_OK)
        result = read_person(reader, call_fields, PARTICIPANT, &item->person);
    item->is_still = strcmp(event, call_words[CALL_WORD_STILL]) == 0;
    item->is_added = item->is_still || strcmp(event, call_words[CALL_WORD_JOIN]) == 0;
    if (result == RESULT_OK && !item->is_added && strcmp(event, call_words[CALL_WORD_LEAVE]) != 0)
        result = fail(reader, RESULT_BAD_REQUEST, "field `event` must be \"join\" or \"leave\"");
    return result;
}

enum { FROM_USER, TO_USER, SIGNAL_TYPE, PAYLOAD };

static const struct field signal_fields[] = {
    [FROM_USER] = {"from_user", FIELD_OBJECT, true, 0},
    [TO_USER] = {"to_user", FIELD_OBJECT, true, 0},
    [SIGNAL_TYPE] = {"signal_type", FIELD_TEXT, true, SIGNAL_TYPE_MOST},
    [PAYLOAD] = {"payload", FIELD_OPTIONAL_TEXT, false, SIGNAL_PAYLOAD_MOST},
    {NULL, 0, false, 0},
};

static enum result read_signal(struct reader *reader)
{
    const struct value *type = &reader->values[SIGNAL_TYPE], *payload = &reader->values[PAYLOAD];
    struct peer_item *item = reader->item;
    enum result result = read_person(reader, signal_fields, FROM_USER, &item->person);

    if (result == RESULT_OK)
        result = read_person(reader, signal_fields, TO_USER, &item->other);
    item->signal_type = type->text;
    item->signal_type_length = type->length;
    item->text = payload->present ? payload->text : "";
    item->length = payload->length;
    return result;
}

/* ---- changes ---- */

enum { CHANGED_CHANNEL, CHANGED_USER, CHANGED_ID, NEW_NAME };

static const struct field change_fields[] = {
    [CHANGED_CHANNEL] = {"channel", FIELD_OBJECT, false, 0},
    [CHANGED_USER] = {"user", FIELD_OBJECT, false, 0},
    [CHANGED_ID] = {"id", FIELD_UUID, false, 0},
    [NEW_NAME] = {"new_name", FIELD_NAME, false, 0},
    {NULL, 0, false, 0},
};

/* null says that it is deleted: to say nothing is not enough. */
static enum result check_new_name(struct reader *reader)
{
    const struct value *name = &reader->values[NEW_NAME];

    if (!name->present && !name->is_null)
        return fail(reader, RESULT_WRONG_SHAPE, "field `new_name` is missing");
    if (name->present && reader->item->person.username != NULL && !text_is_username(name->text, name->length))
        return fail(reader, RESULT_BAD_REQUEST,
                    "field `new_name` must be 1 to 128 bytes without spaces, '@', '/' or '\\'");
    reader->item->new_name = name->text;
    return RESULT_OK;
}

static enum result read_change(struct reader *reader)
{
    struct peer_item *item = reader->item;
    enum result result = read_place(reader, change_fields, CHANGED_CHANNEL);

    if (result == RESULT_OK)
        result = read_person(reader, change_fields, CHANGED_USER, &item->person);
    if (result == RESULT_OK && (item->channel.name == NULL) == (item->person.username == NULL))
        result = fail(reader, RESULT_WRONG_SHAPE, "either a `channel` or a `user` is needed");
    item->has_id = reader->values[CHANGED_ID].present;
    if (item->has_id)
        item->id = reader->values[CHANGED_ID].uuid;
    return result == RESULT_OK ? check_new_name(reader) : result;
}

/* ---- all of them ---- */

static const struct {
    const char *name;         /* in a batch */
    const struct field *fields;
    enum result (*read)(struct reader *reader);
} kinds[PEER_KINDS] = {
    [PEER_MESSAGE] = {"message", message_fields, read_message},
    [PEER_MEMBERSHIP] = {"membership", membership_fields, read_membership},
    [PEER_CALL] = {"call", call_fields, read_call},
    [PEER_SIGNAL] = {"signal", signal_fields, read_signal},
    [PEER_CHANGE] = {"change", change_fields, read_change},
};

enum result peer_read(h2o_mem_pool_t *pool, enum peer_kind kind, struct json_object *body, size_t message_most,
                      struct peer_item *item_r)
{
    struct reader reader = {.pool = pool, .message_most = message_most, .item = item_r};

    *item_r = (struct peer_item){.kind = kind, .channel = {.is_private = -1}};
    enum result result =
        body_values(pool, body, kinds[kind].fields, message_most, reader.values, &item_r->error);
    if (result == RESULT_OK)
        result = kinds[kind].read(&reader);
    item_r->result = result;
    return result;
}

/* ---- batches ---- */

enum { ITEMS };

static const struct field batch_fields[] = {
    [ITEMS] = {"items", FIELD_LIST, true, PEER_BATCH_MOST},
    {NULL, 0, false, 0},
};

enum { ITEM_KIND, ITEM_BODY, ITEM_FIELDS };

static const struct field item_fields[] = {
    [ITEM_KIND] = {"kind", FIELD_TEXT, true, WORD_MOST},
    [ITEM_BODY] = {"body", FIELD_OBJECT, true, 0},
    {NULL, 0, false, 0},
};

static enum result read_item(h2o_mem_pool_t *pool, struct json_object *object, size_t message_most,
                             struct peer_item *item)
{
    struct value values[ITEM_FIELDS] = {0};

    if (!json_object_is_type(object, json_type_object)) {
        item->error = "an item must be an object";
        return RESULT_WRONG_SHAPE;
    }
    enum result result = body_values(pool, object, item_fields, 0, values, &item->error);
    if (result != RESULT_OK)
        return result;
    for (enum peer_kind kind = 0; kind < PEER_KINDS; ++kind)
        if (strcmp(kinds[kind].name, values[ITEM_KIND].text) == 0)
            return peer_read(pool, kind, values[ITEM_BODY].object, message_most, item);
    item->error = "field `kind` is none that this server knows";
    return RESULT_BAD_REQUEST;
}

enum result peer_read_batch(h2o_mem_pool_t *pool, struct json_object *batch, size_t message_most,
                            struct peer_item **items_r, size_t *count_r, const char **error_r)
{
    struct value list = {0};
    enum result result = body_values(pool, batch, batch_fields, 0, &list, error_r);

    if (result != RESULT_OK)
        return result;
    struct peer_item *items = h2o_mem_alloc_pool(pool, (list.count + 1) * sizeof(*items));
    memset(items, 0, (list.count + 1) * sizeof(*items));
    for (size_t i = 0; i < list.count; ++i)
        items[i].result = read_item(pool, json_object_array_get_idx(list.object, i), message_most, &items[i]);
    *items_r = items;
    *count_r = list.count;
    return RESULT_OK;
}
