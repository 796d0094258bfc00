/*
 * secret.h - tokens, their digests, and passwords.
 *
 * Tokens are 256 random bits, shown once; only their SHA-256 is stored and compared.
 */
#ifndef BERING_SECRET_H
#define BERING_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SECRET_TOKEN_LENGTH = 43,         /* base64url of 32 bytes, unpadded */
    SECRET_PASSWORD_HASH_SIZE = 128,  /* room for a bcrypt hash and its NUL */
    SECRET_PASSWORD_MAX = 72,         /* bcrypt reads no further; longer ones are refused, not cut */
};

struct digest {
    uint8_t bytes[32];
};

/* Makes a token: SECRET_TOKEN_LENGTH characters and a NUL. Aborts if the system has no randomness. */
void secret_token(char token[SECRET_TOKEN_LENGTH + 1]);

/* Fills `size` random bytes. Aborts if the system has no randomness. */
void secret_random(void *bytes, size_t size);

/* SHA-256 of `length` bytes. */
struct digest secret_digest(const void *bytes, size_t length);

/* Constant-time comparison. */
bool secret_equal(const struct digest *a, const struct digest *b);

/*
 * Hashes a password with bcrypt ($2b$, 2^cost rounds) into hash. Blocks for some 250 ms of CPU at cost 12: job threads
 * only. Returns false if the password is empty, longer than SECRET_PASSWORD_MAX or holds a NUL.
 */
bool secret_password_hash(const char *password, size_t length, unsigned cost, char hash[SECRET_PASSWORD_HASH_SIZE]);

/*
 * Checks a password against a bcrypt hash ($2a$, $2b$, $2y$). Blocks as long as hashing. hash may be NULL: then the
 * same time is spent and the answer is false, so that a missing account cannot be told from a wrong password. Of a
 * longer password the first SECRET_PASSWORD_MAX bytes count: hashes that the original made know no more of it.
 */
bool secret_password_verify(const char *password, size_t length, const char *hash);

#endif
