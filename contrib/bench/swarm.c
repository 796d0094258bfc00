/*
 * swarm.c - a client process: opens its streams at the wished rate, counts what arrives, does as the pipe says. Each
 * runs in a process forked from the main one, which is why no process needs more descriptors than its streams.
 *
 * Always holds: the process ends when its pipe closes or its parent dies.
 */
#include "swarm.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    UNDER_WAY_MAX = 256, /* connections being made at a time when there is no rate */
    CHURN_EVERY = 20,    /* 5% */
    CHURN_PHASES = 100,  /* of 10 ms: a second */
    CHURN_PHASE_MS = 10,
    COMMAND_SECONDS = 10
};

static const char body_mark[] = "bench:";

/* Of this client process; there is one swarm in each. */
static struct {
    struct loop loop;
    struct watch command; /* the pipe */
    struct swarm_plan plan;
    struct swarm_seen *seen;
    struct stream *streams;
    unsigned started, under_way;
    uint64_t begin_ns, churn_next_ns;
    unsigned churn_phase;
    bool churn;
    int notify;
} self;

void swarm_body(unsigned message, char body[SWARM_BODY_MAX])
{
    snprintf(body, SWARM_BODY_MAX, "%s%06u: a message of common size", body_mark, message);
}

int swarm_number(const char *json, size_t length)
{
    const char *mark = memmem(json, length, body_mark, sizeof(body_mark) - 1);
    int number = 0;

    if (mark == NULL)
        return -1;
    mark += sizeof(body_mark) - 1;
    if (json + length - mark < 6)
        return -1;
    for (unsigned i = 0; i < 6; i++)
        number = number * 10 + (mark[i] - '0');
    return number >= 0 && number < SWARM_MESSAGES ? number : -1;
}

static void notify(void)
{
    uint64_t one = 1;

    if (write(self.notify, &one, sizeof(one)) != sizeof(one))
        _exit(1);
}

static void on_opened(struct stream *stream)
{
    (void)stream;
    self.under_way--;
    atomic_fetch_add_explicit(&self.seen->opened, 1, memory_order_relaxed);
}

static void on_arrived(struct stream *stream, size_t length)
{
    (void)stream;
    atomic_fetch_add_explicit(&self.seen->bytes, length, memory_order_relaxed);
}

static void count_message(struct stream *stream, unsigned number)
{
    struct swarm_message *message = &self.seen->messages[number];

    stream->received++;
    atomic_store_explicit(&message->last_ns, now_ns(), memory_order_relaxed);
    if (atomic_fetch_add(&message->count, 1) + 1 == self.plan.count)
        notify();
}

static void on_event(struct stream *stream, const char *json, size_t length)
{
    static const char presence[] = "presence_changed", resync[] = "\"resync\"";
    size_t start = length < 160 ? length : 160; /* the name comes early; the rest may be long */
    int number;

    atomic_fetch_add_explicit(&self.seen->events, 1, memory_order_relaxed);
    if (memmem(json, start, presence, sizeof(presence) - 1) != NULL) {
        atomic_fetch_add_explicit(&self.seen->presence, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&self.seen->presence_bytes, length, memory_order_relaxed);
    } else if (memmem(json, start, resync, sizeof(resync) - 1) != NULL) {
        atomic_fetch_add_explicit(&self.seen->resyncs, 1, memory_order_relaxed);
    } else if ((number = swarm_number(json, length)) >= 0) {
        count_message(stream, (unsigned)number);
    }
}

static void on_ended(struct stream *stream)
{
    if (stream->state == STREAM_OPEN) {
        atomic_fetch_sub(&self.seen->opened, 1);
        atomic_fetch_add(&self.seen->cut, 1);
    } else {
        self.under_way--;
        atomic_fetch_add(&self.seen->failed, 1);
    }
}

static const struct stream_events stream_events = {
    .opened = on_opened, .arrived = on_arrived, .event = on_event, .ended = on_ended};

