/*
 * dispatch.c - from a parsed HTTP request to its handler. Loop only.
 *
 * Checks come in this order: the framing of the HTTP message, path, method, who asks, query, body, how often. A handler
 * runs only when all have passed.
 */
#include "worker/dispatch.h"

#include "bering/clock.h"
#include "bering/log.h"
#include "bering/rate.h"
#include "worker/action.h"
#include "worker/authenticate.h"
#include "worker/body.h"
#include "worker/client.h"
#include "worker/gateway.h"
#include "worker/http2.h"
#include "worker/pages.h"
#include "worker/query.h"
#include "worker/request.h"
#include "worker/trace.h"
#include "worker/worker.h"
#include <assert.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* What of a route's path tells at a glance that another one is meant. */
struct shape {
    size_t literal;               /* bytes before the first id, */
    bool has_ids;                 /* or all of them */
};

struct dispatcher {
    h2o_handler_t handler;
    struct worker *worker;
    bool is_monitoring;           /* of METRICS_LISTEN */
    struct shape *shapes;         /* of each route: there are a hundred of them to a request */
};

/* ---- framing: what h2o accepts and HTTP forbids (RFC 9112, 3.2 and 6.3) ---- */

/* The next header line of a message head; false at its end. h2o has lower-cased the names in place. */
static bool next_line(const char **at, const char *end, const char **line_r, size_t *length_r)
{
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));

    if (newline == NULL)
        return false;
    size_t length = (size_t)(newline - *at);
    if (length > 0 && (*at)[length - 1] == '\r')
        --length;
    *line_r = *at;
    *length_r = length;
    *at = newline + 1;
    return length > 0;
}

static bool is_header(const char *line, size_t length, const char *name, size_t name_length)
{
    return length > name_length && memcmp(line, name, name_length) == 0 && line[name_length] == ':';
}

/* The same over HTTP/2. h2o fills in its own name. */
static const char *check_authority(const h2o_req_t *http)
{
    const char *own = http->hostconf->authority.hostport.base;
    h2o_iovec_t authority = http->input.authority;

    return authority.len == 0 || authority.base == own ? "an :authority is needed" : NULL;
}

/*
 * Returns what is wrong with the message's framing, or NULL. h2o takes the first Content-Length, or Transfer-Encoding over it,
 * fills in a missing Host, and hides all three from handlers: so the head is read again, from the socket's buffer, where it
 * stays until the answer is sent. HTTP/2 has frames instead, and one place for the host.
 */
static const char *check_framing(h2o_req_t *http)
{
    if (http2_is_spoken(http))
        return check_authority(http);
    h2o_buffer_t *input = http->conn->callbacks->get_socket(http->conn)->input;
    const char *at = input->bytes, *end = at + input->size, *line;
    unsigned hosts = 0, lengths = 0, encodings = 0;
    size_t length;

    if (!next_line(&at, end, &line, &length))
        return "the request line is missing";
    while (next_line(&at, end, &line, &length)) {
        hosts += is_header(line, length, H2O_STRLIT("host"));
        lengths += is_header(line, length, H2O_STRLIT("content-length"));
        encodings += is_header(line, length, H2O_STRLIT("transfer-encoding"));
    }
    if (hosts > 1 || (hosts == 0 && http->version >= 0x101))
        return "exactly one Host header is needed";
    return lengths + encodings > 1 ? "the length of the body is ambiguous" : NULL;
}

/* ---- routes ---- */

/*
 * True if a path matches a route's pattern, or the rest of both; the ids in it are parsed into ids. An id that is no
 * UUID sets *bad_id_r.
 */
