/*
 * test_network.c - addresses, and lists of networks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bering/network.h"
#include <string.h>

static bool contains(const char *list_text, const char *address_text)
{
    struct network_list *list = network_list_new(list_text);
    struct network_address address;

    assert_non_null(list);
    assert_true(network_parse(address_text, strlen(address_text), &address));
    bool result = network_list_contains(list, &address);
    network_list_free(&list);
    return result;
}

static void test_lists(void **state)
{
    (void)state;
    assert_true(contains("10.0.0.0/8", "10.255.1.2"));
    assert_false(contains("10.0.0.0/8", "11.0.0.0"));
    assert_true(contains("192.0.2.128/25", "192.0.2.128"));
    assert_false(contains("192.0.2.128/25", "192.0.2.127"));
    assert_true(contains("192.0.2.1", "192.0.2.1"));
    assert_false(contains("192.0.2.1", "192.0.2.2"));
    assert_true(contains(" 192.0.2.1 ,, 2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(contains("192.0.2.1,2001:db8::/33", "2001:db8:8000::1"));
    assert_true(contains("0.0.0.0/0", "203.0.113.9"));
    assert_false(contains("0.0.0.0/0", "2001:db8::1"));
    assert_true(contains("::/0", "2001:db8::1"));
    assert_true(contains("192.0.2.0/24", "::ffff:192.0.2.7"));
    assert_false(contains("", "127.0.0.1"));
}

static void test_wrong_lists(void **state)
{
    static const char *const wrong[] = {"x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10.0.0", "/8",
                                        "10.0.0.0/8,x"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_null(network_list_new(wrong[i]));
}

static void test_addresses(void **state)
{
    static const struct {
        const char *text;
        const char *wanted; /* NULL: is none */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"192.0.2.1:8080", "192.0.2.1"},
        {"2001:DB8::1", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"[2001:db8::1]:443", "2001:db8::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"", NULL},
        {"unknown", NULL},
        {"[2001:db8::1", NULL},
        {"[2001:db8::1]x", NULL},
        {"_hidden", NULL},
        {"192.0.2.256", NULL},
        {"1111111111111111111111111111111111111111111111111111111111111111111111111", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct network_address address;
        char text[NETWORK_TEXT_SIZE];
        bool right = network_parse(cases[i].text, strlen(cases[i].text), &address);
        assert_int_equal(right, cases[i].wanted != NULL);
        if (right)
            assert_string_equal(network_format(&address, text), cases[i].wanted);
    }
    assert_false(network_parse("1.2.3.4\0x", 9, &(struct network_address){{0}}));
}

static void test_loopback(void **state)
{
    static const struct {
        const char *text;
        bool wanted;
    } cases[] = {
        {"127.0.0.1", true}, {"127.255.1.2", true}, {"::1", true},       {"::ffff:127.0.0.1", true},
        {"128.0.0.1", false}, {"10.127.0.1", false}, {"::", false},      {"::2", false},
        {"fe80::1", false},   {"0.0.0.0", false},    {"7f00::1", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct network_address address;
        assert_true(network_parse(cases[i].text, strlen(cases[i].text), &address));
        assert_int_equal(network_is_loopback(&address), cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_wrong_lists),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_loopback),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
