/*
 * status.c - how the server and its links are, in people's words. beringctl.
 */
#include "bering/clock.h"
#include "cli/client.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t seconds_between(const char *from, const char *to)
{
    int64_t start, end;

    if (from == NULL || to == NULL || !clock_parse(from, strlen(from), &start) || !clock_parse(to, strlen(to), &end))
        return 0;
    return (end - start) / 1000000000;
}

/* Links that somebody should look after. */
static size_t count_troubled(struct json_object *overview)
{
    struct json_object *links = json_list(overview, "servers");
    size_t troubled = 0;

    for (size_t i = 0; links != NULL && i < json_object_array_length(links); i++) {
        struct json_object *link = json_object_array_get_idx(links, i);
        bool is_cut = json_number(link, "failures") > 0 || json_is_true(link, "refuses_us");
        troubled += is_cut || json_number(link, "refused") > 0;
    }
    return troubled;
}

static int64_t last_minute(struct json_object *overview)
{
    struct json_object *minutes;

    if (!json_object_object_get_ex(overview, "messages_per_minute", &minutes) ||
        !json_object_is_type(minutes, json_type_array) || json_object_array_length(minutes) == 0)
        return 0;
    return json_object_get_int64(json_object_array_get_idx(minutes, json_object_array_length(minutes) - 1));
}

static void print_overview(const struct call *call, struct json_object *overview)
{
    struct json_object *users = json_object_object_get(overview, "users");
    struct json_object *links = json_list(overview, "servers");
    char up[AMOUNT_SIZE], database[AMOUNT_SIZE], log[AMOUNT_SIZE], disk[AMOUNT_SIZE];
    char people[160], load[160], storage[200], peers[96];
    size_t count = links != NULL ? json_object_array_length(links) : 0;
    size_t troubled = count_troubled(overview);

    snprintf(people, sizeof(people), "%" PRId64 " here, %" PRId64 " of other servers, %" PRId64 " online",
             json_number(users, "local"), json_number(users, "remote"), json_number(users, "online"));
    snprintf(load, sizeof(load),
             "%" PRId64 " connections, %" PRId64 " messages in the last minute, %" PRId64 " workers",
             json_number(overview, "connections"), last_minute(overview), json_number(overview, "workers"));
    format_bytes(json_number(overview, "database_bytes"), database);
    format_bytes(json_number(overview, "wal_bytes"), log);
    format_bytes(json_number(overview, "disk_free_bytes"), disk);
    snprintf(storage, sizeof(storage), "%s, its log %s, %s free", database, log, disk);
    snprintf(peers, sizeof(peers), troubled == 0 ? "%zu, all well" : "%zu, of which %zu need a look: beringctl peers",
             count,
             troubled);
    const char *because = json_field(overview, "not_ready_because"), *is_ready = json_field(overview, "is_ready");
    const struct pair pairs[] = {
        {"server", json_field(overview, "server_name")},
        {"ready", is_ready == NULL                       ? NULL
                  : json_is_true(overview, "is_ready")   ? "yes"
                  : because != NULL                      ? because
                                                         : "no"},
        {"reached at", client_name(call->client)},
        {"known as", json_field(overview, "base_url")},
        {"version", json_field(overview, "version")},
        {"up for", format_duration(seconds_between(json_field(overview, "started_at"), json_field(overview, "now")),
                                   up)},
        {"users", people},
        {"channels", json_field(overview, "channels")},
        {"messages", json_field(overview, "messages")},
        {"load", load},
        {"database", storage},
        {"other servers", count == 0 ? "none" : peers},
    };
    print_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* Adds whether it can read and write. A server before that question says nothing: null. */
static void add_readiness(const struct call *call, struct json_object *overview)
{
    struct json_object *answer = NULL, *is_ready = NULL, *reason = NULL;
    char *error = NULL;
    int status = client_probe(call->client, "/readyz", &answer, &error);

    if (status == 200 || status == 503)
        is_ready = json_object_new_boolean(status == 200);
    if (status == 503 && json_field(answer, "error") != NULL)
        reason = json_object_new_string(json_field(answer, "error"));
    json_object_object_add(overview, "is_ready", is_ready);
    json_object_object_add(overview, "not_ready_because", reason);
    json_object_put(answer);
    free(error);
}

enum exit_status status_show(struct call *call)
{
    struct json_object *overview;
    enum exit_status status = client_ask(call->client, "GET", "/admin/overview", NULL, &overview);

    if (status != EXIT_DONE)
        return status;
    if (!json_object_is_type(overview, json_type_object)) {
        json_object_put(overview);
        return fail(EXIT_FAILED, "the server answered something else than its figures");
    }
    add_readiness(call, overview);
    if (call->json)
        return print_json(overview);
    print_overview(call, overview);
    json_object_put(overview);
    return finish_output();
}

/* ---- links ---- */

static const struct column columns[] = {
    {"NAME", "name", COLUMN_TEXT},           {"STATE", "state", COLUMN_TEXT},
    {"LAST CONTACT", "last_contact", COLUMN_TIME}, {"WAITING", "queue_depth", COLUMN_NUMBER},
    {"REFUSED", "refused", COLUMN_NUMBER},   {"LAST ERROR", "last_error", COLUMN_TEXT},
    {0},
};

static const char *state_of(const struct json_object *link)
{
    if (json_is_true(link, "refuses_us"))
        return "refuses our token";
    if (json_number(link, "failures") > 0)
        return "out of reach";
    if (json_field(link, "last_contact") == NULL)
        return "never heard of";
    return json_number(link, "refused") > 0 ? "refused something" : "well";
}

enum exit_status peers_show(struct call *call)
{
    struct json_object *overview, *links;
    enum exit_status status = client_ask(call->client, "GET", "/admin/overview", NULL, &overview);

    if (status != EXIT_DONE)
        return status;
    links = json_object_get(json_list(overview, "servers"));
    for (size_t i = 0; links != NULL && i < json_object_array_length(links); i++) {
        struct json_object *link = json_object_array_get_idx(links, i);
        json_object_object_add(link, "state", json_object_new_string(state_of(link)));
    }
    json_object_put(overview);
    return grid_print(call, columns, links);
}
