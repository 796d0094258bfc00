/*
 * latency.c - scenario: from POST to the first byte at a subscriber on another worker, on an idle server. The main
 * process posts and receives, so that both times are of one clock and one loop.
 *
 * Always holds: which worker serves a connection is read from /proc (server_holder), not guessed.
 */
#include "client.h"
#include "scenarios.h"
#include "stream.h"
#include "swarm.h"
#include <stdlib.h>
#include <string.h>

enum { SUBSCRIBERS = 16, PAUSE_MS = 10, PATIENCE_SECONDS = 10 };

struct latency {
    struct bench *bench;
    struct server server;
    struct population population;
    struct loop loop;
    struct client poster;
    struct stream streams[SUBSCRIBERS];
    bool elsewhere[SUBSCRIBERS]; /* served by another worker than the poster */
    unsigned opened, ended, received;
    int message; /* under way */
    bool answered, refused;
    double *here_ms, *elsewhere_ms;
    unsigned here, elsewhere_count;
};

static void on_opened(struct stream *stream)
{
    struct latency *latency = stream->owner;

    latency->opened++;
}

static void on_ended(struct stream *stream)
{
    struct latency *latency = stream->owner;

    latency->ended++;
}

static void on_event(struct stream *stream, const char *json, size_t length)
{
    struct latency *latency = stream->owner;
    double ms = (double)(now_ns() - latency->poster.sent_ns) / 1e6;

    if (latency->message < 0 || swarm_number(json, length) != latency->message)
        return;
    latency->received++;
    if (latency->elsewhere[stream - latency->streams])
        latency->elsewhere_ms[latency->elsewhere_count++] = ms;
    else
        latency->here_ms[latency->here++] = ms;
}

static const struct stream_events stream_events = {.opened = on_opened, .event = on_event, .ended = on_ended};

static void answered(struct client *client, const struct http_answer *answer)
{
    struct latency *latency = client->owner;

    latency->answered = true;
    latency->refused = answer == NULL || answer->status != 200;
}

/* Runs the loop until *value is wanted, or a stream ended, or the time is over. */
static bool wait_for(struct latency *latency, const unsigned *value, unsigned wanted)
{
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;

    while (*value < wanted && latency->ended == 0 && now_ns() < end)
        loop_turn(&latency->loop, NS_PER_SECOND / 10);
    return *value >= wanted;
}

static void idle(struct latency *latency, uint64_t duration)
{
    uint64_t end = now_ns() + duration;

    while (now_ns() < end)
        loop_turn(&latency->loop, until_ns(end, NS_PER_SECOND));
}

static int connect_all(struct latency *latency)
{
    pid_t worker;
    unsigned elsewhere = 0;

    latency->message = -1;
    latency->poster = (struct client){.answered = answered, .owner = latency};
    if (client_open(&latency->poster, &latency->loop, &latency->server.plain, 0) != 0)
        return -1;
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        latency->streams[i].events = &stream_events;
        latency->streams[i].owner = latency;
        if (stream_open(&latency->streams[i], &latency->loop, &latency->server.plain, STREAM_SSE,
                        latency->population.tokens[i], 1) != 0)
            return -1;
    }
    if (!wait_for(latency, &latency->opened, SUBSCRIBERS))
        return -1;
    idle(latency, NS_PER_SECOND);
    worker = server_holder(&latency->server, latency->poster.link.fd);
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
        latency->elsewhere[i] = server_holder(&latency->server, latency->streams[i].link.fd) != worker;
        elsewhere += latency->elsewhere[i];
    }
    report_note(latency->bench->report, "%d SSE subscribers, %u of them on another worker than the poster%s",
                SUBSCRIBERS, elsewhere, worker == 0 ? " (cannot be told from /proc)" : "");
    return 0;
}

static int post(struct latency *latency, unsigned message)
{
    char body[SWARM_BODY_MAX], request[2048];
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;
    size_t length;

    swarm_body(message, body);
    length = population_post(&latency->population, 0, 0, body, request, sizeof(request));
    latency->message = (int)message;
    latency->received = 0;
    latency->answered = latency->refused = false;
    if (client_send(&latency->poster, request, length) != 0 || !wait_for(latency, &latency->received, SUBSCRIBERS))
        return -1;
    while (!latency->answered && now_ns() < end)
        loop_turn(&latency->loop, NS_PER_SECOND / 10);
    return latency->answered && !latency->refused ? 0 : -1;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void figures(struct report *report, double *ms, unsigned count, const char *where, bool target)
{
    char name[96];

    if (count == 0)
        return;
    qsort(ms, count, sizeof(*ms), compare);
    snprintf(name, sizeof(name), "%s: median", where);
    report_figure(report, name, ms[count / 2], "ms", target ? REPORT_AT_MOST : REPORT_NO_TARGET, 1);
    snprintf(name, sizeof(name), "%s: p99", where);
    report_figure(report, name, ms[count * 99 / 100], "ms", target ? REPORT_AT_MOST : REPORT_NO_TARGET, 5);
    report_figure(report, "  worst", ms[count - 1], "ms", REPORT_NO_TARGET, 0);
}

static void measure(struct latency *latency)
{
    unsigned posts = bench_pick(latency->bench, (const unsigned[]){100, 500, 1500}), done = 0;

    while (done < posts && post(latency, done) == 0) {
        idle(latency, PAUSE_MS * NS_PER_MS);
        done++;
    }
    if (done < posts)
        report_failure(latency->bench->report, "message %u of %u reached %u of %d subscribers, or was refused", done,
                       posts, latency->received, SUBSCRIBERS);
    figures(latency->bench->report, latency->elsewhere_ms, latency->elsewhere_count, "on another worker", true);
    figures(latency->bench->report, latency->here_ms, latency->here, "on the poster's worker", false);
}

void latency_run(struct bench *bench)
{
    struct latency *latency = calloc(1, sizeof(*latency));

    if (latency == NULL)
        abort();
    latency->bench = bench;
    latency->here_ms = calloc(SWARM_MESSAGES * SUBSCRIBERS, sizeof(double));
    latency->elsewhere_ms = calloc(SWARM_MESSAGES * SUBSCRIBERS, sizeof(double));
    if (latency->here_ms == NULL || latency->elsewhere_ms == NULL)
        abort();
    loop_init(&latency->loop);
    if (bench_server(bench, &latency->server, false, NULL) == 0 &&
        bench_populate(bench, &latency->population, &latency->server, SUBSCRIBERS, 1) == 0 &&
        bench_join(bench, &latency->population, &latency->server, 0, 0, SUBSCRIBERS) == 0) {
        latency->poster.watch.fd = latency->poster.link.fd = -1;
        if (connect_all(latency) == 0)
            measure(latency);
        else
            report_failure(bench->report, "%u of %d subscribers connected", latency->opened, SUBSCRIBERS);
        for (unsigned i = 0; i < SUBSCRIBERS; i++)
            stream_close(&latency->streams[i]);
        client_close(&latency->poster);
    }
    loop_deinit(&latency->loop);
    population_deinit(&latency->population);
    bench_end(bench, &latency->server);
    free(latency->here_ms);
    free(latency->elsewhere_ms);
    free(latency);
}
