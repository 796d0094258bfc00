/*
 * send.h - sending a peer what waits for it, in order: batches to peers of this project, single posts to any other.
 */
#ifndef FEDERATION_SEND_H
#define FEDERATION_SEND_H

#include "federation/peer.h"

struct sender *sender_new(struct peer *peer);
void sender_free(struct sender **sender);

/* Rows may be waiting. */
void sender_wake(struct sender *sender);

/* Rows that wait may have been taken back: what is not under way yet is read again. */
void sender_reload(struct sender *sender);

/* Whatever it waits for, it tries now. */
void sender_hurry(struct sender *sender);

/* The peer can be reached (again): tries now what failed because it could not. */
void sender_reached(struct sender *sender);

/* The peer is another one now: what was loaded is loaded anew. What runs, ends. */
void sender_reset(struct sender *sender);

/* Starts what is due. Returns when to come back (clock_monotonic_ms), UINT64_MAX: not before something happens. */
uint64_t sender_turn(struct sender *sender);

/* When the next attempt after a failure is made, clock_monotonic_ms; 0: there is none. */
uint64_t sender_next_attempt(const struct sender *sender);

bool sender_is_busy(const struct sender *sender);

#endif