static void start_stream(unsigned i)
{
    struct stream *stream = &self.streams[i];

    stream->events = &stream_events;
    self.under_way++;
    if (stream_open(stream, &self.loop, self.plan.target, self.plan.kind, self.plan.tokens[i], self.plan.source) != 0) {
        self.under_way--;
        atomic_fetch_add(&self.seen->failed, 1);
    }
}

static void start_due_streams(void)
{
    double due =
        self.plan.rate == 0 ? (double)self.plan.count : (double)(now_ns() - self.begin_ns) * self.plan.rate / 1e9 + 1;

    while (self.started < self.plan.count && (double)self.started < due &&
           (self.plan.rate > 0 || self.under_way < UNDER_WAY_MAX))
        start_stream(self.started++);
}

static void stop_stream(struct stream *stream)
{
    if (stream->state == STREAM_OPEN)
        atomic_fetch_sub(&self.seen->opened, 1);
    else
        self.under_way--;
    stream_close(stream);
}

/* The streams of one phase of the second leave, or come back; `leave` false: only come back. */
static void churn_streams(unsigned phase, bool leave)
{
    for (unsigned i = phase * CHURN_EVERY; i < self.plan.count; i += CHURN_EVERY * CHURN_PHASES) {
        if (self.streams[i].state == STREAM_CLOSED)
            start_stream(i);
        else if (leave)
            stop_stream(&self.streams[i]);
        else
            continue;
        atomic_fetch_add_explicit(&self.seen->toggles, 1, memory_order_relaxed);
    }
}

static void churn_due_streams(void)
{
    while (self.churn && self.churn_next_ns <= now_ns()) {
        churn_streams(self.churn_phase, true);
        self.churn_phase = (self.churn_phase + 1) % CHURN_PHASES;
        self.churn_next_ns += CHURN_PHASE_MS * NS_PER_MS;
    }
}

static void verify(void)
{
    uint32_t least = UINT32_MAX, most = 0;

    for (unsigned i = 0; i < self.plan.count; i++) {
        uint32_t received = self.streams[i].received;

        least = received < least ? received : least;
        most = received > most ? received : most;
    }
    atomic_store(&self.seen->least, least);
    atomic_store(&self.seen->most, most);
}

static void on_command(struct watch *watch, uint32_t events)
{
    char command;

    (void)events;
    if (read(watch->fd, &command, 1) != 1)
        _exit(0);
    if (command == SWARM_CHURN) {
        self.churn = true;
        self.churn_next_ns = now_ns();
    } else if (command == SWARM_CALM) {
        self.churn = false;
        for (unsigned i = 0; i < CHURN_PHASES; i++)
            churn_streams(i, false);
    } else if (command == SWARM_VERIFY) {
        verify();
    }
    atomic_fetch_add(&self.seen->commands, 1);
}

static _Noreturn void run_process(const struct swarm_plan *plan, struct swarm_seen *seen, int command, int notify_fd)
{
    self.plan = *plan;
    self.seen = seen;
    self.notify = notify_fd;
    self.streams = calloc(plan->count, sizeof(*self.streams));
    if (self.streams == NULL)
        _exit(1);
    loop_init(&self.loop);
    self.command = (struct watch){.fd = command, .ready = on_command};
    loop_watch(&self.loop, &self.command, EPOLLIN);
    self.begin_ns = now_ns();
    for (;;) {
        bool hurry = self.started < self.plan.count || self.churn;

        start_due_streams();
        churn_due_streams();
        loop_turn(&self.loop, hurry ? NS_PER_MS : 10 * NS_PER_SECOND);
    }
}

void crowd_init(struct crowd *crowd)
{
    memset(crowd, 0, sizeof(*crowd));
    crowd->notify = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (crowd->notify < 0)
        abort();
}

