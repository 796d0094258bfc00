/*
 * test_body.c - JSON bodies: what is JSON at all, and what a table of fields makes of it.
 */
#include "worker/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define UUID_ONE "01890a5d-ac96-774b-bcce-b302099a8057"
#define UUID_TWO "01890A5D-AC96-774B-BCCE-B302099A8058"

enum { MESSAGE_MOST = 20 };

/* ---- what is JSON ---- */

/* The text goes in a block of its own size, so that the sanitizer sees any byte read beyond it. */
static enum result parse_n(const char *text, size_t length, struct json_object **object_r)
{
    const char *error = NULL;
    char *copy = malloc(length + (length == 0));

    assert_non_null(copy);
    memcpy(copy, text, length);
    *object_r = NULL;
    enum result result = body_parse(copy, length, object_r, &error);
    free(copy);
    if (result != RESULT_OK) {
        assert_non_null(error);
        assert_null(*object_r);
    }
    return result;
}

static void expect_parse(const char *text, size_t length, enum result expected)
{
    struct json_object *object;
    enum result result = parse_n(text, length, &object);

    json_object_put(object);
    if (result != expected)
        fail_msg("%zu bytes \"%.60s\": result %d instead of %d", length, text, result, expected);
}

static void objects_are_read(void **state)
{
    static const char *const good[] = {
        "{}",
        " \t\r\n{ \"a\" : 1 } \n\r\t ",
        "{\"a\":{\"b\":[1,2.5,-3e10,true,false,null,\"x\"]}}",
        "{\"\":\"\"}",
        "{\"a\":\"\\u0001\\n\\\"\\\\\\/\"}",
        "{\"a\":\"\\ud83d\\udc3b\"}",
        "{\"a\":\"\xf0\x9f\x90\xbb\"}",
        "{\"a\":\"\x7f\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        expect_parse(good[i], strlen(good[i]), RESULT_OK);
}

static void other_values_are_of_the_wrong_shape(void **state)
{
    static const char *const others[] = {"null", " null ", "0",     "-1",       "12", "1.5",
                                         "1e3",  "true",   "false", "\"text\"", "[]", "[{}]"};

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        expect_parse(others[i], strlen(others[i]), RESULT_WRONG_SHAPE);
}

static void what_is_not_json_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "\n",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "{,}",
        "[1,]",
        "[",
        "]",
        "{}}",
        "{} {}",
        "{}x",
        "{} x",
        "{a:1}",
        "{\"a\":'x'}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":0x10}",
        "nul",
        "nulll",
        "-",
        "True",
        "{\"a\":TRUE}",
        "{\"a\":undefined}",
        "{/* no */}",
        "{}// no",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"x}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"x\\\"}",
        "\v{}",
        "{}\f",
        "\xef\xbb\xbf{}",
        "{\"a\":1}\"",
        "username=x&password=y",
        "<xml/>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_parse(bad[i], strlen(bad[i]), RESULT_BAD_REQUEST);
}

/* What json-c takes beyond JSON, even when told to be strict. */
static void extensions_of_json_are_refused(void **state)
{
    static const char *const bad[] = {
        "{'a':1}", "{'a\n':1}", "{\"a\":1.}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}", "NaN", "Infinity",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_parse(bad[i], strlen(bad[i]), RESULT_BAD_REQUEST);
}

static void nothing_hides_behind_a_nul(void **state)
{
    (void)state;
    expect_parse("{}\0", 3, RESULT_BAD_REQUEST);
    expect_parse("\0{}", 3, RESULT_BAD_REQUEST);
    expect_parse("{}\0{}", 5, RESULT_BAD_REQUEST);
    expect_parse("{}\0garbage", 10, RESULT_BAD_REQUEST);
    expect_parse("{\"a\":1}\n\0\n", 10, RESULT_BAD_REQUEST);
    expect_parse("{\"a\"\0:1}", 8, RESULT_BAD_REQUEST);
}

static void bare_control_characters_are_refused(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 0x20; c++) {
        char in_value[] = "{\"a\":\"x?y\"}", in_key[] = "{\"?\":1}", escaped[] = "{\"a\":\"\\?\"}";
        in_value[7] = in_key[2] = escaped[7] = (char)c;
        expect_parse(in_value, strlen("{\"a\":\"x?y\"}"), RESULT_BAD_REQUEST);
        expect_parse(in_key, strlen("{\"?\":1}"), RESULT_BAD_REQUEST);
        expect_parse(escaped, strlen("{\"a\":\"\\?\"}"), RESULT_BAD_REQUEST);
    }
    /* behind an escaped quotation mark the text goes on, behind an escaped backslash it does not */
    expect_parse("{\"a\":\"\\\"\n\"}", 11, RESULT_BAD_REQUEST);
    expect_parse("{\"a\":\"\\\\\"\n}", 11, RESULT_OK);
}

