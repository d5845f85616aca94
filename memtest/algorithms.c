/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The tables of March tests and backgrounds. Pure. See algorithms.h. */
#include "memtest/algorithms.h"

/* clang-format off */
#define R0 {MARCH_READ, 0}
#define R1 {MARCH_READ, 1}
#define W0 {MARCH_WRITE, 0}
#define W1 {MARCH_WRITE, 1}

const struct march marches[MARCH_COUNT] = {
	[MARCH_FILL_VERIFY] = {
		"Fill and verify",
		"Folklore; the memory scan or MSCAN of Breuer and Friedman, Diagnosis and Reliable Design of Digital Systems, 1976",
		4, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_ANY,  1, {R0}, false},
			{MARCH_ANY,  1, {W1}, false},
			{MARCH_ANY,  1, {R1}, false},
		}},
	[MARCH_MATS_PLUS] = {
		"MATS+",
		"Abadir and Reghbati, Functional Testing of Semiconductor Random Access Memories, ACM Computing Surveys 15(3), 1983",
		3, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   2, {R0, W1}, false},
			{MARCH_DOWN, 2, {R1, W0}, false},
		}},
	[MARCH_X] = {
		"March X",
		"Unpublished; described in van de Goor, Testing Semiconductor Memories, Wiley 1991",
		4, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   2, {R0, W1}, false},
			{MARCH_DOWN, 2, {R1, W0}, false},
			{MARCH_ANY,  1, {R0}, false},
		}},
	[MARCH_Y] = {
		"March Y",
		"Unpublished; described in van de Goor, Testing Semiconductor Memories, Wiley 1991",
		4, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   3, {R0, W1, R1}, false},
			{MARCH_DOWN, 3, {R1, W0, R0}, false},
			{MARCH_ANY,  1, {R0}, false},
		}},
	[MARCH_C_MINUS] = {
		"March C-",
		"Marinescu, Simple and Efficient Algorithms for Functional RAM Testing, ITC 1982, as reduced in "
		"van de Goor, Testing Semiconductor Memories, Wiley 1991",
		6, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   2, {R0, W1}, false},
			{MARCH_UP,   2, {R1, W0}, false},
			{MARCH_DOWN, 2, {R0, W1}, false},
			{MARCH_DOWN, 2, {R1, W0}, false},
			{MARCH_ANY,  1, {R0}, false},
		}},
	[MARCH_MOVING_INVERSIONS] = {
		"Moving inversions",
		"de Jonge and Smeulders, Moving Inversions Test Pattern is Thorough, Yet Speedy, Computer Design, May 1976: "
		"here both polarities, two rounds each",
		10, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   2, {R0, W1}, false},
			{MARCH_DOWN, 2, {R1, W0}, false},
			{MARCH_UP,   2, {R0, W1}, false},
			{MARCH_DOWN, 2, {R1, W0}, false},
			{MARCH_ANY,  1, {W1}, false},
			{MARCH_UP,   2, {R1, W0}, false},
			{MARCH_DOWN, 2, {R0, W1}, false},
			{MARCH_UP,   2, {R1, W0}, false},
			{MARCH_DOWN, 2, {R0, W1}, false},
		}},
	[MARCH_PMOVI] = {
		"PMOVI",
		"de Jonge and Smeulders, Moving Inversions Test Pattern is Thorough, Yet Speedy, Computer Design, May 1976, in "
		"the form of van de Goor, Testing Semiconductor Memories, Wiley 1991",
		5, {
			{MARCH_DOWN, 1, {W0}, false},
			{MARCH_UP,   3, {R0, W1, R1}, false},
			{MARCH_UP,   3, {R1, W0, R0}, false},
			{MARCH_DOWN, 3, {R0, W1, R1}, false},
			{MARCH_DOWN, 3, {R1, W0, R0}, false},
		}},
	[MARCH_U] = {
		"March U",
		"van de Goor and Gaydadjiev, March U: A Test for Unlinked Memory Faults, IEE Proceedings 144(3), 1997",
		5, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   4, {R0, W1, R1, W0}, false},
			{MARCH_UP,   2, {R0, W1}, false},
			{MARCH_DOWN, 4, {R1, W0, R0, W1}, false},
			{MARCH_DOWN, 2, {R1, W0}, false},
		}},
	[MARCH_LR] = {
		"March LR",
		"van de Goor, Gaydadjiev, Yarmolik and Mikitjuk, March LR: A Test for Realistic Linked Faults, VTS 1996",
		6, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_DOWN, 2, {R0, W1}, false},
			{MARCH_UP,   4, {R1, W0, R0, W1}, false},
			{MARCH_UP,   2, {R1, W0}, false},
			{MARCH_UP,   4, {R0, W1, R1, W0}, false},
			{MARCH_UP,   1, {R0}, false},
		}},
	[MARCH_LA] = {
		"March LA",
		"van de Goor, Gaydadjiev, Yarmolik and Mikitjuk, March LA: A Test for Linked Memory Faults, ED&TC 1997",
		6, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   5, {R0, W1, W0, W1, R1}, false},
			{MARCH_UP,   5, {R1, W0, W1, W0, R0}, false},
			{MARCH_DOWN, 5, {R0, W1, W0, W1, R1}, false},
			{MARCH_DOWN, 5, {R1, W0, W1, W0, R0}, false},
			{MARCH_DOWN, 1, {R0}, false},
		}},
	[MARCH_SS] = {
		"March SS",
		"Hamdioui, van de Goor and Rodgers, March SS: A Test for All Static Simple RAM Faults, MTDT 2002",
		6, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   5, {R0, R0, W0, R0, W1}, false},
			{MARCH_UP,   5, {R1, R1, W1, R1, W0}, false},
			{MARCH_DOWN, 5, {R0, R0, W0, R0, W1}, false},
			{MARCH_DOWN, 5, {R1, R1, W1, R1, W0}, false},
			{MARCH_ANY,  1, {R0}, false},
		}},
	[MARCH_RAW] = {
		"March RAW",
		"Hamdioui, Al-Ars and van de Goor, Testing Static and Dynamic Faults in Random Access Memories, VTS 2002",
		6, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   6, {R0, W0, R0, R0, W1, R1}, false},
			{MARCH_UP,   6, {R1, W1, R1, R1, W0, R0}, false},
			{MARCH_DOWN, 6, {R0, W0, R0, R0, W1, R1}, false},
			{MARCH_DOWN, 6, {R1, W1, R1, R1, W0, R0}, false},
			{MARCH_ANY,  1, {R0}, false},
		}},
	[MARCH_G] = {
		"March G",
		"van de Goor, Using March Tests to Test SRAMs, IEEE Design and Test of Computers 10(1), 1993: with two rests",
		7, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_UP,   6, {R0, W1, R1, W0, R0, W1}, false},
			{MARCH_UP,   3, {R1, W0, W1}, false},
			{MARCH_DOWN, 4, {R1, W0, W1, W0}, false},
			{MARCH_DOWN, 3, {R0, W1, W0}, false},
			{MARCH_ANY,  3, {R0, W1, R1}, true},
			{MARCH_ANY,  3, {R1, W0, R0}, true},
		}},
	[MARCH_FADE] = {
		"Bit fade",
		"The retention test of Dekker, Beenker and Thijssen, A Realistic Fault Model and Test Algorithms for Static "
		"Random Access Memories, IEEE Trans. CAD 9(6), 1990",
		4, {
			{MARCH_ANY,  1, {W0}, false},
			{MARCH_ANY,  1, {R0}, true},
			{MARCH_ANY,  1, {W1}, false},
			{MARCH_ANY,  1, {R1}, true},
		}},
};
/* clang-format on */

