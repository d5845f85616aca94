/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The fault models: how each kind bends an access. Hardware: none. See sim_ram_faults.h and sim_ram.h.
 *
 * Trust. Specs come from the command line: every argument is checked against its kind. */
#include "host/sim_ram_faults.h"

enum { DOWN, UP };
enum { SET_0, SET_1, INVERT };

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

static bool changes(const struct sim_ram_access *a, uint64_t number, uint64_t direction)
{
	return is(a->old, number, !direction) && is(a->value, number, direction);
}

/* ---- one cell: ADDRESS:BIT:... ---- */

static void stuck_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[0])
		a->value = with_bit(a->value, f->at[1], f->at[2]);
}

static void transition_write(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[0] && changes(a, f->at[1], f->at[2]))
		a->value ^= bit(f->at[1]);
}

/* `state`: what the sense amplifier of this column read last. */
static void open_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[0])
		a->value = with_bit(a->value, f->at[1], f->state);
}

static void open_after(struct sim_ram_fault *f, const struct sim_ram_access *a)
{
	const uint64_t line_bytes = SIM_RAM_LINE_WORDS * sizeof(uint64_t);

	if (!a->write && a->physical % line_bytes == f->at[0] % line_bytes)
		f->state = a->value >> f->at[1] & 1;
}

static void misread_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]))
		a->value ^= bit(f->at[1]);
}

static void deceive_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]))
		*sim_ram_cell(a->ram, a->physical) ^= bit(f->at[1]);
}

static void readflip_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	deceive_read(f, a);
	misread_read(f, a);
}

static void writeflip_write(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]) &&
		is(a->value, f->at[1], f->at[2]))
		a->value ^= bit(f->at[1]);
}

/* `state`: the write that sensitises was the last access to any other line. */
static void hasty_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical != f->at[0] || !f->state)
		return;
	*sim_ram_cell(a->ram, a->physical) ^= bit(f->at[1]);
	a->value ^= bit(f->at[1]);
}

static void hasty_after(struct sim_ram_fault *f, const struct sim_ram_access *a)
{
	const uint64_t line_bytes = SIM_RAM_LINE_WORDS * sizeof(uint64_t);

	if (a->physical == f->at[0])
		f->state = a->write && is(a->old, f->at[1], f->at[2]) &&
			   is(a->value, f->at[1], f->at[3]);
	else if (a->physical / line_bytes != f->at[0] / line_bytes)
		f->state = false;
}

static void fade_rest(struct sim_ram_fault *f, struct sim_ram *ram)
{
	uint64_t *cell = sim_ram_cell(ram, f->at[0]);

	*cell = with_bit(*cell, f->at[1], f->at[2]);
}

/* ---- two cells: ADDRESS:BIT:...:VICTIM:BIT:... ---- */

static void hit_victim(const struct sim_ram_fault *f, struct sim_ram *ram)
{
	uint64_t *cell = sim_ram_cell(ram, f->at[3]);

	*cell = f->at[5] == INVERT ? *cell ^ bit(f->at[4]) : with_bit(*cell, f->at[4], f->at[5]);
}

static void coupling_after(struct sim_ram_fault *f, const struct sim_ram_access *a)
{
	if (a->write && a->physical == f->at[0] && changes(a, f->at[1], f->at[2]))
		hit_victim(f, a->ram);
}

static void disturb_after(struct sim_ram_fault *f, const struct sim_ram_access *a)
{
	if (a->write && a->physical == f->at[0] && is(a->old, f->at[1], f->at[2]) &&
		is(a->value, f->at[1], f->at[2]))
		hit_victim(f, a->ram);
}

/* A change of either cell shows at once. */
static void force_after(struct sim_ram_fault *f, const struct sim_ram_access *a)
{
	if (a->write && is(*sim_ram_cell(a->ram, f->at[0]), f->at[1], f->at[2]))
		hit_victim(f, a->ram);
}

static void block_write(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[3] && changes(a, f->at[4], f->at[5]) &&
		is(*sim_ram_cell(a->ram, f->at[0]), f->at[1], f->at[2]))
		a->value ^= bit(f->at[4]);
}

/* ---- addressing ---- */

/* alias=ADDRESS:OTHER */
static uint64_t alias_redirect(const struct sim_ram_fault *f, uint64_t physical)
{
	return physical == f->at[1] ? f->at[0] : physical;
}

