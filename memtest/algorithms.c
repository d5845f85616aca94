/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The tables of March tests and backgrounds. Pure. See algorithms.h. */
#include "memtest/algorithms.h"

/* clang-format off */
#define R0 {MARCH_READ, 0}
#define R1 {MARCH_READ, 1}
#define W0 {MARCH_WRITE, 0}
#define W1 {MARCH_WRITE, 1}

const struct march marches[MARCH_COUNT] = {
	[MARCH_MATS_PLUS] = {
		"MATS+",
		"Abadir and Reghbati, Functional Testing of Semiconductor Random Access Memories, ACM Computing Surveys 15(3), 1983",
		3, {
			{MARCH_ANY,  1, {W0}},
			{MARCH_UP,   2, {R0, W1}},
			{MARCH_DOWN, 2, {R1, W0}},
		}},
	[MARCH_C_MINUS] = {
		"March C-",
		"Marinescu, Simple and Efficient Algorithms for Functional RAM Testing, ITC 1982, as reduced in "
		"van de Goor, Testing Semiconductor Memories, Wiley 1991",
		6, {
			{MARCH_ANY,  1, {W0}},
			{MARCH_UP,   2, {R0, W1}},
			{MARCH_UP,   2, {R1, W0}},
			{MARCH_DOWN, 2, {R0, W1}},
			{MARCH_DOWN, 2, {R1, W0}},
			{MARCH_ANY,  1, {R0}},
		}},
};

const struct background backgrounds[BACKGROUND_COUNT] = {
	{"solid",   0x0000000000000000, true},
	{"checker", 0x5555555555555555, true},
	{"pairs",   0x3333333333333333, false},
	{"nibbles", 0x0f0f0f0f0f0f0f0f, false},
	{"bytes",   0x00ff00ff00ff00ff, false},
	{"words",   0x0000ffff0000ffff, false},
	{"halves",  0x00000000ffffffff, false},
};
/* clang-format on */

unsigned march_ops(const struct march *m)
{
	unsigned ops = 0;

	for (unsigned i = 0; i < m->count; i++)
		ops += m->elements[i].count;
	return ops;
}
