/*
 * grid.h - tables for people: columns as wide as what is in them on a terminal; and JSON for programs.
 *
 * What other people have written can hold no control character when it reaches a terminal.
 */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "cli/command.h"
#include <json-c/json.h>
#include <stdio.h>

enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER,                /* to the right */
    COLUMN_YES,                   /* "yes", or nothing */
    COLUMN_TIME,                  /* RFC 3339, shown to the second */
};

struct column {
    const char *title;            /* NULL ends a table */
    const char *field;            /* of each object */
    enum column_kind kind;
};

/* Prints an array of objects: as a table, or, if the call wants JSON, as it is. Takes the array over. */
enum exit_status grid_print(const struct call *call, const struct column *columns, struct json_object *array);

/* Prints JSON as one line, takes it over; EXIT_FAILED if standard output does not take it. */
enum exit_status print_json(struct json_object *json);

/* Ends what was printed: EXIT_DONE, or EXIT_FAILED if standard output did not take it. */
enum exit_status finish_output(void);

/* Prints text with anything that could move a cursor replaced; returns how many columns it took. */
size_t print_clean(FILE *out, const char *text);

/* Prints pairs, one a line: title and text, the titles aligned. NULL texts are left out. */
struct pair {
    const char *title;
    const char *text;
};
void print_pairs(const struct pair *pairs, size_t count);

/* "1.5 GiB", "3 days 4 h": into `room`, which they return. */
enum { AMOUNT_SIZE = 48 };
const char *format_bytes(int64_t bytes, char room[AMOUNT_SIZE]);
const char *format_duration(int64_t seconds, char room[AMOUNT_SIZE]);

#endif
