/*
 * guard.c - catches the signals of a crash while there is a way back. Master only, and single-threaded.
 *
 * Always holds: what the handler needs is made ready beforehand, so that it does nothing but one system call, which
 * replaces whatever state the process is in. No worker has been started until guard_lift, so nobody is left behind.
 */
#include "master/guard.h"

#include "master/handover.h"
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int crashes[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};

enum { CRASHES = sizeof(crashes) / sizeof(crashes[0]) };

static struct {
    int program;
    char **arguments;
    char **environment;           /* says that it is a return */
    pid_t process;                /* 0: there is no guard */
    struct sigaction before[CRASHES];
} guard;

extern char **environ;

/* A child that crashes before it has lifted the guard must not become a server. */
static void go_back(int number)
{
    if (getpid() == guard.process)
        execveat(guard.program, "", guard.arguments, guard.environment, AT_EMPTY_PATH);
    signal(number, SIG_DFL);
    raise(number);
}

/* As it is now, with one more: what changes later on is not in it. */
static char **copy_environment(const char *more)
{
    size_t count = 0;

    while (environ[count] != NULL)
        ++count;
    char **copy = calloc(count + 2, sizeof(*copy));
    assert(copy != NULL);
    for (size_t i = 0; i < count; ++i)
        copy[i] = strdup(environ[i]);
    copy[count] = strdup(more);
    return copy;
}

void guard_set(char **arguments)
{
    struct sigaction action = {.sa_handler = go_back, .sa_flags = SA_NODEFER};

    guard.program = handover_program_before();
    if (guard.program == -1)
        return;
    guard.arguments = arguments;
    guard.environment = copy_environment(HANDOVER_CRASH);
    guard.process = getpid();
    for (size_t i = 0; i < CRASHES; ++i)
        sigaction(crashes[i], &action, &guard.before[i]);
}

void guard_lift(void)
{
    if (guard.process == 0)
        return;
    guard.process = 0;
    for (size_t i = 0; i < CRASHES; ++i)
        sigaction(crashes[i], &guard.before[i], NULL);
    for (char **entry = guard.environment; *entry != NULL; ++entry)
        free(*entry);
    free(guard.environment);
    guard.environment = NULL;
}
