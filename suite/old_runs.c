/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The runs that are on the log volume already. Pure over volume_port. See old_runs.h. */
#include "suite/old_runs.h"
#include "core/fmt.h"
#include "core/text.h"

#define LOW_SPACE_BYTES (16u << 20)
#define NAME_SIZE       12
#define LOOK_BACK       32 /* runs without records that are passed over in search of one that has some */

static const char *const bulky[] = {"log.txt", "report.html", "junit.xml", "metrics.prom"};

/* ---- numbers ---- */

/* What is looked for in the directory of runs: the greatest number below `below`, or the least above `above`. */
struct search {
	bool any; /* whatever has a number as its name: none of those may be used again; else our directories only */
	unsigned below, above;
	unsigned greatest, least; /* 0: none */
};

static bool is_our_name(const char *name, unsigned number)
{
	char own[NAME_SIZE];

	fmt_to(own, sizeof(own), "%04u", number);
	return text_same(own, name);
}

static void consider(void *arg, const char *name, bool is_directory, uint64_t bytes)
{
	struct search *s = arg;
	uint64_t wide;
	unsigned number;

	(void)bytes;
	if (!text_number((struct text){name, text_length(name)}, &wide) || wide > OLD_RUNS_LAST)
		return;
	number = (unsigned)wide;
	if (!s->any && (!is_directory || !is_our_name(name, number)))
		return;
	if (number < s->below && number > s->greatest)
		s->greatest = number;
	if (number > s->above && (s->least == 0 || number < s->least))
		s->least = number;
}

unsigned old_runs_before(const struct volume_port *v, unsigned number)
{
	struct search s = {.below = number};

	return v->list(v->ctx, OLD_RUNS_DIRECTORY, consider, &s) == VOLUME_OK ? s.greatest : 0;
}

static unsigned run_after(const struct volume_port *v, unsigned number)
{
	struct search s = {.above = number};

	return v->list(v->ctx, OLD_RUNS_DIRECTORY, consider, &s) == VOLUME_OK ? s.least : 0;
}

void old_runs_path(char buf[OLD_RUNS_PATH], unsigned number, const char *name)
{
	fmt_to(buf, OLD_RUNS_PATH, OLD_RUNS_DIRECTORY "/%04u%s%s", number, name[0] ? "/" : "",
		name);
}

/* ---- what a run left ---- */

struct contents {
	uint64_t results_bytes;
	unsigned bulky_files;
};

static void add_file(void *arg, const char *name, bool is_directory, uint64_t bytes)
{
	static const char results[] = "results.jsonl";
	struct contents *c = arg;
	struct text t = {name, text_length(name)};

	if (is_directory)
		return;
	if (text_glob((struct text){results, sizeof(results) - 1}, t))
		c->results_bytes = bytes;
	for (size_t i = 0; i < ARRAY_LEN(bulky); i++)
		c->bulky_files += text_glob((struct text){bulky[i], text_length(bulky[i])}, t);
}

static bool look_into(const struct volume_port *v, unsigned number, struct contents *ret)
{
	char path[OLD_RUNS_PATH];

	*ret = (struct contents){0};
	old_runs_path(path, number, "");
	return v->list(v->ctx, path, add_file, ret) == VOLUME_OK;
}

/* Up to `cap` bytes of run `number`'s records. False: they cannot be read. */
static bool read_records(const struct volume_port *v, unsigned number, uint64_t offset,
	char *buffer, size_t cap, struct span *ret)
{
	char path[OLD_RUNS_PATH];
	size_t len;

	old_runs_path(path, number, "results.jsonl");
	if (v->read(v->ctx, path, offset, buffer, cap, &len) != VOLUME_OK)
		return false;
	*ret = (struct span){(const uint8_t *)buffer, len};
	return true;
}

/* How run `number` ended, by the last bytes of its records. False: they cannot be read. */
static bool read_end(const struct volume_port *v, unsigned number, uint64_t results_bytes,
	char buffer[OLD_RUNS_TAIL], struct previous_run *ret)
{
	uint64_t offset = results_bytes > OLD_RUNS_TAIL ? results_bytes - OLD_RUNS_TAIL : 0;
	struct span tail;

	if (!read_records(v, number, offset, buffer, OLD_RUNS_TAIL, &tail))
		return false;
	previous_run_read(tail, ret);
	return true;
}

/* Which machine run `number` ran on, by the first bytes of its records: as many hold testRunStart. */
static void read_head(const struct volume_port *v, unsigned number, char buffer[OLD_RUNS_TAIL],
	struct previous_run *run)
{
	struct span head;

	if (read_records(v, number, 0, buffer, OLD_RUNS_TAIL, &head))
		previous_run_read_head(head, run);
}

/* The newest run that has records. One that cannot be read ends the search: nothing is claimed of it. */
static void find_previous(
	const struct volume_port *v, char buffer[OLD_RUNS_TAIL], struct old_runs *runs)
{
	unsigned number = OLD_RUNS_LAST + 1;
	struct contents c;

	for (unsigned tries = 0; tries < LOOK_BACK; tries++) {
		number = old_runs_before(v, number);
		if (number == 0 || !look_into(v, number, &c))
			return;
		if (c.results_bytes == 0) {
			if (runs->empty++ == 0)
				runs->newest_empty = number;
			continue;
		}
		if (read_end(v, number, c.results_bytes, buffer, &runs->previous)) {
			runs->previous_number = number;
			read_head(v, number, buffer, &runs->previous);
		}
		return;
	}
}

/* ---- room ---- */

static unsigned drop_bulky(const struct volume_port *v, unsigned number)
{
	unsigned dropped = 0;

	for (size_t i = 0; i < ARRAY_LEN(bulky); i++) {
		char path[OLD_RUNS_PATH];

		old_runs_path(path, number, bulky[i]);
		dropped += v->remove(v->ctx, path) == VOLUME_OK;
	}
	return dropped;
}

/* The records stay, and so does all of a run that never ended: somebody may still want to know why. */
static void make_room(const struct volume_port *v, unsigned keep, char buffer[OLD_RUNS_TAIL],
	struct old_runs *runs)
{
	unsigned run = run_after(v, 0);
	struct previous_run end;
	struct contents c;
	uint64_t free_bytes;

	for (; run != 0 && run + keep <= runs->newest; run = run_after(v, run)) {
		if (v->free_bytes(v->ctx, &free_bytes) != VOLUME_OK ||
			free_bytes >= LOW_SPACE_BYTES)
			return;
		if (look_into(v, run, &c) && c.bulky_files > 0 && c.results_bytes > 0 &&
			read_end(v, run, c.results_bytes, buffer, &end) && end.ended)
			runs->dropped_files += drop_bulky(v, run);
	}
}

bool old_runs_look(const struct volume_port *volume, char buffer[OLD_RUNS_TAIL], unsigned keep,
	struct old_runs *ret)
{
	struct search all = {.any = true, .below = OLD_RUNS_LAST + 1};
	struct old_runs runs = {0};

	if (volume->list(volume->ctx, OLD_RUNS_DIRECTORY, consider, &all) != VOLUME_OK)
		return false;
	runs.newest = all.greatest;
	find_previous(volume, buffer, &runs);
	if (keep > 0)
		make_room(volume, keep, buffer, &runs);
	*ret = runs;
	return true;
}
