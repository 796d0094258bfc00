/*
 * sync.c - asks all other servers at once for their users or channels. Worker: a handler on the loop, the waiting on a
 * job thread, what is new written by the writer thread.
 *
 * A server that does not answer in time, or nonsense, is named in a header, and keeps nobody from the rest.
 */
#include "bering/events.h"
#include "bering/fetch.h"
#include "bering/log.h"
#include "bering/peer_answers.h"
#include "bering/text.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/worker.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 4500 }; /* so that the answer comes within five seconds */

struct source {
    int64_t server_key;
    char *name;
    char *base_url;
    bool has_failed;
    struct peer_list list;        /* once compared, only what is new */
};

struct sync;

/* What users and channels have in common. */
struct kind {
    const char *path;
    const char *(*read)(const char *body, size_t length, const char *server_name, struct peer_list *list_r);
    /* Whether the database does not have an entry as it is. */
    enum result (*compare)(struct store *store, const struct source *source, const struct peer_entry *entry,
                           bool *is_new_r);
    enum result (*put)(struct sync *sync, struct store *store, const struct source *source,
                       const struct peer_entry *entry, struct event_batch *events);
};

struct sync {
    struct task task;
    const struct kind *kind;
    struct source *sources;
    size_t count, capacity;
    struct json answer;
};

/* The id of an entry, for the store. */
static struct peer_claim claim_of(const struct peer_entry *entry)
{
    return (struct peer_claim){
        .name = entry->name,
        .display_name = entry->display_name,
        .id = entry->has_id ? &entry->id : NULL,
    };
}

/* ---- users ---- */

static bool is_as_said(const struct user *user, const struct peer_entry *entry)
{
    return !user->is_deleted && strcmp(user->username, entry->name) == 0 &&
           strcmp(user->display_name != NULL ? user->display_name : "", entry->display_name) == 0;
}

static enum result compare_user(struct store *store, const struct source *source, const struct peer_entry *entry,
                                bool *is_new_r)
{
    const struct peer_claim claim = claim_of(entry);
    struct user *user;
    enum result result = peer_user_find(store, source->server_key, &claim, &user);

    *is_new_r = result == RESULT_NOT_FOUND;
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    *is_new_r = !is_as_said(user, entry);
    free(user);
    return RESULT_OK;
}

static enum result put_user(struct sync *sync, struct store *store, const struct source *source,
                            const struct peer_entry *entry, struct event_batch *events)
{
    const struct peer_claim claim = claim_of(entry);
    struct peer_user_learned learned;
    enum result result = peer_user_learn(store, source->server_key, &claim, &learned);

    if (result != RESULT_OK)
        return result;
    if (learned.is_new)
        write_user(&sync->answer, learned.user, "");
    events_user_learned(events, &learned);
    free(learned.user);
    free(learned.displaced);
    return RESULT_OK;
}

/* ---- channels ---- */

static enum result compare_channel(struct store *store, const struct source *source, const struct peer_entry *entry,
                                   bool *is_new_r)
{
    const struct peer_claim claim = claim_of(entry);
    struct channel *channel;
    enum result result = peer_channel_find(store, source->name, &claim, &channel);

    *is_new_r = result == RESULT_NOT_FOUND && !entry->is_only_for_members;
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    *is_new_r = strcmp(channel->name, entry->name) != 0;
    free(channel);
    return RESULT_OK;
}

static enum result put_channel(struct sync *sync, struct store *store, const struct source *source,
                               const struct peer_entry *entry, struct event_batch *events)
{
    const struct peer_claim claim = claim_of(entry);
    struct peer_channel_learned learned;
    enum result result = peer_channel_learn(store, source->name, &claim, &learned);

    if (result != RESULT_OK)
        return result;
    if (learned.is_new)
        write_channel(&sync->answer, learned.channel);
    events_channel_learned(events, &learned);
    free(learned.channel);
    free(learned.displaced);
    return RESULT_OK;
}

static const struct kind users = {"/federation/users", peer_answer_users, compare_user, put_user};
static const struct kind channels = {"/federation/channels", peer_answer_channels, compare_channel, put_channel};

/* ---- on the job thread: ask, and see what is new ---- */

static void add_source(void *argument, const struct server *server)
{
    struct sync *sync = argument;

    if (sync->count == sync->capacity) {
        sync->capacity = sync->capacity == 0 ? 8 : 2 * sync->capacity;
        sync->sources = realloc(sync->sources, sync->capacity * sizeof(*sync->sources));
        assert(sync->sources != NULL);
    }
    sync->sources[sync->count++] = (struct source){
        .server_key = server->key, .name = text_copy(server->name), .base_url = text_copy(server->base_url)};
}

static void read_answer(const struct kind *kind, const struct fetch *fetch, struct source *source)
{
    char status[32];
    const char *wrong = NULL;

    if (fetch->status == 0) {
        wrong = fetch->error;
    } else if (fetch->status != 200) {
        snprintf(status, sizeof(status), "it answered %d", fetch->status);
        wrong = status;
    } else {
        wrong = kind->read(fetch->body != NULL ? fetch->body : "", fetch->length, source->name, &source->list);
    }
    source->has_failed = wrong != NULL;
    if (wrong != NULL)
        log_warn("%s of server %s could not be read: %s", kind->path, source->name, wrong);
}

