/*
 * input.h - what a command asks from whoever runs it: never on the command line, where others can see it.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/command.h"

/*
 * One line of standard input, without its end: a password or a token. On a terminal it is asked for, without an echo,
 * and twice if `twice`. *line_r is malloc'd. Any status but EXIT_DONE has been explained.
 */
enum exit_status input_secret(const char *what, bool twice, char **line_r);

/* EXIT_DONE if --yes was given, or somebody at the terminal says yes; otherwise explained. */
enum exit_status input_confirm(bool is_given, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
