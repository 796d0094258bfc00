/*
 * overview.c - what administrators look at: parts of the lists of users and channels, and the server's figures. Worker,
 * job threads only.
 */
#include "bering/activity.h"
#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/health.h"
#include "bering/outbox.h"
#include "bering/presence.h"
#include "worker/api/api.h"
#include "worker/api/objects.h"
#include "worker/worker.h"
#include <stdlib.h>

enum { TEXT, LIMIT, OFFSET, LOCAL, SERVER, ONLINE };

enum { LIST_MOST = 500, TEXT_MOST = 200, OFFSET_MOST = 1000000000 };

const struct parameter accounts_parameters[] = {
    [TEXT] = {"q", PARAMETER_TEXT, false, 0, TEXT_MOST},
    [LIMIT] = {"limit", PARAMETER_INTEGER, false, 1, LIST_MOST},
    [OFFSET] = {"offset", PARAMETER_INTEGER, false, 0, OFFSET_MOST},
    [LOCAL] = {"local", PARAMETER_FLAG, false, 0, 0},
    [SERVER] = {"server", PARAMETER_UUID, false, 0, 0},
    [ONLINE] = {"online", PARAMETER_FLAG, false, 0, 0},
    {NULL, 0, false, 0, 0},
};

const struct parameter admin_channels_parameters[] = {
    [TEXT] = {"q", PARAMETER_TEXT, false, 0, TEXT_MOST},
    [LIMIT] = {"limit", PARAMETER_INTEGER, false, 1, LIST_MOST},
    [OFFSET] = {"offset", PARAMETER_INTEGER, false, 0, OFFSET_MOST},
    {NULL, 0, false, 0, 0},
};

/* ---- lists ---- */

static struct selection selection(const struct action *action)
{
    const struct value *limit = &action->parameters[LIMIT];

    return (struct selection){
        .text = action->parameters[TEXT].text,
        .limit = limit->present ? limit->key : -1,
        .offset = action->parameters[OFFSET].key,
    };
}

struct accounts {
    struct json *json;
    int64_t *online;
    size_t online_count;
};

static void write_account_row(void *argument, const struct user *user)
{
    const struct accounts *accounts = argument;

    write_account(accounts->json, user, presence_is_among(accounts->online, accounts->online_count, user->key));
}

/* The keys of those who are online, as the store takes them; the caller frees them. */
static char *online_keys(const struct accounts *accounts)
{
    struct json keys = {0};
    size_t length;

    json_array_begin(&keys);
    for (size_t i = 0; i < accounts->online_count; i++)
        json_integer(&keys, accounts->online[i]);
    json_array_end(&keys);
    return json_take(&keys, &length);
}

enum result accounts_list(struct action *action, struct store *store)
{
    const struct value *local = &action->parameters[LOCAL], *server = &action->parameters[SERVER];
    struct selection part = selection(action);
    const struct value *online = &action->parameters[ONLINE];
    struct accounts accounts = {.json = &action->answer};

    accounts.online = presence_online(action->task.worker->bus, &accounts.online_count);
    char *keys = online->present ? online_keys(&accounts) : NULL;
    part.keys = keys;
    part.is_among = online->boolean;
    json_array_begin(&action->answer);
    enum result result =
        store_users_select(store, &part, local->present ? local->boolean : -1, server->present ? &server->uuid : NULL,
                           write_account_row, &accounts, &action->total);
    json_array_end(&action->answer);
    action->has_total = true;
    free(keys);
    free(accounts.online);
    return result;
}

static void write_channel_size_row(void *json, const struct channel *channel, int64_t members, int64_t retention_days)
{
    write_channel_size(json, channel, members, retention_days);
}

enum result admin_channels_list(struct action *action, struct store *store)
{
    struct selection part = selection(action);

    json_array_begin(&action->answer);
    enum result result = store_channels_select(store, &part, write_channel_size_row, &action->answer, &action->total);
    json_array_end(&action->answer);
    action->has_total = true;
    return result;
}

/* ---- figures ---- */

struct links {
    struct store *store;
    struct bus *bus;
    struct json *json;
    enum result result;
};

static void write_link(void *argument, const struct server *server)
{
    struct links *links = argument;
    struct json *json = links->json;
    struct outbox_state state;

    if (links->result == RESULT_OK)
        links->result = outbox_state(links->store, server->key, &state);
    if (links->result != RESULT_OK)
        return;
    json_object_begin(json);
    json_key_uuid(json, "id", &server->id);
    json_key_text(json, "name", server->name);
    json_key_integer(json, "queue_depth", state.waiting);
    json_key_integer(json, "refused", state.refused);
    write_time_or_null(json, "oldest_waiting_at", state.oldest_at);
    write_health(json, links->bus, server->key);
    json_object_end(json);
}

static enum result write_links(struct action *action, struct store *store)
{
    struct links links = {store, action->task.worker->bus, &action->answer, RESULT_OK};

    json_key(links.json, "servers");
    json_array_begin(links.json);
    enum result result = store_servers(store, write_link, &links);
    json_array_end(links.json);
    return result == RESULT_OK ? links.result : result;
}

static void write_self(struct json *json, const struct worker *worker)
{
    json_key_text(json, "server_name", worker->config->server_name);
    json_key_text(json, "base_url", worker->config->base_url);
    json_key_text(json, "version", PACKAGE_VERSION);
    json_key(json, "started_at");
    json_time(json, bus_started_at(worker->bus));
    json_key(json, "now");
    json_time(json, clock_now());
}

static void write_activity(struct json *json, const struct worker *worker)
{
    uint32_t counts[ACTIVITY_MINUTES];

    activity_read(worker->bus, counts);
    json_key(json, "messages_per_minute");
    json_array_begin(json);
    for (size_t i = 0; i < ACTIVITY_MINUTES; ++i)
        json_integer(json, counts[i]);
    json_array_end(json);
    json_key_integer(json, "connections", counter_total(worker->bus, COUNTER_CONNECTIONS_OPEN));
    json_key_integer(json, "workers", worker->config->workers);
    json_key_integer(json, "retention_days", worker->config->retention_days);
    json_key_integer(json, "retention_direct_days", worker->config->retention_direct_days);
    json_key_integer(json, "audit_days", worker->config->audit_days);
}

static void write_figures(struct json *json, const struct store_figures *figures, unsigned online)
{
    json_key(json, "users");
    json_object_begin(json);
    json_key_integer(json, "local", figures->local_users);
    json_key_integer(json, "remote", figures->remote_users);
    json_key_integer(json, "online", online);
    json_object_end(json);
    json_key_integer(json, "channels", figures->channels);
    json_key_integer(json, "messages", figures->messages);
    json_key_integer(json, "database_bytes", figures->disk.database_bytes);
    json_key_integer(json, "wal_bytes", figures->disk.wal_bytes);
    json_key_integer(json, "free_page_bytes", figures->disk.free_page_bytes);
    json_key_integer(json, "disk_free_bytes", figures->disk.disk_free_bytes);
}

enum result overview(struct action *action, struct store *store)
{
    const struct worker *worker = action->task.worker;
    struct store_figures figures;
    enum result result = store_figures(store, &figures);

    if (result != RESULT_OK)
        return result;
    json_object_begin(&action->answer);
    write_self(&action->answer, worker);
    write_figures(&action->answer, &figures, presence_online_count(worker->bus));
    write_activity(&action->answer, worker);
    result = write_links(action, store);
    json_object_end(&action->answer);
    return result;
}