static bool match_path(const char *pattern, const char *path, size_t length, struct uuid *ids, bool *bad_id_r)
{
    const char *end = path + length;
    unsigned count = 0;

    while (*pattern != '\0' && path < end) {
        if (strncmp(pattern, ":id", 3) != 0) {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        const char *slash = memchr(path, '/', (size_t)(end - path));
        size_t segment = (size_t)((slash == NULL ? end : slash) - path);
        assert(count < ROUTE_IDS_MOST);
        if (!uuid_parse(path, segment, &ids[count++]))
            *bad_id_r = true;
        pattern += 3;
        path += segment;
    }
    return *pattern == '\0' && path == end;
}

static bool may_match(const struct shape *shape, const char *pattern, const char *path, size_t length)
{
    return (shape->has_ids ? length > shape->literal : length == shape->literal) &&
           memcmp(pattern, path, shape->literal) == 0;
}

static struct shape *shapes_new(void)
{
    struct shape *shapes = calloc(route_count, sizeof(*shapes));

    assert(shapes != NULL);
    for (size_t i = 0; i < route_count; ++i) {
        const char *id = strstr(routes[i].path, ":id");
        shapes[i].has_ids = id != NULL;
        shapes[i].literal = id != NULL ? (size_t)(id - routes[i].path) : strlen(routes[i].path);
    }
    return shapes;
}

struct match {
    const struct route *route;    /* NULL: the path is unknown, or the method is not allowed */
    struct uuid ids[ROUTE_IDS_MOST];
    bool bad_id;
    char allowed[64];             /* methods of the path, for Allow */
};

static void allow(struct match *match, const char *method)
{
    size_t used = strlen(match->allowed);

    if (used + strlen(method) + 3 <= sizeof(match->allowed))
        stpcpy(stpcpy(match->allowed + used, used > 0 ? ", " : ""), method);
}

/* HEAD is GET without the body, which h2o leaves out by itself. */
static bool is_method_of(const h2o_req_t *http, const struct route *route)
{
    if (h2o_memis(http->method.base, http->method.len, H2O_STRLIT("HEAD")))
        return strcmp(route->method, "GET") == 0 && route->authority != AUTHORITY_STREAM &&
               route->authority != AUTHORITY_ADMIN_STREAM;
    return h2o_memis(http->method.base, http->method.len, route->method, strlen(route->method));
}

static void find_route(const struct dispatcher *dispatcher, h2o_req_t *http, struct match *match)
{
    h2o_iovec_t path = http->path_normalized;
    bool first_bad = false, only_bad = true;

    for (size_t i = 0; i < route_count; ++i) {
        struct uuid ids[ROUTE_IDS_MOST];
        bool bad_id = false;
        size_t same = dispatcher->shapes[i].literal;
        if ((dispatcher->is_monitoring && !routes[i].is_monitoring) ||
            !may_match(&dispatcher->shapes[i], routes[i].path, path.base, path.len) ||
            !match_path(routes[i].path + same, path.base + same, path.len - same, ids, &bad_id))
            continue;
        bool is_method = is_method_of(http, &routes[i]);
        /* a literal path stands before a pattern that it also fits: "active-calls" is no id */
        if (is_method && (match->route == NULL || (first_bad && !bad_id))) {
            match->route = &routes[i];
            match->bad_id = first_bad = bad_id;
            memcpy(match->ids, ids, sizeof(ids));
        }
        if (!bad_id && only_bad) {
            match->allowed[0] = '\0';
            only_bad = false;
        }
        if (!bad_id || only_bad)
            allow(match, routes[i].method);
    }
}

/* ---- the checks of a route ---- */

enum { SIGNALS_A_MINUTE = 1200, REACHES_A_MINUTE = 12 };

/* Each returns the seconds to wait, 0 for none. */
static unsigned attempt_anything(const struct request *request)
{
    (void)request;
    return 0;
}

static unsigned attempt_reach(const struct request *request)
{
    const int64_t *server = &request->peer.server_key;

    return rate_attempt(request->worker->bus, RATE_REACH, server, sizeof(*server), REACHES_A_MINUTE, 60);
}

static unsigned attempt_signal(const struct request *request)
{
    const int64_t *user = &request->who.user_key;

    return rate_attempt(request->worker->bus, RATE_SIGNAL, user, sizeof(*user), SIGNALS_A_MINUTE, 60);
}

static unsigned attempt_login(const struct request *request)
{
    struct network_address peer = {{0}};
    struct bus *bus = request->worker->bus;
    unsigned attempts = request->worker->config->login_attempts, wait;

    client_address(request->worker, request->http, &peer);
    const void *address = peer.bytes;
    size_t length = network_is_v4(&peer) ? sizeof(peer.bytes) : sizeof(peer.bytes) / 2; /* an IPv6 subscriber has a /64 */
    wait = rate_attempt(bus, RATE_LOGIN_ADDRESS, address, length, attempts * 10, 60);
    if (wait == 0)
        wait = rate_attempt(bus, RATE_LOGIN_ACCOUNT, request->values[0].text, request->values[0].length, attempts, 60);
    return wait;
}

static enum result check_rate(struct request *request)
{
    static unsigned (*const attempts[])(const struct request *request) = {
        [ROUTE_UNLIMITED] = attempt_anything,
        [ROUTE_REACH] = attempt_reach,
        [ROUTE_SIGNAL] = attempt_signal,
        [ROUTE_LOGIN] = attempt_login,
    };
    unsigned wait = attempts[request->route->rate](request);

    request->retry_after = wait;
    return wait == 0 ? RESULT_OK : request_fail(request, RESULT_TOO_MANY, "too many attempts, wait %u seconds", wait);
}

/* More than a client can have that waits for its answers. */
static enum result check_room(struct request *request)
{
    if (http2_has_room(request->trace->connection))
        return RESULT_OK;
    request->retry_after = 1;
    return request_fail(request, RESULT_UNAVAILABLE, "too much of this connection is still being done");
}

static enum result check_and_run(struct request *request, const struct match *match)
{
    enum result result = check_room(request);

    if (result == RESULT_OK)
        result = authenticate(request);
    request->trace->has_user = result == RESULT_OK && request->who.user_key != 0;
    request->trace->user_id = request->who.user_id;
    if (result == RESULT_OK && match->bad_id)
        result = request_fail(request, RESULT_BAD_REQUEST, "the id in the path is not a UUID");
    if (result == RESULT_OK)
        result = query_read(request);
    if (result == RESULT_OK)
        result = body_read(request);
    if (result == RESULT_OK)
        result = check_rate(request);
    if (result != RESULT_OK)
        return result;
    if (request->route->handler == NULL)
        return action_submit(request);
    if (request->route->audit != NULL)
        action_audit(request);
    return request->route->handler(request);
}

/* The request's pool is going: a late answer finds nobody. */
static void dispose_request(void *pointer)
{
    struct request *request = pointer;

    if (request->task != NULL)
        request->task->request = NULL;
    json_object_put(request->body);
}

static void run(const struct dispatcher *dispatcher, h2o_req_t *http, struct trace *trace, const struct match *match)
{
    struct request *request = h2o_mem_alloc_shared(&http->pool, sizeof(*request), dispose_request);

    memset(request, 0, sizeof(*request));
    request->http = http;
    request->worker = dispatcher->worker;
    request->is_monitoring = dispatcher->is_monitoring;
    request->trace = trace;
    request->route = match->route;
    trace->route = (size_t)(match->route - routes);
    memcpy(request->ids, match->ids, sizeof(request->ids));

    log_request(trace->id);
    enum result result = check_and_run(request, match);
    log_request("");
    /* a handler that has answered may have ended the request: look at its result only */
    if (result != RESULT_OK && result != RESULT_PENDING)
        answer_error(http, result, request->error, request->retry_after);
}

/* Paths under these are never files (a page's has become its file's before). */
static bool is_reserved(h2o_iovec_t path)
{
    static const char *const prefixes[] = {"/api/", "/admin/", "/federation/"};

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); ++i) {
        size_t length = strlen(prefixes[i]);
        if (path.len >= length && memcmp(path.base, prefixes[i], length) == 0)
            return true;
    }
    return false;
}

