/*
 * test_peer_read.c - what other servers send: the forms that are taken, and those that are refused by which field.
 */
#include "worker/api/peer_read.h"

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

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define ZOE "{\"username\":\"zoe\",\"server\":\"x\"}"
#define ALICE "{\"username\":\"alice\",\"server\":\"a\",\"display_name\":\"Alice\"}"
#define NEWS "{\"name\":\"the news\",\"origin_server\":\"x\"}"
#define MESSAGE_START "{\"message_id\":\"" ID "\",\"sent_at\":\"2026-01-02T03:04:05.5Z\",\"body\":\"Hello\","

enum { MESSAGE_MOST = 100 };

/* What a test reads, and what it has to give back. */
struct reading {
    h2o_mem_pool_t pool;
    struct json_object *object;
    struct peer_item item;
};

static int begin(void **state)
{
    struct reading *reading = calloc(1, sizeof(*reading));

    assert_non_null(reading);
    h2o_mem_init_pool(&reading->pool);
    *state = reading;
    return 0;
}

static int end(void **state)
{
    struct reading *reading = *state;

    json_object_put(reading->object);
    h2o_mem_clear_pool(&reading->pool);
    free(reading);
    return 0;
}

static struct json_object *parse(struct reading *reading, const char *text)
{
    const char *error = NULL;

    json_object_put(reading->object);
    reading->object = NULL;
    if (body_parse(text, strlen(text), &reading->object, &error) != RESULT_OK)
        fail_msg("%s: %s", text, error);
    return reading->object;
}

static const struct peer_item *accept_body(void **state, enum peer_kind kind, const char *text)
{
    struct reading *reading = *state;
    enum result result = peer_read(&reading->pool, kind, parse(reading, text), MESSAGE_MOST, &reading->item);

    if (result != RESULT_OK)
        fail_msg("%s: result %d, %s", text, result, reading->item.error);
    assert_int_equal(reading->item.kind, kind);
    assert_int_equal(reading->item.result, RESULT_OK);
    return &reading->item;
}

