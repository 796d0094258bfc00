/*
 * health.c - is the server there, is it of use, and who is it. Worker.
 */
#include "bering/clock.h"
#include "bering/counters.h"
#include "worker/api/api.h"
#include "worker/worker.h"

/* Text, not JSON: what the original answers, and what checks compare. */
enum result health(struct request *request)
{
    h2o_req_t *http = request->http;

    http->res.status = 200;
    http->res.reason = "OK";
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                   H2O_STRLIT("text/plain; charset=utf-8"));
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("no-store"));
    http->res.content_length = 2;
    h2o_send_inline(http, H2O_STRLIT("ok"));
    return RESULT_OK;
}

/* ---- is it of use ---- */

enum {
    READY_FOR_MS = 1000,           /* what was seen counts for so long, */
    WRITTEN_FOR_MS = 10 * 1000,    /* and a commit, whoever asked for it */
    DISK_LEAST = 16 * 1024 * 1024, /* bytes that must be left */
};

static enum result try_reading(struct task *task, struct store *store)
{
    struct store_disk disk;
    uint64_t commit;
    bool only_messages;
    enum result result = store_last_commit(store, &commit, &only_messages);

    if (result != RESULT_OK) {
        task->error = "the database cannot be read";
        return RESULT_UNAVAILABLE;
    }
    store_disk(store, &disk);
    if (disk.is_read_only)
        task->error = "the disk is read-only";
    else if (disk.disk_free_bytes < DISK_LEAST)
        task->error = "the disk is full";
    return task->error == NULL ? RESULT_OK : RESULT_UNAVAILABLE;
}

/* What counts is the commit that follows. */
static enum result try_writing(struct task *task, struct store *store, struct event_batch *events)
{
    (void)task, (void)store, (void)events;
    return RESULT_OK;
}

static void tried(struct task *task)
{
    struct worker *worker = task->worker;

    if (task->result != RESULT_OK && task->error == NULL)
        task->error = worker->write_trouble != NULL ? worker->write_trouble : "the database cannot be written";
    struct request *request = task_succeeded(task);
    if (task->result == RESULT_OK)
        worker->ready_at = clock_monotonic_ms();
    if (request != NULL)
        health(request);
}

/* Whether the last commits leave open if another one would succeed: who asks often causes few. */
static bool must_write(const struct worker *worker, uint64_t now)
{
    return worker->committed_at == 0 || now - worker->committed_at >= WRITTEN_FOR_MS ||
           counter_total(worker->bus, COUNTER_WRITES_FAILING) > 0;
}

enum result ready(struct request *request)
{
    struct worker *worker = request->worker;
    uint64_t now = clock_monotonic_ms();

    if (worker->draining)
        return request_fail(request, RESULT_UNAVAILABLE, "the server is stopping");
    if (worker->ready_at != 0 && now - worker->ready_at < READY_FOR_MS && worker->write_trouble == NULL)
        return health(request);
    return request_submit(request, task_new(sizeof(struct task), try_reading,
                                            must_write(worker, now) ? try_writing : NULL, tried, NULL));
}

enum result admin_server_info(struct action *action, struct store *store)
{
    const struct config *config = action->task.worker->config;

    (void)store;
    json_object_begin(&action->answer);
    json_key_text(&action->answer, "server_name", config->server_name);
    json_key_text(&action->answer, "server_token", config->server_token);
    json_object_end(&action->answer);
    return RESULT_OK;
}
