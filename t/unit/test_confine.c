/*
 * test_confine.c - what a confined process can still do, and what it cannot, as far as the kernel knows of it.
 */
#include "bus_fixture.h"
#include "bering/config.h"
#include "master/confine.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { CREATE_RULESET = 444, ASK_VERSION = 1 };

static long version(void)
{
    return syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
}

/* Four folders: the database's, the log's, where the log really is, and one that is nobody's. */
struct place {
    char folder[64];
    char database[96], log[96], real_log[96], elsewhere[96];
    struct config config;
    void (*act)(const struct place *place);
};

static void make_folder(const struct place *place, const char *name)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/%s", place->folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    strcpy(place->folder, "/tmp/beringshare-confine-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    make_folder(place, "data");
    make_folder(place, "named");
    make_folder(place, "real");
    make_folder(place, "elsewhere");
    snprintf(place->database, sizeof(place->database), "%s/data/data.sqlite", place->folder);
    snprintf(place->log, sizeof(place->log), "%s/named/log", place->folder);
    snprintf(place->real_log, sizeof(place->real_log), "%s/real/log", place->folder);
    snprintf(place->elsewhere, sizeof(place->elsewhere), "%s/elsewhere/file", place->folder);
    fclose(fopen(place->real_log, "w"));
    fclose(fopen(place->elsewhere, "w"));
    assert_int_equal(symlink(place->real_log, place->log), 0);
    place->config = (struct config){.database_path = place->database, .log_file = place->log};
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", place->folder);
    assert_int_equal(system(command), 0);
    free(place);
    return 0;
}

static void run(void *argument)
{
    const struct place *place = argument;

    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    confine(&place->config);
    assert(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    place->act(place);
}

static void expect(void **state, long since, void (*act)(const struct place *place))
{
    struct place *place = *state;

    if (version() < since)
        return; /* this kernel cannot */
    place->act = act;
    assert_int_equal(fixture_run_apart(run, place), 0);
}

static int try_to_open(const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC, 0600);
    int error = errno;

    if (descriptor != -1)
        close(descriptor);
    return descriptor != -1 ? 0 : error;
}

static void write_where_it_has_to(const struct place *place)
{
    char beside[128];

    snprintf(beside, sizeof(beside), "%s-wal", place->database);
    assert(try_to_open(place->database, O_RDWR | O_CREAT) == 0);
    assert(try_to_open(beside, O_RDWR | O_CREAT | O_TRUNC) == 0);
    assert(truncate(beside, 0) == 0);
    assert(unlink(beside) == 0);
    assert(try_to_open(place->log, O_WRONLY | O_APPEND) == 0);
    assert(unlink(place->log) == 0); /* after it was moved away, it is made where it is named */
    assert(try_to_open(place->log, O_WRONLY | O_APPEND | O_CREAT) == 0);
}

static void test_writes_where_it_has_to(void **state)
{
    expect(state, 0, write_where_it_has_to);
}

static void write_elsewhere(const struct place *place)
{
    char other[128];

    snprintf(other, sizeof(other), "%s2", place->elsewhere);
    assert(try_to_open(place->elsewhere, O_WRONLY) == EACCES);
    assert(try_to_open(other, O_WRONLY | O_CREAT) == EACCES);
    assert(unlink(place->elsewhere) == -1 && errno == EACCES);
    assert(mkdir(other, 0700) == -1 && errno == EACCES);
    assert(symlink("x", other) == -1 && errno == EACCES);
}

static void test_writes_nowhere_else(void **state)
{
    expect(state, 1, write_elsewhere);
}

static void move(const struct place *place)
{
    char other[128];

    snprintf(other, sizeof(other), "%s/elsewhere/data", place->folder);
    assert(try_to_open(place->database, O_RDWR | O_CREAT) == 0);
    assert(rename(place->database, other) == -1 && (errno == EACCES || errno == EXDEV));
}

static void test_moves_nothing_out(void **state)
{
    expect(state, 2, move);
}

static void read_anywhere(const struct place *place)
{
    assert(try_to_open(place->elsewhere, O_RDONLY) == 0);
    assert(try_to_open("/proc/self/statm", O_RDONLY) == 0);
    assert(try_to_open("/etc", O_RDONLY | O_DIRECTORY) == 0);
}

static void test_reads_what_it_could(void **state)
{
    expect(state, 0, read_anywhere);
}

static void execute(const struct place *place)
{
    char *arguments[] = {(char *)(uintptr_t)"sh", NULL};

    (void)place;
    assert(execv("/bin/sh", arguments) == -1 && errno == EACCES);
}

static void test_executes_nothing(void **state)
{
    expect(state, 1, execute);
}

static void open_a_port(const struct place *place)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)place;
    assert(descriptor != -1);
    assert(bind(descriptor, (struct sockaddr *)&address, sizeof(address)) == -1 && errno == EACCES);
    close(descriptor);
}

static void test_opens_no_port(void **state)
{
    expect(state, 4, open_a_port);
}

static void signal_the_parent(const struct place *place)
{
    (void)place;
    assert(kill(getppid(), 0) == -1 && errno == EPERM);
    assert(kill(getpid(), 0) == 0);
}

static void test_signals_nobody_else(void **state)
{
    expect(state, 6, signal_the_parent);
}

#define CONFINE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFINE_TEST(test_writes_where_it_has_to), CONFINE_TEST(test_writes_nowhere_else), CONFINE_TEST(test_moves_nothing_out),
        CONFINE_TEST(test_reads_what_it_could),    CONFINE_TEST(test_executes_nothing),    CONFINE_TEST(test_opens_no_port),
        CONFINE_TEST(test_signals_nobody_else),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
