/*
 * doctor_machine.c - what the doctor finds on this machine: database, disk, permissions, limits, clock. beringctl.
 */
#include "bering/backup.h"
#include "bering/clock.h"
#include "cli/client.h"
#include "cli/doctor.h"
#include "cli/grid.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

enum {
    WHOLE_MOST = 1024, /* MiB: up to here the database is read to its end */
    LOG_MOST = 256,    /* MiB of the log: more says that somebody reads without end */
    DISK_FEW = 256,    /* MiB free: writes may fail soon */
    FILES_FEW = 1024,
};

static const int64_t MIB = 1024 * 1024;
static const int64_t YEAR_2025 = INT64_C(1735689600); /* seconds: no clock was right before this program was made */

/* ---- database ---- */

/* Whether a server has its lock on it; ours goes when the file is closed, before SQLite opens it. */
static bool is_held(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_locked = file != -1 && flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    if (file != -1)
        close(file);
    return is_locked;
}

static void judge_database(struct doctor *doctor, const struct database_report *report, bool is_whole)
{
    const char *path = doctor->config->database_path;

    if (report->kind == DATABASE_OTHER)
        finding(doctor, VERDICT_FAIL, "set DATABASE_PATH to a file of its own", "%s is of another application", path);
    else if (report->version > report->newest)
        finding(doctor, VERDICT_FAIL, "install the newer BeringShare, or beringctl rollback",
                "%s is of version %d, made by a newer BeringShare; this one knows up to %d", path, report->version,
                report->newest);
    else if (report->kind == DATABASE_ORIGINAL || (report->kind == DATABASE_OURS && report->version < report->newest))
        finding(doctor, VERDICT_WARN, "the next start upgrades it; a copy is kept (beringctl rollback)",
                "%s is of an older version", path);
    else
        finding(doctor, VERDICT_OK, NULL, "%s is %s, %" PRId64 " messages%s", path, is_whole ? "sound" : "readable",
                report->messages, is_whole ? "" : " (too large to be read whole here: beringctl verify does)");
}

void check_database(struct doctor *doctor)
{
    const char *path = doctor->config->database_path;
    struct database_report report;
    struct stat status;
    char *error = NULL;

    doctor->is_running = is_held(path);
    if (stat(path, &status) != 0 && errno == ENOENT) {
        finding(doctor, VERDICT_WARN, "the first start makes it; if there was one, look at DATABASE_PATH",
                "there is no database %s", path);
        return;
    }
    bool is_whole = status.st_size <= WHOLE_MOST * MIB;
    if (database_look(path, is_whole, &report, &error) != 0)
        finding(doctor, VERDICT_FAIL,
                "stop the server, keep the file, and restore the last backup (beringctl restore)", "%s",
                error != NULL ? error : "out of memory");
    else
        judge_database(doctor, &report, is_whole);
    free(error);
    database_report_deinit(&report);
}

void check_log(struct doctor *doctor)
{
    char *path, room[AMOUNT_SIZE];
    struct stat status;

    if (asprintf(&path, "%s-wal", doctor->config->database_path) < 0)
        abort();
    if (stat(path, &status) != 0)
        finding(doctor, VERDICT_OK, NULL, "the database has no log beside it");
    else if (status.st_size > LOG_MOST * MIB)
        finding(doctor, VERDICT_WARN,
                "something reads the database without end: look for other programs that have it open",
                "the database's log %s has %s", path, format_bytes(status.st_size, room));
    else
        finding(doctor, VERDICT_OK, NULL, "the database's log has %s", format_bytes(status.st_size, room));
    free(path);
}

static void judge_snapshot(void *argument, int number, const char *path)
{
    struct doctor *doctor = argument;
    struct database_report report;
    char *error = NULL;

    if (database_look(path, false, &report, &error) != 0)
        finding(doctor, VERDICT_WARN, "beringctl rollback cannot use it; remove it", "%s",
                error != NULL ? error : "out of memory");
    else
        finding(doctor, VERDICT_OK, NULL, "%s is from before version %d", path, number);
    free(error);
    database_report_deinit(&report);
}

void check_snapshots(struct doctor *doctor)
{
    snapshots_list(doctor->config->database_path, judge_snapshot, doctor);
}

/* ---- disk ---- */

