/*
 * test_peer_answers.c - answers of peers are taken whole or not at all, and cost no more memory than they are worth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bering/peer_answers.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char *users(const char *body, struct peer_list *list)
{
    return peer_answer_users(body, strlen(body), "b", list);
}

static const char *channels(const char *body, struct peer_list *list)
{
    return peer_answer_channels(body, strlen(body), "b", list);
}

static const char *presence(const char *body, struct peer_list *list)
{
    return peer_answer_presence(body, strlen(body), list);
}

/* The list's names, each followed by a space. */
static void assert_names(struct peer_list *list, const char *expected)
{
    char names[200] = "";

    for (size_t i = 0; i < list->count; ++i) {
        strcat(names, list->entries[i].name);
        strcat(names, " ");
    }
    assert_string_equal(names, expected);
    peer_list_free(list);
}

static void lists_are_sorted_and_each_name_is_there_once(void **state)
{
    struct peer_list list;

    (void)state;
    assert_null(users("[{\"username\":\"zoe\",\"server\":\"b\",\"display_name\":null},"
                      "{\"username\":\"ann\",\"server\":\"b\",\"display_name\":\"Ann A\",\"more\":[1,{}]},"
                      "{\"username\":\"zoe\",\"server\":\"b\"}] \n", &list));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.entries[0].display_name, "Ann A");
    assert_string_equal(list.entries[1].display_name, "");
    assert_names(&list, "ann zoe ");
    assert_null(users("[{\"username\":\"ann\",\"server\":\"b\",\"display_name\":\"x\\u0001\"},"
                      "{\"username\":\"zoe\",\"server\":\"b\",\"display_name\":\"x\\u0000y\"}]", &list));
    assert_string_equal(list.entries[0].display_name, "");
    assert_string_equal(list.entries[1].display_name, "");
    assert_names(&list, "ann zoe "); /* what is no name is none, and nobody is left out for it */
    assert_null(channels("[{\"name\":\"two words\",\"origin_server\":\"b\"}]", &list));
    assert_names(&list, "two words ");
    assert_null(presence("{\"online_users\":[\"zoe\",\"ann\",\"zoe\"]}", &list));
    assert_names(&list, "ann zoe ");
    assert_null(users("[]", &list));
    assert_names(&list, "");
}

#define ID "cc000000-0000-4000-8000-000000000001"

static void entries_may_have_ids(void **state)
{
    struct uuid id = {{0xcc, [6] = 0x40, [8] = 0x80, [15] = 1}};
    struct peer_list list;

    (void)state;
    assert_null(users("[{\"username\":\"zoe\",\"server\":\"b\",\"id\":\"" ID "\"},"
                      "{\"username\":\"ann\",\"server\":\"b\",\"id\":null}]", &list));
    assert_false(list.entries[0].has_id);
    assert_true(list.entries[1].has_id && uuid_equal(&list.entries[1].id, &id));
    assert_names(&list, "ann zoe ");
    assert_null(channels("[{\"name\":\"open\",\"origin_server\":\"b\",\"id\":\"" ID "\"},"
                         "{\"name\":\"board\",\"origin_server\":\"b\",\"is_private\":true}]", &list));
    assert_true(list.entries[0].is_only_for_members && !list.entries[0].has_id);
    assert_true(!list.entries[1].is_only_for_members && uuid_equal(&list.entries[1].id, &id));
    assert_names(&list, "board open ");
}

static void names_that_no_address_can_have_are_left_out(void **state)
{
    struct peer_list list;

    (void)state;
    assert_null(users("[{\"username\":\"a b\",\"server\":\"b\"},{\"username\":\"c\",\"server\":\"b\"},"
                      "{\"username\":\"d@e\",\"server\":\"b\"}]", &list));
    assert_names(&list, "c ");
    assert_null(presence("{\"online_users\":[\"a b\",\"c\"]}", &list));
    assert_names(&list, "c ");
}

