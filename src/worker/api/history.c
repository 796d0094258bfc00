/*
 * history.c - reading messages. Worker: pages on the loop, whole histories and inboxes through job threads.
 *
 * A whole history is sent page by page, each read by a task of its own when the last one has left: memory stays
 * constant and no read transaction outlives a page.
 */
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { INBOX_MOST = 50, PAGE = 100 };

/* ---- whose messages ---- */

static enum result find_channel(struct request *request, struct conversation *conversation)
{
    struct worker *worker = request->worker;
    struct channel_view channel;
    char id[UUID_TEXT_LENGTH + 1];
    bool is_member = true;
    enum result result = caches_find_channel(worker->caches, worker->store, uuid_format(&request->ids[0], id),
                                             UUID_TEXT_LENGTH, NULL, &channel);

    if (result == RESULT_OK && channel.is_private &&
        !caches_has_member(worker->caches, channel.key, request->who.user_key))
        result = store_member_check(worker->store, channel.key, request->who.user_key, &is_member);
    if (result == RESULT_NOT_FOUND || (result == RESULT_OK && !is_member))
        return request_fail(request, RESULT_NOT_FOUND, "no such channel");
    *conversation = (struct conversation){.channel_key = channel.key};
    return result;
}

static enum result find_direct(struct request *request, struct conversation *conversation)
{
    struct user *user;
    enum result result = store_user_by_id(request->worker->store, &request->ids[0], &user);

    if (result == RESULT_NOT_FOUND)
        return request_fail(request, result, "no such user");
    if (result != RESULT_OK)
        return result;
    *conversation = (struct conversation){.user_keys = {request->who.user_key, user->key}};
    free(user);
    return RESULT_OK;
}

/* ---- one page ---- */

static enum result read_limit(struct request *request, const char *text, unsigned *limit_r)
{
    char *end;
    long limit = strtol(text, &end, 10);

    if (end == text || *end != '\0' || limit < 1 || limit > STORE_PAGE_MAX)
        return request_fail(request, RESULT_BAD_REQUEST, "`limit` must be 1 to %d", STORE_PAGE_MAX);
    *limit_r = (unsigned)limit;
    return RESULT_OK;
}

static enum result read_id(struct request *request, const char *name, const char *text, struct uuid *id,
                           const struct uuid **id_r)
{
    if (text == NULL)
        return RESULT_OK;
    if (!uuid_parse(text, strlen(text), id))
        return request_fail(request, RESULT_BAD_REQUEST, "`%s` must be a message id", name);
    *id_r = id;
    return RESULT_OK;
}

/* "start": from the first message on, which nobody needs to know for that. */
static enum result read_after(struct request *request, const char *text, struct uuid *id, struct page *page)
{
    page->from_oldest = text != NULL && strcmp(text, "start") == 0;
    return page->from_oldest ? RESULT_OK : read_id(request, "after", text, id, &page->after);
}

/* Where a page is: the query's texts, NULL where they are not given. */
struct place {
    const char *limit, *before, *after, *around;
};

static struct place place_of(struct request *request)
{
    return (struct place){
        .limit = request_query(request, "limit"),
        .before = request_query(request, "before"),
        .after = request_query(request, "after"),
        .around = request_query(request, "around"),
    };
}

static bool is_nowhere(const struct place *place)
{
    return place->limit == NULL && place->before == NULL && place->after == NULL && place->around == NULL;
}

static enum result read_place(struct request *request, const struct place *place, struct uuid ids[3], struct page *page)
{
    enum result result = place->limit != NULL ? read_limit(request, place->limit, &page->limit) : RESULT_OK;

    if (result == RESULT_OK)
        result = read_id(request, "before", place->before, &ids[0], &page->before);
    if (result == RESULT_OK)
        result = read_after(request, place->after, &ids[1], page);
    if (result == RESULT_OK)
        result = read_id(request, "around", place->around, &ids[2], &page->around);
    if (result == RESULT_OK && (place->before != NULL) + (place->after != NULL) + (place->around != NULL) > 1)
        return request_fail(request, RESULT_BAD_REQUEST, "only one of `before`, `after` and `around`");
    return result;
}

static enum result answer_page(struct request *request, const struct conversation *conversation,
                               const struct place *place)
{
    struct page page = {.limit = PAGE};
    struct uuid ids[3];
    struct json json = {0};
    enum result result = read_place(request, place, ids, &page);

    if (result != RESULT_OK)
        return result;
    json_array_begin(&json);
    result = store_messages(request->worker->store, conversation, &page, write_message_record_row, &json);
    json_array_end(&json);
    if (result == RESULT_OK)
        return answer_json(request, &json);
    json_deinit(&json);
    return result == RESULT_NOT_FOUND ? request_fail(request, result, "no such message in this conversation") : result;
}

