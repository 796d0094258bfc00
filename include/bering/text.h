/*
 * text.h - checks on text that came from outside. Lengths are bytes.
 */
#ifndef BERING_TEXT_H
#define BERING_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { TEXT_NAME_MAX = 128 }; /* bytes of a user, channel, server or display name, a token's label */

/* True if text is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool text_is_utf8(const char *text, size_t length);

/* True for a channel name or label: 1 to TEXT_NAME_MAX bytes of UTF-8, no control characters, not only spaces. */
bool text_is_name(const char *text, size_t length);

/*
 * True for a display name: a text_is_name without characters that show nothing or turn others around; but for those that
 * join letters or emoji, behind what is not ASCII.
 */
bool text_is_display_name(const char *text, size_t length);

/* True for a user's or server's name: a text_is_name without spaces, invisible characters, '@', '/' or '\\'. */
bool text_is_username(const char *text, size_t length);

/* True if text holds anything but white space. */
bool text_is_visible(const char *text, size_t length);

/*
 * True if text holds `part`, case aside: simple case folding of each character, in any script, where the system has the
 * locale C.UTF-8; in ASCII alone where not. What is not well-formed is compared byte by byte. Both NUL-terminated.
 */
bool text_holds(const char *text, const char *part);

/* How much of text, at most `most` bytes, can be kept without cutting a character or keeping what is no UTF-8. */
size_t text_cut(const char *text, size_t length, size_t most);

/* A malloc'd copy, NUL-terminated; the caller frees it. NULL gives NULL. Running out of memory aborts. */
char *text_copy(const char *text);
char *text_copy_n(const char *text, size_t length);

/*
 * The next word of a list, white space around it cut off, empty ones skipped; malloc'd, the caller frees it. NULL at
 * the end. *list moves on.
 */
char *text_next_word(const char **list, char separator);

#endif
