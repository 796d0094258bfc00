/*
 * audit.h - who changed what as an administrator: rows of the database, written with what they tell of. Like store.h,
 * and with the same rules.
 */
#ifndef BERING_AUDIT_H
#define BERING_AUDIT_H

#include "bering/result.h"
#include "bering/store.h"
#include <stdint.h>

struct audit_entry {
    int64_t key;                  /* set by the database: later ones are larger */
    int64_t at;                   /* nanoseconds, clock.h */
    const char *actor;            /* the administrator's name, or "ADMIN_TOKEN" */
    const char *action;           /* what the route is called: "user.create" */
    const char *object;           /* to what, NULL: to nothing in particular */
    const char *details;          /* a JSON object, without secrets */
    const char *address;          /* the client's */
};

typedef void store_audit_row(void *argument, const struct audit_entry *entry);

/* In a transaction. */
enum result store_audit_add(struct store *store, const struct audit_entry *entry);

/*
 * The newest `limit` of those before the key `before` (0: of all) that hold a text (NULL: any).
 * May take long with a text.
 */
enum result store_audit(struct store *store, int64_t before, const char *text, unsigned limit, store_audit_row *row,
                        void *argument);

/* In a transaction: removes at most `limit` that are older than a time; *count_r: how many. */
enum result store_audit_expire(struct store *store, int64_t before, unsigned limit, int *count_r);

#endif
