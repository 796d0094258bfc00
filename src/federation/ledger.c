/*
 * ledger.c - what became of rows of the outbox, until the database knows. Federation process.
 *
 * Always holds: a row that is settled here is not sent again by this process, whether or not writing it down succeeds.
 */
#include "federation/ledger.h"

#include "bering/clock.h"
#include "bering/commit.h"
#include "bering/events.h"
#include "bering/outbox.h"
#include "bering/text.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum {
    WRITE_AFTER_MS = 20,
    WRITE_AT = 1024,              /* entries that do not wait so long */
    AGAIN_AFTER_MS = 1000,
};

enum outcome { TAKEN, REFUSED, PROGRESS };

struct ledger_entry {
    int64_t row_key;
    enum outcome outcome;
    int status;
    char *text;                   /* the answer, or the new payload */
    size_t length;
    UT_hash_handle hh;
};

static struct ledger_entry *find(const struct ledger *ledger, int64_t row_key)
{
    struct ledger_entry *entry;

    HASH_FIND(hh, ledger->entries, &row_key, sizeof(row_key), entry);
    return entry;
}

/* The row's entry, empty. */
static struct ledger_entry *enter(struct ledger *ledger, int64_t row_key, uint64_t now)
{
    struct ledger_entry *entry = find(ledger, row_key);

    if (ledger->count == 0)
        ledger->due_at = now + WRITE_AFTER_MS;
    if (entry == NULL) {
        entry = calloc(1, sizeof(*entry));
        assert(entry != NULL);
        entry->row_key = row_key;
        HASH_ADD(hh, ledger->entries, row_key, sizeof(entry->row_key), entry);
        if (++ledger->count == WRITE_AT)
            ledger->due_at = now;
    }
    free(entry->text);
    entry->text = NULL;
    return entry;
}

void ledger_taken(struct ledger *ledger, int64_t row_key, uint64_t now)
{
    enter(ledger, row_key, now)->outcome = TAKEN;
}

void ledger_refused(struct ledger *ledger, int64_t row_key, int status, const char *answer, uint64_t now)
{
    struct ledger_entry *entry = enter(ledger, row_key, now);

    entry->outcome = REFUSED;
    entry->status = status;
    entry->text = text_copy(answer);
}

void ledger_progress(struct ledger *ledger, int64_t row_key, const char *payload, size_t length, uint64_t now)
{
    struct ledger_entry *entry = enter(ledger, row_key, now);

    entry->outcome = PROGRESS;
    entry->text = text_copy_n(payload, length);
    entry->length = length;
}

bool ledger_has_settled(const struct ledger *ledger, int64_t row_key)
{
    const struct ledger_entry *entry = find(ledger, row_key);

    return entry != NULL && entry->outcome != PROGRESS;
}

static int compare_keys(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static enum result delete_taken(const struct ledger *ledger, struct store *store)
{
    int64_t *keys = malloc((ledger->count + 1) * sizeof(*keys));
    size_t count = 0;

    assert(keys != NULL);
    for (struct ledger_entry *entry = ledger->entries; entry != NULL; entry = entry->hh.next)
        if (entry->outcome == TAKEN)
            keys[count++] = entry->row_key;
    qsort(keys, count, sizeof(*keys), compare_keys);
    enum result result = outbox_delete(store, keys, count);
    free(keys);
    return result;
}

/* A row may be gone, with its server: then there is nothing to write. */
static enum result write_rest(const struct ledger *ledger, struct store *store)
{
    enum result result = RESULT_OK;

    for (struct ledger_entry *entry = ledger->entries; entry != NULL && result == RESULT_OK; entry = entry->hh.next) {
        if (entry->outcome == REFUSED)
            result = outbox_refuse(store, entry->row_key, entry->status, entry->text);
        else if (entry->outcome == PROGRESS)
            result = outbox_replace(store, entry->row_key, entry->text, entry->length);
        if (result == RESULT_NOT_FOUND)
            result = RESULT_OK;
    }
    return result;
}

static bool has_refused(const struct ledger *ledger)
{
    for (const struct ledger_entry *entry = ledger->entries; entry != NULL; entry = entry->hh.next)
        if (entry->outcome == REFUSED)
            return true;
    return false;
}

static void clear(struct ledger *ledger)
{
    struct ledger_entry *entry, *next;

    HASH_ITER(hh, ledger->entries, entry, next) {
        HASH_DEL(ledger->entries, entry);
        free(entry->text);
        free(entry);
    }
    ledger->count = 0;
}

void ledger_write(struct ledger *ledger, struct bus *bus, struct store *store, uint64_t now)
{
    struct event_batch events = {0};
    uint64_t commit;

    if (has_refused(ledger))
        events_link_changed(&events); /* administrators look at what is set aside */
    commit_lock(bus, store);
    enum result result = store_begin(store);
    if (result == RESULT_OK) {
        result = delete_taken(ledger, store);
        if (result == RESULT_OK)
            result = write_rest(ledger, store);
        if (result == RESULT_OK)
            result = outbox_expire(store, clock_now());
        if (result == RESULT_OK)
            result = store_commit(store, true, &commit);
        else
            store_rollback(store);
    }
    if (result == RESULT_OK)
        commit_publish(bus, commit, &events, 0);
    commit_unlock(bus);
    event_batch_deinit(&events);
    if (result == RESULT_OK) {
        clear(ledger);
        ++ledger->generation;
    } else {
        ledger->due_at = now + AGAIN_AFTER_MS; /* the store has logged why */
    }
}

void ledger_deinit(struct ledger *ledger)
{
    clear(ledger);
}