static void one_wrong_entry_makes_all_of_it_wrong(void **state)
{
    static const char *const wrong[] = {
        "", " ", "null", "17", "{}", "\"text\"", "[", "[]]", "[{}]", "[1]", "[null]", "[[]]", "[{\"username\":\"a\"}]",
        "[{\"username\":\"a\",\"server\":\"b\"},]", "[{\"username\":\"a\",\"server\":\"c\"}]", "[{\"username\":1,\"server\":\"b\"}]",
        "[{\"username\":\"\",\"server\":\"b\"}]", "[{\"username\":\"a\\u0000\",\"server\":\"b\"}]",
        "[{\"username\":\"a\\n\",\"server\":\"b\"}]", "[{\"username\":\"\\ud800\",\"server\":\"b\"}]",
        "[{\"username\":\"\xff\",\"server\":\"b\"}]", "[{\"username\":\"a\",\"server\":\"b\",\"display_name\":1}]",
        "[{\"username\":\"a\",\"server\":\"b\"},7]",
        "[{\"username\":\"a\",\"server\":\"b\",\"id\":7}]", "[{\"username\":\"a\",\"server\":\"b\",\"id\":\"7\"}]",
        "[{\"username\":\"a\",\"server\":\"b\",\"id\":\"" ID "\"},{\"username\":\"c\",\"server\":\"b\",\"id\":\"" ID "\"}]",
        "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]",
    };
    struct peer_list list;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i) {
        assert_non_null(users(wrong[i], &list));
        assert_int_equal(list.count, 0);
        assert_null(list.entries);
    }
    assert_non_null(channels("[{\"name\":\"x\",\"origin_server\":\"a\"}]", &list));
    assert_non_null(channels("[{\"name\":\" \",\"origin_server\":\"b\"}]", &list));
    assert_non_null(presence("[]", &list));
    assert_non_null(presence("{}", &list));
    assert_non_null(presence("{\"online_users\":\"a\"}", &list));
    assert_non_null(presence("{\"online_users\":[\"a\",1]}", &list));
    assert_non_null(presence("{\"online_users\":[null]}", &list));
}

static void names_are_bounded(void **state)
{
    char body[TEXT_NAME_MAX + 64], name[TEXT_NAME_MAX + 2];
    struct peer_list list;

    (void)state;
    memset(name, 'n', sizeof(name));
    name[TEXT_NAME_MAX] = '\0';
    snprintf(body, sizeof(body), "[{\"name\":\"%s\",\"origin_server\":\"b\"}]", name);
    assert_null(channels(body, &list));
    peer_list_free(&list);
    name[TEXT_NAME_MAX] = 'n';
    name[TEXT_NAME_MAX + 1] = '\0';
    snprintf(body, sizeof(body), "[{\"name\":\"%s\",\"origin_server\":\"b\"}]", name);
    assert_non_null(channels(body, &list));
}

/* A text of `count` times the item, in brackets, with commas in between. */
static char *many(const char *begin, const char *item, size_t count, const char *end)
{
    char *text = malloc(strlen(begin) + count * (strlen(item) + 1) + strlen(end) + 1), *at = text;

    at = stpcpy(at, begin);
    for (size_t i = 0; i < count; ++i) {
        at = stpcpy(at, item);
        if (i + 1 < count)
            *at++ = ',';
    }
    strcpy(at, end);
    return text;
}

static void as_many_as_allowed_are_taken_and_no_more(void **state)
{
    static const char item[] = "{\"name\":\"x\",\"origin_server\":\"b\"}";
    struct peer_list list;

    (void)state;
    char *body = many("[", item, PEER_LIST_MOST, "]");
    assert_null(channels(body, &list));
    assert_names(&list, "x ");
    free(body);
    body = many("[", item, PEER_LIST_MOST + 1, "]");
    assert_non_null(channels(body, &list));
    free(body);
    body = many("{\"online_users\":[", "\"x\"", PEER_LIST_MOST, "]}");
    assert_null(presence(body, &list));
    assert_names(&list, "x ");
    free(body);
    body = many("{\"online_users\":[", "\"x\"", PEER_LIST_MOST + 1, "]}");
    assert_non_null(presence(body, &list));
    free(body);
}

/* Some bytes of JSON become hundreds of json-c's: that must be noticed before. */
static void small_values_do_not_eat_the_memory(void **state)
{
    struct rusage before, after;
    struct peer_list list;

    (void)state;
    getrusage(RUSAGE_SELF, &before);
    char *objects = many("[", "{}", PEER_ANSWER_MOST / 3 - 10, "]"), *lists = many("[", "[]", PEER_ANSWER_MOST / 3 - 10, "]");
    assert_non_null(users(objects, &list));
    assert_non_null(users(lists, &list));
    free(objects);
    free(lists);
    getrusage(RUSAGE_SELF, &after);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 100 * 1024); /* KiB; it would be gigabytes */
}

static void info_tells_our_own_from_anything_else(void **state)
{
    static const char *const others[] = {
        "", "ok", "<html>", "[]", "{}", "{\"software\":\"other\",\"batch\":true}", "{\"software\":\"beringshare\"}",
        "{\"software\":\"beringshare\",\"batch\":false}", "{\"software\":\"beringshare\",\"batch\":\"true\"}",
        "{\"software\":[\"beringshare\"],\"batch\":true}",
    };
    static const char ours[] = "{\"software\":\"beringshare\",\"version\":\"1\",\"server_name\":\"b\",\"batch\":true}";
    static const char able[] = "{\"software\":\"beringshare\",\"batch\":true,\"ids\":true,\"reach\":true}";
    static const char unable[] = "{\"software\":\"beringshare\",\"batch\":false,\"ids\":true,\"reach\":true}";
    static const char bad_name[] = "{\"software\":\"beringshare\",\"server_name\":\"a b\\u0000\",\"batch\":true}";
    struct peer_info info;

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); ++i) {
        peer_answer_info(others[i], strlen(others[i]), &info);
        assert_int_equal(info.abilities, PEER_ORIGINAL);
    }
    peer_answer_info(ours, strlen(ours), &info);
    assert_int_equal(info.abilities, PEER_BERING);
    assert_string_equal(info.server_name, "b");
    assert_false(info.lists_all);
    assert_false(info.calls_back);
    peer_answer_info(bad_name, strlen(bad_name), &info);
    assert_string_equal(info.server_name, "");
    peer_answer_info(able, strlen(able), &info);
    assert_true(info.lists_all);
    assert_true(info.calls_back);
    peer_answer_info(unable, strlen(unable), &info);
    assert_false(info.lists_all);
    assert_false(info.calls_back);
}

