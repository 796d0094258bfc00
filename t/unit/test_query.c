/*
 * test_query.c - what a table of parameters makes of a decoded query.
 */
#include "worker/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct parameter text = {"t", PARAMETER_TEXT, false, 1, 5};
static const struct parameter number = {"n", PARAMETER_INTEGER, false, 1, 500};
static const struct parameter from_zero = {"z", PARAMETER_INTEGER, false, 0, 999999999999999999};
static const struct parameter id = {"i", PARAMETER_UUID, false, 0, 0};
static const struct parameter flag = {"f", PARAMETER_FLAG, false, 0, 0};

static const struct {
    const struct parameter *parameter;
    const char *text;
    bool is_good;
} cases[] = {
    {&text, "a", true},           {&text, "abcde", true},       {&text, "", false},
    {&text, "abcdef", false},     {&text, "\xc3\xa9", true},    {&text, "\xc3", false},
    {&text, "\xed\xa0\x80", false},
    {&number, "1", true},         {&number, "500", true},       {&number, "007", true},
    {&number, "0", false},        {&number, "501", false},      {&number, "-1", false},
    {&number, "+1", false},       {&number, " 1", false},       {&number, "1 ", false},
    {&number, "1.0", false},      {&number, "1e2", false},      {&number, "0x10", false},
    {&number, "", false},         {&number, "ten", false},      {&number, "18446744073709551617", false},
    {&from_zero, "0", true},      {&from_zero, "999999999999999999", true}, {&from_zero, "1000000000000000000", false},
    {&id, "01890a5d-ac96-774b-bcce-b302099a8057", true},        {&id, "", false},
    {&id, "01890a5d-ac96-774b-bcce-b302099a805", false},        {&id, "alice", false},
    {&flag, "1", true},           {&flag, "0", true},           {&flag, "", false},
    {&flag, "true", false},       {&flag, "11", false},         {&flag, "2", false},
};

static void only_what_is_within_its_bounds_is_taken(void **state)
{
    h2o_mem_pool_t pool;

    (void)state;
    h2o_mem_init_pool(&pool);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value value;
        const char *wrong = query_value(&pool, cases[i].parameter, cases[i].text, &value);
        if ((wrong == NULL) != cases[i].is_good)
            fail_msg("%s=%s: %s", cases[i].parameter->name, cases[i].text, wrong != NULL ? wrong : "is taken");
    }
    h2o_mem_clear_pool(&pool);
}

static void values_are_what_was_asked(void **state)
{
    h2o_mem_pool_t pool;
    struct value value;

    (void)state;
    h2o_mem_init_pool(&pool);
    assert_null(query_value(&pool, &text, "abc", &value));
    assert_true(value.present);
    assert_string_equal(value.text, "abc");
    assert_int_equal(value.length, 3);
    assert_null(query_value(&pool, &number, "042", &value));
    assert_int_equal(value.key, 42);
    assert_null(query_value(&pool, &flag, "1", &value));
    assert_true(value.boolean);
    assert_null(query_value(&pool, &flag, "0", &value));
    assert_true(value.present && !value.boolean);
    assert_null(query_value(&pool, &id, "01890a5d-ac96-774b-bcce-b302099a8057", &value));
    assert_int_equal(value.uuid.bytes[15], 0x57);
    h2o_mem_clear_pool(&pool);
}

static void errors_say_the_bounds(void **state)
{
    h2o_mem_pool_t pool;
    struct value value;

    (void)state;
    h2o_mem_init_pool(&pool);
    assert_string_equal(query_value(&pool, &number, "x", &value), "must be a number from 1 to 500");
    assert_string_equal(query_value(&pool, &text, "", &value), "must be text of 1 to 5 bytes of UTF-8");
    h2o_mem_clear_pool(&pool);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_within_its_bounds_is_taken),
        cmocka_unit_test(values_are_what_was_asked),
        cmocka_unit_test(errors_say_the_bounds),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
