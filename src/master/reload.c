/*
 * reload.c - configuration, certificates and log files, again. Master only.
 *
 * Always holds: what is wrong changes nothing, and the log says why. Which keys may change is a column of the
 * configuration's table; the others are named, and wait for a restart.
 */
#include "master/reload.h"

#include "bering/live.h"
#include "bering/log.h"
#include "master/notify.h"
#include "master/state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void master_publish(struct master *master)
{
    const struct tls_bundle *bundle = &master->certificates.bundle;

    live_publish(master->inheritance.live, master->config, bundle->text, bundle->length);
    children_tell(master->children, ORDER_TAKE_LIVE);
}

void reload_certificates(struct master *master)
{
    if (certificates_reload(&master->certificates, &master->inheritance))
        master_publish(master);
}

static void needs_restart(const char *key)
{
    log_warn("%s has changed: that needs a restart", key);
}

void reload(struct master *master)
{
    struct config *config = master->config;
    char *error = NULL;

    notify_reloading("reading the configuration again");
    struct config *next = config_load(master->file, &error);
    if (next != NULL) {
        config_take_live(config, next, needs_restart);
        log_init(config->log_level, config->log_format);
        certificates_reload(&master->certificates, &master->inheritance);
        master_publish(master);
        log_info("SIGHUP: the configuration is read again");
    } else {
        log_init(config->log_level, config->log_format);
        log_error("SIGHUP: the configuration stays as it was: %s", error);
    }
    notify("READY=1\nSTATUS=%s", next != NULL ? "serving" : "serving; the changed configuration is wrong, see the log");
    config_free(&next);
    free(error);
}

void reopen_logs(struct master *master)
{
    const char *path = master->config->log_file;

    if (path != NULL) {
        privileges_lower(&master->privileges);
        int status = log_open(path);
        privileges_raise(&master->privileges);
        if (status != 0)
            log_error("cannot open LOG_FILE=%s anew: %s", path, strerror(errno));
    }
    children_tell(master->children, ORDER_REOPEN_LOG);
    children_tell_retiring(master->children, ORDER_REOPEN_LOG);
    log_info("SIGUSR1: logs are opened anew");
}
