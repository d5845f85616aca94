/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.address: does every address reach a cell of its own?
 *
 * Pure. First the address lines: words whose addresses differ in a single bit, within and across ranges and
 *       4 GiB, which takes no time and finds a stuck or shorted line. Then every word of memory is filled with
 *       a value that belongs to its address, and checked; and once more with the complements.
 * Pass if: every word holds its own value.
 */
#include "core/fmt.h"
#include "core/rng.h"
#include "memtest/place.h"
#include "memtest/session.h"

#define LINE_LOWEST 3 /* the address bits below select bytes in a word */
#define LINES       64
#define FIELDS_MAX  9

typedef unsigned long long ull;

/* Plain, then complement. */
struct address_phase {
	struct own_address key;
	const char *during; /* for the sentence */
};

/* ---- telling ---- */

static void tell_alias(struct run *run, unsigned cpu, const struct mem_error *error, uint64_t other,
	uint64_t count)
{
	const uint64_t lines = error->physical ^ other;
	struct field fields[FIELDS_MAX] = {
		FIELD_ADDRESS("address", error->physical),
		FIELD_ADDRESS("other_address", other),
		FIELD_ADDRESS("expected", error->expected),
		FIELD_ADDRESS("actual", error->actual),
		FIELD_NUM("cpu", cpu),
		FIELD_NUM("count", count),
		FIELD_STR("class", mem_class_name(MEM_CLASS_ALIAS)),
	};
	struct mem_place place;
	char in[32] = "several address bits";

	if ((lines & (lines - 1)) == 0)
		fmt_to(in, sizeof(in), "address bit %u", (unsigned)__builtin_ctzll(lines));
	mem_place(run, error->physical, error->physical, &place);
	record_finding(run->rec, FINDING_MEM_ADDRESS_ALIAS, place.part, fields,
		mem_place_fields(fields, 7, &place),
		"Address 0x%llx read back what was written to 0x%llx: both reach the same cell. They "
		"differ in %s. %s",
		(ull)error->physical, (ull)other, in, place.words);
}

static enum finding_code tell_mismatch(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	const struct address_phase *phase = arg;
	const uint64_t other = own_address_trace(phase->key, error->actual);
	uint64_t *word;

	if (plan_word(&run->mem->plan, other, &word)) {
		tell_alias(run, cpu, error, other, count);
		return FINDING_MEM_ADDRESS_ALIAS;
	}
	mem_tell_bit_error(run, phase->during, cpu, error, count);
	return FINDING_MEM_BIT_ERROR;
}

/* ---- address lines ---- */

typedef void line_visit(struct run *run, struct own_address key, uint64_t physical, uint64_t *word);

static void line_write(struct run *run, struct own_address key, uint64_t physical, uint64_t *word)
{
	const struct kernels *kernels = run->mem->kernels;

	kernels->store(kernels->ctx, word, own_address_value(key, physical));
}

static void line_check(struct run *run, struct own_address key, uint64_t physical, uint64_t *word)
{
	const struct kernels *kernels = run->mem->kernels;
	const uint64_t expected = own_address_value(key, physical);
	const uint64_t actual = kernels->load(kernels->ctx, word);

	if (actual != expected)
		mem_errors_add(
			&run->mem->errors[0], &(struct mem_error){.physical = physical,
						      .expected = expected,
						      .actual = actual,
						      .reread = kernels->load(kernels->ctx, word)});
}

/* A base word, and each word under test whose address differs from it in one line. A word's value depends on
 * nothing but its address, so it does not matter that some are visited from several bases. */
static void visit_lines(struct run *run, struct own_address key, uint64_t base, line_visit *visit)
{
	uint64_t *word;

	if (plan_word(&run->mem->plan, base, &word))
		visit(run, key, base, word);
	for (unsigned line = LINE_LOWEST; line < LINES; line++) {
		const uint64_t other = base ^ (uint64_t)1 << line;

		if (plan_word(&run->mem->plan, other, &word))
			visit(run, key, other, word);
	}
}

/* From both ends of every range: few low lines are set at its first word, most at its last. */
static void visit_all(struct run *run, struct own_address key, line_visit *visit)
{
	const struct mem_plan *plan = &run->mem->plan;

	for (size_t i = 0; i < plan->range_count; i++) {
		const struct ram_range *r = &plan->ranges[i];

		visit_lines(run, key, r->physical, visit);
		visit_lines(run, key, r->physical + r->bytes - sizeof(uint64_t), visit);
	}
}

/* All on the boot CPU: it is a few thousand words. */
static void test_lines(struct run *run, const struct address_phase *phase)
{
	struct mem_session *m = run->mem;

	mem_errors_clear(&m->errors[0]);
	visit_all(run, phase->key, line_write);
	run->machine->cpus.flush_caches();
	visit_all(run, phase->key, line_check);
	mem_log_take(&m->log, run, &(struct mem_teller){tell_mismatch, phase}, 0, &m->errors[0]);
}

/* ---- every word ---- */

/* Fills all memory with the pattern, then checks it. */
static enum sweep_result test_words(struct run *run, const struct address_phase *phase)
{
	const unsigned complement = phase->key.invert != 0;
	const struct march_element fill = {MARCH_UP, 1, {{MARCH_WRITE, complement}}, false};
	const struct march_element check = {MARCH_UP, 1, {{MARCH_READ, complement}}, false};
	struct march_step step = {
		.element = &fill, .data = {.kind = DATA_OWN_ADDRESS, .seed = phase->key.seed}};
	const struct mem_teller teller = {tell_mismatch, phase};
	struct sweep sweep = sweep_of_march(phase->during, &step, teller);
	enum sweep_result result = sweep_run(run, &sweep);

	if (result != SWEEP_DONE)
		return result;
	step.element = &check;
	sweep = sweep_of_march(phase->during, &step, teller);
	return sweep_run(run, &sweep);
}

static enum verdict run_address(struct run *run)
{
	/* Another seed every pass: no word holds the same value twice. */
	const uint64_t seed = rng_mix(run->seed + run->pass);
	const struct address_phase phases[] = {
		{{seed, 0}, "own address"},
		{{seed, UINT64_MAX}, "own address, complement"},
	};
	enum sweep_result result = SWEEP_DONE;
	enum verdict verdict;

	if (!session_begin(run, MEM_ADDRESS_OPS, &verdict))
		return verdict;
	record_note(run->rec, PART_ID_MEMORY, "own-address values have seed 0x%016llx", (ull)seed);
	for (size_t i = 0; i < ARRAY_LEN(phases); i++)
		test_lines(run, &phases[i]);
	for (size_t i = 0; i < ARRAY_LEN(phases) && result == SWEEP_DONE; i++)
		result = test_words(run, &phases[i]);
	return session_conclude(run, result,
		result == SWEEP_DONE ? "address lines, own address and complement" : "");
}

const struct check mem_address_check = {
	.id = "mem.address",
	.title = "Memory addressing: lines, decoders, aliases",
	.pass_if = "every word of memory holds the value that belongs to its own address",
	.need = NEED_RAM,
	.run = run_address,
};
