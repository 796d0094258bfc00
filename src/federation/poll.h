/*
 * poll.h - asking a peer, every few seconds: what it can do, its users, its channels, who is online.
 */
#ifndef FEDERATION_POLL_H
#define FEDERATION_POLL_H

#include "federation/peer.h"

struct poll *poll_new(struct peer *peer);
/* Its users leave, too: nobody knows any more. */
void poll_free(struct poll **poll);

/* Starts what is due. Returns when to come back (clock_monotonic_ms). */
uint64_t poll_turn(struct poll *poll);

/*
 * A user (0: any) or channels of the peer have been changed here: its next answer is compared with what there is then.
 */
void poll_compare_users(struct poll *poll, int64_t user_key);
void poll_compare_channels(struct poll *poll);

/* Asks at once, and for everything: the peer's address or token has changed, or it does not do what it said. */
void poll_anew(struct poll *poll);

#endif
