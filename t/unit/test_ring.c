/*
 * test_ring.c - the ring's core on an array.
 */
#include "bus_fixture.h"
#include "bus/ring.h"

enum { SIZE = 65536, HEADER = sizeof(struct ring_record) };

static const uint64_t secret = UINT64_C(0x8badf00d5eedca11);

struct fixture {
    void *memory;
    struct ring ring;
    struct ring_reader reader;
    char *json; /* SIZE bytes to write from */
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->memory = aligned_alloc(64, ring_memory_size(SIZE));
    fixture->json = malloc(SIZE);
    assert_true(fixture->memory && fixture->json);
    memset(fixture->memory, 0x5a, ring_memory_size(SIZE));
    for (size_t i = 0; i < SIZE; i++)
        fixture->json[i] = (char)(' ' + i % 89);
    ring_format(fixture->memory, secret);
    ring_open(&fixture->ring, fixture->memory, SIZE);
    ring_reader_init(&fixture->reader, &fixture->ring);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    ring_reader_deinit(&fixture->reader);
    free(fixture->json);
    free(fixture->memory);
    free(fixture);
    return 0;
}

static uint64_t write_length(struct fixture *fixture, size_t length, int64_t subject)
{
    struct event event = { .kind = EVENT_NEW_MESSAGE,
                           .scope = EVENT_TO_USERS,
                           .subject = { subject, -subject },
                           .json = length ? fixture->json : NULL,
                           .length = length };
    return ring_write(&fixture->ring, &event);
}

static void expect_length(struct fixture *fixture, size_t length, int64_t subject, uint64_t id)
{
    struct event event;

    assert_int_equal(ring_read(&fixture->reader, &event), BUS_EVENT);
    assert_int_equal(event.id, id);
    assert_int_equal(event.kind, EVENT_NEW_MESSAGE);
    assert_int_equal(event.scope, EVENT_TO_USERS);
    assert_int_equal(event.subject[0], subject);
    assert_int_equal(event.subject[1], -subject);
    assert_int_equal(event.length, length);
    if (length)
        assert_memory_equal(event.json, fixture->json, length);
}

static void expect_empty(struct fixture *fixture)
{
    struct event event;

    assert_int_equal(ring_read(&fixture->reader, &event), BUS_EMPTY);
}

static _Atomic uint64_t *word(struct fixture *fixture, uint64_t position)
{
    return &fixture->ring.words[position % SIZE / 8];
}

/* Empties the ring with its next record to start at this position. */
static void move_to(struct fixture *fixture, uint64_t position)
{
    fixture->ring.control->head = fixture->ring.control->tail = position;
    fixture->reader.cursor = position;
}

/* ---- layout ---- */

static void the_layout_is_as_documented(void **state)
{
    struct fixture *fixture = *state;
    char *memory = fixture->memory;

    assert_int_equal(sizeof(struct ring_control), 3 * 64);
    assert_ptr_equal((char *)fixture->ring.words, memory + 3 * 64);
    assert_int_equal(ring_newest(&fixture->ring), RING_FIRST_POSITION);

    uint64_t id = write_length(fixture, 13, 7);
    assert_int_equal(id, RING_FIRST_POSITION + HEADER + 16);
    assert_int_equal(*word(fixture, RING_FIRST_POSITION), secret ^ RING_FIRST_POSITION);
    struct ring_record record;
    memcpy(&record, memory + 3 * 64, sizeof(record));
    assert_int_equal(record.length, 13);
    assert_int_equal(record.kind, EVENT_NEW_MESSAGE);
    assert_int_equal(record.scope, EVENT_TO_USERS);
    assert_int_equal(record.subject[0], 7);
    assert_int_equal(record.subject[1], -7);
    assert_memory_equal(memory + 3 * 64 + HEADER, fixture->json, 13);
    assert_memory_equal(memory + 3 * 64 + HEADER + 13, "\0\0\0", 3);
}

/* ---- writing and reading ---- */

static void events_come_back_in_order(void **state)
{
    struct fixture *fixture = *state;
    uint64_t ids[200], before = RING_FIRST_POSITION;

    expect_empty(fixture);
    for (int i = 0; i < 200; i++) {
        ids[i] = write_length(fixture, (size_t)i, i);
        assert_true(ids[i] > before && ids[i] % 8 == 0);
        assert_int_equal(ring_newest(&fixture->ring), ids[i]);
        before = ids[i];
    }
    for (int i = 0; i < 200; i++)
        expect_length(fixture, (size_t)i, i, ids[i]);
    expect_empty(fixture);
}

