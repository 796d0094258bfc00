/*
 * peer_read.h - what other servers send, read and checked as far as that goes without the database: by itself, or many
 * in one batch. Any thread.
 */
#ifndef API_PEER_READ_H
#define API_PEER_READ_H

#include "bering/peer_json.h"
#include "bering/result.h"
#include "bering/uuid.h"
#include "worker/h2o.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum { PEER_BATCH_MOST = 256 };   /* items */

enum peer_kind { PEER_MESSAGE, PEER_MEMBERSHIP, PEER_CALL, PEER_SIGNAL, PEER_CHANGE, PEER_KINDS };

/* A channel as servers name it to each other. */
struct peer_place {
    const char *name;             /* NULL: none is meant */
    const char *origin_server;
    int is_private;               /* -1: not said */
};

/* One thing that a server says. Texts are those of the JSON object, or static. */
struct peer_item {
    enum peer_kind kind;
    enum result result;           /* of reading it, then of doing it */
    const char *error;            /* says more; static, or in the reader's pool; NULL: result_text */
    struct peer_person person;    /* author, member, participant, caller, or the user who changes */
    struct peer_person other;     /* recipient, callee; username NULL: none */
    struct peer_place channel;
    struct uuid id;               /* of a message; of what has changed, if has_id */
    bool has_id;
    int64_t sent_at;              /* nanoseconds */
    const char *sent_at_text;
    const char *text;             /* a message's body, a signal's payload */
    size_t length;
    bool is_history;              /* a message older than the membership that brings it here */
    const char *signal_type;
    size_t signal_type_length;
    bool is_added;                /* a membership that begins; somebody who enters a call */
    bool is_still;                /* somebody who is in a call as before */
    bool is_join;                 /* the member's server asks the channel's for it */
    const char *new_name;         /* of a change; NULL: deleted */
};

/* Reads the body of one thing; *item_r says how that went, too. message_most: bytes that a message's body may have. */
enum result peer_read(h2o_mem_pool_t *pool, enum peer_kind kind, struct json_object *body, size_t message_most,
                      struct peer_item *item_r);

/*
 * Reads {"items": [{"kind", "body"}]}; the items are in the pool. An item that is wrong says so itself; only if the
 * list is, something else than RESULT_OK comes back.
 */
enum result peer_read_batch(h2o_mem_pool_t *pool, struct json_object *batch, size_t message_most,
                            struct peer_item **items_r, size_t *count_r, const char **error_r);

#endif
