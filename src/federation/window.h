/*
 * window.h - the next rows of a peer's queue, in memory.
 */
#ifndef FEDERATION_WINDOW_H
#define FEDERATION_WINDOW_H

#include "bering/outbox.h"
#include "federation/ledger.h"

enum { WINDOW_ROWS = 256, WINDOW_BYTES = 512 * 1024 };

struct row {
    int64_t key;
    enum outbox_kind kind;
    char *payload;
    size_t length;
    int64_t expires_at;
};

/* A zeroed struct is empty. */
struct window {
    struct row rows[WINDOW_ROWS];
    size_t count;
    size_t next;                  /* those before are done with */
    size_t bytes;
    uint64_t generation;          /* of the ledger: what was settled since is still waiting for the database */
    size_t settled_rows;
    size_t settled_bytes;
};

/* The next row; NULL: none is loaded. */
struct row *window_head(struct window *window);

/* Loads the oldest rows that wait for a peer and are not settled. It is empty, or what it held is loaded again. */
enum result window_load(struct window *window, struct store *store, const struct ledger *ledger, int64_t server_key);

/* The head has been entered into the ledger. */
void window_settle(struct window *window, const struct ledger *ledger);

/* Forgets what is loaded. */
void window_clear(struct window *window);

#endif
