/*
 * upgrade.c - from one program to the next. Master only.
 *
 * Always holds: until upgrade_finish has told the workers of before to end, the way back is open, and they serve; but
 * for an upgrade that changes the schema or the segment, before which they end while connections wait in the listeners'
 * backlogs.
 */
#include "master/upgrade.h"

#include "bering/clock.h"
#include "bering/log.h"
#include "bering/store.h"
#include "master/notify.h"
#include "master/state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TRIAL_MS = 60 * 1000,     /* that the trial of a program may take */
    READY_MS = 30 * 1000,     /* that new workers may take to begin */
    LOOK_MS = 20,
};

extern char **environ;

/* For the trial: where the database of the program before is. */
static const char DATABASE[] = "BERINGSHARE_DATABASE";

/* ---- the program before ---- */

/* In a child: becomes the new program, which looks at the configuration. */
static int try_out(const void *argument)
{
    const struct master *master = argument;
    char *file = (char *)(uintptr_t)master->file;
    char *arguments[] = {(char *)(uintptr_t)handover_program_path(), (char *)(uintptr_t)"check-upgrade",
                         file != NULL ? (char *)(uintptr_t)"--config" : NULL, file, NULL};

    sigprocmask(SIG_UNBLOCK, &master->signals, NULL);
    setenv(DATABASE, master->config->database_path, 1);
    execve(arguments[0], arguments, environ);
    log_error("cannot execute %s: %s", arguments[0], strerror(errno));
    return 1;
}

void upgrade_execute(struct master *master)
{
    static const struct privileges all = {0};

    if (children_retiring(master->children) > 0) {
        log_warn("SIGUSR2: the upgrade before has not ended yet: ask again");
        return;
    }
    log_info("SIGUSR2: upgrading to %s", handover_program_path());
    if (children_run_once(try_out, master, "upgrade", &all, TRIAL_MS) != 0) {
        log_error("no upgrade: the new program does not start here; this one goes on");
        return;
    }
    int memory = handover_write(master);
    if (memory != -1) {
        notify_reloading("upgrading");
        handover_execute(master->file, -1, memory, false);
    }
    log_error("no upgrade: %s: %s; this one goes on", handover_program_path(), strerror(errno));
    notify("READY=1");
    if (memory != -1)
        handover_cancel(master, memory);
}

/* ---- the new program ---- */

/* The lock that is handed over is that of one file (lock_database). */
int upgrade_check(const struct config *config)
{
    const char *before = getenv(DATABASE);
    struct stat one, other;

    if (before == NULL || (stat(before, &one) == 0 && stat(config->database_path, &other) == 0 &&
                           one.st_dev == other.st_dev && one.st_ino == other.st_ino))
        return 0;
    log_error("DATABASE_PATH has changed: that needs a restart");
    return -1;
}

static int ask_store(const void *argument)
{
    const struct master *master = argument;

    return store_is_current(master->config->database_path) ? 0 : 1;
}

/* Why workers of before cannot stay beside new ones; NULL if they can. */
static const char *obstacle(struct master *master)
{
    if (master->inheritance.bus == NULL)
        return "the shared segment is another";
    if (children_slots(master->config) < 2 * (master->config->workers + 1))
        return "there are too many workers";
    if (children_run_once(ask_store, master, "prepare", &master->privileges, -1) != 0)
        return "the database's schema changes";
    return NULL;
}

int upgrade_make_way(struct master *master)
{
    if (!master->handover.is_there || master->handover.is_return)
        return 0;
    const char *why = obstacle(master);
    if (why == NULL)
        return 0;
    log_info("the workers of before end first: %s", why);
    uint64_t deadline = clock_monotonic_ms() + (uint64_t)master->config->drain_seconds * 1000 + 1000;
    children_tell_retiring(master->children, ORDER_HAND_OVER);
    while (children_retiring(master->children) > 0) {
        if (clock_monotonic_ms() > deadline)
            children_kill_retiring(master->children);
        master_wait_child(LOOK_MS);
        children_reap(master->children);
    }
    return 0;
}

int upgrade_finish(struct master *master)
{
    uint64_t deadline = clock_monotonic_ms() + READY_MS;

    if (!master->handover.is_there)
        return 0;
    while (!master->handover.is_return && !children_are_ready(master->children)) {
        if (children_have_died(master->children) || clock_monotonic_ms() > deadline) {
            log_error("the workers of the new program do not start");
            return -1;
        }
        master_wait_child(LOOK_MS);
        children_reap(master->children);
    }
    if (master->handover.has_crashed)
        log_error("no upgrade: the new program has crashed");
    if (master->handover.is_return)
        log_info("returned to the program before");
    else
        log_info("upgraded: %u processes of before end", children_retiring(master->children));
    handover_settle(&master->handover);
    children_tell_retiring(master->children, ORDER_HAND_OVER);
    return 0;
}

void upgrade_return(struct master *master)
{
    struct handover *handover = &master->handover;

    if (!handover->is_there || handover->is_return)
        return;
    log_error("no upgrade: returning to the program before");
    if (master->children != NULL)
        children_kill(master->children);
    handover_execute(master->file, handover->program, handover->memory, true);
    log_error("cannot return to the program before: %s", strerror(errno));
}
