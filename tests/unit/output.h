/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a renderer wrote, for the renderers' tests: a sink that remembers, and golden files to compare with. */
#ifndef KIRIWAKE_TESTS_OUTPUT_H
#define KIRIWAKE_TESTS_OUTPUT_H

#include "core/fmt.h"
#include "tests/test.h"
#include <stdlib.h>

#define OUTPUT_MAX 1000000

struct output {
	size_t used;
	size_t writes;
	char text[OUTPUT_MAX];
};

static inline void output_remember(void *ctx, const char *text, size_t len)
{
	struct output *o = ctx;

	CHECK(o->used + len < OUTPUT_MAX);
	memcpy(o->text + o->used, text, len);
	o->used += len;
	o->writes++;
	o->text[o->used] = '\0';
}

/* Empties it first. */
static inline struct sink to(struct output *o)
{
	o->used = o->writes = 0;
	o->text[0] = '\0';
	return (struct sink){output_remember, o};
}

/* `what` is how a difference is called. */
static inline void output_same(const char *what, const char *got, const char *want)
{
	size_t len, line = 1;

	for (len = 0; got[len] != '\0' && got[len] == want[len]; len++)
		line += got[len] == '\n';
	CHECK(got[len] == want[len], "%s differs in line %zu: \"%.60s\" for \"%.60s\"", what, line,
		got + len, want + len);
}

/* UPDATE_GOLDEN=1 writes the file anew. */
static inline void output_golden(const char *name, const char *got)
{
	static char want[OUTPUT_MAX];
	char path[128];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "tests/golden/%s", name);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		file = fopen(path, "wb");
		CHECK(file != NULL && fwrite(got, 1, strlen(got), file) == strlen(got), "%s", path);
		if (file != NULL)
			fclose(file);
		return;
	}
	file = fopen(path, "rb");
	CHECK(file != NULL, "%s", path);
	if (file == NULL)
		return;
	len = fread(want, 1, sizeof(want) - 1, file);
	want[len] = '\0';
	fclose(file);
	output_same(path, got, want);
}

#endif
