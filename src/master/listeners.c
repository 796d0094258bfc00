/*
 * listeners.c - opens the listening sockets. Master only, before the first fork.
 *
 * Each address has one SO_REUSEPORT socket a worker, or several: the kernel spreads connections over them. A first
 * socket without SO_REUSEPORT is bound for a moment, because two servers of the same user could otherwise share a port
 * unnoticed. A socket that the service manager has opened is one for all workers: each has a copy of it.
 */
#include "master/listeners.h"

#include "bering/log.h"
#include "master/activation.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
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

void listeners_add(struct inheritance *inheritance, const char *address, enum listener_kind kind, int *descriptors,
                   unsigned count)
{
    inheritance->listeners =
        reallocarray(inheritance->listeners, inheritance->listener_count + 1, sizeof(*inheritance->listeners));
    assert(inheritance->listeners != NULL);
    char *name = strdup(address);
    assert(name != NULL);
    inheritance->listeners[inheritance->listener_count++] =
        (struct listener){.descriptors = descriptors, .count = count, .kind = kind, .address = name};
}

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
static int open_address(const struct addrinfo *address, const char *text, enum listener_kind kind, unsigned workers,
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
    listeners_add(inheritance, text, kind, descriptors, workers);
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
static int open_name(const char *text, enum listener_kind kind, unsigned workers, struct inheritance *inheritance,
                     char **error_r)
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
        if (open_address(address, text, kind, workers, inheritance) == 0) {
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

/* One more socket like the first of a listener: a copy if that was given, else one of the same address. -1 with errno. */
static int open_another(const struct listener *listener, bool is_given)
{
    struct sockaddr_storage name;
    struct addrinfo address = {.ai_addr = (struct sockaddr *)&name, .ai_addrlen = sizeof(name)};

    if (is_given)
        return fcntl(listener->descriptors[0], F_DUPFD_CLOEXEC, 0);
    if (getsockname(listener->descriptors[0], address.ai_addr, &address.ai_addrlen) != 0)
        return -1;
    address.ai_family = name.ss_family;
    return open_one(&address, true);
}

/* There may be more workers than an earlier program had. */
static int extend(struct listener *listener, unsigned workers, bool is_given, char **error_r)
{
    if (listener->count >= workers)
        return 0;
    listener->descriptors = reallocarray(listener->descriptors, workers, sizeof(listener->descriptors[0]));
    assert(listener->descriptors != NULL);
    for (; listener->count < workers; ++listener->count) {
        int descriptor = open_another(listener, is_given);
        if (descriptor == -1)
            return fail(error_r, listener->address, strerror(errno));
        listener->descriptors[listener->count] = descriptor;
    }
    return 0;
}

/*
 * Moves the sockets of an address from what an earlier program left to what is in use. *taken_r: there were some.
 * Returns -1 with *error_r.
 */
static int take(struct inheritance *inheritance, struct listeners *left, const char *address, enum listener_kind kind,
                bool *taken_r, char **error_r)
{
    int status = 0;

    *taken_r = false;
    for (size_t i = 0; i < left->count && status == 0; ++i) {
        struct listener *listener = &left->list[i];
        if (listener->descriptors == NULL || listener->kind != kind || strcmp(listener->address, address) != 0)
            continue;
        listeners_add(inheritance, address, kind, listener->descriptors, listener->count);
        listener->descriptors = NULL;
        status = extend(&inheritance->listeners[inheritance->listener_count - 1], inheritance->config->workers,
                        kind != LISTENER_MONITORING && activation_count() > 0, error_r);
        *taken_r = true;
    }
    return status;
}

static int open_list(const char *list, enum listener_kind kind, struct inheritance *inheritance, struct listeners *left,
                     char **error_r)
{
    char *copy = strdup(list), *rest = NULL;
    int status = 0;
    bool taken;

    assert(copy != NULL);
    for (char *word = strtok_r(copy, ", ", &rest); word != NULL && status == 0; word = strtok_r(NULL, ", ", &rest)) {
        status = take(inheritance, left, word, kind, &taken, error_r);
        if (status == 0 && !taken)
            status = open_name(word, kind, inheritance->config->workers, inheritance, error_r);
    }
    free(copy);
    return status;
}

/* A copy for each worker; the manager's own number is free then. */
static int open_given(unsigned index, struct inheritance *inheritance, struct listeners *left, char **error_r)
{
    bool tls, taken = false;
    char *name;
    int given = activation_socket(index, &name, &tls), status = 0;
    unsigned workers = inheritance->config->workers;
    enum listener_kind kind = tls ? LISTENER_TLS : LISTENER_PLAIN;

    if (given == -1)
        status = fail(error_r, name, "what the service manager handed over is no listening socket");
    else
        status = take(inheritance, left, name, kind, &taken, error_r);
    if (status == 0 && !taken) {
        int *descriptors = calloc(workers, sizeof(*descriptors));
        assert(descriptors != NULL);
        for (unsigned worker = 0; worker < workers; ++worker) {
            descriptors[worker] = fcntl(given, F_DUPFD_CLOEXEC, 0);
            assert(descriptors[worker] != -1);
        }
        listeners_add(inheritance, name, kind, descriptors, workers);
    }
    free(name);
    return status;
}

/* In place of LISTEN and LISTEN_TLS. */
static int open_all_given(struct inheritance *inheritance, struct listeners *left, char **error_r)
{
    int status = 0;

    for (unsigned i = 0; i < activation_count() && status == 0; ++i)
        status = open_given(i, inheritance, left, error_r);
    return status;
}

static int open_all(struct inheritance *inheritance, struct listeners *left, char **error_r)
{
    const struct config *config = inheritance->config;
    bool given = activation_count() > 0;
    const struct {
        const char *list;
        enum listener_kind kind;
    } lists[] = {
        {given ? "" : config->listen, LISTENER_PLAIN},
        {given ? "" : config->listen_tls, LISTENER_TLS},
        {config->metrics_listen, LISTENER_MONITORING},
    };
    int status = open_all_given(inheritance, left, error_r);

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && status == 0; ++i)
        status = open_list(lists[i].list, lists[i].kind, inheritance, left, error_r);
    return status;
}

int listeners_open(struct inheritance *inheritance, struct listeners *left, char **error_r)
{
    int status = open_all(inheritance, left, error_r);

    if (status != 0 && left->list == NULL)
        listeners_close(inheritance);
    return status;
}

static void close_all(struct listener *list, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        for (unsigned socket = 0; list[i].descriptors != NULL && socket < list[i].count; ++socket)
            close(list[i].descriptors[socket]);
        free(list[i].descriptors);
        free(list[i].address);
    }
    free(list);
}

void listeners_release(struct listeners *left)
{
    close_all(left->list, left->count);
    *left = (struct listeners){0};
}

bool listeners_need_tls(const struct config *config)
{
    bool any = false;

    if (activation_count() == 0)
        return config->listen_tls[strspn(config->listen_tls, ", ")] != '\0';
    for (unsigned i = 0; i < activation_count() && !any; ++i) {
        char *name;
        activation_socket(i, &name, &any);
        free(name);
    }
    return any;
}

void listeners_close(struct inheritance *inheritance)
{
    close_all(inheritance->listeners, inheritance->listener_count);
    inheritance->listeners = NULL;
    inheritance->listener_count = 0;
}
