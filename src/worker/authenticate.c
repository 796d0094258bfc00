/*
 * authenticate.c - from a token to a principal, or to a peer. Loop only.
 *
 * A token is compared by its SHA-256: found in the cache, or else in the database. ADMIN_TOKEN and peers' tokens are compared in
 * constant time. Tokens in a URL are accepted on streams only, where browsers have no other way.
 */
#include "worker/authenticate.h"

#include "bering/clock.h"
#include "bering/health.h"
#include "worker/peer_news.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { TOKEN_MOST = 512 };

static h2o_iovec_t token_of(struct request *request)
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
    if (request->route->authority == AUTHORITY_STREAM) {
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
    if (request->route->authority == AUTHORITY_STREAM)
        free(session); /* a stream asks once: thousands of them need no cache */
    else
        caches_put_session(worker->caches, token, session);
    return RESULT_OK;
}

static bool may(enum authority authority, const struct principal *who)
{
    return authority == AUTHORITY_ADMIN ? who->kind == SESSION_ADMIN : who->kind == SESSION_USER;
}

/* ---- other servers ---- */

/* What waits for a peer that could not be reached is tried again as soon as that peer speaks. */
static void note_contact(struct worker *worker, int64_t server_key)
{
    struct event event = {.kind = EVENT_SERVER_CHANGED, .scope = EVENT_TO_WORKERS, .subject = {server_key, 1}};
    struct peer_health health;

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
        note_contact(worker, request->peer.server_key);
    return result;
}

/* ---- users ---- */

enum result authenticate(struct request *request)
{
    struct worker *worker = request->worker;
    enum authority authority = request->route->authority;

    if (authority == AUTHORITY_NONE)
        return RESULT_OK;
    if (authority == AUTHORITY_PEER)
        return authenticate_peer(request);
    h2o_iovec_t token = token_of(request);
    if (token.len == 0 || token.len > TOKEN_MOST)
        return request_fail(request, RESULT_UNAUTHORIZED, "a token is needed");
    struct digest digest = secret_digest(token.base, token.len);
    if (secret_equal(&digest, &worker->admin_token)) {
        request->who = (struct principal){.kind = SESSION_ADMIN, .by_static_token = true, .expires_at = INT64_MAX};
    } else {
        enum result result = find_session(request, &digest);
        if (result != RESULT_OK)
            return result;
    }
    if (!may(authority, &request->who))
        return request_fail(request, RESULT_FORBIDDEN,
                            authority == AUTHORITY_ADMIN ? "only administrators may do this" : "only users may do this");
    return RESULT_OK;
}
