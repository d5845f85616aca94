/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Folding of mismatches into findings. Pure. See errorlog.h. */
#include "memtest/errorlog.h"
#include "memtest/bad_pages.h"
#include "memtest/checks.h"

#define EXAMINE_TIME_NS 2000000000u /* per check: firmware may be slow to hand out work */

void mem_log_sweep(struct mem_log *log)
{
	log->sweep_words = 0;
}

/* ---- counting ---- */

/* The entry of an address, made if there is room; NULL if not. */
static struct mem_seen *seen_entry(struct mem_log *log, uint64_t physical)
{
	for (size_t i = 0; i < log->seen_count; i++) {
		if (log->seen[i].physical == physical)
			return &log->seen[i];
	}
	if (log->seen_count == ARRAY_LEN(log->seen))
		return NULL;
	log->seen[log->seen_count] = (struct mem_seen){.physical = physical};
	return &log->seen[log->seen_count++];
}

static void add_totals(struct mem_log *log, const struct mem_errors *errors)
{
	if (log->mismatches == 0 || errors->lowest < log->lowest)
		log->lowest = errors->lowest;
	if (log->mismatches == 0 || errors->highest > log->highest)
		log->highest = errors->highest;
	log->mismatches += errors->count;
	log->sweep_words += errors->words;
	if (log->sweep_words > log->most_words)
		log->most_words = log->sweep_words;
	signs_merge(&log->signs, &errors->signs);
}

/* ---- pages ---- */

/* What is known of the words of a range of pages that failed on CPU `cpu`: the class of one that accuses a cell, else that
 * of any. If nothing is known of these, what accuses no cell in the whole check: that goes for aliases on all CPUs, for other
 * classes on the CPU that saw them. */
static enum mem_class class_of_pages(
	const struct mem_log *log, const struct page_range *range, unsigned cpu)
{
	enum mem_class here = MEM_CLASS_NONE, anywhere = MEM_CLASS_NONE;
	bool cell_anywhere = false;

	for (size_t i = 0; i < log->seen_count; i++) {
		const enum mem_class class = log->seen[i].class;
		const uint64_t page = log->seen[i].physical >> PAGE4K_BITS;

		if (!log->seen[i].held_wrong)
			continue;
		cell_anywhere |= mem_class_in_cell(class);
		if (class == MEM_CLASS_ALIAS || log->seen[i].cpu == cpu)
			anywhere = class;
		if (page < range->first || page > range->last)
			continue;
		if (mem_class_in_cell(class))
			return class;
		here = class;
	}
	if (here != MEM_CLASS_NONE)
		return here;
	return cell_anywhere ? MEM_CLASS_NONE : anywhere;
}

static void collect_pages(const struct mem_log *log, const struct mem_signs *signs, unsigned cpu,
	struct bad_pages *pages)
{
	pages->read_path += signs->transient;
	for (size_t i = 0; i < signs->page_count; i++) {
		const struct page_range *range = &signs->pages[i];
		const enum mem_class class = class_of_pages(log, range, cpu);

		if (mem_class_in_cell(class))
			page_ranges_add(pages->at, BAD_PAGES_MAX, &pages->count, range);
		else if (class == MEM_CLASS_READ_PATH)
			pages->read_path += range->mismatches;
		else if (class == MEM_CLASS_CPU_SPECIFIC)
			pages->cpu_specific += range->mismatches;
		else
			pages->aliases += range->mismatches;
	}
}

/* ---- single addresses ---- */

static void examine(struct mem_log *log, struct run *run, unsigned cpu, struct mem_error *error)
{
	const uint64_t start_ns = run_now_ns(run);

	if (log->examined_ns >= EXAMINE_TIME_NS)
		return;
	error->class = mem_examine(run, cpu, error);
	log->examined_ns += run_now_ns(run) - start_ns;
}

static void tell(struct mem_log *log, struct run *run, const struct mem_teller *teller,
	unsigned cpu, const struct mem_error *error, struct mem_seen *seen)
{
	if (log->told >= (run->mem->told < MEM_TOLD_PER_RUN ? MEM_TOLD_PER_CHECK : 1)) {
		/* The examination knows fewer aliases than the check. */
		if (mem_log_only_aliases(log) &&
			(seen->class == MEM_CLASS_NONE || seen->class == MEM_CLASS_LOST_WRITE))
			seen->class = MEM_CLASS_ALIAS;
		return;
	}
	run->mem->told++;
	log->told++;
	if (teller->tell(run, teller->arg, cpu, error, seen->count) == FINDING_MEM_ADDRESS_ALIAS)
		seen->class = MEM_CLASS_ALIAS;
	log->aliases += seen->class == MEM_CLASS_ALIAS;
}

void mem_log_take(struct mem_log *log, struct run *run, const struct mem_teller *teller,
	unsigned cpu, const struct mem_errors *errors)
{
	const struct mem_error *first[MEM_ERRORS_KEPT];
	const size_t known = log->seen_count;

	if (errors->count == 0)
		return;
	add_totals(log, errors);
	for (size_t i = 0; i < errors->kept; i++) {
		struct mem_seen *seen = seen_entry(log, errors->at[i].physical);

		if (seen == NULL)
			log->untold = true;
		else if (seen->count++ == 0)
			first[seen - log->seen] = &errors->at[i];
	}
	for (size_t i = known; i < log->seen_count; i++) {
		struct mem_error error = *first[i];

		examine(log, run, cpu, &error);
		log->seen[i].class = error.class;
		log->seen[i].cpu = cpu;
		log->seen[i].held_wrong = error.reread != error.expected;
		tell(log, run, teller, cpu, &error, &log->seen[i]);
	}
	collect_pages(log, &errors->signs, cpu, &run->mem->bad_pages);
}
