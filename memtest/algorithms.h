/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* March tests and data backgrounds, as data.
 *
 * Pure. A new algorithm is a row of `marches`, a new background a row of `backgrounds`.
 * Spec.  March notation after van de Goor, "Testing Semiconductor Memories", Wiley 1991: a test is a list of
 *        elements; an element is a direction and a list of operations, all done to one word before the next.
 */
#ifndef KIRIWAKE_MEMTEST_ALGORITHMS_H
#define KIRIWAKE_MEMTEST_ALGORITHMS_H

#include "memtest/data.h"

enum march_act { MARCH_READ, MARCH_WRITE };

/* r0, r1, w0, w1: reads compare with the background (0) or its complement (1), writes store it. */
struct march_op {
	enum march_act act;
	unsigned background; /* 0 or 1 */
};

/* UP: ascending addresses. ANY: the order does not matter, so the walk goes up. */
enum march_direction { MARCH_UP, MARCH_DOWN, MARCH_ANY };

#define MARCH_OPS_MAX      6
#define MARCH_ELEMENTS_MAX 12

struct march_element {
	enum march_direction direction;
	unsigned count; /* operations used, 1 .. MARCH_OPS_MAX */
	struct march_op ops[MARCH_OPS_MAX];
	bool rest; /* memory is left alone for a while first, so that leaky cells lose their charge */
};

struct march {
	const char *name;   /* "March C-" */
	const char *source; /* who described it, and where */
	unsigned count;     /* elements used */
	struct march_element elements[MARCH_ELEMENTS_MAX];
};

enum march_id {
	MARCH_FILL_VERIFY,
	MARCH_MATS_PLUS,
	MARCH_X,
	MARCH_Y,
	MARCH_C_MINUS,
	MARCH_MOVING_INVERSIONS,
	MARCH_PMOVI,
	MARCH_U,
	MARCH_LR,
	MARCH_LA,
	MARCH_SS,
	MARCH_RAW,
	MARCH_G,
	MARCH_FADE,
	MARCH_COUNT
};

extern const struct march marches[MARCH_COUNT];

/* Words read or written per word of memory: 10 for March C-. */
unsigned march_ops(const struct march *m);

enum background_use {
	BACKGROUND_QUICK,    /* in the short selection too */
	BACKGROUND_THOROUGH, /* in the selection of the longer profiles */
	BACKGROUND_NAMED     /* only when mem.patterns names it */
};

/* What "0" means; "1" is the complement. With the first ten, every pair of bits in a line of 64 bytes holds
 * different values in at least one, so that one bit disturbing another in its word or line shows. */
struct background {
	const char *name; /* "checker", as mem.patterns takes it */
	enum background_use use;
	unsigned count; /* members of the family: 1, or 64 positions of a walking bit */
	bool seeded;    /* other data with every seed */
	void (*data)(
		const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret);
	uint64_t value; /* of even places */
	unsigned
		run; /* so many words of `value`, then as many of its complement; 0: all of `value` */
};

/* Indices of those that checks of their own run on. */
enum {
	BACKGROUND_SOLID = 0,
	BACKGROUND_RANDOM = 10, /* each word something else */
	BACKGROUND_RANDOM_PAIR, /* one value and its complement */
	BACKGROUND_WALKING_ONES,
	BACKGROUND_WALKING_ZEROS,
	BACKGROUND_COUNT
};

extern const struct background backgrounds[BACKGROUND_COUNT];

/* Member number `member` < b->count on one background; only a seeded one depends on the seed. */
void background_data(
	const struct background *b, unsigned member, uint64_t seed, struct mem_data *ret);

#endif
