/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.row-hammer: does reading some rows of DRAM over and over change bits in the rows beside them?
 *
 * Pure. At random places: a block of rows is filled, checked, hammered for two refresh windows, and checked again.
 *       Rows that are read hold the complement of those between them. One CPU works; it runs no other code meanwhile.
 * Method: Kim et al., "Flipping Bits in Memory Without Accessing Them", ISCA 2014 (two rows around a victim); Frigo et
 *         al., "TRRespass", S&P 2020 (more rows than the DIMM's own defence keeps track of); Kogler et al.,
 *         "Half-Double", USENIX Security 2022 (rows at a distance of two, helped by few reads of those between).
 * Pass if: no bit changed, where rows beside each other could be told by timing; else there is no verdict.
 */
#include "core/fmt.h"
#include "memtest/place.h"
#include "memtest/row_map.h"
#include "memtest/session.h"

#define WINDOW_BITS_MAX  26 /* 64 MiB to look for rows in: no row number begins above that */
#define WINDOW_BITS_MIN  16
#define SHOT_NS          128000000u /* two refresh windows of 64 ms: JESD79-4, 4.26 */
#define ROUNDS           1024       /* between looks at the clock */
#define ROUNDS_FAR       64         /* of half-double, for each round of the near rows */
#define FIELDS_MAX       8
#define TIMEOUT_NS       30000000000u
#define PLACES_TRIED_MAX 64 /* one after the other without a row conflict there: given up */

typedef unsigned long long ull;

/* Rows to read, counted from the first one that any of them may disturb. */
#define AGGRESSORS_MAX 8
struct hammer_pattern {
	const char *name;
	unsigned rows; /* that it takes, victims at both ends included */
	unsigned far, near;
	unsigned char aggressors[AGGRESSORS_MAX]; /* `far` of them, then those `near` */
};

static const struct hammer_pattern patterns[] = {
	{"double-sided", 3, 2, 0, {0, 2}},
	{"4-sided", 9, 4, 0, {1, 3, 5, 7}},
	{"8-sided", 17, 8, 0, {1, 3, 5, 7, 9, 11, 13, 15}},
	{"half-double", 5, 2, 2, {0, 4, 1, 3}},
};

/* One place, one pattern. */
struct shot {
	const struct machine *machine;
	const struct row_map *map;
	const struct hammer_pattern *pattern;
	struct mem_chunk block; /* aligned; 2^(row_bit + bits) bytes */
	unsigned first_row;     /* of the pattern, in the block */
	uint64_t offset;        /* of a line in the block: bank and column */
	uint64_t value;         /* of the victims */
	struct mem_errors *before, *after;

	bool is_conflict; /* out: there are rows beside each other here */
	uint64_t activations;
};

/* The whole check. */
struct hammer {
	struct run *run;
	struct row_timer timer;
	struct row_map map;
	struct rng rng;
	unsigned cpu;
	unsigned shots, rejected; /* places hammered; in a row: without a conflict */
	unsigned used;            /* patterns, as bits */
	uint64_t activations, flips;
	uint64_t seen[MEM_TOLD_PER_CHECK]; /* addresses told already */
	size_t seen_count;
};

/* ---- on the CPU that hammers ---- */

static bool is_aggressor(const struct shot *s, unsigned row)
{
	for (unsigned i = 0; i < s->pattern->far + s->pattern->near; i++) {
		if (row == s->first_row + s->pattern->aggressors[i])
			return true;
	}
	return false;
}

/* Fills or checks the block, row by row. */
static void all_rows(const struct shot *s, enum march_act act, struct mem_errors *errors)
{
	const struct kernels *kernels = s->machine->ram.kernels;
	const size_t row_words = ((size_t)1 << s->map->row_bit) / sizeof(uint64_t);

	for (unsigned row = 0; row < 1u << s->map->bits; row++) {
		const struct march_element element = {
			MARCH_UP, 1, {{act, is_aggressor(s, row)}}, false};
		struct march_step step = {&element, {.kind = DATA_FIXED}, false};
		const struct mem_chunk c = {s->block.words + row * row_words, row_words,
			s->block.physical + row * row_words * sizeof(uint64_t)};

		for (unsigned i = 0; i < DATA_LINE_WORDS; i++)
			step.data.line[i] = s->value;
		kernels->march(kernels->ctx, c, &step, errors);
	}
}

static uint64_t *aggressor(const struct shot *s, unsigned i)
{
	return s->block.words +
	       row_map_in_row(s->map, s->offset, s->first_row + s->pattern->aggressors[i]) /
		       sizeof(uint64_t);
}

static void hammer_rows(struct shot *s)
{
	const struct ram_port *ram = &s->machine->ram;
	const unsigned far = s->pattern->far, near = s->pattern->near;
	const unsigned rounds = near > 0 ? ROUNDS_FAR : ROUNDS;
	const uint64_t start_ns = s->machine->cpus.own_ns();
	uint64_t *lines[AGGRESSORS_MAX];

	for (unsigned i = 0; i < far + near; i++)
		lines[i] = aggressor(s, i);
	do {
		ram->hammer(ram->ctx, lines, far, rounds, true);
		if (near > 0)
			ram->hammer(ram->ctx, lines + far, near, 1, true);
		s->activations += rounds * far + near;
	} while (s->machine->cpus.own_ns() - start_ns < SHOT_NS);
}

/* A cpu_work. */
static void shoot(void *arg, unsigned part)
{
	struct shot *s = arg;
	const struct row_timer timer = {&s->machine->ram, s->machine->cpus.own_ns};

	(void)part;
	s->is_conflict = row_map_conflict(s->map, &timer, aggressor(s, 0), aggressor(s, 1));
	if (!s->is_conflict)
		return;
	all_rows(s, MARCH_WRITE, s->before);
	s->machine->cpus.flush_caches();
	all_rows(s, MARCH_READ, s->before);
	s->machine->cpus.flush_caches();
	if (s->before->count > 0)
		return;
	hammer_rows(s);
	all_rows(s, MARCH_READ, s->after);
}

/* ---- telling ---- */

static enum finding_code tell_mismatch(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	mem_tell_bit_error(run, arg, cpu, error, count);
	return FINDING_MEM_BIT_ERROR;
}

static void tell_flip(struct hammer *h, const struct shot *s, const struct mem_error *error)
{
	const uint64_t differing = error->expected ^ error->actual;
	struct field fields[FIELDS_MAX] = {
		FIELD_ADDRESS("address", error->physical),
		FIELD_ADDRESS("expected", error->expected),
		FIELD_ADDRESS("actual", error->actual),
		FIELD_ADDRESS("xor", differing),
		FIELD_NUM("activations", s->activations),
		FIELD_NUM("cpu", h->cpu),
	};
	char bits[MEM_BITS_TEXT];
	struct mem_place place;
	size_t fields_used = 6;

	mem_place(h->run, error->physical, error->physical, &place);
	fields_used = mem_place_fields(fields, fields_used, &place);
	record_finding(h->run->rec, FINDING_MEM_ROW_DISTURB, place.part, fields, fields_used,
		"The word at 0x%llx changed from 0x%016llx to 0x%016llx (%s) while rows beside it were "
		"read %llu times (%s). %s",
		(ull)error->physical, (ull)error->expected, (ull)error->actual,
		mem_bits_text(bits, differing), (ull)s->activations, s->pattern->name, place.words);
}

static bool is_new(struct hammer *h, uint64_t physical)
{
	for (size_t i = 0; i < h->seen_count; i++) {
		if (h->seen[i] == physical)
			return false;
	}
	if (h->seen_count == ARRAY_LEN(h->seen))
		return false;
	h->seen[h->seen_count++] = physical;
	return true;
}

static void take_shot(struct hammer *h, const struct shot *s)
{
	mem_log_take(&h->run->mem->log, h->run,
		&(struct mem_teller){tell_mismatch, "before hammering"}, h->cpu, s->before);
	h->rejected = s->is_conflict ? 0 : h->rejected + 1;
	if (s->activations == 0)
		return;
	h->shots++;
	h->used |= 1u << (s->pattern - patterns);
	h->activations += s->activations;
	h->flips += s->after->count;
	for (size_t i = 0; i < s->after->kept; i++) {
		if (is_new(h, s->after->at[i].physical))
			tell_flip(h, s, &s->after->at[i]);
	}
}

/* ---- sharing out ---- */

/* The largest aligned block of up to 2^WINDOW_BITS_MAX bytes in memory under test. False: none is of use. */
static bool find_block(const struct mem_plan *plan, unsigned bits, struct mem_chunk *ret)
{
	const uint64_t bytes = (uint64_t)1 << bits;

	for (size_t i = 0; i < plan->range_count; i++) {
		const struct ram_range *r = &plan->ranges[i];
		const uint64_t start = (r->physical + bytes - 1) & ~(bytes - 1);

		if (start < r->physical || start - r->physical >= r->bytes ||
			r->bytes - (start - r->physical) < bytes)
			continue;
		*ret = (struct mem_chunk){(uint64_t *)(void *)(r->at + (start - r->physical)),
			bytes / sizeof(uint64_t), start};
		return true;
	}
	return false;
}

/* The aligned block around a random address. False: it does not lie in memory under test as a whole. */
static bool random_block(struct hammer *h, struct mem_chunk *ret)
{
	const struct mem_plan *plan = &h->run->mem->plan;
	const uint64_t bytes = (uint64_t)1 << (h->map.row_bit + h->map.bits);
	const uint64_t at = plan_physical(plan, rng_below(&h->rng, plan->bytes)) & ~(bytes - 1);
	uint64_t *first, *last;

	if (!plan_word(plan, at, &first) || !plan_word(plan, at + bytes - sizeof(*last), &last) ||
		(uint64_t)(last - first) != bytes / sizeof(*last) - 1)
		return false;
	*ret = (struct mem_chunk){first, bytes / sizeof(*first), at};
	return true;
}

/* False: the fault was recorded. */
static bool on_cpu(struct hammer *h, cpu_work *work, void *arg)
{
	const struct cpu_port *cpus = &h->run->machine->cpus;
	const enum cpu_result result = cpus->run_on(cpus->ctx, h->cpu, work, arg, TIMEOUT_NS);

	if (result == CPUS_DONE)
		return true;
	h->run->mem->cpu_lost = result == CPUS_TIMEOUT;
	h->run->gave_up = true;
	record_fault(h->run->rec, "cpus.run_on", PART_ID_MEMORY, "CPU %u did not hammer: %s",
		h->cpu, cpus->error);
	return false;
}

static bool shoot_somewhere(struct hammer *h)
{
	static const uint64_t values[] = {0, UINT64_MAX, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa};
	const unsigned rows = 1u << h->map.bits;
	struct mem_session *m = h->run->mem;
	struct shot shot = {.machine = h->run->machine,
		.map = &h->map,
		.before = &m->errors[0],
		.after = &m->errors[1]};

	do
		shot.pattern = &patterns[rng_below(&h->rng, ARRAY_LEN(patterns))];
	while (shot.pattern->rows > rows);
	shot.value = values[rng_below(&h->rng, ARRAY_LEN(values))];
	shot.first_row = (unsigned)rng_below(&h->rng, rows - shot.pattern->rows + 1);
	mem_errors_clear(shot.before);
	mem_errors_clear(shot.after);
	if (!random_block(h, &shot.block)) {
		h->rejected++;
		return true;
	}
	shot.offset = rng_below(&h->rng, shot.block.count / DATA_LINE_WORDS) *
		      (DATA_LINE_WORDS * sizeof(uint64_t));
	if (!on_cpu(h, shoot, &shot))
		return false;
	take_shot(h, &shot);
	return true;
}

/* ---- the map ---- */

struct map_work {
	struct hammer *hammer;
	struct mem_chunk window;
	enum row_map_result result;
};

static void find_map(void *arg, unsigned part)
{
	struct map_work *w = arg;

	(void)part;
	w->result = row_map_find(&w->hammer->timer, w->window, &w->hammer->rng, &w->hammer->map);
}

/* False: there is none; the check returns *ret. */
static bool have_map(struct hammer *h, enum verdict *ret)
{
	struct map_work w = {.hammer = h};
	unsigned bits = WINDOW_BITS_MAX;

	*ret = SKIP;
	while (bits >= WINDOW_BITS_MIN && !find_block(&h->run->mem->plan, bits, &w.window))
		bits--;
	if (bits < WINDOW_BITS_MIN || h->run->machine->ram.hammer == NULL) {
		record_why(h->run->rec, "no row conflict could be timed: %s",
			bits < WINDOW_BITS_MIN ? "the memory under test is in too small pieces"
					       : "reads past the caches cannot be made here");
		return false;
	}
	if (!on_cpu(h, find_map, &w)) {
		*ret = ERROR;
		return false;
	}
	if (w.result == ROW_MAP_FOUND)
		return true;
	record_why(h->run->rec,
		w.result == ROW_MAP_CACHED
			? "no row conflict could be timed: a pair of reads past the caches takes "
			  "only %llu to %llu ns longer than in them, so no DRAM is to be seen"
			: "no row conflict could be timed: pairs of reads past the caches take %llu to "
			  "%llu ns, wherever they go",
		(ull)h->map.near_ns, (ull)h->map.conflict_ns);
	return false;
}

static void note_map(struct hammer *h, uint64_t seed)
{
	char flips[128] = "", bytes[FMT_SIZE];

	for (unsigned i = 0; i < h->map.bits; i++)
		fmt_add(flips, sizeof(flips), "%s0x%llx", i > 0 ? ", " : "", (ull)h->map.flip[i]);
	record_note(h->run->rec, PART_ID_MEMORY,
		"rows of a bank lie %s apart: address bits that change row only: %s. A pair of reads takes "
		"%llu ns, of two rows of a bank up to %llu ns. Places have seed 0x%016llx.",
		fmt_bytes(bytes, (uint64_t)1 << h->map.row_bit), flips, (ull)h->map.near_ns,
		(ull)h->map.conflict_ns, (ull)seed);
}

/* ---- the check ---- */

static enum verdict conclude(struct hammer *h, bool stopped)
{
	struct run *run = h->run;
	char names[64] = "", activations[FMT_SIZE], changed[32] = "no bit changed";

	mem_log_end(&run->mem->log, run);
	record_measure(run->rec, PART_ID_MEMORY, "activations", h->activations, 0, "1");
	record_measure_limit(
		run->rec, PART_ID_MEMORY, "row_flips", h->flips, 0, "1", LIMIT_AT_MOST, 0);
	if (h->flips > h->seen_count)
		record_note(run->rec, PART_ID_MEMORY,
			"%llu words changed in all, counted each time", (ull)h->flips);
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		if (h->used >> i & 1)
			fmt_add(names, sizeof(names), "%s%s", names[0] != '\0' ? ", " : "",
				patterns[i].name);
	}
	if (h->shots == 0) {
		record_why(run->rec, "%s: no place was hammered",
			stopped ? run->stop_why
				: "no row conflict could be timed where it was tried");
		return SKIP;
	}
	fmt_to(activations, sizeof(activations), "%llu.%llu million",
		(ull)(h->activations / 1000000), (ull)(h->activations / 100000 % 10));
	if (h->flips > 0)
		fmt_to(changed, sizeof(changed), "%llu word%s changed", (ull)h->flips,
			h->flips == 1 ? "" : "s");
	record_why(run->rec, "%s%s%u place%s hammered by CPU %u (%s), %s activations: %s",
		stopped ? run->stop_why : "", stopped ? "; " : "", h->shots,
		h->shots == 1 ? "" : "s", h->cpu, names, activations, changed);
	return stopped ? SKIP : PASS;
}

