/*
 * acceptor.h - takes connections from the listeners, as many as there are descriptors for. Loop only.
 */
#ifndef WORKER_ACCEPTOR_H
#define WORKER_ACCEPTOR_H

struct acceptor;
struct ssl_ctx_st;
struct worker;

/* Listens on this worker's sockets. The result lives as long as the process: connections refer to it until they end. */
struct acceptor *acceptor_start(struct worker *worker, unsigned number);
/* Stops listening; connections go on. */
void acceptor_close(struct acceptor *acceptor);

/* New connections use this context, which belongs to the acceptor from now on; those that there are keep theirs. */
void acceptor_use_tls(struct acceptor *acceptor, struct ssl_ctx_st *tls);

/*
 * Listens again, if descriptors had run out for a while, and lets old TLS contexts go. To be called each second or so.
 */
void acceptor_turn(struct acceptor *acceptor);

/* How many connections are open. */
unsigned acceptor_connections(const struct acceptor *acceptor);

/* Hangs up on the connections that are between two requests. */
void acceptor_hang_up_idle(struct acceptor *acceptor);

#endif
