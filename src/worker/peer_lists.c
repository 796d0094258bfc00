/*
 * peer_lists.c - lists for other servers, made by job threads and kept until an event says that they have changed. Worker, loop
 * only but for make().
 *
 * Who may see what is the store's to say; a caller whose token does not tell which server it is sees what nobody is denied.
 * Servers from which no user is hidden share one list of users.
 */
#include "worker/peer_lists.h"

#include "bering/json.h"
#include "bering/peers.h"
#include "bering/presence.h"
#include "bering/secret.h"
#include "worker/request.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ETAG_BYTES = 16,
    ETAG_SIZE = 2 * ETAG_BYTES + 3, /* hexadecimal, in quotes */
    SHARED = -1,                    /* in place of a server's key: whoever sees everybody */
    ENTRIES_MOST = 1024,
};

struct list {
    int64_t server_key;
    enum peer_list_kind kind;
    uint64_t version;         /* of its kind, when it was begun */
    char *text;
    size_t length;
    char etag[ETAG_SIZE];
};

struct peer_lists {
    uint64_t versions[PEER_LISTS]; /* counts changes */
    struct list *lists;
    size_t count, capacity;
};

/* ---- making one ---- */

struct making {
    struct task task;
    enum peer_list_kind kind;
    int64_t server_key;
    uint64_t version;
    struct json json;
    const char *server_name;
    int64_t *online;
    size_t online_count;
    struct store *store;
    struct uuid *hidden;      /* from anybody at all; for a caller who is not identified */
    size_t hidden_count, hidden_capacity;
    enum result result;
};

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

static bool is_hidden(const struct making *making, const struct uuid *id)
{
    return making->hidden_count > 0 &&
           bsearch(id, making->hidden, making->hidden_count, sizeof(*id), compare_ids) != NULL;
}

static void write_online_user(void *argument, const struct user *user)
{
    struct making *making = argument;

    if (presence_is_among(making->online, making->online_count, user->key) && !is_hidden(making, &user->id))
        json_text(&making->json, user->username);
}

static void write_user(void *argument, const struct user *user)
{
    struct making *making = argument;
    struct json *json = &making->json;

    if (is_hidden(making, &user->id))
        return;
    json_object_begin(json);
    json_key_text(json, "username", user->username);
    json_key_text(json, "server", making->server_name);
    json_key_text(json, "display_name", user->display_name);
    json_key_uuid(json, "id", &user->id);
    json_object_end(json);
}

static void write_channel(void *argument, const struct channel *channel)
{
    struct making *making = argument;
    struct json *json = &making->json;

    if (is_hidden(making, &channel->id))
        return;
    json_object_begin(json);
    json_key_text(json, "name", channel->name);
    json_key_text(json, "origin_server", channel->origin_server);
    json_key_uuid(json, "id", &channel->id);
    if (channel->is_private)
        json_key_boolean(json, "is_private", true);
    json_object_end(json);
}

static void add_hidden(void *argument, const struct uuid *id)
{
    struct making *making = argument;

    if (making->hidden_count == making->hidden_capacity) {
        making->hidden_capacity = making->hidden_capacity == 0 ? 64 : 2 * making->hidden_capacity;
        making->hidden = realloc(making->hidden, making->hidden_capacity * sizeof(*making->hidden));
        assert(making->hidden != NULL);
    }
    making->hidden[making->hidden_count++] = *id;
}

static void add_hidden_from(void *argument, const struct server *server)
{
    struct making *making = argument;

    if (making->result == RESULT_OK)
        making->result = making->kind == PEER_CHANNELS
                             ? store_hidden_channels(making->store, server->key, add_hidden, making)
                             : store_hidden_users(making->store, server->key, add_hidden, making);
}

static enum result find_hidden(struct making *making, struct store *store)
{
    making->store = store;
    enum result result = store_servers(store, add_hidden_from, making);
    if (making->hidden_count > 1)
        qsort(making->hidden, making->hidden_count, sizeof(*making->hidden), compare_ids);
    return result == RESULT_OK ? making->result : result;
}

static enum result write_list(struct making *making, struct store *store)
{
    struct json *json = &making->json;
    enum result result;

    if (making->kind == PEER_PRESENCE) {
        making->online = presence_online(making->task.worker->bus, &making->online_count);
        json_object_begin(json);
        json_key(json, "online_users");
    }
    json_array_begin(json);
    if (making->kind == PEER_CHANNELS)
        result = peer_visible_channels(store, making->server_key, write_channel, making);
    else
        result = peer_visible_users(store, making->server_key,
                                    making->kind == PEER_PRESENCE ? write_online_user : write_user, making);
    json_array_end(json);
    if (making->kind == PEER_PRESENCE)
        json_object_end(json);
    return result;
}

static enum result make(struct task *task, struct store *store)
{
    struct making *making = (struct making *)task;
    enum result result = making->server_key == 0 ? find_hidden(making, store) : RESULT_OK;

