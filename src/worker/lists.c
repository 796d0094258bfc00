/*
 * lists.c - the list of users as JSON, made by a job thread and shared by all who ask. Worker, loop only but for make().
 *
 * Presence makes thousands of clients ask at the same moment: one task serves them all, and its text is kept until an event
 * says that it has changed.
 */
#include "worker/lists.h"

#include "bering/json.h"
#include "bering/presence.h"
#include "worker/request.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>

/* A text with references: each answer that is being sent holds one. */
struct text {
    unsigned references;
    size_t length;
    char *bytes;
};

struct lists {
    struct worker *worker;
    uint64_t version;             /* counts changes */
    uint64_t text_version;        /* what the text shows */
    struct text *text;            /* NULL: none yet */
    struct making *making;        /* the task that is under way; NULL: none */
};

/* Somebody who waits for the task. */
struct waiter {
    h2o_linklist_t link;
    struct request *request;
};

struct making {
    struct task task;
    uint64_t version;
    h2o_linklist_t waiters;
    struct json json;
    int64_t *online;
    size_t online_count;
};

static void release(void *pointer)
{
    struct text *text = pointer;

    if (--text->references > 0)
        return;
    free(text->bytes);
    free(text);
}

static void release_held(void *pointer)
{
    release(*(struct text **)pointer);
}

static void send_text(struct request *request, struct text *text)
{
    static h2o_generator_t generator = {NULL, NULL};
    h2o_req_t *http = request->http;
    struct text **held = h2o_mem_alloc_shared(&http->pool, sizeof(*held), release_held);

    ++text->references;
    *held = text;
    http->res.status = 200;
    http->res.reason = "OK";
    http->res.content_length = text->length;
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    answer_headers(http);
    h2o_iovec_t body = h2o_iovec_init(text->bytes, text->length);
    h2o_start_response(http, &generator);
    h2o_send(http, &body, h2o_memis(http->method.base, http->method.len, H2O_STRLIT("HEAD")) ? 0 : 1, H2O_SEND_STATE_FINAL);
}

static void write_user(void *argument, const struct user *user)
{
    struct making *making = argument;
    struct json *json = &making->json;
    bool online = presence_is_among(making->online, making->online_count, user->key);

    json_object_begin(json);
    json_key_uuid(json, "id", &user->id);
    json_key_text(json, "username", user->username);
    json_key_text(json, "token", "");
    json_key_uuid(json, "server_id", user->server_key != 0 ? &user->server_id : NULL);
    json_key_boolean(json, "is_local", user->is_local);
    json_key_text(json, "server_name", user->server_name);
    json_key_boolean(json, "is_online", online);
    json_key_text(json, "display_name", user->display_name);
    json_object_end(json);
}

static enum result make(struct task *task, struct store *store)
{
    struct making *making = (struct making *)task;

    making->online = presence_online(task->worker->bus, &making->online_count);
    json_array_begin(&making->json);
    enum result result = store_users(store, write_user, making);
    json_array_end(&making->json);
    return result;
}

/* A waiter whose request goes away leaves the list. */
static void dispose_waiter(void *pointer)
{
    struct waiter *waiter = pointer;

    if (h2o_linklist_is_linked(&waiter->link))
        h2o_linklist_unlink(&waiter->link);
}

static void wait_for(struct making *making, struct request *request)
{
    struct waiter *waiter = h2o_mem_alloc_shared(&request->http->pool, sizeof(*waiter), dispose_waiter);

    *waiter = (struct waiter){.request = request};
    h2o_linklist_insert(&making->waiters, &waiter->link);
}

static void keep(struct lists *lists, struct making *making)
{
    if (lists->text != NULL)
        release(lists->text);
    lists->text = calloc(1, sizeof(*lists->text));
    assert(lists->text != NULL);
    lists->text->references = 1;
    lists->text->bytes = json_take(&making->json, &lists->text->length);
    lists->text_version = making->version;
}

static void done(struct task *task)
{
    struct making *making = (struct making *)task;
    struct lists *lists = task->worker->lists;

    struct text *text = NULL;

    if (lists->making == making)
        lists->making = NULL;
    if (task->result == RESULT_OK) {
        keep(lists, making);
        text = lists->text;
    }
    while (!h2o_linklist_is_empty(&making->waiters)) {
        struct waiter *waiter = H2O_STRUCT_FROM_MEMBER(struct waiter, link, making->waiters.next);
        h2o_linklist_unlink(&waiter->link);
        if (task->result == RESULT_OK)
            send_text(waiter->request, text);
        else
            answer_error(waiter->request->http, task->result, NULL, 1);
    }
}

static void dispose(struct task *task)
{
    struct making *making = (struct making *)task;

    json_deinit(&making->json);
    free(making->online);
}

struct lists *lists_new(struct worker *worker)
{
    struct lists *lists = calloc(1, sizeof(*lists));

    assert(lists != NULL);
    lists->worker = worker;
    lists->version = 1;
    return lists;
}

void lists_free(struct lists **lists)
{
    assert((*lists)->making == NULL);
    if ((*lists)->text != NULL)
        release((*lists)->text);
    free(*lists);
    *lists = NULL;
}

void lists_changed(struct lists *lists)
{
    ++lists->version;
}

enum result lists_answer_users(struct request *request)
{
    struct lists *lists = request->worker->lists;

    if (lists->text != NULL && lists->text_version == lists->version) {
        send_text(request, lists->text);
        return RESULT_OK;
    }
    /* one that was begun before the last change would show too little */
    if (lists->making == NULL || lists->making->version != lists->version) {
        struct making *making = task_new(sizeof(*making), make, NULL, done, dispose);
        making->version = lists->version;
        h2o_linklist_init_anchor(&making->waiters);
        lists->making = making;
        task_submit(request->worker->tasks, &making->task);
    }
    wait_for(lists->making, request);
    return RESULT_PENDING;
}
