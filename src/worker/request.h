/*
 * request.h - one HTTP request on its way through a handler, and the ways to answer it. Loop only.
 */
#ifndef WORKER_REQUEST_H
#define WORKER_REQUEST_H

#include "bering/json.h"
#include "bering/result.h"
#include "bering/uuid.h"
#include "worker/caches.h"
#include "worker/h2o.h"
#include "worker/peer_tokens.h"
#include "worker/routes.h"
#include "worker/task.h"

struct trace;
struct worker;

/*
 * A field of the body or a query parameter, as its route's table says: parsed, checked, bounded. Strings live as long
 * as the request.
 */
struct value {
    bool present;             /* false: left out, or null */
    bool is_null;             /* null: where leaving out means "as it is", this means "none" */
    const char *text;         /* NUL-terminated */
    size_t length;
    struct uuid uuid;
    bool boolean;
    int64_t key;              /* FIELD_KEY, PARAMETER_INTEGER */
    struct uuid *uuids;       /* FIELD_UUIDS */
    size_t count;             /* of these, or of FIELD_LIST */
    struct json_object *object; /* FIELD_OBJECT, FIELD_LIST */
};

struct request {
    h2o_req_t *http;
    struct worker *worker;
    struct trace *trace;
    const struct route *route;
    bool is_monitoring;                    /* it came by METRICS_LISTEN */
    struct principal who;                  /* valid if the route asks for one */
    struct peer_identity peer;             /* likewise */
    struct uuid ids[ROUTE_IDS_MOST];       /* the ids in the path, in order */
    struct value values[ROUTE_FIELDS_MOST];/* the body's fields, in the order of the route's table */
    struct value parameters[ROUTE_PARAMETERS_MOST]; /* the query's, likewise */
    struct task *task;                     /* what the answer waits for; NULL: nothing */
    struct json_object *body;
    const char *error;                     /* says more than the result; lives as long as the request */
    unsigned retry_after;                  /* seconds, for RESULT_TOO_MANY and RESULT_UNAVAILABLE */
};

/* Sets the error text and returns the result: `return request_fail(request, RESULT_CONFLICT, "...")`. */
enum result request_fail(struct request *request, enum result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of a query parameter, decoded, in the request's pool; NULL if it is not there. Holds no NUL inside. */
const char *request_query(struct request *request, const char *name);

/* Hands over a task (malloc'd, its steps set) that will answer this request. Returns RESULT_PENDING. */
enum result request_submit(struct request *request, struct task *task);

/* A zeroed task of `size` bytes with these steps; the struct starts with its struct task. */
void *task_new(size_t size, task_work *work, task_write *write, task_done *done, void (*dispose)(struct task *task));

/*
 * For a task's `done`: returns the request if it succeeded and the client is still there; otherwise NULL, the failure having
 * been answered.
 */
struct request *task_succeeded(struct task *task);

/* ---- answers: each returns RESULT_OK, so that a handler can end with it ---- */

/* 200 with the JSON that the writer holds; the writer is emptied. */
enum result answer_json(struct request *request, struct json *json);
/* 200 with this text as it is. */
enum result answer_raw(struct request *request, const char *json);
/* 200 with text of another type than JSON; both are copied. */
enum result answer_text(struct request *request, const char *type, const char *text, size_t length);
enum result answer_ok(struct request *request);    /* "ok" */
enum result answer_null(struct request *request);  /* null */
/* {"error": text} with the result's status; text NULL: the result's own. */
void answer_error(h2o_req_t *http, enum result result, const char *text, unsigned retry_after);

/* Adds the headers of every JSON answer (type, no-store); for those who stream it. */
void answer_headers(h2o_req_t *http);

#endif
