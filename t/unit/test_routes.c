/*
 * test_routes.c - the table of routes keeps the rules that its readers rely on.
 */
#include "worker/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define EACH(route)                                                                                                    \
    const struct route *route = routes;                                                                                \
    route < routes + route_count;                                                                                      \
    route++

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Fails the test, saying which row is to blame. */
static void blame(const struct route *route, const char *what)
{
    fail_msg("%s %s: %s", route->method, route->path, what);
}

static void table_is_not_empty(void **state)
{
    (void)state;
    assert_true(route_count > 0);
    for (EACH(route)) {
        assert_non_null(route->method);
        assert_non_null(route->path);
    }
}

static void methods_are_known(void **state)
{
    (void)state;
    for (EACH(route))
        if (strcmp(route->method, "GET") != 0 && strcmp(route->method, "POST") != 0 &&
            strcmp(route->method, "PUT") != 0 && strcmp(route->method, "DELETE") != 0)
            blame(route, "unknown method");
}

static void each_row_has_a_handler_or_else_steps(void **state)
{
    (void)state;
    for (EACH(route)) {
        bool has_steps = route->work != NULL || route->write != NULL;
        if (route->handler == NULL && !has_steps)
            blame(route, "neither a handler nor a step");
        if (route->handler != NULL && has_steps)
            blame(route, "a handler, and a step that never runs");
    }
}

static void reading_writes_nothing(void **state)
{
    (void)state;
    for (EACH(route))
        if (strcmp(route->method, "GET") == 0 && (route->write != NULL || route->body != NULL))
            blame(route, "a GET that writes, or has a body");
}

static void no_two_rows_answer_the_same_request(void **state)
{
    (void)state;
    for (EACH(route))
        for (const struct route *other = route + 1; other < routes + route_count; other++)
            if (strcmp(route->method, other->method) == 0 && strcmp(route->path, other->path) == 0)
                blame(route, "there are two of it");
}

static void ids_in_a_path_fit_a_request(void **state)
{
    unsigned most = 0;

    (void)state;
    for (EACH(route)) {
        unsigned count = 0;
        for (const char *at = route->path; (at = strchr(at, ':')) != NULL; at++, count++)
            if (at[-1] != '/' || !starts_with(at, ":id") || (at[3] != '/' && at[3] != '\0'))
                blame(route, "\":id\" must be a whole segment");
        if (count > ROUTE_IDS_MOST)
            blame(route, "more ids than ROUTE_IDS_MOST");
        most = count > most ? count : most;
    }
    assert_int_equal(most, ROUTE_IDS_MOST);
}

static void fields_of_a_body_fit_a_request(void **state)
{
    unsigned most = 0;

    (void)state;
    for (EACH(route)) {
        unsigned count = 0;
        for (const struct field *field = route->body; field != NULL && field->name != NULL; field++, count++) {
            if (count == ROUTE_FIELDS_MOST)
                blame(route, "more fields than ROUTE_FIELDS_MOST");
            for (const struct field *other = route->body; other < field; other++)
                if (strcmp(field->name, other->name) == 0)
                    blame(route, "two fields of one name");
        }
        if (route->body != NULL && count == 0)
            blame(route, "a body without fields");
        most = count > most ? count : most;
    }
    assert_int_equal(most, ROUTE_FIELDS_MOST);
}

static void fields_with_a_bound_say_it(void **state)
{
    (void)state;
    for (EACH(route))
        for (const struct field *field = route->body; field != NULL && field->name != NULL; field++) {
            bool bounded =
                field->type == FIELD_TEXT || field->type == FIELD_OPTIONAL_TEXT || field->type == FIELD_UUIDS;
            if (bounded != (field->most > 0))
                blame(route, field->name);
        }
}

static void parameters_fit_a_request(void **state)
{
    unsigned most = 0;

    (void)state;
    for (EACH(route)) {
        unsigned count = 0;
        for (const struct parameter *one = route->query; one != NULL && one->name != NULL; one++, count++) {
            if (count == ROUTE_PARAMETERS_MOST)
                blame(route, "more parameters than ROUTE_PARAMETERS_MOST");
            for (const struct parameter *other = route->query; other < one; other++)
                if (strcmp(one->name, other->name) == 0)
                    blame(route, "two parameters of one name");
            bool bounded = one->type == PARAMETER_TEXT || one->type == PARAMETER_INTEGER;
            if (one->least < 0 || bounded != (one->most > 0) || one->most < one->least)
                blame(route, one->name);
        }
        most = count > most ? count : most;
    }
    assert_int_equal(most, ROUTE_PARAMETERS_MOST);
}

