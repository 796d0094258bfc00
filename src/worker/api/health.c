/*
 * health.c - is the server there, and who is it. Worker.
 */
#include "worker/api/api.h"
#include "worker/worker.h"

/* Text, not JSON: what the original answers, and what checks compare. */
enum result health(struct request *request)
{
    h2o_req_t *http = request->http;

    http->res.status = 200;
    http->res.reason = "OK";
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, H2O_STRLIT("text/plain; charset=utf-8"));
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("no-store"));
    http->res.content_length = 2;
    h2o_send_inline(http, H2O_STRLIT("ok"));
    return RESULT_OK;
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
