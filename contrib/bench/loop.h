/*
 * loop.h - the smallest event loop that serves: epoll, level-triggered, one callback a descriptor.
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stdint.h>

#define NS_PER_SECOND 1000000000ull
#define NS_PER_MS     1000000ull

struct watch {
    int fd; /* -1: not watched; events still queued for it are dropped */
    void (*ready)(struct watch *watch, uint32_t events);
};

struct loop {
    int epoll;
};

/* Exits the process if the kernel refuses: nothing can be measured without a loop. */
void loop_init(struct loop *loop);
void loop_deinit(struct loop *loop);

/* Watches watch->fd for EPOLL* events; loop_change replaces them; loop_forget ends it and sets fd to -1 (unclosed). */
void loop_watch(struct loop *loop, struct watch *watch, uint32_t events);
void loop_change(struct loop *loop, struct watch *watch, uint32_t events);
void loop_forget(struct loop *loop, struct watch *watch);

/* Waits at most timeout_ns for events and calls back for each. */
void loop_turn(struct loop *loop, uint64_t timeout_ns);

/* CLOCK_MONOTONIC, comparable between processes. */
uint64_t now_ns(void);

/* How long until `due`, 0 if it has passed, at most `most`. */
uint64_t until_ns(uint64_t due, uint64_t most);

/* Sleeps; signals do not shorten it. */
void sleep_ns(uint64_t duration);

#endif
