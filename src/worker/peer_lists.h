/*
 * peer_lists.h - what other servers ask every other second: who is online, who and which channels are here. Loop only.
 */
#ifndef WORKER_PEER_LISTS_H
#define WORKER_PEER_LISTS_H

#include "bering/result.h"

struct peer_lists;
struct request;

enum peer_list_kind { PEER_PRESENCE, PEER_USERS, PEER_CHANNELS, PEER_LISTS /* all of them */ };

struct peer_lists *peer_lists_new(void);
void peer_lists_free(struct peer_lists **lists);

/* An event came that changes what a list shows. */
void peer_lists_changed(struct peer_lists *lists, enum peer_list_kind kind);

/*
 * Answers with a list as the asking server may see it: from memory, or made by a job thread. With an ETag, the same from
 * all workers; 304 if that server has the list already.
 */
enum result peer_lists_answer(struct request *request, enum peer_list_kind kind);

#endif
