/*
 * fetch.c - one HTTP request and its answer. beringctl.
 *
 * Always holds: redirects are not followed, so a token goes to whom it was meant for; an answer has its bound.
 */
#include "cli/fetch.h"

#include "bering/clock.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MOST = 256 * 1024 * 1024 };

static size_t take_body(char *bytes, size_t size, size_t count, void *argument)
{
    struct fetch_answer *answer = argument;
    size_t length = size * count;

    if (length > answer->most - answer->length)
        return 0;
    char *body = realloc(answer->body, answer->length + length + 1);
    if (body == NULL)
        return 0;
    memcpy(body + answer->length, bytes, length);
    answer->body = body;
    answer->length += length;
    body[answer->length] = '\0';
    return length;
}

/* The value of a header line of this name; "" if it is another one. */
static void header_value(const char *line, size_t length, const char *name, char value[64])
{
    size_t prefix = strlen(name);

    value[0] = '\0';
    if (length > prefix && length < prefix + 60 && strncasecmp(line, name, prefix) == 0)
        snprintf(value, 64, "%.*s", (int)(length - prefix), line + prefix);
}

static size_t take_header(char *line, size_t size, size_t count, void *argument)
{
    struct fetch_answer *answer = argument;
    size_t length = size * count;
    char value[64];

    header_value(line, length, "date:", value);
    if (value[0] != '\0')
        answer->date = curl_getdate(value, NULL) > 0 ? curl_getdate(value, NULL) : 0;
    header_value(line, length, "x-total-count:", value);
    if (value[0] != '\0')
        answer->total = strtoll(value, NULL, 10);
    return length;
}

static void set_trust(CURL *curl, const struct fetch_request *request)
{
    if (request->pinned_keys != NULL) { /* the very key, whoever certified it */
        curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, request->pinned_keys);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (request->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
    }
}

static void set_request(CURL *curl, const struct fetch_request *request)
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "beringctl/" PACKAGE_VERSION);
    if (request->is_direct)
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    if (request->body != NULL)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    set_trust(curl, request);
}

static void perform(CURL *curl, struct fetch_answer *answer)
{
    char reason[CURL_ERROR_SIZE] = "";
    long status = 0;

    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
    answer->asked_at = clock_now();
    CURLcode code = curl_easy_perform(curl);
    answer->answered_at = clock_now();
    if (code == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    else
        snprintf(answer->error, sizeof(answer->error), "%s", reason[0] != '\0' ? reason : curl_easy_strerror(code));
    answer->status = (int)status;
}

void fetch(const struct fetch_request *request, struct fetch_answer *answer_r)
{
    static bool is_started;

    if (!is_started)
        curl_global_init(CURL_GLOBAL_DEFAULT);
    is_started = true;
    *answer_r = (struct fetch_answer){
        .body = calloc(1, 1), .total = -1, .most = request->most != 0 ? request->most : ANSWER_MOST};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:"), *connect_to = NULL;
    if (request->body != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (request->header != NULL)
        headers = curl_slist_append(headers, request->header);
    if (request->connect_to != NULL)
        connect_to = curl_slist_append(NULL, request->connect_to);
    if (curl == NULL || headers == NULL || answer_r->body == NULL)
        abort();
    set_request(curl, request);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to);
    perform(curl, answer_r);
    curl_slist_free_all(headers);
    curl_slist_free_all(connect_to);
    curl_easy_cleanup(curl);
}

void fetch_deinit(struct fetch_answer *answer)
{
    free(answer->body);
    answer->body = NULL;
}
