/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every instance of the kernels against plain models: March steps, modulo-N, copies; cut anywhere, wrong anywhere. */
#include "core/rng.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define LINE     DATA_LINE_WORDS
#define WORDS    (3 * 512)
#define PHYSICAL 0xfffff7c0u /* not at a page; 4 GiB lies within */

static uint64_t memory[WORDS] __attribute__((aligned(64)));
static uint64_t model[WORDS];
static struct mem_errors errors;
static struct rng rng = {7};

/* What this CPU can run. */
static const struct kernels *instances[4] = {&kernels_scalar, &kernels_sse2};
static size_t instance_count = 2;

static void find_instances(void)
{
	if (__builtin_cpu_supports("avx2"))
		instances[instance_count++] = &kernels_avx2;
	if (__builtin_cpu_supports("avx512f"))
		instances[instance_count++] = &kernels_avx512;
	printf("%s:", __FILE__);
	for (size_t i = 0; i < instance_count; i++)
		printf(" %s%s", instances[i]->name, i + 1 < instance_count ? "," : "\n");
}

static struct mem_chunk part(size_t from, size_t to)
{
	return (struct mem_chunk){memory + from, to - from, PHYSICAL + from * sizeof(uint64_t)};
}

static void noise(uint64_t words[WORDS])
{
	for (size_t i = 0; i < WORDS; i++)
		words[i] = rng_next(&rng);
}

/* ---- March steps ---- */

static const struct mem_data kinds[] = {{.kind = DATA_FIXED, .line = {1, 2, 3, 4, 5, 6, 7, 8}},
	{.kind = DATA_RANDOM, .seed = 99}, {.kind = DATA_OWN_ADDRESS, .seed = 77}};

/* The step on all of memory, in its direction, in pieces. */
static void run_march(const struct kernels *k, const struct march_step *step)
{
	struct mem_chunk rest = part(0, WORDS);

	memset(&errors, 0, sizeof(errors));
	while (rest.count > 0) {
		size_t words = (1 + rng_next(&rng) % 90) * LINE;

		words = words < rest.count ? words : rest.count;
		k->march(k->ctx, chunk_take(&rest, words, step->element->direction == MARCH_DOWN),
			step, &errors);
	}
}

/* A plain reading of March notation, a line at a time. Returns how many reads did not match. */
static uint64_t model_march(const struct march_step *step)
{
	const struct march_element *e = step->element;
	uint64_t wrong = 0;

	for (size_t word = 0; word < WORDS; word++) {
		const uint64_t zero = data_value(&step->data, PHYSICAL + word * sizeof(uint64_t));

		for (unsigned o = 0; o < e->count; o++) {
			const uint64_t value = e->ops[o].background ? ~zero : zero;

			if (e->ops[o].act == MARCH_WRITE)
				model[word] = value;
			else
				wrong += model[word] != value;
		}
	}
	return wrong;
}

/* Every element of every algorithm, on every kind of data, plain and flushed, with some words wrong. */
static void test_march(void)
{
	for (size_t n = 0; n < instance_count * MARCH_COUNT * ARRAY_LEN(kinds) * 2; n++) {
		const struct kernels *k = instances[n % instance_count];
		const size_t m = n / instance_count;
		const struct march *march = &marches[m % MARCH_COUNT];

		for (unsigned e = 0; e < march->count; e++) {
			const struct march_step step = {&march->elements[e],
				kinds[m / MARCH_COUNT % ARRAY_LEN(kinds)],
				m >= MARCH_COUNT * ARRAY_LEN(kinds)};

			memory[e * 3] ^= 0x100;
			memory[WORDS - 1 - e] ^= (uint64_t)1 << 63;
			memcpy(model, memory, sizeof(model));
			run_march(k, &step);
			CHECK_U64(errors.count, model_march(&step));
			CHECK(memcmp(memory, model, sizeof(memory)) == 0, "%s, %s, element %u",
				k->name, march->name, e);
		}
	}
}

/* One wrong bit anywhere is found and located, reading alone and before it is written over, up and down, within one page
 * and where it is cut. */
static void test_march_checks_every_word(void)
{
	static const struct march_element elements[] = {{MARCH_UP, 1, {{MARCH_READ, 0}}, false},
		{MARCH_DOWN, 1, {{MARCH_READ, 0}}, false},
		{MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 0}}, false},
		{MARCH_DOWN, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 0}}, false}};
	static const struct march_element fill = {MARCH_ANY, 1, {{MARCH_WRITE, 0}}, false};

	for (size_t n = 0; n < instance_count * ARRAY_LEN(elements) * WORDS; n++) {
		const struct kernels *k = instances[n / WORDS % instance_count];
		const size_t word = n % WORDS;
		const uint64_t bit = (uint64_t)1 << n % 61;
		struct march_step step = {.element = &fill, .data = kinds[n % ARRAY_LEN(kinds)]};
		const uint64_t good = data_value(&step.data, PHYSICAL + word * sizeof(uint64_t));

		run_march(k, &step);
		step.element = &elements[n / WORDS / instance_count];
		memory[word] ^= bit;
		run_march(k, &step);
		CHECK_U64(errors.count, 1);
		CHECK_U64(errors.words, 1);
		CHECK_U64(errors.at[0].physical, PHYSICAL + word * sizeof(uint64_t));
		CHECK_U64(errors.at[0].expected, good);
		CHECK_U64(errors.at[0].actual, good ^ bit);
		CHECK_U64(errors.at[0].reread, good ^ bit);
		CHECK_U64(memory[word], step.element->count == 2 ? good : good ^ bit);
	}
}

