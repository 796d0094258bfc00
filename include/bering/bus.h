/*
 * bus.h - the shared segment and its event ring: how the processes of one server talk.
 *
 * The master makes the segment before it forks; children inherit the mapping. It has no name once made, so nothing can
 * be left behind. Every call but bus_create and bus_destroy is for any process, and no call blocks for longer than
 * another process's copy into the segment. See also presence.h, calls.h, rate.h, activity.h and counters.h.
 */
#ifndef BERING_BUS_H
#define BERING_BUS_H

#include "bering/event.h"
#include "bering/pulse.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUS_PROCESSES = 64 }; /* process slots: 0 is the master */

struct bus;
struct bus_reader;

/*
 * Makes the segment (ring_size: a power of two, at least 64 KiB) and one eventfd a process slot. NULL and
 * *error_r (static) on failure.
 */
struct bus *bus_create(size_t ring_size, unsigned processes, const char **error_r);
void bus_destroy(struct bus **bus);

/*
 * The descriptors that a bus consists of: the segment, then one eventfd a process slot; *descriptors_r has room for
 * BUS_PROCESSES + 1. They belong to the bus. Returns how many.
 */
size_t bus_descriptors(const struct bus *bus, int *descriptors_r);

/*
 * The bus of these descriptors, which were handed over by the program that this one replaces: everything in it goes on.
 * NULL and *error_r (static) if it is of another layout or size; the descriptors are the caller's then.
 */
struct bus *bus_adopt(const int *descriptors, size_t count, size_t ring_size, unsigned processes, const char **error_r);

/* Says which process slot the caller is; once, right after fork. The calling thread's pulse is that of its loop from now on. */
void bus_attach(struct bus *bus, unsigned process);

/* Says that the caller does its work from now on; and whether the process of a slot has said so. */
void bus_set_ready(struct bus *bus);
bool bus_is_ready(const struct bus *bus, unsigned process);

/* The threads of a process whose pulse (pulse.h) is in the segment. */
enum bus_pulse { BUS_PULSE_LOOP, BUS_PULSE_WRITER, BUS_PULSES };

/* The calling thread is that one of its process from now on; and how the one of a process is that there is. */
void bus_use_pulse(struct bus *bus, enum bus_pulse pulse);
struct pulse_view bus_pulse_look(const struct bus *bus, unsigned process, enum bus_pulse pulse);

/* The caller's slot. */
unsigned bus_process(const struct bus *bus);

/* Random for each segment: event ids are only comparable within one epoch. */
uint64_t bus_epoch(const struct bus *bus);

/* When the segment was made, which is when the server started: nanoseconds, clock.h. */
int64_t bus_started_at(const struct bus *bus);

/*
 * The robust lock around a database transaction, taken in all processes before BEGIN and given back after the events of
 * the commit are published. Blocks while others commit. Returns true if the last owner died inside: what it committed
 * may not have been published, and the caller must put that right first. Held by one thread at a time.
 */
bool bus_commit_lock(struct bus *bus);
void bus_commit_unlock(struct bus *bus);

/* The number of the last commit whose events are published; meaningful only under the commit lock. */
uint64_t bus_published_commit(const struct bus *bus);
void bus_set_published_commit(struct bus *bus, uint64_t commit);

/* Behind which event those of the commit begin that is being published; likewise. */
uint64_t bus_publishing_from(const struct bus *bus);
void bus_set_publishing_from(struct bus *bus, uint64_t id);

/*
 * Publishes an event: every process's reader gets it, in the same order. Returns its id, or 0 if it is larger than a
 * quarter of the ring (nothing is published then). Wakes the processes that sleep.
 */
uint64_t bus_publish(struct bus *bus, const struct event *event);

/* The id of the newest event, or where the ring begins if there is none. */
uint64_t bus_newest(const struct bus *bus);

enum bus_read { BUS_EMPTY, BUS_EVENT, BUS_LAPPED };

/* A cursor that starts behind the newest event. The caller owns it. */
struct bus_reader *bus_reader_new(struct bus *bus);
void bus_reader_free(struct bus_reader **reader);

/* The id of the event behind which the cursor stands. */
uint64_t bus_reader_position(const struct bus_reader *reader);

/*
 * Places the cursor behind the event with this id. Returns false, the cursor untouched, if that event is no longer in
 * the ring or never was; any number is safe to pass.
 */
bool bus_reader_seek(struct bus_reader *reader, uint64_t id);

/*
 * Reads the next event; *event_r and its json are valid until the next call with this reader. BUS_LAPPED: events were
 * overwritten before they were read; the cursor now stands behind the newest one.
 */
enum bus_read bus_reader_next(struct bus_reader *reader, struct event *event_r);

/*
 * Sleeping and waking. The descriptor (an eventfd, owned by the bus) becomes readable after the next publish, once
 * bus_reader_sleep has returned true; false: there is something to read already.
 * bus_reader_awake clears the descriptor.
 */
int bus_wake_descriptor(const struct bus *bus);
bool bus_reader_sleep(struct bus_reader *reader);
void bus_reader_awake(struct bus_reader *reader);

/* Says in the segment up to where the caller's process has read; of its readers, the one that it works through. */
void bus_reader_report(const struct bus_reader *reader);

/* What the segment knows of a process. */
struct bus_process_view {
    int pid;                      /* 0: it does not run */
    uint64_t lag;                 /* bytes of the ring that it has not read, as it last said */
};

/* False if there is no such slot. */
bool bus_process_look(const struct bus *bus, unsigned process, struct bus_process_view *view_r);

/*
 * For the master, when it has reaped a process: clears what that process had in the segment (presence, calls), and
 * announces it.
 */
void bus_process_gone(struct bus *bus, unsigned process);

#endif
