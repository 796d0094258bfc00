/*
 * presence.h - who is online, counted over all connections of all processes.
 *
 * A process says when a user's first connection opened and its last closed; the table in the segment knows which
 * processes hold which users, so that a crashed process's users leave. Changes are announced together, as one
 * presence_changed event, by whichever process asks first once an announcement is due: the more people are online, the
 * longer it waits, so that the deliveries a second stay bounded (10,000).
 */
#ifndef BERING_PRESENCE_H
#define BERING_PRESENCE_H

#include "bering/bus.h"
#include "bering/uuid.h"

enum { PRESENCE_LISTED = 50 }; /* an announcement names at most so many users; more are "fetch the list" */

/* The user's first connection in this process opened, or its last one closed. Returns false if the table is full. */
bool presence_enter(struct bus *bus, int64_t user_key, const struct uuid *user_id);
void presence_leave(struct bus *bus, int64_t user_key);

/* Whether a user is online anywhere; how many are. */
bool presence_is_online(struct bus *bus, int64_t user_key);
unsigned presence_online_count(struct bus *bus);

/* The keys of all users who are online, ascending; the caller frees the array. */
int64_t *presence_online(struct bus *bus, size_t *count_r);
/* Whether a user is among the keys that presence_online gave. */
bool presence_is_among(const int64_t *keys, size_t count, int64_t user_key);

/* Changes with every announcement: what was made from an older value is stale. */
uint64_t presence_generation(struct bus *bus);

/*
 * Announces all changes since the last announcement, if there are any and the interval has passed; a user who came and
 * went in between is not mentioned. Returns in how many milliseconds to ask again, 0 if there is nothing to announce.
 */
unsigned presence_announce(struct bus *bus);

#endif
