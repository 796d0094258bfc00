/*
 * client.c - the admin API of one server. beringctl.
 *
 * A command that changes something goes through the running server, so that rights, events, caches and other servers
 * follow. The server of the configuration is looked for on loopback: its plain listener first, then the encrypted one,
 * which is known by its key (the certificate names BASE_URL's host, not this address).
 */
#include "cli/client.h"

#include "cli/fetch.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 60 * 1000, TARGETS_MOST = 2 };

/* Where it may be; the next one is tried when nobody answers, or with a redirect. */
struct target {
    char *url;                    /* without a slash at the end */
    char *pinned_keys;            /* NULL: trusted by its certificate */
    bool is_direct;
};

struct client {
    struct target targets[TARGETS_MOST];
    size_t count, current;
    char *header;
};

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *format, ...)
{
    va_list arguments;
    char *result;

    va_start(arguments, format);
    if (vasprintf(&result, format, arguments) < 0)
        abort();
    va_end(arguments);
    return result;
}

/* ---- where it is ---- */

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0;
}

/*
 * The best of a list of addresses as "host:port", malloc'd: a loopback one, or else the first. NULL if there is none.
 */
static char *pick_address(const char *list)
{
    char *copy = strdup(list), *rest = NULL, *best = NULL;

    if (copy == NULL)
        abort();
    for (char *word = strtok_r(copy, ", ", &rest); word != NULL; word = strtok_r(NULL, ", ", &rest)) {
        char *colon = strrchr(word, ':');
        *colon = '\0'; /* the configuration has checked its form */
        bool is_any = word[0] == '\0' || strcmp(word, "*") == 0 || strcmp(word, "0.0.0.0") == 0;
        const char *host = is_any ? "127.0.0.1" : strcmp(word, "[::]") == 0 ? "[::1]" : word;
        if (best != NULL && !is_loopback(host))
            continue;
        bool is_best = is_loopback(host);
        free(best);
        best = text("%s:%s", host, colon + 1);
        if (is_best)
            break;
    }
    free(copy);
    return best;
}

/* ---- the key of our own certificate ---- */

static char *pin_of(X509 *certificate)
{
    unsigned char *encoded = NULL, digest[32], base64[48];
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);

    if (length <= 0 || EVP_Digest(encoded, (size_t)length, digest, NULL, EVP_sha256(), NULL) != 1)
        abort();
    OPENSSL_free(encoded);
    EVP_EncodeBlock(base64, digest, sizeof(digest));
    return text("sha256//%s", (char *)base64);
}

/* The keys of the first certificate of each file of a list, with semicolons between; NULL if none can be read. */
static char *pins_of(const char *files)
{
    char *copy = strdup(files), *rest = NULL, *pins = NULL;

    if (copy == NULL)
        abort();
    for (char *path = strtok_r(copy, ",", &rest); path != NULL; path = strtok_r(NULL, ",", &rest)) {
        FILE *file = fopen(path + strspn(path, " "), "re");
        X509 *certificate = file != NULL ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
        if (file != NULL)
            fclose(file);
        if (certificate == NULL)
            continue;
        char *pin = pin_of(certificate), *before = pins;
        pins = before == NULL ? text("%s", pin) : text("%s;%s", before, pin);
        X509_free(certificate);
        free(before);
        free(pin);
    }
    free(copy);
    return pins;
}

/* ---- life ---- */

static void add_target(struct client *client, const char *scheme, char *address, char *pinned_keys)
{
    if (address != NULL)
        client->targets[client->count++] =
            (struct target){.url = text("%s://%s", scheme, address), .pinned_keys = pinned_keys, .is_direct = true};
    else
        free(pinned_keys);
    free(address);
}

static int find_targets(struct client *client, const struct config *config, char **error_r)
{
    add_target(client, "http", pick_address(config->listen), NULL);
    if (config->tls_cert_file != NULL) {
        char *pins = pins_of(config->tls_cert_file);
        if (pins != NULL)
            add_target(client, "https", pick_address(config->listen_tls), pins);
    }
    if (client->count == 0)
        *error_r = text("no listener can be used: LISTEN is empty, and TLS_CERT_FILE cannot be read");
    return client->count > 0 ? 0 : -1;
}

static int use_url(struct client *client, const char *url, char **error_r)
{
    size_t length = strlen(url);

    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        *error_r = text("--server needs an http or https URL, not \"%s\"", url);
        return -1;
    }
    while (length > 0 && url[length - 1] == '/')
        --length;
    client->targets[client->count++].url = text("%.*s", (int)length, url);
    return 0;
}

struct client *client_open(const struct config *config, const char *url, char **error_r)
{
    const char *token = url != NULL ? getenv(CLIENT_TOKEN) : config->admin_token;
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL)
        abort();
    if (token == NULL || token[0] == '\0' || strpbrk(token, "\r\n") != NULL) {
        *error_r = text("--server needs the token of that server's administration in " CLIENT_TOKEN " (environment)");
        free(client);
        return NULL;
    }
    client->header = text("x-admin-token: %s", token);
    if ((url != NULL ? use_url(client, url, error_r) : find_targets(client, config, error_r)) != 0)
        client_close(&client);
    return client;
}

