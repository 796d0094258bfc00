/*
 * send_unit.c - a thread of the main process that every 40 ms measures the CPU time of some 200-byte loopback sends.
 *
 * Always holds: only the send() calls are timed, on the thread's own CPU clock; the reader of the pair is drained
 * outside of it, so a send never meets a full buffer; the thread allocates nothing (the process forks beside it).
 * After 40 ms of other work the first send of a sample meets cold caches and costs 2 to 10 times as much, by chance; it
 * is sent but not counted. By this unit a bare loop of send() to 10,000 sockets costs 1.2 to 1.4 (scenario `bare`).
 */
#include "send_unit.h"
#include "loop.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE_EVERY_MS = 40, SENDS_A_SAMPLE = 17, SEND_BYTES = 200, SAMPLES_MAX = 1 << 14 };

static struct {
    int sender, reader;
    pthread_t thread;
    atomic_bool stop;
    atomic_uint begin;           /* the first sample of the run */
    atomic_uint count;           /* samples taken since init */
    double samples[SAMPLES_MAX]; /* a ring; the thread alone writes it */
} unit = {.sender = -1, .reader = -1};

static uint64_t thread_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static int open_pair(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    unit.sender = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || unit.sender < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
        listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        connect(unit.sender, (struct sockaddr *)&address, length) != 0)
        return -1;
    unit.reader = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    close(listener);
    if (unit.reader < 0)
        return -1;
    /* Otherwise the second send of a sample is held back and joined to the third, and costs next to nothing. */
    return setsockopt(unit.sender, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void drain(void)
{
    char sink[SENDS_A_SAMPLE * SEND_BYTES];
    size_t left = sizeof(sink);

    while (left > 0) {
        ssize_t got = recv(unit.reader, sink, left, 0);

        if (got <= 0)
            return;
        left -= (size_t)got;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof(*values), compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double measure(void)
{
    char data[SEND_BYTES];
    uint64_t sum = 0;

    memset(data, 'x', sizeof(data));
    for (unsigned i = 0; i < SENDS_A_SAMPLE; i++) {
        uint64_t start = thread_cpu_ns();

        if (send(unit.sender, data, sizeof(data), MSG_NOSIGNAL) != (ssize_t)sizeof(data))
            return 0;
        if (i > 0)
            sum += thread_cpu_ns() - start;
    }
    return (double)sum / (SENDS_A_SAMPLE - 1);
}

static void *sample(void *unused)
{
    (void)unused;
    while (!atomic_load(&unit.stop)) {
        unsigned count = atomic_load(&unit.count);

        unit.samples[count % SAMPLES_MAX] = measure();
        atomic_store(&unit.count, count + 1);
        drain();
        sleep_ns(SAMPLE_EVERY_MS * NS_PER_MS);
    }
    return NULL;
}

int send_unit_init(void)
{
    if (open_pair() != 0)
        return -1;
    return pthread_create(&unit.thread, NULL, sample, NULL) == 0 ? 0 : -1;
}

void send_unit_deinit(void)
{
    atomic_store(&unit.stop, true);
    pthread_join(unit.thread, NULL);
    close(unit.sender);
    close(unit.reader);
}

void send_unit_begin(void)
{
    atomic_store(&unit.begin, atomic_load(&unit.count));
}

double send_unit_end(void)
{
    unsigned begin = atomic_load(&unit.begin), end = atomic_load(&unit.count);
    unsigned count = end - begin < SAMPLES_MAX / 2 ? end - begin : SAMPLES_MAX / 2;
    double *copy, result;

    if (count == 0) {
        sleep_ns(2 * SAMPLE_EVERY_MS * NS_PER_MS);
        return send_unit_end();
    }
    copy = malloc(count * sizeof(*copy));
    if (copy == NULL)
        abort();
    for (unsigned i = 0; i < count; i++)
        copy[i] = unit.samples[(end - count + i) % SAMPLES_MAX];
    result = median(copy, count);
    free(copy);
    return result;
}
