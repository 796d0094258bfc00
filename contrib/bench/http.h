/*
 * http.h - as much of HTTP/1.1 as a client of one known server needs.
 */
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <stddef.h>
#include <sys/types.h>

struct http_answer {
    int status;
    const char *body;
    size_t length;
};

/*
 * Takes one whole answer from data; a chunked body is joined in place. Returns the bytes it took, 0 if it is not whole
 * yet (data is untouched then), -1 if this is not an answer.
 */
ssize_t http_parse(char *data, size_t length, struct http_answer *answer_r);

/* Bytes of the status line and headers with the empty line, 0 if they are not whole yet. */
size_t http_head(const char *data, size_t length);

/* The status in a whole head, -1 if it is none. */
int http_status(const char *head, size_t length);

/* The value of a header in a whole head, without spaces around it; NULL if absent. */
const char *http_header(const char *head, size_t length, const char *name, size_t *length_r);

/*
 * Writes a request; token and body may be NULL. Returns its length; exits if it does not fit, a mistake of the bench.
 */
size_t http_request(char *buffer, size_t capacity, const char *method, const char *path, const char *token,
                    const char *body);

#endif
