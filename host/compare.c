/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What changed from one run to another, for people. See compare.h.
 *
 * Hardware: none.
 * Trust. Both files may come from anywhere and be torn anywhere.
 */
#include "host/compare.h"
#include "core/fmt.h"
#include "core/text.h"
#include "report/replay.h"
#include "suite/compare.h"
#include <stdio.h>
#include <stdlib.h>

#define EXIT_CHANGED 1
#define EXIT_NO_RUN  64
#define PATH_SIZE    4096

static bool read_run(const char *where, struct snapshot *ret)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	char path[PATH_SIZE], *line = NULL;
	size_t cap = 0;
	ssize_t len;
	FILE *file;

	snprintf(path, sizeof(path), "%s/results.jsonl", where);
	file = fopen(path, "rb");
	if (file == NULL)
		file = fopen(where, "rb");
	if (replay == NULL || file == NULL) {
		free(replay);
		return false;
	}
	replay_listen(replay, snapshot_listener(ret));
	while ((len = getline(&line, &cap, file)) > 0) {
		const size_t used = (size_t)len - (line[len - 1] == '\n');

		if (used > 0)
			replay_line(replay, (struct text){line, used});
	}
	replay_end(replay);
	fclose(file);
	free(line);
	free(replay);
	return ret->begun;
}

static void print_run(const char *name, const struct snapshot *s)
{
	const struct inventory *inv = &s->inventory;

	printf("%s run %s%s%s, %s", name, s->run[0] ? s->run : "without a number",
		s->started[0] ? ", " : "", s->started,
		s->ended ? verdict_name(s->verdict) : "never ended");
	for (size_t i = 0; i < inv->count; i++) {
		const struct part *p = &inv->parts[i];

		if (p->kind == PART_BOARD)
			printf(", on %s%s%s%s%s", p->maker, p->maker[0] ? " " : "", p->name,
				p->serial[0] ? ", serial " : "", p->serial);
	}
	printf("\n");
}

struct seen {
	bool any, matters;
};

static void print_change(void *ctx, const struct change *change)
{
	struct seen *seen = ctx;

	seen->any = true;
	seen->matters = seen->matters || change->matters;
	printf("%s %s\n", change->matters ? "!" : "-", change->sentence);
}

int compare_runs(const char *old, const char *new)
{
	struct snapshot *runs = calloc(2, sizeof(*runs));
	struct seen seen = {false, false};

	if (runs == NULL || !read_run(old, &runs[0]) || !read_run(new, &runs[1])) {
		fprintf(stderr, "kiriwake: %s\n",
			runs == NULL || runs[0].begun ? "the second run cannot be read"
						      : "the first run cannot be read");
		free(runs);
		return EXIT_NO_RUN;
	}
	print_run("old:", &runs[0]);
	print_run("new:", &runs[1]);
	if (!compare_is_same_machine(&runs[0].inventory, &runs[1].inventory))
		printf("Nothing shows that these are runs on one machine.\n");
	compare_snapshots(&runs[0], &runs[1], true, print_change, &seen);
	if (!seen.any)
		printf("Nothing changed.\n");
	free(runs);
	return seen.matters ? EXIT_CHANGED : 0;
}