/* `names` is to be found in what the error says. */
static void refuse_body(void **state, enum peer_kind kind, const char *text, enum result expected, const char *names)
{
    struct reading *reading = *state;
    enum result result = peer_read(&reading->pool, kind, parse(reading, text), MESSAGE_MOST, &reading->item);

    if (result != expected)
        fail_msg("%s: result %d instead of %d", text, result, expected);
    assert_int_equal(reading->item.result, expected);
    assert_non_null(reading->item.error);
    if (strstr(reading->item.error, names) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", text, reading->item.error, names);
}

/* ---- messages ---- */

static void a_direct_message_is_read(void **state)
{
    const struct peer_item *item =
        accept_body(state, PEER_MESSAGE,
                    MESSAGE_START "\"kind\":\"dm\",\"author\":" ZOE ",\"recipient\":" ALICE ",\"channel\":null,\"more\":[1]}");
    char id[UUID_TEXT_LENGTH + 1];

    assert_string_equal(uuid_format(&item->id, id), ID);
    assert_string_equal(item->sent_at_text, "2026-01-02T03:04:05.5Z");
    assert_true(item->sent_at % 1000000000 == 500000000);
    assert_string_equal(item->text, "Hello");
    assert_int_equal(item->length, 5);
    assert_string_equal(item->person.username, "zoe");
    assert_string_equal(item->person.server, "x");
    assert_null(item->person.display_name);
    assert_string_equal(item->other.username, "alice");
    assert_string_equal(item->other.display_name, "Alice");
    assert_null(item->channel.name);
}

static void a_message_to_a_channel_is_read(void **state)
{
    const struct peer_item *item =
        accept_body(state, PEER_MESSAGE, MESSAGE_START "\"kind\":\"channel\",\"author\":" ZOE ",\"channel\":" NEWS "}");

    assert_null(item->other.username);
    assert_string_equal(item->channel.name, "the news");
    assert_string_equal(item->channel.origin_server, "x");
    assert_int_equal(item->channel.is_private, -1);
    item = accept_body(state, PEER_MESSAGE,
                       MESSAGE_START "\"kind\":\"channel\",\"author\":" ZOE ",\"recipient\":null,"
                                     "\"channel\":{\"name\":\"n\",\"origin_server\":\"x\",\"is_private\":true}}");
    assert_int_equal(item->channel.is_private, 1);
}

static void display_names_tell_none_from_not_said(void **state)
{
    static const char form[] = MESSAGE_START "\"kind\":\"channel\",\"channel\":" NEWS
                                             ",\"author\":{\"username\":\"z\",\"server\":\"x\",\"display_name\":%s}}";
    char text[400];

    snprintf(text, sizeof(text), form, "null");
    assert_null(accept_body(state, PEER_MESSAGE, text)->person.display_name);
    snprintf(text, sizeof(text), form, "\"\"");
    assert_string_equal(accept_body(state, PEER_MESSAGE, text)->person.display_name, "");
    snprintf(text, sizeof(text), form, "\"a\\u0007b\"");
    assert_string_equal(accept_body(state, PEER_MESSAGE, text)->person.display_name, ""); /* nobody is refused for that */
    snprintf(text, sizeof(text), form, "7");
    refuse_body(state, PEER_MESSAGE, text, RESULT_WRONG_SHAPE, "in `author`: field `display_name`");
}

static void a_message_has_one_goal_that_fits_its_kind(void **state)
{
    static const struct {
        const char *rest;
        enum result result;
        const char *names;
    } wrong[] = {
        {"\"kind\":\"dm\"}", RESULT_WRONG_SHAPE, "`recipient`"},
        {"\"kind\":\"dm\",\"channel\":" NEWS "}", RESULT_WRONG_SHAPE, "`recipient`"},
        {"\"kind\":\"dm\",\"recipient\":" ALICE ",\"channel\":" NEWS "}", RESULT_WRONG_SHAPE, "no `channel`"},
        {"\"kind\":\"channel\"}", RESULT_WRONG_SHAPE, "`channel`"},
        {"\"kind\":\"channel\",\"recipient\":" ALICE "}", RESULT_WRONG_SHAPE, "`channel`"},
        {"\"kind\":\"channel\",\"recipient\":" ALICE ",\"channel\":" NEWS "}", RESULT_WRONG_SHAPE, "no `recipient`"},
        {"\"kind\":\"DM\",\"recipient\":" ALICE "}", RESULT_BAD_REQUEST, "`kind`"},
        {"\"recipient\":" ALICE "}", RESULT_WRONG_SHAPE, "`kind`"},
    };
    char text[600];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(text, sizeof(text), MESSAGE_START "\"author\":" ZOE ",%s", wrong[i].rest);
        refuse_body(state, PEER_MESSAGE, text, wrong[i].result, wrong[i].names);
    }
}

static void errors_name_the_field_and_what_it_is_in(void **state)
{
    static const struct {
        const char *author;
        enum result result;
        const char *names;
    } wrong[] = {
        {"null", RESULT_WRONG_SHAPE, "`author`"},
        {"\"zoe\"", RESULT_WRONG_SHAPE, "`author`"},
        {"[]", RESULT_WRONG_SHAPE, "`author`"},
        {"{}", RESULT_WRONG_SHAPE, "in `author`: field `username`"},
        {"{\"username\":\"zoe\"}", RESULT_WRONG_SHAPE, "in `author`: field `server`"},
        {"{\"username\":7,\"server\":\"x\"}", RESULT_WRONG_SHAPE, "in `author`: field `username`"},
        {"{\"username\":\"z@x\",\"server\":\"x\"}", RESULT_BAD_REQUEST, "in `author`: field `username`"},
        {"{\"username\":\"z\\u0000\",\"server\":\"x\"}", RESULT_BAD_REQUEST, "in `author`: field `username`"},
        {"{\"username\":\"z\",\"server\":\"x y\"}", RESULT_BAD_REQUEST, "in `author`: field `server`"},
    };
    char text[600];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(text, sizeof(text), MESSAGE_START "\"kind\":\"dm\",\"recipient\":" ALICE ",\"author\":%s}", wrong[i].author);
        refuse_body(state, PEER_MESSAGE, text, wrong[i].result, wrong[i].names);
    }
}

