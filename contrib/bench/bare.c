/*
 * bare.c - scenario: a loop of send() to as many sockets as fanout.c's, without any server. It shows what the unit is
 * worth in this run, and what the kernel alone takes.
 *
 * Always holds: a round begins when the reader (a process of its own) has all of the last one.
 */
#include "loop.h"
#include "scenarios.h"
#include "send_unit.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 200, WARM_UP = 5, PATIENCE_SECONDS = 30 };

struct bare {
    struct sockaddr_in address;
    int *sockets;
    unsigned count;
    atomic_ullong *received; /* bytes, in shared memory */
};

static _Noreturn void read_all(const struct bare *bare)
{
    static char sink[64 * 1024];
    struct epoll_event events[256];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    for (unsigned i = 0; i < bare->count; i++) {
        struct epoll_event event = {.events = EPOLLIN};

        event.data.fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(event.data.fd, (const struct sockaddr *)&bare->address, sizeof(bare->address)) != 0)
            _exit(1);
        epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    for (;;) {
        int count = epoll_wait(epoll, events, 256, -1);

        for (int i = 0; i < count; i++) {
            ssize_t got = recv(events[i].data.fd, sink, sizeof(sink), 0);

            if (got <= 0)
                _exit(0);
            atomic_fetch_add(bare->received, (unsigned long long)got);
        }
    }
}

static int accept_all(struct bare *bare, int listener)
{
    for (unsigned i = 0; i < bare->count; i++) {
        struct timeval patience = {.tv_sec = PATIENCE_SECONDS, .tv_usec = 0};

        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        bare->sockets[i] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (bare->sockets[i] < 0)
            return -1;
    }
    return 0;
}

static uint64_t cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* Sends to all; returns the CPU time of it once the reader has it, 0 if it does not get it. */
static uint64_t send_round(const struct bare *bare)
{
    unsigned long long wanted = atomic_load(bare->received) + (unsigned long long)bare->count * BYTES;
    uint64_t end = now_ns() + PATIENCE_SECONDS * NS_PER_SECOND, cpu = cpu_ns();
    char data[BYTES];

    memset(data, 'x', sizeof(data));
    for (unsigned i = 0; i < bare->count; i++) {
        if (send(bare->sockets[i], data, sizeof(data), MSG_NOSIGNAL) != (ssize_t)sizeof(data))
            return 0;
    }
    cpu = cpu_ns() - cpu;
    while (atomic_load(bare->received) < wanted) {
        if (now_ns() > end)
            return 0;
        sleep_ns(NS_PER_MS / 5);
    }
    return cpu;
}

static void measure(struct bench *bench, const struct bare *bare)
{
    unsigned rounds = bench_pick(bench, (const unsigned[]){20, 50, 100});
    uint64_t sum = 0, begin = 0, cpu = 1;
    double elapsed, unit;

    for (unsigned i = 0; i < WARM_UP + rounds && cpu != 0; i++) {
        if (i == WARM_UP) {
            send_unit_begin();
            begin = now_ns();
            sum = 0;
        }
        cpu = send_round(bare);
        sum += cpu;
    }
    if (cpu == 0) {
        report_failure(bench->report, "the reader did not get all bytes");
        return;
    }
    elapsed = (double)(now_ns() - begin) / 1e9;
    unit = send_unit_end();
    report_figure(bench->report, "CPU per delivery", (double)sum / rounds / bare->count / unit, "sends",
                  REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  the same in time", (double)sum / rounds / bare->count / 1000, "us",
                  REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  one send", unit / 1000, "us", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  deliveries", (double)rounds * bare->count / elapsed, "/s", REPORT_NO_TARGET, 0);
}

static void run(struct bench *bench, struct bare *bare, int listener)
{
    pid_t parent = getpid(), reader = fork();

    if (reader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            read_all(bare);
        _exit(1);
    }
    if (reader > 0 && accept_all(bare, listener) == 0)
        measure(bench, bare);
    else
        report_failure(bench->report, "cannot connect %u sockets", bare->count);
    for (unsigned i = 0; i < bare->count; i++) {
        if (bare->sockets[i] >= 0)
            close(bare->sockets[i]);
    }
    if (reader > 0) {
        kill(reader, SIGKILL);
        waitpid(reader, NULL, 0);
    }
}

void bare_run(struct bench *bench)
{
    struct bare bare = {.address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(bare.address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    bare.count = bench_pick(bench, (const unsigned[]){2000, 10000, 10000});
    if (bare.count > bench->process_streams)
        bare.count = bench->process_streams;
    bare.sockets = malloc(bare.count * sizeof(*bare.sockets));
    bare.received = mmap(NULL, sizeof(*bare.received), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bare.sockets == NULL || bare.received == MAP_FAILED)
        abort();
    for (unsigned i = 0; i < bare.count; i++)
        bare.sockets[i] = -1;
    if (listener < 0 || bind(listener, (struct sockaddr *)&bare.address, length) != 0 || listen(listener, 4096) != 0 ||
        getsockname(listener, (struct sockaddr *)&bare.address, &length) != 0)
        report_failure(bench->report, "cannot listen");
    else
        run(bench, &bare, listener);
    close(listener);
    munmap(bare.received, sizeof(*bare.received));
    free(bare.sockets);
}
