/*
 * test_peer_json.c - the bodies that servers send each other, letter by letter.
 */
#include "bering/peer_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct peer_person alice = {.username = "alice", .server = "server_a", .display_name = "Alice A."};
static const struct peer_person bob = {.username = "bob", .server = "server_b"};

static void expect(struct json *json, const char *text)
{
    size_t length;
    char *written = json_take(json, &length);

    assert_string_equal(written, text);
    assert_int_equal(length, strlen(text));
    free(written);
}

static void a_direct_message(void **state)
{
    (void)state;
    struct json json = {0};
    struct peer_post post = {
        .id = {{0xab, [15] = 0x01}},
        .sent_at = "2024-05-01T10:00:00.123456789Z",
        .author = alice,
        .recipient = bob,
        .body = "hi \"bob\"\nand more",
        .body_length = 8,
    };

    peer_json_message(&json, &post);
    expect(&json,
           "{\"message_id\":\"ab000000-0000-0000-0000-000000000001\",\"sent_at\":\"2024-05-01T10:00:00.123456789Z\","
           "\"kind\":\"dm\",\"body\":\"hi \\\"bob\\\"\","
           "\"author\":{\"username\":\"alice\",\"server\":\"server_a\",\"display_name\":\"Alice A.\"},"
           "\"recipient\":{\"username\":\"bob\",\"server\":\"server_b\",\"display_name\":null},\"channel\":null}");
}

static void a_channel_message(void **state)
{
    (void)state;
    struct json json = {0};
    struct peer_post post = {
        .sent_at = "1970-01-01T00:00:01.5Z",
        .author = bob,
        .channel_name = "general chat",
        .channel_origin = "server_c",
        .body = "gr\xc3\xbc\xc3\x9f",
        .body_length = 6,
    };

    peer_json_message(&json, &post);
    expect(&json, "{\"message_id\":\"00000000-0000-0000-0000-000000000000\",\"sent_at\":\"1970-01-01T00:00:01.5Z\","
                  "\"kind\":\"channel\",\"body\":\"gr\xc3\xbc\xc3\x9f\","
                  "\"author\":{\"username\":\"bob\",\"server\":\"server_b\",\"display_name\":null},"
                  "\"recipient\":null,\"channel\":{\"name\":\"general chat\",\"origin_server\":\"server_c\"}}");
}

#define MEMBERSHIP                                                                                                     \
    "{\"channel\":{\"name\":\"general\",\"origin_server\":\"server_a\"},"                                              \
    "\"member\":{\"username\":\"bob\",\"server\":\"server_b\",\"display_name\":null}"

static const struct peer_channel general = {"general", "server_a", -1};

static void a_membership_says_to_an_original_only_what_it_knows(void **state)
{
    (void)state;
    struct json json = {0};

    peer_json_membership(&json, &general, &bob, false, false);
    expect(&json, MEMBERSHIP "}");
    peer_json_membership(&json, &general, &bob, true, false);
    expect(&json, MEMBERSHIP ",\"removed\":true}");
    peer_json_membership(&json, &general, &bob, false, true);
    expect(&json, MEMBERSHIP ",\"join\":true}");
    peer_json_membership(&json, &general, &bob, true, true);
    expect(&json, MEMBERSHIP ",\"removed\":true,\"join\":true}");
}

static const struct uuid changed = {{0xcc, [15] = 0x01}};
#define CHANGED "\"id\":\"cc000000-0000-0000-0000-000000000001\","

static void a_channel_says_how_it_is(void **state)
{
    (void)state;
    struct json json = {0};

    peer_json_membership(&json, &(struct peer_channel){"board", "server_a", 1}, &bob, false, false);
    expect(&json, "{\"channel\":{\"name\":\"board\",\"origin_server\":\"server_a\",\"is_private\":true},"
                  "\"member\":{\"username\":\"bob\",\"server\":\"server_b\",\"display_name\":null}}");
    peer_json_channel_change(&json, &(struct peer_channel){"board", "server_a", 0}, &changed, "board");
    expect(&json, "{\"channel\":{\"name\":\"board\",\"origin_server\":\"server_a\",\"is_private\":false}," CHANGED
                  "\"new_name\":\"board\"}");
}

