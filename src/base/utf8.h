/*
 * utf8.h - decoding UTF-8 for the base room's own files; others use text.h.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at text, of which `length` bytes (at least 1) may be read. Returns its size in bytes, 1 to 4,
 * or 0 if it is malformed (RFC 3629); *code_r is set only for well-formed ones.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *code_r);

/* True for Unicode's control characters (C0, DEL, C1). */
bool utf8_is_control(uint32_t code);

#endif
