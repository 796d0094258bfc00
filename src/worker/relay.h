/*
 * relay.h - what other servers must hear of: rows of the outbox, written in the transaction of what they announce, and for
 * each peer and batch one EVENT_OUTBOX. Writer thread only.
 *
 * Who gets what is decided here and nowhere else: by the channel's origin, by who has members, by what is hidden. The structs
 * passed in are complete rows of the store (key, names, server_key), unless said otherwise. Everything returns RESULT_OK also
 * if nobody needs to hear of it.
 */
#ifndef WORKER_RELAY_H
#define WORKER_RELAY_H

#include "bering/event.h"
#include "bering/peer_json.h"
#include "bering/store.h"

struct relay_context {
    const char *server_name;      /* this server's own */
    struct event_batch *events;   /* takes the EVENT_OUTBOX */
    int64_t from_server;          /* the peer that sent what is passed on: it gets nothing back; 0: it began here */
};

struct relay_post {
    struct uuid id;
    const struct user *author;
    const struct user *recipient;   /* NULL: a channel's message */
    const struct channel *channel;  /* NULL: a direct message; without an origin_server: key and id are enough */
    const char *sent_at;            /* as it came, if a peer sent it */
    const char *body;
    size_t body_length;
};

/* The key of a peer by its name. RESULT_NOT_FOUND: no such server. */
enum result relay_find_server(struct store *store, const char *name, int64_t *server_key_r);

/* Before anything is stored: RESULT_FORBIDDEN if a local user who writes to a user of a server is hidden from it. */
enum result relay_may_write(struct store *store, int64_t server_key, int64_t author_key);

/* A message that has just been stored; a direct one only after relay_may_write. */
enum result relay_message(struct store *store, const struct relay_context *context, const struct relay_post *post);

/* A membership that has just been made or ended; of the channel, key and id are enough. */
enum result relay_membership(struct store *store, const struct relay_context *context, const struct channel *channel,
                             const struct user *member, bool added);

/* A channel that originates here, whose user has just joined from another server: hands over all messages up to now. */
enum result relay_history(struct store *store, const struct relay_context *context, const struct channel *channel,
                          int64_t server_key);

/*
 * A channel or local user under the name that it had, the rest as it is now; new_name NULL: deleted. To be called before a
 * deletion, as it needs the memberships.
 */
enum result relay_change_channel(struct store *store, const struct relay_context *context, const struct channel *channel,
                                 const char *new_name);
enum result relay_change_user(struct store *store, const struct relay_context *context, const struct user *user,
                              const char *new_name);

/* A channel that has been made private: servers without members in it forget it. */
enum result relay_withdraw_channel(struct store *store, const struct relay_context *context, const struct channel *channel);

/*
 * A channel or local user that was hidden from a server until now, and may have been forgotten there: the channel's
 * members of that server are told anew, with its history; the user is brought back, if it was known. An original has
 * forgotten nothing.
 */
enum result relay_show_channel(struct store *store, const struct relay_context *context, const struct server *server,
                               const struct channel *channel);
enum result relay_show_user(struct store *store, const struct relay_context *context, const struct server *server,
                            const struct user *user);

/*
 * A participant who has just joined or left a channel's call; of the channel, key and id are enough. CALL_WORD_STILL:
 * it is in it as before, which peers of this project hear again and again, so that servers that disagree agree again.
 */
enum result relay_call(struct store *store, const struct relay_context *context, const struct channel *channel,
                       enum call_word word, const struct user *participant);

/* A local user's signal to a user of another server; payload and type as the client sent them. */
struct relay_signal {
    const struct user *from;
    const struct user *to;
    const char *type;
    size_t type_length;
    const char *payload;
    size_t payload_length;
};

/* RESULT_FORBIDDEN: the sender is hidden from that server. */
enum result relay_signal(struct store *store, const struct relay_context *context, const struct relay_signal *signal);

#endif
