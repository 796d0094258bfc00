/*
 * test_log.c - log lines: form, level, escaping
 */
#include "bering/clock.h"
#include "bering/log.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* Standard error goes into a pipe, so each write(2) can be seen on its own. */
static char line[65536];
static int saved_stderr, reading_end;

static int capture(void **state)
{
    int ends[2];

    (void)state;
    if (pipe2(ends, O_DIRECT | O_NONBLOCK) != 0)
        return -1;
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    reading_end = ends[0];
    log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    log_process("");
    return 0;
}

static int release(void **state)
{
    (void)state;
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    close(reading_end);
    return 0;
}

/* The next packet that was written, "" if there is none. */
static const char *written(void)
{
    ssize_t length = read(reading_end, line, sizeof(line) - 1);

    line[length > 0 ? length : 0] = '\0';
    return line;
}

static void a_line_has_time_level_process_and_text(void **state)
{
    (void)state;
    int64_t time;

    log_process("worker 1");
    log_warn("disk %s, %d%% left", "full", 3);
    written();
    assert_true(clock_parse(line, 24, &time));
    assert_string_equal(line + 24, " warn  worker 1: disk full, 3% left\n");
    log_process("");
    log_error("x");
    assert_string_equal(written() + 24, " error x\n");
}

static void a_request_is_named_in_both_forms(void **state)
{
    (void)state;

    log_process("worker 2");
    log_request("abc-1");
    log_info("said");
    assert_string_equal(written() + 24, " info  worker 2: [abc-1] said\n");
    log_init(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    log_info("said");
    struct json_object *object = json_tokener_parse(written());
    assert_string_equal(json_object_get_string(json_object_object_get(object, "request")), "abc-1");
    json_object_put(object);
    log_request("");
    log_info("said");
    assert_null(strstr(written(), "request"));
    log_init(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    log_process("");
}

static void quieter_levels_are_left_out(void **state)
{
    (void)state;
    log_debug("too much");
    assert_string_equal(written(), "");
    log_init(LOG_LEVEL_DEBUG, LOG_FORMAT_TEXT);
    log_debug("wanted");
    assert_string_equal(written() + 24, " debug wanted\n");
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    log_warn("not now");
    assert_string_equal(written(), "");
}

static void text_cannot_forge_a_line(void **state)
{
    (void)state;
    log_info("%s", "a\nb\x1b[31m\x7f \xc2\x9b \xff \xc3\xbc");
    assert_string_equal(written() + 24, " info  a\\x0ab\\x1b[31m\\x7f \\xc2\\x9b \\xff \xc3\xbc\n");
    assert_string_equal(written(), "");
}

static void json_lines_are_json(void **state)
{
    (void)state;
    int64_t time;

    log_init(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    log_process("master");
    log_info("a \"quoted\"\nline \xff");
    struct json_object *object = json_tokener_parse(written());
    assert_non_null(object);
    assert_int_equal(line[strlen(line) - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_string_equal(json_object_get_string(json_object_object_get(object, "level")), "info");
    assert_string_equal(json_object_get_string(json_object_object_get(object, "process")), "master");
    assert_string_equal(json_object_get_string(json_object_object_get(object, "message")),
                        "a \"quoted\"\nline \xef\xbf\xbd");
    assert_true(clock_parse(json_object_get_string(json_object_object_get(object, "time")), 24, &time));
    json_object_put(object);
}

static void a_long_line_is_cut_and_says_so(void **state)
{
    (void)state;
    char large[10000];

    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    log_info("%s", large);
    size_t length = strlen(written());
    assert_true(length > 3000);
    assert_true(length <= PIPE_BUF);
    assert_string_equal(line + length - 5, " ...\n");
    assert_string_equal(written(), "");

    /* also where each byte grows */
    memset(large, '\x01', sizeof(large) - 1);
    log_init(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    log_info("%s", large);
    length = strlen(written());
    assert_true(length > 3000);
    assert_true(length <= PIPE_BUF);
    assert_string_equal(line + length - 7, " ...\"}\n");
    assert_string_equal(written(), "");
}

static void errno_survives_and_can_be_told(void **state)
{
    (void)state;
    errno = ENOSPC;
    log_error("cannot write: %m");
    assert_int_equal(errno, ENOSPC);
    assert_string_equal(written() + 24, " error cannot write: No space left on device\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_time_level_process_and_text, capture, release),
        cmocka_unit_test_setup_teardown(a_request_is_named_in_both_forms, capture, release),
        cmocka_unit_test_setup_teardown(quieter_levels_are_left_out, capture, release),
        cmocka_unit_test_setup_teardown(text_cannot_forge_a_line, capture, release),
        cmocka_unit_test_setup_teardown(json_lines_are_json, capture, release),
        cmocka_unit_test_setup_teardown(a_long_line_is_cut_and_says_so, capture, release),
        cmocka_unit_test_setup_teardown(errno_survives_and_can_be_told, capture, release),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
