/*
 * wal.c - scenario: how large the write-ahead log becomes under constant posting, beside readers who read whole
 * histories and beside backups. The main process looks at the file; posts and reads come from processes of their own.
 *
 * Always holds: backups follow one another without a pause, so that there is a reader of the whole database all the
 * time.
 */
#include "http.h"
#include "load.h"
#include "loop.h"
#include "scenarios.h"
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { POSTERS = 64, CHANNELS = 64, READERS = 4, PRELOAD_SECONDS = 900, LOOK_MS = 10, MEGA = 1000 * 1000 };

/* What the program promises: the size at which the log begins anew, and what the commits of a few moments add to it. */
static const double MOST_MEGABYTES = 72;

static size_t post(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;
    char body[128];

    snprintf(body, sizeof(body), "Message %llu: of the length that people write in a chat, most of the time.",
             (unsigned long long)index);
    return population_post(population, number % POSTERS, number % CHANNELS, body, buffer, capacity);
}

static size_t read_all(void *context, uint64_t index, unsigned number, char *buffer, size_t capacity)
{
    const struct population *population = context;
    char path[128];

    snprintf(path, sizeof(path), "/api/messages/channel/%s", population->channels[index % CHANNELS]);
    return http_request(buffer, capacity, "GET", path, population->tokens[number % POSTERS], NULL);
}

static int is_whole(void *context, uint64_t index, const char *body, size_t length)
{
    (void)context;
    (void)index;
    return length > 2 && body[0] == '[' && body[length - 1] == ']' ? 0 : -1;
}

/* ---- backups, one after the other ---- */

struct backups {
    char control[PATH_MAX];       /* the program, beside the server */
    char database[SERVER_PATH_MAX + 32], file[SERVER_PATH_MAX + 32];
    pid_t pid;                    /* 0: none is running */
    unsigned made, failed;
};

static _Noreturn void become_backup(const struct backups *backups)
{
    int null = open("/dev/null", O_WRONLY);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(null, STDOUT_FILENO);
    setenv("DATABASE_PATH", backups->database, 1);
    unsetenv("LISTEN_TLS");
    execl(backups->control, backups->control, "backup", backups->file, "--overwrite", (char *)NULL);
    _exit(127);
}

/* Counts one that has ended, and begins the next. */
static void go_on(struct backups *backups)
{
    int status;

    if (backups->pid > 0 && waitpid(backups->pid, &status, WNOHANG) != backups->pid)
        return;
    if (backups->pid > 0 && status == 0)
        backups->made++;
    else if (backups->pid > 0)
        backups->failed++;
    fflush(NULL);
    backups->pid = fork();
    if (backups->pid == 0)
        become_backup(backups);
}

/* The one that is under way is left to its end. */
static void end_backups(struct backups *backups)
{
    int status = -1;

    if (backups->pid <= 0)
        return;
    waitpid(backups->pid, &status, 0);
    backups->pid = 0;
    if (status == 0)
        backups->made++;
    else
        backups->failed++;
}

static void find_files(const struct bench *bench, const struct server *server, struct backups *backups)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s", bench->server_path);
    snprintf(backups->control, sizeof(backups->control), "%.*s/beringctl", PATH_MAX - 16, dirname(path));
    snprintf(backups->database, sizeof(backups->database), "%s/data.sqlite", server->directory);
    snprintf(backups->file, sizeof(backups->file), "%s/backup.sqlite", server->directory);
}

/* ---- the measurement ---- */

static int64_t size_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_size : 0;
}

/* Looks at the log for a while; `backups` NULL: without any. Returns the most bytes it had. */
static int64_t watch_log(const char *log, double seconds, struct backups *backups)
{
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
    int64_t most = 0;

    while (now_ns() < end) {
        int64_t size = size_of(log);
        most = size > most ? size : most;
        if (backups != NULL)
            go_on(backups);
        sleep_ns(LOOK_MS * NS_PER_MS);
    }
    return most;
}

static void explain(struct bench *bench, const char *what, const struct load_result *result)
{
    char text[256];

    load_explain(result, text, sizeof(text));
    report_failure(bench->report, "%s: %s", what, text);
}

static void measure(struct bench *bench, const struct server *server, struct population *population, const char *beside,
                    struct backups *backups)
{
    double seconds = bench_pick(bench, (const unsigned[]){5, 60, 120});
    struct load posts = {.target = &server->plain,
                         .connections = POSTERS,
                         .seconds = seconds + 5,
                         .request = post,
                         .context = population};
    struct load reads = {.target = &server->plain,
                         .connections = READERS,
                         .seconds = seconds + 5,
                         .request = read_all,
                         .answer = is_whole,
                         .context = population};
    struct load_process *posting = load_start(&posts), *reading = load_start(&reads);
    struct load_result posted = {0}, read = {0};
    char log[SERVER_PATH_MAX + 32], name[96];

    snprintf(log, sizeof(log), "%s/data.sqlite-wal", server->directory);
    int64_t most = watch_log(log, seconds, backups);
    if (posting == NULL || load_finish(&posting, &posted) != 0)
        explain(bench, "posts", &posted);
    if (reading == NULL || load_finish(&reading, &read) != 0)
        explain(bench, "histories", &read);
    if (backups != NULL)
        end_backups(backups);
    snprintf(name, sizeof(name), "beside %s: the log at most", beside);
    report_figure(bench->report, name, (double)most / MEGA, "MB", backups == NULL ? REPORT_AT_MOST : REPORT_NO_TARGET,
                  MOST_MEGABYTES);
    report_figure(bench->report, "  posts", (double)posted.answered / posted.elapsed, "/s", REPORT_NO_TARGET, 0);
    report_figure(bench->report, "  whole histories", (double)read.answered / read.elapsed, "/s", REPORT_NO_TARGET, 0);
    snprintf(log, sizeof(log), "%s/data.sqlite", server->directory);
    report_figure(bench->report, "  the database", (double)size_of(log) / MEGA, "MB", REPORT_NO_TARGET, 0);
}

static int preload(struct bench *bench, const struct server *server, struct population *population)
{
    struct load load = {.target = &server->plain,
                        .connections = 4 * POSTERS,
                        .requests = bench_pick(bench, (const unsigned[]){10000, 100000, 1000000}),
                        .seconds = PRELOAD_SECONDS,
                        .request = post,
                        .context = population};
    struct load_result result;

    if (load_run(&load, &result) == 0)
        return 0;
    explain(bench, "first messages", &result);
    return -1;
}

void wal_run(struct bench *bench)
{
    struct server server = {0};
    struct population population = {0};
    struct backups backups = {0};

    if (bench_server(bench, &server, false, NULL) == 0 &&
        bench_populate(bench, &population, &server, POSTERS, CHANNELS) == 0 &&
        preload(bench, &server, &population) == 0) {
        find_files(bench, &server, &backups);
        measure(bench, &server, &population, "readers", NULL);
        measure(bench, &server, &population, "backups, too", &backups);
        report_note(bench->report, "%u backups, one after the other", backups.made);
        if (backups.failed > 0)
            report_failure(bench->report, "%u backups failed", backups.failed);
    }
    population_deinit(&population);
    bench_end(bench, &server);
}
