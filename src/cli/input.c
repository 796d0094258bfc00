/*
 * input.c - passwords, tokens and consent. beringctl.
 */
#include "cli/input.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static char *read_line(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length = getline(&line, &size, stdin);

    if (length < 0) {
        free(line);
        return NULL;
    }
    if (length > 0 && line[length - 1] == '\n')
        line[--length] = '\0';
    if (strlen(line) != (size_t)length)
        line[0] = '\0'; /* a NUL in it: never meant */
    return line;
}

static char *ask_hidden(const char *prompt, const char *what)
{
    struct termios shown, hidden;
    bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;

    if (!is_terminal)
        return read_line();
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(stderr, "%s%s: ", prompt, what);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    char *line = read_line();
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return line;
}

enum exit_status input_secret(const char *what, bool twice, char **line_r)
{
    *line_r = ask_hidden("", what);
    if (*line_r == NULL || (*line_r)[0] == '\0') {
        free(*line_r);
        *line_r = NULL;
        return fail(EXIT_USAGE, "a line with the %s is expected on standard input", what);
    }
    if (!twice || !isatty(STDIN_FILENO))
        return EXIT_DONE;
    char *again = ask_hidden("again: ", what);
    bool is_same = again != NULL && strcmp(again, *line_r) == 0;
    free(again);
    if (is_same)
        return EXIT_DONE;
    free(*line_r);
    *line_r = NULL;
    return fail(EXIT_USAGE, "these two are not the same");
}

enum exit_status input_confirm(bool is_given, const char *format, ...)
{
    va_list arguments;

    if (is_given)
        return EXIT_DONE;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (!isatty(STDIN_FILENO)) {
        fputc('\n', stderr);
        return fail(EXIT_USAGE, "nothing was done: --yes says that this is meant");
    }
    fputs(" Type yes: ", stderr);
    char *line = read_line();
    bool is_meant = line != NULL && strcmp(line, "yes") == 0;
    free(line);
    return is_meant ? EXIT_DONE : fail(EXIT_USAGE, "nothing was done");
}
