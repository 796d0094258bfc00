/*
 * master.h - the first process: it opens what all share, and then only supervises.
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include "bering/config.h"

/*
 * Runs the server until SIGTERM or SIGINT; `file` is where the configuration came from, NULL if from no file. Takes the
 * configuration's values over as they change. Returns the program's exit status: 0 after a drain, 1 if the start failed
 * (the reason is logged).
 */
int master_run(struct config *config, const char *file);

/*
 * Looks at what an upgrade would need beyond a right configuration: certificates, the same database. Returns the exit
 * status; the reason is logged.
 */
int master_check(struct config *config, const char *file);

#endif