unsigned march_ops(const struct march *m)
{
	unsigned ops = 0;

	for (unsigned i = 0; i < m->count; i++)
		ops += m->elements[i].count;
	return ops;
}

/* ---- backgrounds ---- */

/* The same line everywhere, in runs of words that alternate. */
static void lines(const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret)
{
	(void)member;
	(void)seed;
	for (unsigned i = 0; i < DATA_LINE_WORDS; i++)
		ret->line[i] = b->run > 0 && i / b->run % 2 ? ~b->value : b->value;
}

/* One bit of each word differs from the rest, in every word the one above that of the word before. */
static void walking(
	const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret)
{
	(void)seed;
	for (unsigned i = 0; i < DATA_LINE_WORDS; i++)
		ret->line[i] = b->value ^ (uint64_t)1 << (member + i) % 64;
}

static void seeded(const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret)
{
	(void)b;
	(void)member;
	ret->kind = DATA_RANDOM;
	ret->seed = seed;
}

/* The same random value in every word. */
static void seeded_pair(
	const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret)
{
	const uint64_t value = rng_mix(seed);

	(void)b;
	(void)member;
	for (unsigned i = 0; i < DATA_LINE_WORDS; i++)
		ret->line[i] = value;
}

const struct background backgrounds[BACKGROUND_COUNT] = {
	[BACKGROUND_SOLID] = {"solid", BACKGROUND_QUICK, 1, false, lines, 0x0000000000000000, 0},
	{"checker", BACKGROUND_QUICK, 1, false, lines, 0x5555555555555555, 0},
	{"pairs", BACKGROUND_THOROUGH, 1, false, lines, 0x3333333333333333, 0},
	{"nibbles", BACKGROUND_THOROUGH, 1, false, lines, 0x0f0f0f0f0f0f0f0f, 0},
	{"bytes", BACKGROUND_THOROUGH, 1, false, lines, 0x00ff00ff00ff00ff, 0},
	{"words", BACKGROUND_THOROUGH, 1, false, lines, 0x0000ffff0000ffff, 0},
	{"halves", BACKGROUND_THOROUGH, 1, false, lines, 0x00000000ffffffff, 0},
	{"columns", BACKGROUND_THOROUGH, 1, false, lines, 0x0000000000000000, 1},
	{"columns2", BACKGROUND_THOROUGH, 1, false, lines, 0x0000000000000000, 2},
	{"columns4", BACKGROUND_THOROUGH, 1, false, lines, 0x0000000000000000, 4},
	[BACKGROUND_RANDOM] = {"random", BACKGROUND_THOROUGH, 1, true, seeded, 0, 0},
	[BACKGROUND_RANDOM_PAIR] = {"random-pair", BACKGROUND_NAMED, 1, true, seeded_pair, 0, 0},
	[BACKGROUND_WALKING_ONES] = {"walking-ones", BACKGROUND_NAMED, 64, false, walking,
		0x0000000000000000, 0},
	[BACKGROUND_WALKING_ZEROS] = {"walking-zeros", BACKGROUND_NAMED, 64, false, walking,
		0xffffffffffffffff, 0},
};

void background_data(
	const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret)
{
	*ret = (struct mem_data){.kind = DATA_FIXED};
	b->data(b, member, seed, ret);
}