static void names_and_bodies_are_bounded(void **state)
{
    static const char form[] = "{\"message_id\":\"" ID "\",\"sent_at\":\"2026-01-02T03:04:05Z\",\"kind\":\"channel\","
                               "\"body\":\"%.*s\",\"author\":{\"username\":\"%.*s\",\"server\":\"x\"},\"channel\":" NEWS "}";
    char long_text[200], text[800];

    memset(long_text, 'y', sizeof(long_text));
    snprintf(text, sizeof(text), form, MESSAGE_MOST, long_text, 128, long_text);
    accept_body(state, PEER_MESSAGE, text);
    snprintf(text, sizeof(text), form, MESSAGE_MOST + 1, long_text, 128, long_text);
    refuse_body(state, PEER_MESSAGE, text, RESULT_BAD_REQUEST, "`body`");
    snprintf(text, sizeof(text), form, MESSAGE_MOST, long_text, 129, long_text);
    refuse_body(state, PEER_MESSAGE, text, RESULT_BAD_REQUEST, "`username`");
    snprintf(text, sizeof(text), form, 0, long_text, 128, long_text);
    refuse_body(state, PEER_MESSAGE, text, RESULT_BAD_REQUEST, "`body`");
}

static void times_must_be_times(void **state)
{
    static const char *const wrong[] = {"yesterday", "2026-01-02", "2026-02-30T00:00:00Z", "2026-01-02T03:04:05", " "};
    char text[600];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(text, sizeof(text),
                 "{\"message_id\":\"" ID "\",\"sent_at\":\"%s\",\"kind\":\"channel\",\"body\":\"Hello\",\"author\":" ZOE
                 ",\"channel\":" NEWS "}",
                 wrong[i]);
        refuse_body(state, PEER_MESSAGE, text, RESULT_BAD_REQUEST, "`sent_at`");
    }
}

/* ---- the others ---- */

static void memberships_are_read(void **state)
{
    const struct peer_item *item =
        accept_body(state, PEER_MEMBERSHIP, "{\"channel\":" NEWS ",\"member\":" ALICE ",\"removed\":null}");

    assert_string_equal(item->person.username, "alice");
    assert_string_equal(item->channel.name, "the news");
    assert_true(item->is_added && !item->is_join);
    item = accept_body(state, PEER_MEMBERSHIP, "{\"channel\":" NEWS ",\"member\":" ZOE ",\"join\":true,\"removed\":false}");
    assert_true(item->is_added && item->is_join);
    item = accept_body(state, PEER_MEMBERSHIP, "{\"channel\":" NEWS ",\"member\":" ZOE ",\"removed\":true}");
    assert_true(!item->is_added && !item->is_join);
    refuse_body(state, PEER_MEMBERSHIP, "{\"channel\":" NEWS ",\"member\":" ZOE ",\"removed\":true,\"join\":true}",
                RESULT_BAD_REQUEST, "`join`");
    refuse_body(state, PEER_MEMBERSHIP, "{\"channel\":" NEWS "}", RESULT_WRONG_SHAPE, "`member`");
    refuse_body(state, PEER_MEMBERSHIP, "{\"member\":" ZOE "}", RESULT_WRONG_SHAPE, "`channel`");
    refuse_body(state, PEER_MEMBERSHIP, "{\"channel\":" NEWS ",\"member\":" ZOE ",\"join\":\"yes\"}", RESULT_WRONG_SHAPE,
                "`join`");
    refuse_body(state, PEER_MEMBERSHIP, "{\"channel\":{\"name\":\"\",\"origin_server\":\"x\"},\"member\":" ZOE "}",
                RESULT_BAD_REQUEST, "in `channel`: field `name`");
}

