/*
 * master.c - the first process, from start to end. It holds the listeners, the shared segment and the database's lock,
 * opens no connection to the database and runs no loop of its own but the wait for signals: single-threaded. It keeps
 * the privileges that it was started with; all others give them up (privileges.h).
 */
#include "master/master.h"

#include "bering/bus.h"
#include "bering/clock.h"
#include "bering/inheritance.h"
#include "bering/log.h"
#include "bering/store.h"
#include "bering/tickets.h"
#include "master/guard.h"
#include "master/listeners.h"
#include "master/notify.h"
#include "master/reload.h"
#include "master/state.h"
#include "master/upgrade.h"
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
enum { UNTIL_READY_MS = 20 };   /* how often the master looks whether its workers have begun, */
enum { LOOK_MS = 1000 };        /* and whether they go on */
enum { LOCK_PATIENCE_MS = 3000, LOCK_PAUSE_MS = 20 }; /* how long it waits for the database's lock, and between two looks */

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
    sigaddset(&master->signals, SIGUSR1);
    sigaddset(&master->signals, SIGUSR2);
    sigaddset(&master->signals, orders_signal(ORDER_REOPEN_LOG)); /* for children, from their first moment on */
    sigprocmask(SIG_BLOCK, &master->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is then a failed write, like a full disk */
    return 0;
}

static void signals_deinit(struct master *master)
{
    sigprocmask(SIG_UNBLOCK, &master->signals, NULL);
}

static int handover_init(struct master *master)
{
    struct handover *handover = &master->handover;

    master->program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (handover_read(handover) != 0) {
        log_error("what the program before has left cannot be read");
        return -1;
    }
    if (!handover->is_return)
        return 0;
    master->config->workers = handover->workers; /* as those are that go on, whatever the configuration says by now */
    if (handover->ring_size != 0)
        master->config->ring_size = handover->ring_size;
    return 0;
}

static void handover_close(struct master *master)
{
    handover_deinit(&master->handover);
    close(master->program);
}

static int privileges_init(struct master *master)
{
    char *error = NULL;

    return privileges_find(master->config, &master->privileges, &error) == 0 ? 0 : fail(error);
}

static int log_init_file(struct master *master)
{
    const char *path = master->config->log_file;

    if (path == NULL)
        return 0;
    privileges_lower(&master->privileges);
    int status = log_open(path);
    privileges_raise(&master->privileges);
    if (status != 0)
        log_error("cannot open LOG_FILE=%s: %s", path, strerror(errno));
    return status;
}

static int open_database(const char *path)
{
    int database = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (database == -1 && (errno == EACCES || errno == EROFS || errno == EPERM))
        database = open(path, O_RDONLY | O_CLOEXEC);
    return database;
}

/*
 * A server that was killed has its lock until the kernel has taken all of its processes down: whoever starts the next one
 * at once need not know that.
 */
static int lock_patiently(int descriptor)
{
    static const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000 * 1000L};
    int status = flock(descriptor, LOCK_EX | LOCK_NB);

    for (unsigned waited = 0; status != 0 && errno == EWOULDBLOCK && waited < LOCK_PATIENCE_MS; waited += LOCK_PAUSE_MS) {
        nanosleep(&pause, NULL);
        status = flock(descriptor, LOCK_EX | LOCK_NB);
    }
    return status;
}

/*
 * One master a database. flock(2) does not touch the fcntl locks that SQLite takes on the same file; but closing this
 * descriptor in a process that also uses SQLite would drop those, so children leave it open.
 */
