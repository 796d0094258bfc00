/*
 * federation.c - scenario: from a post on one server to the readers of another, and what waits for a server that was
 * away. The main process; federation_way.c and federation_rate.c have the other parts.
 *
 * Always holds: after each part both servers' histories are compared, message by message.
 */
#include "federation.h"
#include "load.h"
#include "loop.h"
#include <stdio.h>

enum { STEP_MS = 10, PATIENCE_SECONDS = 60 };

static size_t post(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *posters = context;
    char body[128];

    snprintf(body, sizeof(body), "Message %llu: for somebody who is not there at the moment, but will be.",
             (unsigned long long)index);
    return population_post(posters, number % FEDERATION_POSTERS, 0, body, buffer, capacity);
}

/* Posts while B is away, which it is at least so long that A has stopped to try every second. */
static int post_meanwhile(struct pair *pair, unsigned messages)
{
    struct load load = {.target = &pair->a.plain,
                        .connections = FEDERATION_POSTERS,
                        .requests = messages,
                        .seconds = PATIENCE_SECONDS,
                        .request = post,
                        .context = &pair->posters};
    uint64_t end = now_ns() + bench_pick(pair->bench, (const unsigned[]){3, 15, 60}) * NS_PER_SECOND;
    struct load_result result;
    char text[256];

    if (load_run(&load, &result) != 0) {
        load_explain(&result, text, sizeof(text));
        report_failure(pair->bench->report, "%u posts while B is away: %s", messages, text);
        return -1;
    }
    sleep_ns(until_ns(end, PATIENCE_SECONDS * NS_PER_SECOND));
    if (pair_depth(pair) == messages)
        return 0;
    report_failure(pair->bench->report, "%u messages were posted while B was away, %lld wait", messages,
                   (long long)pair_depth(pair));
    return -1;
}

static bool wait_level(const struct pair *pair)
{
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;

    while (!pair_is_level(pair, 0)) {
        if (now_ns() > end)
            return false;
        sleep_ns(STEP_MS * NS_PER_MS);
    }
    return true;
}

static void measure_return(struct pair *pair)
{
    unsigned messages = bench_pick(pair->bench, (const unsigned[]){1000, 10000, 10000});
    struct report *report = pair->bench->report;
    uint64_t begin;

    bench_stop(pair->bench, &pair->b);
    if (post_meanwhile(pair, messages) != 0)
        return;
    begin = now_ns();
    if (bench_peer(pair->bench, &pair->b, "b") != 0)
        return;
    if (!wait_level(pair)) {
        report_failure(report, "B has not got all after %d s, %lld wait", PATIENCE_SECONDS,
                       (long long)pair_depth(pair));
        return;
    }
    report_note(report, "%u messages waited; the time counts from the start of B's process", messages);
    report_figure(report, "B was away: until it has all, in order and once", (double)(now_ns() - begin) / 1e9, "s",
                  REPORT_AT_MOST, 5);
    pair_compare(pair, 0);
}

void federation_run(struct bench *bench)
{
    struct pair pair;

    if (pair_start(&pair, bench, FEDERATION_POSTERS, FEDERATION_CHANNELS) == 0) {
        federation_way(&pair);
        federation_rate(&pair);
        measure_return(&pair);
    }
    pair_end(&pair);
}
