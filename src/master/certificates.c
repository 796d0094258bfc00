/*
 * certificates.c - reads and watches the certificate and key files. Master only, which alone may read the keys.
 *
 * Always holds: what is in use is whole and was valid when it was taken up, but for the first one, for which there is
 * no other.
 */
#include "master/certificates.h"

#include "bering/clock.h"
#include "bering/live.h"
#include "bering/log.h"
#include "bering/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_EVERY_MS = 10 * 1000 };

/* ---- whether files have changed ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(0x100000001b3) + (value >> 32);
}

static uint64_t mix_files(uint64_t hash, const char *list)
{
    char *path;

    while (list != NULL && (path = text_next_word(&list, ',')) != NULL) {
        struct stat status;
        if (stat(path, &status) != 0) {
            hash = mix(hash, (uint64_t)errno);
        } else {
            hash = mix(mix(hash, status.st_ino), (uint64_t)status.st_size);
            hash = mix(mix(hash, (uint64_t)status.st_mtim.tv_sec), (uint64_t)status.st_mtim.tv_nsec);
        }
        free(path);
    }
    return hash;
}

static uint64_t fingerprint(const struct config *config)
{
    return mix_files(mix_files(UINT64_C(0xcbf29ce484222325), config->tls_cert_file), config->tls_key_file);
}

bool certificates_have_changed(struct certificates *certificates, const struct inheritance *inheritance, int64_t *wait_r)
{
    uint64_t now = clock_monotonic_ms();
    bool changed = false;

    *wait_r = -1;
    if (inheritance->tls == NULL)
        return false;
    if (now >= certificates->look_at) {
        changed = fingerprint(inheritance->config) != certificates->fingerprint;
        certificates->look_at = now + LOOK_EVERY_MS;
    }
    *wait_r = (int64_t)(certificates->look_at - now);
    return changed;
}

/* ---- reading them ---- */

/* Returns -1 with *error_r if they cannot be used. */
static int load(struct certificates *certificates, const struct config *config, struct tls_bundle *bundle_r,
                struct ssl_ctx_st **tls_r, char **error_r)
{
    certificates->fingerprint = fingerprint(config); /* before: a change meanwhile is seen the next time */
    certificates->look_at = clock_monotonic_ms() + LOOK_EVERY_MS;
    if (tls_bundle_read(config, bundle_r, error_r) != 0)
        return -1;
    if (bundle_r->length > LIVE_TEXT_MOST)
        *error_r = text_copy("the files of TLS_CERT_FILE and TLS_KEY_FILE are too long");
    else
        *tls_r = tls_context_new(bundle_r, config->http2, error_r);
    if (*tls_r != NULL)
        return 0;
    tls_bundle_deinit(bundle_r);
    return -1;
}

int certificates_init(struct certificates *certificates, struct inheritance *inheritance, char **error_r)
{
    if (load(certificates, inheritance->config, &certificates->bundle, &inheritance->tls, error_r) != 0)
        return -1;
    char *wrong = tls_bundle_find_expired(&certificates->bundle);
    if (wrong != NULL)
        log_warn("%s: browsers will refuse it", wrong);
    free(wrong);
    return 0;
}

void certificates_deinit(struct certificates *certificates, struct inheritance *inheritance)
{
    tls_bundle_deinit(&certificates->bundle);
    if (inheritance->tls != NULL)
        tls_context_free(&inheritance->tls);
}

static bool is_same(const struct tls_bundle *one, const struct tls_bundle *other)
{
    return one->length == other->length && memcmp(one->text, other->text, one->length) == 0;
}

static void take_up(struct certificates *certificates, struct inheritance *inheritance, struct tls_bundle *bundle,
                    struct ssl_ctx_st *tls)
{
    certificates_deinit(certificates, inheritance);
    certificates->bundle = *bundle;
    inheritance->tls = tls;
    *bundle = (struct tls_bundle){0};
    log_info("new certificates are in use: %s", inheritance->config->tls_cert_file);
}

bool certificates_reload(struct certificates *certificates, struct inheritance *inheritance)
{
    struct tls_bundle bundle = {0};
    struct ssl_ctx_st *tls = NULL;
    char *error = NULL;
    bool changed = false;

    if (inheritance->tls == NULL)
        return false;
    if (load(certificates, inheritance->config, &bundle, &tls, &error) == 0 && !is_same(&bundle, &certificates->bundle)) {
        error = tls_bundle_find_expired(&bundle);
        changed = error == NULL;
    }
    if (error != NULL)
        log_error("the certificates in use stay: %s", error);
    if (changed)
        take_up(certificates, inheritance, &bundle, tls);
    else if (tls != NULL)
        tls_context_free(&tls);
    tls_bundle_deinit(&bundle);
    free(error);
    return changed;
}
