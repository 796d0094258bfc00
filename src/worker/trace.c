/*
 * trace.c - from the begin of a request to its line in the access log. Worker, loop only.
 *
 * h2o tells the end of every request, answered or not, whoever answers it: there it is counted, once.
 */
#include "worker/trace.h"

#include "bering/clock.h"
#include "bering/histogram.h"
#include "bering/secret.h"
#include "worker/access_log.h"
#include "worker/client.h"
#include "worker/http2.h"
#include "worker/routes.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char env_name[] = "bering-trace"; /* known by its address */

size_t trace_file(void)
{
    return route_count;
}

size_t trace_other(void)
{
    return route_count + 1;
}

size_t trace_routes(void)
{
    return route_count + 2;
}

/* ---- ids ---- */

static bool is_id(h2o_iovec_t text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (text.len == 0 || text.len > TRACE_ID_MOST)
        return false;
    for (size_t i = 0; i < text.len; ++i)
        if (text.base[i] == '\0' || strchr(allowed, text.base[i]) == NULL)
            return false;
    return true;
}

/* Unlike any other for as long as logs are kept: random for this process, then counted. */
static void make_id(char id[TRACE_ID_MOST + 1])
{
    static const char digits[] = "0123456789abcdef";
    static uint64_t next;

    if (next == 0)
        secret_random(&next, sizeof(next));
    ++next;
    for (unsigned i = 0; i < 16; ++i)
        id[i] = digits[next >> (60 - 4 * i) & 15];
    id[16] = '\0';
}

static void choose_id(const struct worker *worker, h2o_req_t *http, char id[TRACE_ID_MOST + 1])
{
    ssize_t index = h2o_find_header_by_str(&http->headers, H2O_STRLIT("x-request-id"), -1);

    if (index != -1 && is_id(http->headers.entries[index].value) && client_is_proxied(worker, http)) {
        h2o_iovec_t given = http->headers.entries[index].value;
        memcpy(id, given.base, given.len);
        id[given.len] = '\0';
    } else {
        make_id(id);
    }
}

/* ---- life ---- */

struct trace *trace_begin(struct worker *worker, h2o_req_t *http)
{
    struct trace *trace = h2o_mem_alloc_pool(&http->pool, sizeof(*trace));

    trace->began_at = clock_monotonic_us();
    trace->route = trace_other();
    trace->has_user = trace->has_ended = false;
    trace->connection = http2_request_began(http);
    trace->sent = 0;
    trace->sent_at = trace->began_at;
    choose_id(worker, http, trace->id);
    /* in one piece with the trace: nobody else puts anything there */
    trace->places[0] = h2o_iovec_init(env_name, sizeof(env_name) - 1);
    trace->places[1] = h2o_iovec_init((char *)trace, sizeof(*trace));
    http->env.entries = trace->places;
    http->env.size = http->env.capacity = sizeof(trace->places) / sizeof(trace->places[0]);
    return trace;
}

struct trace *trace_of(const h2o_req_t *http)
{
    return http->env.size == 2 && http->env.entries[0].base == env_name ? (struct trace *)(void *)http->env.entries[1].base
                                                                         : NULL;
}

void trace_add_header(h2o_req_t *http)
{
    const struct trace *trace = trace_of(http);

    if (trace != NULL)
        h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("x-request-id"), 0, NULL, trace->id,
                              strlen(trace->id));
}

/* ---- the end of a request ---- */

struct end_logger {
    h2o_logger_t super;
    struct worker *worker;
};

static void end(struct worker *worker, h2o_req_t *http, const struct trace *trace)
{
    uint64_t now = clock_monotonic_us();
    int64_t time = trace != NULL && now > trace->began_at ? (int64_t)(now - trace->began_at) : 0;

    histogram_request(worker->bus, (unsigned)(trace != NULL ? trace->route : trace_other()), time, http->res.status);
    if (worker->access_log != NULL)
        access_log_write(worker->access_log, http, trace, time);
}

void trace_end(struct worker *worker, h2o_req_t *http)
{
    struct trace *trace = trace_of(http);

    trace->has_ended = true;
    end(worker, http, trace);
}

static void on_end(h2o_logger_t *super, h2o_req_t *http)
{
    const struct trace *trace = trace_of(http);

    if (http->input.method.base == NULL)
        return; /* none has come on this connection */
    if (trace == NULL || !trace->has_ended)
        end(((struct end_logger *)super)->worker, http, trace);
    if (trace != NULL && trace->connection != NULL)
        http2_request_ended(trace->connection, http->res.status != 0);
}

void trace_register(h2o_pathconf_t *path, struct worker *worker)
{
    struct end_logger *logger = (struct end_logger *)h2o_create_logger(path, sizeof(*logger));

    assert(trace_routes() <= HISTOGRAM_ROUTES_MOST);
    logger->super.log_access = on_end;
    logger->worker = worker;
}
