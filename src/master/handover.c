/*
 * handover.c - the list of what goes from one program to the next. Master only.
 *
 * One line a thing, in a memory file: "workers N", "ring BYTES", "database FD", "program FD", "live FD", "bus FD...", "child
 * KIND NUMBER SLOT PID", "sockets N" of each of the listeners that follow, else one a worker, and "listener KIND FD...
 * ADDRESS". What is inherited stays open across execve until handover_settle, so
 * that there is a way back; who reads checks each descriptor.
 */
#include "master/handover.h"

#include "bering/log.h"
#include "master/activation.h"
#include "master/state.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char VARIABLE[] = "BERINGSHARE_HANDOVER", RETURN[] = "BERINGSHARE_RETURN";

enum { TEXT_MOST = 64 * 1024, GIVEN_FIRST = 3 };

extern char **environ;

const char *handover_program_path(void)
{
    static const char replaced[] = " (deleted)";
    static char path[PATH_MAX];

    if (path[0] == '\0') {
        ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
        path[length > 0 ? length : 0] = '\0';
        size_t tail = sizeof(replaced) - 1;
        if (length > (ssize_t)tail && strcmp(path + length - tail, replaced) == 0)
            path[(size_t)length - tail] = '\0'; /* returned to from a program that had taken its place */
    }
    return path;
}

/* ---- what stays open ---- */

static void set_flags(int descriptor, int flags)
{
    if (descriptor >= 0)
        fcntl(descriptor, F_SETFD, flags);
}

static void set_all(const struct master *master, int flags)
{
    int bus[BUS_PROCESSES + 1];
    const struct inheritance *inheritance = &master->inheritance;
    size_t count = bus_descriptors(inheritance->bus, bus);

    for (size_t i = 0; i < count; ++i)
        set_flags(bus[i], flags);
    for (size_t i = 0; i < inheritance->listener_count; ++i)
        for (unsigned socket = 0; socket < inheritance->listeners[i].count; ++socket)
            set_flags(inheritance->listeners[i].descriptors[socket], flags);
    for (unsigned i = 0; i < activation_count(); ++i)
        set_flags(GIVEN_FIRST + (int)i, flags);
    set_flags(live_descriptor(inheritance->live), flags);
    set_flags(master->database, flags);
    set_flags(master->program, flags);
}

/* ---- writing ---- */

static void write_children(const struct master *master, FILE *out)
{
    struct child_record *records;
    unsigned count = children_records(master->children, &records);

    for (unsigned i = 0; i < count; ++i)
        fprintf(out, "child %s %u %u %d\n", records[i].kind, records[i].number, records[i].slot, (int)records[i].pid);
    free(records);
}

static void write_all(const struct master *master, FILE *out)
{
    int bus[BUS_PROCESSES + 1];
    const struct inheritance *inheritance = &master->inheritance;
    size_t count = bus_descriptors(inheritance->bus, bus);

    fprintf(out, "workers %u\nring %zu\ndatabase %d\nprogram %d\nlive %d\nbus", master->config->workers,
            master->config->ring_size, master->database, master->program, live_descriptor(inheritance->live));
    for (size_t i = 0; i < count; ++i)
        fprintf(out, " %d", bus[i]);
    fputc('\n', out);
    write_children(master, out);
    for (size_t i = 0; i < inheritance->listener_count; ++i) {
        const struct listener *listener = &inheritance->listeners[i];
        fprintf(out, "sockets %u\nlistener %d", listener->count, (int)listener->kind);
        for (unsigned socket = 0; socket < listener->count; ++socket)
            fprintf(out, " %d", listener->descriptors[socket]);
        fprintf(out, " %s\n", listener->address);
    }
}

int handover_write(const struct master *master)
{
    int memory = memfd_create("beringshare handover", 0);
    int copy = memory == -1 ? -1 : dup(memory);
    FILE *out = copy == -1 ? NULL : fdopen(copy, "w");

    if (out == NULL) {
        if (memory != -1)
            close(memory);
        return -1;
    }
    write_all(master, out);
    fclose(out);
    set_all(master, 0);
    return memory;
}

