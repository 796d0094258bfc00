/*
 * hang.c - judges the pulses (pulse.h) of children. Master only.
 *
 * Always holds: whoever goes on, rests or is held, however shortly, has all of its time again.
 */
#include "master/hang.h"

#include <stdio.h>
#include <string.h>

bool hang_is_suspect(const struct hang_watch *watch, const struct pulse_view *view)
{
    return view->is_at_work && view->beats == watch->beats;
}

bool hang_look(struct hang_watch *watch, const struct pulse_view *view, bool is_held, unsigned most)
{
    bool hangs = most > 0 && !is_held && hang_is_suspect(watch, view);

    watch->beats = view->beats;
    watch->looks = hangs ? watch->looks + 1 : 0;
    return hangs && watch->looks >= most;
}

/* The state is the first letter behind the name, which is in brackets and may hold any others. */
bool hang_is_held(pid_t process, int thread)
{
    char path[64], text[128], *name_end;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)process, thread);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    name_end = strrchr(text, ')');
    return name_end != NULL && name_end[1] == ' ' && (name_end[2] == 'D' || name_end[2] == 't');
}