static void only_utf8_is_read(void **state)
{
    static const char *const bad[] = {
        "{\"a\":\"\x80\"}",             /* a continuation by itself */
        "{\"a\":\"\xc3\"}",             /* half a character */
        "{\"a\":\"\xc0\xaf\"}",         /* overlong */
        "{\"a\":\"\xed\xa0\x80\"}",     /* a surrogate */
        "{\"a\":\"\xf4\x90\x80\x80\"}", /* beyond the last one */
        "{\"a\":\"\xff\"}",
        "{\"\xe9\":1}",
        "{}\xc3",
    };
    static const char utf16[] = "{\0\"\0a\0\"\0:\0001\0}";

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_parse(bad[i], strlen(bad[i]), RESULT_BAD_REQUEST);
    expect_parse(utf16, sizeof(utf16), RESULT_BAD_REQUEST);
}

static void depth_is_bounded(void **state)
{
    static char text[400000];

    (void)state;
    for (size_t depth = 1; depth < sizeof(text) / 8; depth *= 2) {
        memset(text, '[', sizeof(text));
        memcpy(text, "{\"a\":", 5);
        memset(text + 5 + depth, ']', depth);
        text[5 + 2 * depth] = '}';
        expect_parse(text, 2 * depth + 6, depth < 16 ? RESULT_OK : RESULT_BAD_REQUEST);
    }
}

/* ---- what a table makes of it ---- */

struct reading {
    h2o_mem_pool_t pool;
    struct json_object *object;
    struct value values[4];
    const char *error;
};

static int reading_setup(void **state)
{
    struct reading *reading = calloc(1, sizeof(*reading));

    h2o_mem_init_pool(&reading->pool);
    *state = reading;
    return 0;
}

static int reading_teardown(void **state)
{
    struct reading *reading = *state;

    json_object_put(reading->object);
    h2o_mem_clear_pool(&reading->pool);
    free(reading);
    return 0;
}

static enum result read_n(struct reading *reading, const struct field *fields, const char *json, size_t length)
{
    json_object_put(reading->object);
    reading->object = NULL;
    reading->error = NULL;
    memset(reading->values, 0, sizeof(reading->values));
    enum result result = body_parse(json, length, &reading->object, &reading->error);
    if (result != RESULT_OK)
        fail_msg("%s: %s", json, reading->error);
    return body_values(&reading->pool, reading->object, fields, MESSAGE_MOST, reading->values, &reading->error);
}

/* Reads one field `f` of this type from a JSON value. */
static enum result read_one(struct reading *reading, enum field_type type, size_t most, const char *value)
{
    const struct field fields[] = {{"f", type, true, most}, {NULL, 0, false, 0}};
    char json[4096];
    int length = snprintf(json, sizeof(json), "{\"f\":%s}", value);

    assert_in_range(length, 1, sizeof(json) - 1);
    return read_n(reading, fields, json, (size_t)length);
}

static void accepts(struct reading *reading, enum field_type type, size_t most, const char *value)
{
    if (read_one(reading, type, most, value) != RESULT_OK)
        fail_msg("type %d refuses %s: %s", type, value, reading->error);
    assert_true(reading->values[0].present);
    assert_false(reading->values[0].is_null);
}

