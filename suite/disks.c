/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What surface scans leave in the run's directory for others, and what the run before left for this one. Pure over
 * volume_port. */
#include "diskbench/mapfile.h"
#include "suite/state.h"

/* One disk's map on its way into its file. */
struct map_source {
	const struct suite *suite;
	size_t index;
};

static void write_map(void *ctx, struct sink out)
{
	const struct map_source *source = ctx;

	mapfile_write(&source->suite->disk, source->suite->machine, source->index, out);
}

static void keep_map(struct suite *s, size_t index)
{
	struct map_source source = {s, index};
	const char *id = s->machine->disks[index].id;
	char path[RUNLOG_PATH], name[PART_ID + 8], what[64];

	fmt_to(name, sizeof(name), "%s.map", id);
	fmt_to(path, sizeof(path), "%s/%s", s->log.directory, name);
	if (!runlog_replace(&s->log, path, write_map, &source) || s->disk_map_told[index])
		return;
	s->disk_map_told[index] = true;
	fmt_to(what, sizeof(what), "what of %s could be read, for GNU ddrescue", id);
	record_file(&s->rec, name, "text/plain", what);
}

void keep_disk_maps(struct suite *s)
{
	for (size_t i = 0; i < s->machine->disk_count && i < DISK_SLOTS; i++) {
		if (!s->disk.disks[i].map_due)
			continue;
		s->disk.disks[i].map_due = false;
		keep_map(s, i);
	}
}

void recall_disk_scan(struct suite *s)
{
	const struct previous_run *p = &s->log.old.previous;
	struct interrupted_scan *scan = &s->disk.interrupted;

	if (s->log.old.previous_number == 0 || p->disk[0] == '\0')
		return;
	text_copy(scan->serial, sizeof(scan->serial), p->serial);
	scan->lba = p->lba;
	scan->behind_bad = p->behind_bad;
	scan->in_step = p->in_step;
	scan->run = s->log.old.previous_number;
}
