/*
 * test_frames.c - which frames of HTTP/2 pass, and what becomes of the others
 */
#include "worker/frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION };
enum { END_STREAM = 1, END_HEADERS = 4, PADDED = 8, HAS_PRIORITY = 0x20 };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
static const uint8_t promise[9] = {0, 0, 0, PUSH_PROMISE};

struct input {
    uint8_t bytes[64 * 1024];
    size_t size;
};

static struct input input;
static struct frames frames;

static int setup(void **state)
{
    (void)state;
    input.size = 0;
    frames = (struct frames){.has_begun = true};
    return 0;
}

static void add(unsigned type, unsigned flags, const void *payload, size_t length)
{
    uint8_t head[9] = {0, (uint8_t)(length >> 8), (uint8_t)length, (uint8_t)type, (uint8_t)flags, 0, 0, 0, 1};

    assert_true(input.size + sizeof(head) + length <= sizeof(input.bytes));
    memcpy(input.bytes + input.size, head, sizeof(head));
    if (length > 0)
        memcpy(input.bytes + input.size + sizeof(head), payload, length);
    input.size += sizeof(head) + length;
}

/* A block of so many literal fields "x: y". */
static void add_fields(unsigned count, unsigned flags)
{
    uint8_t block[5 * 200 + 16];
    size_t length = 0;

    if (flags & PADDED)
        block[length++] = 3;
    if (flags & HAS_PRIORITY)
        length += 5;
    for (unsigned i = 0; i < count; ++i, length += 5)
        memcpy(block + length, "\0\1x\1y", 5);
    if (flags & PADDED)
        length += 3;
    add(HEADERS, flags, block, length);
}

static void check_at(uint64_t now)
{
    input.size = frames_check(&frames, input.bytes, input.size, now);
}

/* All passed as it came. */
static void passes(void)
{
    static struct input before;

    before = input;
    check_at(0);
    assert_null(frames.wrong);
    assert_int_equal(input.size, before.size);
    assert_memory_equal(input.bytes, before.bytes, before.size);
    input.size = 0;
}

/* What stood before `kept` passed; a frame that h2o answers with GOAWAY is the rest. */
static void is_poisoned(size_t kept)
{
    check_at(0);
    assert_non_null(frames.wrong);
    assert_int_equal(input.size, kept + sizeof(promise));
    assert_memory_equal(input.bytes + kept, promise, sizeof(promise));
}

static void a_preface_comes_first(void **state)
{
    (void)state;
    frames.has_begun = false;
    memcpy(input.bytes, preface, 10);
    input.size = 10;
    passes();
    assert_false(frames.has_begun);
    memcpy(input.bytes, preface, 24);
    input.size = 24;
    add(SETTINGS, 0, "", 0);
    passes();
    assert_true(frames.has_begun);
}

static void what_is_no_preface_is_left_to_h2o(void **state)
{
    (void)state;
    frames.has_begun = false;
    memcpy(input.bytes, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    input.size = 27;
    passes();
    assert_false(frames.has_begun);
}

static void proper_frames_pass(void **state)
{
    (void)state;
    add(SETTINGS, 0, "\0\4\0\1\0\0", 6);
    add(WINDOW_UPDATE, 0, "\0\0\1\0", 4);
    add_fields(FRAMES_FIELDS_MOST, END_HEADERS);
    add(DATA, END_STREAM, "{}", 2);
    add(PING, 0, "12345678", 8);
    add(RST_STREAM, 0, "\0\0\0\10", 4);
    add(GOAWAY, 0, "\0\0\0\0\0\0\0\0", 8);
    passes();
}

static void an_incomplete_frame_waits(void **state)
{
    (void)state;
    add(PING, 0, "12345678", 8);
    add_fields(FRAMES_FIELDS_MOST + 1, END_HEADERS);
    input.size -= 1;
    passes();
}

static void unknown_types_are_taken_out(void **state)
{
    (void)state;
    add(0x10, 0, "priority", 8);
    add(PING, 0, "12345678", 8);
    add(0xff, 0, "", 0);
    add(PING, 1, "abcdefgh", 8);
    input.bytes[input.size++] = 0; /* and the begin of another one */
    check_at(0);
    assert_int_equal(input.size, 17 + 17 + 1);
    assert_memory_equal(input.bytes + 9, "12345678", 8);
    assert_memory_equal(input.bytes + 17 + 9, "abcdefgh", 8);
    assert_int_equal(frames.trouble, 4);
}

static void too_many_fields_are_wrong(void **state)
{
    static const unsigned flags[] = {0, PADDED, HAS_PRIORITY, PADDED | HAS_PRIORITY};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); ++i) {
        setup(state);
        add_fields(FRAMES_FIELDS_MOST, END_HEADERS | flags[i]);
        passes();
        add(PING, 0, "12345678", 8);
        add_fields(FRAMES_FIELDS_MOST + 1, END_HEADERS | flags[i]);
        add(PING, 0, "12345678", 8);
        is_poisoned(17);
    }
}

