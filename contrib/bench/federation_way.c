/*
 * federation_way.c - scenario federation: how long a message takes from its post on A to a reader on B, at a low rate.
 * The main process posts and receives, so that both times are of one clock and one loop.
 *
 * Always holds: a message's time counts from when it was due, so that a busy connection cannot hide a slow one.
 */
#include "client.h"
#include "federation.h"
#include "load.h"
#include "stream.h"
#include "swarm.h"
#include <stdlib.h>

enum { SENDERS = 16, POSTS_A_SECOND = 100, PATIENCE_SECONDS = 60 };

struct way {
    struct pair *pair;
    struct loop loop;
    struct client senders[SENDERS];
    struct stream reader;
    bool opened, ended;
    unsigned sent, answered, refused, received;
    uint64_t sent_ns[SWARM_MESSAGES];
    double ms[SWARM_MESSAGES]; /* in the order of their arrival */
};

static void way_opened(struct stream *stream)
{
    ((struct way *)stream->owner)->opened = true;
}

static void way_ended(struct stream *stream)
{
    ((struct way *)stream->owner)->ended = true;
}

static void way_event(struct stream *stream, const char *json, size_t length)
{
    struct way *way = stream->owner;
    int number = swarm_number(json, length);

    if (number >= 0 && (unsigned)number < way->sent && way->received < SWARM_MESSAGES)
        way->ms[way->received++] = (double)(now_ns() - way->sent_ns[number]) / 1e6;
}

static const struct stream_events way_events = {.opened = way_opened, .event = way_event, .ended = way_ended};

static void way_answered(struct client *client, const struct http_answer *answer)
{
    struct way *way = client->owner;

    way->answered++;
    way->refused += answer == NULL || answer->status != 200;
}

static int way_open(struct way *way)
{
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;

    for (unsigned i = 0; i < SENDERS; i++) {
        way->senders[i] = (struct client){.answered = way_answered, .owner = way, .number = i};
        if (client_open(&way->senders[i], &way->loop, &way->pair->a.plain, 0) != 0)
            return -1;
    }
    way->reader.events = &way_events;
    way->reader.owner = way;
    if (stream_open(&way->reader, &way->loop, &way->pair->b.plain, STREAM_SSE, way->pair->reader.tokens[0], 1) != 0)
        return -1;
    while (!way->opened && !way->ended && now_ns() < end)
        loop_turn(&way->loop, NS_PER_SECOND / 10);
    return way->opened && !way->ended ? 0 : -1;
}

static void way_close(struct way *way)
{
    stream_close(&way->reader);
    for (unsigned i = 0; i < SENDERS; i++)
        client_close(&way->senders[i]);
}

/* Posts the next message on a connection that is free; if none is, it is late, and says so by its time. */
static void way_post(struct way *way, uint64_t due)
{
    struct client *sender = &way->senders[way->sent % SENDERS];
    char body[SWARM_BODY_MAX], request[LOAD_REQUEST_MAX];
    size_t length;

    if (sender->busy || sender->watch.fd < 0)
        return;
    swarm_body(way->sent, body);
    length = population_post(&way->pair->posters, way->sent % FEDERATION_POSTERS, 0, body, request, sizeof(request));
    way->sent_ns[way->sent++] = due;
    if (client_send(sender, request, length) != 0)
        way->refused++;
}

/* At a rate, whatever comes back; then waits for what is under way. */
static void way_drive(struct way *way, unsigned messages)
{
    uint64_t begin = now_ns(), end;

    while (way->sent < messages && !way->ended && way->refused == 0) {
        uint64_t due = begin + way->sent * (NS_PER_SECOND / POSTS_A_SECOND);

        if (due <= now_ns())
            way_post(way, due);
        loop_turn(&way->loop, until_ns(due, NS_PER_SECOND));
    }
    end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND;
    while ((way->received < way->sent || way->answered < way->sent) && !way->ended && now_ns() < end)
        loop_turn(&way->loop, NS_PER_SECOND / 10);
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void way_report(struct way *way, unsigned messages)
{
    struct report *report = way->pair->bench->report;

    if (way->received != messages || way->refused > 0 || way->ended)
        report_failure(report, "%u of %u messages reached B's reader, %u were refused%s", way->received, messages,
                       way->refused, way->ended ? ", its stream ended" : "");
    if (way->received == 0)
        return;
    qsort(way->ms, way->received, sizeof(*way->ms), compare_numbers);
    report_figure(report, "100 messages/s, from POST on A to a reader on B: median", way->ms[way->received / 2], "ms",
                  REPORT_AT_MOST, 5);
    report_figure(report, "  p99", way->ms[way->received * 99 / 100], "ms", REPORT_NO_TARGET, 0);
    report_figure(report, "  worst", way->ms[way->received - 1], "ms", REPORT_NO_TARGET, 0);
}

void federation_way(struct pair *pair)
{
    unsigned messages = bench_pick(pair->bench, (const unsigned[]){200, 1000, 2000});
    struct way *way = calloc(1, sizeof(*way));

    if (way == NULL)
        abort();
    way->pair = pair;
    for (unsigned i = 0; i < SENDERS; i++)
        way->senders[i].watch.fd = way->senders[i].link.fd = -1;
    loop_init(&way->loop);
    if (way_open(way) == 0) {
        way_drive(way, messages);
        way_report(way, messages);
        pair_compare(pair, 0);
    } else {
        report_failure(pair->bench->report, "the reader on B and the senders on A do not connect");
    }
    way_close(way);
    loop_deinit(&way->loop);
    free(way);
}
