/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI from hostile firmware: the bytes are one table; its readers get them with and without a sound header. */
#include "evidence/acpi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What a reader of the map relies on. */
static void check_order(const struct topology *t)
{
	for (size_t i = 0; i < t->node_range_count; i++) {
		const struct node_range *r = &t->node_ranges[i];

		if (r->low >= r->high || r->node >= t->node_count || (i > 0 && r[-1].high > r->low))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint32_t apic_ids[] = {0, 1, 2, 0x100};
	static struct topology topology;
	const struct span table = {data, len};
	struct span found;
	struct hest hest;

	acpi_find(&table, 1, "SRAT", &found);
	topology = (struct topology){0};
	srat_read(table, apic_ids, 4, &topology);
	check_order(&topology);
	hest_read(table, &hest);
	bert_status(table);
	return 0;
}
