/*
 * cookie.h - tokens in cookies: which cookie serves whom, reading and making it. Any thread.
 */
#ifndef WORKER_COOKIE_H
#define WORKER_COOKIE_H

#include "bering/store.h"
#include "worker/h2o.h"
#include <stdbool.h>

enum { COOKIE_SIZE = 192 };       /* room for a Set-Cookie value and its NUL */

/*
 * The token in the cookie of this kind of session; empty if there is none, if there are two (one is not ours), or if
 * the header is longer than a browser's would be. Borrowed from the header.
 */
h2o_iovec_t cookie_token(const h2o_req_t *http, enum session_kind kind);

/* How long a session of this kind lasts, and so its cookie: seconds. */
unsigned cookie_seconds(enum session_kind kind);

/* Writes the value of Set-Cookie for a new session's token; token NULL: the browser is to forget the one it has. */
void cookie_write(char text[COOKIE_SIZE], enum session_kind kind, const char *token, bool is_secure);

#endif
