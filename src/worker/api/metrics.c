/*
 * metrics.c - what monitoring reads: counters, gauges and histograms of the whole server, whichever worker answers.
 * Worker, job threads only.
 *
 * The format is OpenMetrics 1.0, or the older text format of Prometheus for those who accept no other. A family's
 * samples stand together, behind its type and its meaning. Nothing here names a user or a channel.
 */
#include "bering/calls.h"
#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/health.h"
#include "bering/histogram.h"
#include "bering/outbox.h"
#include "bering/presence.h"
#include "worker/api/api.h"
#include "worker/trace.h"
#include "worker/worker.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "beringshare_"

struct output {
    FILE *file;
    bool is_open;                 /* OpenMetrics */
};

/* In OpenMetrics a counter's samples end in _total, its family's name does not. */
static void begin_family(const struct output *out, const char *name, const char *type, const char *help)
{
    const char *suffix = !out->is_open && strcmp(type, "counter") == 0 ? "_total" : "";

    if (!out->is_open && strcmp(type, "info") == 0) {
        type = "gauge";
        suffix = "_info";
    }
    fprintf(out->file, "# HELP " PREFIX "%s%s %s\n# TYPE " PREFIX "%s%s %s\n", name, suffix, help, name, suffix, type);
}

/* A label's value: a backslash, a quote and a newline are escaped. */
static void write_label(const struct output *out, const char *key, const char *value)
{
    fprintf(out->file, "%s=\"", key);
    for (; *value != '\0'; ++value) {
        if (*value == '\n')
            fputs("\\n", out->file);
        else
            fprintf(out->file, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    }
    fputc('"', out->file);
}

/* Microseconds as seconds, without a locale's comma. */
static void write_seconds(const struct output *out, int64_t microseconds)
{
    fprintf(out->file, "%" PRId64 ".%06" PRId64, microseconds / 1000000, microseconds % 1000000);
}

/* ---- the processes' counters ---- */

static const struct {
    enum counter counter;
    const char *name, *type, *help;
} counters[] = {
    {COUNTER_CONNECTIONS_OPEN, "connections", "gauge", "Open connections of clients."},
    {COUNTER_STREAMS_OPEN, "streams", "gauge", "Open event streams and WebSockets."},
    {COUNTER_WRITES_FAILING, "writes_failing", "gauge", "Workers whose last transaction did not reach the disk."},
    {COUNTER_EVENTS_PUBLISHED, "events_published", "counter", "Events put on the bus."},
    {COUNTER_EVENTS_DELIVERED, "events_delivered", "counter", "Events queued for a stream, once for each."},
    {COUNTER_READERS_LAPPED, "readers_lapped", "counter",
     "Times that a reader of the bus was too slow, and its clients had to resynchronise."},
    {COUNTER_STREAMS_CUT, "streams_cut", "counter", "Streams that were cut because their client did not read."},
    {COUNTER_COMMITS, "commits", "counter", "Transactions that reached the disk."},
    {COUNTER_COMMITTED_WRITES, "committed_writes", "counter", "Requests that these transactions served."},
    {COUNTER_PROCESS_RESTARTS, "process_restarts", "counter", "Processes that died and were started again."},
    {COUNTER_PROCESSES_HUNG, "processes_hung", "counter", "Processes that were killed because they did not go on."},
    {COUNTER_ACCESS_LINES_LOST, "access_log_lines_lost", "counter", "Lines that the access log could not take."},
    {COUNTER_MESSAGES_EXPIRED, "messages_expired", "counter",
     "Messages deleted because of their age, or with their channel."},
    {COUNTER_HTTP2_CUT, "connections_cut", "counter", "Connections ended, as they took more than their share."},
};

static void write_value(const struct output *out, const char *name, const char *type, int64_t value)
{
    fprintf(out->file, PREFIX "%s%s %" PRId64 "\n", name, strcmp(type, "counter") == 0 ? "_total" : "", value);
}

static void write_one(const struct output *out, const char *name, const char *type, const char *help, int64_t value)
{
    begin_family(out, name, type, help);
    write_value(out, name, type, value);
}

static void write_counters(const struct output *out, const struct bus *bus)
{
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); ++i)
        write_one(out, counters[i].name, counters[i].type, counters[i].help, counter_total(bus, counters[i].counter));
}

