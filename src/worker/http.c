/*
 * http.c - h2o's configuration, made by each worker after the fork.
 *
 * Every answer carries the security headers; h2o's own errors become JSON like ours. HTTP/2 is spoken only where TLS has
 * agreed upon it, which http2.c sees to: never on a plain connection, whatever it begins with or asks for.
 */
#include "worker/http.h"

#include "bering/json.h"
#include "worker/client.h"
#include "worker/dispatch.h"
#include "worker/pages.h"
#include "worker/routes.h"
#include "worker/trace.h"
#include "worker/worker.h"
#include <string.h>

enum {
    BODY_BYTES_MOST = 1024 * 1024, /* or what MAX_MESSAGE_BYTES needs; each route has its own limit below that */
    GRACEFUL_MS = 2000,            /* after the last GOAWAY of a connection: h2o would wait for ever */
};

/* Beside the content-security-policy, which pages have of their own. */
static const struct {
    const char *name;
    const char *value;
    bool of_documents;        /* means nothing to what is only a part of one */
} security_headers[] = {
    {"x-content-type-options", "nosniff", false},
    {"x-frame-options", "DENY", true},
    {"referrer-policy", "no-referrer", true}, /* what a part of ours asks for is ours */
    {"cross-origin-opener-policy", "same-origin", true},
    {"cross-origin-resource-policy", "same-origin", false},
    {"permissions-policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=()", true},
};

/* What h2o's own table lacks. */
static const struct {
    const char *extension;
    const char *type;
} extra_types[] = {
    {"mjs", "text/javascript"},
    {"webmanifest", "application/manifest+json"},
    {"wasm", "application/wasm"},
    {"map", "application/json"},
};

/* ---- the filter: headers of every answer, JSON in place of h2o's plain errors ---- */

struct header_filter {
    h2o_filter_t super;
    struct worker *worker;
};

static bool is_plain_error(const h2o_req_t *http)
{
    ssize_t index = h2o_find_header(&http->res.headers, H2O_TOKEN_CONTENT_TYPE, -1);

    return http->res.status >= 400 && index != -1 &&
           h2o_strstr(http->res.headers.entries[index].value.base, http->res.headers.entries[index].value.len,
                      H2O_STRLIT("text/plain")) == 0;
}

struct error_stream {
    h2o_ostream_t super;
    h2o_iovec_t body;
};

static void send_json_error(h2o_ostream_t *super, h2o_req_t *http, h2o_iovec_t *buffers, size_t count, h2o_send_state_t state)
{
    struct error_stream *stream = (struct error_stream *)super;

    (void)buffers;
    h2o_ostream_send_next(super, http, &stream->body, count > 0 ? 1 : 0, state); /* HEAD has no body */
}

static h2o_iovec_t json_error(h2o_req_t *http)
{
    struct json json = {0};

    json_object_begin(&json);
    json_key_text(&json, "error", http->res.reason);
    json_object_end(&json);
    h2o_iovec_t body = h2o_strdup(&http->pool, json.text, json.length);
    json_deinit(&json);
    return body;
}

/*
 * Whether the browser says that it wants a script or a style for a page that it has. There are a hundred of them to a
 * page: what only documents and workers obey would be most of their headers.
 */
static bool is_for_page(h2o_req_t *http)
{
    ssize_t index = h2o_find_header_by_str(&http->headers, H2O_STRLIT("sec-fetch-dest"), -1);

    if (index == -1)
        return false;
    h2o_iovec_t *value = &http->headers.entries[index].value;
    return h2o_memis(value->base, value->len, H2O_STRLIT("script")) || h2o_memis(value->base, value->len,
                                                                                 H2O_STRLIT("style"));
}

/* Of parts of a page: they have an ETag, and nobody wants a piece of them. */
static void drop_needless_headers(h2o_req_t *http)
{
    static const char *const needless[] = {"last-modified", "accept-ranges"};

    if (h2o_find_header(&http->res.headers, H2O_TOKEN_ETAG, -1) == -1)
        return;
    for (size_t i = 0; i < sizeof(needless) / sizeof(needless[0]); ++i) {
        ssize_t index = h2o_find_header_by_str(&http->res.headers, needless[i], strlen(needless[i]), -1);
        if (index != -1)
            h2o_delete_header(&http->res.headers, index);
    }
}

