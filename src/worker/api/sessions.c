/*
 * sessions.c - who asks, and where a user is signed in. Worker.
 *
 * A page that holds its token in a cookie knows nothing of it: it asks here. Sessions of administration are short and
 * of another place: they are not listed among a user's.
 */
#include "bering/clock.h"
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/worker.h"
#include <stdlib.h>

static void write_expiry(struct json *json, const struct principal *who)
{
    json_key(json, "expires_at");
    if (who->expires_at == INT64_MAX)
        json_null(json);
    else
        json_time(json, who->expires_at);
}

static void write_self(struct json *json, const struct config *config)
{
    json_key_text(json, "server_name", config->server_name);
    json_key_text(json, "version", PACKAGE_VERSION);
}

enum result me(struct request *request)
{
    const struct config *config = request->worker->config;
    const struct principal *who = &request->who;
    struct json json = {0};

    json_object_begin(&json);
    json_key(&json, "user");
    json_object_begin(&json);
    json_key_uuid(&json, "id", &who->user_id);
    json_key_text(&json, "username", who->username);
    json_key_text(&json, "display_name", who->display_name);
    json_key_text(&json, "server_name", config->server_name);
    json_object_end(&json);
    json_key(&json, "session");
    json_object_begin(&json);
    json_key_uuid(&json, "id", who->session_key != 0 ? &who->session_id : NULL);
    write_expiry(&json, who);
    json_object_end(&json);
    write_self(&json, config);
    json_key_integer(&json, "max_message_bytes", (int64_t)config->max_message_bytes);
    json_key_boolean(&json, "has_gifs", config->tenor_api_key != NULL);
    json_object_end(&json);
    return answer_json(request, &json);
}

enum result admin_me(struct request *request)
{
    struct json json = {0};

    json_object_begin(&json);
    json_key_text(&json, "username", request->who.username);
    write_self(&json, request->worker->config);
    write_expiry(&json, &request->who);
    json_object_end(&json);
    return answer_json(request, &json);
}

static void write_session(void *argument, const struct session_view *session)
{
    struct action *action = argument;
    struct json *json = &action->answer;

    json_object_begin(json);
    json_key_uuid(json, "id", &session->id);
    json_key(json, "created_at");
    json_time(json, session->created_at);
    json_key(json, "expires_at");
    json_time(json, session->expires_at);
    json_key_text(json, "user_agent", session->user_agent);
    json_key_boolean(json, "is_current", session->key == action->who.session_key);
    json_object_end(json);
}

enum result sessions_list(struct action *action, struct store *store)
{
    json_array_begin(&action->answer);
    enum result result = store_sessions(store, action->who.user_key, clock_now(), write_session, action);
    json_array_end(&action->answer);
    return result;
}

enum result session_end(struct action *action, struct store *store, struct event_batch *events)
{
    int64_t key;
    enum result result = store_session_end(store, action->who.user_key, &action->ids[0], &key);

    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such session");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    events_session_revoked(events, action->who.user_key, false);
    if (key == action->who.session_key)
        cookie_write(action->cookie, SESSION_USER, NULL, action->is_secure);
    return RESULT_OK;
}

enum result sessions_end_others(struct action *action, struct store *store, struct event_batch *events)
{
    int count = 0;
    enum result result = store_sessions_end(store, action->who.user_key, action->who.session_key, &count);

    action->task.beyond_messages = true;
    if (count > 0)
        events_session_revoked(events, action->who.user_key, false);
    json_object_begin(&action->answer);
    json_key_integer(&action->answer, "ended", count);
    json_object_end(&action->answer);
    return result;
}

/* ---- the same for administrators, of any user of this server ---- */

static enum result find_user(struct action *action, struct store *store, int64_t *key_r)
{
    struct user *user = NULL;
    enum result result = store_user_by_id(store, &action->ids[0], &user);

    if (result == RESULT_OK && (user->is_deleted || !user->is_local))
        result = RESULT_NOT_FOUND;
    if (result == RESULT_OK)
        *key_r = user->key;
    free(user);
    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such user") : result;
}

enum result admin_sessions_list(struct action *action, struct store *store)
{
    int64_t key;
    enum result result = find_user(action, store, &key);

    if (result != RESULT_OK)
        return result;
    json_array_begin(&action->answer);
    result = store_sessions(store, key, clock_now(), write_session, action);
    json_array_end(&action->answer);
    return result;
}

enum result admin_session_end(struct action *action, struct store *store, struct event_batch *events)
{
    int64_t user_key, key;
    enum result result = find_user(action, store, &user_key);

    if (result != RESULT_OK)
        return result;
    result = store_session_end(store, user_key, &action->ids[1], &key);
    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such session");
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    events_session_revoked(events, user_key, false);
    return RESULT_OK;
}

enum result admin_sessions_end(struct action *action, struct store *store, struct event_batch *events)
{
    int64_t key;
    int count = 0;
    enum result result = find_user(action, store, &key);

    if (result == RESULT_OK)
        result = store_sessions_end(store, key, 0, &count);
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    if (count > 0)
        events_session_revoked(events, key, false);
    json_object_begin(&action->answer);
    json_key_integer(&action->answer, "ended", count);
    json_object_end(&action->answer);
    return RESULT_OK;
}