static void refuses(struct reading *reading, enum field_type type, size_t most, const char *value, enum result expected)
{
    enum result result = read_one(reading, type, most, value);

    if (result != expected)
        fail_msg("type %d, %s: result %d instead of %d", type, value, result, expected);
    if (strstr(reading->error, "field `f` ") == NULL)
        fail_msg("\"%s\" does not name the field", reading->error);
}

/* A JSON text of so many bytes 'x'. */
static const char *long_text(size_t length)
{
    static char text[2048];

    assert_in_range(length, 0, sizeof(text) - 3);
    memset(text, 'x', length + 2);
    text[0] = text[length + 1] = '"';
    text[length + 2] = '\0';
    return text;
}

static void text_is_what_was_sent(void **state)
{
    struct reading *reading = *state;

    accepts(reading, FIELD_TEXT, 100, "\"a \\\"\\u00e9\\n\\ud83d\\udc3b\"");
    assert_string_equal(reading->values[0].text, "a \"é\n🐻");
    assert_int_equal(reading->values[0].length, strlen("a \"é\n🐻"));
}

static void every_type_refuses_the_others(void **state)
{
    static const enum field_type texts[] = {FIELD_NAME, FIELD_DISPLAY_NAME, FIELD_FOREIGN_NAME, FIELD_USERNAME, FIELD_TEXT,
                                            FIELD_OPTIONAL_TEXT, FIELD_PASSWORD, FIELD_MESSAGE, FIELD_UUID};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        static const char *const others[] = {"1", "1.5", "true", "[]", "{}", "[\"x\"]"};
        for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
            refuses(*state, texts[i], 100, others[k], RESULT_WRONG_SHAPE);
    }
    static const char *const not_boolean[] = {"0", "1", "\"true\"", "\"\"", "[]", "{}"};
    for (size_t k = 0; k < sizeof(not_boolean) / sizeof(not_boolean[0]); k++)
        refuses(*state, FIELD_BOOLEAN, 0, not_boolean[k], RESULT_WRONG_SHAPE);
    static const char *const not_list[] = {"0", "true", "\"" UUID_ONE "\"", "{}"};
    for (size_t k = 0; k < sizeof(not_list) / sizeof(not_list[0]); k++)
        refuses(*state, FIELD_UUIDS, 10, not_list[k], RESULT_WRONG_SHAPE);
}

static void names(void **state)
{
    static const char *const both_refuse[] = {"\" \"",        "\"\\u2003\"",  "\"a\\nb\"",   "\"\\u0000\"",
                                              "\"a\\u0000\"", "\"\\u0085a\"", "\"a\\u007f\""};

    accepts(*state, FIELD_NAME, 0, "\"Alice in the lobby / 2\"");
    accepts(*state, FIELD_NAME, 0, long_text(128));
    refuses(*state, FIELD_NAME, 0, long_text(129), RESULT_BAD_REQUEST);
    refuses(*state, FIELD_NAME, 0, "\"\"", RESULT_BAD_REQUEST);
    accepts(*state, FIELD_DISPLAY_NAME, 0, "\"\"");
    accepts(*state, FIELD_DISPLAY_NAME, 0, "\"Alice in person\"");
    refuses(*state, FIELD_DISPLAY_NAME, 0, long_text(129), RESULT_BAD_REQUEST);
    refuses(*state, FIELD_DISPLAY_NAME, 0, "\"Ali\\u202ece\"", RESULT_BAD_REQUEST);
    for (size_t i = 0; i < sizeof(both_refuse) / sizeof(both_refuse[0]); i++) {
        refuses(*state, FIELD_NAME, 0, both_refuse[i], RESULT_BAD_REQUEST);
        refuses(*state, FIELD_DISPLAY_NAME, 0, both_refuse[i], RESULT_BAD_REQUEST);
        refuses(*state, FIELD_USERNAME, 0, both_refuse[i], RESULT_BAD_REQUEST);
    }
}

