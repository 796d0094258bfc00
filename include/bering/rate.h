/*
 * rate.h - how often somebody may do something, over all processes (GCRA, ITU-T I.371: a virtual schedule per key).
 */
#ifndef BERING_RATE_H
#define BERING_RATE_H

#include "bering/bus.h"

enum rate_class { RATE_NONE, RATE_LOGIN_ADDRESS, RATE_LOGIN_ACCOUNT, RATE_SIGNAL, RATE_REACH };

/*
 * Counts one attempt of `name` (an address, an account). Returns 0 if it may go on, otherwise the seconds to wait
 * before the next one is allowed. `burst` attempts are free, then `burst` a `period_seconds`. Keys share a table by a
 * keyed hash; when it is full, the key that waited longest is forgotten.
 */
unsigned rate_attempt(struct bus *bus, enum rate_class rate_class, const void *name, size_t length, unsigned burst,
                      unsigned period_seconds);

/* Forgets the attempts of `name`, after a success. */
void rate_forget(struct bus *bus, enum rate_class rate_class, const void *name, size_t length);

#endif
