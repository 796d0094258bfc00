/*
 * stun.h - whether a STUN or TURN server answers (RFC 8489): for the doctor.
 */
#ifndef CLI_STUN_H
#define CLI_STUN_H

#include <stdbool.h>

/*
 * Sends a binding request to "stun:host:port", "turn:host:port?transport=tcp" or the like, and waits at most so long
 * for its answer. stuns and turns: whether a TCP connection comes about. False with *error_r (malloc'd).
 */
bool stun_probe(const char *url, unsigned timeout_ms, char **error_r);

#endif
