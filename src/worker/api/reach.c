/*
 * reach.c - whether this server and another one reach each other: POST /federation/reach, by which another server asks
 * to be called back, and GET /admin/servers/:id/reach, which tries both directions. Worker, job threads only.
 *
 * Always holds: who is called back is who the token identifies, at the address that is registered for it here; nothing
 * in the request leads anywhere. What is called calls nobody itself, so two servers never go round in a circle. What
 * the other server is told of a failure names no address and quotes nothing. A server that hangs holds one thread.
 */
#include "bering/clock.h"
#include "bering/fetch.h"
#include "bering/peer_answers.h"
#include "worker/api/api.h"
#include "worker/worker.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CALL_MS = 3000,
    CALL_BACK_MS = CALL_MS + 2000, /* for an answer that waits for such a call */
    ANSWER_MOST = 64 * 1024,
};

/* ---- to another server ---- */

/* Why an answer to "who are you" is not that of the server that is registered; NULL: it is. */
static const char *trouble_of(const struct fetch *fetch, const struct server *server, const struct peer_info *info)
{
    if (fetch->status == 0)
        return fetch->cause;
    if (fetch->status == 401 || fetch->status == 403)
        return "it does not accept the token";
    if (info->abilities != PEER_BERING)
        return "something else answers there";
    return strcmp(info->server_name, server->name) == 0 ? NULL : "a server of another name answers there";
}

/* Asks a server who it is. */
static int call(const struct config *config, const struct server *server, struct peer_reach *reach_r,
                struct peer_info *info_r)
{
    struct fetch fetch = {
        .url = server->base_url, .path = "/federation/info", .token = config->server_token, .most = ANSWER_MOST};
    uint64_t start = clock_monotonic_ms();

    fetch_all(config, &fetch, 1, CALL_MS);
    int status = fetch.status;
    *info_r = (struct peer_info){.abilities = PEER_ORIGINAL};
    if (status == 200)
        peer_answer_info(fetch.body != NULL ? fetch.body : "", fetch.length, info_r);
    const char *trouble = trouble_of(&fetch, server, info_r);
    *reach_r = (struct peer_reach){
        .is_reached = trouble == NULL,
        .is_refused = status == 401 || status == 403,
        .took_ms = (unsigned)(clock_monotonic_ms() - start),
    };
    snprintf(reach_r->error, sizeof(reach_r->error), "%s", trouble != NULL ? trouble : "");
    fetch_free(&fetch, 1);
    return status;
}

static void write_reach(struct json *json, const struct peer_reach *reach)
{
    json_object_begin(json);
    json_key_boolean(json, "reached", reach->is_reached);
    json_key_boolean(json, "refused", reach->is_refused);
    json_key(json, "error");
    if (reach->is_reached)
        json_null(json);
    else
        json_text(json, reach->error);
    json_key_integer(json, "took_ms", reach->took_ms);
    json_object_end(json);
}

/* ---- another server asks to be called back ---- */

static enum result call_back(struct action *action, struct store *store)
{
    struct peer_reach reach;
    struct peer_info info;
    struct server *server;
    enum result result = store_server_by_key(store, action->peer.server_key, &server);

    if (result == RESULT_NOT_FOUND)
        return action_fail(action, RESULT_UNAUTHORIZED, "unknown federation token");
    if (result != RESULT_OK)
        return result;
    call(action->task.worker->config, server, &reach, &info);
    free(server);
    write_reach(&action->answer, &reach);
    return RESULT_OK;
}

enum result peer_reach(struct action *action, struct store *store)
{
    struct worker *worker = action->task.worker;

    if (action->peer.server_key == 0)
        return action_fail(action, RESULT_CONFLICT, "the token does not say which server asks");
    if (atomic_exchange(&worker->is_calling_back, true)) {
        action->task.retry_after = CALL_MS / 1000;
        return action_fail(action, RESULT_UNAVAILABLE, "another server is being called back");
    }
    enum result result = call_back(action, store);
    atomic_store(&worker->is_calling_back, false);
    return result;
}

/* ---- an administrator asks for both directions ---- */

/* Has a server try the way back. Returns NULL, or why nothing is known of it. */
static const char *ask_back(const struct config *config, const struct server *server, struct peer_reach *reach_r)
{
    struct fetch fetch = {
        .url = server->base_url,
        .path = "/federation/reach",
        .token = config->server_token,
        .json = "{}",
        .most = ANSWER_MOST,
    };

    fetch_all(config, &fetch, 1, CALL_BACK_MS);
    const char *unknown = "its answer makes no sense";
    if (fetch.status == 0)
        unknown = fetch.cause;
    else if (fetch.status == 429 || fetch.status == 503)
        unknown = "it is asked too often: try again in a minute";
    else if (fetch.status == 409)
        unknown = "it knows this server by a token that it has for several";
    else if (fetch.status == 200)
        unknown = peer_answer_reach(fetch.body != NULL ? fetch.body : "", fetch.length, reach_r);
    fetch_free(&fetch, 1);
    return unknown;
}

static void write_unknown(struct json *json, const char *why)
{
    json_object_begin(json);
    json_key(json, "reached");
    json_null(json);
    json_key_text(json, "error", why);
    json_object_end(json);
}

/* An original knows neither question: that it answers is all that can be found out. */
static void try_link(const struct config *config, const struct server *server, struct json *json)
{
    struct peer_reach out, in;
    struct peer_info info;
    const char *unknown = NULL;
    int status = call(config, server, &out, &info);

    if (status == 404) {
        out.is_reached = true;
        unknown = "it cannot be asked: it runs the original program, or something else";
    } else if (!out.is_reached) {
        unknown = "it cannot be asked, as it is not reached";
    } else if (!info.calls_back) {
        unknown = "it cannot be asked: it runs an older version";
    }
    if (unknown == NULL)
        unknown = ask_back(config, server, &in);
    json_object_begin(json);
    json_key(json, "out");
    write_reach(json, &out);
    json_key(json, "in");
    if (unknown != NULL)
        write_unknown(json, unknown);
    else
        write_reach(json, &in);
    json_object_end(json);
}

enum result link_try(struct action *action, struct store *store)
{
    struct worker *worker = action->task.worker;
    struct server *server;
    enum result result = store_server_by_id(store, &action->ids[0], &server);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such server") : result;
    if (!atomic_exchange(&worker->is_trying_link, true)) {
        try_link(worker->config, server, &action->answer);
        atomic_store(&worker->is_trying_link, false);
    } else {
        action->task.retry_after = (CALL_MS + CALL_BACK_MS) / 1000;
        result = action_fail(action, RESULT_UNAVAILABLE, "a server is being tried already");
    }
    free(server);
    return result;
}
