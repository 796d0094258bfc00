/*
 * gif_provider.c - the GIF provider's URLs and answers. Worker, job threads; everything in an answer is hostile until
 * checked.
 */
#include "worker/gif_provider.h"

#include "worker/body.h"
#include <assert.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_MOST = 2048, DIMENSION_MOST = 100000 };

/* Every byte but the unreserved ones (RFC 3986, 2.3) as %XX; malloc'd. */
static char *escape(const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *escaped = malloc(3 * strlen(text) + 1), *out = escaped;

    assert(escaped != NULL);
    for (; *text != '\0'; ++text)
        if (strchr(plain, *text) != NULL)
            *out++ = *text;
        else
            out += sprintf(out, "%%%02X", (unsigned char)*text);
    *out = '\0';
    return escaped;
}

char *gif_provider_url(const char *base_url, const char *key, const char *words, int64_t limit)
{
    char *escaped_key = escape(key), *escaped_words = escape(words), *url;
    int length = asprintf(&url, "%s?key=%s&q=%s&limit=%lld&media_filter=gif,tinygif&client_key=beringshare", base_url,
                          escaped_key, escaped_words, (long long)limit);

    assert(length > 0);
    free(escaped_key);
    free(escaped_words);
    return url;
}

/* ---- answers ---- */

struct image {
    const char *url;
    int64_t width, height;    /* 0: not said */
};

/* Whether a URL can stand in a message as [gif:URL], and be shown on a page of ours. */
static bool is_good_url(const char *url, size_t length)
{
    static const char scheme[] = "https://";

    if (length < sizeof(scheme) || length > URL_MOST || memcmp(url, scheme, sizeof(scheme) - 1) != 0)
        return false;
    for (size_t i = 0; i < length; ++i)
        if (url[i] <= ' ' || url[i] > '~' || strchr("[]<>\"\\`{}|^", url[i]) != NULL)
            return false;
    return true;
}

static int64_t dimension(struct json_object *dimensions, size_t index)
{
    struct json_object *item;

    if (!json_object_is_type(dimensions, json_type_array) || json_object_array_length(dimensions) != 2)
        return 0;
    item = json_object_array_get_idx(dimensions, index);
    int64_t value = json_object_is_type(item, json_type_int) ? json_object_get_int64(item) : 0;
    return value > 0 && value <= DIMENSION_MOST ? value : 0;
}

/* Reads the first of these formats that is as it should be. */
static bool read_image(struct json_object *formats, const char *const *names, struct image *image_r)
{
    for (; *names != NULL; ++names) {
        struct json_object *format, *url, *dimensions = NULL;
        if (!json_object_object_get_ex(formats, *names, &format) || !json_object_object_get_ex(format, "url", &url) ||
            !json_object_is_type(url, json_type_string) ||
            !is_good_url(json_object_get_string(url), (size_t)json_object_get_string_len(url)))
            continue;
        json_object_object_get_ex(format, "dims", &dimensions);
        *image_r = (struct image){json_object_get_string(url), dimension(dimensions, 0), dimension(dimensions, 1)};
        return true;
    }
    return false;
}

static bool write_gif(struct json *json, struct json_object *result)
{
    static const char *const large[] = {"gif", "mediumgif", "tinygif", NULL};
    static const char *const small[] = {"tinygif", "mediumgif", "gif", NULL};
    struct json_object *formats;
    struct image image, preview;

    if (!json_object_object_get_ex(result, "media_formats", &formats) || !read_image(formats, large, &image) ||
        !read_image(formats, small, &preview))
        return false;
    json_object_begin(json);
    json_key_text(json, "url", image.url);
    json_key_text(json, "preview_url", preview.url);
    json_key_integer(json, "width", image.width);
    json_key_integer(json, "height", image.height);
    json_object_end(json);
    return true;
}

bool gif_provider_read(const char *text, size_t length, int64_t limit, struct json *json)
{
    struct json_object *answer = NULL, *results = NULL;
    const char *error;

    if (body_parse(text, length, &answer, &error) != RESULT_OK)
        return false;
    bool is_answer =
        json_object_object_get_ex(answer, "results", &results) && json_object_is_type(results, json_type_array);
    if (is_answer) {
        json_array_begin(json);
        for (size_t i = 0; i < json_object_array_length(results) && limit > 0; ++i)
            limit -= write_gif(json, json_object_array_get_idx(results, i));
        json_array_end(json);
    }
    json_object_put(answer);
    return is_answer;
}
