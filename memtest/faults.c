/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The fault models: how each kind bends an access. Pure. See faults.h. */
#include "memtest/faults.h"
#include "core/bytes.h"

#define LINE_BYTES (FAULT_LINE_WORDS * sizeof(uint64_t))

static uint64_t bit(uint64_t number)
{
	return (uint64_t)1 << number;
}

static uint64_t with_bit(uint64_t value, uint64_t number, uint64_t to)
{
	return to ? value | bit(number) : value & ~bit(number);
}

static bool is(uint64_t value, uint64_t number, uint64_t expected)
{
	return (value >> number & 1) == expected;
}

static bool changes(const struct fault_access *a, uint64_t number, uint64_t direction)
{
	return is(a->old, number, !direction) && is(a->value, number, direction);
}

/* ---- the cells ---- */

/* Where an access to `physical` ends up. */
static uint64_t redirected(const struct faults *all, uint64_t physical)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct fault *f = &all->at[i];
		const uint64_t to = f->kind->redirect != NULL ? f->kind->redirect(f, physical)
							      : physical;

		if (to != physical && all->cells.exists(all->cells.ctx, to))
			physical = to;
	}
	return physical;
}

static uint64_t cell_load(const struct faults *all, uint64_t physical)
{
	return all->cells.load(all->cells.ctx, redirected(all, physical));
}

static void cell_store(const struct faults *all, uint64_t physical, uint64_t value)
{
	all->cells.store(all->cells.ctx, redirected(all, physical), value);
}

static void flip(const struct faults *all, uint64_t physical, uint64_t number)
{
	cell_store(all, physical, cell_load(all, physical) ^ bit(number));
}

/* ---- one cell: ADDRESS:BIT:... ---- */

static void stuck_read(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[0])
		a->value = with_bit(a->value, f->at[1], f->at[2]);
}

static void transition_write(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[0] && changes(a, f->at[1], f->at[2]))
		a->value ^= bit(f->at[1]);
}

/* `state`: what the sense amplifier of this column read last. */
static void open_read(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[0])
		a->value = with_bit(a->value, f->at[1], f->state);
}

static void open_after(struct fault *f, const struct fault_access *a)
{
	if (!a->write && a->physical % LINE_BYTES == f->at[0] % LINE_BYTES)
		f->state = a->value >> f->at[1] & 1;
}

static void misread_read(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]))
		a->value ^= bit(f->at[1]);
}

static void deceive_read(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]))
		flip(a->all, a->physical, f->at[1]);
}

static void readflip_read(struct fault *f, struct fault_access *a)
{
	deceive_read(f, a);
	misread_read(f, a);
}

static void writeflip_write(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]) &&
		is(a->value, f->at[1], f->at[2]))
		a->value ^= bit(f->at[1]);
}

/* `state`: the write that sensitises was the last access to any other line. */
static void hasty_read(struct fault *f, struct fault_access *a)
{
	if (a->physical != f->at[0] || !f->state)
		return;
	flip(a->all, a->physical, f->at[1]);
	a->value ^= bit(f->at[1]);
}

static void hasty_after(struct fault *f, const struct fault_access *a)
{
	if (a->physical == f->at[0])
		f->state = a->write && is(a->old, f->at[1], f->at[2]) &&
			   is(a->value, f->at[1], f->at[3]);
	else if (a->physical / LINE_BYTES != f->at[0] / LINE_BYTES)
		f->state = false;
}

static void fade_rest(struct fault *f, struct faults *all)
{
	cell_store(all, f->at[0], with_bit(cell_load(all, f->at[0]), f->at[1], f->at[2]));
}

/* ---- two cells: ADDRESS:BIT:...:VICTIM:BIT:... ---- */

static void hit_victim(const struct fault *f, struct faults *all)
{
	const uint64_t held = cell_load(all, f->at[3]);

	cell_store(all, f->at[3],
		f->at[5] == FAULT_INVERT ? held ^ bit(f->at[4])
					 : with_bit(held, f->at[4], f->at[5]));
}

static void coupling_after(struct fault *f, const struct fault_access *a)
{
	if (a->write && a->physical == f->at[0] && changes(a, f->at[1], f->at[2]))
		hit_victim(f, a->all);
}

static void disturb_after(struct fault *f, const struct fault_access *a)
{
	if (a->write && a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]) &&
		is(a->value, f->at[1], f->at[2]))
		hit_victim(f, a->all);
}

/* A change of either cell shows at once. */
static void force_after(struct fault *f, const struct fault_access *a)
{
	if (a->write && is(cell_load(a->all, f->at[0]), f->at[1], f->at[2]))
		hit_victim(f, a->all);
}

static void block_write(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[3] && changes(a, f->at[4], f->at[5]) &&
		is(cell_load(a->all, f->at[0]), f->at[1], f->at[2]))
		a->value ^= bit(f->at[4]);
}

