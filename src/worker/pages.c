/*
 * pages.c - the table of pages, and what follows from it. Worker, loop only.
 *
 * A page's path is rewritten before h2o's file handler sees it, so that ETag, compression and ranges are h2o's for
 * pages, too. No answer allows an inline script, except a page's own import map: browsers read one only where it
 * stands, and its hash names that text and no other.
 */
#include "worker/pages.h"

#include "bering/log.h"
#include "bering/secret.h"
#include "bering/text.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *path;
    const char *file;         /* below the folder */
} table[] = {
    {"/", "/index.html"},
    {"/admin/ui", "/admin.html"},
    {"/chat/settings", "/chat.html"},
    {"/chat/ui", "/chat.html"},
};

enum { PAGES = sizeof(table) / sizeof(table[0]), PAGE_BYTES_MOST = 1024 * 1024 };

/* Nothing from elsewhere, no inline script but one of this source, no framing. */
#define POLICY(source)                                                                                                 \
    "default-src 'none'; script-src 'self'" source "; style-src 'self'; img-src 'self' https: data: blob:; "           \
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; "            \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

struct pages {
    char *directory;
    char *policies[PAGES];    /* of the rows of the table; NULL: the one of all other answers */
};

/* ---- the import map of a page ---- */

#define MAP_BEGIN "<script type=\"importmap\">"
#define MAP_END   "</script>"

/* Reads a regular file whole. Returns malloc'd text, or NULL with what is wrong with it. */
static char *read_file(int descriptor, const char **wrong_r)
{
    struct stat status;
    char *text = NULL;
    size_t length = 0;
    ssize_t more = 1;

    *wrong_r = NULL;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        *wrong_r = "is no file";
    else if (status.st_size > PAGE_BYTES_MOST)
        *wrong_r = "is too large for a page";
    if (*wrong_r != NULL)
        return NULL;
    text = malloc((size_t)status.st_size + 1);
    assert(text != NULL);
    while (length < (size_t)status.st_size && more > 0) {
        more = read(descriptor, text + length, (size_t)status.st_size - length);
        if (more > 0)
            length += (size_t)more;
    }
    text[length] = '\0';
    if (more >= 0)
        return text;
    free(text);
    *wrong_r = "cannot be read";
    return NULL;
}

/* Finds the one import map of a page; *text_r NULL if there is none. Returns what is wrong with the page, or NULL. */
static const char *find_map(const char *page, const char **text_r, size_t *length_r)
{
    const char *begin = strstr(page, MAP_BEGIN);

    *text_r = NULL;
    if (begin == NULL)
        return NULL;
    begin += strlen(MAP_BEGIN);
    const char *end = strstr(begin, MAP_END);
    if (end == NULL)
        return "has an import map without an end";
    if (strstr(end, MAP_BEGIN) != NULL)
        return "has more than one import map";
    *text_r = begin;
    *length_r = (size_t)(end - begin);
    return NULL;
}

/* The policy of a page with this import map; malloc'd. */
static char *make_policy(const char *map, size_t length)
{
    struct digest digest = secret_digest(map, length);
    unsigned char hash[4 * ((sizeof(digest.bytes) + 2) / 3) + 1];
    char *policy;

    EVP_EncodeBlock(hash, digest.bytes, sizeof(digest.bytes));
    int written = asprintf(&policy, POLICY(" 'sha256-%s'"), (const char *)hash);
    assert(written > 0);
    return policy;
}

/* Whether a path without symbolic links lies in the folder. */
static bool is_inside(const struct pages *pages, const char *real_path)
{
    size_t length = strlen(pages->directory);

    return strncmp(real_path, pages->directory, length) == 0 &&
           (real_path[length] == '/' || pages->directory[length - 1] == '/');
}

