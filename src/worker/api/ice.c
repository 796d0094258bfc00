/*
 * ice.c - which servers help two callers to find a way to each other (RFC 8445): those that the administrator has
 * configured, nobody else's; and how many a call bears. Worker, loop only.
 *
 * Credentials for TURN are made for each who asks and expire (draft-uberti-behave-turn-rest-00, coturn's
 * use-auth-secret): the user name is "expiry:user", the password the base64 of its HMAC-SHA1. They cannot be revoked,
 * so an hour is enough.
 */
#include "bering/clock.h"
#include "worker/api/api.h"
#include "worker/worker.h"
#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

enum { CREDENTIAL_SECONDS = 3600 };

static const int64_t NANOSECONDS = 1000000000;

/* Writes the URLs of a list that commas or spaces separate. */
static void write_urls(struct json *json, const char *urls)
{
    json_key(json, "urls");
    json_array_begin(json);
    while (*(urls += strspn(urls, ", ")) != '\0') {
        size_t length = strcspn(urls, ", ");
        json_text_n(json, urls, length);
        urls += length;
    }
    json_array_end(json);
}

static void write_stun(struct json *json, const struct config *config)
{
    if (config->stun_urls[0] == '\0')
        return;
    json_object_begin(json);
    write_urls(json, config->stun_urls);
    json_object_end(json);
}

/* The user name ends with the user's address, for the log of the TURN server. */
static void write_timed_credential(struct json *json, const struct config *config, const char *username,
                                   int64_t expires_at)
{
    char name[2 * TEXT_NAME_MAX + 32];
    unsigned char mac[EVP_MAX_MD_SIZE], text[4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1];
    unsigned mac_length = 0;

    int length = snprintf(name, sizeof(name), "%" PRId64 ":%s@%s", expires_at / NANOSECONDS, username,
                          config->server_name);
    assert(length > 0 && (size_t)length < sizeof(name));
    const unsigned char *made = HMAC(EVP_sha1(), config->turn_secret, (int)strlen(config->turn_secret),
                                     (const unsigned char *)name, (size_t)length, mac, &mac_length);
    assert(made != NULL);
    EVP_EncodeBlock(text, mac, (int)mac_length);
    json_key_text(json, "username", name);
    json_key_text(json, "credential", (const char *)text);
}

static void write_turn(struct json *json, const struct config *config, const char *username, int64_t expires_at)
{
    if (config->turn_urls[0] == '\0')
        return;
    json_object_begin(json);
    write_urls(json, config->turn_urls);
    if (config->turn_secret != NULL) {
        write_timed_credential(json, config, username, expires_at);
    } else {
        json_key_text(json, "username", config->turn_username);
        json_key_text(json, "credential", config->turn_password);
    }
    json_object_end(json);
}

enum result call_ice_servers(struct request *request)
{
    const struct config *config = request->worker->config;
    bool expires = config->turn_urls[0] != '\0' && config->turn_secret != NULL;
    int64_t expires_at = clock_now() / NANOSECONDS * NANOSECONDS + CREDENTIAL_SECONDS * NANOSECONDS;
    struct json json = {0};

    json_object_begin(&json);
    json_key(&json, "ice_servers");
    json_array_begin(&json);
    write_stun(&json, config);
    write_turn(&json, config, request->who.username, expires_at);
    json_array_end(&json);
    json_key(&json, "expires_at");
    if (expires)
        json_time(&json, expires_at);
    else
        json_null(&json);
    json_key_integer(&json, "video_most", config->call_video_most);
    json_key_integer(&json, "audio_most", config->call_audio_most);
    json_object_end(&json);
    return answer_json(request, &json);
}
