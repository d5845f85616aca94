/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text on a screen of 80 columns: wrapping and indenting. Pure. See lines.h. */
#include "report/lines.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool lines_next(struct text *rest, size_t width, struct text *ret)
{
	struct text t = text_trim(*rest);
	size_t cut = t.len;

	if (t.len == 0)
		return false;
	if (t.len > width) {
		for (cut = width; cut > 0 && !is_blank(t.at[cut]); cut--)
			;
		if (cut == 0)
			cut = width;
	}
	*ret = text_trim((struct text){t.at, cut});
	*rest = (struct text){t.at + cut, t.len - cut};
	return true;
}

static char printable(char c)
{
	if (is_blank(c))
		return ' ';
	return c >= ' ' && c <= '~' ? c : '?';
}

void lines_add(char *buf, size_t cap, struct text t)
{
	size_t used = text_length(buf);

	for (size_t i = 0; i < t.len && used + 1 < cap; i++)
		buf[used++] = printable(t.at[i]);
	buf[used] = '\0';
}

static void put_line(struct sink out, const char *indented, struct text t)
{
	char line[LINES_COLUMNS + 2] = "";

	lines_add(line, LINES_COLUMNS + 1, (struct text){indented, text_length(indented)});
	lines_add(line, LINES_COLUMNS + 1, t);
	fmt_add(line, sizeof(line), "\n");
	out.write(out.ctx, line, text_length(line));
}

void lines_write(struct sink out, const char *head, size_t indent, const char *text)
{
	struct text rest = {text, text_length(text)}, part = {text, 0};
	size_t head_len = text_length(head);
	char blanks[LINES_COLUMNS + 1];

	fmt_to(blanks, sizeof(blanks), "%*s", (int)indent, "");
	if (head_len > LINES_COLUMNS / 2 || !lines_next(&rest, LINES_COLUMNS - head_len, &part))
		put_line(out, head, (struct text){text, 0});
	else
		put_line(out, head, part);
	while (lines_next(&rest, LINES_COLUMNS - indent, &part))
		put_line(out, blanks, part);
}
