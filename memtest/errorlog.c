/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Folding of mismatches into findings. Pure. See errorlog.h. */
#include "memtest/errorlog.h"
#include "core/fmt.h"

#define BITS_NAMED 5 /* more are only counted */

typedef unsigned long long ull;

void mem_log_sweep(struct mem_log *log)
{
	log->sweep_words = 0;
}

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
		if (teller->tell(run, teller->arg, cpu, first[i], log->seen[i].count) ==
			FINDING_MEM_ADDRESS_ALIAS)
			log->aliases++;
	}
}

void mem_log_end(const struct mem_log *log, struct run *run)
{
	const uint64_t addresses = log->most_words > log->seen_count
					   ? log->most_words
					   : log->seen_count + log->untold;
	const struct field fields[] = {
		FIELD_ADDRESS("address", log->lowest),
		FIELD_ADDRESS("last_address", log->highest),
		FIELD_NUM("count", log->mismatches),
		FIELD_NUM("addresses_at_least", addresses),
	};

	record_measure(run->rec, PART_ID_MEMORY, "mismatches", log->mismatches, 0, "1");
	if (addresses > log->seen_count)
		record_finding(run->rec,
			log->aliases == log->seen_count ? FINDING_MEM_ADDRESS_ALIAS
							: FINDING_MEM_BIT_ERROR,
			PART_ID_MEMORY, fields, ARRAY_LEN(fields),
			"Beside the %u addresses above at least %llu more failed: in all %llu mismatches "
			"from 0x%llx to 0x%llx.",
			(unsigned)log->seen_count, (ull)(addresses - log->seen_count),
			(ull)log->mismatches, (ull)log->lowest, (ull)log->highest);
	else if (log->mismatches > log->seen_count)
		record_note(run->rec, PART_ID_MEMORY,
			"%llu mismatches in all at the %u address%s above", (ull)log->mismatches,
			(unsigned)log->seen_count, log->seen_count == 1 ? "" : "es");
}

const char *mem_bits_text(char buf[MEM_BITS_TEXT], uint64_t differing)
{
	unsigned bits = 0, named = 0;

	for (uint64_t left = differing; left != 0; left &= left - 1)
		bits++;
	if (bits > BITS_NAMED) {
		fmt_to(buf, MEM_BITS_TEXT, "%u of 64 bits", bits);
		return buf;
	}
	fmt_to(buf, MEM_BITS_TEXT, "bit%s", bits == 1 ? "" : "s");
	for (unsigned i = 0; i < 64; i++) {
		if ((differing >> i & 1) == 0)
			continue;
		fmt_add(buf, MEM_BITS_TEXT, "%s%u",
			named == 0         ? " "
			: named + 1 < bits ? ", "
					   : " and ",
			i);
		named++;
	}
	return buf;
}

void mem_tell_bit_error(struct run *run, const char *during, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	const uint64_t differing = error->expected ^ error->actual;
	const struct field fields[] = {
		FIELD_ADDRESS("address", error->physical),
		FIELD_ADDRESS("expected", error->expected),
		FIELD_ADDRESS("actual", error->actual),
		FIELD_ADDRESS("xor", differing),
		FIELD_ADDRESS("reread", error->reread),
		FIELD_NUM("cpu", cpu),
		FIELD_NUM("count", count),
	};
	char bits[MEM_BITS_TEXT];
	const char *again = error->reread == error->actual     ? "the same"
			    : error->reread == error->expected ? "right"
							       : "different again";

	record_finding(run->rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, fields, ARRAY_LEN(fields),
		"The word at 0x%llx read 0x%016llx instead of 0x%016llx: %s flipped. "
		"Read again at once it was %s. (%s, CPU %u)",
		(ull)error->physical, (ull)error->actual, (ull)error->expected,
		mem_bits_text(bits, differing), again, during, cpu);
}
