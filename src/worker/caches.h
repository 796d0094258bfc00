/*
 * caches.h - what a worker remembers of the database: sessions by token, channels, memberships.
 *
 * RCU hash tables (liburcu): the loop and the writer thread read while either writes. Entries are dropped by the bus's
 * events, so a stale one lives no longer than an event's way. To keep that true, only two put: the loop (which also
 * handles the events, so that what it read is never older than what it has dropped), and the writer under the commit
 * lock. Threads that call must be registered with RCU.
 */
#ifndef WORKER_CACHES_H
#define WORKER_CACHES_H

#include "bering/secret.h"
#include "bering/store.h"
#include "bering/text.h"
#include "worker/h2o.h"
#include <stdbool.h>
#include <stdint.h>

struct caches;

struct caches *caches_new(void);
void caches_free(struct caches **caches);

/* Who sends a request. Strings live as long as the pool that they were copied into. */
struct principal {
    int64_t user_key;
    struct uuid user_id;
    const char *username;
    const char *display_name;     /* NULL: none */
    int64_t session_key;          /* 0: the permanent token */
    struct uuid session_id;       /* if session_key */
    enum session_kind kind;
    int64_t expires_at;           /* nanoseconds */
    bool by_static_token;         /* ADMIN_TOKEN: no user at all */
};

void principal_copy(struct principal *principal, const struct session *session, h2o_mem_pool_t *pool);

/* Loop: false if the token is not cached or has expired. */
bool caches_find_session(struct caches *caches, const struct digest *token, int64_t now, h2o_mem_pool_t *pool,
                         struct principal *principal_r);
/* Takes the session over. */
void caches_put_session(struct caches *caches, const struct digest *token, struct session *session);
/* All of a user's; user_key 0: everybody's. */
void caches_forget_sessions(struct caches *caches, int64_t user_key);

/* What a post needs to know of a channel. */
struct channel_view {
    int64_t key;
    struct uuid id;
    bool is_private;
};

/* Loop. By id or by name; `name` may hold an id's text. RESULT_NOT_FOUND, or the store's result. Blocks on a miss. */
enum result caches_find_channel(struct caches *caches, struct store *store, const char *name, size_t length,
                                const char *origin_server, struct channel_view *channel_r);
void caches_forget_channels(struct caches *caches);

/* Loop and writer. Only memberships that exist are cached. */
bool caches_has_member(struct caches *caches, int64_t channel_key, int64_t user_key);
void caches_put_member(struct caches *caches, int64_t channel_key, int64_t user_key);
void caches_forget_member(struct caches *caches, int64_t channel_key, int64_t user_key);
void caches_forget_members(struct caches *caches);

#endif