static void add_security_headers(struct worker *worker, h2o_req_t *http)
{
    h2o_headers_t *headers = &http->res.headers;
    const char *policy = pages_policy(worker->pages, http);
    bool for_page = is_for_page(http);

    if (for_page) { /* which are asked for by the hundred */
        drop_needless_headers(http);
    } else {
        trace_add_header(http);
        h2o_add_header_by_str(&http->pool, headers, H2O_STRLIT("content-security-policy"), 0, NULL, policy,
                              strlen(policy));
    }
    for (size_t i = 0; i < sizeof(security_headers) / sizeof(security_headers[0]); ++i)
        if (!for_page || !security_headers[i].of_documents)
            h2o_add_header_by_str(&http->pool, headers, security_headers[i].name, strlen(security_headers[i].name), 0,
                                  NULL, security_headers[i].value, strlen(security_headers[i].value));
    if (client_is_secure(worker, http))
        h2o_add_header_by_str(&http->pool, headers, H2O_STRLIT("strict-transport-security"), 0, NULL,
                              H2O_STRLIT("max-age=31536000"));
}

static void on_setup_ostream(h2o_filter_t *filter, h2o_req_t *http, h2o_ostream_t **slot)
{
    add_security_headers(((struct header_filter *)filter)->worker, http);
    /* what does not say how long it may be kept, files above all, is asked for again, by its ETag */
    if (h2o_find_header(&http->res.headers, H2O_TOKEN_CACHE_CONTROL, -1) == -1)
        h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("no-cache"));
    if (is_plain_error(http)) {
        struct error_stream *stream = (struct error_stream *)h2o_add_ostream(http, sizeof(*stream), slot);
        stream->super.do_send = send_json_error;
        stream->body = json_error(http);
        http->res.content_length = stream->body.len;
        h2o_set_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, H2O_STRLIT("application/json"), 1);
        slot = &stream->super.next;
    }
    h2o_setup_next_ostream(http, slot);
}

static void add_filter(h2o_pathconf_t *path, struct worker *worker)
{
    struct header_filter *filter = (struct header_filter *)h2o_create_filter(path, sizeof(*filter));

    filter->super.on_setup_ostream = on_setup_ostream;
    filter->worker = worker;
}

/* ---- static files ---- */

static void register_files(h2o_pathconf_t *path, const char *directory)
{
    static const char *indexes[] = {"index.html", NULL};
    h2o_mimemap_t *types = h2o_mimemap_create();
    h2o_compress_args_t compression = {.min_size = 512, .gzip = {.quality = 6}, .brotli = {.quality = -1}};

    for (size_t i = 0; i < sizeof(extra_types) / sizeof(extra_types[0]); ++i)
        h2o_mimemap_define_mimetype(types, extra_types[i].extension, extra_types[i].type, NULL);
    h2o_compress_register(path, &compression); /* answers of ours ask to be left out */
    h2o_file_register(path, directory, indexes, types, H2O_FILE_FLAG_SEND_COMPRESSED);
    h2o_mem_release_shared(types);
}

/* h2o has one host or more of a configuration; a connection sees those of its listener alone. */
static h2o_pathconf_t *register_host(struct worker *worker, const char *name, h2o_hostconf_t **host_r)
{
    h2o_hostconf_t *host = h2o_config_register_host(&worker->http, h2o_iovec_init(name, strlen(name)), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);

    *host_r = host;
    add_filter(path, worker);
    trace_register(path, worker);
    trace_register(&host->fallback_path, worker);
    add_filter(&host->fallback_path, worker); /* h2o's own answers, before a path is known */
    return path;
}

void http_init(struct worker *worker)
{
    const struct config *config = worker->config;
    h2o_globalconf_t *global = &worker->http;

    worker->pages = pages_new(config->htdocs_dir);
    h2o_config_init(global);
    global->server_name = h2o_iovec_init(NULL, 0);
    global->max_request_entity_size = config->max_message_bytes * 6 + BODY_MOST;
    if (global->max_request_entity_size < BODY_BYTES_MOST)
        global->max_request_entity_size = BODY_BYTES_MOST;
    global->http1.req_timeout = (uint64_t)config->request_timeout_seconds * 1000;
    global->http1.upgrade_to_http2 = 0;
    global->http2.idle_timeout = global->http1.req_timeout;
    global->http2.graceful_shutdown_timeout = GRACEFUL_MS;
    global->handshake_timeout = (uint64_t)config->request_timeout_seconds * 1000;

    h2o_pathconf_t *path = register_host(worker, "default", &worker->hosts[0]);
    dispatch_register(path, worker, false);
    register_files(path, pages_directory(worker->pages));
    dispatch_register(register_host(worker, "monitoring", &worker->monitoring_hosts[0]), worker, true);
    h2o_context_init(&worker->context, worker->loop, global);
}

void http_deinit(struct worker *worker)
{
    h2o_context_dispose(&worker->context);
    h2o_config_dispose(&worker->http);
    pages_free(&worker->pages);
}
