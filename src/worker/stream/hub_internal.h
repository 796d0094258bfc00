/*
 * hub_internal.h - what the files of this folder share.
 */
#ifndef STREAM_HUB_INTERNAL_H
#define STREAM_HUB_INTERNAL_H

#include "bering/bus.h"
#include "worker/stream/departures.h"
#include "worker/stream/hub.h"
#include "worker/stream/subscribers.h"

struct hub {
    struct worker *worker;
    struct bus_reader *reader;
    uint64_t position;            /* the id of the last event that was handed out */
    bool awake;                   /* the bus may have more */
    h2o_linklist_t all;           /* streams, the longest unvisited first */
    h2o_linklist_t ready;         /* streams with something to send */
    unsigned streams;
    size_t queue_most;            /* bytes that may wait for a stream */
    struct subscribers *subscribers;
    struct departures *departures;
    uint64_t next_visit;          /* clock_monotonic_ms */
    unsigned visits_owed;         /* in parts of a visit: KEEPALIVE_SECONDS make one */
    uint64_t next_announcement;   /* of presence; 0: none is due */
};

/* Registers a new stream: its user's subscriptions, what it missed, its greeting. Returns -1 if the database fails. */
int hub_add(struct hub *hub, struct stream *stream, const struct stream_start *start);

/* The opposite, for a stream that is about to be freed. */
void hub_forget(struct stream *stream);

/* Queues more of what a stream has missed, up to half of what may wait for it; live again once there is no more. */
void hub_catch_up(struct stream *stream);

/* Presence has changed here: an announcement is due soon. */
void hub_presence_changed(struct hub *hub);

#endif
