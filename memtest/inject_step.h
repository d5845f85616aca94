/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside mem.inject: what the kernels do at a faulty line. Pure. Callable on any CPU, at the same time on several. */
#ifndef KIRIWAKE_MEMTEST_INJECT_STEP_H
#define KIRIWAKE_MEMTEST_INJECT_STEP_H

#include "memtest/inject.h"

#define INJECT_LINE_BYTES ((uint64_t)FAULT_LINE_WORDS * sizeof(uint64_t))

/* The word at `physical`, if it lies in a faulty line; else NULL. */
uint64_t *inject_word(const struct inject *inject, uint64_t physical);

/* The faulty lines as the fault models see them. */
void inject_cells(struct inject *inject, struct fault_cells *ret);

/* As in struct kernels; `c` holds `line` and no other faulty one. Words bad in several steps of an element count once;
 * of those bad in different ones some may be left out. */
void inject_march_piece(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
	const struct march_step *step, struct mem_errors *errors);
void inject_modulo_piece(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
	const struct modulo_step *step, struct mem_errors *errors);

/* One line to another. One of them or both are faulty; NULL: that one is not. */
void inject_copy_line(struct inject *inject, const struct inject_line *to_line,
	const struct inject_line *from_line, struct mem_chunk to, struct mem_chunk from);

/* As in struct kernels; `ctx` is the struct inject. */
uint64_t inject_load(void *ctx, const uint64_t *word);
void inject_store(void *ctx, uint64_t *word, uint64_t value);
void inject_rested(void *ctx, uint64_t rested_ns);

#endif
