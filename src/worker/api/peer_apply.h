/*
 * peer_apply.h - does what other servers say, once it is read: each thing a function, the same for single requests and
 * batches. Writer thread, in a transaction.
 *
 * Each checks first who may speak for whom, and changes nothing unless that is so. RESULT_UNAVAILABLE and
 * RESULT_INTERNAL doom the transaction, any other result is that item's alone.
 */
#ifndef API_PEER_APPLY_H
#define API_PEER_APPLY_H

#include "bering/event.h"
#include "bering/store.h"
#include "worker/api/peer_read.h"
#include "worker/peer_tokens.h"

struct worker;

struct peer_server {
    int64_t key;
    int abilities;            /* enum peer_abilities */
    char *name;
};

/* One request of a server: who speaks, and where it is done. */
struct peer_context {
    struct worker *worker;
    struct store *store;
    struct event_batch *events;
    const char *own_name;
    struct peer_server *servers;      /* all that are known */
    size_t server_count;
    const struct peer_server *speaker; /* NULL: the token does not say */
    int64_t *leavers;                 /* users who are to be deleted at the end */
    size_t leaver_count, leaver_capacity;
    bool beyond_messages;             /* see task.h */
    const char *error;                /* says more than a result; static */
};

/* ---- the functions (peer_messages.c, peer_members.c, peer_calls.c, peer_changes.c) ---- */

typedef enum result peer_apply(struct peer_context *context, const struct peer_item *item);

peer_apply peer_apply_message, peer_apply_membership, peer_apply_call, peer_apply_signal, peer_apply_change;

/* ---- what they are made of (peer_context.c) ---- */

/* RESULT_UNAUTHORIZED: the server has been removed meanwhile. To be ended also if it fails. */
enum result peer_context_begin(struct peer_context *context, struct worker *worker, struct store *store,
                               struct event_batch *events, const struct peer_identity *peer);
/* What is left to do once all items are done. */
enum result peer_context_end(struct peer_context *context);

/* Sets the error text and returns the result. */
enum result peer_fail(struct peer_context *context, enum result result, const char *error);

/* The key of a known server; 0: unknown, or this one. */
int64_t peer_server_key(const struct peer_context *context, const char *name);
bool peer_is_own(const struct peer_context *context, const char *server_name);

/*
 * Whether the caller may speak for a user of `server_name`, whose key is set: for its own users always, for those of
 * others in its own channels (channel NULL: in none).
 */
enum result peer_may_speak(struct peer_context *context, const char *server_name, const struct peer_place *channel,
                           int64_t *server_key_r);
/* The same for a server itself, as the origin of channels or about its users' accounts. */
enum result peer_may_decide(struct peer_context *context, const char *server_name, int64_t *server_key_r);

/* A local user, as far as that server may know: RESULT_BAD_REQUEST if there is none. */
enum result peer_find_local(struct peer_context *context, const char *username, int64_t for_server,
                            struct user **user_r);
/* A user of another server: made if unknown, and announced. */
enum result peer_put_user(struct peer_context *context, int64_t server_key, const struct peer_person *person,
                          struct user **user_r);

/*
 * A channel that originates here, as far as that server may know: hidden ones are as good as none, private ones too
 * unless `member` (NULL: nobody) is in it. RESULT_BAD_REQUEST if there is none.
 */
enum result peer_find_own_channel(struct peer_context *context, const struct peer_place *place, int64_t for_server,
                                  const struct peer_person *member, struct channel **channel_r);
/* A channel of another server. RESULT_NOT_FOUND: it is not known here. */
enum result peer_find_channel(struct peer_context *context, const struct peer_place *place, struct channel **channel_r);
/* The same, made if unknown, and announced; is_origin: the one who speaks also says whether it is private. */
enum result peer_put_channel(struct peer_context *context, const struct peer_place *place, bool is_origin,
                             struct channel **channel_r);

/* Adds a member, if it is none yet, and tells it. */
enum result peer_add_member(struct peer_context *context, const struct channel *channel, const struct user *user,
                            bool *added_r);

#endif
