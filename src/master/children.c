/*
 * children.c - forks, reaps and restarts. Master only. What can run, and how many of it, is a table (kinds).
 *
 * A child that ran for a while is restarted at once; one that keeps dying waits twice as long each time, up to five
 * seconds. A child never outlives the master: the kernel kills it (PR_SET_PDEATHSIG). Children that an earlier program
 * has started in this process are children like others, but that they may be there to end only: an upgrade gives the
 * new ones the slots of the bus that those do not have.
 */
#include "master/children.h"

#include "bering/bus.h"
#include "bering/clock.h"
#include "bering/counters.h"
#include "bering/log.h"
#include "master/confine.h"
#include "master/guard.h"
#include "master/hang.h"
#include "master/state.h"
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
    WAIT_MS = 200,          /* between two looks at one that is waited for */
    ABORT_LOOKS = 2,        /* that one which hangs may take to end by SIGABRT */
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
    struct hang_watch watches[BUS_PULSES];
    unsigned abort_looks;   /* since it was aborted, the one then included; 0: it was not */
};

struct children {
    const struct inheritance *inheritance;
    const struct privileges *privileges;
    bool stopping;
    bool have_died;
    unsigned count;
    struct child *list;
    unsigned retiring_count;
    struct child retiring[BUS_PROCESSES]; /* pid 0: has ended */
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
    bool is_alone;          /* starts only when those of its kind that are to end have done so */
    unsigned (*count)(const struct config *config);
    int (*run)(const struct inheritance *inheritance, unsigned number);
} kinds[] = {
    {"worker", true, false, workers, worker_run},
    {"federation", false, true, one, run_federation},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/*
 * What a child does first, privileges apart, which would undo it: end with the master, even if that ended between fork
 * and here.
 */
static void bind_to_master(pid_t master)
{
    guard_lift();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != master)
        _exit(1);
}

static void start(struct children *children, struct child *child)
{
    pid_t master = getpid();

    fflush(NULL);
    child->abort_looks = 0;
    memset(child->watches, 0, sizeof(child->watches));
    child->started_at = clock_monotonic_ms();
    child->pid = fork();
    if (child->pid == -1) {
        log_error("cannot fork %s: %s", child->name, strerror(errno));
        child->pid = 0;
        child->restart_at = child->started_at + BACKOFF_MOST_MS;
        return;
    }
    if (child->pid == 0) {
        privileges_drop(children->privileges);
        bind_to_master(master);
        log_process(child->name);
        prctl(PR_SET_NAME, child->kind->name);
        confine(children->inheritance->config);
        bus_attach(children->inheritance->bus, child->slot);
        exit(child->kind->run(children->inheritance, child->number));
    }
    log_info("%s started (pid %d)", child->name, (int)child->pid);
}

static unsigned children_of(const struct config *config)
{
    unsigned count = 0;

    for (size_t i = 0; i < KINDS; ++i)
        count += kinds[i].count(config);
    return count;
}

unsigned children_slots(const struct config *config)
{
    unsigned count = children_of(config);

    return 2 * count + 1 <= BUS_PROCESSES ? 2 * count + 1 : count + 1;
}

static void init_child(struct child *child, const struct kind *kind, unsigned number, unsigned slot)
{
    *child = (struct child){.kind = kind, .number = number, .slot = slot};
    if (kind->is_numbered)
        snprintf(child->name, sizeof(child->name), "%s %u", kind->name, number + 1);
    else
        snprintf(child->name, sizeof(child->name), "%s", kind->name);
}

struct children *children_new(const struct inheritance *inheritance, const struct privileges *privileges)
{
    struct children *children = calloc(1, sizeof(*children));

    assert(children != NULL);
    children->inheritance = inheritance;
    children->privileges = privileges;
    children->list = calloc(children_of(inheritance->config), sizeof(children->list[0]));
    assert(children->list != NULL);
    for (size_t i = 0; i < KINDS; ++i)
        for (unsigned number = 0; number < kinds[i].count(inheritance->config); ++number, ++children->count)
            init_child(&children->list[children->count], &kinds[i], number, children->count + 1);
    return children;
}

void children_free(struct children **children)
{
    free((*children)->list);
    free(*children);
    *children = NULL;
}

/* ---- from program to program ---- */

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KINDS; ++i)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static void set_slots(struct children *children, unsigned first)
{
    for (unsigned i = 0; i < children->count; ++i)
        children->list[i].slot = first + i;
}

/* Where a child of this kind and number stands in the list; the list's length if nowhere. */
static unsigned place_of(const struct children *children, const struct kind *kind, unsigned number)
{
    unsigned place = 0;

    while (place < children->count && (children->list[place].kind != kind || children->list[place].number != number))
        ++place;
    return place;
}

