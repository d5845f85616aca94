/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finding parts and naming them. Pure. See inventory.h. */
#include "core/inventory.h"
#include "core/fmt.h"
#include "core/text.h"

const struct part *inventory_part(const struct inventory *inventory, const char *id)
{
	for (size_t i = 0; i < inventory->count; i++) {
		if (text_same(inventory->parts[i].id, id))
			return &inventory->parts[i];
	}
	return NULL;
}

const char *dimm_label(char *buf, size_t cap, const struct inventory *inventory, unsigned number)
{
	const struct part *p;
	char id[PART_ID], what[3 * PART_TEXT] = "";

	fmt_to(id, sizeof(id), "dimm%u", number);
	text_copy(buf, cap, id);
	p = inventory != NULL ? inventory_part(inventory, id) : NULL;
	if (p == NULL)
		return buf;
	if (p->location[0] != '\0')
		fmt_add(buf, cap, " in %s", p->location);
	fmt_add(what, sizeof(what), "%s%s%s", p->maker,
		p->maker[0] != '\0' && p->part_number[0] != '\0' ? " " : "", p->part_number);
	if (p->serial[0] != '\0')
		fmt_add(what, sizeof(what), "%sserial %s", what[0] != '\0' ? ", " : "", p->serial);
	if (what[0] != '\0')
		fmt_add(buf, cap, " (%s)", what);
	return buf;
}

const char *part_kind_name(enum part_kind kind)
{
	static const char *const names[PART_KIND_COUNT] = {
		[PART_BOARD] = "board and CPUs",
		[PART_FIRMWARE] = "firmware",
		[PART_CPU] = "CPU",
		[PART_MEMORY] = "memory",
		[PART_DIMM] = "DIMM",
		[PART_NETWORK] = "network",
		[PART_NIC] = "network card",
		[PART_DISK] = "disk",
	};

	return names[kind];
}
