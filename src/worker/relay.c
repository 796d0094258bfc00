/*
 * relay.c - who must hear of what, beyond this server. Workers' writer threads, inside the transaction of what they announce;
 * holds no state.
 *
 * A channel's origin tells everybody, anybody else only the origin. A peer is never told what it said itself, nor anything of
 * users and channels that are hidden from it.
 */
#include "worker/relay.h"

#include "bering/clock.h"
#include "bering/events.h"
#include "bering/outbox.h"
#include "bering/peer_json.h"
#include "bering/peers.h"
#include "bering/text.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const int64_t STILL_LIFE = 10 * INT64_C(1000000000);  /* the next one says the same */
static const int64_t SIGNAL_LIFE = 30 * INT64_C(1000000000); /* a call that nobody answers in this time is over */

/* ---- peers ---- */

struct peer {
    int64_t key;
    int abilities;
    bool is_origin;           /* of the channel in question */
    bool has_members;         /* in it */
    bool is_chosen;
    char name[TEXT_NAME_MAX + 1];
};

struct audience {
    struct peer *peers;
    size_t count, capacity;
    const struct channel *channel;
    struct channel *owned;
};

static void add_peer(void *argument, const struct server *server)
{
    struct audience *audience = argument;

    if (audience->count == audience->capacity) {
        audience->capacity = audience->capacity == 0 ? 8 : 2 * audience->capacity;
        audience->peers = realloc(audience->peers, audience->capacity * sizeof(*audience->peers));
        assert(audience->peers != NULL);
    }
    struct peer *peer = &audience->peers[audience->count++];
    *peer = (struct peer){.key = server->key, .abilities = server->abilities};
    strncpy(peer->name, server->name, TEXT_NAME_MAX);
}

/* All peers. To be freed with audience_deinit also if it fails. */
static enum result audience_init(struct audience *audience, struct store *store)
{
    *audience = (struct audience){0};
    return store_servers(store, add_peer, audience);
}

static void audience_deinit(struct audience *audience)
{
    free(audience->peers);
    free(audience->owned);
}

/* What they are to a channel, which is looked up if the caller knows only its keys. */
static enum result look_at_channel(struct audience *audience, struct store *store, const struct channel *channel)
{
    int64_t *keys = NULL;
    size_t count = 0;
    enum result result = RESULT_OK;

    if (channel->origin_server == NULL) {
        result = store_channel_by_id(store, &channel->id, &audience->owned);
        channel = audience->owned;
    }
    if (result == RESULT_OK)
        result = peers_of_channel(store, channel->key, &keys, &count);
    if (result != RESULT_OK)
        return result;
    audience->channel = channel;
    for (size_t i = 0; i < audience->count; ++i) {
        struct peer *peer = &audience->peers[i];
        peer->is_origin = strcmp(peer->name, channel->origin_server) == 0;
        for (size_t j = 0; j < count; ++j)
            peer->has_members |= keys[j] == peer->key;
    }
    free(keys);
    return RESULT_OK;
}

/* The same in one; without peers, the channel is not looked at. */
static enum result audience_of_channel(struct audience *audience, struct store *store, const struct channel *channel)
{
    enum result result = audience_init(audience, store);

    return result == RESULT_OK && audience->count > 0 ? look_at_channel(audience, store, channel) : result;
}

enum result relay_find_server(struct store *store, const char *name, int64_t *server_key_r)
{
    struct audience audience;
    enum result result = audience_init(&audience, store);

    if (result == RESULT_OK) {
        result = RESULT_NOT_FOUND;
        for (size_t i = 0; i < audience.count && result != RESULT_OK; ++i)
            if (strcmp(audience.peers[i].name, name) == 0) {
                *server_key_r = audience.peers[i].key;
                result = RESULT_OK;
            }
    }
    audience_deinit(&audience);
    return result;
}

/* ---- rows ---- */

