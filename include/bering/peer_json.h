/*
 * peer_json.h - the bodies that servers send each other (wire.md, Federation), each written in one place. Any process.
 */
#ifndef BERING_PEER_JSON_H
#define BERING_PEER_JSON_H

#include "bering/json.h"
#include "bering/uuid.h"

struct peer_person {
    const char *username;
    const char *server;
    const char *display_name; /* NULL: none */
};

struct peer_post {
    struct uuid id;
    const char *sent_at;
    struct peer_person author;
    struct peer_person recipient;   /* username NULL: a channel's message */
    const char *channel_name;       /* of a channel's message */
    const char *channel_origin;
    const char *body;
    size_t body_length;
    bool is_history;                /* it was written before whoever gets it had joined */
};

/* A channel whose origin says how it is. */
struct peer_channel {
    const char *name;
    const char *origin_server;
    int is_private;           /* -1: not said; an original does not know it */
};

/* /federation/messages */
void peer_json_message(struct json *json, const struct peer_post *post);
/*
 * /federation/channel-memberships; `removed` and `join` (the member's server asks the origin) only
 * between peers of this project
 */
void peer_json_membership(struct json *json, const struct peer_channel *channel, const struct peer_person *member,
                          bool removed, bool join);
/* /federation/channel-call-event; "still" only between peers of this project */
enum call_word { CALL_WORD_LEAVE, CALL_WORD_JOIN, CALL_WORD_STILL, CALL_WORDS };
extern const char *const call_words[CALL_WORDS];
void peer_json_call(struct json *json, const char *channel_name, const char *channel_origin, enum call_word word,
                    const struct peer_person *participant, const struct uuid *participant_id);
/* /federation/webrtc-signal, and what clients get of it */
struct peer_signal {
    struct peer_person from;
    struct peer_person to;
    const char *type;
    size_t type_length;
    const char *payload;
    size_t payload_length;
};

void peer_json_signal(struct json *json, const struct peer_signal *signal);

/*
 * /federation/changes: {"channel": {name, origin_server, is_private?}} or {"user": {username, server}}, "id": which
 * that is to its server, "new_name": text (it may be as it was), or null: deleted
 */
void peer_json_channel_change(struct json *json, const struct peer_channel *channel, const struct uuid *id,
                              const char *new_name);
void peer_json_user_change(struct json *json, const struct peer_person *user, const struct uuid *id,
                           const char *new_name);
/* the payload of an OUTBOX_HISTORY row */
void peer_json_history(struct json *json, int64_t channel_key, int64_t after_key, int64_t until_key);

#endif
