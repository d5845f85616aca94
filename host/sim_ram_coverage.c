/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fault coverage, measured. Hardware: none. See sim_ram_coverage.h.
 *
 * Method: the real kernel loops, 64 and 128 bits wide, run over eight lines of memory on both sides of 4 GiB, behind
 *         a cache of one line, which is what a cache leaves of a sweep over a larger memory. One fault at a time,
 *         in every order of its cells and every kind of it; found means by both kernels, from all zeros and from
 *         all ones.
 * Spec.  Fault classes after van de Goor and Al-Ars, "Functional Memory Faults: A Formal Notation and a Taxonomy",
 *        VTS 2000.
 */
#include "host/sim_ram_coverage.h"
#include <stdlib.h>

#define LINES     8 /* half of them above 4 GiB */
#define CELLS     3
#define ORDERS    6
#define SEED      0x6b69726977616b65u
#define SPEC_TEXT 64

typedef uint64_t pair __attribute__((vector_size(16), may_alias));

/* ---- the 128-bit kernels on faulty RAM ---- */

static pair pair_read(struct sim_ram *ram, const void *at)
{
	const uint64_t physical = sim_ram_physical(ram, at);
	const uint64_t low = sim_ram_load(ram, physical);

	return (pair){low, sim_ram_load(ram, physical + sizeof(low))};
}

static void pair_write(struct sim_ram *ram, void *at, pair value,
	void (*store)(struct sim_ram *ram, uint64_t physical, uint64_t value))
{
	const uint64_t physical = sim_ram_physical(ram, at);

	store(ram, physical, value[0]);
	store(ram, physical + sizeof(uint64_t), value[1]);
}

#define KERNEL(name)                     pair_##name
#define KERNEL_VECTOR                    pair
#define KERNEL_LOAD(ctx, p)              pair_read(ctx, p)
#define KERNEL_STORE(ctx, p, value)      pair_write(ctx, p, value, sim_ram_store)
#define KERNEL_STREAM(ctx, p, value)     pair_write(ctx, p, value, sim_ram_stream)
#define KERNEL_LOAD_WORD(ctx, p)         sim_ram_load(ctx, sim_ram_physical(ctx, p))
#define KERNEL_STORE_WORD(ctx, p, value) sim_ram_store(ctx, sim_ram_physical(ctx, p), value)
#define KERNEL_FLUSH(ctx, p)             ((void)(p), sim_ram_flush(ctx))
#define KERNEL_ANY(vector)               (((vector)[0] | (vector)[1]) != 0)
#define KERNEL_FENCE()                   ((void)0)
#include "memtest/kernel_body.h"

/* ---- faults ---- */

struct cell {
	unsigned line, word, bit;
};

static const struct cell far_apart[CELLS] = {{0, 1, 9}, {2, 6, 9}, {5, 1, 40}};
static const struct cell in_line[CELLS] = {{3, 2, 9}, {3, 5, 9}, {3, 7, 40}};
static const struct cell in_word[CELLS] = {{5, 6, 3}, {5, 6, 9}, {5, 6, 40}};

/* A class in the notation of sim_ram.h, alternatives separated by '|', faults of one alternative by blanks. Capitals
 * stand for: A B V two aggressors and a victim (address and bit), P Q the addresses of A and V, X Y a value each,
 * Z the opposite of X, D E a direction each. */
