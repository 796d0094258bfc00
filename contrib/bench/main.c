/*
 * main.c - the benchmark's options and order. Two processes: one that only waits and cleans up, so that an interrupted
 * run leaves no server and no files behind, and the one that runs the scenarios.
 */
#include "loop.h"
#include "scenarios.h"
#include "send_unit.h"
#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHOSEN_MAX = 32, STREAMS_MAX = 10000, OTHER_DESCRIPTORS = 200, LAST_SECONDS = 20 };

struct options {
    struct bench bench;
    const char *json_path;
    const char *chosen[CHOSEN_MAX];
    unsigned chosen_count;
};

static void usage(FILE *out)
{
    fputs("usage: bench [--server PATH] [--scenario NAME]... [--quick | --full] [--workers N] [--json FILE]\n"
          "             [--dir DIRECTORY] [--slow-sync PATH]\n"
          "  --server PATH     the server to measure (./beringshare)\n"
          "  --scenario NAME   only this one; may be given again\n"
          "  --quick           fewer streams, less time: whether it works, not how well\n"
          "  --full            longer, and a million messages stored before the posts\n"
          "  --workers N       WORKERS of the server (2)\n"
          "  --json FILE       the figures as JSON\n"
          "  --dir DIRECTORY   where the servers' files go: the disk that is measured (TMPDIR, or else /var/tmp)\n"
          "  --slow-sync PATH  slow_sync.so (beside this program)\n"
          "Scenarios:\n",
          out);
    for (const struct scenario *scenario = scenarios; scenario->name != NULL; scenario++)
        fprintf(out, "  %-17s %s\n", scenario->name, scenario->what);
}

static bool known(const char *name)
{
    for (const struct scenario *scenario = scenarios; scenario->name != NULL; scenario++) {
        if (strcmp(scenario->name, name) == 0)
            return true;
    }
    return false;
}

static void choose(struct options *options, const char *name)
{
    if (!known(name) || options->chosen_count == CHOSEN_MAX) {
        fprintf(stderr, "bench: there is no scenario %s\n", name);
        exit(2);
    }
    options->chosen[options->chosen_count++] = name;
}

static void take_option(struct options *options, int option)
{
    struct bench *bench = &options->bench;

    switch (option) {
    case 's':
        bench->server_path = optarg;
        break;
    case 'c':
        choose(options, optarg);
        break;
    case 'q':
        bench->size = BENCH_QUICK;
        break;
    case 'f':
        bench->size = BENCH_FULL;
        break;
    case 'w':
        bench->workers = (unsigned)atoi(optarg);
        break;
    case 'j':
        options->json_path = optarg;
        break;
    case 'd':
        bench->directory = optarg;
        break;
    case 'l':
        bench->slow_sync_path = optarg;
        break;
    case 'h':
        usage(stdout);
        exit(0);
    default:
        usage(stderr);
        exit(2);
    }
}

static void parse(struct options *options, int count, char **arguments)
{
    static const struct option known_options[] = {
        {"server", required_argument, NULL, 's'},  {"scenario", required_argument, NULL, 'c'},
        {"quick", no_argument, NULL, 'q'},         {"full", no_argument, NULL, 'f'},
        {"workers", required_argument, NULL, 'w'}, {"json", required_argument, NULL, 'j'},
        {"dir", required_argument, NULL, 'd'},     {"slow-sync", required_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(count, arguments, "", known_options, NULL)) != -1)
        take_option(options, option);
    if (optind != count || options->bench.workers < 1) {
        usage(stderr);
        exit(2);
    }
}

/* slow_sync.so beside this program, however it was called. */
static char *beside_program(const char *name)
{
    static char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);
    char *slash;

    path[length < 0 ? 0 : length] = '\0';
    slash = strrchr(path, '/');
    strcpy(slash == NULL ? path : slash + 1, name);
    return path;
}

