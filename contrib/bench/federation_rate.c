/*
 * federation_rate.c - scenario federation: how many messages a second go from A to B, and whether the rest piles up.
 * B's reader listens in a process of its own (swarm.c), another one posts on A (load.c); the main one asks A how many
 * wait.
 *
 * Always holds: delivered is what B has told its reader, not what A has sent.
 */
#include "federation.h"
#include "load.h"
#include "loop.h"
#include "swarm.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MS = 100, SAMPLES = 1024, PATIENCE_SECONDS = 120 };

/* How many rows waited at A, and when. */
struct samples {
    unsigned count;
    double seconds[SAMPLES], depth[SAMPLES];
};

struct plan {
    const char *name;
    double rate; /* offered to A; 0: each poster posts as soon as it was answered */
    unsigned seconds[BENCH_SIZES];
    double least, growth; /* targets, 0: none. Growth is not zero: the queue's depth is a sample of ups and downs */
};

struct flow {
    struct pair *pair;
    struct crowd crowd; /* B's reader */
    const struct plan *plan;
    struct samples samples;
    struct load_result posted;
    uint64_t delivered; /* while A was posted to */
    uint64_t all;       /* and until nothing waited any more */
    uint64_t cpu;       /* of both servers, for all of it */
    double seconds;
};

static size_t post(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *posters = context;
    char body[128];

    snprintf(body, sizeof(body), "Message %llu: of the length that people write in a chat, most of the time.",
             (unsigned long long)index);
    return population_post(posters, number % FEDERATION_POSTERS, number % FEDERATION_CHANNELS, body, buffer, capacity);
}

static uint64_t delivered(const struct flow *flow)
{
    struct crowd_sum sum;

    crowd_sum(&flow->crowd, &sum);
    return sum.events - sum.presence;
}

static uint64_t cpu_of_both(const struct flow *flow)
{
    return server_cpu_ns(&flow->pair->a) + server_cpu_ns(&flow->pair->b);
}

static void sample(struct flow *flow, uint64_t begin, uint64_t end)
{
    struct samples *samples = &flow->samples;

    samples->count = 0;
    for (uint64_t next = begin; now_ns() < end; next += SAMPLE_MS * NS_PER_MS) {
        int64_t depth;

        sleep_ns(until_ns(next, NS_PER_SECOND));
        depth = pair_depth(flow->pair);
        if (depth < 0 || samples->count == SAMPLES)
            continue;
        samples->seconds[samples->count] = (double)(now_ns() - begin) / 1e9;
        samples->depth[samples->count++] = (double)depth;
    }
}

/* What the queue grew by in a second, after the first one: the slope of the line that fits the samples best. */
static double growth(const struct samples *samples)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;

    for (unsigned i = 0; i < samples->count; i++) {
        if (samples->seconds[i] < 1)
            continue;
        n++;
        x += samples->seconds[i];
        y += samples->depth[i];
        xx += samples->seconds[i] * samples->seconds[i];
        xy += samples->seconds[i] * samples->depth[i];
    }
    return n < 2 ? 0 : (n * xy - x * y) / (n * xx - x * x);
}

static double most(const struct samples *samples)
{
    double value = 0;

    for (unsigned i = 0; i < samples->count; i++)
        value = samples->depth[i] > value ? samples->depth[i] : value;
    return value;
}

/* Posts for a while and waits until all is delivered. Returns 0, or reports why not and returns -1. */
static int run(struct flow *flow)
{
    struct load load = {.target = &flow->pair->a.plain,
                        .connections = FEDERATION_POSTERS,
                        .seconds = bench_pick(flow->pair->bench, flow->plan->seconds),
                        .rate = flow->plan->rate,
                        .request = post,
                        .context = &flow->pair->posters};
    uint64_t before = delivered(flow), cpu = cpu_of_both(flow), begin = now_ns();
    struct load_process *process = load_start(&load);
    struct report *report = flow->pair->bench->report;
    char text[256];

    if (process == NULL) {
        report_failure(report, "no process for the posts");
        return -1;
    }
    sample(flow, begin, begin + (uint64_t)(load.seconds * 1e9));
    flow->delivered = delivered(flow) - before;
    flow->seconds = (double)(now_ns() - begin) / 1e9;
    if (load_finish(&process, &flow->posted) != 0) {
        load_explain(&flow->posted, text, sizeof(text));
        report_failure(report, "%s: posts on A: %s", flow->plan->name, text);
        return -1;
    }
    if (pair_wait_drained(flow->pair, PATIENCE_SECONDS) != 0) {
        report_failure(report, "%s: %lld messages still wait at A after %d s", flow->plan->name,
                       (long long)pair_depth(flow->pair), PATIENCE_SECONDS);
        return -1;
    }
    crowd_settle(&flow->crowd, 300, PATIENCE_SECONDS);
    flow->all = delivered(flow) - before;
    flow->cpu = cpu_of_both(flow) - cpu;
    return 0;
}

