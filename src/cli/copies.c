/*
 * copies.c - backups, snapshots, and an original's database: made, checked, put in the database's place. beringctl.
 *
 * These work on files, with or without a server. Always holds: what is put in the database's place has been checked
 * and brought to its version under another name; the old database stays, and no server runs on it.
 */
#include "bering/backup.h"
#include "bering/clock.h"
#include "bering/retention.h"
#include "bering/store.h"
#include "cli/grid.h"
#include "cli/handlers.h"
#include "cli/input.h"
#include "cli/place.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKUP_FILE, BACKUP_OVERWRITE };
const struct parameter backup_parameters[] = {
    {WORD, "FILE", NULL, "where to; must not be there yet"},
    {FLAG, "--overwrite", NULL, "replace FILE if it is there"},
    {0},
};

enum { VERIFY_FILE };
const struct parameter verify_parameters[] = {
    {OPTIONAL_WORD, "FILE", NULL, "a backup, a snapshot, or any database; without: the server's own"},
    {0},
};

enum { RESTORE_FILE, RESTORE_RENAME, RESTORE_YES };
const struct parameter restore_parameters[] = {
    {WORD, "FILE", NULL, "the backup"},
    {FLAG, "--rename", NULL, "it is of a server with another SERVER_NAME, and becomes this one's"},
    {FLAG, "--yes", NULL, "do not ask"},
    {0},
};

enum { ROLLBACK_YES };
const struct parameter rollback_parameters[] = {
    {FLAG, "--yes", NULL, "do not ask"},
    {0},
};

enum { IMPORT_FILE };
const struct parameter import_parameters[] = {
    {WORD, "FILE", NULL, "the original's data.sqlite"},
    {0},
};

/* ---- stopping ---- */

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
    (void)signal;
    is_stopped = 1;
}

static bool goes_on(void *argument, int64_t done, int64_t total)
{
    (void)argument;
    (void)done;
    (void)total;
    return !is_stopped;
}

/* A copy that is interrupted leaves nothing. */
static int copy(const char *source, const char *target, const struct backup_note *notes, char **error_r)
{
    struct backup_job job = {.source = source, .target = target, .notes = notes, .progress = goes_on};
    struct sigaction action = {.sa_handler = stop};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    return backup_copy(&job, error_r);
}

/* ---- what a file is ---- */

static const char *const kinds[] = {
    [DATABASE_EMPTY] = "an empty database",
    [DATABASE_OURS] = "a BeringShare database",
    [DATABASE_ORIGINAL] = "a database of the original program",
    [DATABASE_OTHER] = "the database of another application",
};

static const char *const kind_words[] = {
    [DATABASE_EMPTY] = "empty", [DATABASE_OURS] = "beringshare", [DATABASE_ORIGINAL] = "original",
    [DATABASE_OTHER] = "other"};

static struct json_object *text_or_null(const char *text)
{
    return text != NULL ? json_object_new_string(text) : NULL;
}

static struct json_object *report_json(const char *path, const struct database_report *report)
{
    struct json_object *json = json_object_new_object();

    json_object_object_add(json, "file", json_object_new_string(path));
    json_object_object_add(json, "kind", json_object_new_string(kind_words[report->kind]));
    json_object_object_add(json, "version", json_object_new_int(report->version));
    json_object_object_add(json, "newest_version", json_object_new_int(report->newest));
    json_object_object_add(json, "server_name", text_or_null(report->server_name));
    json_object_object_add(json, "bytes", json_object_new_int64(report->bytes));
    json_object_object_add(json, "users", json_object_new_int64(report->users));
    json_object_object_add(json, "channels", json_object_new_int64(report->channels));
    json_object_object_add(json, "messages", json_object_new_int64(report->messages));
    json_object_object_add(json, "servers", json_object_new_int64(report->servers));
    json_object_object_add(json, "made_at", text_or_null(report->made_at));
    json_object_object_add(json, "made_by", text_or_null(report->made_by));
    json_object_object_add(json, "configuration", text_or_null(report->configuration));
    return json;
}

