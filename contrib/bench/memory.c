/*
 * memory.c - scenario: what an idle connection costs the server's processes, SSE and WebSocket, plain and TLS 1.3, and
 * SSE over HTTP/2.
 *
 * Always holds: each kind gets a fresh server (memory that was freed would hide the next one's), on one database. A few
 * connections come and go before the first look, so that what is made once does not count.
 */
#include "scenarios.h"
#include "loop.h"
#include "swarm.h"

enum { WARM_UP = 64 };

struct kind {
    const char *name;
    enum stream_kind stream;
    const struct target *(*target_of)(const struct server *server);
    double target; /* bytes */
};

static const struct kind kinds[] = {
    {"SSE, plain", STREAM_SSE, server_plain, 1024},
    {"WebSocket, plain", STREAM_WEBSOCKET, server_plain, 1024},
    {"SSE, TLS 1.3", STREAM_SSE, server_tls, 20 * 1024},
    {"WebSocket, TLS 1.3", STREAM_WEBSOCKET, server_tls, 20 * 1024},
    {"SSE, HTTP/2, TLS 1.3", STREAM_HTTP2, server_http2, 32 * 1024},
};

/* Opens the streams and waits for quiet; 0 or -1, reported. The caller ends the crowd. */
static int open_idle(struct bench *bench, struct crowd *crowd, const struct kind *kind, const struct server *server,
                     const struct population *population, unsigned count)
{
    struct swarm_plan plan = {.target = kind->target_of(server),
                              .kind = kind->stream,
                              .tokens = (const char *const *)population->tokens,
                              .count = count,
                              .source = 1};
    struct crowd_sum sum;

    crowd_init(crowd);
    if (crowd_add(crowd, &plan) == 0 && crowd_wait_open(crowd, 90) == 0 && crowd_settle(crowd, 1500, 30) == 0)
        return 0;
    crowd_sum(crowd, &sum);
    report_failure(bench->report, "%s: of %u streams %lu opened, %lu were refused, %lu cut, or events never ceased",
                   kind->name, count, sum.opened, sum.failed, sum.cut);
    return -1;
}

static void measure(struct bench *bench, const struct kind *kind, struct server *server,
                    const struct population *population)
{
    struct server_memory before, after;
    struct crowd crowd;
    int result;

    result = open_idle(bench, &crowd, kind, server, population, WARM_UP);
    crowd_deinit(&crowd);
    if (result != 0)
        return;
    sleep_ns(2 * NS_PER_SECOND);
    before = server_memory(server);
    if (open_idle(bench, &crowd, kind, server, population, population->users) == 0) {
        after = server_memory(server);
        report_figure(bench->report, kind->name, ((double)after.process - (double)before.process) / population->users,
                      "B", REPORT_AT_MOST, kind->target);
        report_figure(bench->report, "  growth of the shared segment in use",
                      ((double)after.shared - (double)before.shared) / population->users, "B", REPORT_NO_TARGET, 0);
    }
    crowd_deinit(&crowd);
}

void memory_run(struct bench *bench)
{
    unsigned streams = bench_pick(bench, (const unsigned[]){1000, 5000, 5000});
    struct server server = {0};
    struct population population = {0};

    if (streams > bench->process_streams)
        streams = bench->process_streams;
    report_note(bench->report, "%u connections of as many users; anonymous memory of all processes (PSS)", streams);
    if (bench_server(bench, &server, true, NULL) == 0 && bench_populate(bench, &population, &server, streams, 1) == 0 &&
        bench_join(bench, &population, &server, 0, 0, streams) == 0) {
        for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
            bench_stop(bench, &server);
            if (bench_server(bench, &server, true, NULL) != 0)
                break;
            measure(bench, &kinds[i], &server, &population);
        }
    }
    population_deinit(&population);
    bench_end(bench, &server);
}
