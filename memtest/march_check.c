/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The March checks: one algorithm of the table on every chosen background, over all memory.
 *
 * Pure. Each element runs over all memory before the next begins, so that far cells can disturb each other.
 * Pass if: every word read back what was written last, on every background.
 */
#include "core/fmt.h"
#include "memtest/patterns.h"
#include "memtest/session.h"

#define WHAT_TEXT 64

static void march_chunk(const struct kernels *kernels, struct mem_chunk c, const void *arg,
	struct mem_errors *errors)
{
	kernels->march(kernels->ctx, c, arg, errors);
}

static enum finding_code tell_mismatch(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	mem_tell_bit_error(run, arg, cpu, error, count);
	return FINDING_MEM_BIT_ERROR;
}

static enum sweep_result run_background(
	struct run *run, const struct march *march, const struct background *background)
{
	enum sweep_result result = SWEEP_DONE;

	for (unsigned i = 0; i < march->count && result == SWEEP_DONE; i++) {
		const struct march_element *element = &march->elements[i];
		const struct march_step step = {element, {background->value, ~background->value}};
		char what[WHAT_TEXT];

		fmt_to(what, sizeof(what), "%s, %s, step %u of %u", march->name, background->name,
			i + 1, march->count);
		result = sweep_run(run, &(struct sweep){.what = what,
						.direction = element->direction,
						.ops = element->count,
						.chunk = march_chunk,
						.arg = &step,
						.teller = {tell_mismatch, what}});
	}
	return result;
}

static void tell_bad_patterns(struct run *run)
{
	char word[32], list[96];
	const struct field fields[] = {FIELD_STR("key", "mem.patterns"), FIELD_STR("value", word)};
	struct text unknown;

	if (run->mem->patterns_told || !patterns_unknown(run->config, &unknown))
		return;
	run->mem->patterns_told = true;
	text_clean(word, sizeof(word), unknown.at, unknown.len);
	mem_pattern_list(list, sizeof(list));
	record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
		"mem.patterns: no pattern matches \"%s\"; there are: %s. What is left of the option, "
		"else the profile's own choice, is used.",
		word, list);
}

static enum verdict run_march(struct run *run, const struct march *march)
{
	bool chosen[BACKGROUND_COUNT];
	const unsigned count = patterns_choose(run->config, chosen);
	enum sweep_result result = SWEEP_DONE;
	unsigned complete = 0;
	enum verdict verdict;
	char done[WHAT_TEXT] = "";

	tell_bad_patterns(run);
	if (!session_begin(run, march_ops(march) * count, &verdict))
		return verdict;
	for (size_t i = 0; i < BACKGROUND_COUNT && result == SWEEP_DONE; i++) {
		if (!chosen[i])
			continue;
		result = run_background(run, march, &backgrounds[i]);
		complete += result == SWEEP_DONE;
	}
	if (complete > 0)
		fmt_to(done, sizeof(done), "%s, %u background%s", march->name, complete,
			complete == 1 ? "" : "s");
	return session_conclude(run, result, done);
}

static enum verdict run_march_c(struct run *run)
{
	return run_march(run, &marches[MARCH_C_MINUS]);
}

const struct check mem_march_c_check = {
	.id = "mem.march-c",
	.title = "Memory cells: March C-",
	.pass_if =
		"every word of memory reads back what was written, in both directions, on every background",
	.need = NEED_RAM,
	.run = run_march_c,
};
