/*
 * body.h - reads a request's JSON body into the values that its route's table of fields names. body_read is the loop's, the rest
 * any thread's.
 */
#ifndef WORKER_BODY_H
#define WORKER_BODY_H

#include "worker/request.h"

/* Whether a request says that its body is JSON. */
bool body_is_json(h2o_req_t *http);

/*
 * Fills request->values. RESULT_WRONG_TYPE: not declared as JSON; RESULT_BAD_REQUEST: not JSON, not UTF-8, or a value out of
 * its bounds; RESULT_WRONG_SHAPE: a field is missing or of another type (the error names it).
 */
enum result body_read(struct request *request);

/* The same for a JSON text that came another way (a WebSocket message, a peer's): error_r is static or in `pool`. */
enum result body_parse(const char *text, size_t length, struct json_object **object_r, const char **error_r);
enum result body_values(h2o_mem_pool_t *pool, struct json_object *object, const struct field *fields,
                        size_t message_most, struct value *values, const char **error_r);

#endif