/* One EVENT_OUTBOX a peer is enough for all rows of a batch; the first rows put it near the start. */
static void announce(struct event_batch *events, int64_t server_key)
{
    for (size_t i = 0; i < events->count; ++i)
        if (events->events[i].kind == EVENT_OUTBOX && events->events[i].subject[0] == server_key)
            return;
    events_outbox(events, server_key);
}

/* A body that goes to several peers as it is. */
struct parcel {
    enum outbox_kind kind;
    const struct json *body;
    int64_t expires_at;
};

static enum result send_to(struct store *store, const struct relay_context *context, int64_t server_key,
                           const struct parcel *parcel)
{
    enum result result =
        outbox_add(store, server_key, parcel->kind, parcel->body->text, parcel->body->length, parcel->expires_at);

    if (result == RESULT_OK)
        announce(context->events, server_key);
    return result;
}

static enum result is_hidden(struct store *store, int64_t server_key, const struct channel *channel,
                             const struct user *user, bool *hidden_r)
{
    enum result result = RESULT_OK;

    *hidden_r = false;
    if (channel != NULL)
        result = peer_is_channel_hidden(store, server_key, channel->key, hidden_r);
    if (result == RESULT_OK && user != NULL && !*hidden_r)
        result = peer_is_user_hidden(store, server_key, user->key, hidden_r);
    return result;
}

static enum result send_unless_hidden(struct store *store, const struct relay_context *context, int64_t server_key,
                                      const struct channel *channel, const struct user *user, const struct parcel *parcel)
{
    bool hidden;
    enum result result = is_hidden(store, server_key, channel, user, &hidden);

    return result == RESULT_OK && !hidden ? send_to(store, context, server_key, parcel) : result;
}

/* To all that have been chosen; never back to where it came from, nor to the server of the user whom it is about. */
static enum result send_to_chosen(struct store *store, const struct relay_context *context, const struct audience *audience,
                                  const struct user *user, const struct parcel *parcel)
{
    enum result result = RESULT_OK;

    for (size_t i = 0; i < audience->count && result == RESULT_OK; ++i) {
        const struct peer *peer = &audience->peers[i];
        if (peer->is_chosen && peer->key != context->from_server && (user == NULL || peer->key != user->server_key))
            result = send_unless_hidden(store, context, peer->key, audience->channel, user, parcel);
    }
    return result;
}

static struct peer_person person(const struct relay_context *context, const struct user *user)
{
    return (struct peer_person){
        .username = user->username,
        .server = user->server_key == 0 ? context->server_name : user->server_name,
        .display_name = user->display_name,
    };
}

/* ---- channels ---- */

static bool is_ours(const struct relay_context *context, const struct channel *channel)
{
    return strcmp(channel->origin_server, context->server_name) == 0;
}

/*
 * A message of a channel that began here goes to whoever has members in it, and of a public one to all servers that have no
 * way to say that they want it.
 */
static void choose_for_message(struct audience *audience, const struct relay_context *context)
{
    bool is_origin = is_ours(context, audience->channel), is_public = !audience->channel->is_private;

    for (size_t i = 0; i < audience->count; ++i) {
        struct peer *peer = &audience->peers[i];
        if (is_origin)
            peer->is_chosen = peer->has_members || (is_public && peer->abilities != PEER_BERING);
        else
            peer->is_chosen = peer->is_origin && context->from_server == 0;
    }
}

/* An original does not pass on calls: then whoever joins one of its channels' calls tells everybody. */
static void choose_for_call(struct audience *audience, const struct relay_context *context)
{
    bool is_origin = is_ours(context, audience->channel), is_passed_on = false;

    for (size_t i = 0; i < audience->count; ++i)
        is_passed_on |= audience->peers[i].is_origin && audience->peers[i].abilities == PEER_BERING;
    for (size_t i = 0; i < audience->count; ++i) {
        struct peer *peer = &audience->peers[i];
        if (is_origin)
            peer->is_chosen = peer->has_members;
        else
            peer->is_chosen = context->from_server == 0 && (peer->is_origin || (peer->has_members && !is_passed_on));
    }
}

