/*
 * proxy_line.h - the line with which a proxy may begin a connection (PROXY protocol, version 1): who the client is.
 */
#ifndef WORKER_PROXY_LINE_H
#define WORKER_PROXY_LINE_H

#include <stddef.h>
#include <sys/socket.h>

enum { PROXY_LINE_INCOMPLETE = -1, PROXY_LINE_MOST = 107 };

/*
 * Reads what a connection begins with. Returns the line's length; 0 if there is none; PROXY_LINE_INCOMPLETE if that
 * cannot be told yet. *length_r is that of *peer_r: 0 if the line names nobody.
 */
int proxy_line_read(const char *bytes, size_t size, struct sockaddr_storage *peer_r, socklen_t *length_r);

#endif
