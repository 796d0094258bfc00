/*
 * test_backoff.c - what answers of peers mean for what was sent, and how long the next attempt waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "federation/backoff.h"

static void success_takes_it_off_the_queue(void **state)
{
    (void)state;
    assert_int_equal(verdict_of_status(200), VERDICT_TAKEN);
    assert_int_equal(verdict_of_status(204), VERDICT_TAKEN);
    assert_int_equal(verdict_of_status(299), VERDICT_TAKEN);
}

static void what_may_pass_is_tried_again(void **state)
{
    static const int statuses[] = {0, 408, 429, 500, 502, 503, 504, 599};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); ++i)
        assert_int_equal(verdict_of_status(statuses[i]), VERDICT_LATER);
}

static void what_is_no_answer_to_a_post_loses_nothing(void **state)
{
    static const int statuses[] = {-1, 100, 101, 300, 301, 302, 304, 307, 308, 600, 999};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); ++i)
        assert_int_equal(verdict_of_status(statuses[i]), VERDICT_LATER);
}

static void a_wrong_link_is_not_the_rows_fault(void **state)
{
    (void)state;
    assert_int_equal(verdict_of_status(401), VERDICT_LINK_WRONG);
    assert_int_equal(verdict_of_status(403), VERDICT_LINK_WRONG);
}

static void any_other_refusal_is_about_the_row(void **state)
{
    static const int statuses[] = {400, 404, 405, 409, 410, 413, 415, 422, 451, 499};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); ++i)
        assert_int_equal(verdict_of_status(statuses[i]), VERDICT_REFUSED);
}

/* The shortest and the longest wait after so many failures: whatever the random number, it lies between them. */
static void wait_lies_in(unsigned failures, uint64_t shortest, uint64_t longest)
{
    static const uint64_t numbers[] = {0, 1, 499, 500, 12345, 149999, 150000, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    uint64_t span = longest - shortest;

    assert_int_equal(backoff_ms(failures, 0, 0), shortest);
    assert_int_equal(backoff_ms(failures, span, 0), longest);
    assert_int_equal(backoff_ms(failures, span + 1, 0), shortest);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); ++i)
        assert_in_range(backoff_ms(failures, numbers[i], 0), shortest, longest);
}

static void each_failure_doubles_the_wait(void **state)
{
    (void)state;
    wait_lies_in(1, 500, 1000);
    wait_lies_in(2, 1000, 2000);
    wait_lies_in(3, 2000, 4000);
    wait_lies_in(9, 128000, 256000);
}

static void the_wait_ends_at_five_minutes(void **state)
{
    (void)state;
    wait_lies_in(10, 150000, 300000);
    wait_lies_in(11, 150000, 300000);
    wait_lies_in(64, 150000, 300000);
    wait_lies_in(UINT32_MAX, 150000, 300000);
}

static void peers_do_not_come_back_at_once(void **state)
{
    enum { PEERS = 1000, SLOTS = 10 };
    unsigned slots[SLOTS] = {0};
    uint64_t random = 1;

    (void)state;
    for (unsigned i = 0; i < PEERS; ++i) {
        random = random * 6364136223846793005 + 1442695040888963407;
        ++slots[(backoff_ms(10, random >> 20, 0) - 150000) * SLOTS / 150001];
    }
    for (unsigned i = 0; i < SLOTS; ++i)
        assert_in_range(slots[i], PEERS / SLOTS / 2, PEERS / SLOTS * 2);
}

static void a_peers_wish_makes_it_longer_but_not_endless(void **state)
{
    (void)state;
    assert_int_equal(backoff_ms(1, 0, 30), 30000);
    assert_int_equal(backoff_ms(1, 0, 299), 299000);
    assert_int_equal(backoff_ms(1, 0, 300), 300000);
    assert_int_equal(backoff_ms(1, 0, UINT64_MAX), 300000);
    assert_int_equal(backoff_ms(8, 0, 1), 64000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_takes_it_off_the_queue),
        cmocka_unit_test(what_may_pass_is_tried_again),
        cmocka_unit_test(what_is_no_answer_to_a_post_loses_nothing),
        cmocka_unit_test(a_wrong_link_is_not_the_rows_fault),
        cmocka_unit_test(any_other_refusal_is_about_the_row),
        cmocka_unit_test(each_failure_doubles_the_wait),
        cmocka_unit_test(the_wait_ends_at_five_minutes),
        cmocka_unit_test(peers_do_not_come_back_at_once),
        cmocka_unit_test(a_peers_wish_makes_it_longer_but_not_endless),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
