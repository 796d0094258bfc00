/*
 * test_frame.c - the bytes that streams get: ids, SSE messages, WebSocket frames, and whose they are.
 */
#include "worker/stream/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const uint64_t epoch = 0x1f2e3d4c5b6a7988;

static struct event event_of(uint64_t id, const char *json)
{
    return (struct event){.id = id, .kind = EVENT_NEW_MESSAGE, .json = json, .length = strlen(json)};
}

static void expect_bytes(h2o_iovec_t bytes, const void *expected, size_t length)
{
    assert_int_equal(bytes.len, length);
    assert_memory_equal(bytes.base, expected, length);
}

/* ---- ids ---- */

static void id_comes_back_as_it_went(void **state)
{
    static const uint64_t numbers[] = {0, 1, 9, 10, 4294967296, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};
    static const uint64_t epochs[] = {0, 1, 0x1f2e3d4c5b6a7988, UINT64_MAX};
    char text[FRAME_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        for (size_t k = 0; k < sizeof(epochs) / sizeof(epochs[0]); k++) {
            uint64_t id = ~numbers[i];
            size_t length = frame_id_format(epochs[k], numbers[i], text);
            assert_int_equal(length, strlen(text));
            assert_true(frame_id_parse(text, epochs[k], &id));
            assert_true(id == numbers[i]);
        }
    frame_id_format(epoch, 42, text);
    assert_string_equal(text, "1f2e3d4c5b6a7988-42");
}

static void longest_id_fits(void **state)
{
    char text[FRAME_ID_SIZE];

    (void)state;
    assert_in_range(frame_id_format(UINT64_MAX, UINT64_MAX, text), 1, FRAME_ID_SIZE - 1);
    assert_string_equal(text, "ffffffffffffffff-18446744073709551615");
}

static void id_of_another_epoch_is_refused(void **state)
{
    char text[FRAME_ID_SIZE];
    uint64_t id;

    (void)state;
    frame_id_format(epoch + 1, 42, text);
    assert_false(frame_id_parse(text, epoch, &id));
    frame_id_format(epoch >> 4, 42, text); /* the same digits, one less */
    assert_false(frame_id_parse(text, epoch, &id));
}

static void id_in_any_other_form_is_refused(void **state)
{
    static const char *const hostile[] = {
        "",
        "-",
        "42",
        "1f2e3d4c5b6a7988",
        "1f2e3d4c5b6a7988-",
        "1f2e3d4c5b6a7988 42",
        "1f2e3d4c5b6a7988--42",
        "1f2e3d4c5b6a7988--1",
        "1f2e3d4c5b6a7988-+42",
        "1f2e3d4c5b6a7988- 42",
        "1f2e3d4c5b6a7988-\t42",
        "1f2e3d4c5b6a7988-042",
        "1f2e3d4c5b6a7988-00000000000000000042",
        "1f2e3d4c5b6a7988-0x2a",
        "1f2e3d4c5b6a7988-2a",
        "1f2e3d4c5b6a7988-42 ",
        "1f2e3d4c5b6a7988-42\n",
        "1f2e3d4c5b6a7988-42-42",
        "1f2e3d4c5b6a7988-42.0",
        "1f2e3d4c5b6a7988-4e1",
        " 1f2e3d4c5b6a7988-42",
        "+1f2e3d4c5b6a7988-42",
        "-1f2e3d4c5b6a7988-42",
        "0x1f2e3d4c5b6a7988-42",
        "01f2e3d4c5b6a7988-42",
        "1F2E3D4C5B6A7988-42",
        "1f2e3d4c5b6a798842",
        "\xff\xfe-42",
        "%s%n-42",
        /* 2^64, which must not become the largest number or 0, and more */
        "1f2e3d4c5b6a7988-18446744073709551616",
        "1f2e3d4c5b6a7988-18446744073709551657",
        "1f2e3d4c5b6a7988-99999999999999999999",
        "1f2e3d4c5b6a7988-184467440737095516150",
        "11f2e3d4c5b6a7988-42",
    };
    uint64_t id;

    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
        if (frame_id_parse(hostile[i], epoch, &id))
            fail_msg("\"%s\" was taken as %llu", hostile[i], (unsigned long long)id);
}

static void overlong_id_is_refused(void **state)
{
    static char text[100000];
    uint64_t id;

    (void)state;
    for (size_t length = FRAME_ID_SIZE - 1; length < sizeof(text); length = length * 3 / 2) {
        memset(text, '1', length);
        text[16] = '-';
        text[length] = '\0';
        assert_false(frame_id_parse(text, UINT64_C(0x1111111111111111), &id));
    }
}

/* ---- SSE ---- */

static void event_is_one_sse_message(void **state)
{
    struct event event = event_of(7, "{\"event\":\"x\"}");
    struct frame *frame = frame_of_event(epoch, &event);
    static const char expected[] = "id: 1f2e3d4c5b6a7988-7\ndata: {\"event\":\"x\"}\n\n";

    (void)state;
    expect_bytes(frame_bytes(frame, STREAM_SSE), expected, sizeof(expected) - 1);
    frame_release(frame);
}

static void event_need_not_end_with_nul_nor_live_on(void **state)
{
    char json[] = {'{', '"', 'a', '"', ':', '1', '}'};
    struct event event = {.id = 1, .kind = EVENT_RESYNC, .json = json, .length = sizeof(json)};
    struct frame *frame = frame_of_event(1, &event);
    static const char sse[] = "id: 1-1\ndata: {\"a\":1}\n\n", text[] = "\x81\x12{\"id\":\"1-1\",\"a\":1}";

    (void)state;
    memset(json, '!', sizeof(json));
    expect_bytes(frame_bytes(frame, STREAM_SSE), sse, sizeof(sse) - 1);
    expect_bytes(frame_bytes(frame, STREAM_WEBSOCKET), text, sizeof(text) - 1);
    frame_release(frame);
}

static void sse_text_is_sent_as_it_is(void **state)
{
    struct frame *frame = frame_of_sse(": keep-alive\n\n", 14);

    (void)state;
    expect_bytes(frame_bytes(frame, STREAM_SSE), ": keep-alive\n\n", 14);
    assert_int_equal(frame_bytes(frame, STREAM_WEBSOCKET).len, 0); /* a WebSocket has nothing to send of it */
    frame_release(frame);
}

/* ---- WebSocket ---- */

/* The header that RFC 6455, 5.2 asks for: the shortest form of the length, final, without a mask. */
static void websocket_header_is_the_shortest(void **state)
{
    static const struct {
        size_t length;
        size_t header_length;
        uint8_t header[10];
    } cases[] = {
        {0, 2, {0x81, 0}},
        {1, 2, {0x81, 1}},
        {125, 2, {0x81, 125}},
        {126, 4, {0x81, 126, 0, 126}},
        {127, 4, {0x81, 126, 0, 127}},
        {256, 4, {0x81, 126, 1, 0}},
        {65535, 4, {0x81, 126, 0xff, 0xff}},
        {65536, 10, {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
        {16909060, 10, {0x81, 127, 0, 0, 0, 0, 1, 2, 3, 4}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *payload = malloc(cases[i].length + 1);
        for (size_t k = 0; k < cases[i].length; k++)
            payload[k] = (char)('a' + k % 26);
        struct frame *frame = frame_of_websocket(FRAME_TEXT, payload, cases[i].length);
        h2o_iovec_t bytes = frame_bytes(frame, STREAM_WEBSOCKET);
        assert_int_equal(bytes.len, cases[i].header_length + cases[i].length);
        assert_memory_equal(bytes.base, cases[i].header, cases[i].header_length);
        assert_int_equal(memcmp(bytes.base + cases[i].header_length, payload, cases[i].length), 0);
        assert_int_equal(frame_bytes(frame, STREAM_SSE).len, 0);
        frame_release(frame);
        free(payload);
    }
}

static void opcodes_are_kept(void **state)
{
    struct frame *ping = frame_of_websocket(FRAME_PING, "", 0), *end = frame_of_websocket(FRAME_CLOSE, "\x03\xe9", 2);

    (void)state;
    expect_bytes(frame_bytes(ping, STREAM_WEBSOCKET), "\x89\x00", 2);
    expect_bytes(frame_bytes(end, STREAM_WEBSOCKET), "\x88\x02\x03\xe9", 4);
    frame_release(ping);
    frame_release(end);
}

static void whole_frame_is_sent_as_it_is(void **state)
{
    static const char pong[] = {(char)0x8a, 0x03, 'a', '\0', 'b'};
    struct frame *frame = frame_of_websocket_raw(pong, sizeof(pong));

    (void)state;
    expect_bytes(frame_bytes(frame, STREAM_WEBSOCKET), pong, sizeof(pong));
    frame_release(frame);
}

static void websocket_json_starts_with_the_id(void **state)
{
    struct event event = event_of(UINT64_MAX, "{\"event\":\"new_message\",\"user_id\":null}");
    struct frame *frame = frame_of_event(UINT64_MAX, &event);
    static const char expected[] = "{\"id\":\"ffffffffffffffff-18446744073709551615\","
                                   "\"event\":\"new_message\",\"user_id\":null}";
    h2o_iovec_t bytes = frame_bytes(frame, STREAM_WEBSOCKET);

    (void)state;
    assert_int_equal((uint8_t)bytes.base[0], 0x81);
    assert_int_equal((uint8_t)bytes.base[1], sizeof(expected) - 1);
    expect_bytes(h2o_iovec_init(bytes.base + 2, bytes.len - 2), expected, sizeof(expected) - 1);
    frame_release(frame);
}

/* With the id, the JSON passes a bound of the header that it had not reached by itself. */
static void id_counts_for_the_length(void **state)
{
    static char json[70000];

    (void)state;
    for (size_t around = 126; around < sizeof(json); around = around == 126 ? 65536 : sizeof(json))
        for (size_t length = around - 20; length <= around; length++) {
            memset(json, 'x', length);
            memcpy(json, "{\"k\":\"", 6);
            memcpy(json + length - 2, "\"}", 2);
            struct event event = {.id = 1, .kind = EVENT_NEW_MESSAGE, .json = json, .length = length};
            struct frame *frame = frame_of_event(1, &event);
            h2o_iovec_t bytes = frame_bytes(frame, STREAM_WEBSOCKET);
            size_t payload = length + strlen("\"id\":\"1-1\",");
            size_t header = payload < 126 ? 2 : payload < 65536 ? 4 : 10;
            assert_int_equal(bytes.len, header + payload);
            assert_memory_equal(bytes.base + header, "{\"id\":\"1-1\",\"k\":\"", 17);
            assert_int_equal(memcmp(bytes.base + header + 12, json + 1, length - 1), 0);
            frame_release(frame);
        }
}

/* ---- references ---- */

static void frame_lives_until_the_last_reference(void **state)
{
    struct event event = event_of(7, "{\"event\":\"x\"}");
    struct frame *frame = frame_of_event(epoch, &event);

    (void)state;
    for (int i = 0; i < 3; i++)
        frame_hold(frame);
    h2o_iovec_t sse = frame_bytes(frame, STREAM_SSE), text = frame_bytes(frame, STREAM_WEBSOCKET);
    for (int i = 0; i < 3; i++) {
        frame_release(frame);
        assert_memory_equal(sse.base, "id: 1f2e3d4c5b6a7988-7\n", 23); /* the sanitizer would see it freed */
        assert_memory_equal(text.base + 2, "{\"id\":\"1f2e3d4c5b6a7988-7\",", 27);
    }
    frame_release(frame);
}

static void bytes_are_made_once(void **state)
{
    struct event event = event_of(7, "{\"event\":\"x\"}");
    struct frame *frame = frame_of_event(epoch, &event);
    const char *sse = frame_bytes(frame, STREAM_SSE).base, *text = frame_bytes(frame, STREAM_WEBSOCKET).base;

    (void)state;
    assert_ptr_equal(frame_bytes(frame, STREAM_SSE).base, sse);
    assert_ptr_equal(frame_bytes(frame, STREAM_WEBSOCKET).base, text);
    assert_ptr_not_equal(sse, text);
    frame_release(frame);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_comes_back_as_it_went),
        cmocka_unit_test(longest_id_fits),
        cmocka_unit_test(id_of_another_epoch_is_refused),
        cmocka_unit_test(id_in_any_other_form_is_refused),
        cmocka_unit_test(overlong_id_is_refused),
        cmocka_unit_test(event_is_one_sse_message),
        cmocka_unit_test(event_need_not_end_with_nul_nor_live_on),
        cmocka_unit_test(sse_text_is_sent_as_it_is),
        cmocka_unit_test(websocket_header_is_the_shortest),
        cmocka_unit_test(opcodes_are_kept),
        cmocka_unit_test(whole_frame_is_sent_as_it_is),
        cmocka_unit_test(websocket_json_starts_with_the_id),
        cmocka_unit_test(id_counts_for_the_length),
        cmocka_unit_test(frame_lives_until_the_last_reference),
        cmocka_unit_test(bytes_are_made_once),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