static int lock_database(struct master *master)
{
    const char *path = master->config->database_path;

    master->database = master->handover.database;
    if (master->handover.is_there)
        return 0;
    privileges_lower(&master->privileges);
    master->database = open_database(path);
    privileges_raise(&master->privileges);
    if (master->database == -1) {
        log_error("cannot open DATABASE_PATH=%s: %s", path, strerror(errno));
        return -1;
    }
    if (lock_patiently(master->database) != 0) {
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
    return children_run_once(prepare_in_child, master->config, "prepare", &master->privileges, -1) == 0 ? 0 : -1;
}

static int listeners_init(struct master *master)
{
    struct listeners left = master->handover.listeners;
    char *error = NULL;

    if (!master->handover.is_return)
        return listeners_open(&master->inheritance, &left, &error) == 0 ? 0 : fail(error);
    master->inheritance.listeners = left.list; /* what this program had is what it has */
    master->inheritance.listener_count = left.count;
    master->handover.listeners = (struct listeners){0};
    return 0;
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

    if (!listeners_need_tls(master->config))
        return 0;
    return certificates_init(&master->certificates, &master->inheritance, &error) == 0 ? 0 : fail(error);
}

static void tls_deinit(struct master *master)
{
    certificates_deinit(&master->certificates, &master->inheritance);
}

/* Children that were left by a program that is returned to still look where they did. */
static int live_init(struct master *master)
{
    struct live **live = &master->inheritance.live;

    *live = master->handover.is_return ? live_adopt(master->handover.live) : live_new();
    if (*live == NULL)
        log_error("no memory to share with the workers: %s", strerror(errno));
    return *live == NULL ? -1 : 0;
}

static void live_deinit(struct master *master)
{
    live_free(&master->inheritance.live);
}

/* The bus of the program before goes on, if it is of the same make. */
static int bus_take_over(struct master *master)
{
    struct handover *handover = &master->handover;
    const char *error;

    if (!handover->is_there)
        return 0;
    master->inheritance.bus = bus_adopt(handover->bus, handover->bus_count, master->config->ring_size,
                                        children_slots(master->config), &error);
    handover->bus_is_adopted = master->inheritance.bus != NULL;
    if (!handover->bus_is_adopted)
        log_info("%s", error);
    return 0;
}

static int children_take_over(struct master *master)
{
    const struct handover *handover = &master->handover;

    master->children = children_new(&master->inheritance, &master->privileges);
    for (unsigned i = 0; i < handover->child_count; ++i)
        children_adopt(master->children, &handover->children[i], !handover->is_return);
    return 0;
}

static void children_deinit(struct master *master)
{
    children_free(&master->children);
}

static int bus_init(struct master *master)
{
    struct bus **bus = &master->inheritance.bus;
    const char *error;

    if (*bus == NULL)
        *bus = bus_create(master->config->ring_size, children_slots(master->config), &error);
    if (*bus == NULL) {
        log_error("cannot make the shared segment: %s", error);
        return -1;
    }
    bus_attach(*bus, 0);
    tls_use_tickets(*bus);
    return 0;
}

static void bus_deinit(struct master *master)
{
    bus_destroy(&master->inheritance.bus);
}

static int start_children(struct master *master)
{
    static const char *const purposes[] = {
        [LISTENER_PLAIN] = "", [LISTENER_TLS] = " (TLS)", [LISTENER_MONITORING] = " (monitoring)",
    };

    guard_lift();
    children_start(master->children);
    for (size_t i = 0; i < master->inheritance.listener_count; ++i)
        log_info("listening on %s%s", master->inheritance.listeners[i].address,
                 purposes[master->inheritance.listeners[i].kind]);
    return 0;
}

/* What the server opens, in order; it is closed in reverse. */
static const struct {
    int (*init)(struct master *master);
    void (*deinit)(struct master *master);
} stages[] = {
    {signals_init, signals_deinit},
    {handover_init, handover_close},
    {privileges_init, NULL},
    {log_init_file, NULL},
    {raise_limits, NULL},
    {tls_init, tls_deinit},
    {live_init, live_deinit},
    {lock_database, unlock_database},
    {listeners_init, listeners_deinit},
    {bus_take_over, bus_deinit},
    {children_take_over, children_deinit},
    {upgrade_make_way, NULL},
    {prepare_database, NULL},
    {bus_init, NULL},
    {start_children, NULL},
    {upgrade_finish, NULL},
};

enum { STAGES = sizeof(stages) / sizeof(stages[0]) };

static int wait_for(const sigset_t *signals, int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    int signal = ms < 0 ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &time);

    return signal > 0 ? signal : 0;
}

int master_wait_signal(const struct master *master, int64_t ms)
{
    return wait_for(&master->signals, ms);
}

/* What is waited for by this is bounded, or goes on by itself: the master lives, even if nobody serves meanwhile. */
void master_wait_child(int64_t ms)
{
    sigset_t child;

    notify_turn(clock_monotonic_ms(), true);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    wait_for(&child, ms);
}

