/*
 * bundle.c - reads certificates and keys into one text. Master, which may read them.
 *
 * Always holds: a bundle is a row of parts that end with NUL, four a pair: the certificate file's name, its text, the
 * key file's name, its text.
 */
#include "tls/bundle.h"

#include "bering/text.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES_MOST = 256 * 1024 };

int tls_fail(char **error_r, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(error_r, format, arguments) < 0)
        *error_r = NULL;
    va_end(arguments);
    return -1;
}

static void add(struct tls_bundle *bundle, const char *text, size_t length)
{
    char *larger = malloc(bundle->length + length + 1);

    assert(larger != NULL);
    if (bundle->length > 0)
        memcpy(larger, bundle->text, bundle->length);
    memcpy(larger + bundle->length, text, length);
    larger[bundle->length + length] = '\0';
    size_t whole = bundle->length + length + 1;
    tls_bundle_deinit(bundle); /* no copy of a key stays behind */
    *bundle = (struct tls_bundle){.text = larger, .length = whole};
}

/* Returns the length, or -1 with errno. */
static ssize_t read_whole(int descriptor, char *text, size_t size)
{
    size_t length = 0;

    for (;;) {
        ssize_t more = read(descriptor, text + length, size - length);
        if (more < 0 && errno != EINTR)
            return -1;
        if (more == 0 || length == size)
            return (ssize_t)length;
        if (more > 0)
            length += (size_t)more;
    }
}

static int add_file(struct tls_bundle *bundle, const char *key, const char *path, char **error_r)
{
    static char text[FILE_BYTES_MOST];
    struct stat status;
    int result = -1, descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (descriptor == -1)
        return tls_fail(error_r, "cannot read %s %s: %s", key, path, strerror(errno));
    ssize_t length = read_whole(descriptor, text, sizeof(text));
    if (length < 0)
        tls_fail(error_r, "cannot read %s %s: %s", key, path, strerror(errno));
    else if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        tls_fail(error_r, "cannot read %s %s: it is no file", key, path);
    else if (length == sizeof(text) || memchr(text, '\0', (size_t)length) != NULL)
        tls_fail(error_r, "cannot use %s %s: it is not PEM, or too long", key, path);
    else
        result = 0;
    if (result == 0) {
        add(bundle, path, strlen(path));
        add(bundle, text, (size_t)length);
    }
    OPENSSL_cleanse(text, sizeof(text));
    close(descriptor);
    return result;
}

/* One more file of a list, if there is one. Returns 1, or 0 at its end, or -1. */
static int add_next(struct tls_bundle *bundle, const char *key, const char **list, char **error_r)
{
    char *path = text_next_word(list, ',');

    if (path == NULL)
        return 0;
    int result = add_file(bundle, key, path, error_r);
    free(path);
    return result == 0 ? 1 : -1;
}

int tls_bundle_read(const struct config *config, struct tls_bundle *bundle_r, char **error_r)
{
    const char *certificates = config->tls_cert_file, *keys = config->tls_key_file;
    struct tls_bundle bundle = {0};
    int result;

    do { /* the configuration has checked that there are as many of the one as of the other */
        result = add_next(&bundle, "TLS_CERT_FILE", &certificates, error_r);
        if (result == 1)
            result = add_next(&bundle, "TLS_KEY_FILE", &keys, error_r);
    } while (result == 1);
    if (result == 0 && bundle.length == 0)
        result = tls_fail(error_r, "TLS_CERT_FILE is not set: a TLS listener needs TLS_CERT_FILE and TLS_KEY_FILE");
    if (result == -1)
        tls_bundle_deinit(&bundle);
    *bundle_r = bundle;
    return result;
}

void tls_bundle_deinit(struct tls_bundle *bundle)
{
    if (bundle->text != NULL)
        OPENSSL_cleanse(bundle->text, bundle->length);
    free(bundle->text);
    *bundle = (struct tls_bundle){0};
}

const char *tls_bundle_next(const struct tls_bundle *bundle, size_t *at)
{
    const char *part = bundle->text + *at;

    if (*at >= bundle->length)
        return NULL;
    const char *end = memchr(part, '\0', bundle->length - *at);
    if (end == NULL)
        return NULL;
    *at += (size_t)(end - part) + 1;
    return part;
}
