/*
 * activation.h - listening sockets that the service manager has opened (LISTEN_FDS, LISTEN_FDNAMES).
 *
 * One whose name begins with "tls" or "https" is for TLS, any other one for plain HTTP.
 */
#ifndef MASTER_ACTIVATION_H
#define MASTER_ACTIVATION_H

#include <stdbool.h>

/* How many this process was given; 0 if none. Its environment says so until it ends. */
unsigned activation_count(void);

/*
 * The descriptor of one of them, its name (malloc'd), and whether it is for TLS. Returns -1 if it is no listening
 * socket.
 */
int activation_socket(unsigned index, char **name_r, bool *tls_r);

#endif