/*
 * Those of before have one half of the slots; the new ones get the other, if there are two halves. If there are more or
 * fewer workers now, those of before have a bus of their own, and end before the new ones start.
 */
bool children_adopt(struct children *children, const struct child_record *record, bool is_retiring)
{
    const struct kind *kind = find_kind(record->kind);
    unsigned place = kind == NULL ? children->count : place_of(children, kind, record->number);
    bool has_place = place < children->count && record->slot > place;

    if (kind == NULL || (!has_place && !is_retiring) || record->pid <= 1 || waitpid(record->pid, NULL, WNOHANG) != 0)
        return false;
    struct child *child = has_place ? &children->list[place] : NULL;
    unsigned first = has_place ? record->slot - place : 1;
    if (is_retiring) {
        assert(children->retiring_count < BUS_PROCESSES);
        child = &children->retiring[children->retiring_count++];
        first = first > 1 || children_slots(children->inheritance->config) <= children->count + 1 ? 1 : children->count + 1;
    }
    if (has_place)
        set_slots(children, first);
    init_child(child, kind, record->number, record->slot);
    child->pid = record->pid;
    child->started_at = clock_monotonic_ms();
    return true;
}

unsigned children_records(const struct children *children, struct child_record **records_r)
{
    struct child_record *records = calloc(children->count, sizeof(*records));
    unsigned count = 0;

    assert(records != NULL);
    for (unsigned i = 0; i < children->count; ++i) {
        const struct child *child = &children->list[i];
        if (child->pid == 0)
            continue;
        records[count] = (struct child_record){.number = child->number, .slot = child->slot, .pid = child->pid};
        snprintf(records[count++].kind, sizeof(records->kind), "%s", child->kind->name);
    }
    *records_r = records;
    return count;
}

unsigned children_retiring(const struct children *children)
{
    unsigned retiring = 0;

    for (unsigned i = 0; i < children->retiring_count; ++i)
        retiring += children->retiring[i].pid != 0;
    return retiring;
}

/* ---- starting ---- */

static bool may_start(const struct children *children, const struct child *child)
{
    for (unsigned i = 0; i < children->retiring_count; ++i) {
        const struct child *other = &children->retiring[i];
        if (other->pid != 0 && (other->slot == child->slot || (child->kind->is_alone && other->kind == child->kind)))
            return false;
    }
    return true;
}

void children_start(struct children *children)
{
    children_restart(children);
}

static struct child *find(struct children *children, pid_t pid)
{
    for (unsigned i = 0; i < children->count; ++i)
        if (children->list[i].pid == pid)
            return &children->list[i];
    return NULL;
}

static struct child *find_retiring(struct children *children, pid_t pid)
{
    for (unsigned i = 0; i < children->retiring_count; ++i)
        if (children->retiring[i].pid == pid)
            return &children->retiring[i];
    return NULL;
}

/* ---- the end of one ---- */

static void log_end(const struct child *child, int status, bool is_expected)
{
    if (WIFSIGNALED(status))
        log_error("%s (pid %d) died: signal %d (%s)", child->name, (int)child->pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0 || !is_expected)
        log_error("%s (pid %d) exited: status %d", child->name, (int)child->pid, WEXITSTATUS(status));
    else
        log_info("%s (pid %d) ended", child->name, (int)child->pid);
}

/* An adopted child's slot may be one of another bus. */
static void forget(struct children *children, const struct child *child)
{
    if (children->inheritance->bus != NULL && child->slot < children_slots(children->inheritance->config))
        bus_process_gone(children->inheritance->bus, child->slot);
}

static void retired(struct children *children, struct child *child, int status)
{
    log_end(child, status, true);
    child->pid = 0;
    forget(children, child);
}

static void ended(struct children *children, struct child *child, int status)
{
    uint64_t now = clock_monotonic_ms();

    log_end(child, status, children->stopping);
    child->pid = 0;
    forget(children, child);
    if (children->stopping)
        return;
    children->have_died = true;
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
        struct child *child = find(children, pid), *retiring = find_retiring(children, pid);
        if (child != NULL)
            ended(children, child, status);
        else if (retiring != NULL)
            retired(children, retiring, status);
    }
}

/* ---- those that hang ---- */

static void abort_child(struct children *children, struct child *child, enum bus_pulse pulse, unsigned most)
{
    static const char *const words[] = {[BUS_PULSE_LOOP] = "loop", [BUS_PULSE_WRITER] = "writer"};

    log_error("%s (pid %d) hangs: its %s has not gone on for %u s; killing it", child->name, (int)child->pid,
              words[pulse], most);
    counter_add(children->inheritance->bus, COUNTER_PROCESSES_HUNG, 1);
    child->abort_looks = 1;
    kill(child->pid, SIGABRT);
}

