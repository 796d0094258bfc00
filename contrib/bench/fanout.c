/*
 * fanout.c - scenarios: one event to 10,000 streams, one message at a time and four in flight. The main process posts;
 * a client process (swarm.c) receives.
 *
 * Always holds: a message counts as delivered when each stream had it; the next one is posted when it was, so there are
 * never more in flight than said. Each stream must end up with each message exactly once.
 */
#include "client.h"
#include "scenarios.h"
#include "send_unit.h"
#include "swarm.h"
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { IN_FLIGHT_MAX = 4, PATIENCE_SECONDS = 10, WARM_UP = 5 };

struct poster {
    struct client client; /* first: the client's pointer is this one */
    int message;          /* under way, or -1 */
};

/* Whom the event goes to. Only the plain kinds have targets. */
struct kind {
    enum stream_kind stream;
    const struct target *(*target_of)(const struct server *server);
    double one, four;
};

struct fanout {
    struct bench *bench;
    struct server server;
    struct population population;
    struct crowd crowd;
    struct loop loop;
    struct watch notify;
    struct poster posters[IN_FLIGHT_MAX];
    unsigned next, end; /* messages of this round */
    unsigned bad_answers;
    unsigned measured;
    double *to_last_ms, *to_answer_ms;
};

static void answered(struct client *client, const struct http_answer *answer)
{
    struct fanout *fanout = client->owner;
    struct poster *poster = (struct poster *)client;

    if (answer == NULL || answer->status != 200)
        fanout->bad_answers++;
    if (poster->message >= 0)
        fanout->to_answer_ms[poster->message] = (double)(now_ns() - client->sent_ns) / 1e6;
}

static void drain_notify(struct watch *watch, uint32_t events)
{
    uint64_t count;

    (void)events;
    while (read(watch->fd, &count, sizeof(count)) == sizeof(count))
        ;
}

static void post(struct fanout *fanout, struct poster *poster)
{
    char body[SWARM_BODY_MAX], request[2048];
    size_t length;

    swarm_body(fanout->next, body);
    length = population_post(&fanout->population, 0, 0, body, request, sizeof(request));
    poster->message = (int)fanout->next++;
    if (client_send(&poster->client, request, length) != 0)
        fanout->bad_answers++;
}

/* Notes what is delivered, posts what may be. Returns whether the round is over; *moved_r whether anything moved. */
static bool advance(struct fanout *fanout, unsigned in_flight, bool *moved_r)
{
    bool over = true;

    for (unsigned i = 0; i < in_flight; i++) {
        struct poster *poster = &fanout->posters[i];

        if (poster->message >= 0 && !poster->client.busy) {
            uint64_t last = crowd_complete(&fanout->crowd, (unsigned)poster->message);

            if (last != 0) {
                fanout->to_last_ms[poster->message] = (double)(last - poster->client.sent_ns) / 1e6;
                poster->message = -1;
                *moved_r = true;
            }
        }
        if (poster->message < 0 && fanout->next < fanout->end && fanout->bad_answers == 0)
            post(fanout, poster);
        over = over && poster->message < 0;
    }
    return over;
}

