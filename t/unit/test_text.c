/*
 * test_text.c - what text from outside may be
 */
#include "bering/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static bool is_utf8(const char *text)
{
    return text_is_utf8(text, strlen(text));
}

static bool is_name(const char *text)
{
    return text_is_name(text, strlen(text));
}

static bool is_username(const char *text)
{
    return text_is_username(text, strlen(text));
}

static void well_formed_utf8_is_accepted(void **state)
{
    (void)state;
    assert_true(is_utf8(""));
    assert_true(is_utf8("plain ASCII, longer than eight bytes"));
    assert_true(is_utf8("gr\xc3\xbc\xc3\x9f dich, \xe4\xb8\x96\xe7\x95\x8c, and more ASCII \xf0\x9f\x98\x80"));
    assert_true(is_utf8("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
    assert_true(is_utf8("\xed\x9f\xbf \xee\x80\x80"));
    assert_true(text_is_utf8("a\0b", 3));
}

static void malformed_utf8_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
        "\xc3", "\xe4\xb8", "\xf0\x9f\x98", "\xc3(", "\xe4\xb8(", "\xf0\x9f\x98(", "eight bytes of ASCII and \x80 then",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(is_utf8(wrong[i]));
    assert_false(text_is_utf8("\xc3\xbc", 1));
}

static void names_are_short_and_visible(void **state)
{
    (void)state;
    char large[TEXT_NAME_MAX + 2];

    memset(large, 'x', sizeof(large));
    large[TEXT_NAME_MAX + 1] = '\0';
    assert_true(is_name("general"));
    assert_true(is_name("Zo\xc3\xab van den Berg"));
    assert_true(is_name("a/b@c\\d"));
    assert_false(is_name(""));
    assert_false(is_name("   "));
    assert_false(is_name("\xe3\x80\x80\xc2\xa0"));
    assert_false(is_name(large));
    assert_true(text_is_name(large, TEXT_NAME_MAX));
    assert_false(is_name("two\nlines"));
    assert_false(is_name("tab\tbed"));
    assert_false(is_name("\x7f"));
    assert_false(is_name("c1 \xc2\x85 control"));
    assert_false(is_name("bad \xff"));
    assert_false(text_is_name("a\0b", 3));
}

static bool is_display_name(const char *text)
{
    return text_is_display_name(text, strlen(text));
}

static void display_names_show_what_they_are(void **state)
{
    (void)state;
    assert_true(is_display_name("Alice in person"));
    assert_true(is_display_name("\xd8\xb9\xd9\x84\xd9\x8a"));
    assert_true(is_display_name("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae")); /* U+200C between letters, as Persian needs it */
    assert_true(is_display_name("Ann \xe2\x9d\xa4\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x94\xa5")); /* an emoji of four characters */
    assert_false(is_display_name("Al\xe2\x80\x8d" "ice")); /* U+200D: it would look like Alice */
    assert_false(is_display_name("\xe2\x80\x8d" "Alice"));
    assert_false(is_display_name("Alice\xef\xb8\x8f"));    /* U+FE0F */
    assert_false(is_display_name("Alice\xc2\xa0\xe2\x80\x8d")); /* behind a space */
    assert_false(is_display_name("\xe2\x80\xae" "ecilA")); /* U+202E: it would be shown as Alice */
    assert_false(is_display_name("\xe2\x81\xa6" "Alice")); /* U+2066 */
    assert_false(is_display_name("Al\xc2\xad" "ice"));      /* U+00AD */
    assert_false(is_display_name("\xe3\x85\xa4"));         /* U+3164: it shows nothing */
    assert_false(is_display_name("A\nB"));
    assert_false(is_display_name(" "));
    assert_false(is_display_name(""));
    assert_false(is_display_name("\xff"));
}

static void usernames_fit_into_addresses(void **state)
{
    (void)state;
    assert_true(is_username("alice"));
    assert_true(is_username("o'hara+\xe4\xb8\x96_1.2"));
    assert_false(is_username("alice smith"));
    assert_false(is_username("alice@server"));
    assert_false(is_username("a/b"));
    assert_false(is_username("a\\b"));
    assert_false(is_username("no\xc2\xa0" "break"));
    assert_false(is_username("al\xe2\x80\x8b" "ice")); /* U+200B: it would look like alice */
    assert_false(is_username("\xe2\x80\xae" "alice"));  /* U+202E */
    assert_false(is_username("alice\xef\xb8\x8f"));  /* U+FE0F */
    assert_true(is_username("\xd8\xb9\xd9\x84\xd9\x8a"));
    assert_false(is_username(""));
    assert_false(is_username("\xff"));
}

static void white_space_alone_is_not_visible(void **state)
{
    (void)state;
    assert_false(text_is_visible("", 0));
    assert_false(text_is_visible(" \t\r\n\v\f", 6));
    assert_false(text_is_visible("\xe2\x80\x83\xe2\x80\xa8\xe1\x9a\x80", 9));
    assert_true(text_is_visible(" \n.", 3));
    assert_true(text_is_visible("\xe4\xb8\x96", 3));
}

static size_t cut(const char *text, size_t most)
{
    return text_cut(text, strlen(text), most);
}

static void cutting_leaves_whole_characters(void **state)
{
    (void)state;
    assert_int_equal(cut("", 5), 0);
    assert_int_equal(cut("abc", 5), 3);
    assert_int_equal(cut("abc", 3), 3);
    assert_int_equal(cut("abc", 2), 2);
    assert_int_equal(cut("a\xc3\xa4", 3), 3);
    assert_int_equal(cut("a\xc3\xa4", 2), 1);
    assert_int_equal(cut("\xf0\x9f\x90\xbb", 3), 0);
    assert_int_equal(cut("ab\xff" "cd", 9), 2); /* what is no UTF-8, and what is behind it */
}

static void texts_hold_others_whatever_the_case(void **state)
{
    static const struct {
        const char *text, *part;
        bool holds;
    } cases[] = {
        {"Alice", "", true},        {"", "", true},             {"", "a", false},          {"Alice", "ali", true},
        {"Alice", "ICE", true},     {"Alice", "alices", false}, {"Alice", "x", false},     {"aab", "ab", true},
        {"100%", "%", true},        {"alice", "%", false},      {"a_b", "_", true},        {"alice", "_", false},
        {"ÉLODIE", "élo", true},    {"élodie", "ÉLO", true},    {"elodie", "é", false},    {"ΣΊΓΜΑ", "ίγμα", true},
        {"Жанна", "жАН", true},     {"日本語", "本", true},     {"日本語", "木", false},   {"🐻bear", "🐻B", true},
        {"a\xffz", "\xff", true},   {"a\xffz", "\xfe", false},  {"\xc3", "\xc3", true},    {"é", "\xc3", false},
        {"[\\]", "[\\", true},      {"a@b", "`", false},        {"[", "{", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (text_holds(cases[i].text, cases[i].part) != cases[i].holds)
            fail_msg("\"%s\" and \"%s\"", cases[i].text, cases[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_utf8_is_accepted),
        cmocka_unit_test(malformed_utf8_is_refused),
        cmocka_unit_test(names_are_short_and_visible),
        cmocka_unit_test(display_names_show_what_they_are),
        cmocka_unit_test(usernames_fit_into_addresses),
        cmocka_unit_test(cutting_leaves_whole_characters),
        cmocka_unit_test(white_space_alone_is_not_visible),
        cmocka_unit_test(texts_hold_others_whatever_the_case),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
