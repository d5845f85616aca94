/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looking closely at one failing address. Pure. See examine.h. */
#include "memtest/examine.h"
#include "memtest/checks.h"
#include <emmintrin.h>

#define EXAM_TIMES 16
#define EXAM_PAUSES \
	256 /* some microseconds: a write still waiting in the controller would answer the read */
#define EXAM_TIMEOUT_NS 5000000000u

#define LANE_BITS   4
#define LINE_LOWEST 3 /* the address bits below select bytes in a word */
#define MANY_BITS   16

/* ---- deciding ---- */

static const struct {
	const char *name, *means;
	bool in_cell;
} classes[MEM_CLASS_COUNT] = {
	[MEM_CLASS_NONE] = {"", "", true},
	[MEM_CLASS_STUCK] = {"stuck",
		"stuck: a bit does not take a value: the cell; replace the DIMM", true},
	[MEM_CLASS_WEAK] = {"weak",
		"weak: rewritten it holds, but not under this test: a weak or disturbed cell; replace the DIMM",
		true},
	[MEM_CLASS_LOST_WRITE] = {"lost-write",
		"lost-write: whole lanes were wrong until written again: reseat the DIMM, replace it if it comes "
		"back",
		true},
	[MEM_CLASS_READ_PATH] = {"read-path",
		"read-path: the cells are right; look at seating, bus, controller and voltage",
		false},
	[MEM_CLASS_CPU_SPECIFIC] = {"cpu-specific",
		"cpu-specific: it fails through this CPU and not through another: suspect that CPU or its cache, "
		"not the DIMM",
		false},
	[MEM_CLASS_ALIAS] = {"address-alias",
		"address-alias: two addresses reach one cell: an address line, its contact, or the memory map",
		false},
};

const char *mem_class_name(enum mem_class c)
{
	return classes[c].name;
}

const char *mem_class_means(enum mem_class c)
{
	return classes[c].means;
}

bool mem_class_in_cell(enum mem_class c)
{
	return classes[c].in_cell;
}

bool exam_whole_lanes(uint64_t flipped)
{
	unsigned bits = 0;
	bool whole = flipped != 0;

	for (unsigned i = 0; i < 64; i += LANE_BITS) {
		const uint64_t lane = flipped >> i & 0xf;

		whole = whole && (lane == 0 || lane == 0xf);
	}
	for (uint64_t left = flipped; left != 0; left &= left - 1)
		bits++;
	return whole || bits >= MANY_BITS;
}

/* Sets of levels, and of facts. */
#define NEVER     (1u << EXAM_NEVER)
#define SOMETIMES (1u << EXAM_SOMETIMES)
#define ALWAYS    (1u << EXAM_ALWAYS)
#define UNASKED   (1u << EXAM_UNASKED)
#define ANY       (NEVER | SOMETIMES | ALWAYS | UNASKED)

enum { REREAD_RIGHT = 1, UNSTEADY = 2, WHOLE_LANES = 4 };

enum mem_class exam_decide(const struct exam_facts *facts)
{
	/* The first row that fits; of `facts` it is enough that one holds, 0 asks for none. */
	static const struct {
		unsigned seer, other, facts;
		enum mem_class class;
	} rows[] = {
		{ALWAYS, NEVER, 0, MEM_CLASS_CPU_SPECIFIC},
		{ALWAYS, ANY, 0, MEM_CLASS_STUCK},
		{SOMETIMES, ANY, 0, MEM_CLASS_WEAK},
		{NEVER, SOMETIMES | ALWAYS, 0, MEM_CLASS_WEAK},
		{NEVER, NEVER | UNASKED, REREAD_RIGHT | UNSTEADY, MEM_CLASS_READ_PATH},
		{NEVER, NEVER | UNASKED, WHOLE_LANES, MEM_CLASS_LOST_WRITE},
		{NEVER, NEVER | UNASKED, 0, MEM_CLASS_WEAK},
	};
	const unsigned seer = 1u << facts->seer, other = 1u << facts->other;
	const unsigned holds = (facts->reread_right ? REREAD_RIGHT : 0) |
			       (facts->unsteady ? UNSTEADY : 0) |
			       (facts->whole_lanes ? WHOLE_LANES : 0);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if ((rows[i].seer & seer) != 0 && (rows[i].other & other) != 0 &&
			(rows[i].facts == 0 || (rows[i].facts & holds) != 0))
			return rows[i].class;
	}
	return MEM_CLASS_NONE;
}

/* ---- looking ---- */

/* What one CPU is to look at, and what it sees. */
struct exam {
	const struct kernels *kernels;
	const struct cpu_port *cpus;
	uint64_t *word;
	uint64_t values[2]; /* to write: as the test expected it, and the complement */
	unsigned wrong[2];  /* of EXAM_TIMES each: wrong, and wrong again when read once more */
	unsigned misread;   /* wrong once only */
};

static void out_of_caches(const struct exam *e, const uint64_t *word)
{
	if (e->kernels->flush != NULL)
		e->kernels->flush(e->kernels->ctx, word);
	else
		e->cpus->flush_caches();
	for (unsigned i = 0; i < EXAM_PAUSES; i++)
		_mm_pause();
}

