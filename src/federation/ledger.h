/*
 * ledger.h - what became of rows of the outbox, until the database knows. Written down for all peers together, now and
 * then: one commit an answer would cost more than the sending. If the process dies before, rows are sent
 * again, which peers notice.
 */
#ifndef FEDERATION_LEDGER_H
#define FEDERATION_LEDGER_H

#include "bering/bus.h"
#include "bering/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger_entry;

struct ledger {
    struct ledger_entry *entries; /* by row key */
    size_t count;
    uint64_t generation;          /* counts how often all was written down */
    uint64_t due_at;              /* clock_monotonic_ms; meaningful if count > 0 */
};

enum { LEDGER_MOST = 4096 };      /* nothing more is sent then, before it is written down */

/* The peer has taken a row, or refused it, saying so; a history row has come as far as the new payload says. */
void ledger_taken(struct ledger *ledger, int64_t row_key, uint64_t now);
void ledger_refused(struct ledger *ledger, int64_t row_key, int status, const char *answer, uint64_t now);
void ledger_progress(struct ledger *ledger, int64_t row_key, const char *payload, size_t length, uint64_t now);

/* True if the row is done with, although the database still has it waiting. */
bool ledger_has_settled(const struct ledger *ledger, int64_t row_key);

/* Writes all of it down, and rows that have expired. Blocks on the disk. If that fails, it is tried again later. */
void ledger_write(struct ledger *ledger, struct bus *bus, struct store *store, uint64_t now);

void ledger_deinit(struct ledger *ledger);

#endif