static void print_report(const char *path, const struct database_report *report)
{
    char version[80], content[160], size[AMOUNT_SIZE];

    snprintf(version, sizeof(version), "%d%s", report->version,
             report->version > report->newest   ? ", made by a newer BeringShare"
             : report->version < report->newest ? ", older than this program's"
                                                : "");
    snprintf(content, sizeof(content),
             "%" PRId64 " users, %" PRId64 " channels, %" PRId64 " messages, %" PRId64 " other servers", report->users,
             report->channels, report->messages, report->servers);
    const struct pair pairs[] = {
        {"file", path},
        {"is", kinds[report->kind]},
        {"of server", report->server_name},
        {"version", report->kind == DATABASE_OURS ? version : NULL},
        {"made at", report->made_at},
        {"made by", report->made_by},
        {"holds", content},
        {"size", format_bytes(report->bytes, size)},
    };
    print_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* Of a newer version what is in it may mean anything: nothing is done with it. */
static enum exit_status check_version(const char *path, const struct database_report *report)
{
    if (report->version <= report->newest)
        return EXIT_DONE;
    return fail(EXIT_FAILED, "%s is of version %d, made by a newer BeringShare; this one knows up to %d", path,
                report->version,
                report->newest);
}

static enum exit_status look(const char *path, bool whole, struct database_report *report_r)
{
    char *error = NULL;

    return database_look(path, whole, report_r, &error) == 0 ? EXIT_DONE : fail_with(EXIT_FAILED, error);
}

/* ---- backup ---- */

/* The effective configuration, secrets masked; malloc'd. */
static char *configuration_text(const struct config *config)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        abort();
    config_print(config, out);
    if (fclose(out) != 0)
        abort();
    return text;
}

static enum exit_status report_backup(const struct call *call, const char *path)
{
    struct database_report report;
    enum exit_status status = look(path, false, &report);

    if (status == EXIT_DONE && call->json)
        status = print_json(report_json(path, &report));
    else if (status == EXIT_DONE)
        print_report(path, &report);
    database_report_deinit(&report);
    return status == EXIT_DONE ? finish_output() : status;
}

enum exit_status backup(struct call *call)
{
    const char *path = call->values[BACKUP_FILE];
    char now[CLOCK_TEXT_LENGTH + 1], *error = NULL;

    if (call->values[BACKUP_OVERWRITE] == NULL && access(path, F_OK) == 0)
        return fail(EXIT_FAILED, "%s is there already: --overwrite replaces it", path);
    char *configuration = configuration_text(call->config);
    const struct backup_note notes[] = {
        {"made_at", clock_format(clock_now(), now)},
        {"made_by", "beringshare " PACKAGE_VERSION},
        {"configuration", configuration},
        {NULL, NULL},
    };
    int result = copy(call->config->database_path, path, notes, &error);
    free(configuration);
    return result == 0 ? report_backup(call, path) : fail_with(EXIT_FAILED, error);
}

/* ---- verify ---- */

/* Prints what was found, sound or not. */
static enum exit_status verify_file(const struct call *call, const char *path)
{
    struct database_report report;
    enum exit_status status = look(path, true, &report);

    if (status == EXIT_DONE && report.kind != DATABASE_OURS && report.kind != DATABASE_ORIGINAL)
        status = fail(EXIT_FAILED, "%s is %s", path, kinds[report.kind]);
    if (status == EXIT_DONE)
        status = check_version(path, &report);
    if (call->json) {
        struct json_object *json = report_json(path, &report);
        json_object_object_add(json, "is_sound", json_object_new_boolean(status == EXIT_DONE));
        print_json(json);
    } else if (status == EXIT_DONE) {
        print_report(path, &report);
        puts("It is sound.");
    }
    database_report_deinit(&report);
    return status == EXIT_DONE ? finish_output() : status;
}

enum exit_status verify(struct call *call)
{
    char *error = NULL;

    if (call->values[VERIFY_FILE] != NULL)
        return verify_file(call, call->values[VERIFY_FILE]);
    struct config *config = config_load(call->config_file, &error);
    if (config == NULL)
        return fail_with(EXIT_FAILED, error);
    enum exit_status status = verify_file(call, config->database_path);
    config_free(&config);
    return status;
}

/* ---- putting something in the database's place ---- */

/* A name beside the database, in the same file system; malloc'd. */
static char *name_beside(const char *path)
{
    char *name;

    if (asprintf(&name, "%s.incoming", path) < 0)
        abort();
    return name;
}

static void remove_incoming(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char *name;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (asprintf(&name, "%s%s", path, suffixes[i]) < 0)
            abort();
        unlink(name);
        free(name);
    }
}

/* As a start of the server would: converts or migrates it, and brings the administrator's account in line. */
static int prepare(const struct config *config, const char *path, char **error_r)
{
    struct store_setup setup = {
        .path = path,
        .server_name = config->server_name,
        .base_url = config->base_url,
        .server_token = config->server_token,
        .admin_username = config->admin_username,
        .admin_password = config->admin_password,
        .bcrypt_cost = config->bcrypt_cost,
        .without_snapshot = true,
    };

    return store_prepare(&setup, error_r);
}