/* ---- everything ---- */

struct history {
    h2o_generator_t generator;
    struct request *request;
    struct conversation conversation;
    int64_t last_key;             /* of what has been sent */
    char *text;                   /* the page that is being sent */
    bool started;
};

struct page_task {
    struct task task;
    struct history *history;      /* the loop's; its memory is the request's */
    struct conversation conversation;
    struct page page;
    struct json json;
    unsigned count;
    int64_t last_key;
};

static void write_row(void *argument, const struct message *message)
{
    struct page_task *task = argument;

    write_message_record(&task->json, message);
    task->last_key = message->key;
    ++task->count;
}

static enum result read_page(struct task *task, struct store *store)
{
    struct page_task *page = (struct page_task *)task;

    if (page->page.from_oldest)
        json_array_begin(&page->json);
    else
        page->json.comma = true; /* the array goes on from the page before */
    enum result result = store_messages(store, &page->conversation, &page->page, write_row, page);
    if (page->count < page->page.limit)
        json_array_end(&page->json);
    return result;
}

static void dispose_page(struct task *task)
{
    json_deinit(&((struct page_task *)task)->json);
}

static void send_page(struct task *task);

static enum result next_page(struct history *history)
{
    struct page_task *task = task_new(sizeof(*task), read_page, NULL, send_page, dispose_page);

    task->history = history;
    task->conversation = history->conversation;
    task->page = (struct page){.after_key = history->last_key, .from_oldest = !history->started, .limit = PAGE};
    return request_submit(history->request, &task->task);
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *http)
{
    (void)http;
    next_page((struct history *)generator);
}

static void on_stop(h2o_generator_t *generator, h2o_req_t *http)
{
    (void)generator, (void)http; /* the request's pool goes, and with it what waits */
}

static void dispose_history(void *pointer)
{
    free(((struct history *)pointer)->text);
}

static void start(struct history *history)
{
    h2o_req_t *http = history->request->http;

    history->started = true;
    http->res.status = 200;
    http->res.reason = "OK";
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    if (http->version < 0x101)
        http->http1_is_persistent = 0; /* no chunks: the end of the connection is the end of the body */
    answer_headers(http);
    h2o_start_response(http, &history->generator);
}

static void send_page(struct task *task)
{
    struct page_task *page = (struct page_task *)task;
    struct request *request = task->request;

    if (request == NULL)
        return;
    struct history *history = page->history;
    request->task = NULL;
    if (task->result != RESULT_OK) {
        if (!history->started)
            answer_error(request->http, task->result, task->error, task->retry_after);
        else
            h2o_send(request->http, NULL, 0, H2O_SEND_STATE_ERROR);
        return;
    }
    bool is_last = page->count < page->page.limit;
    free(history->text);
    h2o_iovec_t body;
    body.base = history->text = json_take(&page->json, &body.len);
    history->last_key = page->last_key;
    if (!history->started)
        start(history);
    if (h2o_memis(request->http->method.base, request->http->method.len, H2O_STRLIT("HEAD")))
        h2o_send(request->http, NULL, 0, H2O_SEND_STATE_FINAL);
    else
        h2o_send(request->http, &body, 1, is_last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static enum result answer_everything(struct request *request, const struct conversation *conversation)
{
    struct history *history = h2o_mem_alloc_shared(&request->http->pool, sizeof(*history), dispose_history);

    *history = (struct history){
        .generator = {on_proceed, on_stop}, .request = request, .conversation = *conversation};
    return next_page(history);
}

/* ---- the endpoints ---- */

static enum result answer(struct request *request, const struct conversation *conversation)
{
    struct place place = place_of(request);

    return is_nowhere(&place) ? answer_everything(request, conversation) : answer_page(request, conversation, &place);
}

enum result channel_history(struct request *request)
{
    struct conversation conversation;
    enum result result = find_channel(request, &conversation);

    return result == RESULT_OK ? answer(request, &conversation) : result;
}

enum result direct_history(struct request *request)
{
    struct conversation conversation;
    enum result result = find_direct(request, &conversation);

    return result == RESULT_OK ? answer(request, &conversation) : result;
}

enum result inbox(struct action *action, struct store *store)
{
    json_array_begin(&action->answer);
    enum result result = store_inbox(store, action->who.user_key, INBOX_MOST, write_inbox_message_row, &action->answer);
    json_array_end(&action->answer);
    return result;
}