/* ---- messages ---- */

enum result relay_may_write(struct store *store, int64_t server_key, int64_t author_key)
{
    bool hidden;
    enum result result = peer_is_user_hidden(store, server_key, author_key, &hidden);

    return result == RESULT_OK && hidden ? RESULT_FORBIDDEN : result;
}

static void write_post(struct json *json, const struct relay_context *context, const struct relay_post *post,
                       const struct channel *channel)
{
    struct peer_post body = {
        .id = post->id,
        .sent_at = post->sent_at,
        .author = person(context, post->author),
        .body = post->body,
        .body_length = post->body_length,
    };

    if (post->recipient != NULL) {
        body.recipient = person(context, post->recipient);
    } else {
        body.channel_name = channel->name;
        body.channel_origin = channel->origin_server;
    }
    peer_json_message(json, &body);
}

static enum result relay_direct(struct store *store, const struct relay_context *context, const struct relay_post *post)
{
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_MESSAGE, .body = &json};

    if (post->recipient->server_key == 0)
        return RESULT_OK;
    write_post(&json, context, post, NULL);
    enum result result = send_to(store, context, post->recipient->server_key, &parcel);
    json_deinit(&json);
    return result;
}

static enum result relay_to_channel(struct store *store, const struct relay_context *context, const struct relay_post *post)
{
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_MESSAGE, .body = &json};
    struct audience audience;
    enum result result = audience_of_channel(&audience, store, post->channel);

    if (result == RESULT_OK && audience.count > 0) {
        choose_for_message(&audience, context);
        write_post(&json, context, post, audience.channel);
        result = send_to_chosen(store, context, &audience, post->author, &parcel);
    }
    json_deinit(&json);
    audience_deinit(&audience);
    return result;
}

enum result relay_message(struct store *store, const struct relay_context *context, const struct relay_post *post)
{
    return post->recipient != NULL ? relay_direct(store, context, post) : relay_to_channel(store, context, post);
}

/* ---- memberships ---- */

struct count {
    int64_t server_key;
    size_t members;
};

static void count_member(void *argument, const struct user *user)
{
    struct count *count = argument;

    count->members += user->server_key == count->server_key;
}

/* The first member of a server brings it what was said before. */
static enum result bring_history(struct store *store, const struct relay_context *context, const struct channel *channel,
                                 int64_t server_key)
{
    struct count count = {.server_key = server_key};
    enum result result = store_members(store, channel->key, count_member, &count);

    return result == RESULT_OK && count.members == 1 ? relay_history(store, context, channel, server_key) : result;
}

/*
 * The server that is to hear of a membership: the member's, if the channel is ours, or the channel's, if the member is ours.
 * An original knows only how to be told of new members. NULL: nobody.
 */
static const struct peer *membership_peer(const struct audience *audience, const struct relay_context *context,
                                          const struct user *member, bool added)
{
    bool is_origin = is_ours(context, audience->channel);

    if (is_origin == (member->server_key == 0))
        return NULL;
    for (size_t i = 0; i < audience->count; ++i) {
        const struct peer *peer = &audience->peers[i];
        if (is_origin ? peer->key != member->server_key : !peer->is_origin)
            continue;
        bool understands = peer->abilities == PEER_BERING || (is_origin && added);
        return understands && peer->key != context->from_server ? peer : NULL;
    }
    return NULL;
}

static enum result send_membership(struct store *store, const struct relay_context *context, const struct peer *peer,
                                   const struct channel *channel, const struct user *member, bool added)
{
    bool hidden, is_join = added && member->server_key == 0;
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_MEMBERSHIP, .body = &json};
    struct peer_person who = person(context, member);
    struct peer_channel place = {channel->name, channel->origin_server, -1};
    enum result result = is_hidden(store, peer->key, channel, member, &hidden);

    if (result != RESULT_OK || hidden)
        return result;
    if (member->server_key != 0 && peer->abilities != PEER_ORIGINAL)
        place.is_private = channel->is_private; /* we are its origin */
    peer_json_membership(&json, &place, &who, !added, is_join);
    result = send_to(store, context, peer->key, &parcel);
    json_deinit(&json);
    return result;
}