static void names_of_peers_are_never_refused(void **state)
{
    struct reading *reading = *state;
    static const char *const unusable[] = {"\"\"", "\" \"", "\"a\\nb\"", "\"a\\u0000\""};

    for (size_t i = 0; i < sizeof(unusable) / sizeof(unusable[0]); i++) {
        accepts(reading, FIELD_FOREIGN_NAME, 0, unusable[i]);
        assert_string_equal(reading->values[0].text, "");
        assert_int_equal(reading->values[0].length, 0);
    }
    accepts(reading, FIELD_FOREIGN_NAME, 0, long_text(129));
    assert_string_equal(reading->values[0].text, "");
    accepts(reading, FIELD_FOREIGN_NAME, 0, "\"Ali\\u202ece\""); /* the pages clean it */
    assert_string_equal(reading->values[0].text, "Ali\xe2\x80\xae" "ce");
}

static void usernames(void **state)
{
    static const char *const bad[] = {"\"\"", "\"a b\"", "\"a@b\"", "\"a/b\"", "\"a\\\\b\"", "\"a\\u00a0b\"", "\" a\""};

    accepts(*state, FIELD_USERNAME, 0, "\"alice\"");
    accepts(*state, FIELD_USERNAME, 0, "\"a.l-i_c\\u00e9\"");
    accepts(*state, FIELD_USERNAME, 0, long_text(128));
    refuses(*state, FIELD_USERNAME, 0, long_text(129), RESULT_BAD_REQUEST);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuses(*state, FIELD_USERNAME, 0, bad[i], RESULT_BAD_REQUEST);
}

static void texts_have_the_bound_of_their_field(void **state)
{
    struct reading *reading = *state;

    for (size_t most = 1; most < 2000; most *= 7) {
        accepts(reading, FIELD_TEXT, most, long_text(most));
        refuses(reading, FIELD_TEXT, most, long_text(most + 1), RESULT_BAD_REQUEST);
        accepts(reading, FIELD_OPTIONAL_TEXT, most, long_text(most));
        refuses(reading, FIELD_OPTIONAL_TEXT, most, long_text(most + 1), RESULT_BAD_REQUEST);
    }
    refuses(reading, FIELD_TEXT, 2, "\"\\u00e9\\u00e9\"", RESULT_BAD_REQUEST); /* bytes, not characters */
    refuses(reading, FIELD_TEXT, 10, "\"\"", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_TEXT, 10, "\" \\t\\n\"", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_TEXT, 10, "\"a\\u0000b\"", RESULT_BAD_REQUEST);
    accepts(reading, FIELD_OPTIONAL_TEXT, 10, "\"\"");
    assert_int_equal(reading->values[0].length, 0);
    accepts(reading, FIELD_OPTIONAL_TEXT, 10, "\" \"");
    refuses(reading, FIELD_OPTIONAL_TEXT, 10, "\"\\u0000\"", RESULT_BAD_REQUEST);
}

static void passwords(void **state)
{
    accepts(*state, FIELD_PASSWORD, 0, "\" \"");
    accepts(*state, FIELD_PASSWORD, 0, "\"a\\u0001\"");
    accepts(*state, FIELD_PASSWORD, 0, long_text(72));
    refuses(*state, FIELD_PASSWORD, 0, long_text(73), RESULT_BAD_REQUEST);
    refuses(*state, FIELD_PASSWORD, 0, "\"\"", RESULT_BAD_REQUEST);
    refuses(*state, FIELD_PASSWORD, 0, "\"secret\\u0000more\"", RESULT_BAD_REQUEST);
}

