/*
 * scenarios.c - the table of what is measured, and what all of it shares. The main process.
 */
#include "scenarios.h"

const struct scenario scenarios[] = {
    {"bare", "a bare loop of send(), without any server: about 1.2 sends when the unit is sound", bare_run},
    {"fanout-sse", "one event to many SSE streams, plain", fanout_sse_run},
    {"fanout-websocket", "one event to many WebSockets, plain", fanout_websocket_run},
    {"fanout-tls", "one event to many SSE streams, TLS 1.3", fanout_tls_run},
    {"fanout-http2", "one event to many SSE streams, TLS 1.3 and HTTP/2", fanout_http2_run},
    {"memory", "process memory per idle connection", memory_run},
    {"posts", "durable posts, 64 posters to 64 channels", posts_run},
    {"wal", "how large the log becomes under constant posting, beside long readers", wal_run},
    {"latency", "POST to the first byte at a subscriber, idle server", latency_run},
    {"history", "the latest 50 messages of a channel while others post 500/s", history_run},
    {"get", "GET /api/channels/active-calls, 64 keep-alive connections", get_run},
    {"arrival", "many users arriving within 2 s, then 5% of them coming and going", arrival_run},
    {"federation", "messages from one server to another: their way, how many, and after an outage", federation_run},
    {NULL, NULL, NULL},
};

unsigned bench_pick(const struct bench *bench, const unsigned values[BENCH_SIZES])
{
    return values[bench->size];
}

static int start(const struct bench *bench, struct server *server, const char *name, bool tls, const char *preload)
{
    struct server_options options = {.path = bench->server_path,
                                     .name = name,
                                     .directory = bench->directory,
                                     .workers = bench->workers,
                                     .tls = tls,
                                     .preload = preload};

    if (server_start(server, &options) == 0)
        return 0;
    report_failure(bench->report, "%s", server->problem);
    return -1;
}

int bench_server(const struct bench *bench, struct server *server, bool tls, const char *preload)
{
    return start(bench, server, "local", tls, preload);
}

int bench_peer(const struct bench *bench, struct server *server, const char *name)
{
    return start(bench, server, name, false, NULL);
}

void bench_stop(const struct bench *bench, struct server *server)
{
    if (server->pid <= 0)
        return;
    if (server_check(server) != 0)
        report_failure(bench->report, "%s", server->problem);
    if (server_stop(server) != 0)
        report_failure(bench->report, "%s", server->problem);
}

void bench_end(const struct bench *bench, struct server *server)
{
    bench_stop(bench, server);
    server_deinit(server);
}

int bench_populate(const struct bench *bench, struct population *population, const struct server *server,
                   unsigned users, unsigned channels)
{
    if (population_init(population, server, users, channels) == 0)
        return 0;
    report_failure(bench->report, "%s", population->problem);
    return -1;
}

int bench_join(const struct bench *bench, struct population *population, const struct server *server, unsigned channel,
               unsigned first, unsigned count)
{
    if (population_join(population, server, channel, first, count) == 0)
        return 0;
    report_failure(bench->report, "%s", population->problem);
    return -1;
}