static void every_kind_of_field_counts(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } fields[] = {
        {"\x82", 1},                 /* of the static table */
        {"\xff\x80\x01", 3},         /* far up in the dynamic one */
        {"\x41\1y", 3},              /* indexed name, to be kept */
        {"\x40\1x\1y", 5},           /* new name, to be kept */
        {"\x1f\x10\1y", 4},          /* never to be kept, a long index */
        {"\x3f\xe1\x1f", 3},         /* a change of the table's size */
        {"\x01\x81\xff", 3},         /* Huffman */
    };
    uint8_t block[512];

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); ++i) {
        setup(state);
        for (unsigned count = 0; count <= FRAMES_FIELDS_MOST; ++count)
            memcpy(block + count * fields[i].length, fields[i].bytes, fields[i].length);
        add(HEADERS, END_HEADERS, block, FRAMES_FIELDS_MOST * fields[i].length);
        passes();
        add(HEADERS, END_HEADERS, block, (FRAMES_FIELDS_MOST + 1) * fields[i].length);
        is_poisoned(0);
    }
}

/* It ends the connection, without ever being read beyond its end. */
static void malformed_blocks_are_left_to_h2o(void **state)
{
    static const char *const blocks[] = {
        "\x40\x7f\xff\xff\xff\xff\xff\xff", "\x40\x05x", "\xff\xff\xff\xff\xff\xff", "\x41", "\x0f",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); ++i)
        add(HEADERS, END_HEADERS, blocks[i], strlen(blocks[i]));
    add(HEADERS, END_HEADERS | PADDED, "\xff", 1);
    add(HEADERS, END_HEADERS | PADDED, "", 0);
    add(HEADERS, END_HEADERS | HAS_PRIORITY, "123", 3);
    add(WINDOW_UPDATE, 0, "\0", 1);
    passes();
}

static void blocks_in_pieces_are_wrong(void **state)
{
    (void)state;
    add(HEADERS, END_STREAM, "\x82", 1);
    add(CONTINUATION, END_HEADERS, "\x84", 1);
    is_poisoned(0);
}

static void a_window_of_nothing_is_wrong(void **state)
{
    (void)state;
    add(WINDOW_UPDATE, 0, "\x80\0\0\1", 4);
    passes();
    add(WINDOW_UPDATE, 0, "\x80\0\0\0", 4);
    is_poisoned(0);
}

static void nothing_passes_afterwards(void **state)
{
    (void)state;
    add(HEADERS, 0, "", 0);
    is_poisoned(0);
    input.size = 0;
    add(PING, 0, "12345678", 8);
    check_at(0);
    assert_int_equal(input.size, 0);
}

static void requests_at_once_are_bounded(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FRAMES_REQUESTS_MOST; ++i)
        add(HEADERS, END_HEADERS | END_STREAM, "\x82", 1);
    passes();
    for (unsigned i = 0; i <= FRAMES_REQUESTS_MOST; ++i)
        add(HEADERS, END_HEADERS | END_STREAM, "\x82", 1);
    is_poisoned(FRAMES_REQUESTS_MOST * 10);
}

static void trouble_is_metered(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FRAMES_TROUBLE_MOST; ++i)
        add(PING, 0, "12345678", 8);
    passes();
    add(DATA, 0, "a piece that is large enough to be worth its frame, as pieces of bodies are", 76);
    add(DATA, END_STREAM, "", 0);
    passes();
    add(RST_STREAM, 0, "\0\0\0\10", 4);
    check_at(1000); /* some has leaked */
    assert_null(frames.wrong);
    assert_int_equal(frames.trouble, FRAMES_TROUBLE_MOST - FRAMES_TROUBLE_SECOND + 1);
    for (unsigned i = 0; i < FRAMES_TROUBLE_SECOND - 1; ++i)
        assert_true(frames_spend(&frames, 1000));
    assert_false(frames_spend(&frames, 1000));
    assert_non_null(frames.wrong);
}

static void trouble_leaks_slowly_too(void **state)
{
    (void)state;
    for (uint64_t now = 0; now < 60000; now += 11) /* a little less than may leak */
        assert_true(frames_spend(&frames, now));
    assert_true(frames.trouble < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_preface_comes_first, setup),
        cmocka_unit_test_setup(what_is_no_preface_is_left_to_h2o, setup),
        cmocka_unit_test_setup(proper_frames_pass, setup),
        cmocka_unit_test_setup(an_incomplete_frame_waits, setup),
        cmocka_unit_test_setup(unknown_types_are_taken_out, setup),
        cmocka_unit_test_setup(too_many_fields_are_wrong, setup),
        cmocka_unit_test_setup(every_kind_of_field_counts, setup),
        cmocka_unit_test_setup(malformed_blocks_are_left_to_h2o, setup),
        cmocka_unit_test_setup(blocks_in_pieces_are_wrong, setup),
        cmocka_unit_test_setup(a_window_of_nothing_is_wrong, setup),
        cmocka_unit_test_setup(nothing_passes_afterwards, setup),
        cmocka_unit_test_setup(requests_at_once_are_bounded, setup),
        cmocka_unit_test_setup(trouble_is_metered, setup),
        cmocka_unit_test_setup(trouble_leaks_slowly_too, setup),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
