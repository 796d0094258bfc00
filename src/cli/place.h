/*
 * place.h - the place of the server's database, held while something is put there: no server can start on it meanwhile.
 */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "cli/command.h"

struct place {
    const char *path;
    int file;                     /* holds the lock that a server holds while it runs */
    bool is_made;                 /* there was no file before */
};

/*
 * Takes the place. EXIT_BUSY if a server runs on that database; explained, like any other failure. It is given back
 * after SQLite has closed the file: closing it earlier would void SQLite's own locks.
 */
enum exit_status place_take(const char *path, struct place *place_r);

/* Gives it back; an empty file that was made only for the lock goes. */
void place_return(struct place *place);

/* Whether there is a database: a file that is not empty. */
bool place_is_filled(const struct place *place);

/* The owner and group of what was there, or of its directory, for a file that is put there by root. */
enum exit_status place_give(const struct place *place, const char *path);

#endif