    return result == RESULT_OK ? write_list(making, store) : result;
}

static void dispose(struct task *task)
{
    struct making *making = (struct making *)task;

    json_deinit(&making->json);
    free(making->online);
    free(making->hidden);
}

/* ---- keeping it ---- */

static struct list *find(struct peer_lists *lists, enum peer_list_kind kind, int64_t server_key)
{
    for (size_t i = 0; i < lists->count; ++i)
        if (lists->lists[i].kind == kind && lists->lists[i].server_key == server_key)
            return &lists->lists[i];
    return NULL;
}

static void clear(struct peer_lists *lists)
{
    for (size_t i = 0; i < lists->count; ++i)
        free(lists->lists[i].text);
    lists->count = 0;
}

static struct list *add(struct peer_lists *lists)
{
    if (lists->count == ENTRIES_MOST)
        clear(lists); /* of servers that are gone: the others ask again soon */
    if (lists->count == lists->capacity) {
        lists->capacity = lists->capacity == 0 ? 8 : 2 * lists->capacity;
        lists->lists = realloc(lists->lists, lists->capacity * sizeof(*lists->lists));
        assert(lists->lists != NULL);
    }
    return memset(&lists->lists[lists->count++], 0, sizeof(struct list));
}

/* From the text alone, so that it is the same in all workers. */
static void write_etag(struct list *list)
{
    struct digest digest = secret_digest(list->text, list->length);
    char *out = list->etag;

    *out++ = '"';
    for (size_t i = 0; i < ETAG_BYTES; ++i)
        out += snprintf(out, 3, "%02x", digest.bytes[i]);
    strcpy(out, "\"");
}

static struct list *keep(struct peer_lists *lists, struct making *making)
{
    struct list *list = find(lists, making->kind, making->server_key);

    if (list == NULL)
        list = add(lists);
    free(list->text);
    *list = (struct list){.server_key = making->server_key, .kind = making->kind, .version = making->version};
    list->text = json_take(&making->json, &list->length);
    write_etag(list);
    return list;
}

/* ---- answering ---- */

static bool has_it(h2o_req_t *http, const struct list *list)
{
    ssize_t index = h2o_find_header(&http->headers, H2O_TOKEN_IF_NONE_MATCH, -1);

    if (index == -1)
        return false;
    h2o_iovec_t known = http->headers.entries[index].value;
    return h2o_strstr(known.base, known.len, list->etag, strlen(list->etag)) != SIZE_MAX;
}

static void answer(struct request *request, const struct list *list)
{
    h2o_req_t *http = request->http;
    h2o_iovec_t etag = h2o_strdup(&http->pool, list->etag, SIZE_MAX);
    bool is_known = has_it(http, list);

    http->res.mime_attr = NULL;
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_ETAG, NULL, etag.base, etag.len);
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL, H2O_STRLIT("private, no-cache"));
    http->res.status = is_known ? 304 : 200;
    http->res.reason = is_known ? "Not Modified" : "OK";
    if (is_known) {
        h2o_send_inline(http, NULL, 0);
        return;
    }
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, H2O_STRLIT("application/json"));
    http->res.content_length = list->length;
    h2o_send_inline(http, list->text, list->length);
}

static void done(struct task *task)
{
    struct making *making = (struct making *)task;
    struct list *list = task->result == RESULT_OK ? keep(task->worker->peer_lists, making) : NULL;
    struct request *request = task_succeeded(task);

    if (request != NULL)
        answer(request, list);
}

/* Whose list a server gets. */
static int64_t owner_of(const struct peer_identity *peer, enum peer_list_kind kind)
{
    return kind != PEER_CHANNELS && peer->sees_everybody ? SHARED : peer->server_key;
}

enum result peer_lists_answer(struct request *request, enum peer_list_kind kind)
{
    struct peer_lists *lists = request->worker->peer_lists;
    int64_t server_key = owner_of(&request->peer, kind);
    const struct list *list = find(lists, kind, server_key);

    if (list != NULL && list->version == lists->versions[kind]) {
        answer(request, list);
        return RESULT_OK;
    }
    struct making *making = task_new(sizeof(*making), make, NULL, done, dispose);
    making->kind = kind;
    making->server_key = server_key;
    making->version = lists->versions[kind];
    making->server_name = request->worker->config->server_name;
    return request_submit(request, &making->task);
}

/* ---- life ---- */

void peer_lists_changed(struct peer_lists *lists, enum peer_list_kind kind)
{
    for (size_t i = 0; i < PEER_LISTS; ++i)
        lists->versions[i] += i == kind || kind == PEER_LISTS;
}

struct peer_lists *peer_lists_new(void)
{
    struct peer_lists *lists = calloc(1, sizeof(*lists));

    assert(lists != NULL);
    return lists;
}

void peer_lists_free(struct peer_lists **lists)
{
    clear(*lists);
    free((*lists)->lists);
    free(*lists);
    *lists = NULL;
}
