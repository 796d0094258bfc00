/*
 * commit.h - a transaction together with its events: what is published is in the order of the
 * commits, over all processes.
 *
 *     commit_lock(bus, store);
 *     store_begin ... store_commit (or store_rollback)
 *     commit_publish(bus, commit, &events, writes);     only after store_commit
 *     commit_unlock(bus);
 *
 * Each call may block on the disk or on other processes' commits. One thread of a process at a time.
 */
#ifndef BERING_COMMIT_H
#define BERING_COMMIT_H

#include "bering/bus.h"
#include "bering/store.h"

/*
 * Once in each thread that commits, before the rest: the first of a segment takes all that the
 * database has as published.
 */
void commit_begin(struct bus *bus, struct store *store);

/* Takes the commit lock; makes good first for a process that died between its commit and its events. */
void commit_lock(struct bus *bus, struct store *store);
void commit_unlock(struct bus *bus);

/* Publishes the events of a commit, in their order; `writes` is how many requests it served, for the counters. */
void commit_publish(struct bus *bus, uint64_t commit, const struct event_batch *events, size_t writes);

#endif
