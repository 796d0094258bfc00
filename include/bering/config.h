/*
 * config.h - the effective configuration: one table (src/config/table.c) of key, type, default and help.
 *
 * Read by the master before anything else, then only read, by every process; but what is marked in the table may change
 * with SIGHUP: numbers in every process (live.h), certificate files in the master.
 */
#ifndef BERING_CONFIG_H
#define BERING_CONFIG_H

#include "bering/log.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct config {
    const char *server_name;      /* SERVER_NAME */
    const char *base_url;         /* BASE_URL */
    const char *database_path;    /* DATABASE_PATH */
    const char *admin_token;      /* ADMIN_TOKEN */
    const char *server_token;     /* SERVER_TOKEN */
    const char *admin_username;   /* ADMIN_USERNAME */
    const char *admin_password;   /* ADMIN_PASSWORD */
    const char *tenor_api_key;    /* TENOR_API_KEY, NULL if unset */
    const char *gif_api_url;      /* GIF_API_URL */
    const char *listen;           /* LISTEN: addresses, comma- or space-separated; "" for none */
    const char *listen_tls;       /* LISTEN_TLS, "" for none */
    const char *tls_cert_file;    /* TLS_CERT_FILE: paths, comma-separated; NULL if unset */
    const char *tls_key_file;     /* TLS_KEY_FILE: as many, in the same order; NULL if unset */
    unsigned http2;               /* HTTP2, 0 or 1 */
    unsigned redirect_http;       /* REDIRECT_HTTP, 0 or 1 */
    const char *acme_challenge_dir; /* ACME_CHALLENGE_DIR, NULL if unset */
    const char *trusted_proxies;  /* TRUSTED_PROXIES: networks, comma-separated; "" for none */
    const char *run_as_user;      /* RUN_AS_USER, NULL if unset */
    const char *run_as_group;     /* RUN_AS_GROUP, NULL if unset */
    const char *federation_ca_file; /* FEDERATION_CA_FILE, NULL if unset: the system's authorities only */
    unsigned federation_poll_seconds; /* FEDERATION_POLL_SECONDS */
    const char *stun_urls;        /* STUN_URLS: comma- or space-separated; "" for none */
    const char *turn_urls;        /* TURN_URLS, likewise */
    const char *turn_secret;      /* TURN_SECRET shared with the TURN server, NULL if unset */
    const char *turn_username;    /* TURN_USERNAME, NULL if unset: for a TURN server without a shared secret */
    const char *turn_password;    /* TURN_PASSWORD, NULL if unset */
    unsigned call_video_most;     /* CALL_VIDEO_MOST: so many in a channel's call may send video */
    unsigned call_audio_most;     /* CALL_AUDIO_MOST: so many may be in it; if it is less, CALL_VIDEO_MOST */
    const char *htdocs_dir;       /* HTDOCS_DIR */
    unsigned workers;             /* WORKERS, 0 in the file means one a core; here always 1 or more */
    unsigned job_threads;         /* JOB_THREADS of each worker: password hashing, long reads */
    unsigned bcrypt_cost;         /* BCRYPT_COST, 4 to 16 */
    size_t max_message_bytes;     /* MAX_MESSAGE_BYTES */
    size_t ring_size;             /* RING_SIZE, bytes, a power of two (rounded up) */
    size_t stream_queue_bytes;    /* STREAM_QUEUE_BYTES: what waits for a slow reader before it is cut */
    unsigned max_connections;     /* MAX_CONNECTIONS of each worker; 0: from RLIMIT_NOFILE */
    unsigned keepalive_seconds;   /* KEEPALIVE_SECONDS between comments or pings on an idle stream */
    unsigned request_timeout_seconds; /* REQUEST_TIMEOUT_SECONDS for a request to arrive whole */
    unsigned drain_seconds;       /* DRAIN_SECONDS that a shutdown may take */
    unsigned hang_seconds;        /* HANG_SECONDS without a sign of life, after which a process is replaced; 0: never */
    unsigned login_attempts;      /* LOGIN_ATTEMPTS a minute for an account; addresses get ten times as many */
    unsigned retention_days;      /* RETENTION_DAYS of messages in channels; 0: for ever */
    unsigned retention_direct_days; /* RETENTION_DIRECT_DAYS */
    unsigned audit_days;          /* AUDIT_DAYS of the audit log; 0: for ever */
    const char *metrics_token;    /* METRICS_TOKEN, NULL if unset */
    const char *metrics_listen;   /* METRICS_LISTEN, "" for none */
    const char *access_log_file;  /* ACCESS_LOG_FILE, NULL if unset */
    enum log_level log_level;     /* LOG_LEVEL, or else what RUST_LOG says */
    const char *log_file;         /* LOG_FILE, NULL if unset: standard error */
    enum log_format log_format;   /* LOG_FORMAT */
};

/*
 * Reads defaults, then file (NULL: none), then the environment. Returns NULL with *error_r naming the key, the value
 * and what would be right (owned by the caller, free()). Also refuses an unset ADMIN_PASSWORD, ADMIN_TOKEN or
 * SERVER_TOKEN unless every listener is on loopback.
 */
struct config *config_load(const char *file, char **error_r);
void config_free(struct config **config);

/*
 * Takes over from `next` what may change while the server runs. Calls `other` for each key that differs and may not.
 * Both remain whole: what was there before is then in `next`.
 */
void config_take_live(struct config *config, struct config *next, void (*other)(const char *key));

/* Copies the numbers among what may change while the server runs; no text. */
void config_copy_live(struct config *config, const struct config *source);

/* Prints KEY=value lines in the table's order, secrets masked: what check-config shows. */
void config_print(const struct config *config, FILE *out);

/* Prints the table for --help: key, default, meaning. */
void config_help(FILE *out);

#endif
