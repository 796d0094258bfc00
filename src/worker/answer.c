/*
 * answer.c - turns results into HTTP answers, in one place. Loop only.
 */
#include "worker/request.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reason phrases of the statuses that result_status can give (RFC 9110, 15). */
static const char *reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); ++i)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "Error";
}

void answer_headers(h2o_req_t *http)
{
    http->res.mime_attr = NULL;
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, H2O_STRLIT("application/json"));
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("no-store"));
}

static void send_body(h2o_req_t *http, int status, const char *text, size_t length)
{
    http->res.status = status;
    http->res.reason = reason(status);
    http->res.content_length = length;
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE; /* secrets and foreign text in one body: see BREACH */
    answer_headers(http);
    h2o_send_inline(http, text, length);
}

enum result answer_json(struct request *request, struct json *json)
{
    send_body(request->http, 200, json->text, json->length);
    json_deinit(json);
    return RESULT_OK;
}

enum result answer_raw(struct request *request, const char *json)
{
    send_body(request->http, 200, json, strlen(json));
    return RESULT_OK;
}

enum result answer_text(struct request *request, const char *type, const char *text, size_t length)
{
    h2o_req_t *http = request->http;
    h2o_iovec_t type_copy = h2o_strdup(&http->pool, type, SIZE_MAX);

    http->res.status = 200;
    http->res.reason = reason(200);
    http->res.content_length = length;
    http->res.mime_attr = NULL;
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, type_copy.base, type_copy.len);
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("no-store"));
    h2o_send_inline(http, text, length);
    return RESULT_OK;
}

enum result answer_ok(struct request *request)
{
    return answer_raw(request, "\"ok\"");
}

enum result answer_null(struct request *request)
{
    return answer_raw(request, "null");
}

void answer_error(h2o_req_t *http, enum result result, const char *text, unsigned retry_after)
{
    struct json json = {0};

    assert(result != RESULT_OK && result != RESULT_PENDING);
    if (retry_after != 0) {
        char *seconds = h2o_mem_alloc_pool(&http->pool, 16);
        int length = snprintf(seconds, 16, "%u", retry_after);
        h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("retry-after"), 0, NULL, seconds, (size_t)length);
    }
    if (result == RESULT_UNAUTHORIZED)
        h2o_add_header_by_str(&http->pool, &http->res.headers, H2O_STRLIT("www-authenticate"), 0, NULL, H2O_STRLIT("Bearer"));
    json_object_begin(&json);
    json_key_text(&json, "error", text != NULL ? text : result_text(result));
    json_object_end(&json);
    send_body(http, result_status(result), json.text, json.length);
    json_deinit(&json);
}
