/*
 * sign_in.c - passwords into sessions, and their end. Worker.
 *
 * The password is checked on a job thread; the session is written before its token is told. Whatever is wrong, the
 * answer is the same, and takes as long.
 */
#include "bering/clock.h"
#include "bering/events.h"
#include "bering/rate.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { USERNAME, PASSWORD };

const struct field sign_in_fields[] = {
    [USERNAME] = {"username", FIELD_OPTIONAL_TEXT, true, 1024},
    [PASSWORD] = {"password", FIELD_OPTIONAL_TEXT, true, 1024},
    {NULL, 0, false, 0},
};

/* Finds the account and checks its password; a missing account or password costs the same time. */
static enum result check(struct action *action, struct store *store)
{
    const struct value *username = &action->values[USERNAME], *password = &action->values[PASSWORD];
    struct user *user = NULL;
    char *hash = NULL;
    enum result result = store_user_by_name(store, username->text, NULL, &user);

    if (result == RESULT_OK)
        result = store_user_password(store, user->key, &hash);
    if (result != RESULT_OK && result != RESULT_NOT_FOUND)
        goto out;
    if (!secret_password_verify(password->text, password->length, hash)) {
        result = action_fail(action, RESULT_UNAUTHORIZED, "wrong username or password");
        goto out;
    }
    rate_forget(action->task.worker->bus, RATE_LOGIN_ACCOUNT, username->text, username->length);
    action->key = user->key;
    action->who = (struct principal){.user_key = user->key,
                                     .user_id = user->id,
                                     .username = text_copy(user->username),
                                     .display_name = text_copy(user->display_name)};
    result = RESULT_OK;
out:
    free(user);
    free(hash);
    return result;
}

enum result user_sign_in_check(struct action *action, struct store *store)
{
    return check(action, store);
}

enum result admin_sign_in_check(struct action *action, struct store *store)
{
    /* other accounts cannot become administrators, whatever their password: the check still takes its time */
    bool is_admin = strcmp(action->values[USERNAME].text, action->task.worker->config->admin_username) == 0;
    enum result result = check(action, store);

    return result == RESULT_OK && !is_admin ? action_fail(action, RESULT_UNAUTHORIZED, "wrong username or password")
                                            : result;
}

/* The token goes into the answer for programs, and into a cookie for pages, whose scripts never need to see it. */
static enum result open_session(struct action *action, struct store *store, enum session_kind kind)
{
    int64_t session_key;

    secret_token(action->secret);
    action->task.beyond_messages = true;
    cookie_write(action->cookie, kind, action->secret, action->is_secure);
    struct session_new session = {
        .token = secret_digest(action->secret, SECRET_TOKEN_LENGTH),
        .kind = kind,
        .user_key = action->key,
        .expires_at = clock_now() + cookie_seconds(kind) * INT64_C(1000000000),
        .user_agent = action->user_agent[0] != '\0' ? action->user_agent : NULL,
    };
    return store_session_create(store, &session, &session_key);
}

enum result user_sign_in(struct action *action, struct store *store, struct event_batch *events)
{
    enum result result = open_session(action, store, SESSION_USER);

    (void)events;
    json_object_begin(&action->answer);
    json_key_uuid(&action->answer, "user_id", &action->who.user_id);
    json_key_text(&action->answer, "username", action->who.username);
    json_key_text(&action->answer, "token", action->secret);
    json_key_text(&action->answer, "display_name", action->who.display_name);
    json_object_end(&action->answer);
    return result;
}

enum result admin_sign_in(struct action *action, struct store *store, struct event_batch *events)
{
    enum result result = open_session(action, store, SESSION_ADMIN);

    (void)events;
    json_object_begin(&action->answer);
    json_key_text(&action->answer, "token", action->secret);
    json_object_end(&action->answer);
    return result;
}

/* Ends the session that asks. A permanent token or ADMIN_TOKEN is none: nothing ends, and that is fine, too. */
enum result sign_out(struct action *action, struct store *store, struct event_batch *events)
{
    enum result result = RESULT_OK;

    action->task.beyond_messages = true;
    json_text(&action->answer, "ok");
    cookie_write(action->cookie, action->who.kind, NULL, action->is_secure);
    if (action->who.session_key == 0)
        return RESULT_OK;
    result = store_session_delete(store, action->who.session_key);
    events_session_revoked(events, action->who.user_key, false);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}
