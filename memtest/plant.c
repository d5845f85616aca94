/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Planting faults as mem.inject says. Pure. See plant.h; what a planted fault does stands in inject.h. */
#include "memtest/plant.h"
#include "core/fmt.h"

#define SEED_MARK 0x706c616e74u /* other numbers than the tests' own */

typedef unsigned long long ull;

bool plant_field(const struct record *finding, const char *name, uint64_t *ret)
{
	for (size_t i = 0; i < finding->u.finding.field_count; i++) {
		const struct field *f = &finding->u.finding.fields[i];

		if (f->kind == FIELD_HEX && text_same(f->name, name)) {
			*ret = f->number;
			return true;
		}
	}
	return false;
}

/* For the recorder. A finding that sums up many addresses is not about eight words. */
static bool is_planted(void *ctx, const struct record *finding)
{
	uint64_t address, last;

	return plant_field(finding, "address", &address) &&
	       !plant_field(finding, "last_address", &last) && inject_concerns(ctx, address);
}

static void tell_bad_word(struct run *run, struct text word, enum inject_result result)
{
	char shown[48];
	const struct field fields[] = {FIELD_STR("key", "mem.inject"), FIELD_STR("value", shown)};

	text_clean(shown, sizeof(shown), word.at, word.len);
	if (result == INJECT_OUTSIDE)
		record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
			"mem.inject: \"%s\" lies beyond the memory under test; accepted are offsets "
			"from 0 to 0x%llx. It is not planted.",
			shown, (ull)(run->mem->plan.bytes - 1));
	else
		record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
			"mem.inject: \"%s\" is not understood; accepted: %s. It is not planted.",
			shown, INJECT_ACCEPTED);
}

static void plant(struct run *run, struct text word, struct rng *rng)
{
	struct mem_session *m = run->mem;
	enum inject_result result;
	struct fault fault;
	char text[FAULT_TEXT];

	result = inject_read(word, &m->plan, rng, &fault);
	if (result == INJECT_OK && !inject_add(&m->inject, &m->plan, &fault))
		result = INJECT_NOT_UNDERSTOOD;
	if (result != INJECT_OK) {
		tell_bad_word(run, word, result);
		return;
	}
	record_note(run->rec, PART_ID_MEMORY,
		"mem.inject plants a fault, %.*s: %s. What is found there is no fault of this machine.",
		(int)word.len, word.at, fault_text(text, &fault));
}

void plant_faults(struct run *run)
{
	struct mem_session *m = run->mem;
	struct text words = {run->config->mem_inject, text_length(run->config->mem_inject)}, word;
	struct rng rng = {rng_mix(run->seed ^ SEED_MARK)};

	m->kernels = run->machine->ram.kernels;
	if (words.len == 0)
		return;
	inject_begin(&m->inject, m->kernels);
	while (text_word(&words, &word))
		plant(run, word, &rng);
	if (m->inject.faults.count == 0)
		return;
	m->kernels = &m->inject.kernels;
	run->rec->planted = is_planted;
	run->rec->planted_ctx = &m->inject;
}
