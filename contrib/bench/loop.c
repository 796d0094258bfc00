/*
 * loop.c - epoll and the clock. Used by the bench's main process and by each of its client processes, one loop each.
 *
 * Always holds: a watch that was forgotten is not called again, even for events of the same turn.
 */
#include "loop.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 256 };

static void control(struct loop *loop, int operation, struct watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    if (epoll_ctl(loop->epoll, operation, watch->fd, &event) != 0) {
        perror("bench: epoll_ctl");
        exit(1);
    }
}

void loop_init(struct loop *loop)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0) {
        perror("bench: epoll_create1");
        exit(1);
    }
}

void loop_deinit(struct loop *loop)
{
    close(loop->epoll);
    loop->epoll = -1;
}

void loop_watch(struct loop *loop, struct watch *watch, uint32_t events)
{
    control(loop, EPOLL_CTL_ADD, watch, events);
}

void loop_change(struct loop *loop, struct watch *watch, uint32_t events)
{
    control(loop, EPOLL_CTL_MOD, watch, events);
}

void loop_forget(struct loop *loop, struct watch *watch)
{
    control(loop, EPOLL_CTL_DEL, watch, 0);
    watch->fd = -1;
}

void loop_turn(struct loop *loop, uint64_t timeout_ns)
{
    struct epoll_event events[EVENTS_A_TURN];
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / NS_PER_SECOND),
                               .tv_nsec = (long)(timeout_ns % NS_PER_SECOND)};
    int count = epoll_pwait2(loop->epoll, events, EVENTS_A_TURN, &timeout, NULL);

    if (count < 0 && errno != EINTR) {
        perror("bench: epoll_pwait2");
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        struct watch *watch = events[i].data.ptr;

        if (watch->fd >= 0)
            watch->ready(watch, events[i].events);
    }
}

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

uint64_t until_ns(uint64_t due, uint64_t most)
{
    uint64_t now = now_ns();

    if (due <= now)
        return 0;
    return due - now < most ? due - now : most;
}

void sleep_ns(uint64_t duration)
{
    struct timespec left = {.tv_sec = (time_t)(duration / NS_PER_SECOND), .tv_nsec = (long)(duration % NS_PER_SECOND)};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}