static void messages_have_the_configured_bound(void **state)
{
    struct reading *reading = *state;

    accepts(reading, FIELD_MESSAGE, 0, long_text(MESSAGE_MOST));
    refuses(reading, FIELD_MESSAGE, 0, long_text(MESSAGE_MOST + 1), RESULT_BAD_REQUEST);
    assert_non_null(strstr(reading->error, "MAX_MESSAGE_BYTES"));
    refuses(reading, FIELD_MESSAGE, 0, "\"\"", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_MESSAGE, 0, "\" \\n\\u3000\"", RESULT_BAD_REQUEST);
    accepts(reading, FIELD_MESSAGE, 0, "\"a\\u0000b\"");
    assert_int_equal(reading->values[0].length, 3);
    assert_memory_equal(reading->values[0].text, "a\0b", 3);
    accepts(reading, FIELD_MESSAGE, 0, "\"\\ud83d\\udc3b\\ud83d\\udc3b\\ud83d\\udc3b\\ud83d\\udc3b\\ud83d\\udc3b\"");
    assert_int_equal(reading->values[0].length, 20); /* decoded bytes count, not those of the body */
}

static void booleans(void **state)
{
    struct reading *reading = *state;

    accepts(reading, FIELD_BOOLEAN, 0, "true");
    assert_true(reading->values[0].boolean);
    accepts(reading, FIELD_BOOLEAN, 0, "false");
    assert_false(reading->values[0].boolean);
}

static void uuids(void **state)
{
    static const char *const bad[] = {"\"\"",
                                      "\"" UUID_ONE " \"",
                                      "\"" UUID_ONE "0\"",
                                      "\"" UUID_ONE "\\u0000\"",
                                      "\"01890a5dac96774bbcceb302099a8057\"",
                                      "\"{" UUID_ONE "}\"",
                                      "\"01890a5d-ac96-774b-bcce-b302099a805g\""};
    struct reading *reading = *state;
    struct uuid one, two;

    assert_true(uuid_parse(UUID_ONE, UUID_TEXT_LENGTH, &one));
    assert_true(uuid_parse(UUID_TWO, UUID_TEXT_LENGTH, &two));
    accepts(reading, FIELD_UUID, 0, "\"" UUID_ONE "\"");
    assert_true(uuid_equal(&reading->values[0].uuid, &one));
    accepts(reading, FIELD_UUID, 0, "\"" UUID_TWO "\"");
    assert_true(uuid_equal(&reading->values[0].uuid, &two));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuses(reading, FIELD_UUID, 0, bad[i], RESULT_BAD_REQUEST);
}

static void lists_of_uuids(void **state)
{
    struct reading *reading = *state;
    struct uuid one, two;

    assert_true(uuid_parse(UUID_ONE, UUID_TEXT_LENGTH, &one));
    assert_true(uuid_parse(UUID_TWO, UUID_TEXT_LENGTH, &two));
    accepts(reading, FIELD_UUIDS, 2, "[]");
    assert_int_equal(reading->values[0].count, 0);
    accepts(reading, FIELD_UUIDS, 2, "[\"" UUID_ONE "\",\"" UUID_TWO "\"]");
    assert_int_equal(reading->values[0].count, 2);
    assert_true(uuid_equal(&reading->values[0].uuids[0], &one));
    assert_true(uuid_equal(&reading->values[0].uuids[1], &two));
    refuses(reading, FIELD_UUIDS, 1, "[\"" UUID_ONE "\",\"" UUID_TWO "\"]", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_UUIDS, 2, "[\"" UUID_ONE "\",null]", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_UUIDS, 2, "[\"" UUID_ONE "\",1]", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_UUIDS, 2, "[\"x\"]", RESULT_BAD_REQUEST);
    refuses(reading, FIELD_UUIDS, 2, "[[\"" UUID_ONE "\"]]", RESULT_BAD_REQUEST);
}

/* ---- what is left out ---- */

static const struct field mixed[] = {
    {"needed", FIELD_NAME, true, 0},
    {"wish", FIELD_DISPLAY_NAME, false, 0},
    {"flag", FIELD_BOOLEAN, false, 0},
    {"ids", FIELD_UUIDS, false, 2},
    {NULL, 0, false, 0},
};

static enum result read_mixed(struct reading *reading, const char *json)
{
    return read_n(reading, mixed, json, strlen(json));
}

static void optional_fields_may_be_left_out(void **state)
{
    struct reading *reading = *state;

    assert_int_equal(read_mixed(reading, "{\"needed\":\"x\"}"), RESULT_OK);
    assert_true(reading->values[0].present);
    for (int i = 1; i < 4; i++) {
        assert_false(reading->values[i].present);
        assert_false(reading->values[i].is_null);
    }
}

