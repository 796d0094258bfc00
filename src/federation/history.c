/*
 * history.c - a channel's messages for a server that has joined it, page by page. Federation process.
 */
#include "federation/history.h"

#include "bering/peer_json.h"
#include "bering/peers.h"
#include "bering/text.h"
#include <assert.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static bool read_key(struct json_object *object, const char *name, int64_t *key_r)
{
    struct json_object *value;

    if (!json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, json_type_int))
        return false;
    *key_r = json_object_get_int64(value);
    return true;
}

static bool read_payload(struct history *history, const char *payload, size_t length)
{
    char *text = text_copy_n(payload, length);
    struct json_object *object = json_tokener_parse(text);
    bool right = json_object_is_type(object, json_type_object) &&
                 read_key(object, "channel_key", &history->channel_key) &&
                 read_key(object, "after_key", &history->after_key) &&
                 read_key(object, "until_key", &history->until_key);

    json_object_put(object);
    free(text);
    return right;
}

static void find_channel(void *argument, const struct channel *channel)
{
    struct history *history = argument;

    if (channel->key != history->channel_key || history->channel_name != NULL)
        return;
    history->channel_name = text_copy(channel->name);
    history->channel_origin = text_copy(channel->origin_server);
}

enum result history_begin(struct history *history, struct store *store, int64_t row_key, const char *payload,
                          size_t length)
{
    history_end(history);
    if (!read_payload(history, payload, length))
        return RESULT_BAD_REQUEST;
    enum result result = store_channels(store, 0, find_channel, history);
    if (result == RESULT_OK && history->channel_name == NULL)
        result = RESULT_NOT_FOUND;
    if (result == RESULT_OK)
        history->row_key = row_key;
    else
        history_end(history);
    return result;
}

void history_end(struct history *history)
{
    free(history->channel_name);
    free(history->channel_origin);
    *history = (struct history){0};
}

struct writing {
    struct history *history;
    struct json *json;
    size_t bytes;
    bool is_full;
};

static void write_message(void *argument, const struct peer_message *message)
{
    struct writing *page = argument;
    struct history *history = page->history;

    if (page->is_full)
        return;
    size_t before = page->json->length;
    struct peer_post post = {
        .id = message->id,
        .sent_at = message->sent_at,
        .author = {.username = message->author_username, .server = message->author_server,
                   .display_name = message->author_display_name},
        .channel_name = history->channel_name,
        .channel_origin = history->channel_origin,
        .body = message->body,
        .body_length = message->body_length,
        .is_history = true,
    };
    json_object_begin(page->json);
    json_key_text(page->json, "kind", "message");
    json_key(page->json, "body");
    peer_json_message(page->json, &post);
    json_object_end(page->json);
    page->is_full = page->json->length > page->bytes || history->count + 1 == HISTORY_PAGE_MOST;
    if (page->json->length > page->bytes && history->count > 0)
        page->json->length = before; /* one too many: the next page begins with it */
    else
        history->page[history->count++] = message->key;
}

enum result history_write_page(struct history *history, struct store *store, int64_t server_key, unsigned most,
                               size_t bytes, struct json *json)
{
    struct writing page = {.history = history, .json = json, .bytes = bytes};

    history->count = 0;
    if (history->after_key >= history->until_key)
        return RESULT_OK;
    return peer_channel_messages(store, server_key, history->channel_key, history->after_key, history->until_key,
                                 most < HISTORY_PAGE_MOST ? most : HISTORY_PAGE_MOST, write_message, &page);
}

void history_advance(struct history *history, size_t count)
{
    assert(count <= history->count);
    if (count > 0)
        history->after_key = history->page[count - 1];
}

void history_write_progress(const struct history *history, struct json *json)
{
    peer_json_history(json, history->channel_key, history->after_key, history->until_key);
}
