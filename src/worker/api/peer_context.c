/*
 * peer_context.c - who may speak for whom, and how what a server names is found here. Worker, writer thread.
 *
 * Always holds: nobody speaks for this server's users; a server that its token identifies speaks for its own users, and
 * for others only in its own channels; what is hidden from a server is answered as if it did not exist.
 */
#include "bering/events.h"
#include "bering/peers.h"
#include "bering/text.h"
#include "worker/api/peer_apply.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum result peer_fail(struct peer_context *context, enum result result, const char *error)
{
    context->error = error;
    return result;
}

/* ---- one request ---- */

struct loading {
    struct peer_context *context;
    size_t capacity;
};

static void add_server(void *argument, const struct server *server)
{
    struct loading *loading = argument;
    struct peer_context *context = loading->context;

    if (context->server_count == loading->capacity) {
        loading->capacity = loading->capacity == 0 ? 8 : 2 * loading->capacity;
        context->servers = realloc(context->servers, loading->capacity * sizeof(*context->servers));
        assert(context->servers != NULL);
    }
    context->servers[context->server_count++] =
        (struct peer_server){server->key, server->abilities, text_copy(server->name)};
}

enum result peer_context_begin(struct peer_context *context, struct worker *worker, struct store *store,
                               struct event_batch *events, const struct peer_identity *peer)
{
    struct loading loading = {.context = context};

    *context = (struct peer_context){
        .worker = worker,
        .store = store,
        .events = events,
        .own_name = worker->config->server_name,
    };
    enum result result = store_servers(store, add_server, &loading);
    if (result != RESULT_OK || peer->server_key == 0)
        return result;
    for (size_t i = 0; i < context->server_count; ++i)
        if (context->servers[i].key == peer->server_key)
            context->speaker = &context->servers[i];
    return context->speaker != NULL ? RESULT_OK : peer_fail(context, RESULT_UNAUTHORIZED, "unknown federation token");
}

enum result peer_context_end(struct peer_context *context)
{
    enum result result = RESULT_OK;

    for (size_t i = 0; i < context->leaver_count && result == RESULT_OK; ++i)
        result = store_user_delete(context->store, context->leavers[i]);
    for (size_t i = 0; i < context->server_count; ++i)
        free(context->servers[i].name);
    free(context->servers);
    free(context->leavers);
    context->servers = NULL;
    context->leavers = NULL;
    return result;
}

/* ---- who may speak ---- */

int64_t peer_server_key(const struct peer_context *context, const char *name)
{
    for (size_t i = 0; i < context->server_count; ++i)
        if (strcmp(context->servers[i].name, name) == 0)
            return context->servers[i].key;
    return 0;
}

bool peer_is_own(const struct peer_context *context, const char *server_name)
{
    return strcmp(server_name, context->own_name) == 0;
}

static bool is_speaker(const struct peer_context *context, const char *server_name)
{
    return context->speaker != NULL && strcmp(context->speaker->name, server_name) == 0;
}

enum result peer_may_decide(struct peer_context *context, const char *server_name, int64_t *server_key_r)
{
    if (peer_is_own(context, server_name))
        return peer_fail(context, RESULT_FORBIDDEN, "no other server may speak for this one");
    *server_key_r = peer_server_key(context, server_name);
    if (*server_key_r == 0)
        return peer_fail(context, RESULT_UNAUTHORIZED, "unknown server");
    if (context->speaker != NULL && !is_speaker(context, server_name))
        return peer_fail(context, RESULT_FORBIDDEN, "one server may not speak for another");
    return RESULT_OK;
}

enum result peer_may_speak(struct peer_context *context, const char *server_name, const struct peer_place *channel,
                           int64_t *server_key_r)
{
    if (channel == NULL || !is_speaker(context, channel->origin_server) || is_speaker(context, server_name) ||
        peer_is_own(context, server_name))
        return peer_may_decide(context, server_name, server_key_r);
    *server_key_r = peer_server_key(context, server_name);
    /* the caller is who it says, and may say this: it is no stranger, only this message cannot be kept */
    return *server_key_r != 0 ? RESULT_OK
                              : peer_fail(context, RESULT_BAD_REQUEST, "this server does not know the user's server");
}

/* ---- users ---- */

enum result peer_find_local(struct peer_context *context, const char *username, int64_t for_server,
                            struct user **user_r)
{
    struct user *user;
    bool hidden = false;
    enum result result = store_user_by_name(context->store, username, NULL, &user);