/* ---- addressing ---- */

/* alias=ADDRESS:OTHER */
static uint64_t alias_redirect(const struct fault *f, uint64_t physical)
{
	return physical == f->at[1] ? f->at[0] : physical;
}

/* both=ADDRESS:OTHER */
static void both_read(struct fault *f, struct fault_access *a)
{
	if (a->physical == f->at[1])
		a->value &= cell_load(a->all, f->at[0]);
}

static void both_after(struct fault *f, const struct fault_access *a)
{
	if (a->write && a->physical == f->at[1])
		cell_store(a->all, f->at[0], a->value);
}

/* line=BIT */
static uint64_t line_redirect(const struct fault *f, uint64_t physical)
{
	return physical & ~bit(f->at[0]);
}

/* dead=ADDRESS:BYTES */
static void dead_read(struct fault *f, struct fault_access *a)
{
	if (a->physical - f->at[0] < f->at[1])
		a->value = UINT64_MAX;
}

static void dead_write(struct fault *f, struct fault_access *a)
{
	if (a->physical - f->at[0] < f->at[1])
		a->value = a->old;
}

const struct fault_kind fault_kinds[] = {
	{.name = "stuck", .arguments = "abv", .read = stuck_read},
	{.name = "transition", .arguments = "abd", .write = transition_write},
	{.name = "open", .arguments = "ab", .read = open_read, .after = open_after},
	{.name = "misread", .arguments = "abv", .read = misread_read},
	{.name = "readflip", .arguments = "abv", .read = readflip_read},
	{.name = "deceive", .arguments = "abv", .read = deceive_read},
	{.name = "writeflip", .arguments = "abv", .write = writeflip_write},
	{.name = "hasty", .arguments = "abvv", .read = hasty_read, .after = hasty_after},
	{.name = "fade", .arguments = "abv", .rest = fade_rest},
	{.name = "coupling", .arguments = "abdabe", .after = coupling_after},
	{.name = "disturb", .arguments = "abvabe", .after = disturb_after},
	{.name = "force", .arguments = "abvabv", .after = force_after},
	{.name = "block", .arguments = "abvabd", .write = block_write},
	{.name = "alias", .arguments = "aa", .redirect = alias_redirect},
	{.name = "both", .arguments = "aa", .read = both_read, .after = both_after},
	{.name = "line", .arguments = "b", .redirect = line_redirect, .everywhere = true},
	{.name = "dead", .arguments = "an", .read = dead_read, .write = dead_write, .run = true},
};
const size_t fault_kind_count = ARRAY_LEN(fault_kinds);

/* ---- accesses ---- */

static void tell_others(struct faults *all, const struct fault_access *a)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].kind->after != NULL)
			all->at[i].kind->after(&all->at[i], a);
	}
}

uint64_t faults_load(struct faults *all, uint64_t physical)
{
	struct fault_access a = {.all = all, .physical = redirected(all, physical)};

	a.old = a.value = all->cells.load(all->cells.ctx, a.physical);
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].kind->read != NULL)
			all->at[i].kind->read(&all->at[i], &a);
	}
	tell_others(all, &a);
	return a.value;
}

void faults_burst(
	struct faults *all, uint64_t line, const uint64_t words[FAULT_LINE_WORDS], unsigned which)
{
	struct fault_access a[FAULT_LINE_WORDS];

	for (size_t i = 0; i < FAULT_LINE_WORDS; i++) {
		if ((which >> i & 1) == 0)
			continue;
		a[i] = (struct fault_access){.all = all,
			.physical = redirected(all, line + i * sizeof(uint64_t)),
			.value = words[i],
			.write = true};
		a[i].old = all->cells.load(all->cells.ctx, a[i].physical);
		for (size_t f = 0; f < all->count; f++) {
			if (all->at[f].kind->write != NULL)
				all->at[f].kind->write(&all->at[f], &a[i]);
		}
	}
	for (size_t i = 0; i < FAULT_LINE_WORDS; i++) {
		if (which >> i & 1)
			all->cells.store(all->cells.ctx, a[i].physical, a[i].value);
	}
	for (size_t i = 0; i < FAULT_LINE_WORDS; i++) {
		if (which >> i & 1)
			tell_others(all, &a[i]);
	}
}

void faults_store(struct faults *all, uint64_t physical, uint64_t value)
{
	const uint64_t line_bytes = FAULT_LINE_WORDS * sizeof(value);
	const size_t i = physical % line_bytes / sizeof(value);
	uint64_t words[FAULT_LINE_WORDS];

	words[i] = value;
	faults_burst(all, physical - physical % line_bytes, words, 1u << i);
}

void faults_rest(struct faults *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].kind->rest != NULL)
			all->at[i].kind->rest(&all->at[i], all);
	}
}