/* `is_prepared`: brings it to this version on the way. */
static enum exit_status install(const struct call *call, const struct place *place, const char *file, bool is_prepared)
{
    char *incoming = name_beside(place->path), *kept = NULL, *error = NULL;
    enum exit_status status = EXIT_DONE;

    if (copy(file, incoming, NULL, &error) != 0 || (is_prepared && prepare(call->config, incoming, &error) != 0))
        status = fail_with(EXIT_FAILED, error);
    if (status == EXIT_DONE)
        status = place_give(place, incoming);
    if (status == EXIT_DONE && database_replace(incoming, place->path, &kept, &error) != 0)
        status = fail_with(EXIT_FAILED, error);
    remove_incoming(incoming);
    if (status == EXIT_DONE && call->json) {
        struct json_object *json = json_object_new_object();
        json_object_object_add(json, "database", json_object_new_string(place->path));
        json_object_object_add(json, "kept", text_or_null(kept));
        status = print_json(json);
    } else if (status == EXIT_DONE) {
        printf("%s is in its place now.\n", place->path);
        if (kept != NULL)
            printf("The old database is kept as %s.\n", kept);
        status = finish_output();
    }
    free(kept);
    free(incoming);
    return status;
}

static enum exit_status check_backup(const struct call *call, const char *path, const struct database_report *report)
{
    const char *name = call->config->server_name;

    if (report->kind != DATABASE_OURS)
        return fail(EXIT_FAILED, "%s is %s%s", path, kinds[report->kind],
                    report->kind == DATABASE_ORIGINAL ? ": beringctl import takes it over" : "");
    enum exit_status status = check_version(path, report);
    if (status == EXIT_DONE && call->values[RESTORE_RENAME] == NULL && report->server_name != NULL &&
        strcmp(report->server_name, name) != 0)
        status = fail(EXIT_REFUSED,
                      "%s is of the server \"%s\", and this one is \"%s\": --rename says that this is meant", path,
                      report->server_name, name);
    return status;
}

enum exit_status restore(struct call *call)
{
    const char *path = call->values[RESTORE_FILE];
    struct database_report report;
    struct place place;
    enum exit_status status = look(path, true, &report);

    if (status == EXIT_DONE)
        status = check_backup(call, path, &report);
    if (status == EXIT_DONE)
        status = input_confirm(call->values[RESTORE_YES] != NULL,
                               "This puts %s (%s, %" PRId64 " messages) in the place of %s.", path,
                               report.made_at != NULL ? report.made_at : "no date", report.messages,
                               call->config->database_path);
    database_report_deinit(&report);
    if (status == EXIT_DONE)
        status = place_take(call->config->database_path, &place);
    if (status != EXIT_DONE)
        return status;
    status = install(call, &place, path, true);
    place_return(&place);
    return status;
}

enum exit_status import(struct call *call)
{
    const char *path = call->values[IMPORT_FILE];
    struct database_report report;
    struct place place;
    enum exit_status status = look(path, true, &report);

    if (status == EXIT_DONE && report.kind != DATABASE_ORIGINAL)
        status = fail(EXIT_FAILED, "%s is %s%s", path, kinds[report.kind],
                      report.kind == DATABASE_OURS ? ": beringctl restore takes it" : ", not of the original program");
    database_report_deinit(&report);
    if (status == EXIT_DONE)
        status = place_take(call->config->database_path, &place);
    if (status != EXIT_DONE)
        return status;
    if (place_is_filled(&place))
        status = fail(EXIT_REFUSED, "there is a database already: %s; import makes a new one", place.path);
    else
        status = install(call, &place, path, true);
    place_return(&place);
    return status;
}

/* ---- compacting ---- */

static enum exit_status report_compact(const struct call *call, const char *path, int64_t before)
{
    struct database_report report;
    char sizes[2][AMOUNT_SIZE];
    enum exit_status status = look(path, false, &report);

    if (status == EXIT_DONE && call->json) {
        struct json_object *json = json_object_new_object();
        json_object_object_add(json, "database", json_object_new_string(path));
        json_object_object_add(json, "bytes_before", json_object_new_int64(before));
        json_object_object_add(json, "bytes", json_object_new_int64(report.bytes));
        status = print_json(json);
    } else if (status == EXIT_DONE) {
        printf("%s takes %s now, and took %s.\n", path, format_bytes(report.bytes, sizes[0]),
               format_bytes(before, sizes[1]));
        status = finish_output();
    }
    database_report_deinit(&report);
    return status;
}