static void look(struct children *children, struct child *child, unsigned most)
{
    if (child->pid == 0)
        return;
    if (child->abort_looks > 0) {
        if (child->abort_looks++ == ABORT_LOOKS)
            kill(child->pid, SIGKILL); /* it is stopped, or its core takes too long */
        return;
    }
    for (enum bus_pulse pulse = 0; pulse < BUS_PULSES && child->abort_looks == 0; ++pulse) {
        struct hang_watch *watch = &child->watches[pulse];
        struct pulse_view view = bus_pulse_look(children->inheritance->bus, child->slot, pulse);
        bool is_held = hang_is_suspect(watch, &view) && hang_is_held(child->pid, view.thread);
        if (hang_look(watch, &view, is_held, most))
            abort_child(children, child, pulse, most);
    }
}

/* Those that are to end show signs of life until then; if they have a bus of their own, they are gone by now. */
void children_look(struct children *children, unsigned most)
{
    for (unsigned i = 0; i < children->count; ++i)
        look(children, &children->list[i], most);
    for (unsigned i = 0; i < children->retiring_count; ++i)
        look(children, &children->retiring[i], most);
}

/* ---- all of them ---- */

int64_t children_restart(struct children *children)
{
    uint64_t now = clock_monotonic_ms();
    int64_t next = -1;

    if (children->stopping)
        return -1;
    for (unsigned i = 0; i < children->count; ++i) {
        struct child *child = &children->list[i];
        if (child->pid == 0 && !may_start(children, child))
            continue; /* the end of the other one is a signal */
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

static void signal_all(const struct child *list, unsigned count, int signal)
{
    for (unsigned i = 0; i < count; ++i)
        if (list[i].pid != 0)
            kill(list[i].pid, signal);
}

void children_tell(const struct children *children, enum order order)
{
    signal_all(children->list, children->count, orders_signal(order));
}

void children_tell_retiring(const struct children *children, enum order order)
{
    signal_all(children->retiring, children->retiring_count, orders_signal(order));
}

void children_kill_retiring(const struct children *children)
{
    signal_all(children->retiring, children->retiring_count, SIGKILL);
}

void children_kill(struct children *children)
{
    for (unsigned i = 0; i < children->count; ++i) {
        struct child *child = &children->list[i];
        if (child->pid == 0 || kill(child->pid, SIGKILL) != 0 || waitpid(child->pid, NULL, 0) != child->pid)
            continue;
        child->pid = 0;
        forget(children, child);
    }
}

bool children_are_ready(const struct children *children)
{
    for (unsigned i = 0; i < children->count; ++i) {
        const struct child *child = &children->list[i];
        if (!child->kind->is_alone && (child->pid == 0 || !bus_is_ready(children->inheritance->bus, child->slot)))
            return false;
    }
    return true;
}

static bool any_serves(const struct children *children, const struct child *list, unsigned count)
{
    for (unsigned i = 0; i < count; ++i)
        if (!list[i].kind->is_alone && list[i].pid != 0 && list[i].abort_looks == 0 &&
            bus_is_ready(children->inheritance->bus, list[i].slot))
            return true;
    return false;
}

bool children_any_serves(const struct children *children)
{
    return any_serves(children, children->list, children->count) ||
           any_serves(children, children->retiring, children->retiring_count);
}

bool children_have_died(const struct children *children)
{
    return children->have_died;
}

void children_stop(struct children *children, int signal)
{
    children->stopping = true;
    signal_all(children->list, children->count, signal);
    signal_all(children->retiring, children->retiring_count, signal);
}

unsigned children_alive(const struct children *children)
{
    unsigned alive = children_retiring(children);

    for (unsigned i = 0; i < children->count; ++i)
        alive += children->list[i].pid != 0;
    return alive;
}

static int wait_for_end(pid_t pid, const char *name, int64_t most_ms)
{
    uint64_t begun_at = clock_monotonic_ms();
    int status;

    while (waitpid(pid, &status, WNOHANG) != pid) {
        if (most_ms >= 0 && clock_monotonic_ms() - begun_at >= (uint64_t)most_ms && kill(pid, SIGKILL) == 0)
            log_error("%s (pid %d) takes longer than %lld s: killing it", name, (int)pid, (long long)most_ms / 1000);
        master_wait_child(WAIT_MS);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int children_run_once(int (*run)(const void *argument), const void *argument, const char *name,
                      const struct privileges *privileges, int64_t most_ms)
{
    pid_t master = getpid(), pid;

    fflush(NULL);
    pid = fork();
    if (pid == -1) {
        log_error("cannot fork %s: %s", name, strerror(errno));
        return -1;
    }
    if (pid == 0) {
        privileges_drop(privileges);
        bind_to_master(master);
        log_process(name);
        exit(run(argument));
    }
    return wait_for_end(pid, name, most_ms);
}
