/*
 * authenticate.h - who sends a request, a user or another server: tokens from headers, cookies or, for streams, the
 * query. Loop only.
 */
#ifndef WORKER_AUTHENTICATE_H
#define WORKER_AUTHENTICATE_H

#include "worker/request.h"

/*
 * Checks that whoever the request's token names may use its route, and fills request->who or request->peer.
 * RESULT_UNAUTHORIZED: no token, or an unknown or expired one; RESULT_FORBIDDEN: a valid one of the wrong kind, or one
 * in a cookie that another site's page has made the browser send.
 */
enum result authenticate(struct request *request);

#endif
