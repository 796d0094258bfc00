/*
 * upgrade.h - SIGUSR2: another program takes the place of this one, in the same process.
 *
 * The program before: tries out the new one (check-upgrade), writes down what it has, and executes it. The new one:
 * takes over, starts its own workers beside those that serve, and tells those to end once its own are ready. Whatever
 * goes wrong until then leads back to the program before, whose workers have noticed nothing.
 */
#ifndef MASTER_UPGRADE_H
#define MASTER_UPGRADE_H

struct config;
struct master;

/* The program before. Returns only if it stays as it is. */
void upgrade_execute(struct master *master);

/* The trial of a new one: 0 if its configuration names the database of the program before, or there is none. */
int upgrade_check(const struct config *config);

/*
 * The new one: if workers of before cannot stay beside new ones (the schema changes, the segment is another), ends
 * them.
 */
int upgrade_make_way(struct master *master);

/* The new one: waits until its workers are ready, then tells those of before to end. Returns -1 if they fail. */
int upgrade_finish(struct master *master);

/* The new one could not start: the program before goes on. Returns if there is none. */
void upgrade_return(struct master *master);

#endif
