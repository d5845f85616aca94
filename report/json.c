/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A writer of JSON, one value per line. Pure. See json.h. */
#include "report/json.h"

static void flush(struct json *j)
{
	j->out.write(j->out.ctx, j->buf, j->used);
	j->used = 0;
}

static void put(struct json *j, char c)
{
	if (j->used == sizeof(j->buf))
		flush(j);
	j->buf[j->used++] = c;
}

static void put_plain(struct json *j, const char *text)
{
	for (; *text != '\0'; text++)
		put(j, *text);
}

static void put_escaped(struct json *j, char c)
{
	char code[8];

	if (c == '"' || c == '\\') {
		put(j, '\\');
		put(j, c);
	} else if (c >= ' ' && c <= '~') {
		put(j, c);
	} else if ((unsigned char)c < ' ') {
		fmt_to(code, sizeof(code), "\\u%04x", (unsigned)(unsigned char)c);
		put_plain(j, code);
	} else {
		put(j, '?');
	}
}

static void put_string(struct json *j, struct text t)
{
	put(j, '"');
	for (size_t i = 0; i < t.len; i++)
		put_escaped(j, t.at[i]);
	put(j, '"');
}

/* What stands before a value. */
static void begin_value(struct json *j, const char *name)
{
	if (j->comma)
		put(j, ',');
	j->comma = true;
	if (name != NULL) {
		put_string(j, (struct text){name, text_length(name)});
		put(j, ':');
	}
}

void json_init(struct json *j, struct sink out)
{
	*j = (struct json){.out = out};
}

static void open(struct json *j, const char *name, const char brackets[2])
{
	begin_value(j, name);
	put(j, brackets[0]);
	j->closers[j->depth++] = brackets[1];
	j->comma = false;
}

void json_object(struct json *j, const char *name)
{
	open(j, name, "{}");
}

void json_array(struct json *j, const char *name)
{
	open(j, name, "[]");
}

void json_close(struct json *j)
{
	put(j, j->closers[--j->depth]);
	j->comma = true;
}

void json_text(struct json *j, const char *name, const char *text)
{
	begin_value(j, name);
	if (text == NULL)
		text = "";
	put_string(j, (struct text){text, text_length(text)});
}

void json_pair(struct json *j, struct text name, struct text value)
{
	begin_value(j, NULL);
	put_string(j, name);
	put(j, ':');
	put_string(j, value);
}

void json_number(struct json *j, const char *name, uint64_t value)
{
	json_decimal(j, name, value, 0);
}

void json_decimal(struct json *j, const char *name, uint64_t value, unsigned decimals)
{
	char text[FMT_SIZE];

	begin_value(j, name);
	put_plain(j, fmt_decimal(text, value, decimals));
}

void json_bool(struct json *j, const char *name, bool value)
{
	begin_value(j, name);
	put_plain(j, value ? "true" : "false");
}

void json_hex(struct json *j, const char *name, uint64_t value)
{
	char text[FMT_SIZE];

	fmt_to(text, sizeof(text), "0x%llx", (unsigned long long)value);
	json_text(j, name, text);
}

void json_end_line(struct json *j)
{
	while (j->depth > 0)
		json_close(j);
	put(j, '\n');
	flush(j);
	j->comma = false;
}
