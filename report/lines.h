/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text on a screen of 80 columns: wrapping and indenting.
 *
 * Pure.
 * Trust. None: whatever is not printable ASCII leaves as '?', line breaks and tabs as blanks.
 */
#ifndef KIRIWAKE_REPORT_LINES_H
#define KIRIWAKE_REPORT_LINES_H

#include "core/fmt.h"
#include "core/text.h"

/* One less than the screen has: writing the last column makes some terminals scroll. */
#define LINES_COLUMNS 79

/* Takes the next line of at most `width` > 0 characters off *rest into *ret, broken at a blank where there is one.
 * False when nothing is left. */
bool lines_next(struct text *rest, size_t width, struct text *ret);

/* Appends `t`, made printable, to the NUL-terminated text in buf[cap], cut to fit. */
void lines_add(char *buf, size_t cap, struct text t);

/* Writes `head` and behind it `text`, wrapped; the second and later lines begin with `indent` < LINES_COLUMNS
 * blanks. A head wider than half the screen gets a line of its own. Every line is one write to `out` and ends
 * with a newline. */
void lines_write(struct sink out, const char *head, size_t indent, const char *text);

#endif