static enum result tell_membership(struct store *store, const struct relay_context *context, const struct peer *peer,
                                   const struct channel *channel, const struct user *member, bool added)
{
    bool is_handed_over = added && member->server_key != 0 && peer->abilities == PEER_BERING;
    enum result result = send_membership(store, context, peer, channel, member, added);

    return result == RESULT_OK && is_handed_over ? bring_history(store, context, channel, peer->key) : result;
}

enum result relay_membership(struct store *store, const struct relay_context *context, const struct channel *channel,
                             const struct user *member, bool added)
{
    struct audience audience;
    enum result result = audience_of_channel(&audience, store, channel);

    if (result == RESULT_OK && audience.count > 0) {
        const struct peer *peer = membership_peer(&audience, context, member, added);
        if (peer != NULL)
            result = tell_membership(store, context, peer, audience.channel, member, added);
    }
    audience_deinit(&audience);
    return result;
}

enum result relay_history(struct store *store, const struct relay_context *context, const struct channel *channel,
                          int64_t server_key)
{
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_HISTORY, .body = &json};
    int64_t newest;
    enum result result = peer_channel_newest(store, channel->key, &newest);

    if (result != RESULT_OK || newest == 0)
        return result;
    peer_json_history(&json, channel->key, 0, newest);
    result = send_unless_hidden(store, context, server_key, channel, NULL, &parcel);
    json_deinit(&json);
    return result;
}

/* ---- changes: only peers of this project understand them ---- */

static enum result send_change(struct store *store, const struct relay_context *context, struct audience *audience,
                               const struct user *user, const struct json *body)
{
    struct parcel parcel = {.kind = OUTBOX_CHANGE, .body = body};

    for (size_t i = 0; i < audience->count; ++i)
        audience->peers[i].is_chosen &= audience->peers[i].abilities == PEER_BERING;
    return send_to_chosen(store, context, audience, user, &parcel);
}

/* to_strangers: not to the servers that have members in it, but to the others. */
static enum result change_channel(struct store *store, const struct relay_context *context, const struct channel *channel,
                                  const char *new_name, bool to_strangers)
{
    struct audience audience;
    struct json json = {0};

    if (!is_ours(context, channel))
        return RESULT_OK;
    enum result result = audience_of_channel(&audience, store, channel);
    if (result == RESULT_OK && audience.count > 0) {
        for (size_t i = 0; i < audience.count; ++i)
            audience.peers[i].is_chosen =
                to_strangers ? !audience.peers[i].has_members : !channel->is_private || audience.peers[i].has_members;
        peer_json_channel_change(
            &json, &(struct peer_channel){channel->name, channel->origin_server, new_name != NULL ? channel->is_private : -1},
            &channel->id, new_name);
        result = send_change(store, context, &audience, NULL, &json);
    }
    json_deinit(&json);
    audience_deinit(&audience);
    return result;
}

enum result relay_change_channel(struct store *store, const struct relay_context *context, const struct channel *channel,
                                 const char *new_name)
{
    return change_channel(store, context, channel, new_name, false);
}

enum result relay_withdraw_channel(struct store *store, const struct relay_context *context, const struct channel *channel)
{
    return change_channel(store, context, channel, NULL, true);
}

enum result relay_change_user(struct store *store, const struct relay_context *context, const struct user *user,
                              const char *new_name)
{
    struct audience audience;
    struct json json = {0};
    struct peer_person who = person(context, user);

    if (user->server_key != 0)
        return RESULT_OK;
    enum result result = audience_init(&audience, store);
    if (result == RESULT_OK && audience.count > 0) {
        for (size_t i = 0; i < audience.count; ++i)
            audience.peers[i].is_chosen = true;
        peer_json_user_change(&json, &who, &user->id, new_name);
        result = send_change(store, context, &audience, user, &json);
    }
    json_deinit(&json);
    audience_deinit(&audience);
    return result;
}

