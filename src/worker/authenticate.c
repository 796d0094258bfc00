/*
 * authenticate.c - from a token to a principal, or to a peer. Loop only.
 *
 * A token is compared by its SHA-256: found in the cache, or else in the database. ADMIN_TOKEN and peers' tokens are compared in
 * constant time. Tokens in a URL are accepted on streams only. One in a cookie counts last, and only for what this
 * server's own pages ask (origin.h): a browser sends it by itself.
 */
#include "worker/authenticate.h"

#include "bering/clock.h"
#include "bering/health.h"
#include "bering/network.h"
#include "worker/cookie.h"
#include "worker/origin.h"
#include "worker/peer_news.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { TOKEN_MOST = 512 };

/* What a route's authority asks of a session. */
static const struct {
    enum session_kind kind;
    bool is_stream;               /* the token may be in the URL; a session is asked for once */
    const char *refusal;
} rules[] = {
    [AUTHORITY_USER] = {SESSION_USER, false, "only users may do this"},
    [AUTHORITY_STREAM] = {SESSION_USER, true, "only users may do this"},
    [AUTHORITY_ADMIN] = {SESSION_ADMIN, false, "only administrators may do this"},
    [AUTHORITY_ADMIN_STREAM] = {SESSION_ADMIN, true, "only administrators may do this"},
    [AUTHORITY_METRICS] = {0, false, NULL},
};

/* The token that the client has put into the request itself. */
static h2o_iovec_t token_given(struct request *request)
{
    static const char scheme[] = "bearer ";
    h2o_headers_t *headers = &request->http->headers;
    ssize_t index = h2o_find_header(headers, H2O_TOKEN_AUTHORIZATION, -1);

    if (index != -1) {
        h2o_iovec_t value = headers->entries[index].value;
        if (value.len >= sizeof(scheme) && h2o_lcstris(value.base, sizeof(scheme) - 1, scheme, sizeof(scheme) - 1))
            return h2o_iovec_init(value.base + sizeof(scheme) - 1, value.len - (sizeof(scheme) - 1));
    }
    index = h2o_find_header_by_str(headers, H2O_STRLIT("x-admin-token"), -1);
    if (index != -1)
        return headers->entries[index].value;
    if (rules[request->route->authority].is_stream) {
        const char *token = request_query(request, "token");
        if (token != NULL)
            return h2o_iovec_init(token, strlen(token));
    }
    return h2o_iovec_init(NULL, 0);
}

/* Finds the session of a token, in the cache or the database. */
static enum result find_session(struct request *request, const struct digest *token)
{
    struct worker *worker = request->worker;
    h2o_mem_pool_t *pool = &request->http->pool;
    int64_t now = clock_now();
    struct session *session;

    if (caches_find_session(worker->caches, token, now, pool, &request->who))
        return RESULT_OK;
    enum result result = store_session_find(worker->store, token, now, &session);
    if (result == RESULT_NOT_FOUND)
        return request_fail(request, RESULT_UNAUTHORIZED, "unknown or expired token");
    if (result != RESULT_OK)
        return result;
    principal_copy(&request->who, session, pool);
    if (rules[request->route->authority].is_stream)
        free(session); /* a stream asks once: thousands of them need no cache */
    else
        caches_put_session(worker->caches, token, session);
    return RESULT_OK;
}

/* ---- other servers ---- */

/* What waits for a peer that could not be reached is tried again as soon as that peer speaks. */
static void note_request(struct worker *worker, int64_t server_key)
{
    struct event event = {.kind = EVENT_SERVER_CHANGED, .scope = EVENT_TO_WORKERS, .subject = {server_key, 1}};
    struct peer_health health;

    health_note_request(worker->bus, server_key, clock_now());
    if (health_get(worker->bus, server_key, &health) && health.failures > 0 &&
        peer_tokens_contact(worker->peer_tokens, server_key, clock_monotonic_ms()))
        bus_publish(worker->bus, &event);
}