static int serve_file(struct worker *worker, h2o_req_t *http, struct trace *trace)
{
    pages_enter(http);
    bool is_endpoint = is_reserved(http->path_normalized);
    if (!is_endpoint && pages_may_serve(worker->pages, http)) {
        trace->route = trace_file();
        return -1;
    }
    answer_error(http, RESULT_NOT_FOUND, is_endpoint ? "no such endpoint" : "no such file", 0);
    return 0;
}

static int on_request(h2o_handler_t *handler, h2o_req_t *http)
{
    const struct dispatcher *dispatcher = (struct dispatcher *)handler;
    struct worker *worker = dispatcher->worker;
    struct match match = {.route = NULL};
    const char *wrong = check_framing(http);

    struct trace *trace = trace_begin(worker, http);

    if (wrong != NULL) {
        http->http1_is_persistent = 0;
        answer_error(http, RESULT_BAD_REQUEST, wrong, 0);
        return 0;
    }
    if (!dispatcher->is_monitoring && gateway_answer(worker, http))
        return 0;
    find_route(dispatcher, http, &match);
    if (match.route != NULL) {
        run(dispatcher, http, trace, &match);
        return 0;
    }
    if (match.allowed[0] != '\0') {
        h2o_iovec_t methods = h2o_strdup(&http->pool, match.allowed, SIZE_MAX);
        h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("allow"), 0, NULL, methods.base, methods.len);
        answer_error(http, RESULT_WRONG_METHOD, NULL, 0);
        return 0;
    }
    if (!dispatcher->is_monitoring)
        return serve_file(worker, http, trace);
    answer_error(http, RESULT_NOT_FOUND, "no such endpoint", 0);
    return 0;
}

static void dispose(h2o_handler_t *handler)
{
    free(((struct dispatcher *)handler)->shapes);
}

void dispatch_register(h2o_pathconf_t *path, struct worker *worker, bool is_monitoring)
{
    struct dispatcher *dispatcher = (struct dispatcher *)h2o_create_handler(path, sizeof(*dispatcher));

    dispatcher->handler.on_req = on_request;
    dispatcher->handler.dispose = dispose;
    dispatcher->shapes = shapes_new();
    dispatcher->worker = worker;
    dispatcher->is_monitoring = is_monitoring;
}
