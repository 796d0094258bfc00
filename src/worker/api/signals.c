/*
 * signals.c - what callers' clients say to each other: offers, answers, candidates. Worker.
 *
 * Nothing of it is stored: to somebody here it goes straight to the bus; to somebody of another server it waits in the outbox,
 * and not for long.
 */
#include "bering/events.h"
#include "bering/peer_json.h"
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
    struct uuid target;
    char *type;
    char *payload;
    size_t payload_length;
};

static enum result write_signal(struct task *task, struct store *store, struct event_batch *events)
{
    struct signal *signal = (struct signal *)task;
    struct relay_context context = {.server_name = task->worker->config->server_name, .events = events};
    struct relay_signal relay = {
        .from = &signal->from,
        .type = signal->type,
        .type_length = strlen(signal->type),
        .payload = signal->payload,
        .payload_length = signal->payload_length,
    };
    struct user *target;
    enum result result = store_user_by_id(store, &signal->target, &target);

    if (result != RESULT_OK)
        return result;
    task->beyond_messages = true;
    relay.to = target;
    result = relay_signal(store, &context, &relay);
    if (result == RESULT_FORBIDDEN)
        task->error = "your account is hidden from that server";
    free(target);
    return result;
}

static void done(struct task *task)
{
    struct request *request = task_succeeded(task);

    if (request != NULL)
        answer_ok(request);
}

static void dispose(struct task *task)
{
    struct signal *signal = (struct signal *)task;

    free((char *)(uintptr_t)signal->from.username);
    free((char *)(uintptr_t)signal->from.display_name);
    free(signal->type);
    free(signal->payload);
}

static enum result send_beyond(struct request *request, const struct user *target)
{
    const struct value *payload = &request->values[PAYLOAD];
    struct signal *signal = task_new(sizeof(*signal), NULL, write_signal, done, dispose);

    signal->from = (struct user){
        .key = request->who.user_key,
        .id = request->who.user_id,
        .username = text_copy(request->who.username),
        .display_name = text_copy(request->who.display_name),
        .is_local = true,
    };
    signal->target = target->id;
    signal->type = text_copy(request->values[SIGNAL_TYPE].text);
    signal->payload = text_copy_n(payload->present ? payload->text : "", payload->length);
    signal->payload_length = payload->length;
    return request_submit(request, &signal->task);
}

/* ---- to a user of this server ---- */

static enum result send_here(struct request *request, const struct user *target)
{
    const char *server_name = request->worker->config->server_name;
    const struct value *type = &request->values[SIGNAL_TYPE], *payload = &request->values[PAYLOAD];
    struct peer_signal signal = {
        .from = {request->who.username, server_name, request->who.display_name},
        .to = {target->username, server_name, target->display_name},
        .type = type->text,
        .type_length = type->length,
        .payload = payload->present ? payload->text : "",
        .payload_length = payload->length,
    };
    struct event_batch events = {0};

    events_signal(&events, target->key, &target->id, &signal);
    uint64_t id = bus_publish(request->worker->bus, &events.events[0]);
    event_batch_deinit(&events);
    return id != 0 ? answer_ok(request) : RESULT_TOO_LARGE;
}

static enum result find_target(struct request *request, struct user **target_r)
{
    char *address = text_copy(request->values[TARGET].text), *server = strchr(address, '@');

    if (server != NULL)
        *server++ = '\0';
    if (server != NULL && strcmp(server, request->worker->config->server_name) == 0)
        server = NULL;
    enum result result = store_user_by_name(request->worker->store, address, server, target_r);
    free(address);
    return result == RESULT_NOT_FOUND ? request_fail(request, RESULT_BAD_REQUEST, "no such user") : result;
}

enum result call_signal(struct request *request)
{
    struct user *target;
    enum result result = find_target(request, &target);

    if (result != RESULT_OK)
        return result;
    result = target->is_local ? send_here(request, target) : send_beyond(request, target);
    free(target);
    return result;
}