static enum report_target kind_of(double target, enum report_target kind)
{
    return target == 0 ? REPORT_NO_TARGET : kind;
}

static void figures(const struct flow *flow)
{
    const struct plan *plan = flow->plan;
    struct report *report = flow->pair->bench->report;
    char name[96];

    snprintf(name, sizeof(name), "%s: delivered on B", plan->name);
    report_figure(report, name, (double)flow->delivered / flow->seconds, "/s", kind_of(plan->least, REPORT_AT_LEAST),
                  plan->least);
    report_figure(report, "  posted on A", (double)flow->posted.answered / flow->posted.elapsed, "/s", REPORT_NO_TARGET,
                  0);
    report_figure(report, "  to the answer on A, p99", flow->posted.p99_ms, "ms", REPORT_NO_TARGET, 0);
    report_figure(report, "  waiting at A, most", most(&flow->samples), "", REPORT_NO_TARGET, 0);
    report_figure(report, "  waiting at A, growth", growth(&flow->samples), "/s", kind_of(plan->growth, REPORT_AT_MOST),
                  plan->growth);
    if (flow->all > 0)
        report_figure(report, "  CPU of both servers per message", (double)flow->cpu / 1000 / (double)flow->all, "us",
                      REPORT_NO_TARGET, 0);
}

/* What the reader got is what was posted, unless its stream was cut, which is no failure of the federation. */
static void check(const struct flow *flow)
{
    struct report *report = flow->pair->bench->report;
    struct crowd_sum sum;

    crowd_sum(&flow->crowd, &sum);
    if (sum.cut > 0 || sum.resyncs > 0)
        report_failure(report, "B's reader was cut %llu times, had to resynchronise %llu times",
                       (unsigned long long)sum.cut, (unsigned long long)sum.resyncs);
    else if (flow->all != flow->posted.answered)
        report_failure(report, "%s: %llu messages were posted, %llu reached B's reader", flow->plan->name,
                       (unsigned long long)flow->posted.answered, (unsigned long long)flow->all);
}

static int listen_on_b(struct flow *flow)
{
    struct swarm_plan plan = {.target = &flow->pair->b.plain,
                              .kind = STREAM_SSE,
                              .tokens = (const char *const *)flow->pair->reader.tokens,
                              .count = 1,
                              .source = 1};

    if (crowd_add(&flow->crowd, &plan) == 0 && crowd_wait_open(&flow->crowd, PATIENCE_SECONDS) == 0 &&
        crowd_settle(&flow->crowd, 300, PATIENCE_SECONDS) == 0)
        return 0;
    report_failure(flow->pair->bench->report, "the reader on B does not connect");
    return -1;
}

static void compare(struct pair *pair)
{
    int64_t sum = 0, count = 0;

    for (unsigned i = 0; i < FEDERATION_CHANNELS && count >= 0; i++) {
        count = pair_compare(pair, i);
        sum += count;
    }
    if (count >= 0)
        report_note(pair->bench->report, "%lld messages of %d channels: the same on A and B, in the same order",
                    (long long)sum, FEDERATION_CHANNELS);
}

void federation_rate(struct pair *pair)
{
    static const struct plan plans[] = {
        {"5,000 messages/s offered", 5000, {4, 15, 60}, 4950, 50},
        {"10,000 messages/s offered", 10000, {2, 8, 20}, 0, 0},
        {"64 posters, each as soon as answered", 0, {2, 4, 4}, 0, 0},
    };
    struct flow *flow = calloc(1, sizeof(*flow));
    bool listening;

    if (flow == NULL)
        abort();
    flow->pair = pair;
    crowd_init(&flow->crowd);
    listening = listen_on_b(flow) == 0;
    for (unsigned i = 0; listening && i < sizeof(plans) / sizeof(plans[0]); i++) {
        flow->plan = &plans[i];
        if (run(flow) != 0)
            break;
        figures(flow);
        check(flow);
    }
    crowd_deinit(&flow->crowd);
    compare(pair);
    free(flow);
}
