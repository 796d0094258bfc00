/*
 * link.h - one nonblocking connection to the server, plain or TLS 1.3.
 */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

enum { LINK_AGAIN = -2 };

struct target {
    struct sockaddr_in address;
    SSL_CTX *tls; /* NULL: plain */
};

struct link {
    int fd; /* -1: closed */
    SSL *tls;
};

/*
 * Starts to connect from 127.0.0.(2 + source), so that no address runs out of ports. Returns 0 or -1 with errno. The
 * caller waits for EPOLLOUT, then calls link_progress.
 */
int link_connect(struct link *link, const struct target *target, unsigned source);

/* Goes on connecting. Returns 1 when established, -1 when failed, 0 to be called again after *events_r (EPOLL*). */
int link_progress(struct link *link, uint32_t *events_r);

/* Bytes read; 0 at the end, -1 on an error, LINK_AGAIN when there is nothing. */
ssize_t link_read(struct link *link, char *data, size_t capacity);

/* Writes all of a short message to an idle connection. Returns 0, or -1 if it could not be written at once. */
int link_write(struct link *link, const char *data, size_t length);

void link_close(struct link *link);

/* A client context for TLS 1.3 that accepts any certificate, and speaks HTTP/2 or 1.1; NULL if OpenSSL refuses. */
SSL_CTX *link_tls_client(bool http2);

/* Writes a new key and a self-signed certificate as PEM files. Returns 0 or -1. */
int link_tls_certificate(const char *key_path, const char *certificate_path);

#endif
