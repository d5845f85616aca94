/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text into HTML and XML. Pure. See markup.h. */
#include "report/markup.h"
#include "core/text.h"

#define LINE_SIZE 1024

static const char *entity_of(char c)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"},
		{'\'', "&#39;"}, {'\n', " "}, {'\r', " "}, {'\t', " "}};

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (entities[i].c == c)
			return entities[i].entity;
	}
	return c >= ' ' && c <= '~' ? NULL : "?";
}

void markup_raw(struct sink out, const char *html)
{
	out.write(out.ctx, html, text_length(html));
}

void markup_text(struct sink out, const char *text)
{
	while (text != NULL && *text != '\0') {
		size_t plain = 0;

		while (text[plain] != '\0' && entity_of(text[plain]) == NULL)
			plain++;
		out.write(out.ctx, text, plain);
		text += plain;
		if (*text != '\0')
			markup_raw(out, entity_of(*text++));
	}
}

void markup(struct sink out, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, format);
	fmt_to_v(line, sizeof(line), format, args);
	va_end(args);
	markup_text(out, line);
}
