/*
 * discover.h - users, channels and presence of a peer, as it tells them, made known here. Writes only what is new.
 */
#ifndef FEDERATION_DISCOVER_H
#define FEDERATION_DISCOVER_H

#include "bering/peer_answers.h"
#include "federation/peer.h"

/*
 * Users and display names, or channels, that are not known yet are written, with their events; some hundred a commit,
 * so that nobody waits long. RESULT_TOO_MANY: with those that are known, there would be more than
 * PEER_LIST_MOST; nothing is written.
 */
enum result discover_users(struct peer *peer, const struct peer_list *list, size_t *changed_r);
enum result discover_channels(struct peer *peer, const struct peer_list *list, size_t *changed_r);

/*
 * Forgets what a list that is complete does not name: deleted there, or hidden. As a list may be older than what has
 * come from the peer meanwhile, that takes two: *newest, at first 0, is the newest row that was known when the last one
 * came (so it is older than this one); it is set if some are missing from this list, 0 if none is, and the next list is
 * to be looked at in any case.
 */
enum result forget_users(struct peer *peer, const struct peer_list *list, int64_t *newest, size_t *forgotten_r);
enum result forget_channels(struct peer *peer, const struct peer_list *list, int64_t *newest, size_t *forgotten_r);

/* The users of a peer who are online, by name. */
struct online;

struct online *online_new(struct peer *peer);
/* All leave. */
void online_free(struct online **online);

/*
 * Takes the list as all who are online. Returns false if some are not known here (yet), or were too many to look up at
 * once: then it is to be called again with the next answer, whether or not that is another one.
 */
bool online_set(struct online *online, const struct peer_list *list);

/* Those of the peer's users hang up who are said to be in calls no more: called each round. */
void online_end_silent_calls(const struct peer *peer);

/* A user (0: any) has been renamed or deleted: the next online_set looks up again who has the name. */
void online_doubt(struct online *online, int64_t user_key);

#endif
