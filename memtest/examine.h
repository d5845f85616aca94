/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A failing address looked at closely, between two slices: is it the cell, the way to it, or a CPU?
 *
 * Pure. The word is read, and written and read, a fixed number of times, past the caches, by the CPU that saw it fail and
 *       by another. At the end it holds again what it held at the beginning, right or wrong: kernels check before
 *       they write over, so the test goes on as if nobody had looked, and counts no mismatch more or less.
 */
#ifndef KIRIWAKE_MEMTEST_EXAMINE_H
#define KIRIWAKE_MEMTEST_EXAMINE_H

#include <stdbool.h>
#include <stdint.h>

struct run;
struct mem_error;

enum mem_class {
	MEM_CLASS_NONE,         /* not examined */
	MEM_CLASS_STUCK,        /* a bit does not take a value */
	MEM_CLASS_WEAK,         /* both values hold, or hold sometimes, but one was lost */
	MEM_CLASS_LOST_WRITE,   /* whole lanes were wrong until written again */
	MEM_CLASS_READ_PATH,    /* the cell held the right value */
	MEM_CLASS_CPU_SPECIFIC, /* it fails through one CPU and not through another */
	MEM_CLASS_ALIAS, /* another address reaches the same cell: never decided by the table */
	MEM_CLASS_COUNT
};

/* "read-path", as the field `class` takes it; what it suggests, a clause for people; and whether a cell is at
 * fault, so that an operating system had better leave the page alone. Not examined: it may be. */
const char *mem_class_name(enum mem_class c);
const char *mem_class_means(enum mem_class c);
bool mem_class_in_cell(enum mem_class c);

/* How often what one CPU wrote read back wrong, past the caches and read twice. */
enum exam_level {
	EXAM_NEVER,
	EXAM_SOMETIMES,
	EXAM_ALWAYS,  /* each time for at least one of the two values written */
	EXAM_UNASKED, /* there is no other CPU to ask */
	EXAM_LEVEL_COUNT
};

struct exam_facts {
	enum exam_level seer;  /* the CPU that saw the error; never EXAM_UNASKED */
	enum exam_level other; /* another */
	bool reread_right;     /* read again at once, the word was right */
	bool unsteady;         /* two reads with nothing written in between differed */
	bool whole_lanes; /* what was wrong: whole groups of 4 data lines, or 16 bits and more */
};

/* The decision, a table. */
enum mem_class exam_decide(const struct exam_facts *facts);

/* Whether flipped bits are more than weak cells would lose: see exam_facts. */
bool exam_whole_lanes(uint64_t flipped);

/* Examines the word that CPU `cpu` saw fail; reads words whose addresses differ in one bit, too, if it looks as if one
 * shared its cell. Takes well under a millisecond beside what it takes to reach two CPUs. If one does
 * not come back, run->mem->cpu_lost is set and the fault recorded. */
enum mem_class mem_examine(struct run *run, unsigned cpu, const struct mem_error *error);

#endif
