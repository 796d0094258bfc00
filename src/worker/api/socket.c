/*
 * socket.c - what clients say over a WebSocket: one table of kinds. Worker, loop only.
 *
 * Each message is answered with {"type":"ok","message_id"} or {"type":"error","error"}, and with its "ref", if it had
 * one. A socket's messages are written in their order; one that sends faster than they are written is
 * not read from for a while.
 */
#include "bering/json.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/api/post.h"
#include "worker/body.h"
#include "worker/stream/hub_internal.h"
#include "worker/stream/link.h"
#include "worker/stream/websocket.h"
#include "worker/worker.h"
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE_MOST = 128 };

enum { BODY, MESSAGE_ID, TARGET };

static const struct field channel_message[] = {
    [BODY] = {"body", FIELD_MESSAGE, true, 0},
    [MESSAGE_ID] = {"message_id", FIELD_UUID, false, 0},
    [TARGET] = {"channel_id", FIELD_TEXT, true, TEXT_NAME_MAX},
    {NULL, 0, false, 0},
};

static const struct field direct_message[] = {
    [BODY] = {"body", FIELD_MESSAGE, true, 0},
    [MESSAGE_ID] = {"message_id", FIELD_UUID, false, 0},
    [TARGET] = {"target_user", FIELD_TEXT, true, 2 * TEXT_NAME_MAX + 1},
    {NULL, 0, false, 0},
};

static void answer(struct stream *stream, const char *reference, const struct uuid *message_id, const char *error)
{
    struct json json = {0};

    json_object_begin(&json);
    json_key_text(&json, "type", error == NULL ? "ok" : "error");
    if (error == NULL)
        json_key_uuid(&json, "message_id", message_id);
    else
        json_key_text(&json, "error", error);
    if (reference != NULL) {
        json_key(&json, "ref");
        json_raw(&json, reference, strlen(reference));
    }
    json_object_end(&json);
    stream_give(stream, frame_of_websocket(FRAME_TEXT, json.text, json.length));
    json_deinit(&json);
}

/* The post is written, or refused: the socket may have gone meanwhile. */
static void done(struct task *task)
{
    struct post *post = (struct post *)task;
    const char *error = task->error != NULL ? task->error : result_text(task->result);
    struct stream *stream = stream_link_stream(post->link);

    if (stream != NULL)
        answer(stream, post->reference, &post->id, task->result == RESULT_OK ? NULL : error);
    stream_link_release(&post->link);
}

static struct post *new_post(struct stream *stream, const struct value *values, const char *reference)
{
    const struct value *body = &values[BODY], *id = &values[MESSAGE_ID];
    struct principal who = {.user_key = stream_user(stream), .user_id = *stream_user_id(stream)};
    struct post *post = post_new(&who, body->text, body->length, id->present ? &id->uuid : NULL, done);

    post->reference = text_copy(reference);
    post->link = stream_link_hold(stream);
    return post;
}

static const char *send_channel_message(struct stream *stream, const struct value *values, const char *reference)
{
    struct worker *worker = stream->hub->worker;
    struct channel_view channel;
    enum result result = caches_find_channel(worker->caches, worker->store, values[TARGET].text, values[TARGET].length,
                                             NULL, &channel);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? "no such channel" : result_text(result);
    struct post *post = new_post(stream, values, reference);
    post_to_channel(post, &channel);
    task_submit(worker->tasks, &post->task);
    return NULL;
}

static const char *send_direct(struct stream *stream, const struct value *values, const char *reference)
{
    struct post *post = new_post(stream, values, reference);

    post_to_user(post, values[TARGET].text);
    task_submit(stream->hub->worker->tasks, &post->task);
    return NULL;
}

static const struct {
    const char *kind;
    const struct field *fields;
    /* Starts it. Returns NULL, or what is wrong (static). */
    const char *(*start)(struct stream *stream, const struct value *values, const char *reference);
} kinds[] = {
    {"send_channel_message", channel_message, send_channel_message},
    {"send_dm", direct_message, send_direct},
};

/* Returns NULL if the answer comes later, or else what is wrong: static, or in the pool. */
static const char *take(struct stream *stream, h2o_mem_pool_t *pool, struct json_object *object, const char *reference)
{
    struct value values[ROUTE_FIELDS_MOST] = {0};
    struct json_object *kind = NULL;
    const char *error = NULL;

    if (!json_object_object_get_ex(object, "kind", &kind) || !json_object_is_type(kind, json_type_string))
        return "field `kind` must be text";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
        if (strcmp(json_object_get_string(kind), kinds[i].kind) != 0)
            continue;
        if (body_values(pool, object, kinds[i].fields, stream->hub->worker->config->max_message_bytes, values,
                        &error) != RESULT_OK)
            return error;
        return kinds[i].start(stream, values, reference);
    }
    return "unknown `kind`";
}

/*
 * The client's own name for a message, as JSON: any scalar, so that the rest of the message may be wrong. NULL: none.
 */
static const char *reference_of(struct json_object *object)
{
    struct json_object *reference = NULL;

    if (!json_object_object_get_ex(object, "ref", &reference) || json_object_is_type(reference, json_type_object) ||
        json_object_is_type(reference, json_type_array))
        return NULL;
    const char *text = json_object_to_json_string_ext(reference, JSON_C_TO_STRING_PLAIN);
    return strlen(text) <= REFERENCE_MOST ? text : NULL;
}

void websocket_on_message(struct stream *stream, const char *text, size_t length)
{
    struct json_object *object = NULL;
    const char *reference = NULL, *error = NULL;
    h2o_mem_pool_t pool;

    h2o_mem_init_pool(&pool);
    if (body_parse(text, length, &object, &error) == RESULT_OK) {
        reference = reference_of(object);
        error = take(stream, &pool, object, reference);
    }
    if (error != NULL)
        answer(stream, reference, NULL, error);
    json_object_put(object);
    h2o_mem_clear_pool(&pool);
}