static void null_is_told_from_what_is_left_out(void **state)
{
    struct reading *reading = *state;

    assert_int_equal(read_mixed(reading, "{\"flag\":null,\"needed\":\"x\",\"wish\":null,\"ids\":null}"), RESULT_OK);
    for (int i = 1; i < 4; i++) {
        assert_false(reading->values[i].present);
        assert_true(reading->values[i].is_null);
    }
}

static void required_fields_must_be_there(void **state)
{
    static const char *const without[] = {"{}", "{\"needed\":null}", "{\"Needed\":\"x\"}",
                                          "{\"wish\":\"x\",\"flag\":true}"};
    struct reading *reading = *state;

    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        assert_int_equal(read_mixed(reading, without[i]), RESULT_WRONG_SHAPE);
        assert_string_equal(reading->error, "field `needed` is missing");
    }
}

static void order_and_unknown_fields_do_not_matter(void **state)
{
    struct reading *reading = *state;

    assert_int_equal(
        read_mixed(reading, "{\"more\":{\"needed\":1},\"flag\":true,\"\":[],\"wish\":\"w\",\"needed\":\"x\"}"),
        RESULT_OK);
    assert_string_equal(reading->values[0].text, "x");
    assert_string_equal(reading->values[1].text, "w");
    assert_true(reading->values[2].boolean);
    assert_false(reading->values[3].present);
}

static void error_names_the_field_that_is_wrong(void **state)
{
    struct reading *reading = *state;

    assert_int_equal(read_mixed(reading, "{\"needed\":\"x\",\"wish\":7}"), RESULT_WRONG_SHAPE);
    assert_string_equal(reading->error, "field `wish` must be text");
    assert_int_equal(read_mixed(reading, "{\"needed\":\"x\",\"flag\":\"yes\"}"), RESULT_WRONG_SHAPE);
    assert_string_equal(reading->error, "field `flag` must be true or false");
    assert_int_equal(read_mixed(reading, "{\"needed\":\"x\",\"ids\":{}}"), RESULT_WRONG_SHAPE);
    assert_string_equal(reading->error, "field `ids` must be a list of ids");
    assert_int_equal(read_mixed(reading, "{\"needed\":\"x\",\"ids\":[\"y\"]}"), RESULT_BAD_REQUEST);
    assert_string_equal(reading->error, "field `ids` must hold UUIDs only");
}

static void no_fields_take_any_object(void **state)
{
    static const struct field none[] = {{NULL, 0, false, 0}};

    assert_int_equal(read_n(*state, none, "{\"a\":1}", 7), RESULT_OK);
}

#define READ_TEST(name) cmocka_unit_test_setup_teardown(name, reading_setup, reading_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_read),
        cmocka_unit_test(other_values_are_of_the_wrong_shape),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(extensions_of_json_are_refused),
        cmocka_unit_test(nothing_hides_behind_a_nul),
        cmocka_unit_test(bare_control_characters_are_refused),
        cmocka_unit_test(only_utf8_is_read),
        cmocka_unit_test(depth_is_bounded),
        READ_TEST(text_is_what_was_sent),
        READ_TEST(every_type_refuses_the_others),
        READ_TEST(names),
        READ_TEST(names_of_peers_are_never_refused),
        READ_TEST(usernames),
        READ_TEST(texts_have_the_bound_of_their_field),
        READ_TEST(passwords),
        READ_TEST(messages_have_the_configured_bound),
        READ_TEST(booleans),
        READ_TEST(uuids),
        READ_TEST(lists_of_uuids),
        READ_TEST(optional_fields_may_be_left_out),
        READ_TEST(null_is_told_from_what_is_left_out),
        READ_TEST(required_fields_must_be_there),
        READ_TEST(order_and_unknown_fields_do_not_matter),
        READ_TEST(error_names_the_field_that_is_wrong),
        READ_TEST(no_fields_take_any_object),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
