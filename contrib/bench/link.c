/*
 * link.c - TCP and TLS below everything that the bench says to the server. Every process of the bench.
 *
 * Always holds: fd is -1 and tls NULL on a closed link, and link_close on such a one does nothing.
 */
#include "link.h"
#include "loop.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(unsigned source)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002u + source)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    /* The port is chosen at connect(), where the four-tuple is known: it need not be free for the whole address. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int link_connect(struct link *link, const struct target *target, unsigned source)
{
    link->tls = NULL;
    link->fd = open_socket(source);
    if (link->fd < 0)
        return -1;
    if (connect(link->fd, (const struct sockaddr *)&target->address, sizeof(target->address)) != 0 &&
        errno != EINPROGRESS) {
        link_close(link);
        return -1;
    }
    if (target->tls != NULL) {
        link->tls = SSL_new(target->tls);
        if (link->tls == NULL || SSL_set_fd(link->tls, link->fd) != 1) {
            link_close(link);
            return -1;
        }
        SSL_set_connect_state(link->tls);
    }
    return 0;
}

int link_progress(struct link *link, uint32_t *events_r)
{
    int error = 0, result;
    socklen_t length = sizeof(error);

    if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
        return -1;
    if (link->tls == NULL)
        return 1;
    result = SSL_do_handshake(link->tls);
    if (result == 1)
        return 1;
    switch (SSL_get_error(link->tls, result)) {
    case SSL_ERROR_WANT_READ:
        *events_r = EPOLLIN;
        return 0;
    case SSL_ERROR_WANT_WRITE:
        *events_r = EPOLLOUT;
        return 0;
    default:
        return -1;
    }
}

static ssize_t read_tls(struct link *link, char *data, size_t capacity)
{
    int got = SSL_read(link->tls, data, capacity > 1 << 20 ? 1 << 20 : (int)capacity);

    if (got > 0)
        return got;
    switch (SSL_get_error(link->tls, got)) {
    case SSL_ERROR_WANT_READ:
        return LINK_AGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        return -1;
    }
}

ssize_t link_read(struct link *link, char *data, size_t capacity)
{
    ssize_t got;

    if (link->tls != NULL)
        return read_tls(link, data, capacity);
    got = recv(link->fd, data, capacity, 0);
    if (got >= 0)
        return got;
    return errno == EAGAIN || errno == EINTR ? LINK_AGAIN : -1;
}

int link_write(struct link *link, const char *data, size_t length)
{
    if (link->tls != NULL)
        return SSL_write(link->tls, data, (int)length) == (int)length ? 0 : -1;
    return send(link->fd, data, length, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

void link_close(struct link *link)
{
    if (link->tls != NULL)
        SSL_free(link->tls);
    link->tls = NULL;
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

SSL_CTX *link_tls_client(bool http2)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1)
        return NULL;
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    if (http2 && SSL_CTX_set_alpn_protos(context, (const unsigned char *)"\2h2", 3) != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

static X509 *self_signed(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name;

    if (certificate == NULL)
        return NULL;
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
    X509_set_pubkey(certificate, key);
    name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    if (X509_sign(certificate, key, EVP_sha256()) == 0) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

int link_tls_certificate(const char *key_path, const char *certificate_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key == NULL ? NULL : self_signed(key);
    FILE *file;
    bool ok = certificate != NULL;

    if (ok && (file = fopen(key_path, "we")) != NULL) {
        ok = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
        ok = fclose(file) == 0 && ok;
    } else
        ok = false;
    if (ok && (file = fopen(certificate_path, "we")) != NULL) {
        ok = PEM_write_X509(file, certificate) == 1;
        ok = fclose(file) == 0 && ok;
    } else
        ok = false;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return ok ? 0 : -1;
}