void handover_cancel(const struct master *master, int memory)
{
    set_all(master, FD_CLOEXEC);
    close(memory);
}

void handover_execute(const char *file, int program, int memory, bool is_return)
{
    char number[16];
    char *arguments[] = {(char *)(uintptr_t)handover_program_path(), (char *)(uintptr_t)"serve",
                         file != NULL ? (char *)(uintptr_t)"--config" : NULL, (char *)(uintptr_t)file, NULL};

    snprintf(number, sizeof(number), "%d", memory);
    setenv(VARIABLE, number, 1);
    if (is_return)
        setenv(RETURN, "1", 1);
    if (program == -1)
        execve(arguments[0], arguments, environ);
    else
        execveat(program, "", arguments, environ, AT_EMPTY_PATH);
    int saved = errno;
    unsetenv(VARIABLE);
    unsetenv(RETURN);
    errno = saved;
}

/* ---- reading ---- */

static bool is_open(int descriptor)
{
    return descriptor > STDERR_FILENO && fcntl(descriptor, F_GETFD) != -1;
}

/* Reads up to `most` numbers; *rest moves behind them. Returns how many. */
static size_t read_numbers(char **rest, int *numbers_r, size_t most)
{
    size_t count = 0;

    while (count < most) {
        char *end;
        long number = strtol(*rest, &end, 10);
        if (end == *rest || (*end != ' ' && *end != '\0') || number < 0 || number > INT_MAX)
            break;
        numbers_r[count++] = (int)number;
        *rest = end;
    }
    return count;
}

static bool read_sockets(struct handover *handover, char *rest)
{
    int number;

    if (read_numbers(&rest, &number, 1) != 1 || number < 1 || number > BUS_PROCESSES)
        return false;
    handover->sockets = (unsigned)number;
    return true;
}

static bool read_workers(struct handover *handover, char *rest)
{
    if (!read_sockets(handover, rest))
        return false;
    handover->workers = handover->sockets;
    return true;
}

static bool read_ring(struct handover *handover, char *rest)
{
    return sscanf(rest, " %zu", &handover->ring_size) == 1;
}

static bool read_database(struct handover *handover, char *rest)
{
    return read_numbers(&rest, &handover->database, 1) == 1 && is_open(handover->database);
}

static bool read_program(struct handover *handover, char *rest)
{
    return read_numbers(&rest, &handover->program, 1) == 1 && is_open(handover->program);
}

static bool read_live(struct handover *handover, char *rest)
{
    return read_numbers(&rest, &handover->live, 1) == 1 && is_open(handover->live);
}

static bool read_bus(struct handover *handover, char *rest)
{
    handover->bus_count = read_numbers(&rest, handover->bus, BUS_PROCESSES + 1);
    for (size_t i = 0; i < handover->bus_count; ++i)
        if (!is_open(handover->bus[i]))
            return false;
    return handover->bus_count > 1;
}

static bool read_child(struct handover *handover, char *rest)
{
    struct child_record record;
    int pid;

    if (sscanf(rest, " %15s %u %u %d", record.kind, &record.number, &record.slot, &pid) != 4)
        return false;
    record.pid = pid;
    handover->children = reallocarray(handover->children, handover->child_count + 1, sizeof(record));
    assert(handover->children != NULL);
    handover->children[handover->child_count++] = record;
    return true;
}

