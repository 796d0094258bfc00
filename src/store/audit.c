/*
 * audit.c - the log of what administrators do. Runs in workers: rows are added by the writer
 * thread, read by job threads.
 */
#include "bering/audit.h"
#include "store/internal.h"
#include <assert.h>

enum result store_audit_add(struct store *store, const struct audit_entry *entry)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_AUDIT_INSERT);
    query_bind_integer(&query, entry->at);
    query_bind_text(&query, entry->actor);
    query_bind_text(&query, entry->action);
    query_bind_text(&query, entry->object);
    query_bind_text(&query, entry->details);
    query_bind_text(&query, entry->address);
    return query_run(&query, NULL);
}

enum result store_audit(struct store *store, int64_t before, const char *text, unsigned limit, store_audit_row *row,
                        void *argument)
{
    struct query query = query_begin(store, STATEMENT_AUDIT);

    query_bind_integer(&query, before > 0 ? before : INT64_MAX);
    query_bind_text(&query, text != NULL && text[0] != '\0' ? text : NULL);
    query_bind_integer(&query, limit);
    while (query_step(&query)) {
        struct audit_entry entry = {
            .key = query_integer(&query, 0),
            .at = query_integer(&query, 1),
            .actor = query_text(&query, 2),
            .action = query_text(&query, 3),
            .object = query_text(&query, 4),
            .details = query_text(&query, 5),
            .address = query_text(&query, 6),
        };
        row(argument, &entry);
    }
    return query_end(&query);
}

enum result store_audit_expire(struct store *store, int64_t before, unsigned limit, int *count_r)
{
    assert(store->in_transaction);
    struct query query = query_begin(store, STATEMENT_AUDIT_EXPIRE);
    query_bind_integer(&query, before);
    query_bind_integer(&query, limit);
    return query_run(&query, count_r);
}
