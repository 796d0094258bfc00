/*
 * server.h - the server under test: started in a directory of its own, watched through /proc, stopped.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include "link.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SERVER_ADMIN_TOKEN  "bench-admin-token"
#define SERVER_TOKEN_PREFIX "bench-server-token-" /* and its name: what it shows to other servers */

enum { SERVER_PROCESSES = 64, SERVER_PATH_MAX = 512 };

struct server_options {
    const char *path;      /* of the binary */
    const char *name;      /* SERVER_NAME */
    const char *directory; /* where its own directory is made */
    unsigned workers;
    bool tls;            /* also listen with TLS, with a certificate of its own */
    const char *preload; /* LD_PRELOAD, or NULL */
};

struct server {
    pid_t pid; /* the master; 0: not running */
    char directory[SERVER_PATH_MAX];
    struct target plain, tls, http2; /* http2: that of tls, spoken to by HTTP/2 */
    pid_t processes[SERVER_PROCESSES]; /* master and what it forked, as of server_start */
    unsigned process_count;
    char problem[256]; /* why the last call failed */
};

/* Whom clients speak to: for tables of scenarios. */
const struct target *server_plain(const struct server *server);
const struct target *server_tls(const struct server *server);
const struct target *server_http2(const struct server *server);

/*
 * Makes the directory and finds ports (once: a second start after server_stop finds the same database and is found at
 * the same address) and starts the server; returns when GET /health answers. 0, or -1 with `problem`.
 */
int server_start(struct server *server, const struct server_options *options);

/* SIGTERM, and SIGKILL after 15 s. Returns 0 if it ended by itself with status 0; otherwise -1 with `problem`. */
int server_stop(struct server *server);

/* Stops it if it runs and removes the directory. */
void server_deinit(struct server *server);

/* 0 if the same processes run as after the start; -1 with `problem` if one died. */
int server_check(struct server *server);

/* CPU time of all threads of all its processes so far, ns. Threads that ended since are not in it: it ends none. */
uint64_t server_cpu_ns(const struct server *server);

struct server_memory {
    uint64_t process; /* heap, stacks and changed pages: anonymous memory, bytes */
    uint64_t shared;  /* pages of the shared segment in use */
};
struct server_memory server_memory(const struct server *server);

/* The process that holds the other end of one of our connections, 0 if it cannot be told. */
pid_t server_holder(const struct server *server, int fd);

#endif
