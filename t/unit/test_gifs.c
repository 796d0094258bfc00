/*
 * test_gifs.c - GIF searches: what is asked, what an answer is worth, and what is remembered of it.
 */
#include "worker/gif_provider.h"
#include "worker/gifs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- the provider ---- */

static void what_is_asked_is_escaped(void **state)
{
    char *url = gif_provider_url("https://gifs.example/v2/search", "k&e=y", "a b&limit=9#\xc3\xa9%", 7);

    (void)state;
    assert_string_equal(url, "https://gifs.example/v2/search?key=k%26e%3Dy&q=a%20b%26limit%3D9%23%C3%A9%25&limit=7"
                             "&media_filter=gif,tinygif&client_key=beringshare");
    free(url);
}

/* The JSON that is made of an answer; "refused" if it is none. */
static const char *read_answer(const char *text, int64_t limit)
{
    static char read[16384];
    struct json json = {0};

    if (!gif_provider_read(text, strlen(text), limit, &json)) {
        assert_int_equal(json.length, 0);
        return "refused";
    }
    assert_true(json.length < sizeof(read));
    memcpy(read, json.text, json.length);
    read[json.length] = '\0';
    json_deinit(&json);
    return read;
}

#define GIF(url, dims) "{\"url\":\"" url "\",\"dims\":" dims "}"
#define ANSWER(formats) "{\"results\":[{\"id\":\"1\",\"media_formats\":" formats "}],\"next\":\"\"}"

static void the_large_one_and_the_small_one_are_told(void **state)
{
    (void)state;
    assert_string_equal(read_answer(ANSWER("{\"gif\":" GIF("https://g/1.gif", "[498,280]") ",\"tinygif\":"
                                           GIF("https://g/1t.gif", "[220,124]") "}"), 5),
                        "[{\"url\":\"https://g/1.gif\",\"preview_url\":\"https://g/1t.gif\",\"width\":498,\"height\":280}]");
    assert_string_equal(read_answer(ANSWER("{\"tinygif\":" GIF("https://g/t", "[2,1]") "}"), 5),
                        "[{\"url\":\"https://g/t\",\"preview_url\":\"https://g/t\",\"width\":2,\"height\":1}]");
    assert_string_equal(read_answer(ANSWER("{\"gif\":" GIF("http://g/bad", "[9,9]") ",\"mediumgif\":"
                                           GIF("https://g/m", "[4,3]") "}"), 5),
                        "[{\"url\":\"https://g/m\",\"preview_url\":\"https://g/m\",\"width\":4,\"height\":3}]");
}

static void sizes_that_make_no_sense_are_not_told(void **state)
{
    static const char *const sizes[] = {"[]", "[1]", "[1,2,3]", "null", "{}", "\"1x2\"", "[\"1\",\"2\"]", "[0,-1]",
                                        "[1.5,2.5]", "[1e99,99999999999]", "[true,null]"};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char text[256];
        snprintf(text, sizeof(text), "{\"results\":[{\"media_formats\":{\"gif\":{\"url\":\"https://g/1\",\"dims\":%s}}}]}", sizes[i]);
        assert_string_equal(read_answer(text, 5), "[{\"url\":\"https://g/1\",\"preview_url\":\"https://g/1\",\"width\":0,\"height\":0}]");
    }
    assert_string_equal(read_answer("{\"results\":[{\"media_formats\":{\"gif\":{\"url\":\"https://g/1\"}}}]}", 5),
                        "[{\"url\":\"https://g/1\",\"preview_url\":\"https://g/1\",\"width\":0,\"height\":0}]");
}

