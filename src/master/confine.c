/*
 * confine.c - Landlock, for children of the master. Its system calls and numbers are written down here, so that what is
 * built on an older system uses what a newer kernel has.
 *
 * Always holds: a right that is handled is denied but for the places of the table; paths are looked up once, so that a
 * folder may not be replaced by another while the server runs, but what is in it may.
 */
#include "master/confine.h"

#include "bering/log.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 }; /* the same on all architectures */
enum { ASK_VERSION = 1, RULE_OF_PATH = 1 };

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    REMOVE_DIRECTORY = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_DEVICE = 1 << 6 | 1 << 11,
    MAKE_DIRECTORY = 1 << 7,
    MAKE_FILE = 1 << 8,
    MAKE_SOCKET = 1 << 9,
    MAKE_FIFO = 1 << 10,
    MAKE_LINK = 1 << 12,
    MOVE = 1 << 13,
    TRUNCATE = 1 << 14,
};

enum { BIND_TCP = 1 << 0 };
enum { ABSTRACT_SOCKETS = 1 << 0, SIGNALS = 1 << 1 };

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

struct rule {
    uint64_t files;
    int32_t folder;
} __attribute__((packed));

/* What is denied, by the version of Landlock that can. Each has a longer struct, or more rights, than the one before. */
static const struct {
    long since;
    size_t size;
    struct ruleset rights;
} versions[] = {
    {1, 8, {.files = EXECUTE | WRITE_FILE | REMOVE_DIRECTORY | REMOVE_FILE | MAKE_DEVICE | MAKE_DIRECTORY | MAKE_FILE |
                     MAKE_SOCKET | MAKE_FIFO | MAKE_LINK}},
    {2, 8, {.files = MOVE}},
    {3, 8, {.files = TRUNCATE}},
    {4, 16, {.network = BIND_TCP}},
    {6, 24, {.scopes = ABSTRACT_SOCKETS | SIGNALS}},
};

static const uint64_t allowed = WRITE_FILE | REMOVE_FILE | MAKE_FILE | TRUNCATE;

static const char *database(const struct config *config)
{
    return config->database_path;
}

static const char *log_file(const struct config *config)
{
    return config->log_file;
}

static const char *access_log_file(const struct config *config)
{
    return config->access_log_file;
}

/* Where a core would be. */
static const char *core(const struct config *config)
{
    struct rlimit limit;

    (void)config;
    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur > 0 ? "core" : NULL;
}

/* Files whose folders may be written to; NULL: there is no such file. */
static const char *(*const places[])(const struct config *config) = {database, log_file, access_log_file, core};

static void allow_folder(int ruleset, uint64_t files, char *path)
{
    char *slash = strrchr(path, '/');

    if (slash != NULL)
        slash[slash == path] = '\0';
    struct rule rule = {.files = files, .folder = open(slash != NULL ? path : ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (rule.folder == -1)
        return; /* what needs it says so */
    syscall(ADD_RULE, ruleset, RULE_OF_PATH, &rule, 0);
    close(rule.folder);
}

/* The folder that the file is named in, and the one where it is, if it is a link. */
static void allow_place(int ruleset, uint64_t files, const char *file)
{
    char path[PATH_MAX];

    if (realpath(file, path) != NULL)
        allow_folder(ruleset, files, path);
    if (strlen(file) < sizeof(path))
        allow_folder(ruleset, files, strcpy(path, file));
}

static int make_ruleset(uint64_t *files_r)
{
    long version = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    struct ruleset all = {0};
    size_t size = 0;

    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]) && versions[i].since <= version; ++i) {
        all.files |= versions[i].rights.files;
        all.network |= versions[i].rights.network;
        all.scopes |= versions[i].rights.scopes;
        size = versions[i].size;
    }
    *files_r = all.files;
    return size == 0 ? -1 : (int)syscall(CREATE_RULESET, &all, size, 0);
}

void confine(const struct config *config)
{
    uint64_t files;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        log_warn("cannot renounce new privileges: %s", strerror(errno));
    int ruleset = make_ruleset(&files);
    if (ruleset == -1)
        return;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); ++i) {
        const char *file = places[i](config);
        if (file != NULL)
            allow_place(ruleset, files & allowed, file);
    }
    if (syscall(RESTRICT_SELF, ruleset, 0) != 0)
        log_warn("cannot confine this process: %s", strerror(errno));
    close(ruleset);
}
