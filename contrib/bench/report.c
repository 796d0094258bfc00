/*
 * report.c - prints the table and keeps the same as JSON. The main process.
 *
 * Always holds: what is printed is in the JSON, too, under the scenario that was named last.
 */
#include "report.h"
#include <json-c/json.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

struct report {
    FILE *out;
    struct json_object *root, *scenarios;
    struct json_object *scenario, *figures; /* the current one, owned by scenarios */
    int failed;                             /* scenarios with a failure */
    bool failing;                           /* the current one has */
};

struct report *report_init(FILE *out)
{
    struct report *report = calloc(1, sizeof(*report));

    if (report == NULL)
        abort();
    report->out = out;
    report->root = json_object_new_object();
    report->scenarios = json_object_new_array();
    return report;
}

int report_deinit(struct report **report_p, const char *path)
{
    struct report *report = *report_p;
    int result = report->failed;

    *report_p = NULL;
    json_object_object_add(report->root, "scenarios", report->scenarios);
    if (path != NULL && json_object_to_file_ext(path, report->root, JSON_C_TO_STRING_PRETTY) != 0) {
        fprintf(stderr, "bench: cannot write %s\n", path);
        result = -1;
    }
    json_object_put(report->root);
    free(report);
    return result;
}

void report_fact(struct report *report, const char *name, const char *value)
{
    json_object_object_add(report->root, name, json_object_new_string(value));
    fprintf(report->out, "%s: %s\n", name, value);
    fflush(report->out);
}

void report_scenario(struct report *report, const char *name, const char *what)
{
    report->scenario = json_object_new_object();
    report->figures = json_object_new_array();
    report->failing = false;
    json_object_object_add(report->scenario, "name", json_object_new_string(name));
    json_object_object_add(report->scenario, "what", json_object_new_string(what));
    json_object_object_add(report->scenario, "figures", report->figures);
    json_object_array_add(report->scenarios, report->scenario);
    fprintf(report->out, "\n%s: %s\n", name, what);
    fflush(report->out);
}

static const char *verdict(double value, enum report_target kind, double target)
{
    bool reached = kind == REPORT_AT_MOST ? value <= target : value >= target;

    return reached ? "reached" : "MISSED";
}

/* As many digits as mean something: 1234567, 123, 12.3, 1.23, 0.012. */
static int digits(double value)
{
    double size = value < 0 ? -value : value;

    return size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
}

void report_figure(struct report *report, const char *name, double value, const char *unit, enum report_target kind,
                   double target)
{
    struct json_object *figure = json_object_new_object();

    json_object_object_add(figure, "name", json_object_new_string(name));
    json_object_object_add(figure, "value", json_object_new_double(value));
    json_object_object_add(figure, "unit", json_object_new_string(unit));
    fprintf(report->out, "  %-62s %10.*f %-8s", name, digits(value), value, unit);
    if (kind != REPORT_NO_TARGET) {
        json_object_object_add(figure, kind == REPORT_AT_MOST ? "at_most" : "at_least", json_object_new_double(target));
        json_object_object_add(figure, "reached", json_object_new_boolean(verdict(value, kind, target)[0] == 'r'));
        fprintf(report->out, " %s %.*f  %s", kind == REPORT_AT_MOST ? "<=" : ">=", target >= 10 ? 0 : 1, target,
                verdict(value, kind, target));
    }
    json_object_array_add(report->figures, figure);
    fputc('\n', report->out);
    fflush(report->out);
}

static void say(struct report *report, const char *key, const char *mark, const char *format, va_list arguments)
{
    struct json_object *list;
    char text[512];

    vsnprintf(text, sizeof(text), format, arguments);
    if (!json_object_object_get_ex(report->scenario, key, &list)) {
        list = json_object_new_array();
        json_object_object_add(report->scenario, key, list);
    }
    json_object_array_add(list, json_object_new_string(text));
    fprintf(report->out, "  %s%s\n", mark, text);
    fflush(report->out);
}

void report_note(struct report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(report, "notes", "", format, arguments);
    va_end(arguments);
}

void report_failure(struct report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(report, "failures", "FAILED: ", format, arguments);
    va_end(arguments);
    if (!report->failing)
        report->failed++;
    report->failing = true;
}
