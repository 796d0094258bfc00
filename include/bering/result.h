/*
 * result.h - how an operation on behalf of a request ended.
 *
 * Every function that serves a request returns one of these; the worker turns it into a status and a JSON
 * body in one place (src/worker/answer.c). Start-up code uses -1 and error_r instead.
 */
#ifndef BERING_RESULT_H
#define BERING_RESULT_H

enum result {
    RESULT_OK,
    RESULT_PENDING,          /* the answer comes later, from a task */
    RESULT_BAD_REQUEST,      /* 400 */
    RESULT_UNAUTHORIZED,     /* 401 */
    RESULT_FORBIDDEN,        /* 403 */
    RESULT_NOT_FOUND,        /* 404 */
    RESULT_WRONG_METHOD,     /* 405 */
    RESULT_CONFLICT,         /* 409 */
    RESULT_TOO_LARGE,        /* 413 */
    RESULT_WRONG_TYPE,       /* 415 */
    RESULT_WRONG_SHAPE,      /* 422 */
    RESULT_TOO_MANY,         /* 429 */
    RESULT_INTERNAL,         /* 500 */
    RESULT_PEER_FAILED,      /* 502 */
    RESULT_UNAVAILABLE,      /* 503 */
};

/* The HTTP status of a result, 200 for RESULT_OK. */
int result_status(enum result result);

/* A sentence for people who see only the result; static storage, never NULL. */
const char *result_text(enum result result);

#endif
