/*
 * clock.c - time as nanoseconds since 1970 and as RFC 3339 text.
 *
 * Base: runs in every process. No time zone but UTC, no locale and no allocation; the calendar is the proleptic
 * Gregorian one, its year beginning in March so that the leap day comes last.
 */
#include "bering/clock.h"

#include <assert.h>
#include <time.h>

#define NANOSECONDS_PER_SECOND INT64_C(1000000000)

enum { SECONDS_PER_DAY = 86400, DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, DAYS_TO_1970 = 719468 };

int64_t clock_now(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);

    assert(!failed);
    return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

uint64_t clock_monotonic_us(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_MONOTONIC, &now);

    assert(!failed);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

/* Writes a number with exactly `width` digits; returns where the text goes on. */
static char *put(char *out, unsigned value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static char *put_date(char *out, int64_t days_since_1970)
{
    /* A nanosecond count reaches the years 1677 to 2262 only, so everything is positive from here. */
    unsigned days = (unsigned)(days_since_1970 + DAYS_TO_1970);
    unsigned era = days / DAYS_PER_ERA;
    unsigned day_of_era = days % DAYS_PER_ERA;
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned march_month = (5 * day_of_year + 2) / 153;
    unsigned day = day_of_year - (153 * march_month + 2) / 5 + 1;
    unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;

    out = put(out, era * YEARS_PER_ERA + year_of_era + (month <= 2), 4);
    *out++ = '-';
    out = put(out, month, 2);
    *out++ = '-';
    return put(out, day, 2);
}

char *clock_format(int64_t nanoseconds, char *text)
{
    int64_t seconds = nanoseconds / NANOSECONDS_PER_SECOND;
    int64_t fraction = nanoseconds % NANOSECONDS_PER_SECOND;
    if (fraction < 0) {
        fraction += NANOSECONDS_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / SECONDS_PER_DAY;
    int64_t of_day = seconds % SECONDS_PER_DAY;
    if (of_day < 0) {
        of_day += SECONDS_PER_DAY;
        days--;
    }

    char *out = put_date(text, days);
    *out++ = 'T';
    out = put(out, (unsigned)(of_day / 3600), 2);
    *out++ = ':';
    out = put(out, (unsigned)(of_day / 60 % 60), 2);
    *out++ = ':';
    out = put(out, (unsigned)(of_day % 60), 2);
    *out++ = '.';
    out = put(out, (unsigned)fraction, 9);
    *out++ = 'Z';
    *out = '\0';
    return text;
}

/* What is left to read. */
struct input {
    const char *at, *end;
};

/* Reads exactly `width` digits. */
static bool get(struct input *input, int width, int *value_r)
{
    int value = 0;

    if (input->end - input->at < width)
        return false;
    for (; width > 0; width--, input->at++) {
        if (*input->at < '0' || *input->at > '9')
            return false;
        value = value * 10 + (*input->at - '0');
    }
    *value_r = value;
    return true;
}

/* Takes one character, either of two. */
static bool take(struct input *input, char either, char or)
{
    if (input->at == input->end || (*input->at != either && *input->at != or))
        return false;
    input->at++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static bool get_date(struct input *input, int64_t *days_r)
{
    int year, month, day;

    if (!get(input, 4, &year) || !take(input, '-', '-') || !get(input, 2, &month) || !take(input, '-', '-') ||
        !get(input, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    int march_year = year - (month <= 2) + YEARS_PER_ERA; /* one era later, so that January of year 0 is positive */
    int year_of_era = march_year % YEARS_PER_ERA;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *days_r = (int64_t)(march_year / YEARS_PER_ERA - 1) * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
    return true;
}

static bool get_time(struct input *input, int *seconds_r)
{
    int hour, minute, second;

    if (!get(input, 2, &hour) || !take(input, ':', ':') || !get(input, 2, &minute) || !take(input, ':', ':') ||
        !get(input, 2, &second))
        return false;
    /* A leap second cannot be told from the next second in what we count. */
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *seconds_r = hour * 3600 + minute * 60 + second;
    return true;
}

/* Optional: a point and 1 to 9 digits. */
static bool get_fraction(struct input *input, int64_t *nanoseconds_r)
{
    int digits = 0;
    int64_t value = 0;

    if (take(input, '.', '.')) {
        for (int digit; digits < 9 && get(input, 1, &digit); digits++)
            value = value * 10 + digit;
        if (digits == 0)
            return false;
    }
    for (; digits < 9; digits++)
        value *= 10;
    *nanoseconds_r = value;
    return true;
}

static bool get_offset(struct input *input, int *seconds_r)
{
    int hours, minutes;

    if (take(input, 'Z', 'z')) {
        *seconds_r = 0;
        return true;
    }
    bool west = input->at < input->end && *input->at == '-';
    if (!take(input, '+', '-') || !get(input, 2, &hours) || !take(input, ':', ':') || !get(input, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *seconds_r = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool clock_parse(const char *text, size_t length, int64_t *nanoseconds_r)
{
    struct input input = {text, text + length};
    int64_t days, fraction, nanoseconds;
    int of_day, offset;

    if (!get_date(&input, &days) || !take(&input, 'T', 't') || !get_time(&input, &of_day) ||
        !get_fraction(&input, &fraction) || !get_offset(&input, &offset) || input.at != input.end)
        return false;
    int64_t seconds = days * SECONDS_PER_DAY + of_day - offset;
    /* Before 1970 the product alone may pass the limit by less than a second: as good as out of range. */
    if (__builtin_mul_overflow(seconds, NANOSECONDS_PER_SECOND, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, fraction, &nanoseconds))
        return false;
    *nanoseconds_r = nanoseconds;
    return true;
}
