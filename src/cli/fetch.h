/*
 * fetch.h - one HTTP request and its answer, by libcurl: to our server, and, for the doctor, to others.
 */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fetch_request {
    const char *method;
    const char *url;
    const char *connect_to;       /* "host:port:address:port", as libcurl has it; NULL: where the URL says */
    const char *header;           /* one more, with the token; NULL: none */
    const char *body;             /* JSON; NULL: none */
    const char *ca_file;          /* authorities besides the system's; NULL: none */
    const char *pinned_keys;      /* instead of authorities: the server's key, as libcurl has it */
    size_t most;                  /* bytes of the answer; 0: as much as a list of our server may take */
    unsigned timeout_ms;
    bool is_direct;               /* past any proxy of the environment */
};

struct fetch_answer {
    int status;                   /* 0: there is none */
    char error[256];              /* then why */
    char *body;                   /* malloc'd, NUL-terminated, never NULL */
    size_t length;
    int64_t date;                 /* seconds, of the header Date; 0: none */
    int64_t asked_at, answered_at; /* nanoseconds */
    int64_t total;                /* of the header X-Total-Count; -1: none */
    size_t most;                  /* of its bytes, as the request says */
};

void fetch(const struct fetch_request *request, struct fetch_answer *answer_r);
void fetch_deinit(struct fetch_answer *answer);

#endif
