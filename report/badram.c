/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* badram.txt. Pure. See badram.h. */
#include "report/badram.h"
#include "core/bytes.h"

#define MASKING_MAX ((uint64_t)64 << 20) /* beyond this a DIMM is dead rather than spotted */

typedef unsigned long long ull;

static uint64_t pages_of(const struct page_range *r)
{
	return r->last - r->first + 1;
}

/* ---- GRUB ---- */

static void write_pairs(struct sink out, const struct badram_block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fmt(out, "%s0x%016llx,0x%016llx", i > 0 ? "," : "",
			(ull)(blocks[i].first << PAGE4K_BITS),
			(ull) ~((PAGE4K_BYTES << blocks[i].bits) - 1));
}

static void write_beside(struct sink out, uint64_t beside)
{
	char size[FMT_SIZE];

	if (beside == 0)
		fmt(out, "# Exactly the pages of the table.\n");
	else
		fmt(out, "# To be short, this gives up %llu more pages (%s) than the table has.\n",
			(ull)beside, fmt_bytes(size, beside << PAGE4K_BITS));
}

static void write_grub(const struct bad_pages *pages, struct sink out)
{
	struct badram_block blocks[BADRAM_BLOCKS];
	uint64_t beside;
	const size_t count = badram_cover(pages->at, pages->count, blocks, &beside);

	fmt(out,
		"\n# ---- GRUB ----\n"
		"# A command for grub.cfg or GRUB's command line, before the one that starts the system.\n"
		"# It is refused under Secure Boot.\n");
	write_beside(out, beside);
	fmt(out, "badram ");
	write_pairs(out, blocks, count);
	fmt(out,
		"\n\n# The same for /etc/default/grub (Debian, Ubuntu and others); then run update-grub:\n"
		"GRUB_BADRAM=\"");
	write_pairs(out, blocks, count);
	fmt(out, "\"\n");
}

/* ---- Linux ---- */

/* Joins the neighbours with the fewest pages between them until BADRAM_MEMMAP are left: no choice gives up fewer.
 * Returns how many are left. */
static size_t few_ranges(
	const struct bad_pages *pages, struct page_range ret[BAD_PAGES_MAX], uint64_t *ret_beside)
{
	size_t count = pages->count;

	*ret_beside = 0;
	memcpy(ret, pages->at, count * sizeof(*ret));
	while (count > BADRAM_MEMMAP) {
		size_t best = 0;

		for (size_t i = 1; i + 1 < count; i++) {
			if (ret[i + 1].first - ret[i].last < ret[best + 1].first - ret[best].last)
				best = i;
		}
		*ret_beside += ret[best + 1].first - ret[best].last - 1;
		ret[best].last = ret[best + 1].last;
		count--;
		memmove(&ret[best + 1], &ret[best + 2], (count - best - 1) * sizeof(*ret));
	}
	return count;
}

static void write_memmap(
	struct sink out, const struct page_range *at, size_t count, const char *dollar)
{
	for (size_t i = 0; i < count; i++)
		fmt(out, "%smemmap=%lluK%s0x%llx", i > 0 ? " " : "",
			(ull)(pages_of(&at[i]) * (PAGE4K_BYTES / 1024)), dollar,
			(ull)(at[i].first << PAGE4K_BITS));
}

static void write_linux(const struct bad_pages *pages, struct sink out)
{
	struct page_range at[BAD_PAGES_MAX];
	uint64_t beside;
	const size_t count = few_ranges(pages, at, &beside);

	fmt(out, "\n# ---- Linux ----\n"
		 "# As the kernel must see it (cat /proc/cmdline shows whether it does):\n");
	write_beside(out, beside);
	write_memmap(out, at, count, "$");
	fmt(out,
		"\n\n# The same on a linux line in grub.cfg, where GRUB would take $ for a variable:\n");
	write_memmap(out, at, count, "\\$");
	fmt(out,
		"\n\n# The same in /etc/default/grub, which a shell reads first; then run update-grub or\n"
		"# grub2-mkconfig:\nGRUB_CMDLINE_LINUX=\"");
	write_memmap(out, at, count, "\\\\\\$");
	fmt(out, "\"\n");
}

/* ---- Windows ---- */

