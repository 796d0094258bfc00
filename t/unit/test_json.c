/*
 * test_json.c - the JSON writer, read back with json-c
 */
#include "bering/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(struct json *json, const char *text)
{
    assert_int_equal(json->length, strlen(text));
    assert_memory_equal(json->text, text, json->length);
    json_deinit(json);
}

static void commas_are_placed(void **state)
{
    (void)state;
    struct json json = {0};

    json_object_begin(&json);
    json_key_text(&json, "a", "x");
    json_key(&json, "list");
    json_array_begin(&json);
    json_integer(&json, 1);
    json_array_begin(&json);
    json_array_end(&json);
    json_object_begin(&json);
    json_object_end(&json);
    json_raw(&json, "[2,3]", 5);
    json_array_end(&json);
    json_key_boolean(&json, "yes", true);
    json_key_boolean(&json, "no", false);
    json_key_null(&json, "nothing");
    json_key_integer(&json, "number", -5);
    json_object_end(&json);
    expect(&json, "{\"a\":\"x\",\"list\":[1,[],{},[2,3]],\"yes\":true,\"no\":false,\"nothing\":null,\"number\":-5}");
}

static void integers_reach_both_ends(void **state)
{
    (void)state;
    struct json json = {0};

    json_array_begin(&json);
    json_integer(&json, 0);
    json_integer(&json, INT64_MAX);
    json_integer(&json, INT64_MIN);
    json_array_end(&json);
    expect(&json, "[0,9223372036854775807,-9223372036854775808]");
}

static void ids_and_times_are_text(void **state)
{
    (void)state;
    struct json json = {0};
    struct uuid uuid = {{0x01, 0x23}};

    json_object_begin(&json);
    json_key_uuid(&json, "id", &uuid);
    json_key_uuid(&json, "none", NULL);
    json_key(&json, "at");
    json_time(&json, 1);
    json_key_text(&json, "text", NULL);
    json_object_end(&json);
    expect(&json, "{\"id\":\"01230000-0000-0000-0000-000000000000\",\"none\":null,"
                  "\"at\":\"1970-01-01T00:00:00.000000001Z\",\"text\":null}");
}

static void strings_are_escaped(void **state)
{
    (void)state;
    struct json json = {0};

    json_text(&json, "a\"b\\c/d\n\r\t\b\f\x01\x1f\x7f");
    expect(&json, "\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0001\\u001f\\u007f\"");
    json_text_n(&json, "a\0b", 3);
    expect(&json, "\"a\\u0000b\"");
    json_text(&json, "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
    expect(&json, "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\"");
    json_text(&json, "next\xc2\x85line");
    expect(&json, "\"next\\u0085line\"");
}

static void invalid_utf8_is_replaced(void **state)
{
    (void)state;
    struct json json = {0};

    json_text(&json, "a\xff" "b\xc3");
    expect(&json, "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\"");
    json_text_n(&json, "\xe4\xb8\x96", 2);
    expect(&json, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void every_byte_comes_back_through_a_parser(void **state)
{
    (void)state;
    for (int first = 0; first < 0x80; first++)
        for (int second = 0; second < 0x80; second++) {
            char text[] = {'x', (char)first, (char)second, 'y'};
            struct json json = {0};
            size_t length;
            json_text_n(&json, text, sizeof(text));
            char *written = json_take(&json, &length);
            struct json_object *read = json_tokener_parse(written);
            assert_non_null(read);
            assert_int_equal(json_object_get_string_len(read), sizeof(text));
            assert_memory_equal(json_object_get_string(read), text, sizeof(text));
            json_object_put(read);
            free(written);
        }
}

static void memory_grows_and_is_kept(void **state)
{
    (void)state;
    struct json json = {0};
    char large[3000];

    memset(large, 'x', sizeof(large));
    json_array_begin(&json);
    for (int i = 0; i < 100; i++)
        json_text_n(&json, large, sizeof(large));
    json_array_end(&json);
    assert_int_equal(json.length, 100 * (sizeof(large) + 3) + 1);
    size_t capacity = json.capacity;
    json_reset(&json);
    json_integer(&json, 1);
    assert_int_equal(json.capacity, capacity);
    expect(&json, "1");
}

static void what_is_taken_belongs_to_the_caller(void **state)
{
    (void)state;
    struct json json = {0};
    size_t length;

    json_array_begin(&json);
    json_null(&json);
    json_array_end(&json);
    char *text = json_take(&json, &length);
    assert_int_equal(length, 6);
    assert_string_equal(text, "[null]");
    assert_null(json.text);
    free(text);
    text = json_take(&json, &length);
    assert_int_equal(length, 0);
    assert_string_equal(text, "");
    free(text);
    json_integer(&json, 2);
    expect(&json, "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_are_placed),
        cmocka_unit_test(integers_reach_both_ends),
        cmocka_unit_test(ids_and_times_are_text),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(invalid_utf8_is_replaced),
        cmocka_unit_test(every_byte_comes_back_through_a_parser),
        cmocka_unit_test(memory_grows_and_is_kept),
        cmocka_unit_test(what_is_taken_belongs_to_the_caller),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