static enum verdict run_row_hammer(struct run *run)
{
	const struct machine *m = run->machine;
	const uint64_t seed = rng_mix(run->seed + ((uint64_t)run->pass << 32));
	const uint64_t time_ns = run->config->mem_hammer_ns;
	struct hammer h = {.run = run, .timer = {&m->ram, m->cpus.own_ns}, .rng = {seed}};
	uint64_t start_ns, passed_ns = 0;
	enum verdict verdict;

	if (!session_begin(run, 1, &verdict))
		return verdict;
	/* Another CPU than the one that takes the firmware's interrupts. */
	h.cpu = run->mem->work.cpus > 1;
	if (!have_map(&h, &verdict))
		return verdict;
	note_map(&h, seed);
	start_ns = run_now_ns(run);
	while (passed_ns < time_ns && h.rejected < PLACES_TRIED_MAX) {
		if (!run_pulse(run))
			return conclude(&h, true);
		record_progress(run->rec, PART_ID_MEMORY, "hammering rows", passed_ns / 1000000,
			time_ns / 1000000, "ms", NULL, 0);
		if (!shoot_somewhere(&h))
			return ERROR;
		passed_ns = run_now_ns(run) - start_ns;
	}
	return conclude(&h, false);
}

const struct check mem_row_hammer_check = {
	.id = "mem.row-hammer",
	.title = "Memory rows: do reads of some rows disturb those beside them?",
	.pass_if =
		"no bit changes in rows beside those that are read for two refresh windows at full speed",
	.need = NEED_RAM,
	.on_request = true,
	.run = run_row_hammer,
};
