/*
 * peer_calls.c - who of other servers enters and leaves the calls of channels, and what their clients say to ours.
 * Worker, writer thread.
 */
#include "bering/calls.h"
#include "bering/clock.h"
#include "bering/events.h"
#include "bering/log.h"
#include "bering/peers.h"
#include "worker/api/peer_apply.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

/* ---- calls ---- */

static struct call_participant participant_of(const struct channel *channel, const struct user *user)
{
    struct call_participant participant = {
        .channel_key = channel->key,
        .channel_id = channel->id,
        .user_key = user->key,
        .user_id = user->id,
        .process = 0, /* no connection of ours */
    };

    strncpy(participant.username, user->username, sizeof(participant.username) - 1);
    strncpy(participant.server_name, user->server_name, sizeof(participant.server_name) - 1);
    return participant;
}

/* A server of this project speaks of its own user: it says "still" as long as that is true. */
static bool will_be_told_again(const struct peer_context *context, const struct user *user)
{
    return context->speaker != NULL && context->speaker->key == user->server_key &&
           context->speaker->abilities == PEER_BERING;
}

static enum result change_call(struct peer_context *context, const struct peer_item *item,
                               const struct channel *channel, const struct user *user)
{
    struct bus *bus = context->worker->bus;
    struct call_participant participant = participant_of(channel, user);
    enum call_word word = item->is_added ? CALL_WORD_JOIN : CALL_WORD_LEAVE;
    struct relay_context relay = {
        .server_name = context->own_name,
        .events = context->events,
        .from_server = context->speaker != NULL ? context->speaker->key : user->server_key,
    };
    if (item->is_still || (item->is_added && will_be_told_again(context, user)))
        participant.heard_at = clock_monotonic_ms();
    /* that they are in it is a fact, however many there are */
    enum call_change change = item->is_added ? calls_join(bus, &participant, 0)
                                             : calls_leave(bus, channel->key, user->key, &participant);

    if (change == CALL_FULL)
        log_warn("the table of calls is full: a participant of another server is not shown");
    if (change == CALL_CHANGED)
        events_call(context->events, item->is_added, &participant);
    else if (item->is_still)
        word = CALL_WORD_STILL;
    else
        return RESULT_OK;
    if (change == CALL_FULL || !peer_is_own(context, channel->origin_server))
        return RESULT_OK;
    return relay_call(context->store, &relay, channel, word, user);
}

enum result peer_apply_call(struct peer_context *context, const struct peer_item *item)
{
    const struct peer_place *place = &item->channel;
    struct channel *channel;
    struct user *user;
    int64_t server_key;
    enum result result = peer_may_speak(context, item->person.server, place, &server_key);

    if (result != RESULT_OK)
        return result;
    if (peer_is_own(context, place->origin_server))
        result = peer_find_own_channel(context, place, server_key, &item->person, &channel);
    else
        result = peer_find_channel(context, place, &channel);
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result; /* nobody here is in it */
    result = peer_put_user(context, server_key, &item->person, &user);
    if (result == RESULT_OK) {
        result = change_call(context, item, channel, user);
        free(user);
    }
    free(channel);
    return result;
}

/* ---- signals ---- */

enum result peer_apply_signal(struct peer_context *context, const struct peer_item *item)
{
    struct user *target;
    int64_t server_key;
    enum result result = peer_may_speak(context, item->person.server, NULL, &server_key);

    if (result == RESULT_OK && !peer_is_own(context, item->other.server))
        result = peer_fail(context, RESULT_BAD_REQUEST, "field `to_user` names nobody of this server");
    if (result == RESULT_OK)
        result = peer_find_local(context, item->other.username, server_key, &target);
    if (result != RESULT_OK)
        return result;
    events_signal(context->events, target->key, &target->id,
                  &(struct peer_signal){
                      .from = item->person,
                      .to = {target->username, context->own_name, target->display_name},
                      .type = item->signal_type,
                      .type_length = item->signal_type_length,
                      .payload = item->text,
                      .payload_length = item->length,
                  });
    free(target);
    return RESULT_OK;
}
