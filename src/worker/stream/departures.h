/*
 * departures.h - users whose last stream on this worker has ended: if they are nowhere else after a grace, they leave their
 * calls. A page that reloads, or a network that changes, drops no call. Loop only.
 */
#ifndef STREAM_DEPARTURES_H
#define STREAM_DEPARTURES_H

#include <stdint.h>

struct departures;
struct worker;

struct departures *departures_new(struct worker *worker);
void departures_free(struct departures **departures);

/* The user's last stream here has ended. */
void departures_add(struct departures *departures, int64_t user_key, uint64_t now);

/* Ends the calls of those whose worker died; there may be none. One worker of all does it, whichever comes first. */
void departures_of_dead(struct departures *departures);

/* Ends the calls of those whose grace is over at `now` (clock_monotonic_ms). To be called each second or so. */
void departures_turn(struct departures *departures, uint64_t now);

#endif
