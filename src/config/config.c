/*
 * config.c - the effective configuration: defaults, then the file, then the environment, then what must fit together.
 *
 * Configuration: read by the master before anything else, and again with SIGHUP. Every error names the key, the
 * value (unless it is secret) and what would be right.
 */
#include "bering/config.h"

#include "bering/bus.h"
#include "bering/text.h"
#include "config/listen.h"
#include "config/source.h"
#include "config/table.h"
#include "config/value.h"
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static char *sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *sentence(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    return text;
}

static void set_defaults(struct config *config)
{
    for (size_t i = 0; i < config_rows; i++)
        if (config_table[i].fallback != NULL) {
            char *wrong = config_value_set(config, &config_table[i], config_table[i].fallback);
            assert(wrong == NULL);
        }
}

/* The functions from here to check_all return NULL or the error, malloc'd. */
static char *set_settings(struct config *config, const struct config_source *source, const char *file)
{
    for (size_t i = 0; i < config_rows; i++) {
        const struct config_row *row = &config_table[i];
        const struct config_setting *setting = &source->settings[i];
        char *wanted = setting->text != NULL ? config_value_set(config, row, setting->text) : NULL;
        if (wanted == NULL)
            continue;
        char *place = setting->line > 0 ? sentence("%s:%u: ", file, setting->line) : sentence("%s", "");
        char *error = sentence("%s%s: \"%s\" is not right: it must be %s", place, row->key,
                               row->secret ? "********" : setting->text, wanted);
        free(place);
        free(wanted);
        return error;
    }
    return NULL;
}

static char *check_readable(const char *key, const char *path)
{
    if (access(path, R_OK) != 0)
        return sentence("%s: \"%s\" cannot be read (%s): it must be a PEM file that the server may read", key, path,
                        strerror(errno));
    return NULL;
}

/* systemd may have opened the addresses. */
static bool has_sockets(void)
{
    return getenv("LISTEN_FDS") != NULL;
}

static char *check_tls_files(const char *key, const char *list, unsigned *count_r)
{
    char *path, *error = NULL;

    if (list == NULL)
        return sentence("%s is not set: LISTEN_TLS needs TLS_CERT_FILE and TLS_KEY_FILE", key);
    for (*count_r = 0; error == NULL && (path = text_next_word(&list, ',')) != NULL; ++*count_r) {
        error = check_readable(key, path);
        free(path);
    }
    return error;
}

static char *check_tls(const struct config *config)
{
    unsigned certificates = 0, keys = 0;

    bool given = has_sockets() && (config->tls_cert_file != NULL || config->tls_key_file != NULL);
    if (listen_is_empty(config->listen_tls) && !given)
        return NULL;
    char *error = check_tls_files("TLS_CERT_FILE", config->tls_cert_file, &certificates);
    if (error == NULL)
        error = check_tls_files("TLS_KEY_FILE", config->tls_key_file, &keys);
    if (error == NULL && certificates != keys)
        error = sentence("TLS_KEY_FILE names %u files and TLS_CERT_FILE %u: each certificate needs its key, in the same "
                         "order", keys, certificates);
    return error;
}

static char *check_redirect(const struct config *config)
{
    if (config->redirect_http && strncasecmp(config->base_url, "https://", 8) != 0)
        return sentence("REDIRECT_HTTP: \"on\" is not right where BASE_URL is %s: that must be the https address to "
                        "lead to", config->base_url);
    return NULL;
}

static char *check_turn(const struct config *config)
{
    if (config->turn_urls[0] == '\0' || config->turn_secret != NULL ||
        (config->turn_username != NULL && config->turn_password != NULL))
        return NULL;
    return sentence("TURN_URLS: \"%s\" needs TURN_SECRET, or TURN_USERNAME and TURN_PASSWORD", config->turn_urls);
}

static char *check_listen(const struct config *config)
{
    if (!has_sockets() && listen_is_empty(config->listen) && listen_is_empty(config->listen_tls))
        return sentence("LISTEN: \"%s\" is not right where LISTEN_TLS is empty, too: the server must listen somewhere",
                        config->listen);
    return NULL;
}

