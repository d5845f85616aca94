/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A reader of JSON. Pure. See json_read.h. */
#include "report/json_read.h"

struct parser {
	struct json_tree *tree;
	const char *at, *end;
	unsigned depth;
	uint32_t open[JSON_READ_DEPTH]; /* the containers we are in, innermost last */
};

static void skip_blanks(struct parser *p)
{
	while (p->at < p->end &&
		(*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
		p->at++;
}

/* Takes `c`, with blanks before it, if it comes next. */
static bool take(struct parser *p, char c)
{
	skip_blanks(p);
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

static bool put(struct parser *p, char c)
{
	if (p->tree->used == JSON_READ_TEXT)
		return false;
	p->tree->text[p->tree->used++] = c;
	return true;
}

static bool hex_digit(char c, unsigned *value)
{
	unsigned digit;

	if (c >= '0' && c <= '9')
		digit = (unsigned)(c - '0');
	else if (c >= 'a' && c <= 'f')
		digit = (unsigned)(c - 'a') + 10;
	else if (c >= 'A' && c <= 'F')
		digit = (unsigned)(c - 'A') + 10;
	else
		return false;
	*value = *value << 4 | digit;
	return true;
}

/* Behind "\u". */
static bool read_code(struct parser *p)
{
	unsigned code = 0;

	if (p->end - p->at < 4)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		if (!hex_digit(*p->at++, &code))
			return false;
	}
	return put(p, code > 0 && code < 0x7f ? (char)code : '?');
}

/* Behind the backslash. */
static bool read_escape(struct parser *p)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";

	if (p->at == p->end)
		return false;
	if (*p->at == 'u') {
		p->at++;
		return read_code(p);
	}
	for (unsigned i = 0; i < sizeof(letters) - 1; i++) {
		if (*p->at == letters[i]) {
			p->at++;
			return put(p, means[i]);
		}
	}
	return false;
}

/* Behind the opening quote. */
static bool read_string(struct parser *p, const char **ret)
{
	const size_t start = p->tree->used;

	while (p->at < p->end && *p->at != '"') {
		const unsigned char c = (unsigned char)*p->at++;

		if (c < ' ')
			return false;
		if (c == '\\' ? !read_escape(p) : !put(p, c < 0x7f ? (char)c : '?'))
			return false;
	}
	if (p->at == p->end || !put(p, '\0'))
		return false;
	p->at++;
	*ret = p->tree->text + start;
	return true;
}

static bool read_digits(struct parser *p)
{
	const char *start = p->at;

	while (p->at < p->end && *p->at >= '0' && *p->at <= '9') {
		if (!put(p, *p->at++))
			return false;
	}
	return p->at > start;
}

/* Copies the next character if it is one of `any`. */
static bool copy_any(struct parser *p, const char *any)
{
	for (; p->at < p->end && *any != '\0'; any++) {
		if (*p->at == *any)
			return put(p, *p->at++);
	}
	return false;
}

static bool read_number(struct parser *p, const char **ret)
{
	const size_t start = p->tree->used;

	copy_any(p, "-");
	if (!copy_any(p, "0") && !read_digits(p))
		return false;
	if (copy_any(p, ".") && !read_digits(p))
		return false;
	if (copy_any(p, "eE")) {
		copy_any(p, "+-");
		if (!read_digits(p))
			return false;
	}
	*ret = p->tree->text + start;
	return put(p, '\0');
}

static bool read_literal(struct parser *p, struct json_node *node)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} literals[] = {{"true", JSON_BOOL}, {"false", JSON_BOOL}, {"null", JSON_NULL}};

	for (unsigned i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		const size_t len = text_length(literals[i].text);

		if ((size_t)(p->end - p->at) >= len &&
			text_is((struct text){p->at, len}, literals[i].text)) {
			p->at += len;
			node->kind = literals[i].kind;
			node->text = literals[i].text;
			return true;
		}
	}
	return false;
}

static bool open_container(struct parser *p, struct json_node *node, enum json_kind kind)
{
	if (p->depth == JSON_READ_DEPTH)
		return false;
	node->kind = kind;
	p->open[p->depth++] = p->tree->count - 1;
	return true;
}

