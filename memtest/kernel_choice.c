/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Measuring the kernels and choosing among them. Pure. See kernel_choice.h. */
#include "memtest/kernel_choice.h"
#include "core/fmt.h"
#include "core/text.h"

#define ROUNDS         5
#define PASSES         4   /* reads and writes of every word in a round */
#define WIDER_PERCENT  103 /* of the narrower one's speed: a wider one must reach more */
#define UNMEASURED_USE MEM_KERNEL_SSE2

const char *const kernel_words[] = {[MEM_KERNEL_AUTO] = "auto",
	[MEM_KERNEL_SCALAR] = "scalar",
	[MEM_KERNEL_SSE2] = "sse2",
	[MEM_KERNEL_AVX2] = "avx2",
	[MEM_KERNEL_AVX512] = "avx512",
	NULL};

uint64_t kernel_speed(
	const struct kernels *kernels, struct mem_chunk chunk, const struct clock_port *clock)
{
	static const struct march_element elements[] = {
		{MARCH_UP, 1, {{MARCH_WRITE, 0}}, false},
		{MARCH_UP, 1, {{MARCH_READ, 0}}, false},
		{MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 1}}, false},
	};
	struct march_step step = {.data = {.kind = DATA_RANDOM, .seed = 1}};
	const uint64_t bytes = chunk.count * sizeof(uint64_t) * PASSES;
	struct mem_errors errors;
	uint64_t best_ns = UINT64_MAX;

	mem_errors_clear(&errors);
	for (unsigned round = 0; round < ROUNDS; round++) {
		const uint64_t start_ns = clock->now_ns(clock->ctx);
		uint64_t took_ns;

		for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
			step.element = &elements[i];
			kernels->march(kernels->ctx, chunk, &step, &errors);
		}
		took_ns = clock->now_ns(clock->ctx) - start_ns;
		if (took_ns < best_ns)
			best_ns = took_ns;
	}
	return errors.count > 0 || best_ns == 0 ? 0 : bytes * 1000 / best_ns;
}

static const struct kernel_candidate *candidate(
	const struct kernel_candidates *candidates, enum mem_kernel which)
{
	return &candidates->at[which - MEM_KERNEL_SCALAR];
}

static enum mem_kernel fastest(const struct kernel_candidates *candidates)
{
	enum mem_kernel best = UNMEASURED_USE;
	uint64_t speed = 0;

	for (enum mem_kernel k = MEM_KERNEL_SCALAR; k <= MEM_KERNEL_AVX512; k++) {
		const struct kernel_candidate *c = candidate(candidates, k);

		if (c->unusable == NULL && c->mb_per_s > speed / 100 * WIDER_PERCENT) {
			best = k;
			speed = c->mb_per_s;
		}
	}
	return best;
}

/* "; scalar 9.1, sse2 14.2 GB/s; no avx512: CPU 3 does not have it". */
static void add_figures(const struct kernel_candidates *candidates, char *note, size_t cap)
{
	bool measured = false;

	for (enum mem_kernel k = MEM_KERNEL_SCALAR; k <= MEM_KERNEL_AVX512; k++) {
		const uint64_t tenths = (candidate(candidates, k)->mb_per_s + 50) / 100;

		if (tenths == 0)
			continue;
		fmt_add(note, cap, "%s %s %u.%u", measured ? "," : ";", kernel_words[k],
			(unsigned)(tenths / 10), (unsigned)(tenths % 10));
		measured = true;
	}
	if (measured)
		fmt_add(note, cap, " GB/s");
	for (enum mem_kernel k = MEM_KERNEL_SCALAR; k <= MEM_KERNEL_AVX512; k++) {
		if (candidate(candidates, k)->unusable != NULL)
			fmt_add(note, cap, "; no %s: %s", kernel_words[k],
				candidate(candidates, k)->unusable);
	}
}

static void refuse(const struct kernel_candidates *candidates, enum mem_kernel wanted,
	char refused[PORT_ERROR])
{
	fmt_to(refused, PORT_ERROR, "%s cannot run here (%s); possible are auto",
		kernel_words[wanted], candidate(candidates, wanted)->unusable);
	for (enum mem_kernel k = MEM_KERNEL_SCALAR; k <= MEM_KERNEL_AVX512; k++) {
		if (candidate(candidates, k)->unusable == NULL)
			fmt_add(refused, PORT_ERROR, ", %s", kernel_words[k]);
	}
}

const struct kernels *kernel_choose(const struct kernel_candidates *candidates,
	enum mem_kernel wanted, char ret_refused[PORT_ERROR], char ret_note[MACHINE_NOTE])
{
	const char *why = "the fastest of those that every CPU can run";
	enum mem_kernel use = wanted;

	ret_refused[0] = '\0';
	if (wanted != MEM_KERNEL_AUTO && candidate(candidates, wanted)->unusable != NULL)
		refuse(candidates, wanted, ret_refused);
	if (wanted == MEM_KERNEL_AUTO || ret_refused[0] != '\0')
		use = fastest(candidates);
	else
		why = "asked for by mem.kernel";
	if (use != wanted && candidate(candidates, use)->mb_per_s == 0)
		why = "not measured";
	fmt_to(ret_note, MACHINE_NOTE, "memory kernels: %s (%s)",
		candidate(candidates, use)->kernels->name, why);
	add_figures(candidates, ret_note, MACHINE_NOTE);
	return candidate(candidates, use)->kernels;
}
