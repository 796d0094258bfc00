/*
 * retention.c - what is too old, or left over, goes in small pieces. Runs in the writer thread
 * of the worker that sweeps.
 *
 * Always holds: what is deleted of a conversation is its beginning, in the order of arrival, so that the numbers of
 * what is left have no gap: how many there are, and how many lie behind a position, stays a subtraction. A position in
 * what is gone becomes 0, before the first; so numbers may begin anew in a conversation that is empty.
 */
#include "bering/retention.h"
#include "bering/pulse.h"
#include "store/internal.h"
#include <assert.h>
#include <stdio.h>

static const int64_t DAY = INT64_C(86400) * 1000000000;

/* A conversation that a round has come to. */
struct place {
    int64_t key;                  /* the channel's or the direct conversation's; 0: there is none any more */
    int64_t first;                /* its messages' keys are greater */
    unsigned days;
    struct retention_cut cut;
};

/* ---- one conversation ---- */

/*
 * The last message of those that are too old, and how many they are, at most `limit`. A time that is still to come,
 * from a server whose clock is wrong, says nothing: such a message goes with the one that follows.
 */
static enum result find_old(struct store *store, const struct place *place, int64_t now, unsigned limit,
                            int64_t *last_r, unsigned *count_r)
{
    int64_t cutoff = now - place->days * DAY;
    unsigned seen = 0;

    *last_r = 0;
    *count_r = 0;
    struct query query = query_begin(store, STATEMENT_RETENTION_OLDEST);
    query_bind_integer(&query, place->first);
    query_bind_integer(&query, place->first + CONVERSATION_LAST);
    query_bind_integer(&query, limit);
    while (query_step(&query)) {
        int64_t sent_at = query_integer(&query, 1);
        ++seen;
        if (sent_at >= cutoff && sent_at <= now)
            break;
        if (sent_at > now)
            continue;
        *last_r = query_integer(&query, 0);
        *count_r = seen;
    }
    return query_end(&query);
}

static enum result run_between(struct store *store, enum statement statement, int64_t from, int64_t to)
{
    struct query query = query_begin(store, statement);

    query_bind_integer(&query, from);
    query_bind_integer(&query, to);
    return query_run(&query, NULL);
}

/* All that refers to the messages of a conversation up to a key goes with them. */
static enum result delete_up_to(struct store *store, int64_t first, int64_t last)
{
    static const enum statement steps[] = {
        STATEMENT_CHANNEL_DELETE_MESSAGES,
        STATEMENT_RETENTION_MENTIONS,
        STATEMENT_RETENTION_POSITIONS,
    };
    enum result result = RESULT_OK;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && result == RESULT_OK; ++i)
        result = run_between(store, steps[i], first, last);
    return result;
}

static enum result find_first(struct store *store, const struct place *place, struct retention_cut *cut)
{
    struct query query = query_begin(store, STATEMENT_RETENTION_FIRST);

    query_bind_integer(&query, place->first);
    query_bind_integer(&query, place->first + CONVERSATION_LAST);
    cut->is_empty = !query_step(&query);
    if (!cut->is_empty)
        cut->first_id = query_uuid(&query, 0);
    return query_end(&query);
}

static enum result expire(struct store *store, struct place *place, int64_t now, unsigned limit, store_cut_row *row,
                          void *argument)
{
    int64_t last;
    enum result result = find_old(store, place, now, limit, &last, &place->cut.count);

    if (result != RESULT_OK || place->cut.count == 0)
        return result;
    result = delete_up_to(store, place->first, last);
    if (result == RESULT_OK)
        result = find_first(store, place, &place->cut);
    if (result == RESULT_OK)
        row(argument, &place->cut);
    return result;
}

/* ---- a round over all ---- */

static enum result next_channel(struct store *store, int64_t after, unsigned days, struct place *place_r)
{
    struct query query = query_begin(store, STATEMENT_RETENTION_CHANNEL);

    query_bind_integer(&query, after);
    if (query_step(&query)) {
        place_r->key = place_r->cut.channel_key = query_integer(&query, 0);
        place_r->cut.channel_id = query_uuid(&query, 1);
        place_r->days = query_is_null(&query, 2) ? days : (unsigned)query_integer(&query, 2);
        place_r->first = conversation_of(place_r->key, false);
    }
    return query_end(&query);
}

static enum result next_direct(struct store *store, int64_t after, unsigned days, struct place *place_r)
{
    if (days == 0)
        return RESULT_OK;
    struct query query = query_begin(store, STATEMENT_RETENTION_DIRECT);
    query_bind_integer(&query, after);
    if (query_step(&query)) {
        place_r->key = query_integer(&query, 0);
        place_r->days = days;
        place_r->first = conversation_of(place_r->key, true);
        for (int i = 0; i < 2; ++i) {
            place_r->cut.user_keys[i] = query_integer(&query, 1 + 2 * i);
            place_r->cut.user_ids[i] = query_uuid(&query, 2 + 2 * i);
        }
    }
    return query_end(&query);
}

