/*
 * calls.c - who is in a channel's call. Worker. Participants live in the shared segment; who may read a channel may
 * join, as long as there are not too many: those of other servers count, but are not asked for leave.
 */
#include "bering/calls.h"
#include "bering/events.h"
#include "worker/api/api.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

static void write_participants(struct json *json, const struct call_participant *participants, size_t count)
{
    json_array_begin(json);
    for (size_t i = 0; i < count; ++i) {
        json_object_begin(json);
        json_key_text(json, "username", participants[i].username);
        json_key_text(json, "server_name", participants[i].server_name);
        json_key_uuid(json, "user_id", &participants[i].user_id);
        json_object_end(json);
    }
    json_array_end(json);
}

/* A channel, if the user may read it. */
static enum result find_channel(struct store *store, const struct uuid *id, int64_t user_key,
                                struct channel **channel_r)
{
    bool is_member = true;
    enum result result = store_channel_by_id(store, id, channel_r);

    if (result != RESULT_OK)
        return result;
    if ((*channel_r)->is_private)
        result = store_member_check(store, (*channel_r)->key, user_key, &is_member);
    if (result == RESULT_OK && !is_member)
        result = RESULT_NOT_FOUND;
    if (result != RESULT_OK)
        free(*channel_r);
    return result;
}

static void write_list_of(struct bus *bus, int64_t channel_key, struct json *json)
{
    size_t count;
    struct call_participant *participants = calls_participants(bus, channel_key, &count);

    write_participants(json, participants, count);
    free(participants);
}

static int compare_channels(const void *a, const void *b)
{
    const struct call_participant *left = a, *right = b;

    return (left->channel_key > right->channel_key) - (left->channel_key < right->channel_key);
}

/* How many are in the calls of the channels that the user may read. */
enum result active_calls(struct request *request)
{
    struct json json = {0};
    char id[UUID_TEXT_LENGTH + 1];
    size_t count, next;
    struct call_participant *participants = calls_participants(request->worker->bus, 0, &count);

    if (count > 0)
        qsort(participants, count, sizeof(*participants), compare_channels);
    json_object_begin(&json);
    for (size_t first = 0; first < count; first = next) {
        struct channel *channel;
        for (next = first + 1; next < count && participants[next].channel_key == participants[first].channel_key;)
            ++next;
        if (find_channel(request->worker->store, &participants[first].channel_id, request->who.user_key, &channel) !=
            RESULT_OK)
            continue;
        json_key_integer(&json, uuid_format(&channel->id, id), (int64_t)(next - first));
        free(channel);
    }
    json_object_end(&json);
    free(participants);
    return answer_json(request, &json);
}

enum result call_participants(struct request *request)
{
    struct channel *channel;
    struct json json = {0};
    enum result result = find_channel(request->worker->store, &request->ids[0], request->who.user_key, &channel);

    if (result != RESULT_OK)
        return result;
    write_list_of(request->worker->bus, channel->key, &json);
    free(channel);
    return answer_json(request, &json);
}

static struct call_participant participant_of(const struct action *action, const struct channel *channel)
{
    struct call_participant participant = {
        .channel_key = channel->key,
        .channel_id = channel->id,
        .user_key = action->who.user_key,
        .user_id = action->who.user_id,
        .process = bus_process(action->task.worker->bus),
    };

    strncpy(participant.username, action->who.username, sizeof(participant.username) - 1);
    strncpy(participant.server_name, action->task.worker->config->server_name, sizeof(participant.server_name) - 1);
    return participant;
}

/* Servers with members in the channel hear of it, too. */
static enum result tell_peers(struct action *action, struct store *store, struct event_batch *events,
                              const struct channel *channel, bool joined)
{
    struct relay_context relay = {.server_name = action->task.worker->config->server_name, .events = events};
    struct user user = {
        .key = action->who.user_key,
        .id = action->who.user_id,
        .username = action->who.username,
        .display_name = action->who.display_name,
        .is_local = true,
    };

    return relay_call(store, &relay, channel, joined ? CALL_WORD_JOIN : CALL_WORD_LEAVE, &user);
}

/* How many may be in a channel's call. */
static unsigned most_of(const struct config *config)
{
    return config->call_audio_most > config->call_video_most ? config->call_audio_most : config->call_video_most;
}

/* Why somebody is not in the call. */
static enum result refuse(struct action *action, enum call_change change)
{
    if (change == CALL_CROWDED)
        return action_fail(action, RESULT_CONFLICT, "the call is full: as many are in it as this server allows");
    action->task.retry_after = 10;
    return action_fail(action, RESULT_UNAVAILABLE, "too many calls");
}

/* A write, though nothing is stored: its event then stands in line with the membership that allows it. */
enum result call_join(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    enum result result = find_channel(store, &action->ids[0], action->who.user_key, &channel);

    if (result != RESULT_OK)
        return result;
    struct call_participant participant = participant_of(action, channel);
    enum call_change change =
        calls_join(action->task.worker->bus, &participant, most_of(action->task.worker->config));
    if (change == CALL_FULL || change == CALL_CROWDED) {
        free(channel);
        return refuse(action, change);
    }
    if (change == CALL_CHANGED)
        events_call(events, true, &participant);
    /* once more, too: they may have lost sight of a user meanwhile */
    result = tell_peers(action, store, events, channel, true);
    json_object_begin(&action->answer);
    json_key(&action->answer, "participants");
    write_list_of(action->task.worker->bus, channel->key, &action->answer);
    json_object_end(&action->answer);
    free(channel);
    return result;
}

enum result call_leave(struct action *action, struct store *store, struct event_batch *events)
{
    struct channel *channel;
    struct call_participant left;
    enum result result = store_channel_by_id(store, &action->ids[0], &channel);

    if (result != RESULT_OK)
        return result;
    if (calls_leave(action->task.worker->bus, channel->key, action->who.user_key, &left) == CALL_CHANGED) {
        events_call(events, false, &left);
        result = tell_peers(action, store, events, channel, false);
    }
    json_text(&action->answer, "ok");
    free(channel);
    return result;
}
