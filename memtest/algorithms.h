/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* March tests and data backgrounds, as data.
 *
 * Pure. A new algorithm is a row of `marches`, a new background a row of `backgrounds`.
 * Spec.  March notation after van de Goor, "Testing Semiconductor Memories", Wiley 1991: a test is a list of
 *        elements; an element is a direction and a list of operations, all done to one word before the next.
 */
#ifndef KIRIWAKE_MEMTEST_ALGORITHMS_H
#define KIRIWAKE_MEMTEST_ALGORITHMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum march_act { MARCH_READ, MARCH_WRITE };

/* r0, r1, w0, w1: reads compare with the background (0) or its complement (1), writes store it. */
struct march_op {
	enum march_act act;
	unsigned background; /* 0 or 1 */
};

/* UP: ascending addresses. ANY: the order does not matter, so the walk goes up. */
enum march_direction { MARCH_UP, MARCH_DOWN, MARCH_ANY };

#define MARCH_OPS_MAX      6
#define MARCH_ELEMENTS_MAX 6

struct march_element {
	enum march_direction direction;
	unsigned count; /* operations used, 1 .. MARCH_OPS_MAX */
	struct march_op ops[MARCH_OPS_MAX];
};

struct march {
	const char *name;   /* "March C-" */
	const char *source; /* who described it, and where */
	unsigned count;     /* elements used */
	struct march_element elements[MARCH_ELEMENTS_MAX];
};

enum march_id { MARCH_MATS_PLUS, MARCH_C_MINUS, MARCH_COUNT };

extern const struct march marches[MARCH_COUNT];

/* Words read or written per word of memory: 10 for March C-. */
unsigned march_ops(const struct march *m);

/* What "0" means in a 64-bit word; "1" is the complement. With all seven, every pair of bits in a word holds
 * different values in at least one, so that one bit disturbing another in its word shows. */
struct background {
	const char *name; /* "checker", as mem.patterns takes it */
	uint64_t value;
	bool quick; /* in the short selection */
};

#define BACKGROUND_COUNT 7

extern const struct background backgrounds[BACKGROUND_COUNT];

#endif