/* ---- what is not hidden any more ---- */

struct showing {
    struct store *store;
    const struct relay_context *context;
    struct peer peer;
    const struct channel *channel;
    size_t members;
    enum result result;
};

static struct showing show_to(struct store *store, const struct relay_context *context, const struct server *server)
{
    return (struct showing){
        .store = store,
        .context = context,
        .peer = {.key = server->key, .abilities = server->abilities},
    };
}

static void show_member(void *argument, const struct user *user)
{
    struct showing *showing = argument;

    if (user->server_key != showing->peer.key || showing->result != RESULT_OK)
        return;
    ++showing->members;
    showing->result = send_membership(showing->store, showing->context, &showing->peer, showing->channel, user, true);
}

enum result relay_show_channel(struct store *store, const struct relay_context *context, const struct server *server,
                               const struct channel *channel)
{
    struct showing showing = show_to(store, context, server);

    if (server->abilities != PEER_BERING || !is_ours(context, channel))
        return RESULT_OK;
    showing.channel = channel;
    enum result result = store_members(store, channel->key, show_member, &showing);
    if (result == RESULT_OK)
        result = showing.result;
    return result == RESULT_OK && showing.members > 0 ? relay_history(store, context, channel, server->key) : result;
}

enum result relay_show_user(struct store *store, const struct relay_context *context, const struct server *server,
                            const struct user *user)
{
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_CHANGE, .body = &json};
    struct peer_person who = person(context, user);

    if (server->abilities != PEER_BERING || user->server_key != 0)
        return RESULT_OK;
    peer_json_user_change(&json, &who, &user->id, user->username);
    enum result result = send_to(store, context, server->key, &parcel);
    json_deinit(&json);
    return result;
}

/* ---- calls ---- */

static void choose_only_ours(struct audience *audience)
{
    for (size_t i = 0; i < audience->count; ++i)
        audience->peers[i].is_chosen &= audience->peers[i].abilities == PEER_BERING;
}

enum result relay_call(struct store *store, const struct relay_context *context, const struct channel *channel,
                       enum call_word word, const struct user *participant)
{
    struct audience audience;
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_CALL, .body = &json};
    struct peer_person who = person(context, participant);
    enum result result = audience_of_channel(&audience, store, channel);

    if (result == RESULT_OK && audience.count > 0) {
        choose_for_call(&audience, context);
        if (word == CALL_WORD_STILL) {
            choose_only_ours(&audience);
            parcel.expires_at = clock_now() + STILL_LIFE;
        }
        peer_json_call(&json, audience.channel->name, audience.channel->origin_server, word, &who, &participant->id);
        result = send_to_chosen(store, context, &audience, participant, &parcel);
    }
    json_deinit(&json);
    audience_deinit(&audience);
    return result;
}

enum result relay_signal(struct store *store, const struct relay_context *context, const struct relay_signal *signal)
{
    struct json json = {0};
    struct parcel parcel = {.kind = OUTBOX_SIGNAL, .body = &json, .expires_at = clock_now() + SIGNAL_LIFE};
    struct peer_signal body = {
        .from = person(context, signal->from),
        .to = person(context, signal->to),
        .type = signal->type,
        .type_length = signal->type_length,
        .payload = signal->payload,
        .payload_length = signal->payload_length,
    };

    if (signal->to->server_key == 0)
        return RESULT_OK;
    enum result result = relay_may_write(store, signal->to->server_key, signal->from->key);
    if (result != RESULT_OK)
        return result;
    peer_json_signal(&json, &body);
    result = send_to(store, context, signal->to->server_key, &parcel);
    json_deinit(&json);
    return result;
}
