/*
 * source.h - where values of the configuration come from: a file and the environment.
 *
 * In both an empty value is like none, but for LISTEN and LISTEN_TLS, where it says "nowhere".
 */
#ifndef CONFIG_SOURCE_H
#define CONFIG_SOURCE_H

#include "config/table.h"

/* What was set for each row of the table, NULL where nothing was. A zeroed struct is empty. */
struct config_source {
    struct config_setting {
        char *text;
        unsigned line; /* of the file; 0: the environment */
    } *settings;
};

void config_source_init(struct config_source *source);
void config_source_deinit(struct config_source *source);

/* Reads KEY=value lines. Returns -1 with *error_r (malloc'd) if the file cannot be read or a line is wrong. */
int config_source_read_file(struct config_source *source, const char *path, char **error_r);

/* Lets the environment override. */
void config_source_read_environment(struct config_source *source);

#endif
