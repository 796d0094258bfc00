/*
 * tls.c - makes the TLS context. Master only, before the first fork; the workers use what they inherit.
 *
 * TLS 1.2 and 1.3, forward-secret AEAD ciphers, no renegotiation, no compression; HTTP/1.1 is the only protocol offered,
 * because the HTTP/2 of this h2o can be crashed from outside (src/README).
 */
#include "master/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

static const unsigned char PROTOCOLS[] = "\x08http/1.1";

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                           unsigned in_length, void *argument)
{
    (void)ssl, (void)argument;
    if (SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_length, PROTOCOLS, sizeof(PROTOCOLS) - 1, in, in_length) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    return SSL_TLSEXT_ERR_OK;
}

static struct ssl_ctx_st *fail(SSL_CTX *context, char **error_r, const char *what, const char *file)
{
    char reason[200] = "unknown error";

    if (ERR_peek_error() != 0)
        ERR_error_string_n(ERR_peek_error(), reason, sizeof(reason));
    ERR_clear_error();
    if (asprintf(error_r, "%s %s: %s", what, file, reason) < 0)
        *error_r = NULL;
    SSL_CTX_free(context);
    return NULL;
}

struct ssl_ctx_st *tls_context_new(const struct config *config, char **error_r)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (context == NULL)
        return fail(NULL, error_r, "TLS context for", config->tls_cert_file);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* an idle connection keeps no record buffers */
    /* stateless tickets only, one a connection: a session cache of each worker would resume nowhere else */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"beringshare", sizeof("beringshare") - 1);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return fail(context, error_r, "TLS ciphers for", config->tls_cert_file);
    if (SSL_CTX_use_certificate_chain_file(context, config->tls_cert_file) != 1)
        return fail(context, error_r, "cannot load TLS_CERT_FILE", config->tls_cert_file);
    if (SSL_CTX_use_PrivateKey_file(context, config->tls_key_file, SSL_FILETYPE_PEM) != 1)
        return fail(context, error_r, "cannot load TLS_KEY_FILE", config->tls_key_file);
    if (SSL_CTX_check_private_key(context) != 1)
        return fail(context, error_r, "TLS_KEY_FILE does not belong to TLS_CERT_FILE:", config->tls_key_file);
    return context;
}

void tls_context_free(struct ssl_ctx_st **context)
{
    SSL_CTX_free(*context);
    *context = NULL;
}
