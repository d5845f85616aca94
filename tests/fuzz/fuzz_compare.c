/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Two runs out of any bytes, compared: no crash, and every sentence is fit for a screen. The first line that is only
 * "=" parts the two. */
#include "report/replay.h"
#include "suite/compare.h"
#include "tests/fuzz/printable.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *ctx, const struct change *c)
{
	unsigned *count = ctx;

	check_text(c->was, sizeof(c->was));
	check_text(c->is, sizeof(c->is));
	check_text(c->sentence, sizeof(c->sentence));
	if (c->what == NULL || c->sentence[0] == '\0')
		abort();
	++*count;
}

static void read_run(struct text text, struct snapshot *ret)
{
	static struct replay replay;

	memset(&replay, 0, sizeof(replay));
	memset(ret, 0, sizeof(*ret));
	replay_listen(&replay, snapshot_listener(ret));
	replay_run(&replay, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct snapshot old, new;
	const char *text = (const char *)data;
	unsigned count = 0;
	size_t split = 0;

	while (split + 3 <= size && memcmp(text + split, "\n=\n", 3) != 0)
		split++;
	if (split + 3 > size)
		split = size;
	read_run((struct text){text, split}, &old);
	read_run((struct text){text + split, size - split}, &new);
	compare_is_same_machine(&old.inventory, &new.inventory);
	compare_snapshots(&old, &new, true, check, &count);
	count = 0;
	compare_snapshots(&old, &old, true, check, &count);
	if (count != 0)
		abort();
	return 0;
}
