/*
 * test_result.c - every result has a status and a sentence
 */
#include "bering/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void each_result_has_the_status_that_its_comment_says(void **state)
{
    (void)state;
    assert_int_equal(result_status(RESULT_OK), 200);
    assert_int_equal(result_status(RESULT_BAD_REQUEST), 400);
    assert_int_equal(result_status(RESULT_UNAUTHORIZED), 401);
    assert_int_equal(result_status(RESULT_FORBIDDEN), 403);
    assert_int_equal(result_status(RESULT_NOT_FOUND), 404);
    assert_int_equal(result_status(RESULT_WRONG_METHOD), 405);
    assert_int_equal(result_status(RESULT_CONFLICT), 409);
    assert_int_equal(result_status(RESULT_TOO_LARGE), 413);
    assert_int_equal(result_status(RESULT_WRONG_TYPE), 415);
    assert_int_equal(result_status(RESULT_WRONG_SHAPE), 422);
    assert_int_equal(result_status(RESULT_TOO_MANY), 429);
    assert_int_equal(result_status(RESULT_INTERNAL), 500);
    assert_int_equal(result_status(RESULT_PEER_FAILED), 502);
    assert_int_equal(result_status(RESULT_UNAVAILABLE), 503);
}

static void each_result_has_a_sentence(void **state)
{
    (void)state;
    for (int result = RESULT_OK; result <= RESULT_UNAVAILABLE; result++)
        assert_true(strlen(result_text((enum result)result)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_result_has_the_status_that_its_comment_says),
        cmocka_unit_test(each_result_has_a_sentence),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
