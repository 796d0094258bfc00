/*
 * privileges.h - whom the processes run as. The master keeps what it was started with, since it reads keys, binds ports
 * and starts the next program; all others give it up for good before they do anything.
 */
#ifndef MASTER_PRIVILEGES_H
#define MASTER_PRIVILEGES_H

#include "bering/config.h"
#include <stdbool.h>
#include <sys/types.h>

enum { PRIVILEGES_GROUPS_MOST = 64 };

struct privileges {
    bool drops;               /* false: everything runs as it was started */
    uid_t user;
    gid_t group;
    gid_t groups[PRIVILEGES_GROUPS_MOST];
    int group_count;
};

/*
 * Looks up RUN_AS_USER and RUN_AS_GROUP. Returns -1 with *error_r (malloc'd): unknown, root itself, or not started by
 * root.
 */
int privileges_find(const struct config *config, struct privileges *privileges_r, char **error_r);

/* Child: becomes that user, for good. Ends the process if that fails. */
void privileges_drop(const struct privileges *privileges);

/* Master: makes files as that user between the two. */
void privileges_lower(const struct privileges *privileges);
void privileges_raise(const struct privileges *privileges);

#endif