static void a_call_event(void **state)
{
    (void)state;
    struct json json = {0};
    struct uuid id = {{0xee, [15] = 0x02}};

    peer_json_call(&json, "general", "server_a", CALL_WORD_JOIN, &alice, &id);
    expect(&json, "{\"channel\":{\"name\":\"general\",\"origin_server\":\"server_a\"},\"event\":\"join\","
                  "\"participant\":{\"username\":\"alice\",\"server\":\"server_a\",\"display_name\":\"Alice A.\"},"
                  "\"participant_user_id\":\"ee000000-0000-0000-0000-000000000002\"}");
    peer_json_call(&json, "general", "server_a", CALL_WORD_LEAVE, &bob, &id);
    expect(&json, "{\"channel\":{\"name\":\"general\",\"origin_server\":\"server_a\"},\"event\":\"leave\","
                  "\"participant\":{\"username\":\"bob\",\"server\":\"server_b\",\"display_name\":null},"
                  "\"participant_user_id\":\"ee000000-0000-0000-0000-000000000002\"}");
}

static void changes_and_deletions(void **state)
{
    (void)state;
    struct json json = {0};

    peer_json_channel_change(&json, &general, &changed, "all");
    expect(&json, "{\"channel\":{\"name\":\"general\",\"origin_server\":\"server_a\"}," CHANGED "\"new_name\":\"all\"}");
    peer_json_channel_change(&json, &general, &changed, NULL);
    expect(&json, "{\"channel\":{\"name\":\"general\",\"origin_server\":\"server_a\"}," CHANGED "\"new_name\":null}");
    peer_json_user_change(&json, &alice, &changed, "alicia");
    expect(&json, "{\"user\":{\"username\":\"alice\",\"server\":\"server_a\"}," CHANGED "\"new_name\":\"alicia\"}");
    peer_json_user_change(&json, &bob, &changed, NULL);
    expect(&json, "{\"user\":{\"username\":\"bob\",\"server\":\"server_b\"}," CHANGED "\"new_name\":null}");
}

static void a_history_row(void **state)
{
    (void)state;
    struct json json = {0};

    peer_json_history(&json, 5, 0, INT64_MAX);
    expect(&json, "{\"channel_key\":5,\"after_key\":0,\"until_key\":9223372036854775807}");
}

static void bodies_are_values_among_others(void **state)
{
    (void)state;
    struct json json = {0};

    json_array_begin(&json);
    peer_json_history(&json, 1, 2, 3);
    peer_json_user_change(&json, &bob, &changed, NULL);
    json_array_end(&json);
    expect(&json, "[{\"channel_key\":1,\"after_key\":2,\"until_key\":3},"
                  "{\"user\":{\"username\":\"bob\",\"server\":\"server_b\"}," CHANGED "\"new_name\":null}]");
}

static void nothing_that_a_name_holds_breaks_out(void **state)
{
    (void)state;
    static const char name[] = "\",\"server\":\"forged\\\x01\xff";
    struct json json = {0};
    struct peer_person person = {.username = name, .server = name, .display_name = name};
    size_t length;

    peer_json_membership(&json, &(struct peer_channel){name, name, -1}, &person, false, false);
    char *text = json_take(&json, &length);
    struct json_object *read = json_tokener_parse(text), *member = NULL, *server = NULL;
    assert_non_null(read);
    assert_true(json_object_object_get_ex(read, "member", &member));
    assert_int_equal(json_object_object_length(member), 3);
    assert_true(json_object_object_get_ex(member, "server", &server));
    assert_string_equal(json_object_get_string(server), "\",\"server\":\"forged\\\x01\xef\xbf\xbd");
    json_object_put(read);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_direct_message),
        cmocka_unit_test(a_channel_message),
        cmocka_unit_test(a_membership_says_to_an_original_only_what_it_knows),
        cmocka_unit_test(a_channel_says_how_it_is),
        cmocka_unit_test(a_call_event),
        cmocka_unit_test(changes_and_deletions),
        cmocka_unit_test(a_history_row),
        cmocka_unit_test(bodies_are_values_among_others),
        cmocka_unit_test(nothing_that_a_name_holds_breaks_out),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
