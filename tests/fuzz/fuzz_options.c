/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Options from any bytes, as lines and as words: no crash, every problem can be told, and what was accepted
 * survives being printed and read again. */
#include "suite/options.h"
#include "tests/fuzz/printable.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct page {
	size_t used;
	char text[16384];
};

static void append(void *ctx, const char *text, size_t len)
{
	struct page *p = ctx;

	if (len > sizeof(p->text) - p->used)
		abort();
	memcpy(p->text + p->used, text, len);
	p->used += len;
}

static void print(const struct config *config, struct page *ret)
{
	ret->used = 0;
	options_print(config, (struct sink){append, ret});
}

static void read_all(
	struct config *config, struct text text, bool words, struct option_problems *ret)
{
	const struct option_source source = {"fuzz", text, words, false};

	memset(ret, 0, sizeof(*ret));
	options_read(config, &source, ret);
}

static void check_problem(const struct option_problem *p)
{
	char text[OPTION_PROBLEM_TEXT];

	option_problem_text(p, text, sizeof(text));
	check_text(text, sizeof(text));
}

static void try_source(struct text text, bool words)
{
	static struct option_problems problems;
	static struct page page, page_again;
	struct config config, again;

	options_defaults(&config);
	read_all(&config, text, words, &problems);
	if (problems.count > 0)
		check_problem(&problems.items[problems.count - 1]);

	print(&config, &page);
	options_defaults(&again);
	read_all(&again, (struct text){page.text, page.used}, false, &problems);
	if (problems.count != 0)
		abort();
	print(&again, &page_again);
	if (page.used != page_again.used || memcmp(page.text, page_again.text, page.used) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = {(const char *)data, size};

	try_source(text, false);
	try_source(text, true);
	return 0;
}