/* The next conversation of a round; its key is 0 if the round is done. */
static enum result next(struct store *store, const struct retention *retention, struct retention_cursor *cursor,
                        struct place *place_r)
{
    enum result result = RESULT_OK;

    *place_r = (struct place){0};
    if (!cursor->is_direct) {
        result = next_channel(store, cursor->after, retention->channel_days, place_r);
        if (result != RESULT_OK || place_r->key != 0)
            return result;
        *cursor = (struct retention_cursor){.is_direct = true};
    }
    return next_direct(store, cursor->after, retention->direct_days, place_r);
}

enum result store_messages_expire(struct store *store, const struct retention *retention, int64_t now, unsigned limit,
                                  struct retention_cursor *cursor, store_cut_row *row, void *argument,
                                  unsigned *count_r)
{
    enum result result = RESULT_OK;

    assert(store->in_transaction && limit > 0);
    *count_r = 0;
    for (unsigned seen = 0; seen < RETENTION_CONVERSATIONS && *count_r < limit && !cursor->is_done; ++seen) {
        struct place place;
        unsigned room = limit - *count_r;
        result = next(store, retention, cursor, &place);
        if (result == RESULT_OK && place.key == 0)
            cursor->is_done = true;
        else if (result == RESULT_OK && place.days > 0)
            result = expire(store, &place, now, room, row, argument);
        if (result != RESULT_OK)
            return result;
        *count_r += place.cut.count;
        if (!cursor->is_done && place.cut.count < room) /* otherwise there may be more of it */
            cursor->after = place.key;
    }
    return RESULT_OK;
}

enum result store_channel_retention(struct store *store, int64_t channel_key, unsigned days)
{
    int changes;

    assert(store->in_transaction && days <= RETENTION_DAYS_MOST);
    struct query query = query_begin(store, STATEMENT_RETENTION_SET);
    query_bind_integer(&query, channel_key);
    query_bind_key(&query, days);
    enum result result = query_run(&query, &changes);
    return result == RESULT_OK && changes == 0 ? RESULT_NOT_FOUND : result;
}

/* ---- what deleted channels have left ---- */

/* The range of a deleted channel that has messages left; 0: none. */
static enum result find_orphans(struct store *store, int64_t *first_r)
{
    struct query query = query_begin(store, STATEMENT_ORPHANS_FIRST);

    *first_r = query_step(&query) ? query_integer(&query, 0) << CONVERSATION_SHIFT : 0;
    return query_end(&query);
}

enum result store_orphans_delete(struct store *store, unsigned limit, bool *any_r, unsigned *count_r)
{
    int64_t first = 0;
    int changes = 0;
    enum result result = find_orphans(store, &first);

    assert(store->in_transaction);
    *count_r = 0;
    *any_r = result == RESULT_OK && first != 0;
    if (!*any_r)
        return result;
    struct query query = query_begin(store, STATEMENT_ORPHANS_DELETE);
    query_bind_integer(&query, first);
    query_bind_integer(&query, first + CONVERSATION_LAST);
    query_bind_integer(&query, limit);
    result = query_run(&query, &changes);
    *count_r = (unsigned)changes;
    if (result != RESULT_OK || *count_r == limit)
        return result;
    query = query_begin(store, STATEMENT_ORPHANS_FORGET);
    query_bind_integer(&query, first >> CONVERSATION_SHIFT);
    return query_run(&query, NULL);
}

/* ---- the file ---- */

enum { PAGES_WORTH = 1024 };      /* free pages that are not worth it */

enum result store_pages_release(struct store *store, unsigned pages, unsigned *count_r)
{
    char sql[64];
    int64_t free_pages = database_integer(store->database, "PRAGMA freelist_count", 0);

    assert(store->in_transaction);
    *count_r = 0;
    if (free_pages < PAGES_WORTH || free_pages < database_integer(store->database, "PRAGMA page_count", 0) / 4 ||
        database_integer(store->database, "PRAGMA auto_vacuum", 0) == 0)
        return RESULT_OK;
    snprintf(sql, sizeof(sql), "PRAGMA incremental_vacuum(%u)", pages);
    int code = database_run(store->database, sql);
    if (code != SQLITE_OK)
        return store_failure(store, code, true);
    *count_r = (unsigned)(free_pages - database_integer(store->database, "PRAGMA freelist_count", 0));
    return RESULT_OK;
}

bool store_log_restart(struct store *store, int64_t most, int wait_ms)
{
    int frames, copied;

    assert(!store->in_transaction);
    if (log_size(store) <= most)
        return true;
    sqlite3_busy_timeout(store->database, wait_ms);
    pulse_rest();
    int code = sqlite3_wal_checkpoint_v2(store->database, "main", SQLITE_CHECKPOINT_TRUNCATE, &frames, &copied);
    pulse_beat();
    sqlite3_busy_timeout(store->database, STORE_BUSY_MS);
    return code == SQLITE_OK;
}
