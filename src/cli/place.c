/*
 * place.c - the place of the server's database. beringctl.
 */
#include "cli/place.h"

#include "bering/backup.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum exit_status place_take(const char *path, struct place *place_r)
{
    *place_r = (struct place){.path = path};
    place_r->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    place_r->is_made = place_r->file != -1;
    if (place_r->file == -1 && errno == EEXIST)
        place_r->file = open(path, O_RDWR | O_CLOEXEC);
    if (place_r->file == -1)
        return fail(EXIT_FAILED, "cannot open the database %s: %s", path, strerror(errno));
    if (flock(place_r->file, LOCK_EX | LOCK_NB) == 0)
        return EXIT_DONE;
    close(place_r->file);
    return fail(EXIT_BUSY, "a server runs on the database %s: stop it first", path);
}

bool place_is_filled(const struct place *place)
{
    struct stat status;
    return fstat(place->file, &status) != 0 || status.st_size > 0;
}

/* What has been put in its place since is another file. */
void place_return(struct place *place)
{
    struct stat ours, there;

    if (place->is_made && fstat(place->file, &ours) == 0 && stat(place->path, &there) == 0 &&
        ours.st_ino == there.st_ino &&
        ours.st_dev == there.st_dev && there.st_size == 0)
        unlink(place->path);
    close(place->file);
}

enum exit_status place_give(const struct place *place, const char *path)
{
    char *directory = directory_of(place->path);
    struct stat status;
    int result = place->is_made ? stat(directory, &status) : fstat(place->file, &status);

    free(directory);
    if (result != 0 || (geteuid() == 0 && chown(path, status.st_uid, status.st_gid) != 0))
        return fail(EXIT_FAILED, "cannot give %s to the owner of the database: %s", path, strerror(errno));
    return EXIT_DONE;
}
