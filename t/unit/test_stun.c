/*
 * test_stun.c - what counts as an answer of a STUN server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/stun.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 20 };

/* What the server answers: nothing to the first so many requests, then its header with these first bytes. */
struct server {
    int descriptor, type;
    unsigned silent;
    uint8_t kind[2];
    bool is_other;                /* to another request */
    char url[64];
    pthread_t thread;
};

static void *serve(void *argument)
{
    struct server *server = argument;
    uint8_t bytes[SIZE];
    struct sockaddr_storage from;
    socklen_t size = sizeof(from);
    int descriptor = server->type == SOCK_STREAM ? accept(server->descriptor, NULL, NULL) : server->descriptor;

    while (recvfrom(descriptor, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size) == SIZE) {
        if (server->silent > 0) {
            server->silent--;
            continue;
        }
        memcpy(bytes, server->kind, sizeof(server->kind));
        bytes[19] = (uint8_t)(bytes[19] ^ server->is_other);
        if (server->type == SOCK_STREAM)
            (void)!send(descriptor, bytes, sizeof(bytes), MSG_NOSIGNAL);
        else
            sendto(descriptor, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, size);
        break;
    }
    if (descriptor != server->descriptor)
        close(descriptor);
    return NULL;
}

static void start(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);

    server->descriptor = socket(AF_INET, server->type, 0);
    assert_int_equal(bind(server->descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    if (server->type == SOCK_STREAM)
        assert_int_equal(listen(server->descriptor, 1), 0);
    assert_int_equal(getsockname(server->descriptor, (struct sockaddr *)&address, &size), 0);
    snprintf(server->url, sizeof(server->url), "turn:127.0.0.1:%u%s", ntohs(address.sin_port),
             server->type == SOCK_STREAM ? "?transport=tcp" : "");
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->descriptor);
}

static void expect(const char *url, unsigned timeout_ms, const char *reason)
{
    char *error = NULL;
    bool is_there = stun_probe(url, timeout_ms, &error);

    assert_int_equal(is_there, reason == NULL);
    if (reason != NULL)
        assert_string_equal(error, reason);
    free(error);
}

static void test_answers(void **state)
{
    struct server datagram = {.type = SOCK_DGRAM, .kind = {1, 1}}, stream = {.type = SOCK_STREAM, .kind = {1, 1}};
    struct server lossy = {.type = SOCK_DGRAM, .kind = {1, 1}, .silent = 1};

    (void)state;
    start(&datagram);
    expect(datagram.url, 30000, NULL);
    stop(&datagram);
    start(&stream);
    expect(stream.url, 30000, NULL);
    stop(&stream);
    start(&lossy);
    expect(lossy.url, 30000, NULL); /* a datagram that is lost is sent again */
    stop(&lossy);
}

static void test_no_answers(void **state)
{
    struct server other = {.type = SOCK_DGRAM, .kind = {1, 1}, .is_other = true};
    struct server http = {.type = SOCK_STREAM, .kind = {'H', 'T'}};

    (void)state;
    start(&other);
    expect(other.url, 700, "no answer");
    stop(&other);
    start(&http);
    expect(http.url, 30000, "Protocol error");
    stop(&http);
    expect("turn:127.0.0.1:1", 30000, "Connection refused");
    expect("turns:127.0.0.1:1", 30000, "Connection refused");
    expect("turn", 30000, "it must be written like turn:host:port");
    expect("turn::3478", 30000, "it must be written like turn:host:port");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers), cmocka_unit_test(test_no_answers)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("stun", tests, NULL, NULL);
}
