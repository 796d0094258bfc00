/*
 * action.c - copies a request into a task, and sends what comes back. Loop, but for what the route's steps do.
 */
#include "worker/action.h"

#include "bering/text.h"
#include "worker/audit.h"
#include "worker/client.h"
#include "worker/stream/frame.h"
#include "worker/worker.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void copy_values(struct value *values, const struct value *sources, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        const struct value *source = &sources[i];
        values[i] = *source;
        if (source->text != NULL)
            values[i].text = text_copy_n(source->text, source->length);
        if (source->uuids != NULL)
            values[i].uuids =
                (struct uuid *)(void *)text_copy_n((const char *)source->uuids, source->count * sizeof(*source->uuids));
    }
}

static void copy_principal(struct principal *who, const struct principal *source)
{
    *who = *source;
    who->username = text_copy(source->username);
    who->display_name = text_copy(source->display_name);
}

static enum result work(struct task *task, struct store *store)
{
    struct action *action = (struct action *)task;

    return action->route->work(action, store);
}

static enum result write_step(struct task *task, struct store *store, struct event_batch *events)
{
    struct action *action = (struct action *)task;
    bool is_audited = action->route->audit != NULL;
    enum result result = is_audited ? audit_begin(action, store) : RESULT_OK;

    if (result == RESULT_OK)
        result = action->route->write(action, store, events);
    return result == RESULT_OK && is_audited ? audit_end(action, store) : result;
}

static void add_total(h2o_req_t *http, int64_t total)
{
    char *text = h2o_mem_alloc_pool(&http->pool, 24);
    int length = snprintf(text, 24, "%lld", (long long)total);

    h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("x-total-count"), 0, NULL, text, (size_t)length);
}

static void add_position(struct request *request, uint64_t position)
{
    char *text = h2o_mem_alloc_pool(&request->http->pool, FRAME_ID_SIZE);
    size_t length = frame_id_format(bus_epoch(request->worker->bus), position, text);

    h2o_add_header_by_str(&request->http->pool, &request->http->res.headers, H2O_STRLIT("x-event-id"), 0, NULL, text,
                          length);
}

/* Copied, as the action goes before the answer has left. */
static void add_cookie(h2o_req_t *http, const char *cookie)
{
    h2o_iovec_t value = h2o_strdup(&http->pool, cookie, SIZE_MAX);

    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_SET_COOKIE, NULL, value.base, value.len);
}

static void done(struct task *task)
{
    struct action *action = (struct action *)task;
    struct request *request = task_succeeded(task);

    if (request == NULL)
        return;
    if (action->has_total)
        add_total(request->http, action->total);
    if (action->has_position)
        add_position(request, action->position);
    if (action->cookie[0] != '\0')
        add_cookie(request->http, action->cookie);
    if (action->text != NULL)
        answer_text(request, action->content_type, action->text, action->text_length);
    else if (action->answer.length > 0)
        answer_json(request, &action->answer);
    else
        answer_null(request);
}

static void free_values(struct value *values, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        free((char *)(uintptr_t)values[i].text);
        free(values[i].uuids);
    }
}

static void dispose(struct task *task)
{
    struct action *action = (struct action *)task;

    free_values(action->values, ROUTE_FIELDS_MOST);
    free_values(action->parameters, ROUTE_PARAMETERS_MOST);
    free((char *)(uintptr_t)action->who.username);
    free((char *)(uintptr_t)action->who.display_name);
    json_deinit(&action->answer);
    free(action->text);
    free(action->audit_object);
    explicit_bzero(action->secret, sizeof(action->secret));
    explicit_bzero(action->cookie, sizeof(action->cookie));
}

/* Monitoring that knows OpenMetrics says so, besides others. */
static bool wants_plain_text(h2o_req_t *http)
{
    ssize_t index = h2o_find_header(&http->headers, H2O_TOKEN_ACCEPT, -1);

    if (index == -1)
        return false;
    h2o_iovec_t accept = http->headers.entries[index].value;
    return h2o_strstr(accept.base, accept.len, H2O_STRLIT("text/plain")) != SIZE_MAX &&
           h2o_strstr(accept.base, accept.len, H2O_STRLIT("openmetrics-text")) == SIZE_MAX;
}

static void copy_headers(struct action *action, struct worker *worker, h2o_req_t *http)
{
    ssize_t index = h2o_find_header(&http->headers, H2O_TOKEN_USER_AGENT, -1);

    action->wants_plain_text = wants_plain_text(http);
    client_address_text(worker, http, action->address);
    action->is_secure = client_is_secure(worker, http);
    if (index == -1)
        return;
    h2o_iovec_t agent = http->headers.entries[index].value;
    memcpy(action->user_agent, agent.base, text_cut(agent.base, agent.len, SESSION_AGENT_MAX));
}

static struct action *new_action(struct request *request, task_work *first, task_write *second, task_done *last)
{
    struct action *action = task_new(sizeof(*action), first, second, last, dispose);

    action->route = request->route;
    copy_principal(&action->who, &request->who);
    action->peer = request->peer;
    copy_headers(action, request->worker, request->http);
    memcpy(action->ids, request->ids, sizeof(action->ids));
    copy_values(action->values, request->values, ROUTE_FIELDS_MOST);
    copy_values(action->parameters, request->parameters, ROUTE_PARAMETERS_MOST);
    return action;
}

enum result action_submit(struct request *request)
{
    const struct route *route = request->route;
    struct action *action =
        new_action(request, route->work != NULL ? work : NULL, route->write != NULL ? write_step : NULL, done);

    return request_submit(request, &action->task);
}

static enum result audit_only(struct task *task, struct store *store, struct event_batch *events)
{
    struct action *action = (struct action *)task;
    enum result result = audit_begin(action, store);

    (void)events;
    return result == RESULT_OK ? audit_end(action, store) : result;
}

static void audit_done(struct task *task)
{
    (void)task; /* a failure is logged by the store */
}

void action_audit(struct request *request)
{
    task_submit(request->worker->tasks, &new_action(request, NULL, audit_only, audit_done)->task);
}

enum result action_fail(struct action *action, enum result result, const char *text)
{
    action->task.error = text;
    return result;
}
