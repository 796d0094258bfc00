/*
 * privileges.c - from root to the server's own user. Master, and children right after their fork.
 */
#include "master/privileges.h"

#include "bering/log.h"
#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(char **error_r, const char *key, const char *name, const char *what)
{
    if (asprintf(error_r, "%s: \"%s\" %s", key, name, what) < 0)
        *error_r = NULL;
    return -1;
}

static int find_group(const struct config *config, struct privileges *privileges, char **error_r)
{
    if (config->run_as_group == NULL)
        return 0;
    const struct group *group = getgrnam(config->run_as_group);
    if (group == NULL)
        return fail(error_r, "RUN_AS_GROUP", config->run_as_group, "is no group of this machine");
    privileges->group = group->gr_gid;
    return 0;
}

int privileges_find(const struct config *config, struct privileges *privileges_r, char **error_r)
{
    const char *name = config->run_as_user;

    *privileges_r = (struct privileges){0};
    if (name == NULL) {
        if (geteuid() == 0)
            log_warn("all processes run as root: RUN_AS_USER is not set");
        return 0;
    }
    const struct passwd *user = getpwnam(name);
    if (user == NULL)
        return fail(error_r, "RUN_AS_USER", name, "is no user of this machine");
    privileges_r->user = user->pw_uid;
    privileges_r->group = user->pw_gid;
    if (find_group(config, privileges_r, error_r) != 0)
        return -1;
    if (geteuid() != 0)
        return geteuid() == user->pw_uid ? 0 : fail(error_r, "RUN_AS_USER", name, "can be become by root only");
    if (user->pw_uid == 0)
        return fail(error_r, "RUN_AS_USER", name, "is root: name a user of its own, or none");
    privileges_r->group_count = PRIVILEGES_GROUPS_MOST;
    if (getgrouplist(name, privileges_r->group, privileges_r->groups, &privileges_r->group_count) < 0)
        return fail(error_r, "RUN_AS_USER", name, "is in too many groups");
    privileges_r->drops = true;
    return 0;
}

void privileges_drop(const struct privileges *privileges)
{
    if (!privileges->drops)
        return;
    if (setgroups((size_t)privileges->group_count, privileges->groups) != 0 ||
        setresgid(privileges->group, privileges->group, privileges->group) != 0 ||
        setresuid(privileges->user, privileges->user, privileges->user) != 0) {
        log_error("cannot give up root: %s", strerror(errno));
        _exit(1);
    }
    assert(setuid(0) == -1 && geteuid() == privileges->user);
}

void privileges_lower(const struct privileges *privileges)
{
    if (!privileges->drops)
        return;
    int status = setegid(privileges->group);
    if (status == 0)
        status = seteuid(privileges->user);
    assert(status == 0);
}

void privileges_raise(const struct privileges *privileges)
{
    if (!privileges->drops)
        return;
    int status = seteuid(0);
    if (status == 0)
        status = setegid(0);
    assert(status == 0);
}