/* ---- modulo-N ---- */

static bool is_at(unsigned stride, unsigned offset, size_t word)
{
	return (PHYSICAL / sizeof(uint64_t) + word) % stride == offset;
}

static bool is_strided(const struct modulo_step *step, size_t word)
{
	return is_at(step->stride, step->offset, word);
}

static void model_modulo(const struct modulo_step *step)
{
	for (size_t i = 0; i < WORDS; i++) {
		const bool strided = is_strided(step, i);

		if (strided && step->write == MODULO_STRIDED)
			model[i] = step->strided;
		if (!strided && step->write == MODULO_OTHERS)
			model[i] = step->others;
		if (step->write == MODULO_ALL)
			model[i] = strided ? step->strided : step->others;
		if (step->write == MODULO_NEXT)
			model[i] = is_at(step->stride, step->next_offset, i) ? step->next_strided
									     : step->next_others;
	}
}

/* The step on all of memory, in pieces. */
static void run_modulo(const struct kernels *k, const struct modulo_step *step)
{
	size_t at = 0;

	memset(&errors, 0, sizeof(errors));
	while (at < WORDS) {
		size_t to = at + (1 + rng_next(&rng) % 9) * LINE;

		to = to < WORDS ? to : WORDS;
		k->modulo(k->ctx, part(at, to), step, &errors);
		at = to;
	}
}

static void test_modulo_writes(void)
{
	for (size_t k = 0; k < instance_count; k++) {
		for (unsigned stride = 2; stride <= MODULO_STRIDE_MAX; stride++) {
			struct modulo_step step = {.stride = stride,
				.offset = (unsigned)(rng_next(&rng) % stride),
				.strided = rng_next(&rng),
				.others = rng_next(&rng),
				.write = MODULO_STRIDED};

			noise(memory);
			memcpy(model, memory, sizeof(model));
			run_modulo(instances[k], &step);
			model_modulo(&step);
			CHECK(memcmp(memory, model, sizeof(model)) == 0, "strided, %u", stride);
			step.write = MODULO_OTHERS;
			run_modulo(instances[k], &step);
			model_modulo(&step);
			CHECK(memcmp(memory, model, sizeof(model)) == 0, "others, %u", stride);
			step.next_offset = (unsigned)(rng_next(&rng) % stride);
			step.next_strided = rng_next(&rng);
			step.next_others = rng_next(&rng);
			step.check = true;
			for (unsigned w = MODULO_NOTHING; w <= MODULO_NEXT; w++) {
				step.write = (enum modulo_write)w;
				run_modulo(instances[k], &step);
				model_modulo(&step);
				CHECK_U64(errors.count, 0);
				CHECK(memcmp(memory, model, sizeof(model)) == 0, "%u", w);
			}
			step.check = false;
			for (unsigned w = MODULO_ALL; w <= MODULO_NEXT; w++) {
				noise(memory);
				step.write = (enum modulo_write)w;
				run_modulo(instances[k], &step);
				model_modulo(&step);
				CHECK(memcmp(memory, model, sizeof(model)) == 0, "all %u", w);
			}
		}
	}
}

/* One wrong bit in any word is found, whatever is written next, and mended if it is among what is written. */
static void test_modulo_checks_every_word(void)
{
	for (size_t n = 0; n < instance_count * 5 * WORDS; n++) {
		const struct kernels *k = instances[n / WORDS / 5];
		const size_t word = n % WORDS;
		struct modulo_step step = {.stride = 20,
			.offset = 13,
			.strided = 0x1234567890abcdef,
			.others = 0xedcba9876f543210,
			.next_offset = 13,
			.next_strided = 0x1234567890abcdef,
			.next_others = 0xedcba9876f543210};
		const bool strided = is_strided(&step, word);
		uint64_t good, after;
		bool mends;

		if (word == 0) {
			step.write = MODULO_ALL;
			run_modulo(k, &step);
		}
		step.check = true;
		step.write = (enum modulo_write)(n / WORDS % 5);
		good = memory[word];
		memory[word] ^= (uint64_t)1 << n % 64;
		run_modulo(k, &step);
		after = memory[word];
		memory[word] = good;
		CHECK_U64(good, strided ? step.strided : step.others);
		CHECK_U64(errors.count, 1);
		CHECK_U64(errors.words, 1);
		CHECK_U64(errors.at[0].physical, PHYSICAL + word * sizeof(uint64_t));
		CHECK_U64(errors.at[0].expected, good);
		CHECK_U64(errors.at[0].actual ^ good, (uint64_t)1 << n % 64);
		CHECK_U64(errors.at[0].reread, errors.at[0].actual);
		mends = step.write >= MODULO_ALL ||
			step.write == (strided ? MODULO_STRIDED : MODULO_OTHERS);
		CHECK((after == good) == mends, "write %u", step.write);
	}
}

