/*
 * reload.h - what the master does for signals while the server runs, apart from ending and upgrading.
 */
#ifndef MASTER_RELOAD_H
#define MASTER_RELOAD_H

struct master;

/*
 * SIGHUP: reads configuration and certificates again, and takes over what may change now. A wrong one changes nothing.
 */
void reload(struct master *master);

/* SIGUSR1: opens LOG_FILE anew, here and in all children. */
void reopen_logs(struct master *master);

/* A certificate file has changed: takes the new ones up, if they are right. */
void reload_certificates(struct master *master);

#endif
