/*
 * tls.h - the server's TLS context, made before the first fork so that all workers share its ticket keys.
 */
#ifndef MASTER_TLS_H
#define MASTER_TLS_H

#include "bering/config.h"

struct ssl_ctx_st;

/*
 * Loads certificate chain and key. Returns NULL with *error_r (malloc'd) naming the file and the reason: unreadable, not
 * a certificate, a key that does not match.
 */
struct ssl_ctx_st *tls_context_new(const struct config *config, char **error_r);
void tls_context_free(struct ssl_ctx_st **context);

#endif
