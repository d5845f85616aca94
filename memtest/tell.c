/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The finding about one word that read back wrong. Pure. See errorlog.h. */
#include "core/fmt.h"
#include "memtest/errorlog.h"
#include "memtest/place.h"

#define BITS_NAMED 5 /* more are only counted */
#define FIELDS_MAX 12

typedef unsigned long long ull;

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
	struct field fields[FIELDS_MAX] = {
		FIELD_ADDRESS("address", error->physical),
		FIELD_ADDRESS("expected", error->expected),
		FIELD_ADDRESS("actual", error->actual),
		FIELD_ADDRESS("xor", differing),
		FIELD_ADDRESS("reread", error->reread),
		FIELD_NUM("cpu", cpu),
		FIELD_NUM("count", count),
	};
	const bool examined = error->class != MEM_CLASS_NONE;
	const char *again = error->reread == error->actual     ? "the same"
			    : error->reread == error->expected ? "right"
							       : "different again";
	char bits[MEM_BITS_TEXT];
	struct mem_place place;
	size_t fields_used = 7;

	mem_place(run, error->physical, error->physical, &place);
	if (examined)
		fields[fields_used++] = FIELD_STR("class", mem_class_name(error->class));
	fields_used = mem_place_fields(fields, fields_used, &place);
	record_finding(run->rec, FINDING_MEM_BIT_ERROR, place.part, fields, fields_used,
		"The word at 0x%llx read 0x%016llx instead of 0x%016llx: %s flipped. %s%s%s (%s, CPU %u; "
		"read again at once it was %s)",
		(ull)error->physical, (ull)error->actual, (ull)error->expected,
		mem_bits_text(bits, differing), mem_class_means(error->class), examined ? ". " : "",
		place.words, during, cpu, again);
}
