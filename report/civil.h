/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seconds since 1970 as a date people and parsers read.
 *
 * Pure.
 * Spec.  RFC 3339, section 5.6, always UTC; proleptic Gregorian calendar.
 */
#ifndef KIRIWAKE_REPORT_CIVIL_H
#define KIRIWAKE_REPORT_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

/* Room for "2024-01-01T12:00:00.123Z". */
#define CIVIL_TEXT 25

/* The instant `after_ns` after `wall_s` (seconds since 1970), cut to milliseconds. Instants outside the years
 * 1970 to 9999 become the nearest one inside. Returns buf. */
const char *civil_text(char buf[CIVIL_TEXT], int64_t wall_s, uint64_t after_ns);

/* The milliseconds since 1970 of such a text. False, nothing changed, if it is none. */
bool civil_read(const char *text, uint64_t *ret_ms);

#endif
