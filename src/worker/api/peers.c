/*
 * peers.c - the endpoints that other servers call. Worker: handlers on the loop, long bodies read by a job thread,
 * everything that changes something on the writer thread.
 *
 * A batch is one transaction, each of its items done by the same function as a request of its own; what is wrong with
 * one is that one's answer. Only if nothing could be stored, the request as a whole fails.
 */
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/api/peer_apply.h"
#include "worker/body.h"
#include "worker/peer_lists.h"
#include "worker/worker.h"
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { READ_ON_LOOP_MOST = 16 * 1024 }; /* bytes of a body that the loop reads by itself */

static peer_apply *const functions[PEER_KINDS] = {
    [PEER_MESSAGE] = peer_apply_message,
    [PEER_MEMBERSHIP] = peer_apply_membership,
    [PEER_CALL] = peer_apply_call,
    [PEER_SIGNAL] = peer_apply_signal,
    [PEER_CHANGE] = peer_apply_change,
};

/* What a server has sent, on its way through the threads. */
struct delivery {
    struct task task;
    struct peer_identity peer;
    enum peer_kind kind;      /* PEER_KINDS: a batch */
    h2o_mem_pool_t pool;
    char *text;
    size_t length;
    struct json_object *body;
    struct peer_item *items;
    size_t count;
};

/* ---- reading ---- */

static enum result read_body(struct task *task, struct store *store)
{
    struct delivery *delivery = (struct delivery *)task;
    size_t message_most = task->worker->config->max_message_bytes;

    (void)store;
    enum result result = body_parse(delivery->text, delivery->length, &delivery->body, &task->error);
    if (result != RESULT_OK)
        return result;
    if (delivery->kind == PEER_KINDS)
        return peer_read_batch(&delivery->pool, delivery->body, message_most, &delivery->items, &delivery->count,
                               &task->error);
    delivery->items = h2o_mem_alloc_pool(&delivery->pool, sizeof(*delivery->items));
    delivery->count = 1;
    result = peer_read(&delivery->pool, delivery->kind, delivery->body, message_most, delivery->items);
    task->error = delivery->items->error;
    return result;
}

/* ---- doing ---- */

static bool is_doomed(enum result result)
{
    return result == RESULT_UNAVAILABLE || result == RESULT_INTERNAL;
}

/* Returns what dooms the transaction, otherwise RESULT_OK. */
static enum result apply_all(struct delivery *delivery, struct peer_context *context)
{
    for (size_t i = 0; i < delivery->count; ++i) {
        struct peer_item *item = &delivery->items[i];
        if (item->result != RESULT_OK)
            continue;
        context->error = NULL;
        item->result = functions[item->kind](context, item);
        item->error = context->error;
        if (is_doomed(item->result))
            return item->result;
    }
    return RESULT_OK;
}

static enum result apply(struct task *task, struct store *store, struct event_batch *events)
{
    struct delivery *delivery = (struct delivery *)task;
    struct peer_context context;
    enum result result = peer_context_begin(&context, task->worker, store, events, &delivery->peer);

    task->error = context.error;
    if (result == RESULT_OK)
        result = apply_all(delivery, &context);
    enum result end = peer_context_end(&context);
    task->beyond_messages = context.beyond_messages;
    if (result == RESULT_OK)
        result = end;
    if (result != RESULT_OK || delivery->kind == PEER_KINDS)
        return result;
    task->error = delivery->items->error;
    return delivery->items->result;
}

/* ---- answering ---- */

/*
 * Whoever may send a batch is no stranger. 401 and 403 would say that the link as a whole is set up wrong, and nothing
 * would come any more; but only the item is.
 */
static enum result item_result(const struct peer_item *item)
{
    return item->result == RESULT_UNAUTHORIZED || item->result == RESULT_FORBIDDEN ? RESULT_BAD_REQUEST : item->result;
}

static void write_result(struct json *json, const struct peer_item *item)
{
    json_object_begin(json);
    json_key_integer(json, "status", result_status(item_result(item)));
    if (item->result != RESULT_OK)
        json_key_text(json, "error", item->error != NULL ? item->error : result_text(item->result));
    json_object_end(json);
}

static void done(struct task *task)
{
    struct delivery *delivery = (struct delivery *)task;
    struct request *request = task_succeeded(task);
    struct json json = {0};

    if (request == NULL)
        return;
    if (delivery->kind != PEER_KINDS) {
        answer_ok(request);
        return;
    }
    json_object_begin(&json);
    json_key(&json, "results");
    json_array_begin(&json);
    for (size_t i = 0; i < delivery->count; ++i)
        write_result(&json, &delivery->items[i]);
    json_array_end(&json);
    json_object_end(&json);
    answer_json(request, &json);
}

static void dispose(struct task *task)
{
    struct delivery *delivery = (struct delivery *)task;

    json_object_put(delivery->body);
    h2o_mem_clear_pool(&delivery->pool);
    free(delivery->text);
}

/* Goes on with a body that the loop has read. */
static enum result submit_or_fail(struct request *request, struct delivery *delivery, enum result result)
{
    if (result == RESULT_OK)
        return request_submit(request, &delivery->task);
    const char *error = delivery->task.error;
    request_fail(request, result, "%s", error != NULL ? error : result_text(result));
    dispose(&delivery->task);
    free(delivery);
    return result;
}

static enum result receive(struct request *request, enum peer_kind kind)
{
    h2o_iovec_t body = request->http->entity;

    if (!body_is_json(request->http))
        return request_fail(request, RESULT_WRONG_TYPE, "content-type must be application/json");
    struct delivery *delivery = task_new(sizeof(*delivery), read_body, apply, done, dispose);
    delivery->peer = request->peer;
    delivery->kind = kind;
    h2o_mem_init_pool(&delivery->pool);
    delivery->text = text_copy_n(body.len > 0 ? body.base : "", body.len);
    delivery->length = body.len;
    if (body.len > READ_ON_LOOP_MOST)
        return request_submit(request, &delivery->task);
    delivery->task.worker = request->worker;
    delivery->task.work = NULL;
    return submit_or_fail(request, delivery, read_body(&delivery->task, NULL));
}

enum result peer_messages(struct request *request)
{
    return receive(request, PEER_MESSAGE);
}

enum result peer_memberships(struct request *request)
{
    return receive(request, PEER_MEMBERSHIP);
}

enum result peer_calls(struct request *request)
{
    return receive(request, PEER_CALL);
}

enum result peer_signals(struct request *request)
{
    return receive(request, PEER_SIGNAL);
}

enum result peer_changes(struct request *request)
{
    return receive(request, PEER_CHANGE);
}

enum result peer_batch(struct request *request)
{
    return receive(request, PEER_KINDS);
}

/* ---- what they ask ---- */

enum result peer_info(struct request *request)
{
    struct json json = {0};

    json_object_begin(&json);
    json_key_text(&json, "software", "beringshare");
    json_key_text(&json, "version", PACKAGE_VERSION);
    json_key_text(&json, "server_name", request->worker->config->server_name);
    json_key_boolean(&json, "batch", true);
    json_key_boolean(&json, "ids", true);
    json_key_boolean(&json, "reach", true);
    json_object_end(&json);
    return answer_json(request, &json);
}

enum result peer_presence(struct request *request)
{
    return peer_lists_answer(request, PEER_PRESENCE);
}

enum result peer_users_list(struct request *request)
{
    return peer_lists_answer(request, PEER_USERS);
}

enum result peer_channels_list(struct request *request)
{
    return peer_lists_answer(request, PEER_CHANNELS);
}
