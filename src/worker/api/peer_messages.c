/*
 * peer_messages.c - messages that other servers bring. Worker, writer thread.
 *
 * Always holds: a message is stored once, whoever brings it how often; a channel that originates here is passed on from
 * here, to everybody but the author's server and the one that brought it.
 */
#include "bering/events.h"
#include "bering/peers.h"
#include "worker/api/peer_apply.h"
#include "worker/caches.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A message on its way into the database. */
struct posting {
    const struct peer_item *item;
    int64_t server_key;           /* the author's */
    struct user *author;
    struct user *recipient;       /* NULL: a channel's */
    struct channel *channel;      /* NULL: a direct one */
    bool is_ours;                 /* the channel originates here */
    bool stored;
};

static void posting_deinit(struct posting *posting)
{
    free(posting->author);
    free(posting->recipient);
    free(posting->channel);
}

static struct message message_of(const struct posting *posting)
{
    const struct peer_item *item = posting->item;
    struct message message = {
        .id = item->id,
        .author_key = posting->author->key,
        .author_id = posting->author->id,
        .author_username = posting->author->username,
        .author_display_name = posting->author->display_name,
        .is_direct = posting->recipient != NULL,
        .sent_at = item->sent_at_text,
        .body = item->text,
        .body_length = item->length,
        .is_history = item->is_history && posting->channel != NULL && !posting->is_ours,
    };

    if (posting->recipient != NULL) {
        message.recipient_key = posting->recipient->key;
        message.recipient_id = posting->recipient->id;
    } else {
        message.channel_key = posting->channel->key;
        message.channel_id = posting->channel->id;
    }
    return message;
}

/* Stores it, and tells those who are here. */
static enum result store(struct peer_context *context, struct posting *posting)
{
    struct message message = message_of(posting);
    struct message_new new = {
        .id = message.id,
        .author_key = message.author_key,
        .channel_key = message.channel_key,
        .recipient_key = message.recipient_key,
        .sent_at = posting->item->sent_at,
        .sent_at_text = message.sent_at,
        .body = message.body,
        .body_length = message.body_length,
        .is_history = message.is_history,
    };
    enum result result = store_message_add(context->store, &new, &posting->stored);

    if (result == RESULT_CONFLICT)
        return peer_fail(context, result, "another message has that id");
    if (result == RESULT_NOT_FOUND)
        return peer_fail(context, RESULT_BAD_REQUEST, "the author or the recipient is gone");
    message.key = new.key;
    if (result == RESULT_OK && posting->stored)
        events_new_message(context->events, &message);
    return result;
}

/* ---- ids that are known already ---- */

/* A history names authors who are gone by a name that nobody can choose twice. */
static bool is_gone(const struct peer_person *author)
{
    static const char prefix[] = "deleted-";
    size_t length = sizeof(prefix) - 1;
    struct uuid id;

    return strncmp(author->username, prefix, length) == 0 &&
           uuid_parse(author->username + length, strlen(author->username + length), &id);
}

static enum result is_author(struct peer_context *context, const struct peer_person *person, int64_t key, bool *is_r)
{
    struct user *user;
    enum result result = store_user_by_key(context->store, key, &user);

    if (result != RESULT_OK)
        return result;
    if (user->is_deleted || is_gone(person)) /* this server may not have heard of it yet */
        *is_r = is_gone(person);
    else
        *is_r = strcmp(user->username, person->username) == 0 &&
                strcmp(user->is_local ? context->own_name : user->server_name, person->server) == 0;
    free(user);
    return RESULT_OK;
}

static enum result is_channel(struct peer_context *context, const struct peer_place *place, int64_t key, bool *is_r)
{
    struct channel *channel;
    enum result result = RESULT_NOT_FOUND;

    *is_r = key == 0 && place->name == NULL;
    if (key != 0 && place->name != NULL)
        result = peer_find_channel(context, place, &channel);
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    *is_r = channel->key == key;
    free(channel);
    return RESULT_OK;
}

enum repetition { IS_NEW, IS_REPEATED, IS_ANOTHER };

/*
 * Whether a message has been stored before: that one, or another with its id. (Who received a
 * direct one, the store knows.)
 */
static enum result look_up(struct peer_context *context, const struct peer_item *item, enum repetition *repetition_r)
{
    int64_t channel_key, author_key;
    bool same_author = false, same_channel = false;
    enum result result = peer_message_find(context->store, &item->id, &channel_key, &author_key);

    *repetition_r = IS_NEW;
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    result = is_author(context, &item->person, author_key, &same_author);
    if (result == RESULT_OK)
        result = is_channel(context, &item->channel, channel_key, &same_channel);
    *repetition_r = same_author && same_channel ? IS_REPEATED : IS_ANOTHER;
    return result;
}

/* ---- direct ones ---- */

static enum result post_direct(struct peer_context *context, struct posting *posting, enum repetition repetition)
{
    const struct peer_item *item = posting->item;
    enum result result = peer_may_speak(context, item->person.server, NULL, &posting->server_key);

    if (result == RESULT_OK && !peer_is_own(context, item->other.server))
        result = peer_fail(context, RESULT_BAD_REQUEST, "the recipient is not of this server");
    if (result == RESULT_OK)
        result = peer_find_local(context, item->other.username, posting->server_key, &posting->recipient);
    if (result == RESULT_OK && repetition == IS_ANOTHER)
        result = peer_fail(context, RESULT_CONFLICT, "another message has that id");
    if (result == RESULT_OK)
        result = peer_put_user(context, posting->server_key, &item->person, &posting->author);
    return result == RESULT_OK ? store(context, posting) : result;
}