static void urls_that_break_a_message_are_left_out(void **state)
{
    static const char *const urls[] = {
        "http://g/1", "HTTPS://g/1", "https://", "//g/1", "javascript:alert(1)", "data:image/gif;base64,xx", "", " https://g/1",
        "https://g/1]", "https://g/[1", "https://g/a b", "https://g/a\\nb", "https://g/a\\u0000b", "https://g/\\u007f",
        "https://g/\\\"", "https://g/<b>", "https://g/\\u00e9", "https://g/\\t", "https://g/\\u202e", "https://g/a\\\\b",
    };
    static char text[4096], path[2100];

    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        snprintf(text, sizeof(text), "{\"results\":[{\"media_formats\":{\"gif\":{\"url\":\"%s\"}}}]}", urls[i]);
        assert_string_equal(read_answer(text, 5), "[]");
    }
    for (int length = 2048; length <= 2049; length++) {
        memset(path, 'x', sizeof(path));
        path[length - 10] = '\0'; /* https://g/ is ten bytes long */
        snprintf(text, sizeof(text), "{\"results\":[{\"media_formats\":{\"gif\":{\"url\":\"https://g/%s\"}}}]}", path);
        const char *read = read_answer(text, 5);
        assert_true((strcmp(read, "[]") != 0) == (length == 2048));
    }
}

static void what_has_another_form_is_left_out_or_refused(void **state)
{
    static const char *const without[] = {
        "{\"results\":[]}", "{\"results\":[null,1,\"x\",[],{}]}", "{\"results\":[{\"media_formats\":null}]}",
        "{\"results\":[{\"media_formats\":[]}]}", "{\"results\":[{\"media_formats\":{\"gif\":null}}]}",
        "{\"results\":[{\"media_formats\":{\"gif\":[]}}]}", "{\"results\":[{\"media_formats\":{\"gif\":{\"url\":1}}}]}",
        "{\"results\":[{\"media_formats\":{\"gif\":{\"url\":null}}}]}", "{\"results\":[{\"media_formats\":{\"mp4\":{\"url\":\"https://g/1\"}}}]}",
    };
    static const char *const none[] = {"", "{}", "[]", "null", "<html>", "{\"results\":{}}", "{\"results\":null}", "{\"results\":\"x\"}",
                                       "{\"results\":[", "{\"error\":{\"code\":400}}", "{\"results\":[]} x"};

    (void)state;
    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
        assert_string_equal(read_answer(without[i], 5), "[]");
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_string_equal(read_answer(none[i], 5), "refused");
}

static void no_more_are_told_than_were_asked_for(void **state)
{
    static char text[4096];

    (void)state;
    strcpy(text, "{\"results\":[{}");
    for (int i = 0; i < 10; i++)
        strcat(text, ",{\"media_formats\":{\"gif\":{\"url\":\"https://g/1\"}}}");
    strcat(text, "]}");
    unsigned count = 0;
    for (const char *at = read_answer(text, 3); (at = strstr(at, "\"url\"")) != NULL; at++)
        count++;
    assert_int_equal(count, 3);
}

/* ---- what is remembered ---- */

static int gifs_setup(void **state)
{
    *state = gifs_new();
    return 0;
}

static int gifs_teardown(void **state)
{
    struct gifs *gifs = *state;

    gifs_free(&gifs);
    return gifs == NULL ? 0 : -1;
}

static void put(struct gifs *gifs, const char *words, int64_t limit, uint64_t now, const char *answer)
{
    gifs_put(gifs, words, limit, now, answer, strlen(answer));
}

/* NULL as answer: it is not known. */
static void expect(struct gifs *gifs, const char *words, int64_t limit, uint64_t now, const char *answer)
{
    struct json json = {0};
    bool is_found = gifs_find(gifs, words, limit, now, &json);

    assert_int_equal(is_found, answer != NULL);
    if (is_found) {
        assert_int_equal(json.length, strlen(answer));
        assert_memory_equal(json.text, answer, json.length);
    }
    json_deinit(&json);
}

static void a_search_is_its_words_and_its_limit(void **state)
{
    put(*state, "cat", 20, 1000, "[1]");
    put(*state, "cat", 10, 1000, "[2]");
    expect(*state, "cat", 20, 1000, "[1]");
    expect(*state, "cat", 10, 1000, "[2]");
    expect(*state, "cat", 11, 1000, NULL);
    expect(*state, "Cat", 20, 1000, NULL);
    expect(*state, "", 20, 1000, NULL);
    put(*state, "cat", 20, 1001, "[3]");
    expect(*state, "cat", 20, 1001, "[3]");
}