static const struct fault_class {
	const char *name, *what;
	const struct cell *cells;
	const char *faults;
} classes[COVERAGE_CLASSES] = {
	{"SAF", "stuck-at", far_apart, "stuck=V:X"},
	{"AF", "address decoder: no cell, another's cell, two cells", far_apart,
		"dead=Q:8|alias=P:Q|both=P:Q"},
	{"TF", "transition: cannot go up, or down", far_apart, "transition=V:D"},
	{"SOF", "stuck-open: reads what its column's sense amplifier read last", far_apart,
		"open=V"},
	{"DRF", "data retention: loses its value at rest", far_apart, "fade=V:X"},
	{"CFin", "inversion coupling", far_apart, "coupling=A:D:V:invert"},
	{"CFid", "idempotent coupling", far_apart, "coupling=A:D:V:X"},
	{"CFst", "state coupling", far_apart, "force=A:X:V:Y"},
	{"CFtr", "transition coupling", far_apart, "block=A:X:V:D"},
	{"RDF, IRF", "read destructive, incorrect read", far_apart, "readflip=V:X|misread=V:X"},
	{"DRDF", "deceptive read destructive", far_apart, "deceive=V:X"},
	{"WDF", "write disturb: rewriting a value flips it", far_apart, "writeflip=V:X"},
	{"CFds", "disturb coupling: rewriting a value in one cell changes another", far_apart,
		"disturb=A:X:V:Y"},
	{"linked", "two idempotent couplings that cancel out", far_apart,
		"coupling=A:D:V:X coupling=B:E:V:Z"},
	{"dynamic", "fails when read straight after a write", far_apart, "hasty=V:X:Y"},
	{"line", "CFin, CFid, CFst, CFtr between words of one line", in_line,
		"coupling=A:D:V:invert|coupling=A:D:V:X|force=A:X:V:Y|block=A:X:V:D"},
	{"word", "the same between bits of one word", in_word,
		"coupling=A:D:V:invert|coupling=A:D:V:X|force=A:X:V:Y|block=A:X:V:D"},
};

const char *coverage_class(size_t which, const char **ret_what)
{
	*ret_what = classes[which].what;
	return classes[which].name;
}

static uint64_t cell_address(const struct cell *c)
{
	const uint64_t line = c->line % (LINES / 2) * sizeof(uint64_t) * SIM_RAM_LINE_WORDS;

	return (c->line < LINES / 2 ? SIM_RAM_LOW : SIM_RAM_HIGH) + line +
	       c->word * sizeof(uint64_t);
}

/* Variant `n` of a fault: the lowest bits choose X, Y, D and E, the rest the order of the cells. */
#define VARIANTS (16 * ORDERS)

static void expand(char spec[SPEC_TEXT], struct text template, const struct cell *cells, unsigned n)
{
	static const unsigned char orders[ORDERS][CELLS] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	const unsigned char *order = orders[n / 16];
	const struct {
		char letter;
		const struct cell *cell;
		bool whole;
		const char *text;
	} letters[] = {
		{'A', &cells[order[0]], true, NULL},
		{'B', &cells[order[1]], true, NULL},
		{'V', &cells[order[2]], true, NULL},
		{'P', &cells[order[0]], false, NULL},
		{'Q', &cells[order[2]], false, NULL},
		{'X', NULL, false, n & 1 ? "1" : "0"},
		{'Z', NULL, false, n & 1 ? "0" : "1"},
		{'Y', NULL, false, n & 2 ? "1" : "0"},
		{'D', NULL, false, n & 4 ? "up" : "down"},
		{'E', NULL, false, n & 8 ? "up" : "down"},
	};

	spec[0] = '\0';
	for (size_t i = 0; i < template.len; i++) {
		size_t l = 0;

		while (l < ARRAY_LEN(letters) && letters[l].letter != template.at[i])
			l++;
		if (l == ARRAY_LEN(letters))
			fmt_add(spec, SPEC_TEXT, "%c", template.at[i]);
		else if (letters[l].cell == NULL)
			fmt_add(spec, SPEC_TEXT, "%s", letters[l].text);
		else
			fmt_add(spec, SPEC_TEXT, "0x%llx",
				(unsigned long long)cell_address(letters[l].cell));
		if (l < ARRAY_LEN(letters) && letters[l].whole)
			fmt_add(spec, SPEC_TEXT, ":%u", letters[l].cell->bit);
	}
}

/* A choice that the notation does not use would only repeat the fault. */
static bool is_repetition(struct text alternative, unsigned n)
{
	static const char letters[] = "XYDE";

	for (unsigned i = 0; i < 4; i++) {
		if (n >> i & 1 && memchr(alternative.at, letters[i], alternative.len) == NULL)
			return true;
	}
	return false;
}

static void break_ram(
	struct sim_ram *ram, const struct fault_class *class, struct text faults, unsigned n)
{
	char spec[SPEC_TEXT];
	struct text word;

