/*
 * visibility.c - which users and channels each peer may see. Worker.
 *
 * What is hidden leaves the lists that the peer gets, and a peer of this project then forgets it. Nothing of it may
 * follow: what waits for that peer is taken back, too. An original is told nothing, neither now nor later.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "bering/outbox.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HIDDEN_USERS, HIDDEN_CHANNELS };

enum { HIDDEN_MOST = 10000 };

const struct field visibility_fields[] = {
    [HIDDEN_USERS] = {"hidden_user_ids", FIELD_UUIDS, true, HIDDEN_MOST},
    [HIDDEN_CHANNELS] = {"hidden_channel_ids", FIELD_UUIDS, true, HIDDEN_MOST},
    {NULL, 0, false, 0},
};

static enum result find(struct action *action, struct store *store, struct server **server_r)
{
    enum result result = store_server_by_id(store, &action->ids[0], server_r);

    return result == RESULT_NOT_FOUND ? action_fail(action, result, "no such server") : result;
}

static enum result write_visibility(struct action *action, struct store *store, int64_t key)
{
    struct json *json = &action->answer;

    json_object_begin(json);
    json_key(json, "hidden_user_ids");
    json_array_begin(json);
    enum result result = store_hidden_users(store, key, write_uuid_row, json);
    json_array_end(json);
    json_key(json, "hidden_channel_ids");
    json_array_begin(json);
    if (result == RESULT_OK)
        result = store_hidden_channels(store, key, write_uuid_row, json);
    json_array_end(json);
    json_object_end(json);
    return result;
}

enum result visibility_list(struct action *action, struct store *store)
{
    struct server *server;
    enum result result = find(action, store, &server);

    if (result != RESULT_OK)
        return result;
    result = write_visibility(action, store, server->key);
    free(server);
    return result;
}

/* ---- what was hidden before ---- */

struct ids {
    struct uuid *list;
    size_t count, capacity;
};

