/*
 * master.h - the first process: it opens what all share, and then only supervises.
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include "bering/config.h"

/*
 * Runs the server until SIGTERM or SIGINT. Returns the program's exit status: 0 after a drain, 1 if the start failed (the
 * reason is logged).
 */
int master_run(const struct config *config);

#endif
