/*
 * listeners.c - opens the listening sockets. Master only, before the first fork.
 *
 * Each address has one SO_REUSEPORT socket a worker: the kernel spreads connections over them. A first socket without
 * SO_REUSEPORT is bound for a moment, because two servers of the same user could otherwise share a port unnoticed.
 */
#include "master/listeners.h"

#include "bering/log.h"
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 4096,
    DEAD_PEER_MS = 60 * 1000, /* unacknowledged bytes for so long end a connection: there is no write timeout in h2o */
};

static int fail(char **error_r, const char *address, const char *what)
{
    if (asprintf(error_r, "cannot listen on %s: %s", address, what) < 0)
        *error_r = NULL;
    return -1;
}

static void set_options(int descriptor, int family)
{
    int on = 1, dead_peer = DEAD_PEER_MS, idle = 60;

    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (family == AF_INET6)
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    /* accepted connections inherit these */
    setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_peer, sizeof(dead_peer));
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Returns a bound, listening socket, or -1 with errno. */
static int open_one(const struct addrinfo *address, bool shared)
{
    int on = 1, descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (descriptor == -1)
        return -1;
    set_options(descriptor, address->ai_family);
    if ((shared && setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) ||
        bind(descriptor, address->ai_addr, address->ai_addrlen) != 0 || (shared && listen(descriptor, BACKLOG) != 0)) {
        int saved = errno;
        close(descriptor);
        errno = saved;
        return -1;
    }
    return descriptor;
}

/* Opens one resolved address for all workers. */
static int open_address(const struct addrinfo *address, const char *text, bool tls, unsigned workers,
                        struct inheritance *inheritance)
{
    int probe = open_one(address, false);

    if (probe == -1)
        return -1;
    close(probe);

    int *descriptors = calloc(workers, sizeof(*descriptors));
    assert(descriptors != NULL);
    for (unsigned worker = 0; worker < workers; ++worker) {
        descriptors[worker] = open_one(address, true);
        if (descriptors[worker] == -1) {
            int saved = errno;
            while (worker-- > 0)
                close(descriptors[worker]);
            free(descriptors);
            errno = saved;
            return -1;
        }
    }
    inheritance->listeners =
        reallocarray(inheritance->listeners, inheritance->listener_count + 1, sizeof(*inheritance->listeners));
    assert(inheritance->listeners != NULL);
    char *name = strdup(text);
    assert(name != NULL);
    inheritance->listeners[inheritance->listener_count++] =
        (struct listener){.descriptors = descriptors, .tls = tls, .address = name};
    return 0;
}

/* Splits "host:port", "[v6]:port", ":port" or "*:port" in place; the configuration has checked its form. */
static void split(char *text, const char **host_r, const char **port_r)
{
    char *colon = strrchr(text, ':');

    assert(colon != NULL);
    *colon = '\0';
    *port_r = colon + 1;
    if (text[0] == '[') {
        text[strlen(text) - 1] = '\0';
        ++text;
    }
    *host_r = text[0] == '\0' || strcmp(text, "*") == 0 ? NULL : text;
}

/* A name may stand for several addresses (localhost: v4 and v6); one that the machine does not have is skipped. */
static int open_name(const char *text, bool tls, unsigned workers, struct inheritance *inheritance, char **error_r)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    const char *host, *port;
    char *copy = strdup(text);
    int opened = 0, saved = 0;

    assert(copy != NULL);
    split(copy, &host, &port);
    int status = getaddrinfo(host, port, &hints, &found);
    free(copy);
    if (status != 0)
        return fail(error_r, text, gai_strerror(status));
    for (struct addrinfo *address = found; address != NULL; address = address->ai_next) {
        if (open_address(address, text, tls, workers, inheritance) == 0) {
            ++opened;
        } else {
            saved = errno;
            if (saved != EADDRNOTAVAIL && saved != EAFNOSUPPORT) {
                opened = 0;
                break;
            }
        }
    }
    freeaddrinfo(found);
    return opened > 0 ? 0 : fail(error_r, text, strerror(saved));
}

static int open_list(const char *list, bool tls, unsigned workers, struct inheritance *inheritance, char **error_r)
{
    char *copy = strdup(list), *rest = NULL;
    int status = 0;

    assert(copy != NULL);
    for (char *word = strtok_r(copy, ", ", &rest); word != NULL && status == 0; word = strtok_r(NULL, ", ", &rest))
        status = open_name(word, tls, workers, inheritance, error_r);
    free(copy);
    return status;
}

int listeners_open(const struct config *config, struct inheritance *inheritance, char **error_r)
{
    if (open_list(config->listen, false, config->workers, inheritance, error_r) != 0 ||
        open_list(config->listen_tls, true, config->workers, inheritance, error_r) != 0) {
        listeners_close(inheritance);
        return -1;
    }
    return 0;
}

void listeners_close(struct inheritance *inheritance)
{
    for (size_t i = 0; i < inheritance->listener_count; ++i) {
        for (unsigned worker = 0; worker < inheritance->config->workers; ++worker)
            close(inheritance->listeners[i].descriptors[worker]);
        free(inheritance->listeners[i].descriptors);
        free((char *)(uintptr_t)inheritance->listeners[i].address);
    }
    free(inheritance->listeners);
    inheritance->listeners = NULL;
    inheritance->listener_count = 0;
}
