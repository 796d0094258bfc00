/*
 * test_calls.c - the table of call participants.
 */
#include "bus_fixture.h"
#include "bus/segment.h"
#include <stdio.h>

static struct call_participant participant(int64_t channel_key, int64_t user_key, unsigned process)
{
    struct call_participant participant = {
        .channel_key = channel_key,
        .user_key = user_key,
        .channel_id = { { 0xc0, [15] = (uint8_t)channel_key } },
        .user_id = { { 0xee, [15] = (uint8_t)user_key } },
        .process = process,
        .server_name = "here",
    };

    snprintf(participant.username, sizeof(participant.username), "user%d", (int)user_key);
    return participant;
}

static enum call_change join(struct bus *bus, int64_t channel_key, int64_t user_key, unsigned process)
{
    struct call_participant joining = participant(channel_key, user_key, process);
    return calls_join(bus, &joining, 0);
}

static size_t count(struct bus *bus, int64_t channel_key)
{
    size_t count;

    free(calls_participants(bus, channel_key, &count));
    return count;
}

static void nobody_is_no_array(void **state)
{
    size_t count = 99;

    assert_null(calls_participants(*state, 0, &count));
    assert_int_equal(count, 0);
}

static void who_joins_is_in_the_list(void **state)
{
    struct bus *bus = *state;
    size_t count;

    assert_int_equal(join(bus, 7, 1, 1), CALL_CHANGED);
    assert_int_equal(join(bus, 7, 2, 2), CALL_CHANGED);
    assert_int_equal(join(bus, 8, 1, 1), CALL_CHANGED);

    struct call_participant *participants = calls_participants(bus, 7, &count);
    struct call_participant first = participant(7, 1, 1), second = participant(7, 2, 2);
    assert_int_equal(count, 2);
    assert_memory_equal(&participants[0], &first, sizeof(first));
    assert_memory_equal(&participants[1], &second, sizeof(second));
    free(participants);

    participants = calls_participants(bus, 0, &count);
    assert_int_equal(count, 3);
    free(participants);
}

static void joining_twice_changes_nothing(void **state)
{
    struct bus *bus = *state;

    assert_int_equal(join(bus, 7, 1, 1), CALL_CHANGED);
    assert_int_equal(join(bus, 7, 1, 1), CALL_UNCHANGED);
    assert_int_equal(count(bus, 7), 1);
}

static enum call_change join_few(struct bus *bus, int64_t channel_key, int64_t user_key, unsigned most)
{
    struct call_participant joining = participant(channel_key, user_key, 1);
    return calls_join(bus, &joining, most);
}

static void a_call_has_as_many_as_it_may_have(void **state)
{
    struct bus *bus = *state;

    assert_int_equal(join_few(bus, 7, 1, 2), CALL_CHANGED);
    assert_int_equal(join_few(bus, 8, 9, 2), CALL_CHANGED); /* another call */
    assert_int_equal(join_few(bus, 7, 2, 2), CALL_CHANGED);
    assert_int_equal(join_few(bus, 7, 3, 2), CALL_CROWDED);
    assert_int_equal(count(bus, 7), 2);
    assert_int_equal(join_few(bus, 7, 2, 2), CALL_UNCHANGED); /* who is in it */
    assert_int_equal(join_few(bus, 7, 2, 1), CALL_UNCHANGED); /* even if fewer may be in it now */
    assert_int_equal(join(bus, 7, 4, 0), CALL_CHANGED);       /* of another server: that is so */
    assert_int_equal(join_few(bus, 7, 3, 3), CALL_CROWDED);   /* and counts */
    calls_leave(bus, 7, 1, NULL);
    assert_int_equal(join_few(bus, 7, 3, 3), CALL_CHANGED);
    assert_int_equal(count(bus, 7), 3);
    assert_int_equal(count(bus, 8), 1);
}

