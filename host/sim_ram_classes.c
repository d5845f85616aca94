/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The classes of faults, one by one. Hardware: none. See sim_ram_classes.h. */
#include "host/sim_ram_classes.h"
#include "core/fmt.h"
#include <stdlib.h>

#define CELLS     3
#define ORDERS    6
#define SPEC_TEXT 64

struct cell {
	unsigned line, word, bit;
};

static const struct cell far_apart[CELLS] = {{0, 1, 9}, {2, 6, 9}, {5, 1, 40}};
static const struct cell in_line[CELLS] = {{3, 2, 9}, {3, 5, 9}, {3, 7, 40}};
static const struct cell in_word[CELLS] = {{5, 6, 3}, {5, 6, 9}, {5, 6, 40}};

/* A class in the notation of sim_ram.h, alternatives separated by '|', faults of one alternative by blanks. Capitals
 * stand for: A B V two aggressors and a victim (address and bit), P Q the addresses of A and V, X Y a value each,
 * Z the opposite of X, D E a direction each. */
static const struct fault_class {
	const char *name, *what;
	const struct cell *cells;
	const char *faults;
} classes[FAULT_CLASSES] = {
	{"SAF", "stuck-at", far_apart, "stuck=V:X"},
	{"AF", "address decoder: no cell, another's cell, two cells", far_apart,
		"dead=Q:8|alias=P:Q|both=P:Q"},
	{"TF", "transition: cannot go up, or down", far_apart, "transition=V:D"},
	{"SOF", "stuck-open: reads what its column's sense amplifier read last", far_apart,
		"open=V"},
	{"DRF", "data retention: loses its value at rest", far_apart, "fade=V:X"},
	{"CFin", "inversion coupling", far_apart, "coupling=A:D:V:invert"},
	{"CFid", "idempotent coupling", far_apart, "coupling=A:D:V:X"},
	{"CFst", "state coupling", far_apart, "force=A:X:V:Y"},
	{"CFtr", "transition coupling", far_apart, "block=A:X:V:D"},
	{"RDF, IRF", "read destructive, incorrect read", far_apart, "readflip=V:X|misread=V:X"},
	{"DRDF", "deceptive read destructive", far_apart, "deceive=V:X"},
	{"WDF", "write disturb: rewriting a value flips it", far_apart, "writeflip=V:X"},
	{"CFds", "disturb coupling: rewriting a value in one cell changes another", far_apart,
		"disturb=A:X:V:Y"},
	{"linked", "two idempotent couplings that cancel out", far_apart,
		"coupling=A:D:V:X coupling=B:E:V:Z"},
	{"dynamic", "fails when read straight after a write", far_apart, "hasty=V:X:Y"},
	{"line", "CFin, CFid, CFst, CFtr between words of one line", in_line,
		"coupling=A:D:V:invert|coupling=A:D:V:X|force=A:X:V:Y|block=A:X:V:D"},
	{"word", "the same between bits of one word", in_word,
		"coupling=A:D:V:invert|coupling=A:D:V:X|force=A:X:V:Y|block=A:X:V:D"},
};

const char *fault_class(size_t which, const char **ret_what)
{
	*ret_what = classes[which].what;
	return classes[which].name;
}

static uint64_t cell_address(const struct cell *c)
{
	const uint64_t line = c->line % (FAULT_LINES / 2) * sizeof(uint64_t) * SIM_RAM_LINE_WORDS;

	return (c->line < FAULT_LINES / 2 ? SIM_RAM_LOW : SIM_RAM_HIGH) + line +
	       c->word * sizeof(uint64_t);
}

/* Variant `n` of a fault: the lowest bits choose X, Y, D and E, the rest the order of the cells. */
#define VARIANTS (16 * ORDERS)

static void expand(char spec[SPEC_TEXT], struct text template, const struct cell *cells, unsigned n)
{
	static const unsigned char orders[ORDERS][CELLS] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	const unsigned char *order = orders[n / 16];
	const struct {
		char letter;
		const struct cell *cell;
		bool whole;
		const char *text;
	} letters[] = {
		{'A', &cells[order[0]], true, NULL},
		{'B', &cells[order[1]], true, NULL},
		{'V', &cells[order[2]], true, NULL},
		{'P', &cells[order[0]], false, NULL},
		{'Q', &cells[order[2]], false, NULL},
		{'X', NULL, false, n & 1 ? "1" : "0"},
		{'Z', NULL, false, n & 1 ? "0" : "1"},
		{'Y', NULL, false, n & 2 ? "1" : "0"},
		{'D', NULL, false, n & 4 ? "up" : "down"},
		{'E', NULL, false, n & 8 ? "up" : "down"},
	};

	spec[0] = '\0';
	for (size_t i = 0; i < template.len; i++) {
		size_t l = 0;

		while (l < ARRAY_LEN(letters) && letters[l].letter != template.at[i])
			l++;
		if (l == ARRAY_LEN(letters))
			fmt_add(spec, SPEC_TEXT, "%c", template.at[i]);
		else if (letters[l].cell == NULL)
			fmt_add(spec, SPEC_TEXT, "%s", letters[l].text);
		else
			fmt_add(spec, SPEC_TEXT, "0x%llx",
				(unsigned long long)cell_address(letters[l].cell));
		if (l < ARRAY_LEN(letters) && letters[l].whole)
			fmt_add(spec, SPEC_TEXT, ":%u", letters[l].cell->bit);
	}
}

/* A choice that the notation does not use would only repeat the fault. */
static bool is_repetition(struct text alternative, unsigned n)
{
	static const char letters[] = "XYDE";

	for (unsigned i = 0; i < 4; i++) {
		if (n >> i & 1 && memchr(alternative.at, letters[i], alternative.len) == NULL)
			return true;
	}
	return false;
}

bool fault_next(struct fault_at *at)
{
	do {
		if (at->faults.at != NULL && ++at->variant < VARIANTS)
			continue;
		if (at->rest != NULL && *at->rest == '\0') {
			at->rest = NULL;
			if (++at->class == FAULT_CLASSES)
				return false;
		}
		if (at->rest == NULL)
			at->rest = classes[at->class].faults;
		at->faults = (struct text){at->rest, strcspn(at->rest, "|")};
		at->rest += at->faults.len + (at->rest[at->faults.len] == '|');
		at->variant = 0;
	} while (is_repetition(at->faults, at->variant));
	at->number++;
	return true;
}

void fault_plant(struct sim_ram *ram, const struct fault_at *at)
{
	struct text faults = at->faults, word;
	char spec[SPEC_TEXT];

	while (text_word(&faults, &word)) {
		expand(spec, word, classes[at->class].cells, at->variant);
		if (!sim_ram_add_fault(ram, spec))
			abort(); /* the table above is wrong */
	}
}
