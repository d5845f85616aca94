/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* RAM: takes all free memory from the firmware but a reserve, and accounts for the rest by type.
 *
 * Hardware: memory that UEFI boot services hand out; identity mapped, so that addresses are physical.
 * Spec.  UEFI 2.10, 7.2.
 * Trust. Only memory that AllocatePages() gave us is ever written. Persistent, special purpose and unaccepted
 *        memory is never asked for: core/ram_map.c says what is what. The map may change while we take from it:
 *        every range is asked for by itself, and in smaller pieces where the whole is refused.
 */
#include "efi/in_use.h"
#include "efi/memory_map.h"
#include "efi/parts.h"
#include "efi/status.h"
#include "memtest/kernels.h"
#include "memtest/row_kernel.h"

#define PIECE_PAGES  16u /* 64 KiB: smaller crumbs are not worth a range */
#define HELD_MAX     1024
#define REFUSALS_MAX 4096u /* per descriptor; firmware that refuses more has nothing for us */
#define BELOW_4G     UINT64_C(0xffffffff)

/* What the ledger counts: the kinds of the map, then what became of free memory. */
enum { LEDGER_CRUMBS = MEMORY_KINDS, LEDGER_REFUSED, LEDGER_IN_USE, LEDGER_RESERVE, LEDGER_COUNT };

static const char *const left_out[LEDGER_COUNT] = {
	[LEDGER_CRUMBS] = "pieces under 64 KiB, and the first page",
	[LEDGER_REFUSED] = "free in the map, but refused by firmware",
	[LEDGER_IN_USE] = "free in the map, but the CPU is using it",
	[LEDGER_RESERVE] = "reserve for firmware",
};

struct pages {
	EFI_PHYSICAL_ADDRESS at;
	UINTN count;
};

static struct {
	struct ram_port *port;
	struct pages held[HELD_MAX];
	size_t held_count;
	uint64_t ledger[LEDGER_COUNT]; /* bytes */
} ram;

/* ---- taking ---- */

static bool take(struct pages p)
{
	EFI_PHYSICAL_ADDRESS at = p.at;

	if (ram.held_count == HELD_MAX ||
		EFI_ERROR(fw.boot->AllocatePages(AllocateAddress, EfiLoaderData, p.count, &at)))
		return false;
	ram.held[ram.held_count++] = p;
	return true;
}

/* Takes a range, whole or in the largest pieces to be had from its start on. */
static void take_range(struct pages p)
{
	UINTN piece = p.count;
	unsigned refusals = 0;

	if (p.at == 0) { /* never the page that NULL points to */
		ram.ledger[LEDGER_CRUMBS] += PAGE_BYTES;
		p = (struct pages){PAGE_BYTES, p.count - 1};
		piece = p.count;
	}
	while (p.count >= PIECE_PAGES && refusals < REFUSALS_MAX) {
		if (piece > p.count)
			piece = p.count;
		if (take((struct pages){p.at, piece})) {
			p = (struct pages){p.at + piece * PAGE_BYTES, p.count - piece};
			piece = p.count;
			continue;
		}
		refusals++;
		piece /= 2;
		if (piece < PIECE_PAGES) {
			ram.ledger[LEDGER_REFUSED] += PIECE_PAGES * PAGE_BYTES;
			p = (struct pages){p.at + PIECE_PAGES * PAGE_BYTES, p.count - PIECE_PAGES};
			piece = p.count;
		}
	}
	ram.ledger[p.count >= PIECE_PAGES ? LEDGER_REFUSED : LEDGER_CRUMBS] += p.count * PAGE_BYTES;
}

/* Takes free memory, but not the blocks that the CPU needs whatever the map says. */
static void take_free(uint64_t start, uint64_t end, const struct in_use *in_use)
{
	uint64_t block;

	while (start < end && in_use_touches(in_use, start, end, &block)) {
		uint64_t from = block > start ? block : start, to = block + IN_USE_BLOCK_BYTES;

		if (to > end)
			to = end;
		if (from > start)
			take_range((struct pages){start, (from - start) / PAGE_BYTES});
		ram.ledger[LEDGER_IN_USE] += to - from;
		start = to;
	}
	if (start < end)
		take_range((struct pages){start, (end - start) / PAGE_BYTES});
}

static void take_descriptor(const EFI_MEMORY_DESCRIPTOR *d, const struct in_use *in_use)
{
	const uint64_t bytes = d->NumberOfPages * PAGE_BYTES;
	const enum memory_kind kind = memory_kind_of(d->Type, d->Attribute);

	ram.ledger[kind] += bytes;
	if (kind == MEMORY_FREE)
		take_free(d->PhysicalStart, d->PhysicalStart + bytes, in_use);
}

/* ---- the reserve ---- */

/* Half wherever the firmware likes it best, half below 4 GiB, where many of its drivers need their buffers.
 * A half that cannot be had is left out: free memory is short then, and the firmware's problem is ours. */
static void reserve_take(uint64_t bytes, struct pages reserve[2])
{
	for (unsigned i = 0; i < 2; i++) {
		UINTN count = bytes / 2 / PAGE_BYTES;
		EFI_PHYSICAL_ADDRESS at = BELOW_4G;
		EFI_ALLOCATE_TYPE type = i == 0 ? AllocateAnyPages : AllocateMaxAddress;

		reserve[i] = (struct pages){0, 0};
		if (count > 0 &&
			!EFI_ERROR(fw.boot->AllocatePages(type, EfiLoaderData, count, &at)))
			reserve[i] = (struct pages){at, count};
	}
}

