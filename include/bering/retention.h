/*
 * retention.h - keeping the database in bounds: old messages, what deleted channels and users have left, free pages,
 * the write-ahead log. Like store.h, and with the same rules; each call does a small piece, so that nobody waits.
 */
#ifndef BERING_RETENTION_H
#define BERING_RETENTION_H

#include "bering/result.h"
#include "bering/store.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    RETENTION_DAYS_MOST = 36500,
    RETENTION_CONVERSATIONS = 256, /* that one call looks at, at most */
    LEFTOVERS_MOST = 64 * 1024,    /* users whom one walk over all messages asks for */
};

/* For how many days messages are kept; 0: for ever. A channel's own number goes first. */
struct retention {
    unsigned channel_days;
    unsigned direct_days;
};

/* How far a round over all conversations has come; zeroed: it begins. */
struct retention_cursor {
    int64_t after;                /* the key of the last channel, or of the last direct conversation */
    bool is_direct;               /* channels are done */
    bool is_done;
};

/* What was deleted of one conversation: its oldest messages. */
struct retention_cut {
    int64_t channel_key;          /* 0: a direct one */
    struct uuid channel_id;
    int64_t user_keys[2];         /* of a direct one */
    struct uuid user_ids[2];
    unsigned count;
    bool is_empty;                /* nothing is left of it; otherwise: */
    struct uuid first_id;         /* its oldest message now */
};

typedef void store_cut_row(void *argument, const struct retention_cut *cut);

/*
 * In a transaction: goes on with a round, until `limit` messages are deleted, RETENTION_CONVERSATIONS looked at, or the
 * round is done. Deleted are the oldest of a conversation, in the order of arrival, up to the first that is young
 * enough; who had read only those has read nothing of the rest.
 */
enum result store_messages_expire(struct store *store, const struct retention *retention, int64_t now, unsigned limit,
                                  struct retention_cursor *cursor, store_cut_row *row, void *argument,
                                  unsigned *count_r);

/* Days of a channel's own, 0: the server's number counts. RESULT_NOT_FOUND: no such channel. */
enum result store_channel_retention(struct store *store, int64_t channel_key, unsigned days);

/*
 * In a transaction: removes at most `limit` messages of one deleted channel; *any_r: there was one.
 * *count_r: how many went.
 */
enum result store_orphans_delete(struct store *store, unsigned limit, bool *any_r, unsigned *count_r);

struct leftover;

/*
 * A walk over all messages, to find whose row nobody needs: users who are gone, of here or of other servers, whom no
 * message, no direct conversation with messages, and nothing else names. Zeroed: the first one begins.
 */
struct leftovers {
    struct leftover *list;        /* those who were gone at the begin, and might not be needed; in the order of keys */
    size_t count, left;           /* of these; of those whose messages have not been seen */
    size_t deleted;               /* how far in the list deleting has come */
    int64_t users_after;          /* where the next walk finds its users */
    int64_t messages_after;       /* the key of the last message that was passed by */
    bool is_done;
};

/* Outside of a transaction: begins a walk, or goes on with it, by at most so many messages. May read from the disk. */
enum result store_leftovers_look(struct store *store, struct leftovers *leftovers, unsigned messages);

/*
 * In a transaction, after a walk: deletes at most `limit` of those who are left, but for who has come back since. It is
 * to be called until leftovers->left is 0. *count_r: how many went.
 */
enum result store_leftovers_delete(struct store *store, struct leftovers *leftovers, unsigned limit, unsigned *count_r);

/* After a walk, or in the middle of it; the next one may begin. */
void store_leftovers_end(struct leftovers *leftovers);

/*
 * In a transaction: gives at most `pages` free pages back to the disk, if more than a quarter of the file is free.
 * Files of before this version do it once they have been compacted. *count_r: how many.
 */
enum result store_pages_release(struct store *store, unsigned pages, unsigned *count_r);

/*
 * Outside of a transaction, under the commit lock: starts the write-ahead log anew if it is larger than `most` bytes.
 * Waits for readers, at most so many milliseconds. False: it is as large as before, because somebody reads.
 */
bool store_log_restart(struct store *store, int64_t most, int wait_ms);

/*
 * Rewrites the database without free pages, so that it gives back by itself those that come; for a server that is stopped.
 * Needs room beside it for twice what it holds. -1 and *error_r (malloc'd) on failure: then nothing has changed.
 */
int store_compact(const char *path, char **error_r);

#endif
