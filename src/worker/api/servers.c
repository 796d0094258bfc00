/*
 * servers.c - the peers of the federation. Worker. Answers hold their tokens, unless whoever
 * asks needs none: ?tokens=0.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { NAME, BASE_URL, TOKEN };

enum { TOKENS };

enum { URL_MOST = 512, TOKEN_MOST = 512 };

const struct parameter servers_parameters[] = {
    [TOKENS] = {"tokens", PARAMETER_FLAG, false, 0, 0},
    {NULL, 0, false, 0, 0},
};

const struct field server_create_fields[] = {
    [NAME] = {"name", FIELD_USERNAME, true, 0},
    [BASE_URL] = {"base_url", FIELD_TEXT, true, URL_MOST},
    [TOKEN] = {"token", FIELD_OPTIONAL_TEXT, false, TOKEN_MOST},
    {NULL, 0, false, 0},
};

const struct field server_update_fields[] = {
    [NAME] = {"name", FIELD_USERNAME, false, 0},
    [BASE_URL] = {"base_url", FIELD_TEXT, false, URL_MOST},
    [TOKEN] = {"token", FIELD_OPTIONAL_TEXT, false, TOKEN_MOST},
    {NULL, 0, false, 0},
};

static bool shows_tokens(const struct action *action)
{
    return !action->parameters[TOKENS].present || action->parameters[TOKENS].boolean;
}

enum result servers_list(struct action *action, struct store *store)
{
    store_server_row *write = shows_tokens(action) ? write_server_row : write_server_row_masked;

    json_array_begin(&action->answer);
    enum result result = store_servers(store, write, &action->answer);
    json_array_end(&action->answer);
    return result;
}

/* http or https, a host, and nothing that could break a request line. */
static bool is_base_url(const char *url)
{
    size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;

    if (scheme == 0 || url[scheme] == '\0' || url[scheme] == '/')
        return false;
    for (const char *at = url; *at != '\0'; ++at)
        if ((unsigned char)*at <= ' ' || *at == '?' || *at == '#' || *at == '"')
            return false;
    return true;
}

/* An empty token asks for a new one. */
static const char *token_of(struct action *action, bool is_new)
{
    const struct value *token = &action->values[TOKEN];

    if (token->present && token->length > 0)
        return token->text;
    if (!token->present && !is_new)
        return NULL;
    secret_token(action->secret);
    return action->secret;
}

static enum result check(struct action *action)
{
    const struct value *name = &action->values[NAME], *url = &action->values[BASE_URL];

    if (url->present && !is_base_url(url->text))
        return action_fail(action, RESULT_BAD_REQUEST, "field `base_url` must be an http or https URL");
    if (name->present && strcmp(name->text, action->task.worker->config->server_name) == 0)
        return action_fail(action, RESULT_CONFLICT, "that is this server's own name");
    return RESULT_OK;
}

static enum result answer(struct action *action, enum result result, struct server *server, struct event_batch *events)
{
    if (result == RESULT_CONFLICT)
        return action_fail(action, result, "a server of that name exists");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    write_server(&action->answer, server, shows_tokens(action) ? server->token : "");
    events_server_changed(events, server->key);
    free(server);
    return RESULT_OK;
}

enum result server_create(struct action *action, struct store *store, struct event_batch *events)
{
    struct server_change change = {.name = action->values[NAME].text, .base_url = action->values[BASE_URL].text};
    struct server *server;
    enum result result = check(action);

    if (result != RESULT_OK)
        return result;
    change.token = token_of(action, true);
    result = store_server_create(store, &change, &server);
    return answer(action, result, server, events);
}

static enum result find(struct action *action, struct store *store, struct server **server_r)
{
    enum result result = store_server_by_id(store, &action->ids[0], server_r);

    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such server") : result;
}

/* Its channels and users bear its name, in more places than events could list. */
enum result server_update(struct action *action, struct store *store, struct event_batch *events)
{
    struct server_change change = {.name = action->values[NAME].text, .base_url = action->values[BASE_URL].text};
    struct server *old, *server;
    enum result result = check(action);

    if (result == RESULT_OK)
        result = find(action, store, &old);
    if (result != RESULT_OK)
        return result;
    change.token = token_of(action, false);
    result = store_server_update(store, old->key, &change, &server);
    bool is_renamed = result == RESULT_OK && strcmp(old->name, server->name) != 0;
    free(old);
    result = answer(action, result, server, events);
    if (is_renamed)
        events_resync(events);
    return result;
}

static void leave_calls(struct bus *bus, const char *server_name, struct event_batch *events)
{
    struct call_participant left;
    size_t count;
    struct call_participant *participants = calls_participants(bus, 0, &count);

    for (size_t i = 0; i < count; ++i)
        if (strcmp(participants[i].server_name, server_name) == 0 &&
            calls_leave(bus, participants[i].channel_key, participants[i].user_key, &left) == CALL_CHANGED)
            events_call(events, false, &left);
    free(participants);
}

enum result server_delete(struct action *action, struct store *store, struct event_batch *events)
{
    struct server *server;
    enum result result = find(action, store, &server);

    if (result != RESULT_OK)
        return result;
    result = store_server_delete(store, server->key);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        leave_calls(action->task.worker->bus, server->name, events);
        events_server_changed(events, server->key);
        events_resync(events); /* its users are gone */
    }
    free(server);
    return result;
}
