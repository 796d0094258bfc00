/*
 * master.c - the first process, from start to end. It holds the listeners, the shared segment and the database's lock,
 * opens no connection to the database and runs no loop of its own but the wait for signals: single-threaded.
 */
#include "master/master.h"

#include "bering/bus.h"
#include "bering/clock.h"
#include "bering/inheritance.h"
#include "bering/log.h"
#include "bering/store.h"
#include "master/children.h"
#include "master/listeners.h"
#include "master/tls.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS_KEPT = 32 }; /* a process's own, besides those of workers and connections */

struct master {
    const struct config *config;
    struct inheritance inheritance;
    struct children *children;
    int database;             /* holds the lock that keeps a second master away; never closed by a child, see lock_database */
    sigset_t signals;
};

static int fail(char *error)
{
    log_error("%s", error != NULL ? error : "out of memory");
    free(error);
    return -1;
}

/* Signals are waited for, not handled; children unblock what they need. */
static int signals_init(struct master *master)
{
    sigemptyset(&master->signals);
    sigaddset(&master->signals, SIGTERM);
    sigaddset(&master->signals, SIGINT);
    sigaddset(&master->signals, SIGCHLD);
    sigaddset(&master->signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &master->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is then a failed write, like a full disk */
    return 0;
}

static void signals_deinit(struct master *master)
{
    sigprocmask(SIG_UNBLOCK, &master->signals, NULL);
}

/*
 * One master a database. flock(2) does not touch the fcntl locks that SQLite takes on the same file; but closing this
 * descriptor in a process that also uses SQLite would drop those, so children leave it open.
 */
static int lock_database(struct master *master)
{
    const char *path = master->config->database_path;

    master->database = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (master->database == -1 && (errno == EACCES || errno == EROFS || errno == EPERM))
        master->database = open(path, O_RDONLY | O_CLOEXEC);
    if (master->database == -1) {
        log_error("cannot open DATABASE_PATH=%s: %s", path, strerror(errno));
        return -1;
    }
    if (flock(master->database, LOCK_EX | LOCK_NB) != 0) {
        log_error("DATABASE_PATH=%s is in use by another server (%s)", path, strerror(errno));
        close(master->database);
        return -1;
    }
    return 0;
}

static void unlock_database(struct master *master)
{
    close(master->database);
}

static int prepare_in_child(const void *argument)
{
    const struct config *config = argument;
    struct store_setup setup = {
        .path = config->database_path,
        .server_name = config->server_name,
        .base_url = config->base_url,
        .server_token = config->server_token,
        .admin_username = config->admin_username,
        .admin_password = config->admin_password,
        .bcrypt_cost = config->bcrypt_cost,
    };
    char *error = NULL;

    return store_prepare(&setup, &error) == 0 ? 0 : fail(error) != 0;
}

static int prepare_database(struct master *master)
{
    return children_run_once(prepare_in_child, master->config, "prepare") == 0 ? 0 : -1;
}

static int listeners_init(struct master *master)
{
    char *error = NULL;

    return listeners_open(master->config, &master->inheritance, &error) == 0 ? 0 : fail(error);
}

static void listeners_deinit(struct master *master)
{
    listeners_close(&master->inheritance);
}

/* A worker that runs out of descriptors while it starts would only start again. */
static int raise_limits(struct master *master)
{
    unsigned needed = 2 * DESCRIPTORS_KEPT + 2 * children_slots(master->config);
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max; /* nothing here uses select(2) */
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max >= needed)
        return 0;
    log_error("the limit of open files is %llu: at least %u are needed", (unsigned long long)limit.rlim_max, needed);
    return -1;
}

static int tls_init(struct master *master)
{
    char *error = NULL;

    if (master->config->listen_tls[0] == '\0')
        return 0;
    master->inheritance.tls = tls_context_new(master->config, &error);
    return master->inheritance.tls != NULL ? 0 : fail(error);
}

static void tls_deinit(struct master *master)
{
    if (master->inheritance.tls != NULL)
        tls_context_free(&master->inheritance.tls);
}

static int bus_init(struct master *master)
{
    const char *error;

    master->inheritance.bus = bus_create(master->config->ring_size, children_slots(master->config), &error);
    if (master->inheritance.bus == NULL) {
        log_error("cannot make the shared segment: %s", error);
        return -1;
    }
    bus_attach(master->inheritance.bus, 0);
    return 0;
}

static void bus_deinit(struct master *master)
{
    bus_destroy(&master->inheritance.bus);
}

static int children_init(struct master *master)
{
    master->children = children_start(&master->inheritance);
    for (size_t i = 0; i < master->inheritance.listener_count; ++i)
        log_info("listening on %s%s", master->inheritance.listeners[i].address,
                 master->inheritance.listeners[i].tls ? " (TLS)" : "");
    return 0;
}

static void children_deinit(struct master *master)
{
    children_free(&master->children);
}

/* What the server opens, in order; it is closed in reverse. */
static const struct {
    int (*init)(struct master *master);
    void (*deinit)(struct master *master);
} stages[] = {
    {signals_init, signals_deinit},
    {raise_limits, NULL},
    {tls_init, tls_deinit},
    {lock_database, unlock_database},
    {listeners_init, listeners_deinit},
    {prepare_database, NULL},
    {bus_init, bus_deinit},
    {children_init, children_deinit},
};

enum { STAGES = sizeof(stages) / sizeof(stages[0]) };

/* Waits for a signal at most `ms` milliseconds (-1: for ever). Returns its number, 0 if the time is over. */
static int wait_signal(const struct master *master, int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    int signal = ms < 0 ? sigwaitinfo(&master->signals, NULL) : sigtimedwait(&master->signals, NULL, &time);

    return signal > 0 ? signal : 0;
}

static void supervise(struct master *master)
{
    for (;;) {
        int signal = wait_signal(master, children_restart(master->children));
        if (signal == SIGTERM || signal == SIGINT) {
            log_info("%s: draining", signal == SIGTERM ? "SIGTERM" : "SIGINT");
            return;
        }
        children_reap(master->children);
    }
}

/* Children drain by themselves within DRAIN_SECONDS; a second more, and they are killed. */
static void drain(struct master *master)
{
    uint64_t deadline = clock_monotonic_ms() + (uint64_t)master->config->drain_seconds * 1000 + 1000;

    children_stop(master->children, SIGTERM);
    while (children_alive(master->children) > 0) {
        int64_t left = (int64_t)(deadline - clock_monotonic_ms());
        if (left <= 0) {
            log_warn("%u processes did not drain in time", children_alive(master->children));
            children_stop(master->children, SIGKILL);
            left = 1000;
        }
        wait_signal(master, left);
        children_reap(master->children);
    }
}

int master_run(const struct config *config)
{
    struct master master = {.config = config, .inheritance = {.config = config}, .database = -1};
    size_t reached = 0;

    log_init(config->log_level, config->log_format);
    log_process("master");
    while (reached < STAGES && stages[reached].init(&master) == 0)
        ++reached;
    if (reached == STAGES) {
        supervise(&master);
        drain(&master);
    }
    for (size_t i = reached; i-- > 0;)
        if (stages[i].deinit != NULL)
            stages[i].deinit(&master);
    if (reached == STAGES)
        log_info("ended");
    return reached == STAGES ? 0 : 1;
}
