/*
 * test_uuid.c - UUIDs: version, order, text
 */
#include "bering/clock.h"
#include "bering/uuid.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { THREADS = 4, EACH = 5000 };

static void a_new_uuid_is_of_version_7(void **state)
{
    (void)state;
    struct uuid uuid = uuid_new();

    assert_int_equal(uuid.bytes[6] >> 4, 7);
    assert_int_equal(uuid.bytes[8] >> 6, 2);
}

static void a_new_uuid_carries_the_time(void **state)
{
    (void)state;
    int64_t before = clock_now() / 1000000;
    struct uuid uuid = uuid_new();
    int64_t milliseconds = 0;

    for (int i = 0; i < 6; i++)
        milliseconds = milliseconds << 8 | uuid.bytes[i];
    assert_true(milliseconds >= before);
    assert_true(milliseconds <= clock_now() / 1000000 + 1);
}

static void uuids_strictly_increase(void **state)
{
    (void)state;
    struct uuid last = uuid_new();

    for (int i = 0; i < 100000; i++) {
        struct uuid next = uuid_new();
        assert_true(memcmp(last.bytes, next.bytes, sizeof(last.bytes)) < 0);
        last = next;
    }
}

static void *make_uuids(void *argument)
{
    struct uuid *uuids = argument;

    for (int i = 0; i < EACH; i++)
        uuids[i] = uuid_new();
    return NULL;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

static void threads_never_share_the_ordered_part(void **state)
{
    (void)state;
    static struct uuid uuids[THREADS][EACH];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_uuids, uuids[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        for (int j = 1; j < EACH; j++)
            assert_true(compare(&uuids[i][j - 1], &uuids[i][j]) < 0);
    }
    struct uuid *all = &uuids[0][0];
    qsort(all, (size_t)THREADS * EACH, sizeof(*all), compare);
    for (size_t i = 1; i < (size_t)THREADS * EACH; i++)
        assert_true(memcmp(all[i - 1].bytes, all[i].bytes, 8) < 0);
}

static void text_goes_there_and_back(void **state)
{
    (void)state;
    static const char text[] = "0189abcd-ef01-7234-9567-89abcdef0123";
    char again[UUID_TEXT_LENGTH + 1];
    struct uuid uuid, same;

    assert_true(uuid_parse(text, strlen(text), &uuid));
    assert_int_equal(uuid.bytes[0], 0x01);
    assert_int_equal(uuid.bytes[15], 0x23);
    assert_ptr_equal(uuid_format(&uuid, again), again);
    assert_string_equal(again, text);
    assert_true(uuid_parse("0189ABCD-EF01-7234-9567-89ABCDEF0123", UUID_TEXT_LENGTH, &same));
    assert_true(uuid_equal(&uuid, &same));
    same.bytes[15]++;
    assert_false(uuid_equal(&uuid, &same));
}

static void what_is_no_uuid_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "0189abcd-ef01-7234-9567-89abcdef012",
        "0189abcd-ef01-7234-9567-89abcdef01234",
        "0189abcdef01723495678 9abcdef0123----",
        "0189abcd-ef01-7234-956789abcdef-0123",
        "0189abcg-ef01-7234-9567-89abcdef0123",
        "0189abcd_ef01-7234-9567-89abcdef0123",
        "{189abcd-ef01-7234-9567-89abcdef012}",
        "+189abcd-ef01-7234-9567-89abcdef0123",
    };
    struct uuid uuid = {{42}};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(uuid_parse(wrong[i], strlen(wrong[i]), &uuid));
    assert_int_equal(uuid.bytes[0], 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_uuid_is_of_version_7),
        cmocka_unit_test(a_new_uuid_carries_the_time),
        cmocka_unit_test(uuids_strictly_increase),
        cmocka_unit_test(threads_never_share_the_ordered_part),
        cmocka_unit_test(text_goes_there_and_back),
        cmocka_unit_test(what_is_no_uuid_is_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
