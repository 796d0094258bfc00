/*
 * action.h - the task of a route that works off the loop: it carries copies of all that the request said, since the client
 * may be gone before its write is done, and the answer, which the steps write and the loop sends.
 */
#ifndef WORKER_ACTION_H
#define WORKER_ACTION_H

#include "bering/json.h"
#include "bering/network.h"
#include "worker/cookie.h"
#include "worker/request.h"
#include "worker/task.h"
#include "worker/trace.h"

struct action {
    struct task task;
    const struct route *route;
    struct principal who;                    /* strings are the action's own */
    struct peer_identity peer;
    struct uuid ids[ROUTE_IDS_MOST];
    struct value values[ROUTE_FIELDS_MOST];  /* strings are the action's own */
    struct value parameters[ROUTE_PARAMETERS_MOST]; /* likewise */
    bool is_secure;                          /* the client's connection is encrypted */
    bool wants_plain_text;                   /* what it accepts is text, but not OpenMetrics */
    char address[NETWORK_TEXT_SIZE];         /* the client's */
    char user_agent[SESSION_AGENT_MAX + 1];  /* "": none */
    struct json answer;                      /* empty: null */
    char *audit_object;                      /* what it is done to, for the audit log; malloc'd */
    char *text;                              /* not NULL: the answer is this (malloc'd) instead, */
    size_t text_length;
    const char *content_type;                /* of this type (static) */
    char cookie[COOKIE_SIZE];                /* Set-Cookie of the answer; "": none */
    char secret[SECRET_PASSWORD_HASH_SIZE];  /* what the work step hands to the write step: a hash, a token */
    struct digest digest;
    int64_t key;                             /* likewise */
    bool has_total;                          /* the answer is a part of a list, */
    int64_t total;                           /* which has so many elements: x-total-count */
    bool has_position;                       /* the answer knows all that the events up to this one told of: x-event-id */
    uint64_t position;
};

/* Starts the steps of the request's route. Returns RESULT_PENDING. */
enum result action_submit(struct request *request);

/* For a route with a handler: its row in the audit log, which nobody waits for. */
void action_audit(struct request *request);

/* Sets the error text (static) and returns the result. */
enum result action_fail(struct action *action, enum result result, const char *text);

#endif
