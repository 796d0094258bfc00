/*
 * post.c - sending messages. Worker: handlers on the loop, the rest on the writer thread.
 *
 * The answer waits for the commit. A message id that the client made makes a retry harmless: the same author's same
 * message is answered as before and stored once.
 */
#include "worker/api/post.h"

#include "bering/clock.h"
#include "bering/events.h"
#include "bering/peers.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/relay.h"
#include "worker/worker.h"
#include <stdlib.h>
#include <string.h>

enum { BODY, MESSAGE_ID, TARGET, ORIGIN_SERVER };

const struct field direct_fields[] = {
    [BODY] = {"body", FIELD_MESSAGE, true, 0},
    [MESSAGE_ID] = {"message_id", FIELD_UUID, false, 0},
    [TARGET] = {"recipient", FIELD_TEXT, true, 2 * TEXT_NAME_MAX + 1},
    {NULL, 0, false, 0},
};

const struct field channel_post_fields[] = {
    [BODY] = {"body", FIELD_MESSAGE, true, 0},
    [MESSAGE_ID] = {"message_id", FIELD_UUID, false, 0},
    [TARGET] = {"channel", FIELD_TEXT, true, TEXT_NAME_MAX},
    [ORIGIN_SERVER] = {"origin_server", FIELD_OPTIONAL_TEXT, false, TEXT_NAME_MAX},
    {NULL, 0, false, 0},
};

const struct field channel_id_post_fields[] = {
    [BODY] = {"body", FIELD_MESSAGE, true, 0},
    [MESSAGE_ID] = {"message_id", FIELD_UUID, false, 0},
    {NULL, 0, false, 0},
};

/* ---- the write step ---- */

static enum result fail(struct post *post, enum result result, const char *text)
{
    post->task.error = text;
    return result;
}

/* A WebSocket keeps no names: whoever writes through one is looked up. */
static enum result find_author(struct post *post, struct store *store)
{
    struct user *user;

    if (post->author_username != NULL)
        return RESULT_OK;
    enum result result = store_user_by_key(store, post->author_key, &user);
    if (result != RESULT_OK)
        return result;
    post->author_username = text_copy(user->username);
    post->author_display_name = text_copy(user->display_name);
    free(user);
    return RESULT_OK;
}

static struct relay_context relay_context(const struct post *post, struct event_batch *events)
{
    return (struct relay_context){.server_name = post->task.worker->config->server_name, .events = events};
}

static struct user author_of(const struct post *post)
{
    return (struct user){
        .key = post->author_key,
        .id = post->author_id,
        .username = post->author_username,
        .display_name = post->author_display_name,
        .is_local = true,
    };
}

/* Whether the author is in the channel, or may join it by posting. */
static enum result check_member(struct post *post, struct store *store, bool *is_member_r)
{
    struct caches *caches = post->task.worker->caches;

    *is_member_r = caches_has_member(caches, post->channel.key, post->author_key);
    if (*is_member_r)
        return RESULT_OK;
    enum result result = store_member_check(store, post->channel.key, post->author_key, is_member_r);
    if (result != RESULT_OK)
        return result;
    if (*is_member_r)
        caches_put_member(caches, post->channel.key, post->author_key);
    return *is_member_r || !post->channel.is_private ? RESULT_OK : fail(post, RESULT_NOT_FOUND, "no such channel");
}

/* Posting in a public channel joins it. */
static enum result join(struct post *post, struct store *store, struct event_batch *events)
{
    struct channel channel = {.key = post->channel.key, .id = post->channel.id};
    struct user author = author_of(post);
    struct relay_context relay = relay_context(post, events);
    bool added;
    enum result result = store_member_add(store, channel.key, author.key, &added);

    if (result != RESULT_OK)
        return result;
    post->task.beyond_messages = true;
    events_member(events, true, &channel, &author);
    if ((result = relay_membership(store, &relay, &channel, &author, true)) != RESULT_OK)
        return result;
    caches_put_member(post->task.worker->caches, channel.key, author.key); /* forgotten again if the commit fails */
    return RESULT_OK;
}

/* A user of another server need not be known yet, if the server is. */
static enum result find_remote(struct post *post, struct store *store, const char *server_name,
                               struct event_batch *events, struct user **user_r)
{
    bool changed;
    int64_t server_key;
    enum result result = relay_find_server(store, server_name, &server_key);

    if (result == RESULT_NOT_FOUND)
        return fail(post, RESULT_BAD_REQUEST, "unknown server");
    if (result == RESULT_OK)
        result = relay_may_write(store, server_key, post->author_key);
    if (result == RESULT_FORBIDDEN)
        return fail(post, result, "your account is hidden from that server");
    if (result != RESULT_OK)
        return result;
    if (!text_is_username(post->recipient, strlen(post->recipient)))
        return fail(post, RESULT_NOT_FOUND, "no such user");
    result = peer_user_put(store, server_key, post->recipient, NULL, user_r, &changed);
    if (result == RESULT_OK && changed) {
        post->task.beyond_messages = true;
        events_user(events, CHANGE_CREATED, *user_r);
    }
    return result;
}

static enum result find_recipient(struct post *post, struct store *store, struct event_batch *events,
                                  struct user **user_r)
{
    char *server = strchr(post->recipient, '@');

    if (server != NULL)
        *server++ = '\0';
    if (server != NULL && strcmp(server, post->task.worker->config->server_name) != 0)
        return find_remote(post, store, server, events, user_r);
    enum result result = store_user_by_name(store, post->recipient, NULL, user_r);
    return result == RESULT_NOT_FOUND ? fail(post, result, "no such user") : result;
}

