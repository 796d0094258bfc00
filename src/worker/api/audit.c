/*
 * audit.c - the log of what administrators do, as they read it. Worker, job threads only.
 */
#include "bering/audit.h"
#include "worker/api/api.h"

enum { TEXT, LIMIT, BEFORE };

enum { TEXT_MOST = 200, ROWS_MOST = 500, ROWS = 100 };

const struct parameter audit_parameters[] = {
    [TEXT] = {"q", PARAMETER_TEXT, false, 0, TEXT_MOST},
    [LIMIT] = {"limit", PARAMETER_INTEGER, false, 1, ROWS_MOST},
    [BEFORE] = {"before", PARAMETER_INTEGER, false, 1, INT64_MAX},
    {NULL, 0, false, 0, 0},
};

static void write_entry(void *argument, const struct audit_entry *entry)
{
    struct json *json = argument;

    json_object_begin(json);
    json_key_integer(json, "id", entry->key);
    json_key(json, "at");
    json_time(json, entry->at);
    json_key_text(json, "actor", entry->actor);
    json_key_text(json, "action", entry->action);
    json_key_text(json, "object", entry->object);
    json_key_text(json, "details", entry->details); /* JSON as text, as it was stored */
    json_key_text(json, "address", entry->address);
    json_object_end(json);
}

enum result audit_list(struct action *action, struct store *store)
{
    const struct value *limit = &action->parameters[LIMIT];

    json_array_begin(&action->answer);
    enum result result = store_audit(store, action->parameters[BEFORE].key, action->parameters[TEXT].text,
                                     limit->present ? (unsigned)limit->key : ROWS, write_entry, &action->answer);
    json_array_end(&action->answer);
    return result;
}
