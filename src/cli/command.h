/*
 * command.h - what a command of beringctl is: one row of the table in commands.c, and what its function is called with.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "bering/config.h"
#include <stdbool.h>
#include <stddef.h>

/* What a command ends with, for programs: explained by `beringctl help`. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNREACHABLE = 3,
    EXIT_REFUSED = 4,
    EXIT_MISSING = 5,
    EXIT_BUSY = 6,
};

enum need {
    NEEDS_NOTHING,
    NEEDS_CONFIG,                 /* the configuration: it works on files */
    NEEDS_SERVER,                 /* a running server's admin API */
};

enum parameter_kind {
    WORD,                         /* has its place on the command line */
    OPTIONAL_WORD,
    FLAG,                         /* --name */
    OPTION,                       /* --name VALUE */
};

struct parameter {
    enum parameter_kind kind;
    const char *name;             /* "USER", "--yes"; NULL ends a table */
    const char *value;            /* of an option: what follows it */
    const char *help;
};

enum { PARAMETERS_MOST = 6 };

struct call;

struct command {
    const char *group;            /* the first word; NULL: the command is one word */
    const char *name;
    const struct parameter *parameters; /* at most PARAMETERS_MOST, words first; NULL: none */
    enum need need;
    enum exit_status (*run)(struct call *call);
    const char *help;             /* a line */
    const char *more;             /* what else must be known; NULL: nothing */
};

extern const struct command commands[];
extern const size_t command_count;

struct client;

struct call {
    const struct command *command;
    const struct config *config;  /* NULL unless the command needs it; also with --server */
    const char *config_file;      /* NULL: none */
    struct client *client;        /* if it needs the server */
    bool json;
    const char *values[PARAMETERS_MOST]; /* by the parameter's place; NULL: not given; "" for a flag */
};

/* Prints "beringctl: ..." to standard error; returns `status`. */
enum exit_status fail(enum exit_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a sentence that is malloc'd (NULL: out of memory), which it frees. */
enum exit_status fail_with(enum exit_status status, char *error);

/* The row of one or two words; *words_r is how many they are. NULL if there is none. */
const struct command *command_find(const char *first, const char *second, int *words_r);

/* What is typed for a command: "users list". Returns room. */
enum { COMMAND_WORDS_SIZE = 64 };
const char *command_words(const struct command *command, char room[COMMAND_WORDS_SIZE]);

/* Whether a group has this name. */
bool command_is_group(const char *name);

#endif
