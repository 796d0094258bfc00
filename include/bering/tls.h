/*
 * tls.h - certificates and keys as one text that can be handed from process to process, and the TLS context made of it.
 *
 * The master reads the files, since it alone may; workers make the same context of the same text.
 */
#ifndef BERING_TLS_H
#define BERING_TLS_H

#include "bering/bus.h"
#include "bering/config.h"

struct ssl_ctx_st;

/* The PEM of all pairs with the names of their files; holds secrets. */
struct tls_bundle {
    char *text;
    size_t length;
};

/*
 * Reads what TLS_CERT_FILE and TLS_KEY_FILE name. Returns -1 with *error_r (malloc'd) naming the file and the reason.
 * Blocks on the disk.
 */
int tls_bundle_read(const struct config *config, struct tls_bundle *bundle_r, char **error_r);

/* Wipes and frees it; fine for an empty one. */
void tls_bundle_deinit(struct tls_bundle *bundle);

/*
 * The context of a bundle: the certificate whose names fit what the client asks for, else the first. NULL with *error_r
 * (malloc'd) naming file and reason: not a certificate, a key that does not match. It lives until the last connection
 * that uses it has ended, and until tls_context_free. http2: it prefers that to HTTP/1.1.
 */
struct ssl_ctx_st *tls_context_new(const struct tls_bundle *bundle, bool http2, char **error_r);
void tls_context_free(struct ssl_ctx_st **context);

/*
 * What is wrong with the dates of the first certificate that has expired or is not valid yet; malloc'd, NULL if none
 * has.
 */
char *tls_bundle_find_expired(const struct tls_bundle *bundle);

/* From now on, the tickets of all contexts of this process are made with the keys of this bus. */
void tls_use_tickets(struct bus *bus);

#endif