static uint64_t load_cells_at(const struct exam *e, const uint64_t *word)
{
	out_of_caches(e, word);
	return e->kernels->load(e->kernels->ctx, word);
}

static uint64_t load_cells(const struct exam *e)
{
	return load_cells_at(e, e->word);
}

static void store_cells(const struct exam *e, uint64_t value)
{
	e->kernels->store(e->kernels->ctx, e->word, value);
	out_of_caches(e, e->word);
}

static void write_and_read(struct exam *e, unsigned which)
{
	e->kernels->store(e->kernels->ctx, e->word, e->values[which]);
	if (load_cells(e) == e->values[which])
		return;
	if (load_cells(e) == e->values[which])
		e->misread++;
	else
		e->wrong[which]++;
}

/* What the word holds: the same twice in a row, so that no misreading is written back. */
static uint64_t find_content(const struct exam *e)
{
	uint64_t found = load_cells(e), again = load_cells(e);

	for (unsigned i = 0; i < EXAM_TIMES && again != found; i++) {
		found = again;
		again = load_cells(e);
	}
	return again;
}

/* Runs on any CPU. */
static void exam_work(void *arg, unsigned part)
{
	struct exam *e = arg;
	const uint64_t found = find_content(e);

	(void)part;
	for (unsigned i = 0; i < EXAM_TIMES; i++) {
		e->misread += e->kernels->load(e->kernels->ctx, e->word) != found;
		e->misread += load_cells(e) != found;
	}
	for (unsigned i = 0; i < EXAM_TIMES; i++) {
		write_and_read(e, 0);
		write_and_read(e, 1);
	}
	store_cells(e, found);
}

/* Whether the word at `other` holds what is written to ours, one value after the other. */
static bool follows(const struct exam *e, const uint64_t *other)
{
	for (size_t i = 0; i < ARRAY_LEN(e->values); i++) {
		store_cells(e, e->values[i]);
		if (load_cells_at(e, other) != e->values[i])
			return false;
	}
	return true;
}

/* What a lost write and a shared cell have in common is that the wrong data were right somewhere. Nothing is written
 * to the other words; a shared cell gets its content back with ours. */
static bool shares_cell(const struct mem_plan *plan, const struct exam *e, uint64_t physical)
{
	const uint64_t found = find_content(e);
	bool shared = false;
	uint64_t *other;

	for (unsigned line = LINE_LOWEST; line < 64 && !shared; line++)
		shared = plan_word(plan, physical ^ (uint64_t)1 << line, &other) &&
			 follows(e, other);
	store_cells(e, found);
	return shared;
}

static enum exam_level level_of(const struct exam *e)
{
	if (e->wrong[0] == EXAM_TIMES || e->wrong[1] == EXAM_TIMES)
		return EXAM_ALWAYS;
	return e->wrong[0] + e->wrong[1] > 0 ? EXAM_SOMETIMES : EXAM_NEVER;
}

/* Lets CPU `cpu` look. False: it could not. */
static bool look_from(struct run *run, unsigned cpu, struct exam *e)
{
	const struct cpu_port *cpus = &run->machine->cpus;
	enum cpu_result result = CPUS_DONE;

	if (cpu == 0)
		exam_work(e, 0);
	else
		result = cpus->run_on(cpus->ctx, cpu, exam_work, e, EXAM_TIMEOUT_NS);
	if (result == CPUS_TIMEOUT) {
		run->mem->cpu_lost = true;
		record_fault(run->rec, "cpus.run_on", PART_ID_MEMORY,
			"CPU %u did not come back from looking at one word: %s", cpu, cpus->error);
	}
	return result == CPUS_DONE;
}

enum mem_class mem_examine(struct run *run, unsigned cpu, const struct mem_error *error)
{
	struct mem_session *m = run->mem;
	const uint64_t flipped = error->expected ^ error->actual;
	struct exam blank = {.kernels = run->mem->kernels,
		.cpus = &run->machine->cpus,
		.values = {error->expected, ~error->expected}};
	struct exam_facts facts = {.other = EXAM_UNASKED,
		.reread_right = error->reread == error->expected,
		.whole_lanes = exam_whole_lanes(flipped)};
	struct exam by_seer, by_other;
	enum mem_class class;

	if (m->cpu_lost || !plan_word(&m->plan, error->physical, &blank.word))
		return MEM_CLASS_NONE;
	by_seer = by_other = blank;
	if (!look_from(run, cpu, &by_seer))
		return MEM_CLASS_NONE;
	facts.seer = level_of(&by_seer);
	if (m->work.cpus > 1 && look_from(run, cpu == 0 ? 1 : 0, &by_other))
		facts.other = level_of(&by_other);
	if (m->cpu_lost)
		return MEM_CLASS_NONE;
	facts.unsteady = by_seer.misread + by_other.misread > 0;
	class = exam_decide(&facts);
	return class == MEM_CLASS_LOST_WRITE && shares_cell(&m->plan, &blank, error->physical)
		       ? MEM_CLASS_ALIAS
		       : class;
}