static void calls_are_read(void **state)
{
    static const char join[] = "{\"channel\":" NEWS ",\"event\":\"join\",\"participant\":" ZOE
                               ",\"participant_user_id\":\"" ID "\"}";

    assert_true(accept_body(state, PEER_CALL, join)->is_added);
    assert_false(
        accept_body(state, PEER_CALL, "{\"channel\":" NEWS ",\"event\":\"leave\",\"participant\":" ZOE "}")->is_added);
    refuse_body(state, PEER_CALL, "{\"channel\":" NEWS ",\"event\":\"dance\",\"participant\":" ZOE "}", RESULT_BAD_REQUEST,
                "`event`");
    refuse_body(state, PEER_CALL, "{\"channel\":" NEWS ",\"event\":\"join\"}", RESULT_WRONG_SHAPE, "`participant`");
}

static void signals_are_read(void **state)
{
    const struct peer_item *item =
        accept_body(state, PEER_SIGNAL,
                    "{\"from_user\":" ZOE ",\"to_user\":" ALICE ",\"signal_type\":\"offer\",\"payload\":\"{\\\"sdp\\\":1}\"}");

    assert_string_equal(item->person.username, "zoe");
    assert_string_equal(item->other.username, "alice");
    assert_string_equal(item->signal_type, "offer");
    assert_int_equal(item->signal_type_length, 5);
    assert_string_equal(item->text, "{\"sdp\":1}");
    assert_int_equal(item->length, 9);
    item = accept_body(state, PEER_SIGNAL,
                       "{\"from_user\":" ZOE ",\"to_user\":" ALICE ",\"signal_type\":\"hangup\",\"payload\":null}");
    assert_string_equal(item->text, "");
    assert_int_equal(item->length, 0);
    refuse_body(state, PEER_SIGNAL, "{\"from_user\":" ZOE ",\"to_user\":" ALICE ",\"signal_type\":\"x\",\"payload\":{}}",
                RESULT_WRONG_SHAPE, "`payload`");
    refuse_body(state, PEER_SIGNAL, "{\"from_user\":" ZOE ",\"signal_type\":\"x\"}", RESULT_WRONG_SHAPE, "`to_user`");
}

static void changes_are_read(void **state)
{
    const struct peer_item *item = accept_body(state, PEER_CHANGE, "{\"channel\":" NEWS ",\"new_name\":\"the olds\"}");

    assert_string_equal(item->channel.name, "the news");
    assert_string_equal(item->new_name, "the olds");
    assert_null(item->person.username);
    item = accept_body(state, PEER_CHANGE, "{\"user\":" ZOE ",\"channel\":null,\"new_name\":null}");
    assert_string_equal(item->person.username, "zoe");
    assert_null(item->channel.name);
    assert_null(item->new_name);
    refuse_body(state, PEER_CHANGE, "{\"user\":" ZOE "}", RESULT_WRONG_SHAPE, "`new_name`");
    refuse_body(state, PEER_CHANGE, "{\"user\":" ZOE ",\"new_name\":\"zoe two\"}", RESULT_BAD_REQUEST, "`new_name`");
    refuse_body(state, PEER_CHANGE, "{\"new_name\":\"x\"}", RESULT_WRONG_SHAPE, "`user`");
    refuse_body(state, PEER_CHANGE, "{\"user\":" ZOE ",\"channel\":" NEWS ",\"new_name\":\"x\"}", RESULT_WRONG_SHAPE, "either");
}

/* ---- batches ---- */

static enum result read_batch(void **state, const char *text, struct peer_item **items_r, size_t *count_r)
{
    struct reading *reading = *state;
    const char *error = NULL;
    enum result result =
        peer_read_batch(&reading->pool, parse(reading, text), MESSAGE_MOST, items_r, count_r, &error);

