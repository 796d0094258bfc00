/*
 * bus_fixture.h - what the tests of the bus share: a small bus, processes that end as they are told, events as text.
 */
#ifndef BUS_FIXTURE_H
#define BUS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bering/bus.h"
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIXTURE_PROCESSES = 4, FIXTURE_RING = 1 << 20 };

typedef void fixture_run(void *argument);

/* Nothing is measured by this: it ends what hangs. */
enum { FIXTURE_PATIENCE = 300 };

/* Starts a process that runs a function; in there, assert() is the way to fail. */
static inline pid_t fixture_fork(fixture_run *run, void *argument)
{
    pid_t pid = fork();

    assert_true(pid != -1);
    if (pid == 0) {
        alarm(FIXTURE_PATIENCE);
        run(argument);
        _exit(0);
    }
    return pid;
}

/* Waits for a process: its exit status, or minus the signal that ended it. */
static inline int fixture_wait(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline int fixture_run_apart(fixture_run *run, void *argument)
{
    return fixture_wait(fixture_fork(run, argument));
}

/* For a process that is about to fail on purpose: no message, no core. */
static inline void fixture_fail_quietly(void)
{
    int null = open("/dev/null", O_WRONLY);

    assert(null != -1);
    dup2(null, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
}

static inline int bus_setup(void **state)
{
    const char *error = "";
    struct bus *bus = bus_create(FIXTURE_RING, FIXTURE_PROCESSES, &error);

    if (!bus)
        print_error("%s\n", error);
    *state = bus;
    return bus ? 0 : -1;
}

static inline int bus_teardown(void **state)
{
    struct bus *bus = *state;

    bus_destroy(&bus);
    return bus == NULL ? 0 : -1;
}

/* A test with a bus of its own in *state. */
#define bus_test(function) cmocka_unit_test_setup_teardown(function, bus_setup, bus_teardown)

/* Reads the next event, which must be there, and compares its JSON. */
static inline struct event expect_event(struct bus_reader *reader, enum event_kind kind, const char *json)
{
    struct event event;

    assert_int_equal(bus_reader_next(reader, &event), BUS_EVENT);
    assert_int_equal(event.kind, kind);
    char *text = strndup(event.json, event.length);
    assert_string_equal(text, json);
    free(text);
    return event;
}

static inline void expect_nothing(struct bus_reader *reader)
{
    struct event event;

    assert_int_equal(bus_reader_next(reader, &event), BUS_EMPTY);
}

#endif
