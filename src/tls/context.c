/*
 * context.c - makes the TLS context of a bundle. Master and workers, loop thread only.
 *
 * TLS 1.2 and 1.3 as Mozilla's intermediate configuration has it (without DHE, as only clients without ECDHE need
 * that): forward- secret AEAD ciphers, no renegotiation, no compression. HTTP/1.1 is the only protocol offered, unless
 * HTTP2 is on. The first pair's context accepts; the others' are chosen by name, and live as long as it does.
 */
#include "bering/tickets.h"
#include "bering/tls.h"
#include "tls/bundle.h"
#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { TICKET_SECONDS = TICKETS_PERIOD_MS / 1000 };

/* What is offered, the best first, as TLS writes it (RFC 7301, 3.1): without HTTP/2, and with it. */
static const struct protocols {
    const unsigned char *list;
    unsigned length;
} offers[] = {
    {(const unsigned char *)"\x08http/1.1", 9},
    {(const unsigned char *)"\x02h2\x08http/1.1", 12},
};

static const char CIPHERS[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/* One a process; set once, before the first handshake. */
static struct bus *tickets_bus;

/* ---- several certificates ---- */

/* The contexts of the pairs behind the first, hanging on the first one's. */
struct others {
    size_t count;
    SSL_CTX *contexts[];
};

static void free_others(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argument, void *more)
{
    struct others *others = pointer;

    (void)parent, (void)data, (void)index, (void)argument, (void)more;
    for (size_t i = 0; others != NULL && i < others->count; ++i)
        SSL_CTX_free(others->contexts[i]);
    free(others);
}

static int others_index(void)
{
    static int index = -1;

    if (index == -1)
        index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_others);
    assert(index != -1);
    return index;
}

static bool has_name(SSL_CTX *context, const char *name)
{
    return X509_check_host(SSL_CTX_get0_certificate(context), name, 0, 0, NULL) == 1;
}

static int choose_certificate(SSL *ssl, int *alert, void *argument)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *first = SSL_get_SSL_CTX(ssl);
    struct others *others = SSL_CTX_get_ex_data(first, others_index());

    (void)alert, (void)argument;
    if (name == NULL || others == NULL || has_name(first, name))
        return SSL_TLSEXT_ERR_OK;
    for (size_t i = 0; i < others->count; ++i)
        if (has_name(others->contexts[i], name)) {
            SSL_set_SSL_CTX(ssl, others->contexts[i]);
            break;
        }
    return SSL_TLSEXT_ERR_OK;
}

static void add_other(SSL_CTX *first, SSL_CTX *context)
{
    struct others *others = SSL_CTX_get_ex_data(first, others_index());
    size_t count = others == NULL ? 0 : others->count;

    others = realloc(others, sizeof(*others) + (count + 1) * sizeof(others->contexts[0]));
    assert(others != NULL);
    others->contexts[count] = context;
    others->count = count + 1;
    SSL_CTX_set_ex_data(first, others_index(), others);
}

/* ---- session tickets ---- */

static int start_ticket(EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const struct ticket_key *key, const unsigned char *iv,
                        bool encrypts)
{
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)(uintptr_t)key->mac, sizeof(key->mac)),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv, encrypts) == 1 &&
           EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

/*
 * As SSL_CTX_set_tlsext_ticket_key_evp_cb has it: -1 fails, 0 does without, 1 is fine, 2 is fine and makes a new
 * ticket.
 */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                     int encrypts)
{
    struct ticket_key key;
    bool is_current = true;
    int result = 0;

    (void)ssl;
    if (tickets_bus == NULL)
        return 0;
    if (encrypts) {
        tickets_current(tickets_bus, &key);
        memcpy(name, key.name, sizeof(key.name));
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
            result = -1;
    } else if (!tickets_find(tickets_bus, name, &key, &is_current)) {
        return 0;
    }
    if (result == 0)
        result = !start_ticket(cipher, mac, &key, iv, encrypts) ? -1 : is_current ? 1 : 2;
    OPENSSL_cleanse(&key, sizeof(key));
    return result;
}

void tls_use_tickets(struct bus *bus)
{
    tickets_bus = bus;
}

/* ---- a pair ---- */

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                           unsigned in_length, void *argument)
{
    const struct protocols *offer = argument;

    (void)ssl;
    if (SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_length, offer->list, offer->length, in, in_length) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    return SSL_TLSEXT_ERR_OK;
}

static const char *reason(char text[200])
{
    if (ERR_peek_error() == 0)
        return "unknown error";
    ERR_error_string_n(ERR_peek_error(), text, 200);
    return text;
}

static int fail(char **error_r, const char *what, const char *file)
{
    char text[200];

    tls_fail(error_r, "%s %s: %s", what, file, reason(text));
    ERR_clear_error();
    return -1;
}