static void every_kind_and_scope_comes_back(void **state)
{
    struct fixture *fixture = *state;

    for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
        for (enum event_scope scope = EVENT_TO_ALL; scope <= EVENT_TO_WORKERS; scope++) {
            struct event event = { .kind = kind, .scope = scope, .subject = { INT64_MIN, INT64_MAX } };
            uint64_t id = ring_write(&fixture->ring, &event);
            assert_int_equal(ring_read(&fixture->reader, &event), BUS_EVENT);
            assert_true(event.id == id && event.kind == kind && event.scope == scope && event.length == 0);
            assert_true(event.subject[0] == INT64_MIN && event.subject[1] == INT64_MAX);
        }
    }
}

static void a_new_reader_starts_behind_the_newest(void **state)
{
    struct fixture *fixture = *state;
    struct ring_reader late;
    struct event event;

    write_length(fixture, 10, 1);
    ring_reader_init(&late, &fixture->ring);
    assert_int_equal(ring_read(&late, &event), BUS_EMPTY);
    write_length(fixture, 10, 2);
    assert_int_equal(ring_read(&late, &event), BUS_EVENT);
    assert_int_equal(event.subject[0], 2);
    ring_reader_deinit(&late);
}

static void it_wraps_at_every_offset(void **state)
{
    struct fixture *fixture = *state;

    for (uint64_t offset = 0; offset < SIZE; offset += 8) {
        size_t length = 1 + offset % 131;
        move_to(fixture, RING_FIRST_POSITION + 5 * (uint64_t)SIZE + offset);
        uint64_t first = write_length(fixture, length, 1);
        uint64_t second = write_length(fixture, length + 1, 2);
        expect_length(fixture, length, 1, first);
        expect_length(fixture, length + 1, 2, second);
    }
}

static void the_largest_record_wraps_everywhere(void **state)
{
    struct fixture *fixture = *state;
    size_t length = ring_length_max(&fixture->ring);

    for (uint64_t offset = SIZE - SIZE / 4 - 16; offset < SIZE; offset += 8) {
        move_to(fixture, RING_FIRST_POSITION + offset);
        uint64_t id = write_length(fixture, length, 3);
        expect_length(fixture, length, 3, id);
    }
}

static void a_reader_follows_for_many_rounds(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 20000; i++) {
        size_t length = (size_t)(i * 7 % 1500);
        uint64_t id = write_length(fixture, length, i);
        expect_length(fixture, length, i, id);
    }
    assert_true(ring_newest(&fixture->ring) > RING_FIRST_POSITION + 100 * (uint64_t)SIZE);
}

static void larger_than_a_quarter_is_refused(void **state)
{
    struct fixture *fixture = *state;
    size_t most = ring_length_max(&fixture->ring);

    assert_int_equal(most, SIZE / 4 - HEADER);
    assert_int_equal(write_length(fixture, most + 1, 1), 0);
    assert_int_equal(write_length(fixture, SIZE_MAX, 1), 0);
    assert_int_equal(write_length(fixture, (size_t)1 << 32, 1), 0);
    expect_empty(fixture);
    uint64_t id = write_length(fixture, most, 1);
    assert_int_not_equal(id, 0);
    expect_length(fixture, most, 1, id);
}

static void a_small_event_follows_a_large_one(void **state)
{
    struct fixture *fixture = *state;
    static const size_t lengths[] = { 5, 16000, 3, 0, 600, 16352, 1 };

    for (int i = 0; i < 7; i++) {
        uint64_t id = write_length(fixture, lengths[i], i);
        expect_length(fixture, lengths[i], i, id);
    }
}

/* ---- being lapped ---- */

static void lapped_is_a_result(void **state)
{
    struct fixture *fixture = *state;
    struct event event;

    for (int i = 0; i < 100; i++)
        write_length(fixture, 1000, i);
    assert_int_equal(ring_read(&fixture->reader, &event), BUS_LAPPED);
    expect_empty(fixture);
    uint64_t id = write_length(fixture, 20, 5);
    expect_length(fixture, 20, 5, id);
}

static void the_last_moment_is_not_too_late(void **state)
{
    struct fixture *fixture = *state;
    struct event event;
    size_t length = 1024 - HEADER; /* 64 records fill the ring exactly */

    for (int i = 0; i < 64; i++)
        write_length(fixture, length, i);
    assert_int_equal(fixture->ring.control->tail, RING_FIRST_POSITION);
    expect_length(fixture, length, 0, RING_FIRST_POSITION + 1024);
    write_length(fixture, length, 64);
    expect_length(fixture, length, 1, RING_FIRST_POSITION + 2048);
    write_length(fixture, length, 65);
    write_length(fixture, length, 66);
    assert_int_equal(ring_read(&fixture->reader, &event), BUS_LAPPED);
}

