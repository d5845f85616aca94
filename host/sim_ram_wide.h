/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The wide kernels on faulty RAM: a template, to be included once per width. Hardware: none.
 *
 * Define before including it:
 *   KERNEL(name)        the instance's name for a function or type
 *   WIDE_WORDS        words in a register
 *   KERNEL_ANY(vector)  see memtest/kernel_body.h
 */
#define KERNEL_VECTOR KERNEL(vector)
typedef uint64_t KERNEL_VECTOR
	__attribute__((vector_size(WIDE_WORDS * sizeof(uint64_t)), may_alias));

#define KERNEL_LOAD(ctx, p)                                          \
	({                                                           \
		KERNEL_VECTOR loaded;                                \
		words_load(ctx, p, (uint64_t *)&loaded, WIDE_WORDS); \
		loaded;                                              \
	})
#define KERNEL_PUT(ctx, p, value, store)                                           \
	({                                                                         \
		const KERNEL_VECTOR stored = (value);                              \
		words_store(ctx, p, (const uint64_t *)&stored, WIDE_WORDS, store); \
	})
#define KERNEL_STORE(ctx, p, value)      KERNEL_PUT(ctx, p, value, sim_ram_store)
#define KERNEL_STREAM(ctx, p, value)     KERNEL_PUT(ctx, p, value, sim_ram_stream)
#define KERNEL_LOAD_WORD(ctx, p)         sim_ram_load(ctx, sim_ram_physical(ctx, p))
#define KERNEL_STORE_WORD(ctx, p, value) sim_ram_store(ctx, sim_ram_physical(ctx, p), value)
#define KERNEL_FLUSH(ctx, p)             ((void)(p), sim_ram_flush(ctx))
#define KERNEL_FENCE()                   ((void)0)
#include "memtest/kernel_body.h"

#undef KERNEL
#undef WIDE_WORDS
#undef KERNEL_VECTOR
#undef KERNEL_LOAD
#undef KERNEL_PUT
#undef KERNEL_STORE
#undef KERNEL_STREAM
#undef KERNEL_LOAD_WORD
#undef KERNEL_STORE_WORD
#undef KERNEL_FLUSH
#undef KERNEL_FENCE
#undef KERNEL_ANY
