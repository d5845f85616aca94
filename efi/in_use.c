/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory the CPU is using. See in_use.h. */
#include "efi/in_use.h"

#define TABLE_ENTRIES  512
#define TABLES_MAX     65536u /* page tables looked at, in all */
#define ENTRY_PRESENT  UINT64_C(1)
#define ENTRY_IS_PAGE  (UINT64_C(1) << 7)
#define ENTRY_ADDRESS  UINT64_C(0x000ffffffffff000)
#define CR4_FIVE_LEVEL (UINT64_C(1) << 12)

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

struct search {
	const struct memory_map *map;
	struct in_use *found;
	unsigned tables;
};

/* The type of the range that `at` lies in; false outside the map. */
static bool type_at(const struct memory_map *map, uint64_t at, uint32_t *ret)
{
	EFI_MEMORY_DESCRIPTOR d;

	for (size_t i = 0; i < map->count; i++) {
		if (memory_map_at(map, i, &d) && at >= d.PhysicalStart &&
			at - d.PhysicalStart < d.NumberOfPages * PAGE_BYTES) {
			*ret = d.Type;
			return true;
		}
	}
	return false;
}

/* Keeps the block of an address in use that the map calls free. False when the map does not know the address. */
static bool judge(struct search *s, uint64_t at)
{
	uint64_t block = at & ~(IN_USE_BLOCK_BYTES - 1);
	uint32_t type;

	if (!type_at(s->map, at, &type))
		return false;
	if (type != EfiConventionalMemory || s->found->count == IN_USE_MAX)
		return true;
	for (size_t i = 0; i < s->found->count; i++) {
		if (s->found->at[i] == block)
			return true;
	}
	s->found->at[s->found->count++] = block;
	return true;
}

/* Judges a page table and those below it, in levels 5 to 1. Tables outside the map are not looked into: their
 * addresses may carry bits of memory encryption. */
static void judge_tables(struct search *s, uint64_t table, unsigned level)
{
	const uint64_t *entries = (const uint64_t *)table;

	if (s->tables++ >= TABLES_MAX || !judge(s, table))
		return;
	for (unsigned i = 0; level > 1 && i < TABLE_ENTRIES; i++) {
		uint64_t e = entries[i];

		if ((e & ENTRY_PRESENT) != 0 && (level > 3 || (e & ENTRY_IS_PAGE) == 0))
			judge_tables(s, e & ENTRY_ADDRESS, level - 1);
	}
}

void in_use_find(const struct memory_map *map, struct in_use *ret)
{
	struct search s = {.map = map, .found = ret};
	struct table_register gdt, idt;
	uint64_t cr3, cr4;

	ret->count = 0;
	__asm__ volatile("mov %%cr3, %0; mov %%cr4, %1" : "=r"(cr3), "=r"(cr4));
	__asm__ volatile("sgdt %0; sidt %1" : "=m"(gdt), "=m"(idt));
	judge_tables(&s, cr3 & ENTRY_ADDRESS, (cr4 & CR4_FIVE_LEVEL) != 0 ? 5 : 4);
	judge(&s, gdt.base);
	judge(&s, idt.base);
	judge(&s, (uint64_t)&s); /* the stack */
}

bool in_use_touches(const struct in_use *in_use, uint64_t start, uint64_t end, uint64_t *ret_at)
{
	bool any = false;

	for (size_t i = 0; i < in_use->count; i++) {
		uint64_t at = in_use->at[i];

		if (at < end && at + IN_USE_BLOCK_BYTES > start && (!any || at < *ret_at)) {
			*ret_at = at;
			any = true;
		}
	}
	return any;
}