static void who_leaves_is_given_back(void **state)
{
    struct bus *bus = *state;
    struct call_participant left, first = participant(7, 1, 1);

    join(bus, 7, 1, 1);
    join(bus, 7, 2, 1);
    assert_int_equal(calls_leave(bus, 7, 1, &left), CALL_CHANGED);
    assert_memory_equal(&left, &first, sizeof(first));
    assert_int_equal(calls_leave(bus, 7, 1, &left), CALL_UNCHANGED);
    assert_int_equal(calls_leave(bus, 8, 2, NULL), CALL_UNCHANGED);
    assert_int_equal(calls_leave(bus, 7, 2, NULL), CALL_CHANGED);
    assert_int_equal(count(bus, 0), 0);
}

static void the_longest_names_fit(void **state)
{
    struct bus *bus = *state;
    struct call_participant joining = participant(7, 1, 1), left;

    memset(joining.username, 'u', TEXT_NAME_MAX);
    memset(joining.server_name, 's', TEXT_NAME_MAX);
    assert_int_equal(calls_join(bus, &joining, 0), CALL_CHANGED);
    calls_leave(bus, 7, 1, &left);
    assert_memory_equal(&left, &joining, sizeof(left));
}

static void a_full_table_says_so(void **state)
{
    struct bus *bus = *state;

    for (int i = 1; i <= CALLS_CAPACITY; i++)
        assert_int_equal(join(bus, 1 + i % 100, i, 1), CALL_CHANGED);
    assert_int_equal(join(bus, 1, 1000000, 1), CALL_FULL);
    assert_int_equal(join(bus, 1 + 50, 50, 1), CALL_UNCHANGED);
    assert_int_equal(count(bus, 0), CALLS_CAPACITY);
    assert_int_equal(calls_leave(bus, 1 + 50, 50, NULL), CALL_CHANGED);
    assert_int_equal(join(bus, 1, 1000000, 1), CALL_CHANGED);
    assert_int_equal(count(bus, 0), CALLS_CAPACITY);
}

static void the_table_is_used_again_and_again(void **state)
{
    struct bus *bus = *state;

    for (int i = 1; i <= 3 * CALLS_CAPACITY; i++) {
        assert_int_equal(join(bus, 5, i, 1), CALL_CHANGED);
        if (i > 10)
            assert_int_equal(calls_leave(bus, 5, i - 10, NULL), CALL_CHANGED);
    }
    assert_int_equal(count(bus, 5), 10);
    assert_true(bus->segment->calls.used <= 11);
}

static void a_deleted_channel_has_no_call(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);

    for (int i = 1; i <= 20; i++)
        join(bus, 1 + i % 2, i, 1);
    calls_end(bus, 1);
    calls_end(bus, 99);
    assert_int_equal(count(bus, 1), 0);
    assert_int_equal(count(bus, 2), 10);
    expect_nothing(reader); /* its members are told that the channel is gone */
    bus_reader_free(&reader);
}

static void who_loses_the_process_is_taken_out(void **state)
{
    struct bus *bus = *state;
    struct bus_reader *reader = bus_reader_new(bus);
    struct call_participant left;

    join(bus, 7, 1, 1);
    join(bus, 7, 2, 2);
    join(bus, 8, 3, 1);
    join(bus, 7, 4, 0); /* a peer's */
    assert_false(calls_take_abandoned(bus, &left));
    bus_process_gone(bus, 1);

    struct event event = expect_event(reader, EVENT_CALLS_ABANDONED, "");
    assert_int_equal(event.scope, EVENT_TO_WORKERS);
    expect_nothing(reader);
    assert_int_equal(count(bus, 0), 4); /* until somebody tells that they have left */
    assert_true(calls_take_abandoned(bus, &left));
    assert_true(left.channel_key == 8 && left.user_key == 3);
    assert_string_equal(left.username, "user3");
    assert_true(calls_take_abandoned(bus, &left));
    assert_true(left.channel_key == 7 && left.user_key == 1);
    assert_false(calls_take_abandoned(bus, &left));
    assert_int_equal(count(bus, 7), 2);
    assert_int_equal(count(bus, 8), 0);
    bus_process_gone(bus, 1);
    expect_nothing(reader);
    bus_reader_free(&reader);
}

static void who_joins_again_is_not_taken_out(void **state)
{
    struct bus *bus = *state;
    struct call_participant left;

    join(bus, 7, 1, 1);
    bus_process_gone(bus, 1);
    assert_int_equal(join(bus, 7, 1, 2), CALL_UNCHANGED);
    assert_false(calls_take_abandoned(bus, &left));
    assert_int_equal(count(bus, 7), 1);
}