/* The absolute form of a path, in `resolved`; ends the program if it cannot be used. */
static const char *absolute(const char *path, int mode, char resolved[PATH_MAX])
{
    if (realpath(path, resolved) == NULL || access(resolved, mode) != 0) {
        fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    return resolved;
}

static void raise_limit(struct bench *bench)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < 2 * OTHER_DESCRIPTORS) {
        fprintf(stderr, "bench: %lu descriptors are too few\n", (unsigned long)limit.rlim_cur);
        exit(2);
    }
    bench->process_streams =
        limit.rlim_cur - OTHER_DESCRIPTORS < STREAMS_MAX ? (unsigned)limit.rlim_cur - OTHER_DESCRIPTORS : STREAMS_MAX;
}

static void report_facts(const struct options *options)
{
    static const char *const sizes[] = {"quick", "normal", "full"};
    struct report *report = options->bench.report;
    struct utsname kernel;
    char text[128];
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &utc);
    report_fact(report, "time", text);
    uname(&kernel);
    snprintf(text, sizeof(text), "%ld cores, Linux %.64s", sysconf(_SC_NPROCESSORS_ONLN), kernel.release);
    report_fact(report, "machine", text);
    snprintf(text, sizeof(text), "%s, %u workers", sizes[options->bench.size], options->bench.workers);
    report_fact(report, "run", text);
}

static bool is_chosen(const struct options *options, const char *name)
{
    for (unsigned i = 0; i < options->chosen_count; i++) {
        if (strcmp(options->chosen[i], name) == 0)
            return true;
    }
    return options->chosen_count == 0;
}

static int run_scenarios(struct options *options)
{
    int failed;

    signal(SIGPIPE, SIG_IGN);
    raise_limit(&options->bench);
    if (send_unit_init() != 0) {
        perror("bench: the send unit");
        return 1;
    }
    options->bench.report = report_init(stdout);
    report_facts(options);
    for (const struct scenario *scenario = scenarios; scenario->name != NULL; scenario++) {
        if (!is_chosen(options, scenario->name))
            continue;
        report_scenario(options->bench.report, scenario->name, scenario->what);
        scenario->run(&options->bench);
    }
    failed = report_deinit(&options->bench.report, options->json_path);
    send_unit_deinit();
    if (failed > 0)
        printf("\n%d scenarios did not run as they should.\n", failed);
    return failed == 0 ? 0 : 1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

/* Waits for the run, or a signal; then for what the run may have left, which comes to us as its subreaper. */
static int supervise(pid_t runner, const sigset_t *signals)
{
    const struct timespec patience = {.tv_sec = LAST_SECONDS, .tv_nsec = 0};
    int status = 0, result = 1;
    pid_t ended;

    for (;;) {
        int signal_number = runner > 0 ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &patience);

        if (signal_number < 0 && errno == EAGAIN)
            return result;
        if (runner > 0 && (signal_number == SIGINT || signal_number == SIGTERM))
            kill(runner, SIGTERM);
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended == runner) {
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
                runner = 0;
            }
        }
        if (ended < 0 && errno == ECHILD)
            return result;
    }
}

int main(int count, char **arguments)
{
    struct options options = {.bench = {.server_path = "./beringshare", .workers = 2, .size = BENCH_NORMAL}};
    const char *parent = getenv("TMPDIR");
    static char directory[PATH_MAX + 32], server[PATH_MAX], slow_sync[PATH_MAX];
    sigset_t signals, before;
    pid_t runner;
    int result;

    options.bench.directory = parent != NULL && parent[0] != '\0' ? parent : "/var/tmp";
    options.bench.slow_sync_path = beside_program("slow_sync.so");
    parse(&options, count, arguments);
    options.bench.server_path = absolute(options.bench.server_path, X_OK, server);
    options.bench.slow_sync_path = absolute(options.bench.slow_sync_path, R_OK, slow_sync);
    absolute(options.bench.directory, W_OK, directory);
    strncat(directory, "/beringshare-bench-XXXXXX", sizeof(directory) - strlen(directory) - 1);
    if (mkdtemp(directory) == NULL) {
        perror("bench: mkdtemp");
        return 2;
    }
    options.bench.directory = directory;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    runner = fork();
    if (runner == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        sigprocmask(SIG_SETMASK, &before, NULL);
        exit(run_scenarios(&options));
    }
    result = runner < 0 ? 1 : supervise(runner, &signals);
    nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return result;
}