static enum exit_status compact_file(const struct call *call, const char *path)
{
    struct database_report report;
    char *error = NULL;
    enum exit_status status = look(path, false, &report);

    if (status == EXIT_DONE && report.kind != DATABASE_OURS)
        status = fail(EXIT_FAILED, "%s is %s", path, kinds[report.kind]);
    if (status == EXIT_DONE)
        status = check_version(path, &report);
    if (status == EXIT_DONE && store_compact(path, &error) != 0)
        status = fail_with(EXIT_FAILED, error);
    if (status == EXIT_DONE)
        status = report_compact(call, path, report.bytes);
    database_report_deinit(&report);
    return status;
}

enum exit_status compact(struct call *call)
{
    const char *path = call->config->database_path;
    struct place place;
    enum exit_status status = place_take(path, &place);

    if (status != EXIT_DONE)
        return status;
    status = place_is_filled(&place) ? compact_file(call, path) : fail(EXIT_MISSING, "there is no database %s", path);
    place_return(&place);
    return status;
}

/* ---- snapshots ---- */

static void add_snapshot(void *array, int number, const char *path)
{
    struct database_report report;
    char *error = NULL;
    bool is_readable = database_look(path, false, &report, &error) == 0;
    struct json_object *json = report_json(path, &report);

    free(error);
    json_object_object_add(json, "before", json_object_new_int(number));
    json_object_object_add(json, "is_readable", json_object_new_boolean(is_readable));
    json_object_array_add(array, json);
    database_report_deinit(&report);
}

enum exit_status snapshots(struct call *call)
{
    static const struct column columns[] = {
        {"BEFORE VERSION", "before", COLUMN_NUMBER},
        {"MADE", "made_at", COLUMN_TIME},
        {"MESSAGES", "messages", COLUMN_NUMBER},
        {"BYTES", "bytes", COLUMN_NUMBER},
        {"FILE", "file", COLUMN_TEXT},
        {0},
    };
    struct json_object *list = json_object_new_array();

    snapshots_list(call->config->database_path, add_snapshot, list);
    return grid_print(call, columns, list);
}

static void take_first(void *argument, int number, const char *path)
{
    char **first = argument;

    (void)number;
    if (*first == NULL && (*first = strdup(path)) == NULL)
        abort();
}

/* Says what is lost, and asks. */
static enum exit_status confirm_rollback(const struct call *call, const char *snapshot,
                                         const struct database_report *then)
{
    struct database_report now;
    char *error = NULL;
    bool is_known = database_look(call->config->database_path, false, &now, &error) == 0;

    free(error);
    int64_t since = is_known && now.messages > then->messages ? now.messages - then->messages : 0;
    enum exit_status status = EXIT_DONE;
    if (is_known && now.kind == DATABASE_OURS && now.version <= then->version)
        status = fail(EXIT_FAILED, "the database is of version %d, which is not newer than %s: there is nothing to go back to",
                      now.version, snapshot);
    if (status == EXIT_DONE)
        status = input_confirm(call->values[ROLLBACK_YES] != NULL,
                               "This goes back to %s, made %s, of version %d. What was written since is lost to the "
                               "server: %s%" PRId64 " messages.", snapshot,
                               then->made_at != NULL ? then->made_at : "at an unknown time", then->version,
                               is_known ? "" : "the database cannot be read, so there may be more than ", since);
    if (status == EXIT_DONE && !call->json && since > 0)
        printf("%" PRId64 " messages were written since; they are in the old database alone.\n", since);
    database_report_deinit(&now);
    return status;
}

static enum exit_status roll_back(struct call *call, const char *snapshot)
{
    struct database_report report;
    struct place place;
    enum exit_status status = place_take(call->config->database_path, &place);

    if (status != EXIT_DONE)
        return status;
    status = look(snapshot, true, &report);
    if (status == EXIT_DONE)
        status = confirm_rollback(call, snapshot, &report);
    database_report_deinit(&report);
    if (status == EXIT_DONE)
        status = install(call, &place, snapshot, false);
    place_return(&place);
    if (status == EXIT_DONE && !call->json)
        puts("Install the older version before the next start: this one would upgrade the database again.");
    return status == EXIT_DONE ? finish_output() : status;
}

enum exit_status rollback(struct call *call)
{
    char *snapshot = NULL;

    snapshots_list(call->config->database_path, take_first, &snapshot);
    if (snapshot == NULL)
        return fail(EXIT_MISSING, "there is no snapshot beside %s: it has not been upgraded yet",
                    call->config->database_path);
    enum exit_status status = roll_back(call, snapshot);
    free(snapshot);
    return status;
}
