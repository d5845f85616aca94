/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A writer of JSON, one value per line.
 *
 * Pure. Text is collected in the writer's own buffer and handed to the sink when a line ends (one write) or the
 * buffer is full (several).
 * Spec.  RFC 8259. The writer places commas, closes brackets and escapes strings.
 * Trust. Strings may hold anything: controls are escaped, bytes beyond ASCII become '?'.
 */
#ifndef KIRIWAKE_REPORT_JSON_H
#define KIRIWAKE_REPORT_JSON_H

#include "core/fmt.h"
#include "core/text.h"

#define JSON_BUFFER 4096
#define JSON_DEPTH  12

struct json {
	struct sink out;
	size_t used;
	bool comma; /* the next value follows another one */
	unsigned depth;
	char closers[JSON_DEPTH]; /* of what is open, innermost last */
	char buf[JSON_BUFFER];
};

void json_init(struct json *j, struct sink out);

/* `name` is the member's name inside an object, NULL inside an array and for the outermost value. */
void json_object(struct json *j, const char *name);
void json_array(struct json *j, const char *name);

/* Closes the innermost object or array. */
void json_close(struct json *j);

/* A string; NULL is written as the empty one. */
void json_text(struct json *j, const char *name, const char *text);

/* A string member whose name comes from outside, too. */
void json_pair(struct json *j, struct text name, struct text value);

void json_number(struct json *j, const char *name, uint64_t value);

/* value / 10^decimals as an exact number; decimals <= 9. */
void json_decimal(struct json *j, const char *name, uint64_t value, unsigned decimals);

void json_bool(struct json *j, const char *name, bool value);

/* The string "0x1f": JSON readers round integers beyond 2^53. */
void json_hex(struct json *j, const char *name, uint64_t value);

/* Closes whatever is open, ends the line and hands it to the sink. */
void json_end_line(struct json *j);

#endif