int crowd_add(struct crowd *crowd, const struct swarm_plan *plan)
{
    struct swarm *swarm = &crowd->swarms[crowd->processes];
    pid_t parent = getpid();
    int ends[2];

    if (crowd->processes == SWARM_PROCESSES || pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    swarm->seen = mmap(NULL, sizeof(*swarm->seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (swarm->seen == MAP_FAILED)
        abort();
    swarm->count = plan->count;
    swarm->command = ends[1];
    swarm->pid = fork();
    if (swarm->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        close(ends[1]);
        for (unsigned i = 0; i < crowd->processes; i++)
            close(crowd->swarms[i].command);
        run_process(plan, swarm->seen, ends[0], crowd->notify);
    }
    close(ends[0]);
    if (swarm->pid < 0) {
        close(ends[1]);
        munmap(swarm->seen, sizeof(*swarm->seen));
        return -1;
    }
    crowd->processes++;
    return 0;
}

void crowd_deinit(struct crowd *crowd)
{
    for (unsigned i = 0; i < crowd->processes; i++) {
        close(crowd->swarms[i].command);
        waitpid(crowd->swarms[i].pid, NULL, 0);
        munmap(crowd->swarms[i].seen, sizeof(*crowd->swarms[i].seen));
    }
    crowd->processes = 0;
    close(crowd->notify);
    crowd->notify = -1;
}

void crowd_sum(const struct crowd *crowd, struct crowd_sum *sum)
{
    memset(sum, 0, sizeof(*sum));
    sum->least = UINT32_MAX;
    for (unsigned i = 0; i < crowd->processes; i++) {
        const struct swarm_seen *seen = crowd->swarms[i].seen;
        uint32_t least = atomic_load(&seen->least), most = atomic_load(&seen->most);

        sum->count += crowd->swarms[i].count;
        sum->opened += atomic_load(&seen->opened);
        sum->failed += atomic_load(&seen->failed);
        sum->cut += atomic_load(&seen->cut);
        sum->toggles += atomic_load(&seen->toggles);
        sum->resyncs += atomic_load(&seen->resyncs);
        sum->events += atomic_load(&seen->events);
        sum->bytes += atomic_load(&seen->bytes);
        sum->presence += atomic_load(&seen->presence);
        sum->presence_bytes += atomic_load(&seen->presence_bytes);
        sum->least = least < sum->least ? least : sum->least;
        sum->most = most > sum->most ? most : sum->most;
    }
}

int crowd_wait_open(struct crowd *crowd, double seconds)
{
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
    struct crowd_sum sum;

    for (;;) {
        crowd_sum(crowd, &sum);
        if (sum.opened == sum.count)
            return 0;
        if (now_ns() > end || sum.opened + sum.failed + sum.cut >= sum.count)
            return -1;
        sleep_ns(5 * NS_PER_MS);
    }
}

int crowd_settle(struct crowd *crowd, unsigned quiet_ms, double seconds)
{
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9), quiet_since = now_ns();
    struct crowd_sum before, sum;

    crowd_sum(crowd, &before);
    while (now_ns() < end) {
        sleep_ns(20 * NS_PER_MS);
        crowd_sum(crowd, &sum);
        if (sum.events != before.events || sum.opened != before.opened)
            quiet_since = now_ns();
        if (now_ns() - quiet_since > quiet_ms * NS_PER_MS)
            return 0;
        before = sum;
    }
    return -1;
}

int crowd_command(struct crowd *crowd, enum swarm_command command)
{
    uint64_t end = now_ns() + COMMAND_SECONDS * NS_PER_SECOND;
    char byte = (char)command;

    for (unsigned i = 0; i < crowd->processes; i++) {
        unsigned before = atomic_load(&crowd->swarms[i].seen->commands);

        if (write(crowd->swarms[i].command, &byte, 1) != 1)
            return -1;
        while (atomic_load(&crowd->swarms[i].seen->commands) == before) {
            if (now_ns() > end)
                return -1;
            sleep_ns(NS_PER_MS);
        }
    }
    return 0;
}

uint64_t crowd_complete(const struct crowd *crowd, unsigned message)
{
    uint64_t last = 0;

    for (unsigned i = 0; i < crowd->processes; i++) {
        const struct swarm_message *seen = &crowd->swarms[i].seen->messages[message];
        uint64_t here = atomic_load(&seen->last_ns);

        if (atomic_load(&seen->count) < crowd->swarms[i].count)
            return 0;
        last = here > last ? here : last;
    }
    return last;
}
