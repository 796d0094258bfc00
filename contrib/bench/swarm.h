/*
 * swarm.h - thousands of subscribers in processes of their own; what they saw is read from shared memory.
 *
 * A message that the bench posts carries its number in its body (swarm_body); each subscriber counts it once per
 * delivery, so that one that is lost or delivered twice is found.
 */
#ifndef BENCH_SWARM_H
#define BENCH_SWARM_H

#include "stream.h"
#include <stdatomic.h>
#include <sys/types.h>

enum { SWARM_MESSAGES = 2048, SWARM_BODY_MAX = 64, SWARM_PROCESSES = 8 };

struct swarm_message {
    atomic_uint count;     /* deliveries */
    atomic_ullong last_ns; /* of the last of them */
};

/* Written by one client process, read by the main one. */
struct swarm_seen {
    atomic_uint opened;  /* streams whose answer came, less those that ended */
    atomic_uint failed;  /* could not connect, or were refused */
    atomic_uint cut;     /* were open and ended, not by us */
    atomic_uint toggles; /* streams closed or opened again by SWARM_CHURN */
    atomic_uint resyncs; /* "resync" events */
    atomic_ullong events, bytes, presence, presence_bytes;
    atomic_uint least, most; /* messages per open stream, after SWARM_VERIFY */
    atomic_uint commands;    /* carried out so far */
    struct swarm_message messages[SWARM_MESSAGES];
};

struct swarm_plan {
    const struct target *target;
    enum stream_kind kind;
    const char *const *tokens; /* of each stream, `count` of them */
    unsigned count;
    unsigned source; /* see link_connect */
    double rate;     /* connections started a second; 0: a few hundred under way at a time */
};

enum swarm_command {
    SWARM_CHURN = 'C', /* every 20th stream leaves for a second, comes for a second, and so on */
    SWARM_CALM = 'S',  /* ends that: all of them are to be open again */
    SWARM_VERIFY = 'V' /* sets least and most */
};

struct swarm {
    pid_t pid;
    int command; /* a pipe; closing it ends the process */
    unsigned count;
    struct swarm_seen *seen;
};

struct crowd {
    struct swarm swarms[SWARM_PROCESSES];
    unsigned processes;
    int notify; /* eventfd: woken when a message reached all of a swarm */
};

void crowd_init(struct crowd *crowd);

/* Starts one more process. Returns 0 or -1. */
int crowd_add(struct crowd *crowd, const struct swarm_plan *plan);

/* Ends all processes, and with them their connections. */
void crowd_deinit(struct crowd *crowd);

/* Waits until all streams are open. Returns 0, or -1 if some failed or the time was over. */
int crowd_wait_open(struct crowd *crowd, double seconds);

/* Waits until no event came for quiet_ms, at most for `seconds`. Returns 0, or -1 if it never became quiet. */
int crowd_settle(struct crowd *crowd, unsigned quiet_ms, double seconds);

/* Carries out a command in each process. Returns 0, or -1 if one did not. */
int crowd_command(struct crowd *crowd, enum swarm_command command);

/* The time of the last delivery of a message, 0 while one is missing. */
uint64_t crowd_complete(const struct crowd *crowd, unsigned message);

/* Sums over the processes. */
struct crowd_sum {
    uint64_t count, opened, failed, cut, toggles, resyncs, events, bytes, presence, presence_bytes;
    uint32_t least, most;
};
void crowd_sum(const struct crowd *crowd, struct crowd_sum *sum_r);

/* The body of message number `message`, NUL-terminated. */
void swarm_body(unsigned message, char body[SWARM_BODY_MAX]);

/* The number in an event's JSON, -1 if it is none of ours. */
int swarm_number(const char *json, size_t length);

#endif