void client_close(struct client **client)
{
    if (*client == NULL)
        return;
    for (size_t i = 0; i < (*client)->count; i++) {
        free((*client)->targets[i].url);
        free((*client)->targets[i].pinned_keys);
    }
    free((*client)->header);
    free(*client);
    *client = NULL;
}

const char *client_name(const struct client *client)
{
    return client->targets[client->current].url;
}

/* ---- asking ---- */

static void ask_target(const struct client *client, const char *method, const char *path, const char *body,
                       struct fetch_answer *answer_r)
{
    const struct target *target = &client->targets[client->current];
    char *url = text("%s%s", target->url, path);
    struct fetch_request request = {
        .method = method,
        .url = url,
        .header = client->header,
        .body = body,
        .pinned_keys = target->pinned_keys,
        .timeout_ms = TIMEOUT_MS,
        .is_direct = target->is_direct,
    };

    fetch(&request, answer_r);
    free(url);
}

/* Nothing has been done there: another target may be asked. */
static bool is_elsewhere(const struct fetch_answer *answer)
{
    return answer->status == 0 || (answer->status >= 301 && answer->status <= 308);
}

static void ask(struct client *client, const char *method, const char *path, const char *body,
                struct fetch_answer *answer_r)
{
    ask_target(client, method, path, body, answer_r);
    while (is_elsewhere(answer_r) && client->current + 1 < client->count) {
        fetch_deinit(answer_r);
        client->current++;
        ask_target(client, method, path, body, answer_r);
    }
}

static enum exit_status status_of(int http)
{
    switch (http) {
    case 400:
    case 401:
    case 403:
    case 409:
    case 413:
    case 422:
    case 429:
        return EXIT_REFUSED;
    case 404:
        return EXIT_MISSING;
    default:
        return http >= 200 && http < 300 ? EXIT_DONE : EXIT_FAILED;
    }
}

static enum exit_status explain(const struct client *client, const struct fetch_answer *answer,
                                struct json_object *json)
{
    const char *error = json_field(json, "error");

    if (answer->status == 0)
        return fail(EXIT_UNREACHABLE, "the server %s cannot be reached: %s", client_name(client), answer->error);
    if (answer->status == 401 || answer->status == 403)
        return fail(EXIT_REFUSED, "the server %s does not accept the token (%d)", client_name(client), answer->status);
    if (error == NULL && status_of(answer->status) == EXIT_MISSING)
        return fail(EXIT_FAILED, "%s is no BeringShare server (404)", client_name(client));
    enum exit_status status = status_of(answer->status);
    return fail(status != EXIT_DONE ? status : EXIT_FAILED, "the server %s answered %d: %s", client_name(client),
                answer->status, error != NULL ? error : "something that is no answer of BeringShare");
}

enum exit_status client_ask(struct client *client, const char *method, const char *path, struct json_object *body,
                            struct json_object **answer_r)
{
    bool has_body = strcmp(method, "GET") != 0 && strcmp(method, "DELETE") != 0;
    struct fetch_answer answer;
    enum json_tokener_error wrong = json_tokener_success;
    enum exit_status status;

    ask(client, method, path, has_body ? (body != NULL ? json_object_to_json_string(body) : "{}") : NULL, &answer);
    json_object_put(body);
    struct json_object *json = json_tokener_parse_verbose(answer.body, &wrong);
    if (answer.status == 0 || status_of(answer.status) != EXIT_DONE || wrong != json_tokener_success) {
        status = explain(client, &answer, json);
        json_object_put(json);
        json = NULL;
    } else {
        status = EXIT_DONE;
    }
    fetch_deinit(&answer);
    if (answer_r != NULL)
        *answer_r = json;
    else
        json_object_put(json);
    return status;
}

int client_probe(struct client *client, const char *path, struct json_object **answer_r, char **error_r)
{
    struct fetch_answer answer;

    ask(client, "GET", path, NULL, &answer);
    *answer_r = json_tokener_parse(answer.body);
    *error_r = answer.status == 0 ? text("%s", answer.error) : NULL;
    int status = answer.status;
    fetch_deinit(&answer);
    return status;
}

/* ---- fields ---- */

const char *json_field(const struct json_object *object, const char *name)
{
    struct json_object *value;

    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, name, &value) ||
        value == NULL)
        return NULL;
    return json_object_get_string(value);
}

int64_t json_number(const struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, name, &value)
               ? json_object_get_int64(value)
               : 0;
}

struct json_object *json_list(const struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, name, &value) &&
                   json_object_is_type(value, json_type_array)
               ? value
               : NULL;
}

bool json_is_true(const struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, name, &value) &&
           json_object_get_boolean(value);
}
