/*
 * hub.h - a worker's end of the bus: which streams want which event. Loop only.
 */
#ifndef STREAM_HUB_H
#define STREAM_HUB_H

#include "worker/stream/stream.h"
#include <stdbool.h>
#include <stdint.h>

struct hub;
struct worker;

struct hub *hub_start(struct worker *worker);
/* Closes what is left. */
void hub_stop(struct hub **hub);

/* To be called when the bus's descriptor is readable. */
void hub_wake(struct hub *hub);

/*
 * One turn of the loop: reads new events, sends a slice of what waits, visits some idle streams. Returns in how many
 * milliseconds at the latest it wants the next turn; 0: there is more to do.
 */
int32_t hub_turn(struct hub *hub);

/* Tells all streams to come back later, and ends them. */
void hub_drain(struct hub *hub);

/* How many streams are open. */
unsigned hub_streams(const struct hub *hub);

#endif
