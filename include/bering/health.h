/*
 * health.h - how the link to each peer is, in the segment: written by the federation process, read by workers; but for
 * when it asked last, which they alone know.
 */
#ifndef BERING_HEALTH_H
#define BERING_HEALTH_H

#include "bering/bus.h"

enum { HEALTH_ERROR_SIZE = 160 };

struct peer_health {
    int64_t server_key;
    int64_t last_contact;     /* nanoseconds, clock.h: of the last answer from it; 0: never */
    int64_t last_request;     /* likewise of the last request by it that had its token; health_set leaves it as it is */
    int64_t next_attempt;     /* nanoseconds; 0: nothing is waiting to be tried again */
    unsigned failures;        /* attempts in a row that failed */
    uint64_t polls, poll_failures, poll_milliseconds; /* rounds of questions, those that failed, what they took */
    bool refuses_us;          /* 401 or 403: the link is set up wrong */
    char last_error[HEALTH_ERROR_SIZE]; /* "" : the last attempt succeeded */
};

/* Replaces what is known of a peer; false if there is no room for one more (256 peers). */
bool health_set(struct bus *bus, const struct peer_health *health);
/* False if nothing is known. */
bool health_get(struct bus *bus, int64_t server_key, struct peer_health *health_r);
/* A peer has asked something. Of one of which nothing is known, nothing is noted. */
void health_note_request(struct bus *bus, int64_t server_key, int64_t at);
void health_forget(struct bus *bus, int64_t server_key);

#endif
