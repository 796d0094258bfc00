/*
 * grid.c - tables for people, and JSON for programs. beringctl.
 */
#include "cli/grid.h"

#include "cli/client.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* ---- text ---- */

/* The next character of text and its columns; what is no printable character becomes '?'. */
static size_t next_character(const char **text, char out[8], size_t *length_r)
{
    wchar_t character;
    mbstate_t state = {0};
    size_t length = mbrtowc(&character, *text, strlen(*text), &state);
    int width = length == 0 || length > 8 ? -1 : wcwidth(character);

    if (width < 0) {
        *text += length == 0 || length > 8 ? 1 : length;
        out[0] = '?';
        *length_r = 1;
        return 1;
    }
    memcpy(out, *text, length);
    *length_r = length;
    *text += length;
    return (size_t)width;
}

static size_t width_of(const char *text)
{
    char character[8];
    size_t width = 0, length;

    while (*text != '\0')
        width += next_character(&text, character, &length);
    return width;
}

size_t print_clean(FILE *out, const char *text)
{
    char character[8];
    size_t width = 0, length;

    while (*text != '\0') {
        width += next_character(&text, character, &length);
        fwrite(character, 1, length, out);
    }
    return width;
}

static void print_padded(const char *text, size_t width, bool to_the_right, bool is_last)
{
    size_t own = width_of(text), padding = own < width ? width - own : 0;

    if (to_the_right)
        printf("%*s", (int)padding, "");
    print_clean(stdout, text);
    if (!to_the_right && !is_last)
        printf("%*s", (int)padding, "");
    if (!is_last)
        fputs("  ", stdout);
}

/* ---- tables ---- */

static const char *cell(const struct column *column, const struct json_object *row, char room[AMOUNT_SIZE])
{
    const char *text = json_field(row, column->field);

    switch (column->kind) {
    case COLUMN_NUMBER:
        snprintf(room, AMOUNT_SIZE, "%" PRId64, json_number(row, column->field));
        return room;
    case COLUMN_YES:
        return json_is_true(row, column->field) ? "yes" : "";
    case COLUMN_TIME:
        if (text == NULL || strlen(text) < 19)
            return "";
        snprintf(room, AMOUNT_SIZE, "%.10s %.8sZ", text, text + 11);
        return room;
    default:
        return text != NULL ? text : "";
    }
}

static void print_row(const struct column *columns, size_t count, const size_t *widths, const struct json_object *row)
{
    char room[AMOUNT_SIZE];

    for (size_t i = 0; i < count; i++)
        print_padded(row != NULL ? cell(&columns[i], row, room) : columns[i].title, widths[i],
                     columns[i].kind == COLUMN_NUMBER, i + 1 == count);
    putchar('\n');
}

static void print_table(const struct column *columns, struct json_object *array)
{
    size_t count = 0, rows = json_object_array_length(array), widths[16] = {0};
    char room[AMOUNT_SIZE];

    for (; columns[count].title != NULL && count < 16; count++)
        widths[count] = width_of(columns[count].title);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < count; i++) {
            size_t width = width_of(cell(&columns[i], json_object_array_get_idx(array, row), room));
            widths[i] = width > widths[i] ? width : widths[i];
        }
    print_row(columns, count, widths, NULL);
    for (size_t row = 0; row < rows; row++)
        print_row(columns, count, widths, json_object_array_get_idx(array, row));
}

enum exit_status finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE : EXIT_FAILED;
}

enum exit_status print_json(struct json_object *json)
{
    puts(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(json);
    return finish_output();
}

enum exit_status grid_print(const struct call *call, const struct column *columns, struct json_object *array)
{
    if (call->json)
        return print_json(array);
    if (!json_object_is_type(array, json_type_array)) {
        json_object_put(array);
        return fail(EXIT_FAILED, "the server answered something else than a list");
    }
    print_table(columns, array);
    json_object_put(array);
    return finish_output();
}

void print_pairs(const struct pair *pairs, size_t count)
{
    size_t widest = 0;

    for (size_t i = 0; i < count; i++)
        if (pairs[i].text != NULL && width_of(pairs[i].title) > widest)
            widest = width_of(pairs[i].title);
    for (size_t i = 0; i < count; i++)
        if (pairs[i].text != NULL) {
            print_padded(pairs[i].title, widest, false, false);
            print_padded(pairs[i].text, 0, false, true);
            putchar('\n');
        }
}

/* ---- amounts ---- */

const char *format_bytes(int64_t bytes, char room[AMOUNT_SIZE])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double amount = (double)bytes;
    size_t unit = 0;

    while (amount >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        amount /= 1024;
        unit++;
    }
    snprintf(room, AMOUNT_SIZE, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
    return room;
}

const char *format_duration(int64_t seconds, char room[AMOUNT_SIZE])
{
    int64_t days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;

    if (days > 0)
        snprintf(room, AMOUNT_SIZE, "%" PRId64 " %s %" PRId64 " h", days, days == 1 ? "day" : "days", hours);
    else if (hours > 0)
        snprintf(room, AMOUNT_SIZE, "%" PRId64 " h %" PRId64 " min", hours, minutes);
    else if (minutes > 0)
        snprintf(room, AMOUNT_SIZE, "%" PRId64 " min", minutes);
    else
        snprintf(room, AMOUNT_SIZE, "%" PRId64 " s", seconds);
    return room;
}
