/*
 * population.c - makes users, channels and memberships over 64 connections. The main process.
 *
 * Always holds: users < `users` all have a token once population_init returned 0.
 */
#include "population.h"
#include "http.h"
#include "load.h"
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 64, SECONDS = 120 };

struct work {
    struct population *population;
    unsigned channel, first;
};

/* A copy of one string field of a JSON object, NULL if it is not there. */
static char *take_field(const char *body, size_t length, const char *name)
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *object = json_tokener_parse_ex(tokener, body, (int)length), *field;
    char *value = NULL;

    if (json_object_object_get_ex(object, name, &field) && json_object_is_type(field, json_type_string))
        value = strdup(json_object_get_string(field));
    json_object_put(object);
    json_tokener_free(tokener);
    return value;
}

static size_t user_request(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    char body[64];

    (void)context;
    (void)number;
    snprintf(body, sizeof(body), "{\"username\":\"user%06u\"}", (unsigned)index);
    return http_request(buffer, capacity, "POST", "/admin/users", SERVER_ADMIN_TOKEN, body);
}

static int user_answer(void *context, uint64_t index, const char *body, size_t length)
{
    struct work *work = context;

    work->population->tokens[index] = take_field(body, length, "token");
    return work->population->tokens[index] != NULL ? 0 : -1;
}

static size_t channel_request(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    char body[64];

    (void)context;
    (void)number;
    snprintf(body, sizeof(body), "{\"name\":\"channel%u\"}", (unsigned)index);
    return http_request(buffer, capacity, "POST", "/admin/channels", SERVER_ADMIN_TOKEN, body);
}

static int channel_answer(void *context, uint64_t index, const char *body, size_t length)
{
    struct work *work = context;
    char *id = take_field(body, length, "id");
    int result = -1;

    if (id != NULL && strlen(id) < POPULATION_ID_MAX) {
        strcpy(work->population->channels[index], id);
        result = 0;
    }
    free(id);
    return result;
}

static size_t member_request(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    struct work *work = context;
    char body[64], path[128];

    (void)number;
    snprintf(body, sizeof(body), "{\"username\":\"user%06u\"}", work->first + (unsigned)index);
    snprintf(path, sizeof(path), "/admin/channels/%s/members", work->population->channels[work->channel]);
    return http_request(buffer, capacity, "POST", path, SERVER_ADMIN_TOKEN, body);
}

static int make(struct population *population, struct load *load, const struct server *server, unsigned count,
                const char *what)
{
    struct load_result result;
    char text[160];

    if (count == 0)
        return 0;
    load->target = &server->plain;
    load->connections = count < CONNECTIONS ? count : CONNECTIONS;
    load->requests = count;
    load->seconds = SECONDS;
    if (load_run(load, &result) == 0)
        return 0;
    load_explain(&result, text, sizeof(text));
    snprintf(population->problem, sizeof(population->problem), "making %u %s: %s", count, what, text);
    return -1;
}

int population_init(struct population *population, const struct server *server, unsigned users, unsigned channels)
{
    struct work work = {.population = population};
    struct load make_users = {.request = user_request, .answer = user_answer, .context = &work};
    struct load make_channels = {.request = channel_request, .answer = channel_answer, .context = &work};

    memset(population, 0, sizeof(*population));
    population->tokens = calloc(users, sizeof(*population->tokens));
    population->channels = calloc(channels, sizeof(*population->channels));
    if (population->tokens == NULL || population->channels == NULL)
        abort();
    population->users = users;
    population->channel_count = channels;
    if (make(population, &make_users, server, users, "users") != 0 ||
        make(population, &make_channels, server, channels, "channels") != 0)
        return -1;
    return 0;
}

void population_deinit(struct population *population)
{
    for (unsigned i = 0; i < population->users; i++)
        free(population->tokens[i]);
    free(population->tokens);
    free(population->channels);
    memset(population, 0, sizeof(*population));
}

int population_join(struct population *population, const struct server *server, unsigned channel, unsigned first,
                    unsigned count)
{
    struct work work = {.population = population, .channel = channel, .first = first};
    struct load make_members = {.request = member_request, .context = &work};

    return make(population, &make_members, server, count, "members");
}

size_t population_post(const struct population *population, unsigned user, unsigned channel, const char *body,
                       char *buffer, size_t capacity)
{
    char json[1024];

    if (snprintf(json, sizeof(json), "{\"channel\":\"%s\",\"body\":\"%s\"}", population->channels[channel], body) >=
        (int)sizeof(json))
        abort();
    return http_request(buffer, capacity, "POST", "/api/messages/channel", population->tokens[user], json);
}