static void sooner(int64_t *wait, int64_t other)
{
    if (other >= 0 && (*wait < 0 || other < *wait))
        *wait = other;
}

/* Tells the service manager once that all have begun. Returns when to look again. */
static int64_t tell_ready(struct master *master)
{
    if (master->is_ready)
        return -1;
    if (!children_are_ready(master->children))
        return UNTIL_READY_MS;
    master->is_ready = true;
    notify("READY=1\nSTATUS=serving with %u workers", master->config->workers);
    return -1;
}

/* Looks whether children hang. A look that comes late is one look. */
static int64_t look_at_children(struct master *master, uint64_t now)
{
    unsigned seconds = master->config->hang_seconds;

    if (seconds == 0)
        return -1;
    if (now >= master->look_at) {
        children_look(master->children, seconds);
        master->look_at = now + LOOK_MS;
    }
    return (int64_t)(master->look_at - now);
}

/* Does what is due. Returns milliseconds until something is again, -1 if nothing is. */
static int64_t turn(struct master *master)
{
    uint64_t now = clock_monotonic_ms();
    int64_t wait = children_restart(master->children), other;

    sooner(&wait, tell_ready(master));
    if (certificates_have_changed(&master->certificates, &master->inheritance, &other))
        reload_certificates(master);
    sooner(&wait, other);
    sooner(&wait, (int64_t)tickets_turn(master->inheritance.bus, now));
    sooner(&wait, look_at_children(master, now));
    sooner(&wait, notify_turn(now, children_any_serves(master->children)));
    return wait;
}

static const struct {
    int signal;
    void (*act)(struct master *master);
} reactions[] = {
    {SIGHUP, reload},
    {SIGUSR1, reopen_logs},
    {SIGUSR2, upgrade_execute},
};

static void supervise(struct master *master)
{
    for (;;) {
        int signal = master_wait_signal(master, turn(master));
        if (signal == SIGTERM || signal == SIGINT) {
            log_info("%s: draining", signal == SIGTERM ? "SIGTERM" : "SIGINT");
            return;
        }
        for (size_t i = 0; i < sizeof(reactions) / sizeof(reactions[0]); ++i)
            if (reactions[i].signal == signal)
                reactions[i].act(master);
        children_reap(master->children);
    }
}

/* Children drain by themselves within DRAIN_SECONDS; a second more, and they are killed. */
static void drain(struct master *master)
{
    uint64_t deadline = clock_monotonic_ms() + (uint64_t)master->config->drain_seconds * 1000 + 1000;

    notify("STOPPING=1\nSTATUS=finishing what has begun");
    children_stop(master->children, SIGTERM);
    while (children_alive(master->children) > 0) {
        int64_t left = (int64_t)(deadline - clock_monotonic_ms());
        if (left <= 0) {
            log_warn("%u processes did not drain in time", children_alive(master->children));
            children_stop(master->children, SIGKILL);
            left = 1000;
        }
        int64_t sign_of_life = notify_turn(clock_monotonic_ms(), true);
        sooner(&left, sign_of_life);
        master_wait_signal(master, left);
        children_reap(master->children);
    }
}

int master_run(struct config *config, const char *file)
{
    struct master master = {.config = config, .file = file, .inheritance = {.config = config}, .database = -1};
    size_t reached = 0;

    log_init(config->log_level, config->log_format);
    log_process("master");
    while (reached < STAGES && stages[reached].init(&master) == 0)
        ++reached;
    if (reached == STAGES) {
        supervise(&master);
        drain(&master);
    } else {
        upgrade_return(&master);
    }
    for (size_t i = reached; i-- > 0;)
        if (stages[i].deinit != NULL)
            stages[i].deinit(&master);
    if (reached == STAGES)
        log_info("ended");
    return reached == STAGES ? 0 : 1;
}

int master_check(struct config *config, const char *file)
{
    struct master master = {.config = config, .file = file, .inheritance = {.config = config}};

    log_init(config->log_level, config->log_format);
    if (upgrade_check(config) != 0 || tls_init(&master) != 0)
        return 1;
    tls_deinit(&master);
    return 0;
}
