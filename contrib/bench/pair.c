/*
 * pair.c - makes two servers and what they share through their admin APIs, and asks both what they have. The main
 * process.
 *
 * Always holds: what is compared is what the servers answer to a user who asks for the whole channel.
 */
#include "pair.h"
#include "client.h"
#include "loop.h"
#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_SECONDS = 20, AGAIN_MS = 20 };

/* The answer of a request as JSON, NULL unless it is one and its status 200. To be put. */
static struct json_object *ask(const struct server *server, const char *method, const char *path, const char *token,
                               const char *body)
{
    char *text;
    int status = client_ask(&server->plain, method, path, token, body, &text);
    struct json_object *answer = status == 200 && text != NULL ? json_tokener_parse(text) : NULL;

    free(text);
    return answer;
}

static const char *text_of(struct json_object *object, const char *name)
{
    struct json_object *field;

    return json_object_object_get_ex(object, name, &field) ? json_object_get_string(field) : NULL;
}

/* Tells `server` of another one; its id there goes to id_r. Returns 0 or -1. */
static int introduce(const struct server *server, const struct server *other, const char *name,
                     char id_r[POPULATION_ID_MAX])
{
    char body[256];
    struct json_object *answer;
    const char *id;
    int result = -1;

    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"base_url\":\"http://127.0.0.1:%u\",\"token\":\"%s%s\"}", name,
             (unsigned)ntohs(other->plain.address.sin_port), SERVER_TOKEN_PREFIX, name);
    answer = ask(server, "POST", "/admin/servers", SERVER_ADMIN_TOKEN, body);
    id = text_of(answer, "id");
    if (id != NULL && strlen(id) < POPULATION_ID_MAX) {
        strcpy(id_r, id);
        result = 0;
    }
    json_object_put(answer);
    return result;
}

static struct json_object *status_of(const struct server *server, const char *id)
{
    char path[128];

    snprintf(path, sizeof(path), "/admin/servers/%s/status", id);
    return ask(server, "GET", path, SERVER_ADMIN_TOKEN, NULL);
}

/* Whether `server` has found out that the other one is of its kind. */
static bool is_acquainted(const struct server *server, const char *id)
{
    struct json_object *status = status_of(server, id);
    const char *abilities = text_of(status, "abilities");
    bool acquainted = abilities != NULL && strcmp(abilities, "beringshare") == 0;

    json_object_put(status);
    return acquainted;
}

static int wait_acquainted(const struct pair *pair)
{
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;

    while (!is_acquainted(&pair->a, pair->b_at_a) || !is_acquainted(&pair->b, pair->a_at_b)) {
        if (now_ns() > end)
            return -1;
        sleep_ns(AGAIN_MS * NS_PER_MS);
    }
    return 0;
}

/* B's reader becomes a member of a channel of A: at the latest when A has heard of the user. */
static int join(const struct pair *pair, unsigned channel)
{
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;
    char path[128];

    snprintf(path, sizeof(path), "/admin/channels/%s/members", pair->posters.channels[channel]);
    while (client_ask(&pair->a.plain, "POST", path, SERVER_ADMIN_TOKEN, "{\"username\":\"user000000@b\"}", NULL) !=
           200) {
        if (now_ns() > end)
            return -1;
        sleep_ns(AGAIN_MS * NS_PER_MS);
    }
    return 0;
}

static int join_all(const struct pair *pair)
{
    for (unsigned i = 0; i < pair->posters.channel_count; i++) {
        if (join(pair, i) != 0)
            return -1;
    }
    return pair_wait_drained(pair, PATIENCE_SECONDS);
}

/* Finds A's channels among B's: population.c named each after its index. Returns 0 if B knows them all. */
static int find_copies(struct pair *pair)
{
    struct json_object *list = ask(&pair->b, "GET", "/admin/channels", SERVER_ADMIN_TOKEN, NULL);
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    unsigned found = 0;

    for (size_t i = 0; i < count; i++) {
        struct json_object *channel = json_object_array_get_idx(list, i);
        const char *id = text_of(channel, "id"), *name = text_of(channel, "name"),
                   *origin = text_of(channel, "origin_server");
        unsigned number;

        if (id == NULL || name == NULL || origin == NULL || strcmp(origin, "a") != 0 ||
            strlen(id) >= POPULATION_ID_MAX || sscanf(name, "channel%u", &number) != 1 ||
            number >= pair->posters.channel_count)
            continue;
        strcpy(pair->copies[number], id);
        found++;
    }
    json_object_put(list);
    return found == pair->posters.channel_count ? 0 : -1;
}

