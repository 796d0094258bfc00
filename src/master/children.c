/*
 * children.c - forks, reaps and restarts. Master only. What can run, and how many of it, is a table (kinds).
 *
 * A child that ran for a while is restarted at once; one that keeps dying waits twice as long each time, up to five
 * seconds. A child never outlives the master: the kernel kills it (PR_SET_PDEATHSIG).
 */
#include "master/children.h"

#include "bering/bus.h"
#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/log.h"
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    STABLE_MS = 2000,       /* having run so long, a child is no longer thought to be in a crash loop */
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MOST_MS = 5000,
};

struct child {
    char name[24];
    const struct kind *kind;
    unsigned number;        /* among those of its kind, from 0 */
    unsigned slot;          /* on the bus */
    pid_t pid;              /* 0: not running */
    uint64_t started_at;    /* clock_monotonic_ms */
    uint64_t restart_at;    /* when pid is 0 */
    unsigned backoff;       /* ms to wait before the next restart */
};

struct children {
    const struct inheritance *inheritance;
    bool stopping;
    unsigned count;
    struct child list[];
};

static unsigned workers(const struct config *config)
{
    return config->workers;
}

static unsigned one(const struct config *config)
{
    (void)config;
    return 1;
}

static int run_federation(const struct inheritance *inheritance, unsigned number)
{
    (void)number;
    return federation_run(inheritance);
}

/* In the order of their slots on the bus; slot 0 is the master's. */
static const struct kind {
    const char *name;       /* for logs */
    bool is_numbered;       /* the name goes on with a number, from 1 */
    unsigned (*count)(const struct config *config);
    int (*run)(const struct inheritance *inheritance, unsigned number);
} kinds[] = {
    {"worker", true, workers, worker_run},
    {"federation", false, one, run_federation},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* The first thing that a child does: end with the master, even if that ended between fork and here. */
static void bind_to_master(pid_t master)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != master)
        _exit(1);
}

static void start(struct children *children, struct child *child)
{
    pid_t master = getpid();

    fflush(NULL);
    child->started_at = clock_monotonic_ms();
    child->pid = fork();
    if (child->pid == -1) {
        log_error("cannot fork %s: %s", child->name, strerror(errno));
        child->pid = 0;
        child->restart_at = child->started_at + BACKOFF_MOST_MS;
        return;
    }
    if (child->pid == 0) {
        bind_to_master(master);
        log_process(child->name);
        prctl(PR_SET_NAME, child->kind->name);
        bus_attach(children->inheritance->bus, child->slot);
        exit(child->kind->run(children->inheritance, child->number));
    }
    log_info("%s started (pid %d)", child->name, (int)child->pid);
}

unsigned children_slots(const struct config *config)
{
    unsigned slots = 1;

    for (size_t i = 0; i < KINDS; ++i)
        slots += kinds[i].count(config);
    return slots;
}

static void add(struct children *children, const struct kind *kind, unsigned number)
{
    struct child *child = &children->list[children->count++];

    child->kind = kind;
    child->number = number;
    child->slot = children->count;
    if (kind->is_numbered)
        snprintf(child->name, sizeof(child->name), "%s %u", kind->name, number + 1);
    else
        snprintf(child->name, sizeof(child->name), "%s", kind->name);
    start(children, child);
}

struct children *children_start(const struct inheritance *inheritance)
{
    const struct config *config = inheritance->config;
    struct children *children = calloc(1, sizeof(*children) + children_slots(config) * sizeof(children->list[0]));

    assert(children != NULL);
    children->inheritance = inheritance;
    for (size_t i = 0; i < KINDS; ++i)
        for (unsigned number = 0; number < kinds[i].count(config); ++number)
            add(children, &kinds[i], number);
    return children;
}

void children_free(struct children **children)
{
    free(*children);
    *children = NULL;
}

static struct child *find(struct children *children, pid_t pid)
{
    for (unsigned i = 0; i < children->count; ++i)
        if (children->list[i].pid == pid)
            return &children->list[i];
    return NULL;
}

static void log_end(const struct children *children, const struct child *child, int status)
{
    if (WIFSIGNALED(status))
        log_error("%s (pid %d) died: signal %d (%s)", child->name, (int)child->pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0 || !children->stopping)
        log_error("%s (pid %d) exited: status %d", child->name, (int)child->pid, WEXITSTATUS(status));
    else
        log_info("%s (pid %d) ended", child->name, (int)child->pid);
}

static void ended(struct children *children, struct child *child, int status)
{
    uint64_t now = clock_monotonic_ms();

    log_end(children, child, status);
    child->pid = 0;
    bus_process_gone(children->inheritance->bus, child->slot);
    if (children->stopping)
        return;
    counter_add(children->inheritance->bus, COUNTER_PROCESS_RESTARTS, 1);
    if (now - child->started_at >= STABLE_MS)
        child->backoff = 0;
    child->restart_at = now + child->backoff;
    child->backoff = child->backoff == 0 ? BACKOFF_FIRST_MS : child->backoff * 2;
    if (child->backoff > BACKOFF_MOST_MS)
        child->backoff = BACKOFF_MOST_MS;
}

void children_reap(struct children *children)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *child = find(children, pid);
        if (child != NULL)
            ended(children, child, status);
    }
}

int64_t children_restart(struct children *children)
{
    uint64_t now = clock_monotonic_ms();
    int64_t next = -1;

    if (children->stopping)
        return -1;
    for (unsigned i = 0; i < children->count; ++i) {
        struct child *child = &children->list[i];
        if (child->pid == 0 && child->restart_at <= now)
            start(children, child);
        if (child->pid != 0)
            continue;
        int64_t wait = (int64_t)(child->restart_at - now);
        if (next == -1 || wait < next)
            next = wait;
    }
    return next;
}

void children_stop(struct children *children, int signal)
{
    children->stopping = true;
    for (unsigned i = 0; i < children->count; ++i)
        if (children->list[i].pid != 0)
            kill(children->list[i].pid, signal);
}

unsigned children_alive(const struct children *children)
{
    unsigned alive = 0;

    for (unsigned i = 0; i < children->count; ++i)
        alive += children->list[i].pid != 0;
    return alive;
}

int children_run_once(int (*run)(const void *argument), const void *argument, const char *name)
{
    pid_t master = getpid(), pid;
    int status;

    fflush(NULL);
    pid = fork();
    if (pid == -1) {
        log_error("cannot fork %s: %s", name, strerror(errno));
        return -1;
    }
    if (pid == 0) {
        bind_to_master(master);
        log_process(name);
        exit(run(argument));
    }
    while (waitpid(pid, &status, 0) == -1)
        assert(errno == EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
