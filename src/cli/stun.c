/*
 * stun.c - a STUN binding request and its answer. beringctl.
 */
#include "cli/stun.h"

#include "bering/clock.h"
#include "bering/secret.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MESSAGE_SIZE = 20,      /* a header alone */
    RESEND_MS = 500,        /* a datagram may be lost */
    BINDING_ANSWER = 0x0101,
};

static const uint8_t cookie[4] = {0x21, 0x12, 0xa4, 0x42};

struct probe {
    char host[256], port[8];
    bool is_tcp, is_encrypted;
    uint64_t deadline;
    uint8_t request[MESSAGE_SIZE];
};

/* "scheme:host:port?transport=udp", host perhaps in brackets, port and transport perhaps missing. */
static bool read_url(const char *url, struct probe *probe)
{
    const char *start = strchr(url, ':');

    if (start == NULL)
        return false;
    probe->is_encrypted = start > url && start[-1] == 's';
    probe->is_tcp = probe->is_encrypted || strstr(start, "transport=tcp") != NULL;
    start++;
    bool has_brackets = start[0] == '[';
    size_t length = has_brackets ? strcspn(++start, "]") : strcspn(start, ":?");
    if (length == 0 || length >= sizeof(probe->host))
        return false;
    snprintf(probe->host, sizeof(probe->host), "%.*s", (int)length, start);
    start += length + (has_brackets && start[length] == ']' ? 1 : 0);
    snprintf(probe->port, sizeof(probe->port), "%s", probe->is_encrypted ? "5349" : "3478");
    if (*start == ':')
        snprintf(probe->port, sizeof(probe->port), "%.*s", (int)strcspn(start + 1, "?"), start + 1);
    return true;
}

static int left_ms(const struct probe *probe)
{
    uint64_t now = clock_monotonic_ms();
    return now < probe->deadline ? (int)(probe->deadline - now) : 0;
}

/* How an attempt to connect ended: 0, or errno. */
static int finish_connecting(const struct probe *probe, int descriptor)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    int error = ETIMEDOUT;
    socklen_t size = sizeof(error);

    if (poll(&ready, 1, left_ms(probe)) > 0)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

static void make_request(struct probe *probe)
{
    memset(probe->request, 0, MESSAGE_SIZE);
    probe->request[1] = 1; /* binding */
    memcpy(probe->request + 4, cookie, sizeof(cookie));
    secret_random(probe->request + 8, 12);
}

/* An answer to our request, whatever it says: the server is there. */
static bool is_answer(const struct probe *probe, const uint8_t *bytes, ssize_t length)
{
    return length >= MESSAGE_SIZE && (bytes[0] << 8 | bytes[1]) == BINDING_ANSWER &&
           memcmp(bytes + 4, probe->request + 4, MESSAGE_SIZE - 4) == 0;
}

/* Asks until there is an answer; 0, or errno. */
static int ask(const struct probe *probe, int descriptor)
{
    uint8_t bytes[1500];

    if (probe->is_encrypted)
        return 0; /* somebody accepts connections; more would need its certificate */
    for (bool is_sent = false; left_ms(probe) > 0; is_sent = true) {
        struct pollfd ready = {.fd = descriptor, .events = POLLIN};
        if ((!is_sent || !probe->is_tcp) && send(descriptor, probe->request, MESSAGE_SIZE,
                                                 MSG_NOSIGNAL) != MESSAGE_SIZE)
            return errno;
        int wait = left_ms(probe) < RESEND_MS ? left_ms(probe) : RESEND_MS;
        if (poll(&ready, 1, wait) <= 0)
            continue;
        ssize_t length = recv(descriptor, bytes, sizeof(bytes), 0);
        if (length < 0 && errno != EAGAIN && errno != EINTR)
            return errno;
        if (is_answer(probe, bytes, length))
            return 0;
        if (probe->is_tcp && length >= 0)
            return EPROTO;
    }
    return ETIMEDOUT;
}

/* One address: 0, or errno. */
static int try_address(const struct probe *probe, const struct addrinfo *address)
{
    int type = probe->is_tcp ? SOCK_STREAM : SOCK_DGRAM, error = 0;
    int descriptor = socket(address->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (descriptor == -1)
        return errno;
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) != 0)
        error = errno == EINPROGRESS ? finish_connecting(probe, descriptor) : errno;
    if (error == 0)
        error = ask(probe, descriptor);
    close(descriptor);
    return error;
}

static bool explain(char **error_r, const char *reason)
{
    *error_r = strdup(reason);
    return false;
}

bool stun_probe(const char *url, unsigned timeout_ms, char **error_r)
{
    struct probe probe = {.deadline = clock_monotonic_ms() + timeout_ms};
    struct addrinfo hints = {0}, *found;
    int error = ETIMEDOUT;

    *error_r = NULL;
    if (!read_url(url, &probe))
        return explain(error_r, "it must be written like turn:host:port");
    hints.ai_socktype = probe.is_tcp ? SOCK_STREAM : SOCK_DGRAM;
    int code = getaddrinfo(probe.host, probe.port, &hints, &found);
    if (code != 0)
        return explain(error_r, gai_strerror(code));
    make_request(&probe);
    for (struct addrinfo *address = found; address != NULL && error != 0; address = address->ai_next)
        error = try_address(&probe, address);
    freeaddrinfo(found);
    return error == 0 || explain(error_r, error == ETIMEDOUT ? "no answer" : strerror(error));
}
