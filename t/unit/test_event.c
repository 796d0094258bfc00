/*
 * test_event.c - the names of events, and batches
 */
#include "bering/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void public_events_have_a_name_and_internal_ones_none(void **state)
{
    (void)state;
    assert_string_equal(event_name(EVENT_NEW_MESSAGE), "new_message");
    assert_string_equal(event_name(EVENT_PRESENCE_CHANGED), "presence_changed");
    assert_string_equal(event_name(EVENT_WEBRTC_SIGNAL), "webrtc_signal");
    assert_string_equal(event_name(EVENT_CALL_JOIN), "channel_call_join");
    assert_string_equal(event_name(EVENT_CALL_LEAVE), "channel_call_leave");
    assert_string_equal(event_name(EVENT_RESYNC), "resync");
    assert_null(event_name(EVENT_SESSION_REVOKED));
    assert_null(event_name(EVENT_OUTBOX));
    assert_null(event_name(EVENT_SERVER_CHANGED));
    assert_string_equal(event_name(EVENT_LINK_CHANGED), "server_changed"); /* for administrators alone */
    assert_string_equal(event_name(EVENT_CONVERSATION_CHANGED), "conversation_changed");
    for (int kind = 0; kind < EVENT_SESSION_REVOKED; kind++)
        assert_non_null(event_name((enum event_kind)kind));
}

static void add(struct event_batch *batch, int64_t subject)
{
    char *json = strdup("{}");
    struct event event = {.kind = EVENT_NEW_MESSAGE, .subject = {subject}, .json = json, .length = 2};

    assert_non_null(json);
    event_batch_add(batch, &event);
}

static void a_batch_keeps_the_order(void **state)
{
    (void)state;
    struct event_batch batch = {0};

    for (int64_t i = 0; i < 100; i++)
        add(&batch, i);
    assert_int_equal(batch.count, 100);
    for (int64_t i = 0; i < 100; i++)
        assert_int_equal(batch.events[i].subject[0], i);
    event_batch_deinit(&batch);
}

static void a_cleared_batch_is_used_again(void **state)
{
    (void)state;
    struct event_batch batch = {0};
    struct event silent = {.kind = EVENT_SESSION_REVOKED, .scope = EVENT_TO_WORKERS};

    add(&batch, 1);
    event_batch_clear(&batch);
    assert_int_equal(batch.count, 0);
    event_batch_add(&batch, &silent);
    add(&batch, 2);
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.events[1].subject[0], 2);
    event_batch_deinit(&batch);
    assert_null(batch.events);
    event_batch_deinit(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_events_have_a_name_and_internal_ones_none),
        cmocka_unit_test(a_batch_keeps_the_order),
        cmocka_unit_test(a_cleared_batch_is_used_again),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