static void ask(struct sync *sync)
{
    const struct config *config = sync->task.worker->config;
    struct fetch *fetches = calloc(sync->count + 1, sizeof(*fetches));

    assert(fetches != NULL);
    for (size_t i = 0; i < sync->count; ++i) {
        fetches[i].url = sync->sources[i].base_url;
        fetches[i].path = sync->kind->path;
        fetches[i].token = config->server_token;
        fetches[i].most = PEER_ANSWER_MOST;
    }
    fetch_all(config, fetches, sync->count, TIMEOUT_MS);
    for (size_t i = 0; i < sync->count; ++i)
        read_answer(sync->kind, &fetches[i], &sync->sources[i]);
    fetch_free(fetches, sync->count);
    free(fetches);
}

/* Leaves only what is new: the rest costs no write. */
static enum result compare(const struct sync *sync, struct store *store, struct source *source)
{
    size_t kept = 0;

    for (size_t i = 0; i < source->list.count; ++i) {
        bool is_new;
        enum result result = sync->kind->compare(store, source, &source->list.entries[i], &is_new);
        if (result != RESULT_OK)
            return result;
        if (is_new)
            source->list.entries[kept++] = source->list.entries[i];
    }
    source->list.count = kept;
    return RESULT_OK;
}

static enum result work(struct task *task, struct store *store)
{
    struct sync *sync = (struct sync *)task;
    size_t total = 0;
    enum result result = store_servers(store, add_source, sync);

    if (result != RESULT_OK)
        return result;
    ask(sync);
    for (size_t i = 0; i < sync->count && result == RESULT_OK; ++i) {
        result = compare(sync, store, &sync->sources[i]);
        total += sync->sources[i].list.count;
    }
    json_array_begin(&sync->answer);
    if (total == 0) {
        task->write = NULL;
        json_array_end(&sync->answer);
    }
    return result;
}

/* ---- on the writer thread ---- */

/* A server that has been deleted meanwhile has nothing new. */
static enum result write_source(struct sync *sync, struct store *store, const struct source *source,
                                struct event_batch *events)
{
    enum result result = RESULT_OK;

    for (size_t i = 0; i < source->list.count && result == RESULT_OK; ++i)
        result = sync->kind->put(sync, store, source, &source->list.entries[i], events);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

static enum result write_news(struct task *task, struct store *store, struct event_batch *events)
{
    struct sync *sync = (struct sync *)task;
    enum result result = RESULT_OK;

    task->beyond_messages = true;
    for (size_t i = 0; i < sync->count && result == RESULT_OK; ++i)
        result = write_source(sync, store, &sync->sources[i], events);
    json_array_end(&sync->answer);
    return result;
}

/* ---- on the loop ---- */

/* A name as it may stand in a list within a header. */
static char *put_name(char *end, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *name != '\0'; ++name) {
        unsigned char c = (unsigned char)*name;
        if (c > ' ' && c < 0x7F && c != ',' && c != '%') {
            *end++ = (char)c;
        } else {
            *end++ = '%';
            *end++ = digits[c >> 4];
            *end++ = digits[c & 0xF];
        }
    }
    return end;
}

static void name_failures(struct request *request, const struct sync *sync)
{
    size_t size = 1;

    for (size_t i = 0; i < sync->count; ++i)
        size += sync->sources[i].has_failed ? 3 * strlen(sync->sources[i].name) + 2 : 0;
    if (size == 1)
        return;
    char *names = h2o_mem_alloc_pool(&request->http->pool, size), *end = names;
    for (size_t i = 0; i < sync->count; ++i) {
        if (!sync->sources[i].has_failed)
            continue;
        if (end != names) {
            *end++ = ',';
            *end++ = ' ';
        }
        end = put_name(end, sync->sources[i].name);
    }
    h2o_add_header_by_str(&request->http->pool, &request->http->res.headers, H2O_STRLIT("x-failed-peers"), 0, NULL,
                          names, (size_t)(end - names));
}

static void done(struct task *task)
{
    struct sync *sync = (struct sync *)task;

    task->worker->is_syncing = false;
    struct request *request = task_succeeded(task);
    if (request == NULL)
        return;
    name_failures(request, sync);
    answer_json(request, &sync->answer);
}

static void dispose(struct task *task)
{
    struct sync *sync = (struct sync *)task;

    for (size_t i = 0; i < sync->count; ++i) {
        peer_list_free(&sync->sources[i].list);
        free(sync->sources[i].name);
        free(sync->sources[i].base_url);
    }
    free(sync->sources);
    json_deinit(&sync->answer);
}

/* One at a time: it keeps a job thread for as long as the slowest server takes. */
static enum result start(struct request *request, const struct kind *kind)
{
    if (request->worker->is_syncing) {
        request->retry_after = TIMEOUT_MS / 1000 + 1;
        return request_fail(request, RESULT_UNAVAILABLE, "the other servers are being asked already");
    }
    struct sync *sync = task_new(sizeof(*sync), work, write_news, done, dispose);
    sync->kind = kind;
    request->worker->is_syncing = true;
    return request_submit(request, &sync->task);
}

enum result sync_users(struct request *request)
{
    return start(request, &users);
}

enum result sync_channels(struct request *request)
{
    return start(request, &channels);
}