/* The dispatcher counts attempts by the text of the first field. */
static void logins_name_the_account_first(void **state)
{
    unsigned logins = 0;

    (void)state;
    for (EACH(route)) {
        if (route->rate == ROUTE_LOGIN) {
            logins++;
            if (route->body == NULL || strcmp(route->body[0].name, "username") != 0 || !route->body[0].required ||
                route->body[0].type == FIELD_UUID || route->body[0].type == FIELD_UUIDS ||
                route->body[0].type == FIELD_BOOLEAN)
                blame(route, "the first field must be the account's name");
        } else if (strstr(route->path, "/login") != NULL) {
            blame(route, "a login that may be tried without limit");
        }
    }
    assert_int_equal(logins, 2);
}

/* What monitoring asks. */
static bool is_of_monitoring(const char *path)
{
    static const char *const paths[] = {"/health", "/livez", "/readyz", "/metrics"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); ++i)
        if (strcmp(path, paths[i]) == 0)
            return true;
    return false;
}

/* No route of administrators that changes something can be forgotten; what all others do is no affair of the log. */
static void what_administrators_change_is_written_down(void **state)
{
    (void)state;
    for (EACH(route)) {
        bool changes = starts_with(route->path, "/admin/") && strcmp(route->method, "GET") != 0;
        if (changes != (route->audit != NULL))
            blame(route, changes ? "has no name in the audit log" : "has a name in the audit log");
        if (route->audit != NULL && strchr(route->audit, '.') == NULL)
            blame(route, "its name in the audit log is no object and verb");
        for (const struct route *other = routes; route->audit != NULL && other < route; other++)
            if (other->audit != NULL && strcmp(other->audit, route->audit) == 0)
                blame(route, "its name in the audit log is another's");
    }
}

static void paths_are_below_the_known_ones(void **state)
{
    (void)state;
    for (EACH(route)) {
        if (!is_of_monitoring(route->path) && !starts_with(route->path, "/api/") && !starts_with(route->path, "/admin/") &&
            !starts_with(route->path, "/federation/"))
            blame(route, "not below /api/, /admin/ or /federation/");
        if (strstr(route->path, "//") != NULL || route->path[strlen(route->path) - 1] == '/')
            blame(route, "an empty segment");
    }
}

static void administration_is_for_administrators(void **state)
{
    (void)state;
    for (EACH(route)) {
        bool is_login = strcmp(route->path, "/admin/login") == 0;
        bool is_for_them = route->authority == AUTHORITY_ADMIN || route->authority == AUTHORITY_ADMIN_STREAM;
        if (starts_with(route->path, "/admin/") && (is_login ? route->authority != AUTHORITY_NONE : !is_for_them))
            blame(route, "not for administrators only");
    }
}

static void api_is_for_users(void **state)
{
    (void)state;
    for (EACH(route)) {
        if (!starts_with(route->path, "/api/"))
            continue;
        if (strcmp(route->path, "/api/login") == 0) {
            if (route->authority != AUTHORITY_NONE)
                blame(route, "nobody has a token yet");
        } else if (route->authority != AUTHORITY_USER && route->authority != AUTHORITY_STREAM) {
            blame(route, "not for users only");
        }
    }
}

/* A token in a URL is for browsers' streams alone. */
static void only_streams_take_a_token_in_the_url(void **state)
{
    (void)state;
    for (EACH(route)) {
        bool is_stream = strcmp(route->path, "/api/events") == 0 || strcmp(route->path, "/api/ws") == 0;
        bool is_admin_stream = strcmp(route->path, "/admin/events") == 0;
        if (is_stream != (route->authority == AUTHORITY_STREAM) ||
            is_admin_stream != (route->authority == AUTHORITY_ADMIN_STREAM))
            blame(route, "is it a stream?");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_not_empty),
        cmocka_unit_test(methods_are_known),
        cmocka_unit_test(each_row_has_a_handler_or_else_steps),
        cmocka_unit_test(reading_writes_nothing),
        cmocka_unit_test(no_two_rows_answer_the_same_request),
        cmocka_unit_test(ids_in_a_path_fit_a_request),
        cmocka_unit_test(fields_of_a_body_fit_a_request),
        cmocka_unit_test(fields_with_a_bound_say_it),
        cmocka_unit_test(parameters_fit_a_request),
        cmocka_unit_test(logins_name_the_account_first),
        cmocka_unit_test(paths_are_below_the_known_ones),
        cmocka_unit_test(what_administrators_change_is_written_down),
        cmocka_unit_test(administration_is_for_administrators),
        cmocka_unit_test(api_is_for_users),
        cmocka_unit_test(only_streams_take_a_token_in_the_url),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