/* both=ADDRESS:OTHER */
static void both_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical == f->at[1])
		a->value &= *sim_ram_cell(a->ram, f->at[0]);
}

static void both_after(struct sim_ram_fault *f, const struct sim_ram_access *a)
{
	if (a->write && a->physical == f->at[1])
		*sim_ram_cell(a->ram, f->at[0]) = a->value;
}

/* line=BIT */
static uint64_t line_redirect(const struct sim_ram_fault *f, uint64_t physical)
{
	return physical & ~bit(f->at[0]);
}

/* dead=ADDRESS:BYTES */
static void dead_read(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical - f->at[0] < f->at[1])
		a->value = UINT64_MAX;
}

static void dead_write(struct sim_ram_fault *f, struct sim_ram_access *a)
{
	if (a->physical - f->at[0] < f->at[1])
		a->value = a->old;
}

static const struct sim_ram_fault_kind kinds[] = {
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

/* ---- reading ---- */

/* The kinds of arguments: their words, else a number below `limit`. */
static const struct argument {
	char letter;
	uint64_t limit;
	uint64_t mask; /* bits of the number that count */
	const char *words[2];
	uint64_t values[2];
} arguments[] = {
	{'a', UINT64_MAX, ~(uint64_t)7, {NULL}, {0}},             /* address */
	{'b', 64, UINT64_MAX, {NULL}, {0}},                       /* bit */
	{'v', 2, UINT64_MAX, {NULL}, {0}},                        /* value of a bit */
	{'d', 0, UINT64_MAX, {"up", "down"}, {UP, DOWN}},         /* direction */
	{'e', INVERT, UINT64_MAX, {"invert", NULL}, {INVERT, 0}}, /* effect */
	{'n', (uint64_t)1 << 40, ~(uint64_t)7, {NULL}, {0}},      /* bytes */
};

static bool read_argument(char letter, struct text t, uint64_t *ret)
{
	const struct argument *a = arguments;
	uint64_t number;

	while (a->letter != letter)
		a++;
	for (size_t i = 0; i < ARRAY_LEN(a->words) && a->words[i] != NULL; i++) {
		if (text_is(t, a->words[i])) {
			*ret = a->values[i];
			return true;
		}
	}
	if (!text_size(t, &number) || number >= a->limit)
		return false;
	*ret = number & a->mask;
	return true;
}

/* Takes the text up to the next `mark`, or all of it, off *rest. */
static struct text take_until(struct text *rest, char mark)
{
	struct text t = *rest;
	const char *end = memchr(rest->at, mark, rest->len);

	t.len = end != NULL ? (size_t)(end - rest->at) : rest->len;
	*rest = end != NULL ? (struct text){end + 1, rest->len - t.len - 1}
			    : (struct text){rest->at + rest->len, 0};
	return t;
}

bool sim_ram_fault_read(const char *spec, struct sim_ram_fault *ret)
{
	struct text rest = {spec, strlen(spec)};
	const struct text name = take_until(&rest, '=');
	struct sim_ram_fault fault = {0};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (text_is(name, kinds[i].name))
			fault.kind = &kinds[i];
	}
	if (fault.kind == NULL)
		return false;
	for (const char *letter = fault.kind->arguments; *letter != '\0'; letter++) {
		if (!read_argument(*letter, take_until(&rest, ':'), &fault.at[count++]))
			return false;
	}
	if (rest.len > 0 || (fault.kind->run && fault.at[1] == 0))
		return false;
	*ret = fault;
	return true;
}

/* ---- places ---- */

size_t sim_ram_fault_places(const struct sim_ram_fault *f, uint64_t ret[SIM_RAM_FAULT_PLACES])
{
	size_t count = 0;

	for (size_t i = 0; f->kind->arguments[i] != '\0'; i++) {
		if (f->kind->arguments[i] == 'a')
			ret[count++] = f->at[i];
	}
	if (f->kind->run)
		ret[count++] = f->at[0] + f->at[1] - sizeof(uint64_t);
	return count;
}

bool sim_ram_fault_touches(const struct sim_ram_fault *f, uint64_t physical, uint64_t bytes)
{
	uint64_t places[SIM_RAM_FAULT_PLACES];
	const size_t count = sim_ram_fault_places(f, places);

	if (f->kind->everywhere)
		return true;
	if (f->kind->run)
		return places[0] < physical + bytes && places[1] >= physical;
	for (size_t i = 0; i < count; i++) {
		if (places[i] - physical < bytes)
			return true;
	}
	return false;
}