/* ---- channels ---- */

/* Nobody sees such a user come or go: it is deleted again when all of its messages of this request are stored. */
static enum result post_of_gone(struct peer_context *context, struct posting *posting)
{
    const struct peer_person *person = &posting->item->person;
    bool changed;
    enum result result = peer_user_put(context->store, posting->server_key, person->username, person->display_name,
                                       &posting->author, &changed);

    if (result != RESULT_OK)
        return result;
    context->beyond_messages = true;
    if (changed) {
        if (context->leaver_count == context->leaver_capacity) {
            context->leaver_capacity = context->leaver_capacity == 0 ? 8 : 2 * context->leaver_capacity;
            context->leavers = realloc(context->leavers, context->leaver_capacity * sizeof(*context->leavers));
            assert(context->leavers != NULL);
        }
        context->leavers[context->leaver_count++] = posting->author->key;
    }
    return store(context, posting);
}

/*
 * Of an author who is gone, the channel's own server may say everything: wherever the author was, it is nobody any
 * more, and kept as one of the server that says so.
 */
static enum result find_author_server(struct peer_context *context, struct posting *posting)
{
    const struct peer_item *item = posting->item;
    const char *origin = item->channel.origin_server;
    bool is_origin = context->speaker == NULL || context->speaker->key == peer_server_key(context, origin);

    if (is_gone(&item->person) && is_origin && !peer_is_own(context, origin))
        return peer_may_decide(context, origin, &posting->server_key);
    return peer_may_speak(context, item->person.server, &item->channel, &posting->server_key);
}

/* A channel of a third server: its own server may say everything in it, others nothing in a private one. */
static enum result find_foreign_channel(struct peer_context *context, struct posting *posting)
{
    const struct peer_place *place = &posting->item->channel;
    int64_t origin = peer_server_key(context, place->origin_server);
    bool is_origin = context->speaker != NULL && context->speaker->key == origin;

    if (origin == 0)
        return peer_fail(context, RESULT_BAD_REQUEST, "this server does not know the channel's server");
    enum result result = peer_put_channel(context, place, is_origin, &posting->channel);
    if (result == RESULT_OK && posting->channel->is_private && !is_origin && origin != posting->server_key)
        result = peer_fail(context, RESULT_BAD_REQUEST, "no such channel");
    return result;
}

/* Posting in a public channel joins it, here as for local users; who may post in a private one is a member already. */
static enum result join(struct peer_context *context, const struct posting *posting)
{
    struct caches *caches = context->worker->caches;
    bool added;

    if (caches_has_member(caches, posting->channel->key, posting->author->key))
        return RESULT_OK;
    enum result result = peer_add_member(context, posting->channel, posting->author, &added);
    if (result == RESULT_OK)
        /* forgotten again if the commit fails */
        caches_put_member(caches, posting->channel->key, posting->author->key);
    return result;
}

static enum result pass_on(struct peer_context *context, const struct posting *posting)
{
    const struct peer_item *item = posting->item;
    struct relay_context relay = {
        .server_name = context->own_name,
        .events = context->events,
        .from_server = posting->server_key,
    };
    struct relay_post post = {
        .id = item->id,
        .author = posting->author,
        .channel = posting->channel,
        .sent_at = item->sent_at_text,
        .body = item->text,
        .body_length = item->length,
    };

    return relay_message(context->store, &relay, &post);
}

static enum result find_channel(struct peer_context *context, struct posting *posting)
{
    const struct peer_item *item = posting->item;

    posting->is_ours = peer_is_own(context, item->channel.origin_server);
    if (posting->is_ours)
        return peer_find_own_channel(context, &item->channel, posting->server_key, &item->person, &posting->channel);
    return find_foreign_channel(context, posting);
}

/* Stores what is new, as whoever it is from. */
static enum result post_new(struct peer_context *context, struct posting *posting)
{
    enum result result = find_channel(context, posting);

    if (result == RESULT_OK && !posting->is_ours && is_gone(&posting->item->person))
        return post_of_gone(context, posting);
    if (result == RESULT_OK)
        result = peer_put_user(context, posting->server_key, &posting->item->person, &posting->author);
    if (result == RESULT_OK && posting->is_ours)
        result = join(context, posting);
    if (result == RESULT_OK)
        result = store(context, posting);
    return result == RESULT_OK && posting->is_ours && posting->stored ? pass_on(context, posting) : result;
}

static enum result post_to_channel(struct peer_context *context, struct posting *posting, enum repetition repetition)
{
    const struct peer_item *item = posting->item;
    enum result result = find_author_server(context, posting);

    /* a history may hold what users of this server wrote: what is here already is no forgery */
    if (result == RESULT_FORBIDDEN && repetition == IS_REPEATED && peer_is_own(context, item->person.server))
        return RESULT_OK;
    if (result == RESULT_OK && repetition == IS_ANOTHER)
        result = peer_fail(context, RESULT_CONFLICT, "another message has that id");
    return result == RESULT_OK && repetition == IS_NEW ? post_new(context, posting) : result;
}

enum result peer_apply_message(struct peer_context *context, const struct peer_item *item)
{
    struct posting posting = {.item = item};
    enum repetition repetition;
    enum result result = look_up(context, item, &repetition);

    if (result == RESULT_OK)
        result = item->other.username != NULL ? post_direct(context, &posting, repetition)
                                              : post_to_channel(context, &posting, repetition);
    posting_deinit(&posting);
    return result;
}