/* Those beyond this server who must have it. */
static enum result relay(const struct post *post, struct store *store, const struct user *recipient,
                         const char *sent_at, struct event_batch *events)
{
    struct relay_context context = relay_context(post, events);
    struct user author = author_of(post);
    struct channel channel = {.key = post->channel.key, .id = post->channel.id};

    return relay_message(store, &context,
                         &(struct relay_post){
                             .id = post->id,
                             .author = &author,
                             .recipient = recipient,
                             .channel = recipient == NULL ? &channel : NULL,
                             .sent_at = sent_at,
                             .body = post->body,
                             .body_length = post->body_length,
                         });
}

static enum result add_message(struct post *post, struct store *store, const struct user *recipient,
                               struct event_batch *events)
{
    char sent_at[CLOCK_TEXT_LENGTH + 1];
    bool stored;
    struct message_new new = {
        .id = post->id,
        .author_key = post->author_key,
        .channel_key = post->channel.key,
        .recipient_key = recipient == NULL ? 0 : recipient->key,
        .sent_at = clock_now(),
        .body = post->body,
        .body_length = post->body_length,
    };
    bool is_member = true;
    enum result result = recipient != NULL ? RESULT_OK : check_member(post, store, &is_member);

    if (result == RESULT_OK)
        result = store_message_add(store, &new, &stored);

    if (result == RESULT_CONFLICT)
        return fail(post, result, "that message id is taken");
    if (result == RESULT_NOT_FOUND)
        return fail(post, result, "no such channel");
    if (result != RESULT_OK || !stored)
        return result;
    /* what can be refused has been: a refused message joins nobody; its event comes after that of joining */
    if (!is_member && (result = join(post, store, events)) != RESULT_OK)
        return result;
    struct message message = {
        .key = new.key,
        .id = post->id,
        .author_key = post->author_key,
        .author_id = post->author_id,
        .author_username = post->author_username,
        .author_display_name = post->author_display_name,
        .recipient_key = new.recipient_key,
        .channel_key = post->channel.key,
        .channel_id = post->channel.id,
        .is_direct = recipient != NULL,
        .sent_at = clock_format(new.sent_at, sent_at),
        .body = post->body,
        .body_length = post->body_length,
    };
    if (recipient != NULL)
        message.recipient_id = recipient->id;
    events_new_message(events, &message);
    return relay(post, store, recipient, sent_at, events);
}

static enum result write_post(struct task *task, struct store *store, struct event_batch *events)
{
    struct post *post = (struct post *)task;
    struct user *recipient = NULL;
    enum result result = find_author(post, store);

    if (result == RESULT_OK && post->recipient != NULL)
        result = find_recipient(post, store, events, &recipient);
    if (result == RESULT_OK)
        result = add_message(post, store, recipient, events);
    free(recipient);
    return result;
}

/* ---- the task ---- */

static void dispose(struct task *task)
{
    struct post *post = (struct post *)task;

    free(post->author_username);
    free(post->author_display_name);
    free(post->recipient);
    free(post->body);
    free(post->reference);
}

struct post *post_new(const struct principal *who, const char *body, size_t body_length, const struct uuid *message_id,
                      task_done *done)
{
    struct post *post = task_new(sizeof(*post), NULL, write_post, done, dispose);

    post->author_key = who->user_key;
    post->author_id = who->user_id;
    post->author_username = text_copy(who->username);
    post->author_display_name = text_copy(who->display_name);
    post->id = message_id != NULL ? *message_id : uuid_new();
    post->body = text_copy_n(body, body_length);
    post->body_length = body_length;
    return post;
}

void post_to_channel(struct post *post, const struct channel_view *channel)
{
    post->channel = *channel;
}

void post_to_user(struct post *post, const char *recipient)
{
    post->recipient = text_copy(recipient);
}

/* ---- by HTTP ---- */

static void answer(struct task *task)
{
    struct post *post = (struct post *)task;
    struct request *request = task_succeeded(task);
    struct json json = {0};

    if (request == NULL)
        return;
    json_object_begin(&json);
    json_key_uuid(&json, "message_id", &post->id);
    json_object_end(&json);
    answer_json(request, &json);
}

static struct post *new_post(struct request *request)
{
    const struct value *body = &request->values[BODY], *id = &request->values[MESSAGE_ID];

    return post_new(&request->who, body->text, body->length, id->present ? &id->uuid : NULL, answer);
}

enum result post_direct(struct request *request)
{
    struct post *post = new_post(request);

    post_to_user(post, request->values[TARGET].text);
    return request_submit(request, &post->task);
}

static enum result post_to(struct request *request, const char *channel, size_t length, const char *origin_server)
{
    struct channel_view view;
    enum result result =
        caches_find_channel(request->worker->caches, request->worker->store, channel, length, origin_server, &view);

    if (result == RESULT_NOT_FOUND)
        return request_fail(request, result, "no such channel");
    if (result != RESULT_OK)
        return result;
    struct post *post = new_post(request);
    post_to_channel(post, &view);
    return request_submit(request, &post->task);
}

enum result post_channel(struct request *request)
{
    const struct value *channel = &request->values[TARGET];

    return post_to(request, channel->text, channel->length, request->values[ORIGIN_SERVER].text);
}

enum result post_channel_id(struct request *request)
{
    char id[UUID_TEXT_LENGTH + 1];

    return post_to(request, uuid_format(&request->ids[0], id), UUID_TEXT_LENGTH, NULL);
}
