/*
 * posts.c - scenario: how many posts a second are stored for good, on this disk and with each sync slowed by 2 ms.
 *
 * Always holds: a post counts when it was answered with 200 and a message id, that is after its commit.
 */
#include "load.h"
#include "loop.h"
#include "scenarios.h"
#include "send_unit.h"
#include <stdio.h>
#include <string.h>

enum { POSTERS = 64, CHANNELS = 64, PRELOAD_SECONDS = 900 };

static size_t post(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;
    char body[128];

    snprintf(body, sizeof(body), "Message %llu: of the length that people write in a chat, most of the time.",
             (unsigned long long)index);
    /* Poster and channel go together while connections are as many; more connections share them. */
    return population_post(population, number % POSTERS, number % CHANNELS, body, buffer, capacity);
}

static int has_id(void *context, uint64_t index, const char *body, size_t length)
{
    (void)context;
    (void)index;
    return memmem(body, length, "\"message_id\"", 12) != NULL ? 0 : -1;
}

static int preload(struct bench *bench, const struct server *server, struct population *population, unsigned messages)
{
    struct load load = {.target = &server->plain,
                        .connections = 4 * POSTERS,
                        .requests = messages,
                        .seconds = PRELOAD_SECONDS,
                        .request = post,
                        .answer = has_id,
                        .context = population};
    struct load_result result;
    char text[256];

    if (load_run(&load, &result) == 0) {
        report_note(bench->report, "%u messages stored before, by posting them at %.0f/s", messages,
                    (double)messages / result.elapsed);
        return 0;
    }
    load_explain(&result, text, sizeof(text));
    report_failure(bench->report, "storing %u messages: %s", messages, text);
    return -1;
}

static void measure(struct bench *bench, const struct server *server, struct population *population, const char *disk,
                    double target)
{
    struct load load = {.target = &server->plain,
                        .connections = POSTERS,
                        .seconds = bench_pick(bench, (const unsigned[]){3, 10, 20}),
                        .request = post,
                        .answer = has_id,
                        .context = population};
    struct load_result result;
    uint64_t cpu;
    char text[256], name[96];

    cpu = server_cpu_ns(server);
    if (load_run(&load, &result) != 0) {
        load_explain(&result, text, sizeof(text));
        report_failure(bench->report, "%s: %s", disk, text);
        return;
    }
    cpu = server_cpu_ns(server) - cpu;
    snprintf(name, sizeof(name), "%s: posts", disk);
    report_figure(bench->report, name, (double)result.answered / result.elapsed, "/s", REPORT_AT_LEAST, target);
    report_figure(bench->report, "  to the answer, median", result.p50_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  to the answer, p99", result.p99_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  server CPU per post", (double)cpu / 1000 / (double)result.answered, "us",
                  REPORT_NO_TARGET, 0);
}

void posts_run(struct bench *bench)
{
    unsigned messages = bench_pick(bench, (const unsigned[]){10000, 100000, 1000000});
    struct server server = {0};
    struct population population = {0};

    if (bench_server(bench, &server, false, NULL) == 0 &&
        bench_populate(bench, &population, &server, POSTERS, CHANNELS) == 0 &&
        preload(bench, &server, &population, messages) == 0) {
        measure(bench, &server, &population, "this disk", 10000);
        bench_stop(bench, &server);
        if (bench_server(bench, &server, false, bench->slow_sync_path) == 0)
            measure(bench, &server, &population, "each sync 2 ms slower", 5000);
    }
    population_deinit(&population);
    bench_end(bench, &server);
}
