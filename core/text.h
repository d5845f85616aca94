/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Small text tools: comparing, cleaning, matching, reading numbers.
 *
 * Pure.
 * Trust. text_clean() is the gate for every string a device or table hands us; what comes out of it
 *        is printable ASCII and safe to print on any screen (JSON and HTML still escape it).
 */
#ifndef KIRIWAKE_CORE_TEXT_H
#define KIRIWAKE_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of characters that need not end in NUL. */
struct text {
	const char *at;
	size_t len;
};

/* Of NUL-terminated texts, which may not be NULL. text_is() compares with a run of characters. */
size_t text_length(const char *s);
bool text_same(const char *a, const char *b);
bool text_is(struct text t, const char *s);

/* Copies into dst[cap], cap > 0, cut to fit, always NUL terminated. */
void text_copy(char *dst, size_t cap, const char *src);

/* Where a text of `len` characters was copied into buf[cap], cap > 3, and did not fit: "..." takes the last places. */
void text_mark_cut(char *buf, size_t cap, size_t len);

/* Makes ASCII of UTF-16 with a byte order mark, in place; what has no place there becomes '?'. Any other text stays as it is.
 * Returns its new length. Spec: Unicode, D96 to D101. */
size_t text_narrow(char *buf, size_t len);

/* Copies `len` untrusted bytes into dst[cap]: stops at NUL, turns everything but printable ASCII into
 * '?', trims spaces at both ends and folds runs of them. Returns the length stored. */
size_t text_clean(char *dst, size_t cap, const void *src, size_t len);

/* The text without blanks at either end. */
struct text text_trim(struct text t);

/* Takes the next word (no blanks) off *rest into *ret. False when none is left. */
bool text_word(struct text *rest, struct text *ret);

/* Takes the next line off *rest into *ret, without its end and blanks at either end. False when no whole line is left: what comes
 * after the last line end was never finished. */
bool text_line(struct text *rest, struct text *ret);

/* Whether `t` matches the glob: '*' any run, '?' any one character, all else itself; ASCII case ignored. */
bool text_glob(struct text glob, struct text t);

/* Reads the whole of `t` as decimal or 0x hexadecimal. False, *ret untouched, on anything else or overflow. */
bool text_number(struct text t, uint64_t *ret);

/* Like text_number() with an optional binary suffix K, M, G, T (also KiB, k...). Unit: bytes. */
bool text_size(struct text t, uint64_t *ret);

/* A number with a unit ms, s, m, h; without a unit: seconds. Result in nanoseconds. */
bool text_duration(struct text t, uint64_t *ret_ns);

#endif
