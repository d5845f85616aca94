/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text into HTML and XML.
 *
 * Pure.
 * Spec.  XML 1.0 section 2.2 and 4.6, HTML: the five characters that mean something are entities, in text and in attributes.
 * Trust. None: what is not printable ASCII leaves as '?', line breaks and tabs as blanks. XML has no escape for controls.
 */
#ifndef KIRIWAKE_REPORT_MARKUP_H
#define KIRIWAKE_REPORT_MARKUP_H

#include "core/fmt.h"

/* Text of any origin; NULL is none. */
void markup_text(struct sink out, const char *text);

/* Formats like fmt_to() and writes that as markup_text(). At most 1 KiB, cut. For what holds text of any origin. */
void markup(struct sink out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Our own text as it stands. */
void markup_raw(struct sink out, const char *html);

#endif
