/*
 * federation_tokens.c - tokens that peers may use besides their own. Worker. Shown once, stored as a digest.
 */
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include <stdlib.h>

enum { LABEL };

const struct field federation_token_fields[] = {
    [LABEL] = {"label", FIELD_NAME, true, 0},
    {NULL, 0, false, 0},
};

enum result federation_tokens_list(struct action *action, struct store *store)
{
    json_array_begin(&action->answer);
    enum result result = store_federation_tokens(store, write_federation_token_row, &action->answer);
    json_array_end(&action->answer);
    return result;
}

enum result federation_token_create(struct action *action, struct store *store, struct event_batch *events)
{
    struct federation_token *token;
    struct digest digest;

    secret_token(action->secret);
    digest = secret_digest(action->secret, SECRET_TOKEN_LENGTH);
    enum result result = store_federation_token_create(store, action->values[LABEL].text, &digest, &token);
    if (result != RESULT_OK)
        return result;
    action->task.beyond_messages = true;
    events_server_changed(events, 0);
    write_federation_token(&action->answer, token, action->secret);
    free(token);
    return RESULT_OK;
}

enum result federation_token_delete(struct action *action, struct store *store, struct event_batch *events)
{
    enum result result = store_federation_token_delete(store, &action->ids[0]);

    if (result == RESULT_NOT_FOUND)
        return action_fail(action, result, "no such token");
    action->task.beyond_messages = true;
    events_server_changed(events, 0); /* which are valid is remembered for all servers together */
    return result;
}
