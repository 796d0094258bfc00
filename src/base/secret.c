/*
 * secret.c - tokens, their digests, and passwords.
 *
 * Base: runs in every process; the password functions in job threads only. What was secret is wiped before its memory
 * is given back.
 */
#include "bering/secret.h"

#include <assert.h>
#include <crypt.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { TOKEN_BYTES = 32, SALT_BYTES = 16, DEFAULT_COST = 12, BCRYPT_LENGTH = 60 };

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

/* The cost of the last real hash in this process: what a missing account has to take, too. */
static atomic_uint usual_cost = DEFAULT_COST;

void secret_random(void *bytes, size_t size)
{
    unsigned char *out = bytes;

    while (size > 0) {
        ssize_t got = getrandom(out, size, 0);
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            out += got;
            size -= (size_t)got;
        }
    }
}

void secret_token(char token[SECRET_TOKEN_LENGTH + 1])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[TOKEN_BYTES];
    uint32_t bits = 0;
    int held = 0;
    size_t next = 0;

    secret_random(bytes, sizeof(bytes));
    for (int i = 0; i < SECRET_TOKEN_LENGTH; i++) {
        if (held < 6) {
            /* the last character has only four bits left; zeroes follow */
            bits = bits << 8 | (next < sizeof(bytes) ? bytes[next++] : 0);
            held += 8;
        }
        held -= 6;
        token[i] = digits[bits >> held & 0x3f];
    }
    token[SECRET_TOKEN_LENGTH] = '\0';
    OPENSSL_cleanse(bytes, sizeof(bytes));
}

/* Looking an algorithm up by its name costs more than hashing a token does. */
static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

struct digest secret_digest(const void *bytes, size_t length)
{
    struct digest digest;

    pthread_once(&sha256_once, fetch_sha256);
    if (sha256 == NULL || !EVP_Digest(bytes, length, digest.bytes, NULL, sha256, NULL))
        abort();
    return digest;
}

bool secret_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Runs crypt(3) on a password; out is "" if it failed. */
static void run_bcrypt(const char *password, size_t length, const char *setting, char out[SECRET_PASSWORD_HASH_SIZE])
{
    char phrase[SECRET_PASSWORD_MAX + 1];
    struct crypt_data *data = calloc(1, sizeof(*data));

    if (data == NULL)
        abort();
    assert(length <= SECRET_PASSWORD_MAX);
    memcpy(phrase, password, length);
    phrase[length] = '\0';
    out[0] = '\0';
    const char *hash = crypt_r(phrase, setting, data);
    if (hash != NULL && hash[0] == '$' && strlen(hash) == BCRYPT_LENGTH)
        memcpy(out, hash, BCRYPT_LENGTH + 1);
    OPENSSL_cleanse(phrase, sizeof(phrase));
    OPENSSL_cleanse(data, sizeof(*data));
    free(data);
}

bool secret_password_hash(const char *password, size_t length, unsigned cost, char hash[SECRET_PASSWORD_HASH_SIZE])
{
    char salt[SALT_BYTES];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];

    if (length == 0 || length > SECRET_PASSWORD_MAX || memchr(password, '\0', length) != NULL)
        return false;
    secret_random(salt, sizeof(salt));
    if (crypt_gensalt_rn("$2b$", cost, salt, sizeof(salt), setting, sizeof(setting)) == NULL)
        abort(); /* a cost that the configuration should have refused */
    run_bcrypt(password, length, setting, hash);
    if (hash[0] == '\0')
        abort();
    atomic_store(&usual_cost, cost);
    return true;
}

/* The cost that a hash names, 0 if it is none of bcrypt's that we know. */
static unsigned hash_cost(const char *hash)
{
    if (hash == NULL || strlen(hash) != BCRYPT_LENGTH || memcmp(hash, "$2", 2) != 0 ||
        strchr("aby", hash[2]) == NULL || hash[3] != '$' || hash[4] < '0' || hash[4] > '3' || hash[5] < '0' ||
        hash[5] > '9' || hash[6] != '$')
        return 0;
    return (unsigned)(hash[4] - '0') * 10 + (unsigned)(hash[5] - '0');
}

bool secret_password_verify(const char *password, size_t length, const char *hash)
{
    char setting[BCRYPT_LENGTH + 1];
    char answer[SECRET_PASSWORD_HASH_SIZE];
    unsigned cost = hash_cost(hash);

    if (length == 0 || memchr(password, '\0', length) != NULL)
        return false;
    /* Hashes that the original made are of the first 72 bytes. */
    if (length > SECRET_PASSWORD_MAX)
        length = SECRET_PASSWORD_MAX;
    if (cost > 0) {
        atomic_store(&usual_cost, cost);
        run_bcrypt(password, length, hash, answer);
        return answer[0] != '\0' && CRYPTO_memcmp(answer, hash, BCRYPT_LENGTH) == 0;
    }
    if (crypt_gensalt_rn("$2b$", usual_cost, "no account at all", SALT_BYTES, setting, sizeof(setting)) != NULL)
        run_bcrypt(password, length, setting, answer);
    return false;
}