static void an_answer_is_kept_for_five_minutes(void **state)
{
    put(*state, "old", 20, 1000, "[]");
    put(*state, "new", 20, 2000, "[]");
    expect(*state, "old", 20, 1000 + GIFS_KEPT_MS - 1, "[]");
    expect(*state, "old", 20, 1000 + GIFS_KEPT_MS, NULL);
    expect(*state, "new", 20, 1000 + GIFS_KEPT_MS, "[]");
    expect(*state, "new", 20, 2000 + GIFS_KEPT_MS, NULL);
}

static void a_clock_read_early_does_not_disturb_the_order(void **state)
{
    put(*state, "late", 20, 2000, "[]");
    put(*state, "early", 20, 1000, "[]");
    expect(*state, "late", 20, 1500 + GIFS_KEPT_MS, "[]");
    expect(*state, "early", 20, 2000 + GIFS_KEPT_MS, NULL);
    expect(*state, "late", 20, 2000 + GIFS_KEPT_MS, NULL);
}

static void the_oldest_go_when_there_are_too_many(void **state)
{
    char words[16];

    for (int i = 0; i < 3 * GIFS_KEPT_MOST; i++) {
        snprintf(words, sizeof(words), "%d", i);
        put(*state, words, 20, 1000, "[]");
    }
    for (int i = 0; i < 3 * GIFS_KEPT_MOST; i++) {
        snprintf(words, sizeof(words), "%d", i);
        expect(*state, words, 20, 1000, i < 2 * GIFS_KEPT_MOST ? NULL : "[]");
    }
}

static void the_oldest_go_when_they_are_too_long(void **state)
{
    enum { HALF = GIFS_BYTES_MOST / 2 };
    char *half = malloc(HALF + 1), *whole = malloc(GIFS_BYTES_MOST + 2);

    memset(half, '1', HALF);
    half[HALF] = '\0';
    memset(whole, '1', GIFS_BYTES_MOST + 1);
    whole[GIFS_BYTES_MOST + 1] = '\0';
    put(*state, "a", 1, 1, half);
    put(*state, "b", 1, 1, half);
    expect(*state, "a", 1, 1, half);
    put(*state, "c", 1, 1, "[]");
    expect(*state, "a", 1, 1, NULL);
    expect(*state, "b", 1, 1, half);
    put(*state, "d", 1, 1, whole);
    expect(*state, "d", 1, 1, NULL);
    expect(*state, "c", 1, 1, "[]");
    free(half);
    free(whole);
}

static void a_pause_ends(void **state)
{
    assert_false(gifs_is_paused(*state, 1000));
    gifs_pause(*state, 2000);
    assert_true(gifs_is_paused(*state, 1999));
    assert_false(gifs_is_paused(*state, 2000));
}

static void trouble_is_news_when_it_changes(void **state)
{
    static const char one[] = "one", other[] = "other";

    assert_false(gifs_note_trouble(*state, NULL));
    assert_true(gifs_note_trouble(*state, one));
    assert_false(gifs_note_trouble(*state, one));
    assert_true(gifs_note_trouble(*state, other));
    assert_true(gifs_note_trouble(*state, NULL));
}

#define GIFS_TEST(function) cmocka_unit_test_setup_teardown(function, gifs_setup, gifs_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_is_escaped),
        cmocka_unit_test(the_large_one_and_the_small_one_are_told),
        cmocka_unit_test(sizes_that_make_no_sense_are_not_told),
        cmocka_unit_test(urls_that_break_a_message_are_left_out),
        cmocka_unit_test(what_has_another_form_is_left_out_or_refused),
        cmocka_unit_test(no_more_are_told_than_were_asked_for),
        GIFS_TEST(a_search_is_its_words_and_its_limit),
        GIFS_TEST(an_answer_is_kept_for_five_minutes),
        GIFS_TEST(a_clock_read_early_does_not_disturb_the_order),
        GIFS_TEST(the_oldest_go_when_there_are_too_many),
        GIFS_TEST(the_oldest_go_when_they_are_too_long),
        GIFS_TEST(a_pause_ends),
        GIFS_TEST(trouble_is_news_when_it_changes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("gifs", tests, NULL, NULL);
}