/* Posts `count` messages. Returns 0 when all were delivered, -1 if nothing moved for too long. */
static int post_round(struct fanout *fanout, unsigned in_flight, unsigned count)
{
    uint64_t moved_ns = now_ns();
    bool moved = false;

    fanout->end = fanout->next + count;
    while (!advance(fanout, in_flight, &moved)) {
        if (moved)
            moved_ns = now_ns();
        else if (fanout->bad_answers > 0 || now_ns() - moved_ns > PATIENCE_SECONDS * NS_PER_SECOND)
            return -1;
        moved = false;
        loop_turn(&fanout->loop, NS_PER_SECOND / 10);
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void figures(struct fanout *fanout, const char *how, double target, unsigned count, double cpu_ns,
                    double elapsed, double unit_ns)
{
    struct report *report = fanout->bench->report;
    double *to_last = fanout->to_last_ms + fanout->end - count, *to_answer = fanout->to_answer_ms + fanout->end - count;
    double deliveries = (double)count * (double)fanout->population.users;
    char name[96];

    qsort(to_last, count, sizeof(*to_last), compare);
    qsort(to_answer, count, sizeof(*to_answer), compare);
    snprintf(name, sizeof(name), "%s: server CPU per delivery", how);
    report_figure(report, name, cpu_ns / deliveries / unit_ns, "sends",
                  target > 0 ? REPORT_AT_MOST : REPORT_NO_TARGET, target);
    report_figure(report, "  the same in time", cpu_ns / deliveries / 1000, "us", REPORT_NO_TARGET, 0);
    report_figure(report, "  one send", unit_ns / 1000, "us", REPORT_NO_TARGET, 0);
    report_figure(report, "  deliveries", deliveries / elapsed, "/s", REPORT_NO_TARGET, 0);
    report_figure(report, "  time to the last subscriber, median", to_last[count / 2], "ms", REPORT_NO_TARGET, 0);
    report_figure(report, "  time to the last subscriber, worst", to_last[count - 1], "ms", REPORT_NO_TARGET, 0);
    report_figure(report, "  POST answered, median", to_answer[count / 2], "ms", REPORT_NO_TARGET, 0);
}

static int measure(struct fanout *fanout, const char *how, unsigned in_flight, unsigned count, double target)
{
    uint64_t cpu, begin;
    double elapsed, unit;

    if (post_round(fanout, in_flight, WARM_UP) != 0)
        return -1;
    sleep_ns(100 * NS_PER_MS);
    send_unit_begin();
    cpu = server_cpu_ns(&fanout->server);
    begin = now_ns();
    if (post_round(fanout, in_flight, count) != 0)
        return -1;
    elapsed = (double)(now_ns() - begin) / 1e9;
    unit = send_unit_end();
    sleep_ns(50 * NS_PER_MS); /* what the server does after its last delivery is part of the cost */
    cpu = server_cpu_ns(&fanout->server) - cpu;
    figures(fanout, how, target, count, (double)cpu, elapsed, unit);
    return 0;
}

static void verify(struct fanout *fanout)
{
    struct report *report = fanout->bench->report;
    struct crowd_sum sum;
    unsigned incomplete = 0;

    if (crowd_command(&fanout->crowd, SWARM_VERIFY) != 0)
        report_failure(report, "the client process is gone");
    crowd_sum(&fanout->crowd, &sum);
    for (unsigned i = 0; i < fanout->next; i++)
        incomplete += crowd_complete(&fanout->crowd, i) == 0;
    if (incomplete > 0 || sum.least != fanout->next || sum.most != fanout->next)
        report_failure(report, "deliveries lost or repeated: of %u messages %u did not reach all, streams had %u to %u",
                       fanout->next, incomplete, sum.least, sum.most);
    if (sum.cut > 0 || sum.resyncs > 0)
        report_failure(report, "%lu streams were cut, %lu told to resynchronise", sum.cut, sum.resyncs);
    if (fanout->bad_answers > 0)
        report_failure(report, "%u posts were not answered with 200", fanout->bad_answers);
}

static int open_crowd(struct fanout *fanout, const struct kind *kind)
{
    unsigned done = 0, all = fanout->population.users;
    struct crowd_sum sum;

    while (done < all) {
        unsigned left = all - done, most = fanout->bench->process_streams;
        struct swarm_plan plan = {.target = kind->target_of(&fanout->server),
                                  .kind = kind->stream,
                                  .tokens = (const char *const *)fanout->population.tokens + done,
                                  .count = left < most ? left : most,
                                  .source = 1 + fanout->crowd.processes};

        if (crowd_add(&fanout->crowd, &plan) != 0)
            break;
        done += plan.count;
    }
    if (done == all && crowd_wait_open(&fanout->crowd, 60) == 0 && crowd_settle(&fanout->crowd, 2500, 30) == 0)
        return 0;
    crowd_sum(&fanout->crowd, &sum);
    report_failure(fanout->bench->report, "of %u streams %lu opened, %lu were refused, %lu cut, or events never ceased",
                   all, sum.opened, sum.failed, sum.cut);
    return -1;
}

static void measure_all(struct fanout *fanout, const struct kind *kind)
{
    struct bench *bench = fanout->bench;
    unsigned one = bench_pick(bench, (const unsigned[]){20, 50, 100});
    unsigned four = bench_pick(bench, (const unsigned[]){60, 200, 400});

    loop_init(&fanout->loop);
    fanout->notify = (struct watch){.fd = fanout->crowd.notify, .ready = drain_notify};
    loop_watch(&fanout->loop, &fanout->notify, EPOLLIN);
    for (unsigned i = 0; i < IN_FLIGHT_MAX; i++) {
        fanout->posters[i].message = -1;
        fanout->posters[i].client = (struct client){.answered = answered, .owner = fanout};
        if (client_open(&fanout->posters[i].client, &fanout->loop, &fanout->server.plain, 0) != 0)
            fanout->bad_answers++;
    }
    if (measure(fanout, "one at a time", 1, one, kind->one) == 0)
        measure(fanout, "four in flight", IN_FLIGHT_MAX, four, kind->four);
    verify(fanout);
    for (unsigned i = 0; i < IN_FLIGHT_MAX; i++)
        client_close(&fanout->posters[i].client);
    loop_deinit(&fanout->loop);
}

static void run(struct bench *bench, const struct kind *kind)
{
    struct fanout fanout = {.bench = bench};
    unsigned streams = bench_pick(bench, (const unsigned[]){2000, 10000, 10000});

    fanout.to_last_ms = calloc(SWARM_MESSAGES, sizeof(double));
    fanout.to_answer_ms = calloc(SWARM_MESSAGES, sizeof(double));
    if (fanout.to_last_ms == NULL || fanout.to_answer_ms == NULL)
        abort();
    crowd_init(&fanout.crowd);
    if (bench_server(bench, &fanout.server, kind->four == 0, NULL) == 0 &&
        bench_populate(bench, &fanout.population, &fanout.server, streams, 1) == 0 &&
        bench_join(bench, &fanout.population, &fanout.server, 0, 0, streams) == 0) {
        report_note(bench->report, "%u streams of as many users, all members of one channel, %u workers", streams,
                    bench->workers);
        if (open_crowd(&fanout, kind) == 0)
            measure_all(&fanout, kind);
    }
    crowd_deinit(&fanout.crowd);
    population_deinit(&fanout.population);
    bench_end(bench, &fanout.server);
    free(fanout.to_answer_ms);
    free(fanout.to_last_ms);
}

void fanout_sse_run(struct bench *bench)
{
    run(bench, &(struct kind){STREAM_SSE, server_plain, 1.3, 0.9});
}

void fanout_websocket_run(struct bench *bench)
{
    run(bench, &(struct kind){STREAM_WEBSOCKET, server_plain, 1.3, 0.9});
}

void fanout_tls_run(struct bench *bench)
{
    run(bench, &(struct kind){.stream = STREAM_SSE, .target_of = server_tls});
}

void fanout_http2_run(struct bench *bench)
{
    run(bench, &(struct kind){.stream = STREAM_HTTP2, .target_of = server_http2});
}
