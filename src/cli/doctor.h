/*
 * doctor.h - what the doctor's checks share: how they report, and what has been found out so far.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/command.h"
#include <json-c/json.h>

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

struct doctor {
    const struct call *call;
    const struct config *config;
    const char *check;            /* the name of the check that runs */
    struct json_object *findings;
    unsigned counts[VERDICT_FAIL + 1];
    bool is_running;              /* a server holds the database */
};

/* `what`: what was found, a sentence; `advice`: what to do, NULL if nothing is to be done. */
void finding(struct doctor *doctor, enum verdict verdict, const char *advice, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

typedef void doctor_check(struct doctor *doctor);

/* ---- doctor_machine.c ---- */
doctor_check check_database, check_log, check_snapshots, check_disk, check_permissions, check_limits, check_clock;

/* ---- doctor_network.c ---- */
doctor_check check_listeners, check_certificate, check_base_url, check_peers, check_turn, check_gifs;

#endif
