/*
 * fetch.h - asks other servers, several at once, and waits for all of them. For threads that may block: jobs.
 *
 * Certificates are verified (FEDERATION_CA_FILE adds private authorities), no redirect is followed, no proxy used,
 * nothing but http and https spoken, no answer read beyond its bound.
 */
#ifndef BERING_FETCH_H
#define BERING_FETCH_H

#include "bering/config.h"
#include <stddef.h>

enum { FETCH_ERROR_SIZE = 160 };

struct fetch {
    const char *url;              /* the caller's, as the next three */
    const char *path;             /* behind the URL, whose slashes at the end do not count; NULL: the URL is whole */
    const char *token;            /* x-federation-token; NULL: none is sent */
    const char *json;             /* a body, and so a POST; NULL: a GET */
    size_t most;                  /* bytes of an answer that are accepted */
    int status;                   /* from here on the result. HTTP status; 0: no whole answer, see error */
    char *body;                   /* malloc'd, NUL-terminated; NULL if there is none */
    size_t length;
    char error[FETCH_ERROR_SIZE]; /* why there is no answer, printable ASCII; "" if there is one */
    const char *cause;            /* the same in words that name no address; static */
};

/*
 * Asks all of them at the same time. Returns when each has been answered or has failed, at the
 * latest after `timeout_ms`.
 */
void fetch_all(const struct config *config, struct fetch *fetches, size_t count, unsigned timeout_ms);

/* Frees the bodies. */
void fetch_free(struct fetch *fetches, size_t count);

#endif
