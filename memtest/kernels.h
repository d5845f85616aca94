/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How words are written and checked, a chunk at a time.
 *
 * Pure declarations and the instances for real memory. The loops stand in kernel_body.h; whoever has other ways
 *       to load and store (simulated faulty RAM, wider registers) instantiates them again.
 * Runs on any CPU: no services, no state but what is passed, little stack.
 */
#ifndef KIRIWAKE_MEMTEST_KERNELS_H
#define KIRIWAKE_MEMTEST_KERNELS_H

#include "memtest/algorithms.h"
#include "memtest/examine.h"
#include "memtest/plan.h"
#include "memtest/signature.h"

/* A word that did not hold what was written. */
struct mem_error {
	uint64_t physical;
	uint64_t expected, actual;
	uint64_t reread;      /* read once more at once, before anything was written over it */
	const char *role;     /* "the source of a copy", where there is one to tell; a literal */
	enum mem_class class; /* what an examination made of it, later */
};

/* As many as a check reports one by one: more need not be remembered. */
#define MEM_ERRORS_KEPT 32

/* What one part of a slice saw. Counts are exact, all errors go into the signs, the first ones are kept. */
struct mem_errors {
	uint64_t count;           /* reads that did not match */
	uint64_t words;           /* words with at least one of them */
	uint64_t lowest, highest; /* physical addresses; valid when count > 0 */
	size_t kept;
	struct mem_error at[MEM_ERRORS_KEPT];
	struct mem_signs signs;
};

static inline void mem_errors_clear(struct mem_errors *e)
{
	memset(e, 0, sizeof(*e));
}

void mem_errors_add(struct mem_errors *e, const struct mem_error *error);

/* Counts the words of a line that were wrong; they are given as bits. */
static inline void mem_errors_add_words(struct mem_errors *e, unsigned bad)
{
	for (; bad != 0; bad &= bad - 1)
		e->words++;
}

/* Takes `count` <= rest->count words, a multiple of 8, off the lower end of *rest, or downward, the upper end. */
static inline struct mem_chunk chunk_take(struct mem_chunk *rest, size_t count, bool downward)
{
	const size_t before = downward ? rest->count - count : 0;
	const struct mem_chunk taken = {
		rest->words + before, count, rest->physical + before * sizeof(uint64_t)};

	rest->count -= count;
	if (!downward) {
		rest->words += count;
		rest->physical += count * sizeof(uint64_t);
	}
	return taken;
}

/* One March element on one background. */
struct march_step {
	const struct march_element *element;
	struct mem_data data; /* what 0 stands for */
	bool flush; /* every operation reaches the cells: the line leaves the caches after each */
};

/* Modulo-N: of every `stride` words one holds `strided`, all others `others`. Which word is which depends on its
 * physical address alone, so that pieces of memory fit together wherever they are cut: word number n = address / 8 is a
 * strided one if n % stride == offset. */
#define MODULO_STRIDE_MAX 64

enum modulo_write {
	MODULO_NOTHING,
	MODULO_STRIDED, /* the strided words only */
	MODULO_OTHERS,  /* the others only */
	MODULO_ALL, /* the whole pattern, around the caches where that can be, unless it is checked first */
	MODULO_NEXT /* the whole of another pattern */
};

struct modulo_step {
	unsigned stride; /* 2 .. MODULO_STRIDE_MAX */
	unsigned offset; /* < stride */
	uint64_t strided, others;
	bool check; /* all words, those of a line before any of them is written */
	enum modulo_write write;
	unsigned next_offset; /* < stride; these three: for MODULO_NEXT */
	uint64_t next_strided, next_others;
};

/* Every function keeps to the chunks, and does the same for a chunk as for the parts it may be cut into, at multiples
 * of 64 bytes of the physical address, given in walking order. */
struct kernels {
	const char *name;
	void *ctx; /* handed to every function */

	/* Does the element's operations on every line of the chunk, in its direction. Errors are added to *errors;
	 * a word is checked, and once more, before it is written over. */
	void (*march)(void *ctx, struct mem_chunk c, const struct march_step *step,
		struct mem_errors *errors);

	/* Walks upwards. Errors as above; `words` counts words per call. */
	void (*modulo)(void *ctx, struct mem_chunk c, const struct modulo_step *step,
		struct mem_errors *errors);

	/* Copies line by line, upwards and around the caches where that can be. As many words in both, not overlapping.
	 * Checks nothing: what arrived shows when it is read. */
	void (*copy)(void *ctx, struct mem_chunk to, struct mem_chunk from);

	/* The line of 64 bytes that holds `line` leaves the caches of all CPUs; done when this returns. */
	void (*flush)(void *ctx, const void *line);

	uint64_t (*load)(void *ctx, const uint64_t *word);
	void (*store)(void *ctx, uint64_t *word, uint64_t value);

	/* Nobody touched the memory for so long. NULL where real time does its work by itself. */
	void (*rested)(void *ctx, uint64_t rested_ns);
};

/* The functions that kernel_body.h leaves, for an initialiser. */
#define KERNELS_OF(prefix)                                                         \
	.march = prefix##_march, .modulo = prefix##_modulo, .copy = prefix##_copy, \
	.flush = prefix##_flush, .load = prefix##_load, .store = prefix##_store

/* On real memory, by width of the registers. The first two run on every x86-64 CPU; the others need what their names
 * say, switched on. Plain writes go around the caches, except with 64 bits: a line that is only written need not be
 * fetched first. */
extern const struct kernels kernels_scalar;
extern const struct kernels kernels_sse2;
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;

#endif
