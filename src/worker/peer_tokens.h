/*
 * peer_tokens.h - which server speaks: the tokens by which peers are known, as a worker remembers them. Loop only.
 */
#ifndef WORKER_PEER_TOKENS_H
#define WORKER_PEER_TOKENS_H

#include "bering/result.h"
#include "bering/secret.h"
#include "bering/store.h"
#include <stdbool.h>
#include <stdint.h>

/* A server that may speak to this one. */
struct peer_identity {
    int64_t server_key;       /* 0: the token is a valid one, but says nothing of whose */
    bool sees_everybody;      /* no user is hidden from it */
};

struct peer_tokens;

/* own_token: SERVER_TOKEN, which others may use, too. */
struct peer_tokens *peer_tokens_new(const char *own_token);
void peer_tokens_free(struct peer_tokens **tokens);

/* An event says that servers, their tokens or what they may see have changed. */
void peer_tokens_forget(struct peer_tokens *tokens);

/*
 * Whose token this is: a peer's, a custom federation token or this server's own, in this order; a token that several peers
 * share identifies none of them. RESULT_NOT_FOUND: nobody's. Blocks on the database if nothing is remembered, or the token is
 * no peer's.
 */
enum result peer_tokens_find(struct peer_tokens *tokens, struct store *store, const struct digest *token,
                             struct peer_identity *peer_r);

/* Whether a peer's contact is to be announced now: not more often than once a second. */
bool peer_tokens_contact(struct peer_tokens *tokens, int64_t server_key, uint64_t now_ms);

#endif