static void add_id(void *argument, const struct uuid *id)
{
    struct ids *ids = argument;

    if (ids->count == ids->capacity) {
        ids->capacity = ids->capacity == 0 ? 16 : 2 * ids->capacity;
        ids->list = realloc(ids->list, ids->capacity * sizeof(*ids->list));
        assert(ids->list != NULL);
    }
    ids->list[ids->count++] = *id;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* One change of what a server may see. */
struct setting {
    struct action *action;
    struct store *store;
    struct event_batch *events;
    const struct server *server;
    struct relay_context relay;
};

typedef enum result each_id(const struct setting *setting, const struct uuid *id);

/* Those of `ids` that are not in `others`. */
static enum result for_each_beside(const struct setting *setting, const struct ids *ids, struct ids *others,
                                   each_id *each)
{
    enum result result = RESULT_OK;

    if (others->count > 0)
        qsort(others->list, others->count, sizeof(*others->list), compare_ids);
    for (size_t i = 0; i < ids->count && result == RESULT_OK; ++i)
        if (others->count == 0 ||
            bsearch(&ids->list[i], others->list, others->count, sizeof(struct uuid), compare_ids) == NULL)
            result = each(setting, &ids->list[i]);
    return result;
}

/* ---- hiding and showing ---- */

struct theirs {
    const char *origin_server;
    struct ids channels;
};

static void note_theirs(void *argument, const struct channel *channel)
{
    struct theirs *theirs = argument;

    if (strcmp(channel->origin_server, theirs->origin_server) == 0)
        add_id(&theirs->channels, &channel->id);
}

static enum result join_again(const struct setting *setting, const struct user *user, const struct uuid *channel_id)
{
    struct channel *channel;
    bool is_member;
    enum result result = store_channel_by_id(setting->store, channel_id, &channel);

    if (result != RESULT_OK)
        return result;
    result = store_member_check(setting->store, channel->key, user->key, &is_member);
    if (result == RESULT_OK && is_member)
        result = relay_membership(setting->store, &setting->relay, channel, user, true);
    free(channel);
    return result;
}

/* Brought back, and a member again of the channels of that server. */
static enum result show_user(const struct setting *setting, const struct uuid *id)
{
    struct theirs theirs = {.origin_server = setting->server->name};
    struct user *user;
    enum result result = store_user_by_id(setting->store, id, &user);

    if (result != RESULT_OK)
        return result;
    result = relay_show_user(setting->store, &setting->relay, setting->server, user);
    if (result == RESULT_OK && user->server_key == 0)
        result = store_channels(setting->store, user->key, note_theirs, &theirs);
    for (size_t i = 0; i < theirs.channels.count && result == RESULT_OK; ++i)
        result = join_again(setting, user, &theirs.channels.list[i]);
    free(theirs.channels.list);
    free(user);
    return result;
}

static enum result show_channel(const struct setting *setting, const struct uuid *id)
{
    struct channel *channel;
    enum result result = store_channel_by_id(setting->store, id, &channel);

    if (result != RESULT_OK)
        return result;
    result = relay_show_channel(setting->store, &setting->relay, setting->server, channel);
    free(channel);
    return result;
}

/* Whoever calls from there is not in it any more; the other servers hear of that. */
static enum result end_call(const struct setting *setting, const struct channel *channel,
                            const struct call_participant *participant)
{
    struct bus *bus = setting->action->task.worker->bus;
    struct call_participant left;
    struct user *user;
    enum result result = RESULT_OK;

    if (calls_leave(bus, channel->key, participant->user_key, &left) != CALL_CHANGED)
        return RESULT_OK;
    events_call(setting->events, false, &left);
    result = store_user_by_key(setting->store, left.user_key, &user);
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    result = relay_call(setting->store, &setting->relay, channel, CALL_WORD_LEAVE, user);
    free(user);
    return result;
}

static enum result hide_channel(const struct setting *setting, const struct uuid *id)
{
    struct channel *channel;
    size_t count;
    enum result result = store_channel_by_id(setting->store, id, &channel);

    if (result != RESULT_OK)
        return result;
    struct call_participant *participants =
        calls_participants(setting->action->task.worker->bus, channel->key, &count);
    for (size_t i = 0; i < count && result == RESULT_OK; ++i)
        if (strcmp(participants[i].server_name, setting->server->name) == 0)
            result = end_call(setting, channel, &participants[i]);
    free(participants);
    free(channel);
    return result;
}

static enum result tell_difference(const struct setting *setting, struct ids before[2], struct ids after[2])
{
    enum result result = outbox_take_back(setting->store, setting->server->key);

    if (result == RESULT_OK)
        result = for_each_beside(setting, &after[HIDDEN_CHANNELS], &before[HIDDEN_CHANNELS], hide_channel);
    if (result == RESULT_OK)
        result = for_each_beside(setting, &before[HIDDEN_USERS], &after[HIDDEN_USERS], show_user);
    if (result == RESULT_OK)
        result = for_each_beside(setting, &before[HIDDEN_CHANNELS], &after[HIDDEN_CHANNELS], show_channel);
    return result;
}

static enum result list_hidden(struct store *store, int64_t server_key, struct ids hidden[2])
{
    enum result result = store_hidden_users(store, server_key, add_id, &hidden[HIDDEN_USERS]);

    return result == RESULT_OK ? store_hidden_channels(store, server_key, add_id, &hidden[HIDDEN_CHANNELS]) : result;
}

static enum result set(const struct setting *setting, struct ids before[2], struct ids after[2])
{
    struct action *action = setting->action;
    const struct value *users = &action->values[HIDDEN_USERS], *channels = &action->values[HIDDEN_CHANNELS];
    int64_t key = setting->server->key;
    enum result result = list_hidden(setting->store, key, before);

    if (result == RESULT_OK)
        result = store_hidden_set(setting->store, key, users->uuids, users->count, channels->uuids, channels->count);
    if (result == RESULT_BAD_REQUEST)
        return action_fail(action, result, "a hidden id names no user or channel");
    if (result == RESULT_OK)
        result = list_hidden(setting->store, key, after);
    return result == RESULT_OK ? tell_difference(setting, before, after) : result;
}

enum result visibility_set(struct action *action, struct store *store, struct event_batch *events)
{
    struct ids before[2] = {{0}}, after[2] = {{0}};
    struct server *server;
    enum result result = find(action, store, &server);

    if (result != RESULT_OK)
        return result;
    struct setting setting = {
        .action = action,
        .store = store,
        .events = events,
        .server = server,
        .relay = {.server_name = action->task.worker->config->server_name, .events = events},
    };
    result = set(&setting, before, after);
    if (result == RESULT_OK) {
        action->task.beyond_messages = true;
        events_server_changed(events, server->key);
        result = write_visibility(action, store, server->key);
    }
    for (size_t i = 0; i < 2; ++i) {
        free(before[i].list);
        free(after[i].list);
    }
    free(server);
    return result;
}