static void the_newest_connection_counts(void **state)
{
    struct bus *bus = *state;
    struct call_participant left;

    join(bus, 7, 1, 1);
    assert_int_equal(join(bus, 7, 1, 2), CALL_UNCHANGED);
    bus_process_gone(bus, 1);
    assert_false(calls_take_abandoned(bus, &left));
    bus_process_gone(bus, 2);
    assert_true(calls_take_abandoned(bus, &left));
    assert_int_equal(count(bus, 7), 0);
}

static void die_while_joining(void *argument)
{
    struct bus *bus = *(struct bus **)argument;
    struct calls_section *calls = &bus->segment->calls;

    lock_acquire(&calls->lock);
    calls->slots[calls->used++].participant = participant(7, 99, 1);
    raise(SIGKILL);
}

static void who_died_while_joining_did_not_join(void **state)
{
    struct bus *bus = *state;

    join(bus, 7, 1, 1);
    assert_int_equal(fixture_run_apart(die_while_joining, &bus), -SIGKILL);
    assert_int_equal(count(bus, 7), 1);
    assert_int_equal(join(bus, 7, 2, 1), CALL_CHANGED);
    assert_int_equal(count(bus, 7), 2);
}

static void come_and_go(void *argument)
{
    struct bus *bus = *(struct bus **)argument;

    for (int i = 0; i < 3000; i++) {
        int64_t user_key = 1 + (int64_t)bus_process(bus) * 100 + i % 20;
        assert(join(bus, 7, user_key, bus_process(bus)) == CALL_CHANGED);
        assert(calls_leave(bus, 7, user_key, NULL) == CALL_CHANGED);
    }
    join(bus, 7, 1000 + bus_process(bus), bus_process(bus));
}

static void processes_share_the_table(void **state)
{
    struct bus *bus = *state;
    pid_t pids[3];

    for (unsigned i = 0; i < 3; i++) {
        bus_attach(bus, i + 1);
        pids[i] = fixture_fork(come_and_go, &bus);
    }
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(fixture_wait(pids[i]), 0);
    assert_int_equal(count(bus, 7), 3);
}

static void hear(struct bus *bus, int64_t user_key, unsigned process, uint64_t heard_at)
{
    struct call_participant who = participant(7, user_key, process);

    who.heard_at = heard_at;
    calls_join(bus, &who, 0);
}

static void of_whom_nothing_is_heard_is_taken_out(void **state)
{
    struct bus *bus = *state;
    struct call_participant left;

    hear(bus, 1, 0, 1000);
    hear(bus, 2, 0, 0);    /* not said again */
    hear(bus, 3, 1, 1000); /* a connection of ours */
    hear(bus, 4, 0, 1000);
    hear(bus, 4, 0, 2000); /* heard of again */
    assert_false(calls_take_silent(bus, "elsewhere", 1500, &left));
    assert_false(calls_take_silent(bus, "here", 1000, &left));
    assert_true(calls_take_silent(bus, "here", 1500, &left));
    assert_int_equal(left.user_key, 1);
    assert_false(calls_take_silent(bus, "here", 1500, &left));
    assert_int_equal(count(bus, 7), 3);
    hear(bus, 4, 0, 0); /* a row that says less takes nothing back */
    assert_true(calls_take_silent(bus, "here", 2500, &left));
    assert_int_equal(left.user_key, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(nobody_is_no_array),
        bus_test(who_joins_is_in_the_list),
        bus_test(joining_twice_changes_nothing),
        bus_test(a_call_has_as_many_as_it_may_have),
        bus_test(who_leaves_is_given_back),
        bus_test(the_longest_names_fit),
        bus_test(a_full_table_says_so),
        bus_test(the_table_is_used_again_and_again),
        bus_test(a_deleted_channel_has_no_call),
        bus_test(who_loses_the_process_is_taken_out),
        bus_test(who_joins_again_is_not_taken_out),
        bus_test(the_newest_connection_counts),
        bus_test(of_whom_nothing_is_heard_is_taken_out),
        bus_test(who_died_while_joining_did_not_join),
        bus_test(processes_share_the_table),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