    if (result == RESULT_NOT_FOUND)
        return peer_fail(context, RESULT_BAD_REQUEST, "no such user");
    if (result != RESULT_OK)
        return result;
    result = peer_is_user_hidden(context->store, for_server, user->key, &hidden);
    if (result == RESULT_OK && hidden)
        result = peer_fail(context, RESULT_BAD_REQUEST, "no such user");
    if (result == RESULT_OK)
        *user_r = user;
    else
        free(user);
    return result;
}

enum result peer_put_user(struct peer_context *context, int64_t server_key, const struct peer_person *person,
                          struct user **user_r)
{
    bool changed;
    enum result result =
        peer_user_put(context->store, server_key, person->username, person->display_name, user_r, &changed);

    if (result == RESULT_OK && changed) {
        context->beyond_messages = true;
        events_user(context->events, CHANGE_UPDATED, *user_r);
    }
    return result;
}

/* ---- channels ---- */

static enum result is_member(struct peer_context *context, const struct channel *channel,
                             const struct peer_person *person, bool *member_r)
{
    struct user *user;
    enum result result = store_user_by_name(context->store, person->username, person->server, &user);

    *member_r = false;
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    result = store_member_check(context->store, channel->key, user->key, member_r);
    free(user);
    return result;
}

/* Whether a server may know of a channel. */
static enum result is_shown(struct peer_context *context, const struct channel *channel, int64_t for_server,
                            const struct peer_person *member, bool *shown_r)
{
    bool hidden = false;
    enum result result = peer_is_channel_hidden(context->store, for_server, channel->key, &hidden);

    *shown_r = !hidden;
    if (result == RESULT_OK && !hidden && channel->is_private) {
        *shown_r = false;
        if (member != NULL)
            result = is_member(context, channel, member, shown_r);
    }
    return result;
}

enum result peer_find_own_channel(struct peer_context *context, const struct peer_place *place, int64_t for_server,
                                  const struct peer_person *member, struct channel **channel_r)
{
    struct channel *channel;
    bool shown = false;
    enum result result = store_channel_by_name(context->store, place->name, NULL, &channel);

    if (result == RESULT_OK) {
        result = is_shown(context, channel, for_server, member, &shown);
        if (result == RESULT_OK && !shown)
            result = RESULT_NOT_FOUND;
        if (result == RESULT_OK)
            *channel_r = channel;
        else
            free(channel);
    }
    return result == RESULT_NOT_FOUND ? peer_fail(context, RESULT_BAD_REQUEST, "no such channel") : result;
}

enum result peer_find_channel(struct peer_context *context, const struct peer_place *place, struct channel **channel_r)
{
    return store_channel_by_name(context->store, place->name, place->origin_server, channel_r);
}

/* What its origin says of a channel holds. Replaces *channel. */
static enum result update_privacy(struct peer_context *context, const struct peer_place *place,
                                  struct channel **channel)
{
    struct channel *changed;

    if (place->is_private < 0 || (place->is_private != 0) == (*channel)->is_private)
        return RESULT_OK;
    enum result result = store_channel_update(context->store, (*channel)->key, NULL, place->is_private, &changed);
    if (result != RESULT_OK)
        return result;
    context->beyond_messages = true;
    events_channel(context->events, CHANGE_UPDATED, changed, 0);
    free(*channel);
    *channel = changed;
    return RESULT_OK;
}

enum result peer_put_channel(struct peer_context *context, const struct peer_place *place, bool is_origin,
                             struct channel **channel_r)
{
    struct channel *channel;
    bool created;
    enum result result = peer_channel_put(context->store, place->name, place->origin_server, &channel, &created);

    if (result != RESULT_OK)
        return result;
    if (created) {
        context->beyond_messages = true;
        if (!is_origin || place->is_private <= 0) /* nobody hears of a private one */
            events_channel(context->events, CHANGE_CREATED, channel, 0);
    }
    if (is_origin)
        result = update_privacy(context, place, &channel);
    if (result == RESULT_OK)
        *channel_r = channel;
    else
        free(channel);
    return result;
}

enum result peer_add_member(struct peer_context *context, const struct channel *channel, const struct user *user,
                            bool *added_r)
{
    enum result result = store_member_add(context->store, channel->key, user->key, added_r);

    if (result == RESULT_OK && *added_r) {
        context->beyond_messages = true;
        events_member(context->events, true, channel, user);
    }
    return result;
}
