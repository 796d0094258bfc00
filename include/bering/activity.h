/*
 * activity.h - how many messages each of the last minutes brought, over all processes, in the segment.
 */
#ifndef BERING_ACTIVITY_H
#define BERING_ACTIVITY_H

#include "bering/bus.h"

enum { ACTIVITY_MINUTES = 60 };

/* Counts messages that have just been published, in the minute that it is now. Takes no lock. */
void activity_count(struct bus *bus, unsigned messages);

/* The last minutes, oldest first; the last one is the minute that it is now, which has not ended. */
void activity_read(const struct bus *bus, uint32_t counts_r[ACTIVITY_MINUTES]);

#endif