static char *check_metrics(const struct config *config)
{
    char *open = listen_find_public(config->metrics_listen), *error = NULL;

    if (open != NULL && config->metrics_token == NULL)
        error = sentence("METRICS_LISTEN: \"%s\" needs METRICS_TOKEN, since others can reach it: set that, or listen "
                         "on localhost only", open);
    free(open);
    return error;
}

/* Everybody can read the defaults of the secrets, so they do for an address that only this machine reaches. */
static char *check_secrets(const struct config *config, const struct config_source *source)
{
    char *open = listen_find_public(config->listen);
    char *error = NULL;

    if (open == NULL)
        open = listen_find_public(config->listen_tls);
    if (open == NULL && has_sockets())
        open = text_copy("the sockets that it was given");
    for (size_t i = 0; i < config_rows && open != NULL && error == NULL; i++) {
        const struct config_row *row = &config_table[i];
        const char *text = source->settings[i].text;
        if (!row->public_secret)
            continue;
        if (text == NULL)
            error = sentence("%s is not set: its default is public, and others can reach this server on %s; set it to "
                             "something long and random, or listen on localhost only", row->key, open);
        else if (strcmp(text, row->fallback) == 0)
            log_warn("%s is the public default, and others can reach this server on %s", row->key, open);
    }
    free(open);
    return error;
}

static char *check_all(const struct config *config, const struct config_source *source)
{
    char *error = check_listen(config);

    if (error == NULL)
        error = check_tls(config);
    if (error == NULL)
        error = check_turn(config);
    if (error == NULL)
        error = check_redirect(config);
    if (error == NULL)
        error = check_metrics(config);
    if (error == NULL && config->federation_ca_file != NULL)
        error = check_readable("FEDERATION_CA_FILE", config->federation_ca_file);
    return error ? error : check_secrets(config, source);
}

/* As many as there are cores that this process may use. */
static unsigned default_workers(void)
{
    cpu_set_t set;
    int cores = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

    return cores < BUS_PROCESSES - 2 ? (unsigned)cores : BUS_PROCESSES - 2;
}

struct config *config_load(const char *file, char **error_r)
{
    struct config *config = calloc(1, sizeof(*config));
    struct config_source source;
    char *error = NULL;

    if (config == NULL)
        abort();
    config_source_init(&source);
    set_defaults(config);
    if (file == NULL || config_source_read_file(&source, file, &error) == 0) {
        config_source_read_environment(&source);
        error = set_settings(config, &source, file);
    }
    log_init(config->log_level, config->log_format); /* for the warnings of the checks */
    if (error == NULL)
        error = check_all(config, &source);
    if (config->workers == 0)
        config->workers = default_workers();
    config_source_deinit(&source);
    if (error != NULL) {
        config_free(&config);
        *error_r = error;
    }
    return config;
}

void config_take_live(struct config *config, struct config *next, void (*other)(const char *key))
{
    for (size_t i = 0; i < config_rows; i++) {
        const struct config_row *row = &config_table[i];
        if (config_value_equal(config, next, row))
            continue;
        if (row->is_live)
            config_value_swap(config, next, row);
        else
            other(row->key);
    }
}

void config_copy_live(struct config *config, const struct config *source)
{
    for (size_t i = 0; i < config_rows; i++)
        if (config_table[i].is_live && !config_value_is_text(&config_table[i]))
            config_value_copy(config, source, &config_table[i]);
}

void config_free(struct config **config)
{
    if (*config == NULL)
        return;
    for (size_t i = 0; i < config_rows; i++)
        config_value_free(*config, &config_table[i]);
    free(*config);
    *config = NULL;
}

void config_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < config_rows; i++) {
        if (config_table[i].type == CONFIG_RUST_LOG)
            continue; /* LOG_LEVEL shows what came of it */
        fprintf(out, "%s=", config_table[i].key);
        config_value_print(config, &config_table[i], out);
        fputc('\n', out);
    }
}

void config_help(FILE *out)
{
    for (size_t i = 0; i < config_rows; i++) {
        const struct config_row *row = &config_table[i];
        bool none = row->fallback == NULL || row->fallback[0] == '\0';
        fprintf(out, "  %-24s %-22s %s%s\n", row->key, none ? "(none)" : row->fallback, row->help,
                row->is_live ? " (live)" : "");
    }
}
