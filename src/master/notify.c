/*
 * notify.c - datagrams to the service manager. Master only.
 */
#include "master/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { STATE_MOST = 512 };

static void send_state(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(address.sun_path))
        return;
    size_t length = strlen(path);
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* a name that is no file */
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor == -1)
        return;
    sendto(descriptor, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(descriptor);
}

void notify(const char *format, ...)
{
    char state[STATE_MOST];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(state, sizeof(state), format, arguments);
    va_end(arguments);
    send_state(state);
}

void notify_reloading(const char *status)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t microseconds = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    notify("RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\nSTATUS=%s", microseconds, status);
}

/* How often, in milliseconds; 0: never. It may be meant for another process than this. */
static uint64_t watchdog_period(void)
{
    const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

    if (period == NULL || getenv("NOTIFY_SOCKET") == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid()))
        return 0;
    uint64_t milliseconds = strtoull(period, NULL, 10) / 1000 / 3; /* twice over what would do */
    return milliseconds == 0 ? 1 : milliseconds;
}

int64_t notify_turn(uint64_t now_ms, bool is_alive)
{
    static uint64_t next;
    uint64_t period = watchdog_period();

    if (period == 0)
        return -1;
    if (now_ms >= next) {
        if (is_alive)
            send_state("WATCHDOG=1");
        next = now_ms + period;
    }
    return (int64_t)(next - now_ms);
}
