/*
 * client.h - one keep-alive connection: a request, its answer, the next request.
 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include "http.h"
#include "link.h"
#include "loop.h"
#include <stdbool.h>

struct client {
    struct watch watch; /* first: the loop's pointer is this one */
    struct link link;
    struct loop *loop;
    bool busy;        /* a request waits for its answer */
    uint64_t sent_ns; /* when the last request was sent */
    char *data;       /* the answer as far as it has come */
    size_t length, capacity;
    /* An answer (valid during the call), or NULL when the connection broke; the client is closed then. */
    void (*answered)(struct client *client, const struct http_answer *answer);
    void *owner; /* of answered */
    unsigned number;
};

/* Connects (waits for it: at most some ms on this machine). The caller has set answered and owner. Returns 0 or -1. */
int client_open(struct client *client, struct loop *loop, const struct target *target, unsigned source);
void client_close(struct client *client);

/* Sends a request; the client must be open and not busy. Returns 0, or -1 if the connection broke (it is closed). */
int client_send(struct client *client, const char *request, size_t length);

/*
 * For setup: one request on a connection of its own, waiting for the answer (10 s at most). Returns the status, -1 if
 * there was none; the body, NUL-terminated, goes to *body_r (free()) unless NULL.
 */
int client_ask(const struct target *target, const char *method, const char *path, const char *token, const char *body,
               char **body_r);

#endif
