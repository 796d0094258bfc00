/*
 * proc.c - reads /proc. The main process.
 *
 * Always holds: a process that is gone counts as nothing; whoever needs it alive asks proc_family.
 */
#include "proc.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_BYTES = 64 };

static pid_t parent_of(pid_t pid)
{
    char path[PATH_BYTES], text[512];
    const char *after_name;
    int parent = 0;
    FILE *file;
    size_t got;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    got = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[got] = '\0';
    after_name = strrchr(text, ')');
    if (after_name == NULL || strlen(after_name) < 5 || after_name[2] == 'Z' ||
        sscanf(after_name + 4, "%d", &parent) != 1)
        return 0;
    return parent;
}

static bool descends(pid_t pid, pid_t root)
{
    while (pid > 1) {
        if (pid == root)
            return true;
        pid = parent_of(pid);
    }
    return false;
}

static int compare(const void *a, const void *b)
{
    pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

    return (x > y) - (x < y);
}

unsigned proc_family(pid_t root, pid_t *pids, unsigned most)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    unsigned count = 0;

    if (directory == NULL)
        return 0;
    if (most > 0 && parent_of(root) != 0)
        pids[count++] = root;
    while (count > 0 && count < most && (entry = readdir(directory)) != NULL) {
        pid_t pid = (pid_t)atoi(entry->d_name);

        if (pid > 1 && pid != root && descends(parent_of(pid), root))
            pids[count++] = pid;
    }
    closedir(directory);
    if (count > 1)
        qsort(pids + 1, count - 1, sizeof(*pids), compare);
    return count;
}

uint64_t proc_cpu_ns(pid_t pid)
{
    char path[PATH_BYTES + 256];
    uint64_t sum = 0, on_cpu;
    struct dirent *entry;
    DIR *directory;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    directory = opendir(path);
    if (directory == NULL)
        return 0;
    while ((entry = readdir(directory)) != NULL) {
        FILE *file;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, entry->d_name);
        file = fopen(path, "re");
        if (file == NULL)
            continue;
        if (fscanf(file, "%" SCNu64, &on_cpu) == 1)
            sum += on_cpu;
        fclose(file);
    }
    closedir(directory);
    return sum;
}

void proc_memory(pid_t pid, uint64_t *anonymous, uint64_t *shared)
{
    char path[PATH_BYTES], line[256];
    uint64_t kilobytes;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return;
    while (fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "Pss_Anon: %" SCNu64, &kilobytes) == 1)
            *anonymous += kilobytes * 1024;
        else if (sscanf(line, "Pss_Shmem: %" SCNu64, &kilobytes) == 1)
            *shared += kilobytes * 1024;
    }
    fclose(file);
}

uint64_t proc_peer_inode(int fd)
{
    struct sockaddr_in ours, theirs;
    socklen_t length = sizeof(ours);
    char line[512];
    uint64_t found = 0;
    FILE *file;

    if (getsockname(fd, (struct sockaddr *)&ours, &length) != 0)
        return 0;
    length = sizeof(theirs);
    if (getpeername(fd, (struct sockaddr *)&theirs, &length) != 0)
        return 0;
    file = fopen("/proc/net/tcp", "re");
    if (file == NULL)
        return 0;
    while (found == 0 && fgets(line, sizeof(line), file) != NULL) {
        unsigned local, local_port, remote, remote_port;
        uint64_t inode;

        if (sscanf(line, " %*d: %x:%x %x:%x %*x %*x:%*x %*x:%*x %*x %*d %*d %" SCNu64, &local, &local_port, &remote,
                   &remote_port, &inode) == 5 &&
            local == theirs.sin_addr.s_addr && local_port == ntohs(theirs.sin_port) && remote == ours.sin_addr.s_addr &&
            remote_port == ntohs(ours.sin_port))
            found = inode;
    }
    fclose(file);
    return found;
}

bool proc_holds(pid_t pid, uint64_t inode)
{
    char path[PATH_BYTES], wanted[PATH_BYTES], link[PATH_BYTES];
    struct dirent *entry;
    bool found = false;
    DIR *directory;

    snprintf(wanted, sizeof(wanted), "socket:[%" PRIu64 "]", inode);
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    directory = opendir(path);
    if (directory == NULL)
        return false;
    while (!found && (entry = readdir(directory)) != NULL) {
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, link, sizeof(link) - 1);

        if (length > 0) {
            link[length] = '\0';
            found = strcmp(link, wanted) == 0;
        }
    }
    closedir(directory);
    return found;
}