/* Opens a file of the folder; -1 if it is not there, or not in there. */
static int open_inside(const struct pages *pages, const char *file)
{
    char path[PATH_MAX], real_path[PATH_MAX];

    if (snprintf(path, sizeof(path), "%s%s", pages->directory, file) >= (int)sizeof(path) ||
        realpath(path, real_path) == NULL || !is_inside(pages, real_path))
        return -1;
    return open(real_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static char *read_policy(const struct pages *pages, const char *file)
{
    const char *wrong = "is missing", *map = NULL;
    char *text = NULL, *policy = NULL;
    size_t length = 0;
    int descriptor = open_inside(pages, file);

    if (descriptor != -1) {
        text = read_file(descriptor, &wrong);
        close(descriptor);
    }
    if (text != NULL)
        wrong = find_map(text, &map, &length);
    if (map != NULL)
        policy = make_policy(map, length);
    if (wrong != NULL)
        log_warn("the page %s%s %s", pages->directory, file, wrong);
    free(text);
    return policy;
}

/* ---- life ---- */

struct pages *pages_new(const char *directory)
{
    struct pages *pages = calloc(1, sizeof(*pages));

    assert(pages != NULL);
    pages->directory = realpath(directory, NULL);
    if (pages->directory == NULL) {
        log_warn("HTDOCS_DIR %s: %s", directory, strerror(errno));
        pages->directory = text_copy(directory);
    }
    for (size_t i = 0; i < PAGES; ++i)
        if (i == 0 || strcmp(table[i].file, table[i - 1].file) != 0) /* rows of one file stand together */
            pages->policies[i] = read_policy(pages, table[i].file);
    return pages;
}

void pages_free(struct pages **pages)
{
    for (size_t i = 0; i < PAGES; ++i)
        free((*pages)->policies[i]);
    free((*pages)->directory);
    free(*pages);
    *pages = NULL;
}

const char *pages_directory(const struct pages *pages)
{
    return pages->directory;
}

/* ---- requests ---- */

/* A page may be asked for with a slash at its end. */
static bool is_path(h2o_iovec_t path, const char *wanted)
{
    size_t length = strlen(wanted);

    if (path.len == length + 1 && path.base[length] == '/')
        --path.len;
    return h2o_memis(path.base, path.len, wanted, length);
}

/*
 * Whether a segment begins with a dot: nobody's business, but for what RFC 8615 puts there. Nor is a path with a NUL,
 * at which the system would see it end, and we would not.
 */
static bool is_hidden(h2o_iovec_t path)
{
    static const char known[] = "/.well-known/";
    size_t at = 0;

    if (memchr(path.base, '\0', path.len) != NULL)
        return true;
    if (path.len >= sizeof(known) - 1 && memcmp(path.base, known, sizeof(known) - 1) == 0)
        at = sizeof(known) - 2;
    for (; at + 1 < path.len; ++at)
        if (path.base[at] == '/' && path.base[at + 1] == '.')
            return true;
    return false;
}

/*
 * Whether h2o would serve something from outside. What does not exist leads nowhere; it also tries the packed variants.
 */
static bool leads_outside(const struct pages *pages, h2o_iovec_t path)
{
    static const char *const suffixes[] = {"", ".br", ".gz"};
    const char *index = path.len > 0 && path.base[path.len - 1] == '/' ? "index.html" : "";

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); ++i) {
        char full[PATH_MAX], real_path[PATH_MAX];
        int length = snprintf(full, sizeof(full), "%s%.*s%s%s", pages->directory, (int)path.len, path.base, index,
                              suffixes[i]);
        if (length >= (int)sizeof(full))
            return true;
        if (realpath(full, real_path) != NULL && !is_inside(pages, real_path))
            return true;
    }
    return false;
}

void pages_enter(h2o_req_t *http)
{
    for (size_t i = 0; i < PAGES; ++i)
        if (is_path(http->path_normalized, table[i].path)) {
            http->path_normalized = h2o_iovec_init(table[i].file, strlen(table[i].file));
            return;
        }
}

bool pages_may_serve(const struct pages *pages, const h2o_req_t *http)
{
    return !is_hidden(http->path_normalized) && !leads_outside(pages, http->path_normalized);
}

const char *pages_policy(const struct pages *pages, const h2o_req_t *http)
{
    h2o_iovec_t path = http->path_normalized;

    for (size_t i = 0; i < PAGES; ++i)
        if (pages->policies[i] != NULL && h2o_memis(path.base, path.len, table[i].file, strlen(table[i].file)))
            return pages->policies[i];
    return POLICY("");
}