void check_disk(struct doctor *doctor)
{
    char *directory = directory_of(doctor->config->database_path), room[AMOUNT_SIZE], need[AMOUNT_SIZE];
    struct statvfs disk;
    struct stat status;

    if (statvfs(directory, &disk) != 0) {
        finding(doctor, VERDICT_FAIL, "make the folder, or set DATABASE_PATH to another one", "%s: %s", directory,
                strerror(errno));
        free(directory);
        return;
    }
    int64_t left = (int64_t)(disk.f_bavail * disk.f_frsize);
    int64_t size = stat(doctor->config->database_path, &status) == 0 ? status.st_size : 0;
    format_bytes(left, room);
    if (left < DISK_FEW * MIB)
        finding(doctor, VERDICT_FAIL, "make room: without any, nobody can write", "the disk of %s has %s left",
                directory, room);
    else if (left < 2 * size)
        finding(doctor, VERDICT_WARN, "an upgrade keeps a copy of the database and needs as much again to work",
                "the disk of %s has %s left, the database %s", directory, room, format_bytes(size, need));
    else
        finding(doctor, VERDICT_OK, NULL, "the disk of %s has %s left", directory, room);
    if (disk.f_files > 0 && disk.f_favail < FILES_FEW)
        finding(doctor, VERDICT_WARN, "remove files that nobody needs", "the disk of %s has room for %llu more files",
                directory,
                (unsigned long long)disk.f_favail);
    free(directory);
}

/* ---- permissions ---- */

/* Others must not read what holds secrets. */
static void check_hidden(struct doctor *doctor, const char *path, const char *what)
{
    struct stat status;

    if (path == NULL || stat(path, &status) != 0)
        return;
    if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
        finding(doctor, VERDICT_WARN, "chmod o-rwx takes that away", "%s %s can be %s by everybody on this machine",
                what, path,
                (status.st_mode & S_IWOTH) != 0 ? "changed" : "read");
    else
        finding(doctor, VERDICT_OK, NULL, "%s %s is hidden from others", what, path);
}

/* SQLite's files beside the database, left by another user, keep the server's user from writing. */
static void check_owners(struct doctor *doctor)
{
    static const char *const suffixes[] = {"-wal", "-shm"};
    struct stat database, beside;
    char *path;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (asprintf(&path, "%s%s", doctor->config->database_path, suffixes[i]) < 0)
            abort();
        if (stat(doctor->config->database_path, &database) == 0 && stat(path, &beside) == 0 &&
            beside.st_uid != database.st_uid)
            finding(doctor, VERDICT_FAIL, "chown it to the database's owner", "%s is of another user than the database",
                    path);
        free(path);
    }
}

static const char *first_of(const char *list, char room[512])
{
    if (list == NULL)
        return NULL;
    snprintf(room, 512, "%.*s", (int)strcspn(list, ","), list);
    return room;
}

void check_permissions(struct doctor *doctor)
{
    char *directory = directory_of(doctor->config->database_path), key[512];

    if (access(directory, W_OK | X_OK) != 0)
        finding(doctor, VERDICT_FAIL, "give the folder to the user that the server runs as",
                "%s cannot be written to: %s",
                directory, strerror(errno));
    else if (access(doctor->config->database_path, R_OK | W_OK) != 0 && errno != ENOENT)
        finding(doctor, VERDICT_FAIL, "give it to the user that the server runs as (or run the doctor as that user)",
                "%s cannot be written to: %s", doctor->config->database_path, strerror(errno));
    check_owners(doctor);
    check_hidden(doctor, doctor->config->database_path, "the database");
    check_hidden(doctor, doctor->call->config_file, "the configuration");
    check_hidden(doctor, first_of(doctor->config->tls_key_file, key), "the private key");
    free(directory);
}

/* ---- limits and clock ---- */

void check_limits(struct doctor *doctor)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < FILES_FEW)
        finding(doctor, VERDICT_WARN, "raise it: LimitNOFILE= of the service, or ulimit -Hn",
                "the limit of open files is %llu: a connection takes one", (unsigned long long)limit.rlim_max);
    else
        finding(doctor, VERDICT_OK, NULL, "the limit of open files is %llu", (unsigned long long)limit.rlim_max);
}

/* Whether it agrees with others is seen when others are asked. */
void check_clock(struct doctor *doctor)
{
    struct timex state = {0};
    char now[CLOCK_TEXT_LENGTH + 1];

    clock_format(clock_now(), now);
    if (clock_now() / 1000000000 < YEAR_2025)
        finding(doctor, VERDICT_FAIL, "set the clock: certificates and sessions are judged by it",
                "it is %s, says the clock", now);
    else if (adjtimex(&state) == TIME_ERROR)
        finding(doctor, VERDICT_WARN, "let systemd-timesyncd, chrony or ntpd keep it right",
                "nothing keeps the clock right; it says %s",
                now);
    else
        finding(doctor, VERDICT_OK, NULL, "it is %s, and the clock is kept right", now);
}
