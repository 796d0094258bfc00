/*
 * report.h - the figures of a run: a table on stdout as they come, JSON in a file at the end.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdio.h>

enum report_target { REPORT_NO_TARGET, REPORT_AT_MOST, REPORT_AT_LEAST };

struct report;

/* Writes the table to out. Never NULL. */
struct report *report_init(FILE *out);

/* Writes the JSON to path unless NULL, frees. Returns how many scenarios failed, -1 if the file cannot be written. */
int report_deinit(struct report **report, const char *path);

/* A fact about the whole run, for the JSON's and the table's head. */
void report_fact(struct report *report, const char *name, const char *value);

/* What follows belongs to this scenario. */
void report_scenario(struct report *report, const char *name, const char *what);

/* One figure; target counts only with REPORT_AT_MOST or REPORT_AT_LEAST. */
void report_figure(struct report *report, const char *name, double value, const char *unit, enum report_target kind,
                   double target);

/* Something that the reader should know about this scenario. */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The scenario did not run as it should: a delivery was lost, a request refused, a process died. */
void report_failure(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