static enum result authenticate_peer(struct request *request)
{
    struct worker *worker = request->worker;
    h2o_headers_t *headers = &request->http->headers;
    ssize_t index = h2o_find_header_by_str(headers, H2O_STRLIT("x-federation-token"), -1);
    h2o_iovec_t token = index == -1 ? h2o_iovec_init(NULL, 0) : headers->entries[index].value;

    if (token.len == 0 || token.len > TOKEN_MOST)
        return request_fail(request, RESULT_UNAUTHORIZED, "a federation token is needed");
    struct digest digest = secret_digest(token.base, token.len);
    peer_news_read(worker); /* what an administrator has just taken away is gone */
    enum result result = peer_tokens_find(worker->peer_tokens, worker->store, &digest, &request->peer);
    if (result == RESULT_NOT_FOUND)
        return request_fail(request, RESULT_UNAUTHORIZED, "unknown federation token");
    if (result == RESULT_OK && request->peer.server_key != 0)
        note_request(worker, request->peer.server_key);
    return result;
}

/* ---- monitoring ---- */

/* A connection to a loopback address comes from this machine. */
static bool is_from_here(h2o_req_t *http)
{
    struct sockaddr_storage ours;
    struct network_address address;

    return http->conn->callbacks->get_sockname(http->conn, (struct sockaddr *)&ours) > 0 &&
           network_of_socket((struct sockaddr *)&ours, &address) && network_is_loopback(&address);
}

static enum result authenticate_monitoring(struct request *request)
{
    const struct config *config = request->worker->config;
    h2o_iovec_t token = token_given(request);

    if (request->is_monitoring && is_from_here(request->http))
        return RESULT_OK;
    if (config->metrics_token == NULL && config->metrics_listen[0] != '\0')
        return request_fail(request, RESULT_NOT_FOUND, "no such endpoint");
    if (config->metrics_token == NULL)
        return request_fail(request, RESULT_UNAUTHORIZED, "METRICS_TOKEN is not set");
    if (token.len == 0 || token.len > TOKEN_MOST)
        return request_fail(request, RESULT_UNAUTHORIZED, "a token is needed");
    struct digest digest = secret_digest(token.base, token.len);
    return secret_equal(&digest, &request->worker->metrics_token)
               ? RESULT_OK
               : request_fail(request, RESULT_UNAUTHORIZED, "this is not METRICS_TOKEN");
}

/* ---- users ---- */

/* RESULT_FORBIDDEN: some other site's page has made a browser send its cookie. */
static enum result find_token(struct request *request, h2o_iovec_t *token_r)
{
    *token_r = token_given(request);
    if (token_r->base == NULL) {
        *token_r = cookie_token(request->http, rules[request->route->authority].kind);
        if (token_r->len > 0 && !origin_is_ours(request->worker, request->http))
            return request_fail(request, RESULT_FORBIDDEN, "cross-site request");
    }
    if (token_r->len == 0 || token_r->len > TOKEN_MOST)
        return request_fail(request, RESULT_UNAUTHORIZED, "a token is needed");
    return RESULT_OK;
}

enum result authenticate(struct request *request)
{
    struct worker *worker = request->worker;
    enum authority authority = request->route->authority;

    if (authority == AUTHORITY_NONE)
        return RESULT_OK;
    if (authority == AUTHORITY_PEER)
        return authenticate_peer(request);
    if (authority == AUTHORITY_METRICS)
        return authenticate_monitoring(request);
    h2o_iovec_t token;
    enum result found = find_token(request, &token);
    if (found != RESULT_OK)
        return found;
    struct digest digest = secret_digest(token.base, token.len);
    if (secret_equal(&digest, &worker->admin_token)) {
        request->who = (struct principal){.kind = SESSION_ADMIN, .by_static_token = true, .expires_at = INT64_MAX};
    } else {
        enum result result = find_session(request, &digest);
        if (result != RESULT_OK)
            return result;
    }
    if (request->who.kind != rules[authority].kind)
        return request_fail(request, RESULT_FORBIDDEN, "%s", rules[authority].refusal);
    return RESULT_OK;
}