/* One whose sockets are gone, or that is of a kind that this program does not have, is left out: it is opened anew. */
static bool read_listener(struct handover *handover, char *rest)
{
    int kind;
    int *descriptors = calloc(BUS_PROCESSES, sizeof(*descriptors));

    assert(descriptors != NULL);
    bool whole = read_numbers(&rest, &kind, 1) == 1 && kind < LISTENER_KINDS &&
                 read_numbers(&rest, descriptors, handover->sockets) == handover->sockets && rest[0] == ' ';
    for (unsigned i = 0; whole && i < handover->sockets; ++i)
        if (!is_open(descriptors[i]))
            whole = false;
    if (!whole) {
        free(descriptors);
        return true;
    }
    struct listeners *listeners = &handover->listeners;
    listeners->list = reallocarray(listeners->list, listeners->count + 1, sizeof(struct listener));
    assert(listeners->list != NULL);
    listeners->list[listeners->count++] = (struct listener){
        .descriptors = descriptors, .count = handover->sockets, .kind = (enum listener_kind)kind,
        .address = strdup(rest + 1)};
    return true;
}

static const struct {
    const char *word;
    bool (*read)(struct handover *handover, char *rest);
} lines[] = {
    {"workers", read_workers}, {"ring", read_ring}, {"database", read_database}, {"program", read_program},
    {"live", read_live},       {"bus", read_bus},   {"child", read_child},       {"sockets", read_sockets},
    {"listener", read_listener},
};

static bool read_line(struct handover *handover, char *line)
{
    size_t length = strcspn(line, " ");

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); ++i)
        if (strlen(lines[i].word) == length && memcmp(lines[i].word, line, length) == 0)
            return lines[i].read(handover, line + length);
    return true; /* of a newer program, to which we return */
}

static bool read_text(struct handover *handover)
{
    static char text[TEXT_MOST];
    ssize_t length = pread(handover->memory, text, sizeof(text) - 1, 0);
    char *rest = NULL;
    bool right = length > 0;

    text[right ? length : 0] = '\0';
    for (char *line = strtok_r(text, "\n", &rest); line != NULL && right; line = strtok_r(NULL, "\n", &rest))
        right = read_line(handover, line);
    return right && handover->workers > 0 && handover->bus_count > 0 && handover->database > 0 &&
           handover->program > 0 && handover->live > 0;
}

int handover_program_before(void)
{
    static const char word[] = "\nprogram ";
    const char *number = getenv(VARIABLE), *line;
    char text[256] = "";

    if (number == NULL || getenv(RETURN) != NULL || pread((int)strtol(number, NULL, 10), text, sizeof(text) - 1, 0) <= 0)
        return -1;
    line = strstr(text, word);
    int program = line != NULL ? (int)strtol(line + sizeof(word) - 1, NULL, 10) : -1;
    return is_open(program) ? program : -1;
}

int handover_read(struct handover *handover_r)
{
    const char *number = getenv(VARIABLE);

    *handover_r = (struct handover){.memory = -1, .program = -1, .database = -1};
    if (number == NULL)
        return 0;
    handover_r->is_return = getenv(RETURN) != NULL;
    handover_r->has_crashed = handover_r->is_return && strcmp(getenv(RETURN), "crash") == 0;
    handover_r->memory = (int)strtol(number, NULL, 10);
    unsetenv(VARIABLE);
    unsetenv(RETURN);
    handover_r->is_there = is_open(handover_r->memory) && read_text(handover_r);
    return handover_r->is_there ? 0 : -1;
}

void handover_settle(struct handover *handover)
{
    if (!handover->is_there)
        return;
    for (size_t i = 0; i < handover->bus_count; ++i)
        if (handover->bus_is_adopted)
            set_flags(handover->bus[i], FD_CLOEXEC);
        else
            close(handover->bus[i]);
    set_flags(handover->database, FD_CLOEXEC);
    if (handover->is_return)
        set_flags(handover->live, FD_CLOEXEC);
    else
        close(handover->live);
    close(handover->program);
    close(handover->memory);
    handover->is_there = false;
    handover_deinit(handover);
}

void handover_deinit(struct handover *handover)
{
    listeners_release(&handover->listeners);
    free(handover->children);
    handover->children = NULL;
    handover->child_count = 0;
}
