/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* badram.txt in the run's directory, as soon as memory cells failed. Pure over volume_port. See report/badram.h. */
#include "report/badram.h"
#include "suite/state.h"

static void write_badram(void *ctx, struct sink out)
{
	const struct suite *s = ctx;

	badram_write(&s->mem.bad_pages, s->log.number, out);
}

void keep_bad_pages(struct suite *s)
{
	const struct bad_pages *pages = &s->mem.bad_pages;
	uint64_t mismatches = 0;
	char path[RUNLOG_PATH];

	for (size_t i = 0; i < pages->count; i++)
		mismatches += pages->at[i].mismatches;
	if (mismatches == s->bad_pages_written)
		return;
	s->bad_pages_written = mismatches;
	fmt_to(path, sizeof(path), "%s/badram.txt", s->log.directory);
	if (!runlog_replace(&s->log, path, write_badram, s))
		return;
	record_file(&s->rec, "badram.txt", "text/plain",
		"memory that failed, for GRUB, Linux and Windows");
	record_note(&s->rec, PART_ID_MEMORY,
		"badram.txt beside this log now has %zu range%s of failing pages, for GRUB, Linux and Windows",
		pages->count, pages->count == 1 ? "" : "s");
}
