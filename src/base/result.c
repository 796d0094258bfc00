/*
 * result.c - the HTTP status and the sentence of each result.
 *
 * Base: runs in every process. One row a result; a result without a row is a bug.
 */
#include "bering/result.h"

#include <assert.h>
#include <stddef.h>

struct row {
    int status;
    const char *text;
};

static const struct row rows[] = {
    [RESULT_OK] = {200, "ok"},
    [RESULT_PENDING] = {202, "the answer is not ready yet"},
    [RESULT_BAD_REQUEST] = {400, "bad request"},
    [RESULT_UNAUTHORIZED] = {401, "sign in first: the token is missing, wrong or expired"},
    [RESULT_FORBIDDEN] = {403, "not allowed"},
    [RESULT_NOT_FOUND] = {404, "not found"},
    [RESULT_WRONG_METHOD] = {405, "this method is not available here"},
    [RESULT_CONFLICT] = {409, "this exists already"},
    [RESULT_TOO_LARGE] = {413, "too large"},
    [RESULT_WRONG_TYPE] = {415, "the content type must be application/json"},
    [RESULT_WRONG_SHAPE] = {422, "the JSON does not have the expected shape"},
    [RESULT_TOO_MANY] = {429, "too many attempts, try again later"},
    [RESULT_INTERNAL] = {500, "internal error"},
    [RESULT_PEER_FAILED] = {502, "the other server did not answer properly"},
    [RESULT_UNAVAILABLE] = {503, "temporarily unavailable, try again later"},
};

static const struct row *find(enum result result)
{
    assert((size_t)result < sizeof(rows) / sizeof(rows[0]) && rows[result].text != NULL);
    return &rows[result];
}

int result_status(enum result result)
{
    return find(result)->status;
}

const char *result_text(enum result result)
{
    return find(result)->text;
}
