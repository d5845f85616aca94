/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which kernels are used: speed, what cannot run, what was asked for. */
#include "memtest/kernel_choice.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

static char refused[PORT_ERROR], note[MACHINE_NOTE];

static struct kernel_candidates with(
	uint64_t scalar, uint64_t sse2, uint64_t avx2, uint64_t avx512, const char *no_avx512)
{
	return (struct kernel_candidates){
		{{&kernels_scalar, NULL, scalar}, {&kernels_sse2, NULL, sse2},
			{&kernels_avx2, NULL, avx2}, {&kernels_avx512, no_avx512, avx512}}};
}

static const struct kernels *choose(struct kernel_candidates c, enum mem_kernel wanted)
{
	return kernel_choose(&c, wanted, refused, note);
}

static void test_auto(void)
{
	CHECK(choose(with(9100, 14200, 14000, 13000, NULL), MEM_KERNEL_AUTO) == &kernels_sse2);
	CHECK_STR(note,
		"memory kernels: SSE2 128-bit (the fastest of those that every CPU can run); "
		"scalar 9.1, sse2 14.2, avx2 14.0, avx512 13.0 GB/s");
	CHECK_STR(refused, "");
	CHECK(choose(with(900, 300, 200, 0, "no"), MEM_KERNEL_AUTO) == &kernels_scalar);
	CHECK(choose(with(9100, 14200, 20000, 0, "no"), MEM_KERNEL_AUTO) == &kernels_avx2);
	CHECK(choose(with(9100, 14200, 14300, 30000, NULL), MEM_KERNEL_AUTO) == &kernels_avx512);
	CHECK(choose(with(9100, 14200, 14300, 0, "no"), MEM_KERNEL_AUTO) == &kernels_sse2);
	CHECK(choose(with(0, 0, 0, 0, NULL), MEM_KERNEL_AUTO) == &kernels_sse2);
	CHECK(strstr(note, "(not measured)") != NULL);
	CHECK(choose(with(1, 0, 0, 0, NULL), MEM_KERNEL_AUTO) == &kernels_scalar);
}

/* What cannot run is never used, whatever its figure says. */
static void test_forced(void)
{
	static const struct kernels *const all[] = {[MEM_KERNEL_SCALAR] = &kernels_scalar,
		[MEM_KERNEL_SSE2] = &kernels_sse2,
		[MEM_KERNEL_AVX2] = &kernels_avx2,
		[MEM_KERNEL_AVX512] = &kernels_avx512};

	for (enum mem_kernel k = MEM_KERNEL_SCALAR; k <= MEM_KERNEL_AVX512; k++) {
		CHECK(choose(with(1, 2, 3, 4, NULL), k) == all[k]);
		CHECK_STR(refused, "");
		CHECK(strstr(note, "asked for by mem.kernel") != NULL);
	}
	CHECK(choose(with(1, 2, 3, 400, "CPU 3 has none"), MEM_KERNEL_AVX512) == &kernels_avx2);
	CHECK_STR(refused,
		"avx512 cannot run here (CPU 3 has none); possible are auto, scalar, sse2, avx2");
	CHECK(strstr(note, "; no avx512: CPU 3 has none") != NULL);
	CHECK(choose(with(1, 2, 3, 400, "CPU 3 has none"), MEM_KERNEL_AUTO) == &kernels_avx2);
	CHECK_STR(refused, "");
}

static uint64_t step_ns;

static uint64_t now_ns(void *ctx)
{
	uint64_t *now = ctx;

	return *now += step_ns;
}

static void test_speed(void)
{
	static uint64_t words[4096] __attribute__((aligned(64)));
	struct mem_chunk chunk = {words, 4096, 0x100000};
	uint64_t now = 0;
	const struct clock_port clock = {.ctx = &now, .now_ns = now_ns};
	struct sim_ram ram = {0};
	struct kernels faulty;

	step_ns = 1000;
	CHECK_U64(kernel_speed(&kernels_sse2, chunk, &clock), sizeof(words) * 4);
	CHECK(words[77] != 0 && words[77] != words[78]);
	step_ns = 0;
	CHECK_U64(kernel_speed(&kernels_sse2, chunk, &clock), 0);
	step_ns = 1000;
	CHECK(sim_ram_init(&ram, 8 * PLAN_PAGE) && sim_ram_add_fault(&ram, "dead=0x100000:4096"));
	faulty = sim_ram_faulty_kernels(&ram);
	chunk = (struct mem_chunk){(uint64_t *)(void *)ram.memory, 512, SIM_RAM_LOW};
	CHECK_U64(kernel_speed(&faulty, chunk, &clock), 0);
	sim_ram_free(&ram);
}

/* The run goes on, and says so. */
static void test_finding(void)
{
	struct rig *rig = rig_new(64 * PLAN_PAGE, "");

	rig->config.mem_kernel = MEM_KERNEL_AVX512;
	text_copy(rig->machine.ram.kernel_refused, PORT_ERROR, "avx512 cannot run here (no)");
	CHECK_U64(rig_run(rig, &mem_march_c_check), WARN);
	CHECK_U64(rig_run(rig, &mem_random_check), PASS);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(rig->findings[0].code, FINDING_OPTION_BAD_VALUE);
	CHECK_STR(rig->findings[0].message,
		"mem.kernel: avx512 cannot run here (no). The run goes on with simulated RAM.");
	rig_free(rig);
}

int main(void)
{
	test_auto();
	test_forced();
	test_speed();
	test_finding();
	return test_end(__FILE__);
}