static void reserve_free(const struct pages reserve[2])
{
	for (unsigned i = 0; i < 2; i++) {
		if (reserve[i].count > 0)
			fw.boot->FreePages(reserve[i].at, reserve[i].count);
	}
}

/* ---- the grant ---- */

/* Adds what is held to the ranges, which stay ascending; neighbours become one. */
static void add_range(struct ram_grant *grant, struct pages p)
{
	struct ram_range *r = grant->ranges;
	uint64_t bytes = p.count * PAGE_BYTES;
	size_t i = grant->range_count;

	while (i > 0 && r[i - 1].physical > p.at)
		i--;
	if (i > 0 && r[i - 1].physical + r[i - 1].bytes == p.at) {
		r[i - 1].bytes += bytes;
		i--;
	} else if (i < grant->range_count && p.at + bytes == r[i].physical) {
		r[i].physical = p.at;
		r[i].at = (uint8_t *)p.at;
		r[i].bytes += bytes;
	} else if (grant->range_count == RAM_RANGES_MAX) {
		grant->ranges_dropped_bytes += bytes;
		return;
	} else {
		memmove(r + i + 1, r + i, (grant->range_count - i) * sizeof(*r));
		r[i] = (struct ram_range){p.at, bytes, (uint8_t *)p.at};
		grant->range_count++;
	}
	grant->granted_bytes += bytes;
	if (i + 1 < grant->range_count && r[i].physical + r[i].bytes == r[i + 1].physical) {
		r[i].bytes += r[i + 1].bytes;
		grant->range_count--;
		memmove(r + i + 1, r + i + 2, (grant->range_count - i - 1) * sizeof(*r));
	}
}

static void fill_grant(struct ram_grant *grant)
{
	memset(grant, 0, sizeof(*grant));
	for (size_t i = 0; i < ram.held_count; i++)
		add_range(grant, ram.held[i]);
	for (unsigned i = 0; i < LEDGER_COUNT; i++) {
		const struct memory_kind_info *kind = i < MEMORY_KINDS ? memory_kind_info((
										 enum memory_kind)i)
								       : NULL;
		const char *why = kind != NULL ? kind->why : left_out[i];

		if (kind != NULL && kind->mapped)
			grant->mapped_bytes += ram.ledger[i];
		if (ram.ledger[i] > 0 && why != NULL && grant->skipped_count < RAM_SKIPPED_MAX)
			grant->skipped[grant->skipped_count++] = (struct ram_skipped){
				why, ram.ledger[i]};
	}
}

static void ram_release(void *ctx)
{
	(void)ctx;
	while (ram.held_count > 0) {
		const struct pages *p = &ram.held[--ram.held_count];

		fw.boot->FreePages(p->at, p->count);
	}
}

static bool ram_acquire(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret)
{
	struct pages reserve[2];
	struct memory_map map;
	struct in_use in_use;

	ram_release(ctx);
	memset(ram.ledger, 0, sizeof(ram.ledger));
	reserve_take(reserve_bytes, reserve);
	if (!memory_map_read(&map, ram.port->error, sizeof(ram.port->error))) {
		reserve_free(reserve);
		return false;
	}
	in_use_find(&map, &in_use);
	for (size_t i = 0; i < map.count; i++) {
		EFI_MEMORY_DESCRIPTOR d;

		if (memory_map_at(&map, i, &d))
			take_descriptor(&d, &in_use);
	}
	reserve_free(reserve);
	memory_map_free(&map);
	ram.ledger[LEDGER_RESERVE] = (reserve[0].count + reserve[1].count) * PAGE_BYTES;
	ram.ledger[MEMORY_LOADER_DATA] -= ram.ledger[LEDGER_RESERVE];
	/* Still RAM in the map, as what it is once more: free. */
	ram.ledger[MEMORY_FREE] += ram.ledger[LEDGER_RESERVE];
	if (ram.held_count == 0) {
		status_say(ram.port->error, sizeof(ram.port->error), "AllocatePages",
			EFI_OUT_OF_RESOURCES);
		return false;
	}
	fill_grant(ret);
	return true;
}

/* The map as it is before we take from it. Left empty where it cannot be had: taking will say why. */
static void read_map(struct ram_map *ret)
{
	char error[PORT_ERROR];
	struct memory_map map;

	if (!memory_map_read(&map, error, sizeof(error)))
		return;
	for (size_t i = 0; i < map.count; i++) {
		EFI_MEMORY_DESCRIPTOR d;

		if (memory_map_at(&map, i, &d))
			ram_map_add(ret, d.PhysicalStart, d.NumberOfPages * PAGE_BYTES, d.Type,
				d.Attribute);
	}
	memory_map_free(&map);
}

void ram_build(struct machine *machine)
{
	machine->ram = (struct ram_port){.kernels = &kernels_sse2,
		.acquire = ram_acquire,
		.release = ram_release,
		.hammer = row_kernel};
	ram.port = &machine->ram;
	read_map(&machine->ram.map);
}