/* A value, or the beginning of a container. */
static bool read_value(struct parser *p, const char *name)
{
	struct json_node *node;

	if (p->tree->count == JSON_READ_NODES)
		return false;
	node = &p->tree->nodes[p->tree->count++];
	*node = (struct json_node){.next = p->tree->count, .name = name};
	if (take(p, '{'))
		return open_container(p, node, JSON_OBJECT);
	if (take(p, '['))
		return open_container(p, node, JSON_ARRAY);
	if (take(p, '"')) {
		node->kind = JSON_STRING;
		return read_string(p, &node->text);
	}
	if (read_literal(p, node))
		return true;
	node->kind = JSON_NUMBER;
	return read_number(p, &node->text);
}

/* The next element of the innermost container. */
static bool read_element(struct parser *p)
{
	const uint32_t container = p->open[p->depth - 1];
	const bool object = p->tree->nodes[container].kind == JSON_OBJECT;
	const bool is_first = p->tree->count == container + 1;
	const char *name = NULL;

	if (!is_first && !take(p, ','))
		return false;
	if (object && (!take(p, '"') || !read_string(p, &name) || !take(p, ':')))
		return false;
	return read_value(p, name);
}

/* Closes all containers that end here. */
static void close_containers(struct parser *p)
{
	while (p->depth > 0) {
		struct json_node *node = &p->tree->nodes[p->open[p->depth - 1]];

		if (!take(p, node->kind == JSON_OBJECT ? '}' : ']'))
			return;
		node->next = p->tree->count;
		p->depth--;
	}
}

bool json_read(struct json_tree *tree, struct text text)
{
	struct parser p = {.tree = tree, .at = text.at, .end = text.at + text.len};

	tree->count = 0;
	tree->used = 0;
	if (!read_value(&p, NULL))
		return false;
	for (close_containers(&p); p.depth > 0; close_containers(&p)) {
		if (!read_element(&p))
			return false;
	}
	skip_blanks(&p);
	return p.at == p.end;
}

const struct json_node *json_first(const struct json_tree *tree, const struct json_node *parent)
{
	const uint32_t first = (uint32_t)(parent - tree->nodes) + 1;

	return first < parent->next ? &tree->nodes[first] : NULL;
}

const struct json_node *json_next(
	const struct json_tree *tree, const struct json_node *parent, const struct json_node *child)
{
	return child->next < parent->next ? &tree->nodes[child->next] : NULL;
}

const struct json_node *json_member(const struct json_tree *tree, const struct json_node *object,
	const char *name, enum json_kind kind)
{
	if (object == NULL || object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json_node *n = json_first(tree, object); n != NULL;
		n = json_next(tree, object, n)) {
		if (n->kind == kind && text_same(n->name, name))
			return n;
	}
	return NULL;
}

const char *json_string(
	const struct json_tree *tree, const struct json_node *object, const char *name)
{
	const struct json_node *n = json_member(tree, object, name, JSON_STRING);

	return n != NULL ? n->text : NULL;
}

bool json_to_decimal(const struct json_node *node, uint64_t *ret_value, unsigned *ret_decimals)
{
	uint64_t value = 0;
	unsigned decimals = 0;
	bool point = false;

	if (node == NULL || node->kind != JSON_NUMBER)
		return false;
	for (const char *c = node->text; *c != '\0'; c++) {
		if (*c == '.') {
			point = true;
			continue;
		}
		if (*c < '0' || *c > '9' || __builtin_mul_overflow(value, 10u, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*c - '0'), &value))
			return false;
		decimals += point;
	}
	if (decimals > 9)
		return false;
	*ret_value = value;
	*ret_decimals = decimals;
	return true;
}

uint64_t json_whole(const struct json_tree *tree, const struct json_node *object, const char *name,
	uint64_t otherwise)
{
	uint64_t value;
	unsigned decimals;

	if (!json_to_decimal(json_member(tree, object, name, JSON_NUMBER), &value, &decimals) ||
		decimals != 0)
		return otherwise;
	return value;
}
