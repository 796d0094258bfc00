/*
 * tickets.h - the keys of TLS session tickets, in the segment: what one worker issued, any other one resumes, also
 * after a reload or an upgrade.
 *
 * Two keys count, the current one and the one before; so a ticket is good for one to two periods.
 */
#ifndef BERING_TICKETS_H
#define BERING_TICKETS_H

#include "bering/bus.h"

enum {
    TICKETS_NAME_SIZE = 16,
    TICKETS_PERIOD_MS = 12 * 3600 * 1000, /* between two keys */
};

struct ticket_key {
    uint8_t name[TICKETS_NAME_SIZE]; /* goes with the ticket, in the clear */
    uint8_t cipher[32];
    uint8_t mac[32];
};

/* The key for new tickets. Takes a lock that is held for a copy only. */
void tickets_current(struct bus *bus, struct ticket_key *key_r);

/* The key of this name. False if it does not count (any more); *is_current_r says whether a new ticket is due. */
bool tickets_find(struct bus *bus, const uint8_t name[TICKETS_NAME_SIZE], struct ticket_key *key_r, bool *is_current_r);

/*
 * For the master: makes a new key if the current one is old enough (milliseconds of the monotonic clock). Returns ms
 * until the next.
 */
uint64_t tickets_turn(struct bus *bus, uint64_t now_ms);

#endif