    assert_true((result == RESULT_OK) == (error == NULL));
    return result;
}

static void items_of_a_batch_stand_for_themselves(void **state)
{
    static const char text[] = "{\"items\":["
                               "{\"kind\":\"message\",\"body\":" MESSAGE_START "\"kind\":\"channel\",\"author\":" ZOE
                               ",\"channel\":" NEWS "}},"
                               "{\"kind\":\"call\",\"body\":{\"channel\":" NEWS ",\"event\":\"join\",\"participant\":" ZOE "}},"
                               "{\"kind\":\"nonsense\",\"body\":{}},"
                               "{\"kind\":\"message\",\"body\":{}},"
                               "{\"kind\":\"message\"},"
                               "17,null,[],"
                               "{\"kind\":\"signal\",\"body\":{\"from_user\":" ZOE ",\"to_user\":" ALICE
                               ",\"signal_type\":\"x\"}},"
                               "{\"kind\":\"membership\",\"body\":{\"channel\":" NEWS ",\"member\":" ALICE "}},"
                               "{\"kind\":\"change\",\"body\":{\"user\":" ZOE ",\"new_name\":null}}]}";
    static const enum result expected[] = {
        RESULT_OK,          RESULT_OK,          RESULT_BAD_REQUEST, RESULT_WRONG_SHAPE, RESULT_WRONG_SHAPE, RESULT_WRONG_SHAPE,
        RESULT_WRONG_SHAPE, RESULT_WRONG_SHAPE, RESULT_OK,          RESULT_OK,          RESULT_OK,
    };
    struct peer_item *items;
    size_t count;

    assert_int_equal(read_batch(state, text, &items, &count), RESULT_OK);
    assert_int_equal(count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < count; i++) {
        if (items[i].result != expected[i])
            fail_msg("item %zu: result %d instead of %d", i, items[i].result, expected[i]);
        assert_true((items[i].result == RESULT_OK) == (items[i].error == NULL));
    }
    assert_int_equal(items[0].kind, PEER_MESSAGE);
    assert_int_equal(items[1].kind, PEER_CALL);
    assert_int_equal(items[8].kind, PEER_SIGNAL);
    assert_int_equal(items[9].kind, PEER_MEMBERSHIP);
    assert_int_equal(items[10].kind, PEER_CHANGE);
}

static void a_batch_is_a_list_of_bounded_length(void **state)
{
    char text[2 * PEER_BATCH_MOST + 40];
    struct peer_item *items;
    size_t count;

    assert_int_equal(read_batch(state, "{\"items\":[]}", &items, &count), RESULT_OK);
    assert_int_equal(count, 0);
    assert_int_equal(read_batch(state, "{}", &items, &count), RESULT_WRONG_SHAPE);
    assert_int_equal(read_batch(state, "{\"items\":{}}", &items, &count), RESULT_WRONG_SHAPE);
    for (size_t extra = 0; extra <= 1; extra++) {
        char *out = stpcpy(text, "{\"items\":[1");
        for (size_t i = 1; i < PEER_BATCH_MOST + extra; i++)
            out = stpcpy(out, ",1");
        stpcpy(out, "]}");
        assert_int_equal(read_batch(state, text, &items, &count), extra == 0 ? RESULT_OK : RESULT_BAD_REQUEST);
    }
    assert_int_equal(count, PEER_BATCH_MOST);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_direct_message_is_read),
        TEST(a_message_to_a_channel_is_read),
        TEST(display_names_tell_none_from_not_said),
        TEST(a_message_has_one_goal_that_fits_its_kind),
        TEST(errors_name_the_field_and_what_it_is_in),
        TEST(names_and_bodies_are_bounded),
        TEST(times_must_be_times),
        TEST(memberships_are_read),
        TEST(calls_are_read),
        TEST(signals_are_read),
        TEST(changes_are_read),
        TEST(items_of_a_batch_stand_for_themselves),
        TEST(a_batch_is_a_list_of_bounded_length),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
