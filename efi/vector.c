/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Wide registers, switched on for a piece of memory at a time. See vector.h.
 *
 * Interrupts stay off meanwhile: a handler of the boot CPU that saves with FXSAVE keeps only the low 128 bits, and code
 * it calls that finds the registers switched on might use them. A piece is short enough that no timer tick is lost.
 */
#include "efi/vector.h"
#include "efi/mp.h"
#include <cpuid.h>

#define PIECE_WORDS ((size_t)(1u << 20) / sizeof(uint64_t)) /* some 0.1 ms */
#define FLUSHED_WORDS \
	((size_t)(16u << 10) / sizeof(uint64_t)) /* every operation waits for memory */

#define LOOK_TIMEOUT_NS UINT64_C(2000000000)

#define CR4_OSXSAVE (UINT64_C(1) << 18)
#define FLAGS_IF    (UINT64_C(1) << 9)
#define XCR0_AVX    UINT64_C(0x07) /* x87, SSE, upper halves of 256-bit registers */
#define XCR0_AVX512 \
	UINT64_C(0xe7) /* and masks, upper halves of 512-bit registers, registers 16 to 31 */

#define LEAF1_XSAVE   (1u << 26) /* ECX */
#define LEAF1_AVX     (1u << 28)
#define LEAF7_AVX2    (1u << 5) /* EBX */
#define LEAF7_AVX512F (1u << 16)

/* ---- what the CPUs have ---- */

enum { HAS_AVX2 = 1, HAS_AVX512 = 2 };

static uint8_t found[MP_CPUS_MAX]; /* by part, 0: nothing, or the CPU never looked */

static void look(void *arg, unsigned part)
{
	unsigned a, b, c, d, state;

	(void)arg;
	found[part] = 0;
	if (!__get_cpuid(1, &a, &b, &c, &d) || (~c & (LEAF1_XSAVE | LEAF1_AVX)) != 0 ||
		!__get_cpuid_count(0x0d, 0, &state, &b, &c, &d) ||
		!__get_cpuid_count(7, 0, &a, &b, &c, &d))
		return;
	if ((b & LEAF7_AVX2) != 0 && (~state & XCR0_AVX) == 0)
		found[part] |= HAS_AVX2;
	if ((b & LEAF7_AVX512F) != 0 && (~state & XCR0_AVX512) == 0)
		found[part] |= HAS_AVX512;
}

/* ---- switching on ---- */

struct guard {
	uint64_t flags, cr4, xcr0;
};

static inline uint64_t get_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static inline void set_xcr0(uint64_t value)
{
	__asm__ volatile("xsetbv"
			 :
			 : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(0)
			 : "memory");
}

static struct guard guard_begin(uint64_t wanted)
{
	struct guard g;

	__asm__ volatile("pushfq; popq %0; cli; movq %%cr4, %1"
			 : "=&r"(g.flags), "=&r"(g.cr4)
			 :
			 : "memory");
	__asm__ volatile("movq %0, %%cr4" : : "r"(g.cr4 | CR4_OSXSAVE) : "memory");
	g.xcr0 = get_xcr0();
	set_xcr0(g.xcr0 | wanted);
	return g;
}

static void guard_end(const struct guard *g)
{
	set_xcr0(g->xcr0);
	__asm__ volatile("movq %0, %%cr4" : : "r"(g->cr4) : "memory");
	if ((g->flags & FLAGS_IF) != 0)
		__asm__ volatile("sti" : : : "memory");
}

/* ---- kernels ---- */

struct wide {
	const struct kernels *inner;
	uint64_t xcr0;
};

static struct mem_chunk take_piece(struct mem_chunk *rest, size_t words, bool downward)
{
	return chunk_take(rest, words < rest->count ? words : rest->count, downward);
}

static void wide_march(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const bool downward = step->element->direction == MARCH_DOWN;
	const struct wide *w = ctx;

	while (c.count > 0) {
		const struct mem_chunk piece = take_piece(
			&c, step->flush ? FLUSHED_WORDS : PIECE_WORDS, downward);
		const struct guard g = guard_begin(w->xcr0);

		w->inner->march(w->inner->ctx, piece, step, errors);
		guard_end(&g);
	}
}

static void wide_modulo(
	void *ctx, struct mem_chunk c, const struct modulo_step *step, struct mem_errors *errors)
{
	const struct wide *w = ctx;

	while (c.count > 0) {
		const struct mem_chunk piece = take_piece(&c, PIECE_WORDS, false);
		const struct guard g = guard_begin(w->xcr0);

		w->inner->modulo(w->inner->ctx, piece, step, errors);
		guard_end(&g);
	}
}

static void wide_copy(void *ctx, struct mem_chunk to, struct mem_chunk from)
{
	const struct wide *w = ctx;

	while (to.count > 0) {
		const struct mem_chunk to_piece = take_piece(&to, PIECE_WORDS, false),
				       from_piece = take_piece(&from, PIECE_WORDS, false);
		const struct guard g = guard_begin(w->xcr0);

		w->inner->copy(w->inner->ctx, to_piece, from_piece);
		guard_end(&g);
	}
}

/* Single words and flushes are those of the 64-bit kernels: they need no wide registers. */
static const struct kernels *guarded(
	struct wide *wide, const struct kernels *inner, uint64_t xcr0, struct kernels *ret)
{
	*wide = (struct wide){inner, xcr0};
	*ret = kernels_scalar;
	ret->name = inner->name;
	ret->ctx = wide;
	ret->march = wide_march;
	ret->modulo = wide_modulo;
	ret->copy = wide_copy;
	return ret;
}

void vector_candidates(const struct cpu_port *cpus, struct kernel_candidates *ret)
{
	static struct wide wide[2];
	static struct kernels kernels[2];
	const unsigned count = cpus->mode == CPUS_SINGLE ? 1 : cpus->count;
	uint8_t all = HAS_AVX2 | HAS_AVX512;

	memset(found, 0, sizeof(found));
	if (cpus->run(cpus->ctx, look, NULL, count, LOOK_TIMEOUT_NS) != CPUS_DONE)
		all = 0;
	for (unsigned i = 0; i < count; i++)
		all &= found[i];
	*ret = (struct kernel_candidates){{{.kernels = &kernels_scalar}, {.kernels = &kernels_sse2},
		{.kernels = guarded(&wide[0], &kernels_avx2, XCR0_AVX, &kernels[0]),
			.unusable = (all & HAS_AVX2) != 0 ? NULL : "not on every CPU"},
		{.kernels = guarded(&wide[1], &kernels_avx512, XCR0_AVX512, &kernels[1]),
			.unusable = (all & HAS_AVX512) != 0 ? NULL : "not on every CPU"}}};
}
