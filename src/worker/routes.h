/*
 * routes.h - what a route is; the table is routes.c, the one place where an endpoint is added.
 */
#ifndef WORKER_ROUTES_H
#define WORKER_ROUTES_H

#include "bering/result.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request;

enum { ROUTE_IDS_MOST = 2, ROUTE_FIELDS_MOST = 4, ROUTE_PARAMETERS_MOST = 6 };

/* Who may call. The dispatcher enforces it; no handler checks again. */
enum authority {
    AUTHORITY_NONE,
    AUTHORITY_USER,
    AUTHORITY_STREAM,         /* a user, whose token may also come as ?token= */
    AUTHORITY_ADMIN,
    AUTHORITY_ADMIN_STREAM,   /* an administrator, likewise */
    AUTHORITY_PEER,           /* another server, by x-federation-token */
    AUTHORITY_METRICS,        /* monitoring, by METRICS_TOKEN */
};

/* What a field of a body may hold. */
enum field_type {
    FIELD_NAME,               /* text_is_name */
    FIELD_DISPLAY_NAME,       /* text_is_display_name, or "" */
    FIELD_FOREIGN_NAME,       /* a display name as a peer has it: any text; what is no text_is_name is read as "" */
    FIELD_USERNAME,           /* text_is_username */
    FIELD_TEXT,               /* anything up to `most` bytes that is not only white space */
    FIELD_OPTIONAL_TEXT,      /* the same, but "" is allowed */
    FIELD_PASSWORD,           /* 1 to SECRET_PASSWORD_MAX bytes */
    FIELD_MESSAGE,            /* text up to MAX_MESSAGE_BYTES */
    FIELD_UUID,
    FIELD_UUIDS,              /* a list */
    FIELD_BOOLEAN,
    FIELD_KEY,                /* a positive integer */
    FIELD_OBJECT,             /* an object, to be read with a table of its own */
    FIELD_LIST,               /* a list of anything, at most `most` elements */
};

struct field {
    const char *name;         /* NULL ends a table */
    enum field_type type;
    bool required;
    size_t most;              /* bytes, for FIELD_TEXT and FIELD_OPTIONAL_TEXT; elements, for FIELD_UUIDS and FIELD_LIST */
};

/* What a query parameter may hold. */
enum parameter_type {
    PARAMETER_TEXT,           /* `least` to `most` bytes of UTF-8 */
    PARAMETER_INTEGER,        /* `least` to `most`, not negative; written in digits */
    PARAMETER_UUID,
    PARAMETER_FLAG,           /* 1 or 0 */
};

struct parameter {
    const char *name;         /* NULL ends a table */
    enum parameter_type type;
    bool required;
    int64_t least, most;
};

/* How often somebody may call. */
enum route_rate {
    ROUTE_UNLIMITED,
    ROUTE_REACH,              /* by another server: each time this one calls back */
    ROUTE_SIGNAL,             /* what a large call needs when all its links begin anew, a user */
    ROUTE_LOGIN,              /* LOGIN_ATTEMPTS an account (the body's first field), ten times that an address */
};

struct action;
struct event_batch;
struct store;

/* On the loop: short indexed reads, streams. Answers, or returns what went wrong. */
typedef enum result route_handler(struct request *request);

/* On a job thread, with that thread's connection: may block. Writes the answer into action->answer. */
typedef enum result route_work(struct action *action, struct store *store);

/* On the writer thread, in a transaction shared with others; may add to the answer and to the events. */
typedef enum result route_write(struct action *action, struct store *store, struct event_batch *events);

struct route {
    const char *method;
    const char *path;         /* ":id" stands for a UUID */
    enum authority authority;
    enum route_rate rate;
    const struct field *body; /* NULL: a body is ignored */
    const struct parameter *query; /* NULL: parameters are ignored, but for what a handler looks for itself */
    bool is_monitoring;       /* listeners of METRICS_LISTEN have it, too, and no other */
    const char *audit;        /* what the audit log calls it; NULL: it is not written down */
    route_handler *handler;   /* either this, */
    route_work *work;         /* or one of these two or both, in this order (action.h) */
    route_write *write;
};

enum { BODY_MOST = 16 * 1024 }; /* bytes of a body, beside what its FIELD_MESSAGE, FIELD_UUIDS and longer texts may take */

extern const struct route routes[];
extern const size_t route_count;

#endif
