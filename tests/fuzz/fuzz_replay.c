/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A run's records out of any bytes: no crash, and what is made of them reads back as the same. */
#include "report/jsonl.h"
#include "report/latest.h"
#include "report/replay.h"
#include "report/textlog.h"
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX (4u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct output {
	size_t used;
	char text[OUTPUT_MAX];
};

static void remember(void *ctx, const char *text, size_t len)
{
	struct output *o = ctx;

	if (o->used + len > OUTPUT_MAX)
		abort();
	memcpy(o->text + o->used, text, len);
	o->used += len;
}

static void forget(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	for (size_t i = 0; i < len; i++) {
		if ((text[i] < ' ' || text[i] > '~') && text[i] != '\n')
			abort();
	}
}

static void copy(struct text from, struct output *to)
{
	static struct replay replay;
	static struct jsonl writer;
	static struct textlog log;
	static struct latest latest;

	memset(&replay, 0, sizeof(replay));
	to->used = 0;
	jsonl_init(&writer, (struct sink){remember, to});
	textlog_init(&log, (struct sink){forget, NULL});
	latest_init(&latest);
	replay_listen(&replay, jsonl_listener(&writer));
	replay_listen(&replay, textlog_listener(&log));
	replay_listen(&replay, latest_listener(&latest));
	replay_run(&replay, from);
	latest_write(&latest, (struct sink){forget, NULL});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct output first, again;

	copy((struct text){(const char *)data, size}, &first);
	copy((struct text){first.text, first.used}, &again);
	if (first.used != again.used || memcmp(first.text, again.text, first.used) != 0)
		abort();
	return 0;
}