/* ---- histograms ---- */

static void write_bound(const struct output *out, unsigned bucket, const int64_t *bounds, bool is_time)
{
    char text[32];

    if (bucket == HISTOGRAM_BUCKETS - 1) {
        fputs("+Inf", out->file);
        return;
    }
    snprintf(text, sizeof(text), "%g", is_time ? (double)bounds[bucket] / 1e6 : (double)bounds[bucket]);
    fprintf(out->file, "%s%s", text, out->is_open && strchr(text, '.') == NULL ? ".0" : "");
}

/* The samples of a histogram; labels: "" or ending in a comma. */
static void write_histogram(const struct output *out, const struct bus *bus, unsigned histogram, const char *name,
                            const char *labels, bool is_time)
{
    struct histogram_view view;
    uint64_t count = 0;
    int length = (int)strlen(labels);

    histogram_read(bus, histogram, &view);
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; ++bucket) {
        count += view.counts[bucket];
        fprintf(out->file, PREFIX "%s_bucket{%sle=\"", name, labels);
        write_bound(out, bucket, histogram_bounds(histogram), is_time);
        fprintf(out->file, "\"} %" PRIu64 "\n", count);
    }
    const char *open = length > 0 ? "{" : "", *close = length > 0 ? "}" : "";
    fprintf(out->file, PREFIX "%s_sum%s%.*s%s ", name, open, length > 0 ? length - 1 : 0, labels, close);
    if (is_time)
        write_seconds(out, view.sum);
    else
        fprintf(out->file, "%" PRId64, view.sum);
    fprintf(out->file, "\n" PREFIX "%s_count%s%.*s%s %" PRIu64 "\n", name, open, length > 0 ? length - 1 : 0, labels,
            close, view.total);
}

static const struct {
    enum histogram histogram;
    bool is_time;
    const char *name, *help;
} histograms[] = {
    {HISTOGRAM_COMMIT_TIME, true, "commit_duration_seconds", "Time of a transaction, from the lock to the disk."},
    {HISTOGRAM_COMMIT_WRITES, false, "commit_writes", "Requests that share a transaction."},
    {HISTOGRAM_COMMIT_MESSAGES, false, "commit_messages", "Messages that share a transaction."},
    {HISTOGRAM_POLL_TIME, true, "poll_duration_seconds", "Time of a round of questions to another server."},
};

static void write_histograms(const struct output *out, const struct bus *bus)
{
    for (size_t i = 0; i < sizeof(histograms) / sizeof(histograms[0]); ++i) {
        begin_family(out, histograms[i].name, "histogram", histograms[i].help);
        write_histogram(out, bus, histograms[i].histogram, histograms[i].name, "", histograms[i].is_time);
    }
}

/* ---- requests ---- */

/* What a place in the table is called. */
static void format_route(size_t place, char *labels, size_t size)
{
    if (place < route_count)
        snprintf(labels, size, "method=\"%s\",route=\"%s\",", routes[place].method, routes[place].path);
    else
        snprintf(labels, size, "method=\"\",route=\"%s\",", place == trace_file() ? "file" : "other");
}

static bool has_requests(const struct bus *bus, size_t place, uint64_t classes[HISTOGRAM_CLASSES])
{
    uint64_t total = 0;

    histogram_classes(bus, (unsigned)place, classes);
    for (unsigned class = 0; class < HISTOGRAM_CLASSES; ++class)
        total += classes[class];
    return total > 0;
}

/* Routes that nobody has asked are left out: most of a hundred, with a dozen and a half lines each. */
static void write_requests(const struct output *out, const struct bus *bus)
{
    uint64_t classes[HISTOGRAM_CLASSES];
    char labels[160];

    begin_family(out, "http_requests", "counter", "Requests that have ended, by route and class of status.");
    for (size_t place = 0; place < trace_routes(); ++place) {
        format_route(place, labels, sizeof(labels));
        has_requests(bus, place, classes);
        for (unsigned class = 0; class < HISTOGRAM_CLASSES; ++class)
            if (classes[class] > 0)
                fprintf(out->file, PREFIX "http_requests_total{%sstatus=\"%uxx\"} %" PRIu64 "\n", labels, class + 1,
                        classes[class]);
    }
    begin_family(out, "http_request_duration_seconds", "histogram",
                 "Time from a whole request to the end of its answer.");
    for (size_t place = 0; place < trace_routes(); ++place) {
        format_route(place, labels, sizeof(labels));
        if (has_requests(bus, place, classes))
            write_histogram(out, bus, HISTOGRAM_ROUTES + (unsigned)place, "http_request_duration_seconds", labels,
                            true);
    }
}

