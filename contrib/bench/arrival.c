/*
 * arrival.c - scenario: 20,000 users come within 2 s, half by SSE, half by WebSocket, then 5% of them leave and come
 * back again and again, while a few people post.
 *
 * Always holds: posts go on from before the first arrival to after the last, at one rate; a post's time counts from
 * when it was due.
 */
#include "load.h"
#include "loop.h"
#include "scenarios.h"
#include "swarm.h"
#include <stdio.h>

enum { ARRIVE_SECONDS = 2, POSTS_A_SECOND = 50, POSTERS = 8, MEMBERS = 100 };

struct arrival {
    struct bench *bench;
    struct server server;
    struct population population;
    struct crowd crowd;
};

static size_t post(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;

    (void)number;
    return population_post(population, (unsigned)(index % POSTERS), 0, "Good morning, everybody!", buffer, capacity);
}

static int add_crowd(struct arrival *arrival)
{
    unsigned all = arrival->population.users, most = arrival->bench->process_streams;
    unsigned processes = (all + most - 1) / most < 2 ? 2 : (all + most - 1) / most;

    for (unsigned i = 0, done = 0; i < processes; i++) {
        struct swarm_plan plan = {.target = &arrival->server.plain,
                                  .kind = i % 2 == 0 ? STREAM_SSE : STREAM_WEBSOCKET,
                                  .tokens = (const char *const *)arrival->population.tokens + done,
                                  .count = (all - done) / (processes - i),
                                  .source = 1 + i};

        plan.rate = (double)plan.count / ARRIVE_SECONDS;
        if (crowd_add(&arrival->crowd, &plan) != 0)
            return -1;
        done += plan.count;
    }
    return 0;
}

static void presence_figures(struct report *report, const char *when, const struct crowd_sum *before,
                             const struct crowd_sum *after, double seconds)
{
    double events = (double)(after->presence - before->presence);
    char name[96];

    /* That is one a second to each of 20,000; to tell each of each would be some 1,000 a second and client. */
    snprintf(name, sizeof(name), "%s: presence events a second, to all clients together", when);
    report_figure(report, name, events / seconds, "/s", REPORT_AT_MOST, 20000);
    report_figure(report, "  presence events per client", events / (double)after->count, "", REPORT_NO_TARGET, 0);
    report_figure(report, "  presence bytes per client",
                  (double)(after->presence_bytes - before->presence_bytes) / (double)after->count, "B",
                  REPORT_NO_TARGET, 0);
}

static void come_and_go(struct arrival *arrival)
{
    double seconds = bench_pick(arrival->bench, (const unsigned[]){4, 8, 20});
    struct report *report = arrival->bench->report;
    struct crowd_sum before, after;

    crowd_sum(&arrival->crowd, &before);
    if (crowd_command(&arrival->crowd, SWARM_CHURN) != 0)
        report_failure(report, "a client process is gone");
    sleep_ns((uint64_t)(seconds * 1e9));
    crowd_sum(&arrival->crowd, &after);
    report_figure(report, "5% coming and going: leaving or coming", (double)(after.toggles - before.toggles) / seconds,
                  "/s", REPORT_NO_TARGET, 0);
    presence_figures(report, "5% coming and going", &before, &after, seconds);
    if (crowd_command(&arrival->crowd, SWARM_CALM) != 0 || crowd_wait_open(&arrival->crowd, 30) != 0)
        report_failure(report, "not all came back");
}

static void measure(struct arrival *arrival)
{
    struct report *report = arrival->bench->report;
    struct crowd_sum none = {0}, sum;
    uint64_t begin = now_ns();
    double seconds;

    if (add_crowd(arrival) != 0) {
        report_failure(report, "cannot start the client processes");
        return;
    }
    if (crowd_wait_open(&arrival->crowd, 60) != 0) {
        crowd_sum(&arrival->crowd, &sum);
        report_failure(report, "of %lu users %lu arrived, %lu were refused, %lu cut", sum.count, sum.opened, sum.failed,
                       sum.cut);
        return;
    }
    report_figure(report, "all are connected after", (double)(now_ns() - begin) / 1e9, "s", REPORT_NO_TARGET, 0);
    sleep_ns(4 * NS_PER_SECOND); /* for the announcements of the last to come */
    seconds = (double)(now_ns() - begin) / 1e9;
    crowd_sum(&arrival->crowd, &sum);
    presence_figures(report, "arriving", &none, &sum, seconds);
    come_and_go(arrival);
    crowd_sum(&arrival->crowd, &sum);
    report_figure(report, "clients cut", (double)sum.cut, "", REPORT_AT_MOST, 0);
    report_figure(report, "clients told to resynchronise", (double)sum.resyncs, "", REPORT_NO_TARGET, 0);
    if (sum.failed > 0)
        report_failure(report, "%lu connections were refused", sum.failed);
}

static void run_with_posts(struct arrival *arrival)
{
    struct load posts = {.target = &arrival->server.plain,
                         .connections = POSTERS,
                         .seconds = 300,
                         .rate = POSTS_A_SECOND,
                         .request = post,
                         .context = &arrival->population};
    struct report *report = arrival->bench->report;
    struct load_process *process = load_start(&posts);
    struct load_result result;
    char text[256];

    if (process == NULL) {
        report_failure(report, "cannot start the posters");
        return;
    }
    measure(arrival);
    if (load_finish(&process, &result) != 0) {
        load_explain(&result, text, sizeof(text));
        report_failure(report, "posts: %s", text);
        return;
    }
    report_figure(report, "a post to its answer: median", result.p50_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(report, "a post to its answer: p99", result.p99_ms, "ms", REPORT_AT_MOST, 100);
    report_figure(report, "  worst", result.most_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(report, "  posts", (double)result.answered, "", REPORT_NO_TARGET, 0);
}

void arrival_run(struct bench *bench)
{
    unsigned users = bench_pick(bench, (const unsigned[]){4000, 20000, 20000});
    struct arrival arrival = {.bench = bench};

    crowd_init(&arrival.crowd);
    report_note(bench->report, "%u users, half by SSE, half by WebSocket; %d posts a second to a channel of %d", users,
                POSTS_A_SECOND, MEMBERS);
    if (bench_server(bench, &arrival.server, false, NULL) == 0 &&
        bench_populate(bench, &arrival.population, &arrival.server, users, 1) == 0 &&
        bench_join(bench, &arrival.population, &arrival.server, 0, 0, MEMBERS) == 0)
        run_with_posts(&arrival);
    crowd_deinit(&arrival.crowd);
    population_deinit(&arrival.population);
    bench_end(bench, &arrival.server);
}
