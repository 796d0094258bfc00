/*
 * signals.c - what callers' clients say to each other: offers, answers, candidates. Worker.
 *
 * Nothing of it is stored: to somebody here it goes straight to the bus; to somebody of another server it waits in the
 * outbox, and not for long. The answer is "ok", or "offline" for somebody who is not known to be online: who calls need
 * not wait.
 */
#include "bering/events.h"
#include "bering/peer_json.h"
#include "bering/presence.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { TARGET, SIGNAL_TYPE, PAYLOAD };

enum { TYPE_MOST = 64, PAYLOAD_MOST = 65536 };

const struct field signal_fields[] = {
    [TARGET] = {"target", FIELD_TEXT, true, 2 * TEXT_NAME_MAX + 1},
    [SIGNAL_TYPE] = {"signal_type", FIELD_TEXT, true, TYPE_MOST},
    [PAYLOAD] = {"payload", FIELD_OPTIONAL_TEXT, false, PAYLOAD_MOST},
    {NULL, 0, false, 0},
};

/* ---- to a user of another server ---- */

struct signal {
    struct task task;
    struct user from;
    struct user to;               /* the server may know it, even if this one does not */
    char *type;
    char *payload;
    size_t payload_length;
    bool is_offline;              /* as far as this server knows */
};

static enum result answer_presence(struct request *request, bool is_online)
{
    return is_online ? answer_ok(request) : answer_raw(request, "\"offline\"");
}

/* Somebody of another server whom this one does not know may well be there. */
static enum result check_offline(struct signal *signal, struct store *store)
{
    struct user *user;
    enum result result = store_user_by_name(store, signal->to.username, signal->to.server_name, &user);

    if (result == RESULT_NOT_FOUND)
        return RESULT_OK;
    if (result != RESULT_OK)
        return result;
    signal->is_offline = !presence_is_online(signal->task.worker->bus, user->key);
    free(user);
    return RESULT_OK;
}

static enum result write_signal(struct task *task, struct store *store, struct event_batch *events)
{
    struct signal *signal = (struct signal *)task;
    struct relay_context context = {.server_name = task->worker->config->server_name, .events = events};
    struct relay_signal relay = {
        .from = &signal->from,
        .to = &signal->to,
        .type = signal->type,
        .type_length = strlen(signal->type),
        .payload = signal->payload,
        .payload_length = signal->payload_length,
    };
    enum result result = relay_find_server(store, signal->to.server_name, &signal->to.server_key);

    if (result == RESULT_OK)
        result = relay_signal(store, &context, &relay);
    if (result == RESULT_OK)
        result = check_offline(signal, store);
    if (result == RESULT_NOT_FOUND) {
        task->error = "unknown server";
        return RESULT_BAD_REQUEST;
    }
    if (result == RESULT_FORBIDDEN)
        task->error = "your account is hidden from that server";
    task->beyond_messages = true;
    return result;
}

static void done(struct task *task)
{
    struct request *request = task_succeeded(task);

    if (request != NULL)
        answer_presence(request, !((struct signal *)task)->is_offline);
}

static void free_names(struct user *user)
{
    free((char *)(uintptr_t)user->username);
    free((char *)(uintptr_t)user->display_name);
    free((char *)(uintptr_t)user->server_name);
}

static void dispose(struct task *task)
{
    struct signal *signal = (struct signal *)task;

    free_names(&signal->from);
    free_names(&signal->to);
    free(signal->type);
    free(signal->payload);
}

static enum result send_beyond(struct request *request, const char *username, const char *server_name)
{
    const struct value *payload = &request->values[PAYLOAD];

    if (!text_is_username(username, strlen(username)))
        return request_fail(request, RESULT_BAD_REQUEST, "no such user");
    struct signal *signal = task_new(sizeof(*signal), NULL, write_signal, done, dispose);
    signal->from = (struct user){
        .key = request->who.user_key,
        .id = request->who.user_id,
        .username = text_copy(request->who.username),
        .display_name = text_copy(request->who.display_name),
        .is_local = true,
    };
    signal->to = (struct user){.username = text_copy(username), .server_name = text_copy(server_name)};
    signal->type = text_copy(request->values[SIGNAL_TYPE].text);
    signal->payload = text_copy_n(payload->present ? payload->text : "", payload->length);
    signal->payload_length = payload->length;
    return request_submit(request, &signal->task);
}

/* ---- to a user of this server ---- */

static enum result send_here(struct request *request, const char *username)
{
    const char *server_name = request->worker->config->server_name;
    const struct value *type = &request->values[SIGNAL_TYPE], *payload = &request->values[PAYLOAD];
    struct event_batch events = {0};
    struct user *target;
    enum result result = store_user_by_name(request->worker->store, username, NULL, &target);

    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? request_fail(request, RESULT_BAD_REQUEST, "no such user") : result;
    struct peer_signal signal = {
        .from = {request->who.username, server_name, request->who.display_name},
        .to = {target->username, server_name, target->display_name},
        .type = type->text,
        .type_length = type->length,
        .payload = payload->present ? payload->text : "",
        .payload_length = payload->length,
    };
    events_signal(&events, target->key, &target->id, &signal);
    uint64_t id = bus_publish(request->worker->bus, &events.events[0]);
    bool is_online = presence_is_online(request->worker->bus, target->key);
    event_batch_deinit(&events);
    free(target);
    return id != 0 ? answer_presence(request, is_online) : RESULT_TOO_LARGE;
}

enum result call_signal(struct request *request)
{
    char *address = text_copy(request->values[TARGET].text), *server = strchr(address, '@');
    enum result result;

    if (server != NULL)
        *server++ = '\0';
    if (server != NULL && strcmp(server, request->worker->config->server_name) != 0)
        result = send_beyond(request, address, server);
    else
        result = send_here(request, address);
    free(address);
    return result;
}
