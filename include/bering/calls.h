/*
 * calls.h - who is in which channel's call, the same for all processes.
 */
#ifndef BERING_CALLS_H
#define BERING_CALLS_H

#include "bering/bus.h"
#include "bering/text.h"
#include "bering/uuid.h"

struct call_participant {
    int64_t channel_key;
    int64_t user_key;
    struct uuid channel_id;
    struct uuid user_id;
    unsigned process;                     /* whose connection it is; 0: a peer server's participant */
    uint64_t heard_at;                    /* clock_monotonic_ms: when it was last told of; 0: it is not told of again */
    char username[TEXT_NAME_MAX + 1];
    char server_name[TEXT_NAME_MAX + 1];
};

/*
 * CALL_FULL: there is no room for any more participants of any call; CALL_CROWDED: this call
 * has as many as it may have.
 */
enum call_change { CALL_CHANGED, CALL_UNCHANGED, CALL_FULL, CALL_CROWDED };

/*
 * Adds or removes a participant (found by channel_key and user_key). Who joins finds fewer than `most` in the call, or
 * is in it already; 0: however many there are.
 */
enum call_change calls_join(struct bus *bus, const struct call_participant *participant, unsigned most);
enum call_change calls_leave(struct bus *bus, int64_t channel_key, int64_t user_key, struct call_participant *left_r);

/*
 * Takes out one participant of this server that has not been said to be there since `before` (heard_at). Returns false
 * if there is none.
 */
bool calls_take_silent(struct bus *bus, const char *server_name, uint64_t before, struct call_participant *left_r);

/* The participants of one channel's call, or of all (channel_key 0); the caller frees the array (NULL if none). */
struct call_participant *calls_participants(struct bus *bus, int64_t channel_key, size_t *count_r);

/*
 * Removes one of those whose process is gone, and who have not joined again; false if there is none. They wait for
 * whoever sees EVENT_CALLS_ABANDONED, or starts, and tells clients and other servers in a transaction.
 */
bool calls_take_abandoned(struct bus *bus, struct call_participant *left_r);

/* Removes the calls of a deleted channel. */
void calls_end(struct bus *bus, int64_t channel_key);

#endif