	while (text_word(&faults, &word)) {
		expand(spec, word, class->cells, n);
		if (!sim_ram_add_fault(ram, spec))
			abort(); /* the table above is wrong */
	}
}

/* ---- one test on one fault ---- */

static bool march_finds(struct sim_ram *ram, const struct kernels *kernels,
	const struct march *march, const struct mem_data *data, bool flush)
{
	static struct mem_errors errors;
	const size_t words = LINES / 2 * SIM_RAM_LINE_WORDS;

	mem_errors_clear(&errors);
	for (unsigned i = 0; i < march->count && errors.count == 0; i++) {
		const struct march_step step = {&march->elements[i], *data, flush};

		if (step.element->rest)
			sim_ram_rest(ram);
		for (size_t r = 0; r < SIM_RAM_RANGES; r++) {
			const bool downward = step.element->direction == MARCH_DOWN;
			const struct ram_range *range = &ram->ranges[downward ? 1 - r : r];
			const struct mem_chunk chunk = {
				(uint64_t *)(void *)range->at, words, range->physical};

			kernels->march(kernels->ctx, chunk, &step, &errors);
		}
		sim_ram_flush(ram);
	}
	return errors.count > 0;
}

static bool job_finds(struct sim_ram *ram, const struct kernels *kernels, enum march_job_id id,
	const struct config *config)
{
	struct march_job job;
	struct mem_data data;

	march_job_make(id, config, &job);
	for (unsigned round = 0; round < job.rounds; round++) {
		for (size_t b = 0; b < BACKGROUND_COUNT; b++) {
			for (unsigned m = 0; job.chosen[b] && m < backgrounds[b].count; m++) {
				background_data(&backgrounds[b], m, SEED + round, &data);
				if (march_finds(ram, kernels, job.march, &data, job.flush))
					return true;
			}
		}
	}
	return false;
}

static bool test_finds(
	struct sim_ram *ram, const struct kernels *kernels, const struct coverage_test *test)
{
	static const struct mem_data solid = {.kind = DATA_FIXED},
				     own = {.kind = DATA_OWN_ADDRESS, .seed = SEED};
	const struct config config = {.profile = test->profile};

	if (test->march != NULL)
		return march_finds(ram, kernels, test->march, &solid, test->flush);
	if (test->own_address &&
		march_finds(ram, kernels, &marches[MARCH_FILL_VERIFY], &own, false))
		return true;
	for (unsigned id = 0; id < MARCH_JOB_COUNT; id++) {
		if (test->jobs >> id & 1 && job_finds(ram, kernels, (enum march_job_id)id, &config))
			return true;
	}
	return false;
}

static bool always_finds(struct sim_ram *ram, const struct coverage_test *test,
	const struct fault_class *class, struct text faults, unsigned n)
{
	const struct kernels scalar = sim_ram_faulty_kernels(ram);
	const struct kernels wide = {.name = "128-bit", .ctx = ram, KERNELS_OF(pair)};
	const struct kernels *const kernels[] = {&scalar, &wide};

	for (unsigned i = 0; i < 4; i++) {
		sim_ram_reset(ram, i & 1 ? UINT64_MAX : 0);
		break_ram(ram, class, faults, n);
		if (!test_finds(ram, kernels[i / 2], test))
			return false;
	}
	return true;
}

unsigned coverage_percent(struct sim_ram *ram, const struct coverage_test *test, size_t which)
{
	const struct fault_class *class = &classes[which];
	const char *at = class->faults;
	unsigned found = 0, all = 0;

	while (*at != '\0') {
		const char *end = strchr(at, '|');
		const size_t len = end != NULL ? (size_t)(end - at) : strlen(at);
		const struct text alternative = {at, len};

		for (unsigned n = 0; n < VARIANTS; n++) {
			if (is_repetition(alternative, n))
				continue;
			found += always_finds(ram, test, class, alternative, n);
			all++;
		}
		at += len + (end != NULL);
	}
	return found * 100 / all;
}

bool coverage_ram(struct sim_ram *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->cached = true;
	return sim_ram_init(ret, SIM_RAM_RANGES * PLAN_PAGE);
}
