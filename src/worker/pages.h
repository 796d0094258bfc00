/*
 * pages.h - the web pages among the static files: under which paths they are, which script of theirs may run, and which
 * files are nobody's business. Loop only.
 */
#ifndef WORKER_PAGES_H
#define WORKER_PAGES_H

#include "worker/h2o.h"
#include <stdbool.h>

struct pages;

/*
 * Reads the pages in this folder, blocking: a page that is missing, or has something odd in it, is a line in the log
 * and goes without its inline script.
 */
struct pages *pages_new(const char *directory);
void pages_free(struct pages **pages);

/*
 * The folder without symbolic links: what h2o serves, and what pages_may_serve compares with. Valid as long as the
 * pages.
 */
const char *pages_directory(const struct pages *pages);

/* If a request's path is a page's, it becomes that of the file. */
void pages_enter(h2o_req_t *http);

/*
 * Whether a path may be a file's: false if it leads to a hidden one, or by a symbolic link out of the folder. Looks at
 * the disk, like h2o afterwards.
 */
bool pages_may_serve(const struct pages *pages, const h2o_req_t *http);

/* The content-security-policy of an answer, by the path of its request. Valid as long as the pages. */
const char *pages_policy(const struct pages *pages, const h2o_req_t *http);

#endif
