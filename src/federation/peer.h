/*
 * peer.h - what the federation process holds, and what it knows of each peer: for src/federation only. One thread.
 */
#ifndef FEDERATION_PEER_H
#define FEDERATION_PEER_H

#include "bering/bus.h"
#include "bering/config.h"
#include "bering/health.h"
#include "bering/peers.h"
#include "bering/store.h"
#include "federation/http.h"
#include "federation/ledger.h"

struct poll;
struct sender;

struct federation {
    const struct config *config;
    struct bus *bus;
    struct store *store;
    struct http *http;
    struct ledger ledger;         /* what has been sent, and is still to be written down */
    struct peer *peers;
    uint64_t now;                 /* clock_monotonic_ms at the begin of this turn */
    bool draining;
};

/* What is wrong with one of the two things that are done with a peer: asking and sending. */
enum trouble {
    TROUBLE_NONE,
    TROUBLE_NO_ANSWER,
    TROUBLE_UNABLE,               /* an answer that says: not now */
    TROUBLE_NONSENSE,             /* an answer that cannot be used */
    TROUBLE_LINK,                 /* 401, 403: the two servers' entries of each other do not fit */
};

struct condition {
    enum trouble trouble;
    unsigned failures;            /* in a row */
    char error[HEALTH_ERROR_SIZE];
};

struct peer {
    struct federation *federation;
    struct peer *next;
    int64_t key;
    char *name;
    char *base_url;
    int abilities;                /* enum peer_abilities */
    bool was_listed;              /* while the table is compared with the database */
    bool info_answered;           /* since this process began or the address changed */
    int64_t last_contact;         /* clock_now; 0: never */
    struct condition asking;
    struct condition sending;
    enum trouble logged;          /* the trouble that the log knows of */
    uint64_t polls, poll_failures, poll_milliseconds; /* since this process began */
    struct poll *poll;
    struct sender *sender;
};

/* ---- peers.c ---- */

/* Brings the table in line with the database: new peers, changed and removed ones. */
void peers_load(struct federation *federation);
void peers_free(struct federation *federation);

/* NULL: there is none. */
struct peer *peers_find(struct federation *federation, int64_t key);

/* The peer has answered something, whatever it was. */
void peer_contact(struct peer *peer);

/*
 * How asking or sending (&peer->asking or &peer->sending) went: TROUBLE_NONE clears, others count. Changes reach the
 * log, all of it the administrator (health.h). `error` is not looked at for TROUBLE_NONE.
 */
void peer_report(struct peer *peer, struct condition *condition, enum trouble trouble, const char *error);

/* Shows the administrator what is known. */
void peer_show(struct peer *peer);

/* It has said, or shown, what it can do. */
void peer_set_able(struct peer *peer, enum peer_abilities abilities);

#endif
