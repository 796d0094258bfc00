/*
 * links.c - how the link to each peer is, as administrators see it, and what they can do about it. Worker.
 */
#include "bering/events.h"
#include "bering/outbox.h"
#include "bering/peers.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>

enum { ROW };

enum { REFUSED_MOST = 100 };

const struct field link_row_fields[] = {
    [ROW] = {"row", FIELD_KEY, false, 0},
    {NULL, 0, false, 0},
};

static const char *const kind_names[] = {
    [OUTBOX_MESSAGE] = "message", [OUTBOX_MEMBERSHIP] = "membership", [OUTBOX_CALL] = "call",
    [OUTBOX_SIGNAL] = "signal",   [OUTBOX_CHANGE] = "change",         [OUTBOX_HISTORY] = "history",
};

static const char *const ability_names[] = {
    [PEER_UNKNOWN] = "unknown",
    [PEER_ORIGINAL] = "original",
    [PEER_BERING] = "beringshare",
};

static enum result find(struct action *action, struct store *store, struct server **server_r)
{
    enum result result = store_server_by_id(store, &action->ids[0], server_r);

    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such server") : result;
}

/* ---- how it is ---- */

static void write_refused(void *argument, const struct outbox_row *row)
{
    struct json *json = argument;

    assert((size_t)row->kind < sizeof(kind_names) / sizeof(kind_names[0]));
    json_object_begin(json);
    json_key_integer(json, "id", row->key);
    json_key_text(json, "kind", kind_names[row->kind]);
    write_time_or_null(json, "created_at", row->created_at);
    json_key_integer(json, "status", row->refused_status);
    json_key_text(json, "answer", row->refused_answer);
    json_object_end(json);
}

static enum result write_status(struct action *action, struct store *store, const struct server *server)
{
    struct json *json = &action->answer;
    struct outbox_state state;
    enum result result = outbox_state(store, server->key, &state);

    if (result != RESULT_OK)
        return result;
    assert((size_t)server->abilities < sizeof(ability_names) / sizeof(ability_names[0]));
    json_object_begin(json);
    json_key_integer(json, "queue_depth", state.waiting);
    write_time_or_null(json, "oldest_waiting_at", state.oldest_at);
    write_health(json, action->task.worker->bus, server->key);
    json_key_text(json, "abilities", ability_names[server->abilities]);
    json_key_integer(json, "refused_count", state.refused);
    json_key(json, "refused");
    json_array_begin(json);
    result = outbox_refused(store, server->key, REFUSED_MOST, write_refused, json);
    json_array_end(json);
    json_object_end(json);
    return result;
}

enum result link_status(struct action *action, struct store *store)
{
    struct server *server;
    enum result result = find(action, store, &server);

    if (result != RESULT_OK)
        return result;
    result = write_status(action, store, server);
    free(server);
    return result;
}

/* ---- what to do ---- */

typedef enum result change_rows(struct store *store, int64_t server_key, int64_t row_key);

/* With a refused row of the body, or with all. */
static enum result change(struct action *action, struct store *store, change_rows *change_these, int64_t *server_key_r)
{
    const struct value *row = &action->values[ROW];
    struct server *server;
    enum result result = find(action, store, &server);

    if (result != RESULT_OK)
        return result;
    *server_key_r = server->key;
    free(server);
    result = change_these(store, *server_key_r, row->present ? row->key : 0);
    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such refused row");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    json_text(&action->answer, "ok");
    return RESULT_OK;
}

enum result link_retry(struct action *action, struct store *store, struct event_batch *events)
{
    int64_t key;
    enum result result = change(action, store, outbox_retry, &key);

    if (result == RESULT_OK)
        event_batch_add(events,
                        &(struct event){.kind = EVENT_SERVER_CHANGED, .scope = EVENT_TO_WORKERS, .subject = {key, 1}});
    return result;
}

enum result link_drop(struct action *action, struct store *store, struct event_batch *events)
{
    int64_t key;

    (void)events;
    return change(action, store, outbox_drop, &key);
}
