/*
 * client.c - a keep-alive HTTP connection on the loop. Any process of the bench.
 *
 * Always holds: link.fd and watch.fd are the same descriptor, or both -1.
 */
#include "client.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { FIRST_CAPACITY = 16 * 1024, CAPACITY_MAX = 64 * 1024 * 1024, CONNECT_MS = 10000, ASK_SECONDS = 10 };

static void broke(struct client *client)
{
    client_close(client);
    client->answered(client, NULL);
}

static int make_room(struct client *client)
{
    size_t capacity = client->capacity == 0 ? FIRST_CAPACITY : client->capacity * 2;
    char *data;

    if (client->length + 1 < client->capacity)
        return 0;
    data = capacity > CAPACITY_MAX ? NULL : realloc(client->data, capacity);
    if (data == NULL)
        return -1;
    client->data = data;
    client->capacity = capacity;
    return 0;
}

static void ready(struct watch *watch, uint32_t events)
{
    struct client *client = (struct client *)watch;
    struct http_answer answer;
    ssize_t got;

    (void)events;
    if (make_room(client) != 0) {
        broke(client);
        return;
    }
    got = link_read(&client->link, client->data + client->length, client->capacity - 1 - client->length);
    if (got == LINK_AGAIN)
        return;
    if (got <= 0 || !client->busy) {
        broke(client);
        return;
    }
    client->length += (size_t)got;
    got = http_parse(client->data, client->length, &answer);
    if (got < 0 || (got > 0 && (size_t)got != client->length)) {
        broke(client);
    } else if (got > 0) {
        client->length = 0;
        client->busy = false;
        client->answered(client, &answer);
    }
}

int client_open(struct client *client, struct loop *loop, const struct target *target, unsigned source)
{
    struct pollfd wait;
    uint32_t events;

    client->loop = loop;
    client->busy = false;
    client->data = NULL;
    client->length = client->capacity = 0;
    client->watch.fd = -1;
    client->watch.ready = ready;
    client->link = (struct link){.fd = -1};
    if (target->tls != NULL || link_connect(&client->link, target, source) != 0)
        return -1;
    wait = (struct pollfd){.fd = client->link.fd, .events = POLLOUT};
    if (poll(&wait, 1, CONNECT_MS) != 1 || link_progress(&client->link, &events) != 1) {
        link_close(&client->link);
        return -1;
    }
    client->watch.fd = client->link.fd;
    loop_watch(loop, &client->watch, EPOLLIN);
    return 0;
}

void client_close(struct client *client)
{
    if (client->watch.fd >= 0)
        loop_forget(client->loop, &client->watch);
    link_close(&client->link);
    free(client->data);
    client->data = NULL;
    client->length = client->capacity = 0;
    client->busy = false;
}

int client_send(struct client *client, const char *request, size_t length)
{
    client->busy = true;
    client->sent_ns = now_ns();
    if (link_write(&client->link, request, length) != 0) {
        client_close(client);
        return -1;
    }
    return 0;
}

struct ask {
    int status; /* 0: waiting */
    char **body_r;
};

static void asked(struct client *client, const struct http_answer *answer)
{
    struct ask *ask = client->owner;

    ask->status = answer == NULL ? -1 : answer->status;
    if (answer != NULL && ask->body_r != NULL)
        *ask->body_r = strndup(answer->body, answer->length);
}

int client_ask(const struct target *target, const char *method, const char *path, const char *token, const char *body,
               char **body_r)
{
    struct ask ask = {.status = 0, .body_r = body_r};
    struct client client = {.answered = asked, .owner = &ask};
    struct loop loop;
    uint64_t end = now_ns() + ASK_SECONDS * NS_PER_SECOND;
    char request[4096];
    size_t length = http_request(request, sizeof(request), method, path, token, body);

    if (body_r != NULL)
        *body_r = NULL;
    loop_init(&loop);
    if (client_open(&client, &loop, target, 0) == 0) {
        if (client_send(&client, request, length) != 0)
            ask.status = -1;
        while (ask.status == 0 && now_ns() < end)
            loop_turn(&loop, until_ns(end, NS_PER_SECOND));
        client_close(&client);
    }
    loop_deinit(&loop);
    return ask.status == 0 ? -1 : ask.status;
}
