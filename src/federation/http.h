/*
 * http.h - requests to other servers: the one place that knows libcurl. Federation process, and, for handles alone, the
 * threads that fetch.c serves.
 */
#ifndef FEDERATION_HTTP_H
#define FEDERATION_HTTP_H

#include "bering/config.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_ERROR_SIZE = 160, HTTP_TAG_SIZE = 128 };

struct http;
struct exchange;

struct http_request {
    const char *base_url;        /* with or without a slash at its end */
    const char *path;            /* begins with a slash */
    const char *token;           /* x-federation-token; NULL: none is sent */
    const char *body;            /* JSON: a POST; NULL: a GET. The caller's until the answer */
    size_t length;
    const char *if_none_match;   /* NULL or "": unconditional */
    size_t most;                 /* bytes of the answer */
    unsigned timeout_ms;         /* for all of it */
};

struct http_answer {
    int status;                  /* 0: no whole answer */
    const char *error;           /* why there is none, printable ASCII; "" if there is one */
    const char *cause;           /* the same in words that name no address; static */
    bool is_too_long;            /* there was one, beyond `most` */
    bool is_page;                /* the answer says that it is HTML: something else than a server of ours is there */
    const char *body;            /* NUL-terminated */
    size_t length;
    char tag[HTTP_TAG_SIZE];     /* ETag, if it is one that can be sent back; otherwise "" */
    uint64_t retry_after;        /* seconds; 0: not said */
};

/*
 * Called from http_perform. The answer is valid until it returns. It may start the same
 * exchange again, but not free it.
 */
typedef void exchange_done(void *argument, const struct http_answer *answer);

/* The configuration outlives it. NULL if libcurl cannot be set up. */
struct http *http_new(const struct config *config);
/* All exchanges have been freed. */
void http_free(struct http **http);

/* One request at a time, on a connection that is kept for the next one. Freeing it ends what runs, without a call. */
struct exchange *exchange_new(struct http *http, exchange_done *done, void *argument);
void exchange_free(struct exchange **exchange);
void exchange_start(struct exchange *exchange, const struct http_request *request);
bool exchange_is_running(const struct exchange *exchange);

/* Waits until there is something to do on any connection or descriptor, or the time is over. */
void http_wait(struct http *http, const int *descriptors, unsigned count, uint64_t timeout_ms);

/* Does it for connections, without waiting; calls what is done. */
void http_perform(struct http *http);

/* ---- for fetch.c: single transfers, driven by whoever starts them ---- */

struct transfer;

/* Sets a request up on a handle of its own. NULL: out of memory. */
struct transfer *transfer_new(const struct config *config);
void transfer_free(struct transfer **transfer);
CURL *transfer_prepare(struct transfer *transfer, const struct http_request *request);
CURL *transfer_handle(const struct transfer *transfer);
/* What came of it; valid until the transfer is prepared again. */
void transfer_answer(struct transfer *transfer, CURLcode code, struct http_answer *answer_r);

/* Sets libcurl up, once a process. False if that fails. */
bool http_library_start(void);

#endif