/* ---- seeking ---- */

static void seek_finds_every_id_that_is_kept(void **state)
{
    struct fixture *fixture = *state;
    uint64_t ids[300];
    int kept = 0;

    for (int i = 0; i < 300; i++)
        ids[i] = write_length(fixture, (size_t)(200 + i), i);
    for (int i = 0; i < 299; i++) {
        bool found = ring_seek(&fixture->reader, ids[i]);
        assert_int_equal(found, ids[i] >= fixture->ring.control->tail);
        if (!found)
            continue;
        kept++;
        expect_length(fixture, (size_t)(200 + i + 1), i + 1, ids[i + 1]);
    }
    assert_true(kept > 50 && kept < 299);
    assert_true(ring_seek(&fixture->reader, ids[299]));
    expect_empty(fixture);
    assert_true(ring_seek(&fixture->reader, fixture->ring.control->tail));
}

static void seek_works_in_an_empty_ring(void **state)
{
    struct fixture *fixture = *state;

    assert_true(ring_seek(&fixture->reader, ring_newest(&fixture->ring)));
    assert_false(ring_seek(&fixture->reader, ring_newest(&fixture->ring) - 8));
    assert_false(ring_seek(&fixture->reader, ring_newest(&fixture->ring) + 8));
    expect_empty(fixture);
}

static void seek_refuses_hostile_ids(void **state)
{
    struct fixture *fixture = *state;
    uint64_t starts[400];

    for (int i = 0; i < 400; i++) {
        starts[i] = ring_newest(&fixture->ring);
        write_length(fixture, (size_t)(i * 13 % 700), i);
    }
    uint64_t head = ring_newest(&fixture->ring), tail = fixture->ring.control->tail;
    uint64_t cursor = fixture->reader.cursor;
    int next = 0, refused = 0;

    while (starts[next] < tail)
        next++;
    for (uint64_t id = tail; id < head; id++) {
        if (next < 400 && id == starts[next]) {
            next++;
            continue;
        }
        assert_false(ring_seek(&fixture->reader, id));
        refused++;
    }
    assert_int_equal(next, 400);
    assert_true(refused > SIZE / 2);

    const uint64_t hostile[] = { 0, 1, 8, tail - 8, tail - 1, head + 1, head + 8, head + SIZE, head - SIZE, tail + SIZE,
                                 starts[390] + SIZE, starts[390] - SIZE, starts[390] ^ UINT64_C(1) << 63,
                                 RING_FIRST_POSITION, UINT64_MAX, UINT64_MAX - 7, INT64_MAX, (uint64_t)INT64_MIN };
    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
        assert_false(ring_seek(&fixture->reader, hostile[i]));
    assert_int_equal(fixture->reader.cursor, cursor);
}

static void json_cannot_pose_as_a_record(void **state)
{
    struct fixture *fixture = *state;
    uint64_t inside = ring_newest(&fixture->ring) + HEADER;
    struct ring_record forged = { .check = inside, .length = 8, .kind = EVENT_NEW_MESSAGE };
    struct event event = { .json = (const char *)&forged, .length = sizeof(forged) };

    ring_write(&fixture->ring, &event);
    assert_false(ring_seek(&fixture->reader, inside));
    /* The same with the secret is found: it is the secret alone that keeps others from it. */
    *word(fixture, inside) = secret ^ inside;
    fixture->ring.control->head += 64;
    assert_true(ring_seek(&fixture->reader, inside));
}

/* ---- a writer that dies ---- */

static void leave_the_write(void *argument)
{
    longjmp(*(jmp_buf *)argument, 1);
}

static void write_half(struct fixture *fixture, size_t length)
{
    jmp_buf here;

    fixture->ring.copying = leave_the_write;
    fixture->ring.copying_argument = &here;
    if (setjmp(here) == 0) {
        write_length(fixture, length, 666);
        fail_msg("the write was not left");
    }
    fixture->ring.copying = NULL;
}

static void an_unfinished_record_is_never_seen(void **state)
{
    struct fixture *fixture = *state;

    for (size_t length = 0; length < 300; length += 3) {
        uint64_t head = ring_newest(&fixture->ring);
        write_half(fixture, length);
        assert_int_equal(ring_newest(&fixture->ring), head);
        expect_empty(fixture);
        assert_true(ring_seek(&fixture->reader, head));
        uint64_t id = write_length(fixture, length / 2, (int64_t)length);
        expect_length(fixture, length / 2, (int64_t)length, id);
        expect_empty(fixture);
    }
}

