/*
 * history.c - scenarios over plain HTTP: the latest 50 messages of a channel while others post, and a small GET.
 *
 * Always holds: the CPU of a read is what the server used beyond the same posts alone, for the same time.
 */
#include "http.h"
#include "load.h"
#include "loop.h"
#include "scenarios.h"
#include "send_unit.h"
#include <stdio.h>
#include <string.h>

enum { CHANNELS = 16, USERS = 64, FIRST_MESSAGES = 100, POSTS_A_SECOND = 500, READS_A_SECOND = 2000, CONNECTIONS = 64 };

static size_t post(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;
    char body[128];

    (void)number;
    snprintf(body, sizeof(body), "Message %llu: of the length that people write in a chat, most of the time.",
             (unsigned long long)index);
    return population_post(population, (unsigned)(index % USERS), (unsigned)(index % CHANNELS), body, buffer, capacity);
}

static size_t read_latest(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;
    char path[128];

    (void)number;
    snprintf(path, sizeof(path), "/api/messages/channel/%s?limit=50", population->channels[index % CHANNELS]);
    return http_request(buffer, capacity, "GET", path, population->tokens[index % USERS], NULL);
}

static int has_fifty(void *context, uint64_t index, const char *body, size_t length)
{
    static const char key[] = "\"message_id\"";
    const char *at = body, *stop = body + length;
    unsigned count = 0;

    (void)context;
    (void)index;
    while ((at = memmem(at, (size_t)(stop - at), key, sizeof(key) - 1)) != NULL) {
        at += sizeof(key) - 1;
        count++;
    }
    return count == 50 ? 0 : -1;
}

static void failed(struct bench *bench, const char *what, const struct load_result *result)
{
    char text[256];

    load_explain(result, text, sizeof(text));
    report_failure(bench->report, "%s: %s", what, text);
}

static void measure_history(struct bench *bench, const struct server *server, struct population *population)
{
    double seconds = bench_pick(bench, (const unsigned[]){3, 8, 20});
    struct load posts = {.target = &server->plain,
                         .connections = 8,
                         .seconds = seconds,
                         .rate = POSTS_A_SECOND,
                         .request = post,
                         .context = population};
    struct load reads = {.target = &server->plain,
                         .connections = 16,
                         .seconds = seconds,
                         .rate = READS_A_SECOND,
                         .request = read_latest,
                         .answer = has_fifty,
                         .context = population};
    struct load_result alone, beside, read;
    struct load_process *process;
    uint64_t cpu_alone, cpu;
    double unit;

    cpu_alone = server_cpu_ns(server);
    if (load_run(&posts, &alone) != 0) {
        failed(bench, "posts alone", &alone);
        return;
    }
    cpu_alone = server_cpu_ns(server) - cpu_alone;
    send_unit_begin();
    cpu = server_cpu_ns(server);
    process = load_start(&posts);
    if (load_run(&reads, &read) != 0)
        failed(bench, "reads", &read);
    if (process == NULL || load_finish(&process, &beside) != 0) {
        report_failure(bench->report, "the posts beside the reads failed");
        return;
    }
    cpu = server_cpu_ns(server) - cpu;
    unit = send_unit_end();
    if (read.answered == 0)
        return;
    cpu -= (uint64_t)((double)cpu_alone * (double)beside.answered / (double)alone.answered);
    report_figure(bench->report, "server CPU per read", (double)cpu / 1000 / (double)read.answered, "us",
                  REPORT_AT_MOST, 200);
    report_figure(bench->report, "  the same in sends", (double)cpu / unit / (double)read.answered, "sends",
                  REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  reads", (double)read.answered / read.elapsed, "/s", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  to the answer, median", read.p50_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  to the answer, p99", read.p99_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  posts beside", (double)beside.answered / beside.elapsed, "/s", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  server CPU per post, alone", (double)cpu_alone / 1000 / (double)alone.answered,
                  "us", REPORT_NO_TARGET, 0);
}

void history_run(struct bench *bench)
{
    struct server server = {0};
    struct population population = {0};

    if (bench_server(bench, &server, false, NULL) == 0 &&
        bench_populate(bench, &population, &server, USERS, CHANNELS) == 0) {
        struct load first = {.target = &server.plain,
                             .connections = USERS,
                             .requests = CHANNELS * FIRST_MESSAGES,
                             .seconds = 60,
                             .request = post,
                             .context = &population};
        struct load_result result;

        if (load_run(&first, &result) != 0)
            failed(bench, "first messages", &result);
        else
            measure_history(bench, &server, &population);
    }
    population_deinit(&population);
    bench_end(bench, &server);
}

static size_t get_calls(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;

    (void)index;
    return http_request(buffer, capacity, "GET", "/api/channels/active-calls", population->tokens[number % USERS],
                        NULL);
}

static void measure_get(struct bench *bench, const struct server *server, struct population *population)
{
    struct load gets = {.target = &server->plain,
                        .connections = CONNECTIONS,
                        .seconds = bench_pick(bench, (const unsigned[]){2, 5, 10}),
                        .request = get_calls,
                        .context = population};
    struct load warm_up = gets;
    struct load_result result;
    uint64_t cpu;
    double unit;

    warm_up.seconds = 0.5;
    if (load_run(&warm_up, &result) != 0) {
        failed(bench, "first requests", &result);
        return;
    }
    send_unit_begin();
    cpu = server_cpu_ns(server);
    if (load_run(&gets, &result) != 0) {
        failed(bench, "requests", &result);
        return;
    }
    cpu = server_cpu_ns(server) - cpu;
    unit = send_unit_end();
    report_figure(bench->report, "server CPU per request", (double)cpu / unit / (double)result.answered, "sends",
                  REPORT_AT_MOST, 3);
    report_figure(bench->report, "  the same in time", (double)cpu / 1000 / (double)result.answered, "us",
                  REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  one send", unit / 1000, "us", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  requests", (double)result.answered / result.elapsed, "/s", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  to the answer, median", result.p50_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  to the answer, p99", result.p99_ms, "ms", REPORT_NO_TARGET, 0);
}

void get_run(struct bench *bench)
{
    struct server server = {0};
    struct population population = {0};

    if (bench_server(bench, &server, false, NULL) == 0 && bench_populate(bench, &population, &server, USERS, 1) == 0)
        measure_get(bench, &server, &population);
    population_deinit(&population);
    bench_end(bench, &server);
}
