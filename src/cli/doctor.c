/*
 * doctor.c - looks for everything that could be wrong: a table of checks, each of which reports what it finds.
 * beringctl.
 *
 * A check changes nothing, and gives up by itself after some seconds; none depends on another but for the
 * configuration.
 */
#include "cli/doctor.h"

#include "cli/grid.h"
#include "cli/handlers.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {[VERDICT_OK] = "ok", [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "fail"};

static const struct {
    const char *name;
    doctor_check *run;
} checks[] = {
    {"permissions", check_permissions}, /* first: SQLite, run by root, may put right what it finds */
    {"database", check_database},
    {"log", check_log},
    {"snapshots", check_snapshots},
    {"disk", check_disk},
    {"limits", check_limits},
    {"clock", check_clock},
    {"listeners", check_listeners},
    {"certificate", check_certificate},
    {"base-url", check_base_url},
    {"peers", check_peers},
    {"turn", check_turn},
    {"gifs", check_gifs},
};

void finding(struct doctor *doctor, enum verdict verdict, const char *advice, const char *what, ...)
{
    struct json_object *json = json_object_new_object();
    va_list arguments;
    char *text;

    va_start(arguments, what);
    if (vasprintf(&text, what, arguments) < 0)
        abort();
    va_end(arguments);
    doctor->counts[verdict]++;
    json_object_object_add(json, "check", json_object_new_string(doctor->check));
    json_object_object_add(json, "verdict", json_object_new_string(words[verdict]));
    json_object_object_add(json, "found", json_object_new_string(text));
    json_object_object_add(json, "advice", advice != NULL ? json_object_new_string(advice) : NULL);
    json_object_array_add(doctor->findings, json);
    if (!doctor->call->json) { /* some take seconds: each is shown as it comes */
        printf("%-4s  %-12s  ", words[verdict], doctor->check);
        print_clean(stdout, text);
        putchar('\n');
        if (advice != NULL) {
            printf("%20s", "");
            print_clean(stdout, advice);
            putchar('\n');
        }
        fflush(stdout);
    }
    free(text);
}

/* Without a configuration there is nothing to look at. */
static struct config *check_configuration(struct doctor *doctor)
{
    char *error = NULL;
    struct config *config = config_load(doctor->call->config_file, &error);

    doctor->check = "config";
    if (config == NULL)
        finding(doctor, VERDICT_FAIL, "put this right: README has the table of all keys; nothing else was looked at",
                "%s",
                error != NULL ? error : "out of memory");
    else if (doctor->call->config_file != NULL)
        finding(doctor, VERDICT_OK, NULL, "%s can be used", doctor->call->config_file);
    else
        finding(doctor, VERDICT_OK, NULL, "the environment and the defaults can be used");
    free(error);
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    return config;
}

static enum exit_status conclude(struct doctor *doctor)
{
    enum exit_status status = doctor->counts[VERDICT_FAIL] > 0 ? EXIT_FAILED : EXIT_DONE, written;

    if (doctor->call->json) {
        struct json_object *json = json_object_new_object();
        json_object_object_add(json, "findings", doctor->findings);
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            json_object_object_add(json, words[i], json_object_new_int((int)doctor->counts[i]));
        written = print_json(json);
    } else {
        printf("%u well, %u to look at, %u wrong\n", doctor->counts[VERDICT_OK], doctor->counts[VERDICT_WARN],
               doctor->counts[VERDICT_FAIL]);
        json_object_put(doctor->findings);
        written = finish_output();
    }
    return written == EXIT_DONE ? status : written;
}

enum exit_status doctor(struct call *call)
{
    struct doctor doctor = {.call = call, .findings = json_object_new_array()};
    struct config *config = check_configuration(&doctor);

    doctor.config = config;
    for (size_t i = 0; config != NULL && i < sizeof(checks) / sizeof(checks[0]); i++) {
        doctor.check = checks[i].name;
        checks[i].run(&doctor);
    }
    config_free(&config);
    return conclude(&doctor);
}
