/*
 * query.c - query parameters, by the table of their route: parsed, checked, bounded. Loop only, but for query_value.
 */
#include "worker/query.h"

#include "bering/text.h"
#include <stdio.h>
#include <string.h>

enum { WRONG_TEXT_MOST = 96 };

/* Digits alone, so that there is one way to write a number; enough of them are out of any bounds. */
static bool read_integer(const char *text, int64_t *value_r)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 18 || text[digits] != '\0')
        return false;
    *value_r = 0;
    for (size_t i = 0; i < digits; ++i)
        *value_r = *value_r * 10 + (text[i] - '0');
    return true;
}

static const char *must_be(h2o_mem_pool_t *pool, const char *what, const struct parameter *parameter)
{
    char *text = h2o_mem_alloc_pool(pool, WRONG_TEXT_MOST);

    snprintf(text, WRONG_TEXT_MOST, "must be %s %lld to %lld%s", what, (long long)parameter->least,
             (long long)parameter->most, parameter->type == PARAMETER_TEXT ? " bytes of UTF-8" : "");
    return text;
}

const char *query_value(h2o_mem_pool_t *pool, const struct parameter *parameter, const char *text,
                        struct value *value_r)
{
    size_t length = strlen(text);

    *value_r = (struct value){.present = true, .text = text, .length = length};
    switch (parameter->type) {
    case PARAMETER_TEXT:
        return (int64_t)length >= parameter->least && (int64_t)length <= parameter->most && text_is_utf8(text, length)
                   ? NULL
                   : must_be(pool, "text of", parameter);
    case PARAMETER_INTEGER:
        return read_integer(text, &value_r->key) && value_r->key >= parameter->least && value_r->key <= parameter->most
                   ? NULL
                   : must_be(pool, "a number from", parameter);
    case PARAMETER_UUID:
        return uuid_parse(text, length, &value_r->uuid) ? NULL : "must be a UUID";
    case PARAMETER_FLAG:
        value_r->boolean = strcmp(text, "1") == 0;
        return value_r->boolean || strcmp(text, "0") == 0 ? NULL : "must be 1 or 0";
    }
    return "cannot be read";
}

enum result query_read(struct request *request)
{
    const struct parameter *parameters = request->route->query;

    for (size_t i = 0; parameters != NULL && parameters[i].name != NULL; ++i) {
        const char *text = request_query(request, parameters[i].name);
        if (text == NULL && parameters[i].required)
            return request_fail(request, RESULT_BAD_REQUEST, "parameter `%s` is missing", parameters[i].name);
        if (text == NULL)
            continue;
        const char *wrong = query_value(&request->http->pool, &parameters[i], text, &request->parameters[i]);
        if (wrong != NULL)
            return request_fail(request, RESULT_BAD_REQUEST, "parameter `%s` %s", parameters[i].name, wrong);
    }
    return RESULT_OK;
}
