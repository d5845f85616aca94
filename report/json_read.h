/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A reader of JSON: one text, one tree, in bounded storage.
 *
 * Pure. The tree is an array in the order of the text; whatever is inside a value follows it up to its `next`.
 * Spec.  RFC 8259, without a sign of its own for numbers: they stay text, for the caller to read exactly.
 * Trust. None. Nesting, values and text are bounded; what is beyond, or no JSON, is refused as a whole. Strings come out as
 *        ASCII: bytes and escapes beyond it, and NUL, are '?', as the writer does it.
 */
#ifndef KIRIWAKE_REPORT_JSON_READ_H
#define KIRIWAKE_REPORT_JSON_READ_H

#include "core/text.h"

#define JSON_READ_DEPTH 16
#define JSON_READ_NODES 8192
#define JSON_READ_TEXT  (256u << 10)

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_node {
	enum json_kind kind;
	uint32_t next;    /* index of what follows this value and all that is inside it */
	const char *name; /* of the member; NULL in an array and for the outermost value */
	const char *
		text; /* of a string, number or literal, as it stands in the text but unescaped; else NULL */
};

/* Big: the owner provides it. Texts point into it. */
struct json_tree {
	uint32_t count;
	size_t used;
	struct json_node nodes[JSON_READ_NODES];
	char text[JSON_READ_TEXT];
};

/* Reads the one value that `text` is. False, and the tree means nothing, if it is no JSON or too much of it. */
bool json_read(struct json_tree *tree, struct text text);

/* The first child of a node, and the next child behind `child`; NULL: no more. */
const struct json_node *json_first(const struct json_tree *tree, const struct json_node *parent);
const struct json_node *json_next(const struct json_tree *tree, const struct json_node *parent,
	const struct json_node *child);

/* The first member of that name and kind. NULL: none, or `object` is NULL or no object. */
const struct json_node *json_member(const struct json_tree *tree, const struct json_node *object,
	const char *name, enum json_kind kind);

/* The text of a string member; NULL: there is none. */
const char *json_string(
	const struct json_tree *tree, const struct json_node *object, const char *name);

/* The digits of a number without point or sign: value / 10^*ret_decimals, at most 9 of them. False, nothing changed: no
 * number, negative, with an exponent, or too large. */
bool json_to_decimal(const struct json_node *node, uint64_t *ret_value, unsigned *ret_decimals);

/* A whole number member; `otherwise` if there is none. */
uint64_t json_whole(const struct json_tree *tree, const struct json_node *object, const char *name,
	uint64_t otherwise);

#endif