int pair_start(struct pair *pair, const struct bench *bench, unsigned posters, unsigned channels)
{
    const char *problem = NULL;

    memset(pair, 0, sizeof(*pair));
    pair->bench = bench;
    pair->copies = calloc(channels, sizeof(*pair->copies));
    if (pair->copies == NULL)
        abort();
    if (bench_peer(bench, &pair->a, "a") != 0 || bench_peer(bench, &pair->b, "b") != 0 ||
        bench_populate(bench, &pair->posters, &pair->a, posters, channels) != 0 ||
        bench_populate(bench, &pair->reader, &pair->b, 1, 0) != 0)
        return -1;
    if (introduce(&pair->a, &pair->b, "b", pair->b_at_a) != 0 || introduce(&pair->b, &pair->a, "a", pair->a_at_b) != 0)
        problem = "the servers cannot be registered with each other";
    else if (wait_acquainted(pair) != 0)
        problem = "the servers did not find each other";
    else if (join_all(pair) != 0)
        problem = "a user of B cannot become a member of A's channels";
    else if (find_copies(pair) != 0)
        problem = "B does not know A's channels";
    if (problem != NULL)
        report_failure(bench->report, "%s", problem);
    return problem == NULL ? 0 : -1;
}

void pair_end(struct pair *pair)
{
    population_deinit(&pair->reader);
    population_deinit(&pair->posters);
    bench_end(pair->bench, &pair->b);
    bench_end(pair->bench, &pair->a);
    free(pair->copies);
    pair->copies = NULL;
}

int64_t pair_depth(const struct pair *pair)
{
    struct json_object *status = status_of(&pair->a, pair->b_at_a), *depth;
    int64_t value = -1;

    if (json_object_object_get_ex(status, "queue_depth", &depth))
        value = json_object_get_int64(depth);
    json_object_put(status);
    return value;
}

int pair_wait_drained(const struct pair *pair, double seconds)
{
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);

    while (pair_depth(pair) != 0) {
        if (now_ns() > end)
            return -1;
        sleep_ns(AGAIN_MS * NS_PER_MS);
    }
    return 0;
}

/* A channel's messages, oldest first; query "" or "?limit=1", the newest only. NULL if the server does not answer. */
static struct json_object *history(const struct server *server, const char *id, const char *token, const char *query)
{
    char path[160];

    snprintf(path, sizeof(path), "/api/messages/channel/%s%s", id, query);
    return ask(server, "GET", path, token, NULL);
}

static struct json_object *history_at_a(const struct pair *pair, unsigned channel, const char *query)
{
    return history(&pair->a, pair->posters.channels[channel], pair->posters.tokens[0], query);
}

static struct json_object *history_at_b(const struct pair *pair, unsigned channel, const char *query)
{
    return history(&pair->b, pair->copies[channel], pair->reader.tokens[0], query);
}

/* The id of message i of a history, "" if there is none. */
static const char *id_at(struct json_object *list, size_t i)
{
    const char *id = json_object_is_type(list, json_type_array) && i < json_object_array_length(list)
                         ? text_of(json_object_array_get_idx(list, i), "message_id")
                         : NULL;

    return id == NULL ? "" : id;
}

bool pair_is_level(const struct pair *pair, unsigned channel)
{
    struct json_object *here = history_at_a(pair, channel, "?limit=1"),
                       *there = history_at_b(pair, channel, "?limit=1");
    bool level = id_at(here, 0)[0] != '\0' && strcmp(id_at(here, 0), id_at(there, 0)) == 0;

    json_object_put(here);
    json_object_put(there);
    return level;
}

int64_t pair_compare(const struct pair *pair, unsigned channel)
{
    struct json_object *here = history_at_a(pair, channel, ""), *there = history_at_b(pair, channel, "");
    size_t count = 0;
    bool same;

    while (id_at(here, count)[0] != '\0' && strcmp(id_at(here, count), id_at(there, count)) == 0)
        count++;
    same = json_object_is_type(here, json_type_array) && json_object_is_type(there, json_type_array) &&
           count == json_object_array_length(here) && count == json_object_array_length(there);
    if (!same)
        report_failure(pair->bench->report, "channel %u differs: message %zu is \"%.40s\" on A, \"%.40s\" on B",
                       channel, count, id_at(here, count), id_at(there, count));
    json_object_put(here);
    json_object_put(there);
    return same ? (int64_t)count : -1;
}
