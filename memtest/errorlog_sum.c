/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What all mismatches of a check look like, in one finding. Pure. See errorlog.h. */
#include "core/fmt.h"
#include "memtest/bad_pages.h"
#include "memtest/checks.h"
#include "memtest/place.h"

#define FIELDS_MAX 12
#define LANE_TEXT  16

typedef unsigned long long ull;

/* Words under test in [low, high], and address bits that differ among all words under test. */
static void look_at_plan(const struct mem_plan *plan, struct signature_facts *facts)
{
	const uint64_t low = facts->lowest, end = facts->highest + sizeof(uint64_t);
	uint64_t ones = 0, zeros = 0;

	for (size_t i = 0; i < plan->range_count; i++) {
		const struct ram_range *r = &plan->ranges[i];
		const uint64_t last = r->physical + r->bytes - sizeof(uint64_t);
		const uint64_t from = r->physical > low ? r->physical : low;
		const uint64_t to = last + sizeof(uint64_t) < end ? last + sizeof(uint64_t) : end;
		uint64_t spread = r->physical ^ last;

		if (from < to)
			facts->span_words += (to - from) / sizeof(uint64_t);
		/* Below the highest bit that differs between first and last word, every bit takes both values. */
		for (unsigned shift = 1; shift < 64; shift *= 2)
			spread |= spread >> shift;
		ones |= r->physical | spread;
		zeros |= ~r->physical | spread;
	}
	facts->varying = ones & zeros & ~(uint64_t)(sizeof(uint64_t) - 1);
	facts->tested_words = plan->bytes / sizeof(uint64_t);
}

static void find_signature(const struct mem_log *log, struct run *run, struct signature *ret)
{
	struct signature_facts facts = {.words = mem_log_words(log),
		.lowest = log->lowest,
		.highest = log->highest,
		.aliases = mem_log_only_aliases(log)};

	look_at_plan(&run->mem->plan, &facts);
	signature_find(&log->signs, &facts, ret);
	if (ret->kind == SIGNATURE_ROW && !mem_log_only_aliases(log) && log->signs.page_count > 0)
		bad_pages_add_row(&run->mem->bad_pages, &ret->core);
}

static void lane_text(char *buf, size_t cap, const struct signature_lane *lane)
{
	if (lane->count == 1)
		fmt_to(buf, cap, "bit %u", lane->first);
	else
		fmt_to(buf, cap, "bits %u-%u", lane->first, lane->first + lane->count - 1);
}

/* "address-line" knows more to say than its name: which, and where. */
static void detail_text(char *buf, size_t cap, const struct signature *s, const char *lane)
{
	buf[0] = '\0';
	if (s->has_line)
		fmt_to(buf, cap, " (address bit %u = %u)", s->line, s->line_value);
	else if (lane[0] != '\0')
		fmt_to(buf, cap, " (%s)", lane);
}

static uint64_t sum_flips(const struct bit_counts *c)
{
	uint64_t sum = 0;

	for (unsigned bit = 0; bit < 64; bit++)
		sum += bit_count(c, bit);
	return sum;
}

static void tell_sum(const struct mem_log *log, struct run *run, const struct signature *s)
{
	const enum finding_code code = mem_log_only_aliases(log) ? FINDING_MEM_ADDRESS_ALIAS
								 : FINDING_MEM_BIT_ERROR;
	struct field fields[FIELDS_MAX] = {
		FIELD_STR("signature", signature_name(s->kind)),
		FIELD_ADDRESS("address", log->lowest),
		FIELD_ADDRESS("last_address", log->highest),
		FIELD_NUM("count", log->mismatches),
		FIELD_NUM("addresses_at_least", mem_log_words(log)),
		FIELD_NUM("flips_to_1", sum_flips(&log->signs.up)),
		FIELD_NUM("flips_to_0", sum_flips(&log->signs.down)),
	};
	char lane[LANE_TEXT] = "", detail[40];
	struct mem_place place;
	size_t count = 7;

	mem_place(run, log->lowest, log->highest, &place);
	if (s->lane.count > 0) {
		lane_text(lane, sizeof(lane), &s->lane);
		fields[count++] = FIELD_STR("lane", lane);
	}
	count = mem_place_fields(fields, count, &place);
	detail_text(detail, sizeof(detail), s, lane);
	record_finding(run->rec, code, place.part, fields, count,
		"In all %llu mismatches at %llu or more addresses from 0x%llx to 0x%llx. Signature %s: "
		"%s%s. %s",
		(ull)log->mismatches, (ull)mem_log_words(log), (ull)log->lowest, (ull)log->highest,
		signature_name(s->kind), signature_means(s->kind), detail, place.words);
}

/* One or two addresses, told in full, speak for themselves. */
void mem_log_end(const struct mem_log *log, struct run *run)
{
	struct signature s;

	record_measure_limit(
		run->rec, PART_ID_MEMORY, "mismatches", log->mismatches, 0, "1", LIMIT_AT_MOST, 0);
	if (log->mismatches == 0)
		return;
	find_signature(log, run, &s);
	if (mem_log_words(log) > log->told || log->told > 2)
		tell_sum(log, run, &s);
	else if (log->mismatches > log->seen_count)
		record_note(run->rec, PART_ID_MEMORY,
			"%llu mismatches in all at the %u address%s above", (ull)log->mismatches,
			(unsigned)log->seen_count, log->seen_count == 1 ? "" : "es");
}