static void an_unfinished_record_has_taken_what_it_overwrote(void **state)
{
    struct fixture *fixture = *state;
    struct event event;
    uint64_t id = 0;

    for (int i = 0; i < 64; i++)
        id = write_length(fixture, 1024 - HEADER, i);
    write_half(fixture, 3000);
    assert_false(ring_seek(&fixture->reader, RING_FIRST_POSITION));
    assert_int_equal(ring_read(&fixture->reader, &event), BUS_LAPPED);
    assert_true(ring_seek(&fixture->reader, id - 1024));
    expect_length(fixture, 1024 - HEADER, 63, id);
}

/* ---- memory that somebody spoilt ---- */

struct damage {
    const char *what;
    uint64_t check; /* xor */
    uint32_t length;
    uint16_t kind, scope;
    bool follows; /* much else is written behind it */
};

static const struct damage damages[] = {
    { "another check", 1, 40, EVENT_NEW_MESSAGE, EVENT_TO_ALL, false },
    { "a length behind head", 0, 49, EVENT_NEW_MESSAGE, EVENT_TO_ALL, false },
    { "a length above a record's maximum", 0, SIZE / 4, EVENT_NEW_MESSAGE, EVENT_TO_ALL, true },
    { "a length of more than the ring", 0, SIZE * 2, EVENT_NEW_MESSAGE, EVENT_TO_ALL, true },
    { "the largest length", 0, UINT32_MAX, EVENT_NEW_MESSAGE, EVENT_TO_ALL, true },
    { "no such kind", 0, 40, EVENT_KINDS, EVENT_TO_ALL, true },
    { "no such scope", 0, 40, EVENT_NEW_MESSAGE, EVENT_TO_WORKERS + 1, true },
};

static void damage_record(struct fixture *fixture, uint64_t position, const struct damage *damage)
{
    struct ring_record record = { .check = secret ^ position ^ damage->check,
                                  .length = damage->length,
                                  .kind = damage->kind,
                                  .scope = damage->scope };
    uint64_t words[HEADER / 8];

    memcpy(words, &record, sizeof(record));
    for (uint64_t i = 0; i < HEADER / 8; i++)
        *word(fixture, position + i * 8) = words[i];
}

static void read_damaged(void *argument)
{
    struct fixture *fixture = argument;
    struct event event;

    fixture_fail_quietly();
    ring_read(&fixture->reader, &event);
}

static void write_over_damaged(void *argument)
{
    struct fixture *fixture = argument;

    fixture_fail_quietly();
    for (int i = 0; i < 100; i++)
        write_length(fixture, 1000, i);
}

static void damage_is_a_bug_and_never_followed(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
        uint64_t position = ring_newest(&fixture->ring);
        move_to(fixture, position);
        uint64_t id = write_length(fixture, 48, 1);
        while (damages[i].follows && ring_newest(&fixture->ring) - id < SIZE / 2)
            write_length(fixture, 1000, 2);
        damage_record(fixture, position, &damages[i]);
        print_message("# %s\n", damages[i].what);
        assert_false(ring_seek(&fixture->reader, position));
        assert_int_equal(fixture_run_apart(read_damaged, fixture), -SIGABRT);
        assert_int_equal(fixture_run_apart(write_over_damaged, fixture), -SIGABRT);
    }
}

static void damage_that_is_overwritten_is_lapped(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
        uint64_t position = ring_newest(&fixture->ring);
        struct event event;
        move_to(fixture, position);
        uint64_t id = write_length(fixture, 48, 1);
        damage_record(fixture, position, &damages[i]);
        fixture->ring.control->tail = id;
        assert_int_equal(ring_read(&fixture->reader, &event), BUS_LAPPED);
        expect_empty(fixture);
    }
}

#define ring_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ring_test(the_layout_is_as_documented),
        ring_test(events_come_back_in_order),
        ring_test(every_kind_and_scope_comes_back),
        ring_test(a_new_reader_starts_behind_the_newest),
        ring_test(it_wraps_at_every_offset),
        ring_test(the_largest_record_wraps_everywhere),
        ring_test(a_reader_follows_for_many_rounds),
        ring_test(larger_than_a_quarter_is_refused),
        ring_test(a_small_event_follows_a_large_one),
        ring_test(lapped_is_a_result),
        ring_test(the_last_moment_is_not_too_late),
        ring_test(seek_finds_every_id_that_is_kept),
        ring_test(seek_works_in_an_empty_ring),
        ring_test(seek_refuses_hostile_ids),
        ring_test(json_cannot_pose_as_a_record),
        ring_test(an_unfinished_record_is_never_seen),
        ring_test(an_unfinished_record_has_taken_what_it_overwrote),
        ring_test(damage_is_a_bug_and_never_followed),
        ring_test(damage_that_is_overwritten_is_lapped),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