static X509 *next_certificate(BIO *pem)
{
    X509 *certificate = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL);

    if (certificate == NULL && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
        ERR_clear_error(); /* the end */
    return certificate;
}

static int use_chain(SSL_CTX *context, const char *name, const char *text, char **error_r)
{
    BIO *pem = BIO_new_mem_buf(text, -1);
    X509 *certificate = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL);
    bool right = certificate != NULL && SSL_CTX_use_certificate(context, certificate) == 1;

    X509_free(certificate);
    while (right && (certificate = next_certificate(pem)) != NULL) {
        right = SSL_CTX_add0_chain_cert(context, certificate) == 1;
        if (!right)
            X509_free(certificate);
    }
    right = right && ERR_peek_error() == 0;
    BIO_free(pem);
    return right ? 0 : fail(error_r, "cannot load TLS_CERT_FILE", name);
}

/* Nobody is there to type a passphrase. */
static int no_passphrase(char *buffer, int size, int writes, void *argument)
{
    (void)buffer, (void)size, (void)writes, (void)argument;
    return -1;
}

static int use_key(SSL_CTX *context, const char *name, const char *text, const char *certificate_name, char **error_r)
{
    BIO *pem = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, NULL);
    int result = 0;

    BIO_free(pem);
    if (key == NULL)
        return fail(error_r, "cannot load TLS_KEY_FILE", name);
    if (X509_check_private_key(SSL_CTX_get0_certificate(context), key) != 1) {
        ERR_clear_error();
        result = tls_fail(error_r, "TLS_KEY_FILE %s does not belong to TLS_CERT_FILE %s", name, certificate_name);
    } else if (SSL_CTX_use_PrivateKey(context, key) != 1) {
        result = fail(error_r, "cannot use TLS_KEY_FILE", name);
    }
    EVP_PKEY_free(key);
    return result;
}

static SSL_CTX *new_context(bool http2)
{
    static const unsigned char id[] = "beringshare";
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    assert(context != NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* an idle connection keeps no record buffers */
    /* stateless tickets only, one a connection: a session cache of each worker would resume nowhere else */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, TICKET_SECONDS);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
    SSL_CTX_set_session_id_context(context, id, sizeof(id) - 1);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, (void *)(uintptr_t)&offers[http2]);
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    int status =
        SSL_CTX_set_cipher_list(context, CIPHERS) == 1 && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1;
    assert(status);
    return context;
}

/* The context of the next pair. NULL at the end, or with *error_r. */
static SSL_CTX *next_pair(const struct tls_bundle *bundle, bool http2, size_t *at, char **error_r)
{
    const char *certificate_name = tls_bundle_next(bundle, at), *certificate = tls_bundle_next(bundle, at);
    const char *key_name = tls_bundle_next(bundle, at), *key = tls_bundle_next(bundle, at);

    if (key == NULL)
        return NULL;
    SSL_CTX *context = new_context(http2);
    ERR_clear_error();
    if (use_chain(context, certificate_name, certificate, error_r) != 0 ||
        use_key(context, key_name, key, certificate_name, error_r) != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

/* ---- all pairs ---- */

struct ssl_ctx_st *tls_context_new(const struct tls_bundle *bundle, bool http2, char **error_r)
{
    size_t at = 0;
    SSL_CTX *context;

    *error_r = NULL;
    SSL_CTX *first = next_pair(bundle, http2, &at, error_r);
    if (first == NULL)
        return NULL;
    while ((context = next_pair(bundle, http2, &at, error_r)) != NULL)
        add_other(first, context);
    if (*error_r != NULL)
        tls_context_free(&first);
    return first;
}

void tls_context_free(struct ssl_ctx_st **context)
{
    SSL_CTX_free(*context);
    *context = NULL;
}

static const char *wrong_date(const X509 *certificate)
{
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        return "has expired";
    return X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 ? "is not valid yet" : NULL;
}

char *tls_bundle_find_expired(const struct tls_bundle *bundle)
{
    const char *name, *text, *wrong;
    char *sentence = NULL;
    size_t at = 0;

    while (sentence == NULL && (name = tls_bundle_next(bundle, &at)) != NULL &&
           (text = tls_bundle_next(bundle, &at)) != NULL) {
        BIO *pem = BIO_new_mem_buf(text, -1);
        X509 *certificate = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL);
        BIO_free(pem);
        if (certificate != NULL && (wrong = wrong_date(certificate)) != NULL)
            tls_fail(&sentence, "the certificate in TLS_CERT_FILE %s %s", name, wrong);
        X509_free(certificate);
        tls_bundle_next(bundle, &at);
        tls_bundle_next(bundle, &at);
    }
    ERR_clear_error();
    return sentence;
}
