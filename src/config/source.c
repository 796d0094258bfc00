/*
 * source.c - reads the configuration file and the environment into one setting a row.
 *
 * Configuration: read by the master before anything else. An unknown key is an error in the file only: the environment
 * is full of other programs' variables.
 */
#include "config/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char spaces[] = " \t\r\n";

void config_source_init(struct config_source *source)
{
    source->settings = calloc(config_rows, sizeof(*source->settings));
    if (source->settings == NULL)
        abort();
}

void config_source_deinit(struct config_source *source)
{
    for (size_t i = 0; i < config_rows; i++)
        free(source->settings[i].text);
    free(source->settings);
    source->settings = NULL;
}

static void set(struct config_setting *setting, const char *text, unsigned line)
{
    free(setting->text);
    setting->text = strdup(text);
    if (setting->text == NULL)
        abort();
    setting->line = line;
}

static int fail(char **error_r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int fail(char **error_r, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(error_r, format, arguments) < 0)
        abort();
    va_end(arguments);
    return -1;
}

/* Cuts white space off both ends, in place. */
static char *trim(char *text)
{
    text += strspn(text, spaces);
    size_t length = strlen(text);
    while (length > 0 && strchr(spaces, text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
    return text;
}

/* Takes the quotes off a quoted value, in place. NULL if a quote is not closed, or something follows it. */
static char *unquote(char *value)
{
    size_t length = strlen(value);

    if (value[0] != '"' && value[0] != '\'')
        return value;
    if (length < 2 || strchr(value + 1, value[0]) != value + length - 1)
        return NULL;
    value[length - 1] = '\0';
    return value + 1;
}

/* An empty value is like none; only for addresses it says "nowhere". */
static bool says_something(const struct config_row *row, const char *value)
{
    return value[0] != '\0' || row->type == CONFIG_LISTEN;
}

static int read_line(struct config_source *source, const char *path, unsigned number, char *line, char **error_r)
{
    char *key = trim(line);
    char *equals = strchr(key, '=');

    if (key[0] == '\0' || key[0] == '#')
        return 0;
    if (equals == NULL)
        return fail(error_r, "%s:%u: \"%s\" is not a setting: write KEY=value", path, number, key);
    *equals = '\0';
    char *value = unquote(trim(equals + 1));
    trim(key);
    const struct config_row *row = config_find(key, strlen(key));
    if (row == NULL)
        return fail(error_r, "%s:%u: \"%s\" is not a key: beringshare --help lists them all", path, number, key);
    if (value == NULL)
        return fail(error_r, "%s:%u: %s: a quote is not closed, or something follows it", path, number, key);
    if (!says_something(row, value))
        return 0;
    struct config_setting *setting = &source->settings[row - config_table];
    if (setting->text != NULL)
        return fail(error_r, "%s:%u: %s is set again: line %u has it already", path, number, key, setting->line);
    set(setting, value, number);
    return 0;
}

static int read_lines(struct config_source *source, const char *path, FILE *file, char **error_r)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int status = 0;

    for (unsigned number = 1; status == 0 && (length = getline(&line, &capacity, file)) >= 0; number++) {
        if (strlen(line) != (size_t)length)
            status = fail(error_r, "%s:%u: there is a NUL byte: this is not a text file", path, number);
        else
            status = read_line(source, path, number, line, error_r);
    }
    free(line);
    if (status == 0 && ferror(file))
        status = fail(error_r, "cannot read the configuration file \"%s\": %s", path, strerror(errno));
    return status;
}

int config_source_read_file(struct config_source *source, const char *path, char **error_r)
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return fail(error_r, "cannot open the configuration file \"%s\": %s", path, strerror(errno));
    int status = read_lines(source, path, file, error_r);
    fclose(file);
    return status;
}

void config_source_read_environment(struct config_source *source)
{
    for (size_t i = 0; i < config_rows; i++) {
        const char *text = getenv(config_table[i].key);
        if (text != NULL && says_something(&config_table[i], text))
            set(&source->settings[i], text, 0);
    }
}
