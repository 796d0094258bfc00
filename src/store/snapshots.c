/*
 * snapshots.c - copies of the database from before its migrations, beside it: PATH.before-N. Made by the process that
 * prepares the database, listed by beringctl.
 */
#include "bering/backup.h"

#include "bering/clock.h"
#include "bering/log.h"
#include "store/internal.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SNAPSHOTS_KEPT = 2 };

/* The number of a file name that is one of base's snapshots; 0 if it is none. */
static int number_of(const char *base, const char *name)
{
    static const char middle[] = ".before-";
    size_t length = strlen(base);
    int number = 0, end = 0;

    if (strncmp(name, base, length) != 0 || strncmp(name + length, middle, sizeof(middle) - 1) != 0)
        return 0;
    name += length + sizeof(middle) - 1;
    return sscanf(name, "%9d%n", &number, &end) == 1 && name[end] == '\0' && number > 0 ? number : 0;
}

static char *name_of(const char *path, int number)
{
    char *name;

    if (asprintf(&name, "%s.before-%d", path, number) < 0)
        abort();
    return name;
}

static int compare_newest_first(const void *one, const void *other)
{
    return *(const int *)other - *(const int *)one;
}

void snapshots_list(const char *path, snapshot_row *row, void *argument)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    char *directory = directory_of(path);
    int *numbers = NULL;
    size_t count = 0;
    DIR *entries = opendir(directory);

    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        int number = number_of(base, entry->d_name);
        if (number == 0)
            continue;
        numbers = store_reallocate(numbers, (count + 1) * sizeof(*numbers));
        numbers[count++] = number;
    }
    if (entries != NULL)
        closedir(entries);
    if (count > 1)
        qsort(numbers, count, sizeof(*numbers), compare_newest_first);
    for (size_t i = 0; i < count; i++) {
        char *name = name_of(path, numbers[i]);
        row(argument, numbers[i], name);
        free(name);
    }
    free(numbers);
    free(directory);
}

static void remove_old(void *seen, int number, const char *path)
{
    (void)number;
    if (++*(int *)seen > SNAPSHOTS_KEPT && unlink(path) == 0)
        log_info("removed the old snapshot %s", path);
}

int snapshot_make(const char *path, int number, char **error_r)
{
    char *target = name_of(path, number), now[CLOCK_TEXT_LENGTH + 1], *reason = NULL;
    const struct backup_note notes[] = {
        {"made_at", clock_format(clock_now(), now)}, {"made_by", "beringshare " PACKAGE_VERSION}, {NULL, NULL}};
    struct backup_job job = {.source = path, .target = target, .notes = notes};
    int seen = 0, result = backup_copy(&job, &reason);

    if (result == 0) {
        log_info("database %s: kept as %s before its migration to version %d", path, target, number);
        snapshots_list(path, remove_old, &seen);
    } else {
        store_refuse(error_r, "the database %s cannot be migrated, because no copy of it can be kept: %s", path,
                     reason != NULL ? reason : "out of memory");
    }
    free(reason);
    free(target);
    return result;
}
