/*
 * test_clock.c - RFC 3339 text and the two clocks
 */
#include "bering/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static void expect(const char *text, int64_t nanoseconds)
{
    int64_t read = -1;

    assert_true(clock_parse(text, strlen(text), &read));
    assert_int_equal(read, nanoseconds);
}

static void time_is_written_with_nine_digits(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_LENGTH + 1];

    assert_ptr_equal(clock_format(0, text), text);
    assert_string_equal(text, "1970-01-01T00:00:00.000000000Z");
    assert_string_equal(clock_format(INT64_C(1769903999123456789), text), "2026-01-31T23:59:59.123456789Z");
    assert_string_equal(clock_format(INT64_C(951782400000000001), text), "2000-02-29T00:00:00.000000001Z");
    assert_string_equal(clock_format(-1, text), "1969-12-31T23:59:59.999999999Z");
    assert_string_equal(clock_format(INT64_MAX, text), "2262-04-11T23:47:16.854775807Z");
    assert_string_equal(clock_format(INT64_MIN, text), "1677-09-21T00:12:43.145224192Z");
}

static void every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_LENGTH + 1], expected[CLOCK_TEXT_LENGTH + 1];

    for (time_t day = -106751; day <= 106751; day++) {
        time_t seconds = day * 86400 + 3661;
        struct tm tm;
        strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000000Z", gmtime_r(&seconds, &tm));
        assert_string_equal(clock_format(seconds * INT64_C(1000000000), text), expected);
        expect(text, seconds * INT64_C(1000000000));
    }
}

static void fractions_of_any_length_are_read(void **state)
{
    (void)state;
    expect("1970-01-01T00:00:01Z", 1000000000);
    expect("1970-01-01T00:00:01.5Z", 1500000000);
    expect("1970-01-01T00:00:00.000000001Z", 1);
    expect("1970-01-01t00:00:00.120z", 120000000);
    expect("2026-01-31T23:59:59.123456789Z", INT64_C(1769903999123456789));
}

static void offsets_are_applied(void **state)
{
    (void)state;
    expect("1970-01-01T01:00:00+01:00", 0);
    expect("1969-12-31T18:30:00-05:30", 0);
    expect("1970-01-01T00:00:00-00:00", 0);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-1-01T00:00:00Z",
        "1970-00-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
        "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-04-31T00:00:00Z", "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z",
        "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00Zx", "1970-01-01T00:00:00+01:60",
        "-970-01-01T00:00:00Z", "2262-04-12T00:00:00Z", "1677-09-20T00:00:00Z", "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    };
    int64_t read = 42;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(clock_parse(wrong[i], strlen(wrong[i]), &read));
    assert_int_equal(read, 42);
}

static void the_length_is_obeyed(void **state)
{
    (void)state;
    static const char text[] = "1970-01-01T00:00:01Z";
    int64_t read = 0;

    for (size_t length = 0; length < sizeof(text) - 1; length++) {
        char *exact = malloc(length ? length : 1); /* so that a sanitizer sees a byte too many */
        memcpy(exact, text, length);
        assert_false(clock_parse(exact, length, &read));
        free(exact);
    }
}

static void clocks_go_forward(void **state)
{
    (void)state;
    uint64_t first = clock_monotonic_ms();

    assert_true(clock_now() > INT64_C(1700000000) * 1000000000);
    assert_true(clock_monotonic_ms() >= first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_is_written_with_nine_digits),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(fractions_of_any_length_are_read),
        cmocka_unit_test(offsets_are_applied),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_length_is_obeyed),
        cmocka_unit_test(clocks_go_forward),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