static void write_windows(const struct bad_pages *pages, uint64_t all, struct sink out)
{
	fmt(out, "\n# ---- Windows ----\n");
	if (all > BADRAM_FRAMES) {
		fmt(out,
			"# Windows takes a list of single pages; %llu are too many for its command line.\n",
			(ull)all);
		return;
	}
	fmt(out,
		"# In a command prompt of an administrator, then restart. The list replaces an older one.\n"
		"bcdedit /set {badmemory} badmemorylist");
	for (size_t i = 0; i < pages->count; i++) {
		for (uint64_t page = pages->at[i].first; page <= pages->at[i].last; page++)
			fmt(out, " 0x%llx", (ull)page);
	}
	fmt(out, "\nbcdedit /set badmemoryaccess no\n");
}

/* ---- the rest ---- */

static void write_head(
	const struct bad_pages *pages, const char *run, uint64_t all, struct sink out)
{
	uint64_t mismatches = 0;
	char size[FMT_SIZE];
	const char *plural = all == 1 ? "" : "s";

	for (size_t i = 0; i < pages->count; i++)
		mismatches += pages->at[i].mismatches;
	fmt(out,
		"# Kiriwake run %s: memory that failed, for systems that are to do without it.\n"
		"# %llu page%s of 4 KiB (%s) in %zu range%s, %llu mismatches.\n"
		"#\n"
		"# This is for the time until the DIMM is replaced. It holds while DIMMs, slots and the\n"
		"# firmware's memory settings stay as they are; after any change test again. Other pages\n"
		"# may fail next. Use one of the forms below; each stands alone.\n",
		run, (ull)all, plural, fmt_bytes(size, all << PAGE4K_BITS), pages->count,
		pages->count == 1 ? "" : "s", (ull)mismatches);
	if (all << PAGE4K_BITS > MASKING_MAX)
		fmt(out, "# So much has failed that replacing the DIMM is the better way.\n");
}

static void write_left_out(const struct bad_pages *pages, struct sink out)
{
	const struct {
		uint64_t count;
		const char *why;
	} left_out[] = {
		{pages->read_path,
			"the cells held the right value (look at seating, bus, voltage)"},
		{pages->cpu_specific, "they failed through one CPU only (suspect that CPU)"},
		{pages->aliases, "another address reached the same cell (an address line)"},
	};

	for (size_t i = 0; i < ARRAY_LEN(left_out); i++) {
		if (left_out[i].count > 0)
			fmt(out,
				"# Not in this file, as no page is to blame: %llu mismatches where %s.\n",
				(ull)left_out[i].count, left_out[i].why);
	}
}

static void write_rows(const struct bad_pages *pages, struct sink out)
{
	if (pages->row_count == 0)
		return;
	fmt(out,
		"\n# ---- Post-package repair ----\n"
		"# These look like single failing rows. Many servers can replace such a row by a spare one\n"
		"# at boot: enable post-package repair (PPR) in setup, reboot once, leave the DIMMs where\n"
		"# they are, and test again before anything is swapped or masked.\n");
	for (size_t i = 0; i < pages->row_count; i++)
		fmt(out, "# row-like: 0x%llx-0x%llx\n", (ull)(pages->rows[i].first << PAGE4K_BITS),
			(ull)(((pages->rows[i].last + 1) << PAGE4K_BITS) - 1));
}

static void write_table(const struct bad_pages *pages, struct sink out)
{
	fmt(out, "\n# ---- All ranges ----\n"
		 "# first byte         last byte          pages      mismatches\n");
	for (size_t i = 0; i < pages->count; i++) {
		const struct page_range *r = &pages->at[i];

		fmt(out, "# 0x%016llx 0x%016llx %-10llu %llu", (ull)(r->first << PAGE4K_BITS),
			(ull)(((r->last + 1) << PAGE4K_BITS) - 1), (ull)pages_of(r),
			(ull)r->mismatches);
		if (r->between > 0)
			fmt(out, "  (up to %llu pages between did not fail)", (ull)r->between);
		fmt(out, "\n");
	}
}

void badram_write(const struct bad_pages *pages, const char *run, struct sink out)
{
	uint64_t all = 0;

	for (size_t i = 0; i < pages->count; i++)
		all += pages_of(&pages->at[i]);
	write_head(pages, run, all, out);
	write_left_out(pages, out);
	write_rows(pages, out);
	write_grub(pages, out);
	write_linux(pages, out);
	write_windows(pages, all, out);
	write_table(pages, out);
}
