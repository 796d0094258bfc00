/*
 * peer_answers.h - what peers answer when they are asked, checked before anybody uses it: an answer is right as a
 * whole, or nothing of it counts. Any process; holds no state.
 */
#ifndef BERING_PEER_ANSWERS_H
#define BERING_PEER_ANSWERS_H

#include "bering/peers.h"
#include "bering/text.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    PEER_LIST_MOST = 100000,          /* users or channels of one peer */
    PEER_ANSWER_MOST = 8 * 1048576,   /* bytes of such a list */
};

struct peer_entry {
    const char *name;
    const char *display_name;         /* of users; "": none */
    bool has_id;
    struct uuid id;                   /* the peer's own; no two in a list have the same */
    bool is_only_for_members;         /* a private channel: it is made known by memberships alone */
};

struct peer_list {
    struct peer_entry *entries;       /* sorted by name (strcmp), each name once */
    size_t count;
    void *memory;                     /* what holds the texts */
};

/*
 * Reads /federation/users, /channels or /presence. Users and channels of any other server than `server_name` make the
 * answer wrong, and so does an id that is there twice; names that this server cannot have, because they are no part of
 * an address (spaces, '@'), are left out. Returns NULL and a list for peer_list_free, or what is wrong (static).
 */
const char *peer_answer_users(const char *body, size_t length, const char *server_name, struct peer_list *list_r);
const char *peer_answer_channels(const char *body, size_t length, const char *server_name, struct peer_list *list_r);
const char *peer_answer_presence(const char *body, size_t length, struct peer_list *list_r);
void peer_list_free(struct peer_list *list);

struct peer_info {
    enum peer_abilities abilities;    /* PEER_ORIGINAL if the answer is none of this project */
    bool lists_all;                   /* its lists have ids, and leave out only what we must not see */
    bool calls_back;                  /* it can be asked whether it reaches us: /federation/reach */
    char server_name[TEXT_NAME_MAX + 1]; /* as it calls itself; "": it does not say */
};

/* Reads /federation/info; any body is allowed. */
void peer_answer_info(const char *body, size_t length, struct peer_info *info_r);

enum { PEER_REACH_TEXT = 200 };

/* Whether one server reaches another, as the one that tried says. */
struct peer_reach {
    bool is_reached;                  /* and its token accepted */
    bool is_refused;                  /* it is there, and does not accept the token */
    unsigned took_ms;
    char error[PEER_REACH_TEXT + 1];  /* why it is not reached; "" if it is */
};

/* Reads what /federation/reach answered. Returns NULL, or what is wrong (static). */
const char *peer_answer_reach(const char *body, size_t length, struct peer_reach *reach_r);

enum { PEER_RESULT_TEXT = 500 };

struct peer_result {
    int status;
    char answer[PEER_RESULT_TEXT + 1]; /* what the peer says about a refusal; "": nothing */
};

/* Reads what /federation/batch answered: exactly `count` results. Returns NULL, or what is wrong (static). */
const char *peer_answer_batch(const char *body, size_t length, size_t count, struct peer_result *results_r);

#endif
