/*
 * profile.c - users, as they see each other and change themselves. Worker.
 */
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/lists.h"
#include "worker/worker.h"
#include <stdlib.h>

enum { DISPLAY_NAME };
enum { CURRENT_PASSWORD, NEW_PASSWORD };

const struct field profile_fields[] = {
    [DISPLAY_NAME] = {"display_name", FIELD_DISPLAY_NAME, false, 0},
    {NULL, 0, false, 0},
};

const struct field password_fields[] = {
    [CURRENT_PASSWORD] = {"current_password", FIELD_OPTIONAL_TEXT, false, 1024},
    [NEW_PASSWORD] = {"new_password", FIELD_PASSWORD, true, 0},
    {NULL, 0, false, 0},
};

enum result users_list(struct request *request)
{
    return lists_answer_users(request);
}

enum result profile_update(struct action *action, struct store *store, struct event_batch *events)
{
    const struct value *display_name = &action->values[DISPLAY_NAME];
    struct user_change change = {.display_name = display_name->is_null ? "" : display_name->text};
    struct user *user;
    enum result result = store_user_update(store, action->who.user_key, &change, &user);

    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    write_user(&action->answer, user, "");
    events_user(events, CHANGE_UPDATED, user);
    free(user);
    return RESULT_OK;
}

/* The current password is asked for where there is one. */
enum result password_check(struct action *action, struct store *store)
{
    const struct value *current = &action->values[CURRENT_PASSWORD], *next = &action->values[NEW_PASSWORD];
    char *hash;
    enum result result = store_user_password(store, action->who.user_key, &hash);

    if (result != RESULT_OK)
        return result;
    if (hash != NULL && (!current->present || !secret_password_verify(current->text, current->length, hash)))
        result = action_fail(action, RESULT_FORBIDDEN, "the current password is wrong");
    free(hash);
    if (result == RESULT_OK &&
        !secret_password_hash(next->text, next->length, action->task.worker->config->bcrypt_cost, action->secret))
        result = RESULT_BAD_REQUEST;
    return result;
}

/* The session that asks goes on; all others of this user end. */
enum result password_change(struct action *action, struct store *store, struct event_batch *events)
{
    struct user_change change = {.password_hash = action->secret};
    struct user *user;
    enum result result = store_user_update(store, action->who.user_key, &change, &user);

    if (result != RESULT_OK)
        return result;
    free(user);
    action->task.beyond_messages = true;
    result = store_sessions_delete(store, action->who.user_key, action->who.session_key);
    events_session_revoked(events, action->who.user_key, false);
    json_text(&action->answer, "ok");
    return result;
}
