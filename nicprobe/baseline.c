/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the network looked like, as a small text file. Pure. See baseline.h. */
#include "nicprobe/baseline.h"
#include "core/fmt.h"

#define FIRST_LINE "kiriwake-baseline 1"

size_t baseline_write(const struct facts *facts, char buf[BASELINE_BYTES])
{
	size_t len = fmt_to(buf, BASELINE_BYTES, FIRST_LINE "\n");

	for (enum fact i = 0; i < FACT_COUNT; i++) {
		if (facts->at[i][0] != '\0')
			len = fmt_add(buf, BASELINE_BYTES, "%s=%s\n", fact_key(i), facts->at[i]);
	}
	return len;
}

static void take_line(struct text line, struct facts *f)
{
	for (enum fact i = 0; i < FACT_COUNT; i++) {
		const size_t key = text_length(fact_key(i));

		if (line.len > key && line.at[key] == '=' &&
			text_is((struct text){line.at, key}, fact_key(i)))
			text_clean(f->at[i], FACT_TEXT, line.at + key + 1, line.len - key - 1);
	}
}

bool baseline_read(struct span file, struct facts *ret)
{
	struct text rest = {(const char *)file.at, file.len}, line;
	struct facts f = {0};

	if (!text_line(&rest, &line) || !text_is(line, FIRST_LINE))
		return false;
	while (text_line(&rest, &line))
		take_line(line, &f);
	*ret = f;
	return true;
}

struct facts baseline_merge(const struct facts *old, const struct facts *seen)
{
	struct facts f = *old;

	for (enum fact i = 0; i < FACT_COUNT; i++) {
		if (seen->at[i][0] != '\0')
			text_copy(f.at[i], FACT_TEXT, seen->at[i]);
	}
	return f;
}
