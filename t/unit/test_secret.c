/*
 * test_secret.c - tokens, digests, passwords
 */
#include "bering/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void tokens_are_long_and_never_the_same(void **state)
{
    (void)state;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char first[SECRET_TOKEN_LENGTH + 1], second[SECRET_TOKEN_LENGTH + 1];

    secret_token(first);
    secret_token(second);
    assert_int_equal(strlen(first), SECRET_TOKEN_LENGTH);
    assert_int_equal(strspn(first, digits), SECRET_TOKEN_LENGTH);
    assert_string_not_equal(first, second);
}

static void every_digit_of_a_token_varies(void **state)
{
    (void)state;
    char seen[SECRET_TOKEN_LENGTH][128] = {{0}};
    char token[SECRET_TOKEN_LENGTH + 1];

    for (int i = 0; i < 4000; i++) {
        secret_token(token);
        for (int at = 0; at < SECRET_TOKEN_LENGTH; at++)
            seen[at][(unsigned char)token[at]] = 1;
    }
    for (int at = 0; at < SECRET_TOKEN_LENGTH; at++) {
        int kinds = 0;
        for (int digit = 0; digit < 128; digit++)
            kinds += seen[at][digit];
        assert_int_equal(kinds, at < SECRET_TOKEN_LENGTH - 1 ? 64 : 16); /* 42 * 6 bits, and the last 4 */
    }
}

static void the_digest_is_sha_256(void **state)
{
    (void)state;
    static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                  0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                  0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    struct digest digest = secret_digest("abc", 3), same = secret_digest("abcd", 3), other = secret_digest("", 0);

    assert_memory_equal(digest.bytes, abc, sizeof(abc));
    assert_true(secret_equal(&digest, &same));
    assert_false(secret_equal(&digest, &other));
}

static void a_password_is_known_again(void **state)
{
    (void)state;
    char hash[SECRET_PASSWORD_HASH_SIZE], again[SECRET_PASSWORD_HASH_SIZE];

    assert_true(secret_password_hash("correct horse", 13, 4, hash));
    assert_memory_equal(hash, "$2b$04$", 7);
    assert_int_equal(strlen(hash), 60);
    assert_true(secret_password_verify("correct horse", 13, hash));
    assert_false(secret_password_verify("correct horsf", 13, hash));
    assert_false(secret_password_verify("correct hors", 12, hash));
    assert_true(secret_password_hash("correct horse", 13, 4, again));
    assert_string_not_equal(hash, again);
}

static void the_length_of_a_password_counts_not_its_nul(void **state)
{
    (void)state;
    char hash[SECRET_PASSWORD_HASH_SIZE];

    assert_true(secret_password_hash("secretXX", 6, 4, hash));
    assert_true(secret_password_verify("secretYY", 6, hash));
}

static void bad_passwords_are_refused(void **state)
{
    (void)state;
    char hash[SECRET_PASSWORD_HASH_SIZE];
    char large[SECRET_PASSWORD_MAX + 1];

    memset(large, 'x', sizeof(large));
    assert_false(secret_password_hash("", 0, 4, hash));
    assert_false(secret_password_hash("a\0b", 3, 4, hash));
    assert_false(secret_password_hash(large, sizeof(large), 4, hash));
    assert_true(secret_password_hash(large, sizeof(large) - 1, 4, hash));
    assert_false(secret_password_verify("", 0, hash));
    assert_false(secret_password_verify("a\0b", 3, hash));
}

static void a_hash_of_a_longer_password_is_of_its_first_72_bytes(void **state)
{
    (void)state;
    char hash[SECRET_PASSWORD_HASH_SIZE];
    char large[SECRET_PASSWORD_MAX + 20];

    memset(large, 'x', sizeof(large));
    assert_true(secret_password_hash(large, SECRET_PASSWORD_MAX, 4, hash));
    assert_true(secret_password_verify(large, sizeof(large), hash));
    large[SECRET_PASSWORD_MAX - 1] = 'y';
    assert_false(secret_password_verify(large, sizeof(large), hash));
}

/* Test vectors of crypt_blowfish */
static void hashes_of_other_programs_are_known(void **state)
{
    (void)state;
    assert_true(secret_password_verify("U*U", 3, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
    assert_true(secret_password_verify("U*U", 3, "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
    assert_true(secret_password_verify("U*U", 3, "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
    assert_false(secret_password_verify("U*V", 3, "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
}

static void what_is_no_hash_matches_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        NULL, "", "*", "*0", "x", "$2b$04$", "$1$salt$hash",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    };
    char hash[SECRET_PASSWORD_HASH_SIZE];

    assert_true(secret_password_hash("quick", 5, 4, hash)); /* so that a missing account costs no more than this */
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(secret_password_verify("U*U", 3, wrong[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_long_and_never_the_same),
        cmocka_unit_test(every_digit_of_a_token_varies),
        cmocka_unit_test(the_digest_is_sha_256),
        cmocka_unit_test(a_password_is_known_again),
        cmocka_unit_test(the_length_of_a_password_counts_not_its_nul),
        cmocka_unit_test(bad_passwords_are_refused),
        cmocka_unit_test(a_hash_of_a_longer_password_is_of_its_first_72_bytes),
        cmocka_unit_test(hashes_of_other_programs_are_known),
        cmocka_unit_test(what_is_no_hash_matches_nothing),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
