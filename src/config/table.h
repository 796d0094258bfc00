/*
 * table.h - the configuration's one table: what can be set, of which type, to what by default, and what it means.
 */
#ifndef CONFIG_TABLE_H
#define CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_type {
    CONFIG_TEXT,      /* const char *: UTF-8 without control characters, minimum to maximum bytes */
    CONFIG_NAME,      /* const char *: as text_is_username has it */
    CONFIG_TOKEN,     /* const char *: printable ASCII, as an HTTP header carries it */
    CONFIG_URL,       /* const char *: http or https, without a slash at the end */
    CONFIG_PATH,      /* const char * */
    CONFIG_PATHS,     /* const char *: several, with commas between */
    CONFIG_NETWORKS,  /* const char *: addresses and networks, with commas between, "" for none */
    CONFIG_LISTEN,    /* const char *: addresses, "" for none */
    CONFIG_INTEGER,   /* unsigned, minimum to maximum */
    CONFIG_SIZE,      /* size_t, bytes, minimum to maximum, suffixes k and m */
    CONFIG_POWER,     /* the same, rounded up to a power of two */
    CONFIG_CHOICE,    /* unsigned: the place of the word in choices */
    CONFIG_RUST_LOG,  /* unsigned: the first level that is named, if any */
};

struct config_row {
    const char *key;
    enum config_type type;
    size_t offset;                /* of the value in struct config */
    const char *fallback;         /* the default, as if it was written in the file; NULL: stays unset */
    uint64_t minimum, maximum;
    const char *const *choices;   /* ends with NULL */
    bool secret;                  /* never shown */
    bool public_secret;           /* everybody knows the default, so it does for loopback only */
    bool is_live;                 /* SIGHUP changes it in a running server */
    const char *help;
};

extern const struct config_row config_table[];
extern const size_t config_rows;

/* The row of a key, NULL if there is none. */
const struct config_row *config_find(const char *key, size_t length);

#endif