/* ---- processes ---- */

/*
 * The federation process is the one behind the last worker. After an upgrade the processes are in the other half of the slots;
 * while those of before end, both are in use, and the half that answers does not name the other's as its own.
 */
static void format_process(const struct worker *worker, unsigned process, char *name, size_t size)
{
    unsigned workers = worker->config->workers, place = process == 0 ? 0 : (process - 1) % (workers + 1);
    bool is_other = process != 0 && (process - 1) / (workers + 1) != (bus_process(worker->bus) - 1) / (workers + 1);

    if (process == 0)
        snprintf(name, size, "master");
    else if (place < workers)
        snprintf(name, size, "%sworker %u", is_other ? "other " : "", place + 1);
    else
        snprintf(name, size, "%sfederation", is_other ? "other " : "");
}

/* Pages in memory; 0: it is gone. */
static int64_t resident_bytes(int pid)
{
    char path[48];
    long pages = 0;

    snprintf(path, sizeof(path), "/proc/%d/statm", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*s %ld", &pages) != 1)
        pages = 0;
    fclose(file);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

enum of_process { OF_LAG, OF_MEMORY };

static const struct {
    const char *name, *help;
} of_processes[] = {
    [OF_LAG] = {"ring_lag_bytes", "Bytes of events that a process has yet to read."},
    [OF_MEMORY] = {"process_resident_bytes", "Resident memory of a process, what it shares with others included."},
};

static void write_processes(const struct output *out, const struct worker *worker)
{
    struct bus_process_view view;
    char name[32];

    for (enum of_process which = OF_LAG; which <= OF_MEMORY; ++which) {
        begin_family(out, of_processes[which].name, "gauge", of_processes[which].help);
        for (unsigned process = 0; bus_process_look(worker->bus, process, &view); ++process) {
            if (view.pid == 0 || (which == OF_LAG && process == 0))
                continue;
            format_process(worker, process, name, sizeof(name));
            fprintf(out->file, PREFIX "%s{process=\"%s\"} %" PRId64 "\n", of_processes[which].name, name,
                    which == OF_LAG ? (int64_t)view.lag : resident_bytes(view.pid));
        }
    }
}

/* ---- other servers ---- */

struct peer_row {
    char *name;
    struct outbox_state outbox;
    struct peer_health health;
};

struct peer_rows {
    struct store *store;
    struct bus *bus;
    struct peer_row *list;
    size_t count;
    enum result result;
};

static void take_peer(void *argument, const struct server *server)
{
    struct peer_rows *rows = argument;

    rows->list = realloc(rows->list, (rows->count + 1) * sizeof(*rows->list));
    assert(rows->list != NULL);
    struct peer_row *row = &rows->list[rows->count++];
    *row = (struct peer_row){.name = strdup(server->name)};
    assert(row->name != NULL);
    if (rows->result == RESULT_OK)
        rows->result = outbox_state(rows->store, server->key, &row->outbox);
    health_get(rows->bus, server->key, &row->health);
}

static int64_t depth(const struct peer_row *row)
{
    return row->outbox.waiting;
}

static int64_t refused(const struct peer_row *row)
{
    return row->outbox.refused;
}

static int64_t oldest_age(const struct peer_row *row)
{
    int64_t age = row->outbox.oldest_at == 0 ? 0 : (clock_now() - row->outbox.oldest_at) / 1000000000;

    return age > 0 ? age : 0;
}

static int64_t failures(const struct peer_row *row)
{
    return row->health.failures;
}

static int64_t polls(const struct peer_row *row)
{
    return (int64_t)row->health.polls;
}

static int64_t poll_failures(const struct peer_row *row)
{
    return (int64_t)row->health.poll_failures;
}

static int64_t poll_milliseconds(const struct peer_row *row)
{
    return (int64_t)row->health.poll_milliseconds;
}

static const struct {
    const char *name, *type, *help;
    int64_t (*get)(const struct peer_row *row);
    bool is_milliseconds;         /* shown as seconds */
} of_peers[] = {
    {"peer_outbox_rows", "gauge", "Rows that wait for another server.", depth, false},
    {"peer_outbox_refused_rows", "gauge", "Rows that another server has refused.", refused, false},
    {"peer_outbox_oldest_seconds", "gauge", "Age of the oldest row that waits.", oldest_age, false},
    {"peer_failures_in_a_row", "gauge", "Attempts in a row that failed.", failures, false},
    {"peer_polls", "counter", "Rounds of questions that have ended.", polls, false},
    {"peer_poll_failures", "counter", "Those of them that failed.", poll_failures, false},
    {"peer_poll_seconds", "counter", "Time that they took.", poll_milliseconds, true},
};

static void write_number(const struct output *out, int64_t number, bool is_milliseconds)
{
    if (is_milliseconds)
        write_seconds(out, number * 1000);
    else
        fprintf(out->file, "%" PRId64, number);
    fputc('\n', out->file);
}

static enum result write_peers(const struct output *out, struct store *store, struct bus *bus)
{
    struct peer_rows rows = {.store = store, .bus = bus, .result = RESULT_OK};
    enum result result = store_servers(store, take_peer, &rows);

    for (size_t i = 0; i < sizeof(of_peers) / sizeof(of_peers[0]); ++i) {
        begin_family(out, of_peers[i].name, of_peers[i].type, of_peers[i].help);
        for (size_t k = 0; k < rows.count; ++k) {
            fprintf(out->file, PREFIX "%s%s{", of_peers[i].name,
                    strcmp(of_peers[i].type, "counter") == 0 ? "_total" : "");
            write_label(out, "peer", rows.list[k].name);
            fputs("} ", out->file);
            write_number(out, of_peers[i].get(&rows.list[k]), of_peers[i].is_milliseconds);
        }
    }
    for (size_t k = 0; k < rows.count; ++k)
        free(rows.list[k].name);
    free(rows.list);
    return result == RESULT_OK ? rows.result : result;
}

/* ---- the rest ---- */

static void write_server(const struct output *out, struct worker *worker, struct store *store)
{
    struct store_disk disk;
    size_t in_calls;

    store_disk(store, &disk);
    free(calls_participants(worker->bus, 0, &in_calls));
    begin_family(out, "build", "info", "The version that runs.");
    fprintf(out->file, PREFIX "build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
    write_one(out, "start_time_seconds", "gauge", "When the server started.", bus_started_at(worker->bus) / 1000000000);
    write_one(out, "users_online", "gauge", "Users who are online, here and on other servers.",
              presence_online_count(worker->bus));
    write_one(out, "call_participants", "gauge", "Participants in all calls.", (int64_t)in_calls);
    write_one(out, "database_bytes", "gauge", "Size of the database.", disk.database_bytes);
    write_one(out, "database_wal_bytes", "gauge", "Size of its log.", disk.wal_bytes);
    write_one(out, "database_free_bytes", "gauge", "What of the database is free pages.", disk.free_page_bytes);
    write_one(out, "disk_free_bytes", "gauge", "What its disk has left.", disk.disk_free_bytes);
}

enum result metrics(struct action *action, struct store *store)
{
    struct worker *worker = action->task.worker;
    char *text = NULL;
    size_t length = 0;
    struct output out = {.is_open = !action->wants_plain_text};

    out.file = open_memstream(&text, &length);
    assert(out.file != NULL);
    write_server(&out, worker, store);
    write_counters(&out, worker->bus);
    write_histograms(&out, worker->bus);
    write_processes(&out, worker);
    write_requests(&out, worker->bus);
    enum result result = write_peers(&out, store, worker->bus);
    if (out.is_open)
        fputs("# EOF\n", out.file);
    fclose(out.file);
    action->content_type = out.is_open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                       : "text/plain; version=0.0.4; charset=utf-8";
    action->text = text;
    action->text_length = length;
    return result;
}