static void a_call_back_is_told_of(void **state)
{
    static const char good[] = "{\"reached\":true,\"refused\":false,\"error\":null,\"took_ms\":12,\"more\":[]}";
    static const char refused[] = "{\"reached\":false,\"refused\":true,\"error\":\"no\",\"took_ms\":5000000000}";
    static const char *const wrong[] = {"", "[]", "{}", "null", "{\"reached\":1}", "{\"reached\":null}", "{\"reached\":true"};
    char long_error[1000];
    struct peer_reach reach;

    (void)state;
    assert_null(peer_answer_reach(good, strlen(good), &reach));
    assert_true(reach.is_reached && !reach.is_refused);
    assert_int_equal(reach.took_ms, 12);
    assert_null(peer_answer_reach(refused, strlen(refused), &reach));
    assert_true(!reach.is_reached && reach.is_refused);
    assert_true(reach.took_ms == UINT_MAX);
    assert_string_equal(reach.error, "no");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i)
        assert_non_null(peer_answer_reach(wrong[i], strlen(wrong[i]), &reach));
    int length = snprintf(long_error, sizeof(long_error), "{\"reached\":false,\"error\":\"%0*d\xc3\xa4\"}",
                          PEER_REACH_TEXT - 1, 0);
    assert_null(peer_answer_reach(long_error, (size_t)length, &reach));
    assert_int_equal(strlen(reach.error), PEER_REACH_TEXT - 1); /* no half of a character */
}

static void a_batch_has_a_result_for_each_item(void **state)
{
    static const char two[] = "{\"results\":[{\"status\":200},{\"status\":409,\"error\":\"taken\"}]}";
    static const char *const wrong[] = {
        "", "\"ok\"", "{}", "{\"results\":{}}", "{\"results\":[]}", "{\"results\":[{\"status\":200}]}",
        "{\"results\":[{\"status\":200},{\"status\":200},{\"status\":200}]}", "{\"results\":[{\"status\":200},{}]}",
        "{\"results\":[{\"status\":200},{\"status\":\"200\"}]}", "{\"results\":[{\"status\":200},{\"status\":199}]}",
        "{\"results\":[{\"status\":200},{\"status\":600}]}", "{\"results\":[{\"status\":200},200]}",
        "{\"results\":[{\"status\":200},{\"status\":4294967496}]}",
    };
    struct peer_result results[2];

    (void)state;
    assert_null(peer_answer_batch(two, strlen(two), 2, results));
    assert_int_equal(results[0].status, 200);
    assert_string_equal(results[0].answer, "");
    assert_int_equal(results[1].status, 409);
    assert_string_equal(results[1].answer, "taken");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i)
        assert_non_null(peer_answer_batch(wrong[i], strlen(wrong[i]), 2, results));
}

static void a_long_refusal_is_cut_between_characters(void **state)
{
    char body[2000] = "{\"results\":[{\"status\":400,\"error\":\"x";
    struct peer_result result;

    (void)state;
    for (unsigned i = 0; i < 400; ++i)
        strcat(body, "\xc3\xa9");
    strcat(body, "\"}]}");
    assert_null(peer_answer_batch(body, strlen(body), 1, &result));
    assert_int_equal(strlen(result.answer), PEER_RESULT_TEXT - 1);
    assert_true(text_is_utf8(result.answer, strlen(result.answer)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_sorted_and_each_name_is_there_once),
        cmocka_unit_test(entries_may_have_ids),
        cmocka_unit_test(names_that_no_address_can_have_are_left_out),
        cmocka_unit_test(one_wrong_entry_makes_all_of_it_wrong),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(small_values_do_not_eat_the_memory),
        cmocka_unit_test(as_many_as_allowed_are_taken_and_no_more),
        cmocka_unit_test(info_tells_our_own_from_anything_else),
        cmocka_unit_test(a_call_back_is_told_of),
        cmocka_unit_test(a_batch_has_a_result_for_each_item),
        cmocka_unit_test(a_long_refusal_is_cut_between_characters),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