/* ---- copies ---- */

static void test_copy(void)
{
	for (size_t k = 0; k < instance_count; k++) {
		for (size_t n = 0; n < 64; n++) {
			const size_t count = (1 + n) * LINE, from = n * LINE % 56,
				     to = WORDS - count - n * LINE % 24;

			noise(memory);
			memcpy(model, memory, sizeof(model));
			memcpy(model + to, model + from, count * sizeof(*model));
			instances[k]->copy(
				instances[k]->ctx, part(to, to + count), part(from, from + count));
			CHECK(memcmp(memory, model, sizeof(model)) == 0, "%zu lines", n + 1);
		}
	}
}

/* ---- simulated RAM ---- */

static struct mem_chunk rig_part(struct rig *rig, size_t from, size_t to)
{
	uint64_t *words = (uint64_t *)(void *)rig->ram.memory;

	return (struct mem_chunk){words + from, to - from, SIM_RAM_LOW + from * sizeof(uint64_t)};
}

/* Two pages, the first broken: every step of modulo-N reaches the cells. */
static void test_modulo_on_faulty_ram(void)
{
	static const char *const faults[] = {
		"stuck=0x100808:4:1", "stuck=0x100800:63:0", "coupling=0x100900:3:up:0x100868:1:1"};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct rig *rig = rig_new(4 * PLAN_PAGE, faults[i]);
		const struct kernels *k = rig->machine.ram.kernels;
		unsigned found = 0;

		for (unsigned offset = 0; offset < 20; offset++) {
			static const struct {
				bool check;
				enum modulo_write write;
			} steps[] = {{false, MODULO_STRIDED}, {false, MODULO_OTHERS},
				{true, MODULO_OTHERS}, {true, MODULO_NOTHING}};

			memset(&errors, 0, sizeof(errors));
			for (size_t s = 0; s < ARRAY_LEN(steps); s++) {
				const struct modulo_step step = {.stride = 20,
					.offset = offset,
					.strided = 0x5555555555555555,
					.others = 0xaaaaaaaaaaaaaaaa,
					.check = steps[s].check,
					.write = steps[s].write};

				k->modulo(k->ctx, rig_part(rig, 0, 3 * LINE), &step, &errors);
				k->modulo(k->ctx, rig_part(rig, 3 * LINE, 1024), &step, &errors);
			}
			found += errors.count > 0;
			CHECK(errors.count == 0 ||
				(errors.lowest == errors.highest && errors.lowest >> 8 == 0x1008));
		}
		CHECK(found > 0, "%s", faults[i]);
		rig_free(rig);
	}
}

/* A copy reads broken cells as they are, and leaves broken ones as they must be, whichever side they are on. */
static void test_copy_on_faulty_ram(void)
{
	struct rig *rig = rig_new(8 * PLAN_PAGE, "stuck=0x100008:4:1 stuck=0x103010:5:1");
	const struct kernels *k = rig->machine.ram.kernels;
	uint64_t *words = (uint64_t *)(void *)rig->ram.memory;

	k->copy(k->ctx, rig_part(rig, 512 + LINE, 1024), rig_part(rig, 0, 512 - LINE));
	CHECK_U64(words[512 + LINE + 1], 0x10);
	CHECK_U64(words[512 + LINE + 2], 0);
	words[520] = 0x77;
	k->copy(k->ctx, rig_part(rig, 1024 + 2 * LINE, 2048), rig_part(rig, 520, 1528));
	CHECK_U64(words[1040], 0x77);
	CHECK_U64(words[1041], 0x10);
	CHECK_U64(k->load(k->ctx, words + 0x3010 / 8), 0x20);
	rig_free(rig);
}

static void test_flush(void)
{
	struct rig *rig = rig_new(8 * PLAN_PAGE, "");
	const struct kernels k = sim_ram_faulty_kernels(&rig->ram);
	uint64_t *words = (uint64_t *)(void *)rig->ram.memory;

	rig->ram.cached = true;
	k.store(k.ctx, words + 5, 0x1234);
	CHECK_U64(words[5], 0);
	k.flush(k.ctx, words);
	CHECK_U64(words[5], 0x1234);
	rig_free(rig);
	for (size_t i = 0; i < instance_count; i++) {
		memory[8] = i;
		instances[i]->flush(NULL, memory + 8);
		CHECK_U64(instances[i]->load(NULL, memory + 8), i);
	}
}

int main(void)
{
	find_instances();
	test_march();
	test_march_checks_every_word();
	test_modulo_writes();
	test_modulo_checks_every_word();
	test_copy();
	test_modulo_on_faulty_ram();
	test_copy_on_faulty_ram();
	test_flush();
	return test_end(__FILE__);
}
