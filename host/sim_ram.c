/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated RAM: cells, a cache, and the kernels that go through the fault models. Hardware: none. See sim_ram.h.
 *
 * Trust. Fault specs come from the command line: every number is checked before use. */
#include "host/sim_ram.h"
#include "core/fmt.h"
#include <stdlib.h>

#define PAGE_WORDS          (PLAN_PAGE / sizeof(uint64_t))
#define LINE_BYTES          (SIM_RAM_LINE_WORDS * sizeof(uint64_t))
#define ALL_WORDS           ((1u << SIM_RAM_LINE_WORDS) - 1)
#define CONVENTIONAL_MEMORY 7 /* EFI_MEMORY_TYPE */

/* ---- addresses ---- */

static bool has_address(const struct sim_ram *ram, uint64_t physical)
{
	for (size_t i = 0; i < ram->range_count; i++) {
		if (physical - ram->ranges[i].physical < ram->ranges[i].bytes)
			return true;
	}
	return false;
}

static uint64_t *cell_at(struct sim_ram *ram, uint64_t physical)
{
	size_t i = physical >= SIM_RAM_HIGH;

	return (uint64_t *)(void *)(ram->ranges[i].at + (physical - ram->ranges[i].physical));
}

uint64_t sim_ram_physical(const struct sim_ram *ram, const void *word)
{
	const uint64_t offset = (uint64_t)((const uint8_t *)word - ram->memory);
	const size_t i = offset >= ram->ranges[0].bytes;

	return ram->ranges[i].physical + offset - (i > 0 ? ram->ranges[0].bytes : 0);
}

/* ---- the cells, for the fault models ---- */

static bool cell_exists(void *ctx, uint64_t physical)
{
	return has_address(ctx, physical);
}

static uint64_t cell_load(void *ctx, uint64_t physical)
{
	return *cell_at(ctx, physical);
}

static void cell_store(void *ctx, uint64_t physical, uint64_t value)
{
	*cell_at(ctx, physical) = value;
}

/* ---- the cache ---- */

static void write_back(struct sim_ram *ram)
{
	struct sim_ram_cache *cache = &ram->cache;

	if (cache->valid && cache->dirty != 0)
		faults_burst(&ram->faults, cache->physical, cache->words, cache->dirty);
	cache->valid = false;
}

/* The word at `physical` in the cache, whatever it holds. */
static uint64_t *cache_word(struct sim_ram *ram, uint64_t physical)
{
	struct sim_ram_cache *cache = &ram->cache;
	const uint64_t offset = physical % LINE_BYTES;

	if (!cache->valid || cache->physical != physical - offset) {
		write_back(ram);
		*cache = (struct sim_ram_cache){.valid = true, .physical = physical - offset};
	}
	return &cache->words[offset / sizeof(uint64_t)];
}

/* The same, fetched with its line if need be. */
static uint64_t *cached_word(struct sim_ram *ram, uint64_t physical)
{
	struct sim_ram_cache *cache = &ram->cache;
	uint64_t *word = cache_word(ram, physical);

	if (cache->held == ALL_WORDS)
		return word;
	if (cache->held != 0)
		write_back(ram);
	word = cache_word(ram, physical);
	for (size_t i = 0; i < SIM_RAM_LINE_WORDS; i++)
		cache->words[i] = faults_load(&ram->faults, cache->physical + i * sizeof(uint64_t));
	cache->held = ALL_WORDS;
	return word;
}

uint64_t sim_ram_load(struct sim_ram *ram, uint64_t physical)
{
	uint64_t value;

	pthread_mutex_lock(&ram->one_access);
	value = ram->cached ? *cached_word(ram, physical) : faults_load(&ram->faults, physical);
	pthread_mutex_unlock(&ram->one_access);
	return value;
}

void sim_ram_store(struct sim_ram *ram, uint64_t physical, uint64_t value)
{
	pthread_mutex_lock(&ram->one_access);
	if (ram->cached) {
		*cached_word(ram, physical) = value;
		ram->cache.dirty = ALL_WORDS;
	} else {
		faults_store(&ram->faults, physical, value);
	}
	pthread_mutex_unlock(&ram->one_access);
}

void sim_ram_stream(struct sim_ram *ram, uint64_t physical, uint64_t value)
{
	const unsigned word = 1u << physical % LINE_BYTES / sizeof(value);

	if (!ram->cached) {
		sim_ram_store(ram, physical, value);
		return;
	}
	pthread_mutex_lock(&ram->one_access);
	*cache_word(ram, physical) = value;
	ram->cache.held |= word;
	ram->cache.dirty |= word;
	pthread_mutex_unlock(&ram->one_access);
}

void sim_ram_flush(struct sim_ram *ram)
{
	pthread_mutex_lock(&ram->one_access);
	write_back(ram);
	pthread_mutex_unlock(&ram->one_access);
}

void sim_ram_rest(struct sim_ram *ram)
{
	faults_rest(&ram->faults);
}

/* ---- kernels ---- */

#define KERNEL(name)                     hooked_##name
#define KERNEL_VECTOR                    uint64_t
#define KERNEL_LOAD(ctx, p)              sim_ram_load(ctx, sim_ram_physical(ctx, p))
#define KERNEL_STORE(ctx, p, value)      sim_ram_store(ctx, sim_ram_physical(ctx, p), value)
#define KERNEL_STREAM(ctx, p, value)     KERNEL_STORE(ctx, p, value)
#define KERNEL_LOAD_WORD(ctx, p)         KERNEL_LOAD(ctx, p)
#define KERNEL_STORE_WORD(ctx, p, value) KERNEL_STORE(ctx, p, value)
#define KERNEL_FLUSH(ctx, p)             ((void)(p), sim_ram_flush(ctx))
#define KERNEL_ANY(vector)               ((vector) != 0)
#define KERNEL_FENCE()                   ((void)0)
#include "memtest/kernel_body.h"

static size_t page_of(const struct sim_ram *ram, const uint64_t *word)
{
	return (size_t)((const uint8_t *)word - ram->memory) / PLAN_PAGE;
}

/* Words of the chunk that lie in the page of its first word. */
static size_t words_in_page(const struct sim_ram *ram, const struct mem_chunk *c)
{
	const size_t word = (size_t)((const uint8_t *)c->words - ram->memory) / sizeof(uint64_t);
	const size_t room = PAGE_WORDS - word % PAGE_WORDS;

	return room < c->count ? room : c->count;
}

/* Takes what lies in one page off one end of *rest. */
static struct mem_chunk take_page(const struct sim_ram *ram, struct mem_chunk *rest, bool downward)
{
	uint64_t *last = (uint64_t *)(void *)ram->memory +
			 page_of(ram, rest->words + rest->count - 1) * PAGE_WORDS;
	const size_t before = last > rest->words ? (size_t)(last - rest->words) : 0;

	return chunk_take(
		rest, downward ? rest->count - before : words_in_page(ram, rest), downward);
}

/* Whose kernels are to work on that page: the same as on real memory, unless something in it is broken. */
static const struct kernels *kernels_for(const struct sim_ram *ram, const uint64_t *word)
{
	static const struct kernels hooked = {KERNELS_OF(hooked)};

	return ram->hooked[page_of(ram, word)] ? &hooked : ram->real;
}

static void sim_march(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	while (c.count > 0) {
		const struct mem_chunk page = take_page(
			ctx, &c, step->element->direction == MARCH_DOWN);

		kernels_for(ctx, page.words)->march(ctx, page, step, errors);
	}
}

static void sim_modulo(
	void *ctx, struct mem_chunk c, const struct modulo_step *step, struct mem_errors *errors)
{
	while (c.count > 0) {
		const struct mem_chunk page = take_page(ctx, &c, false);

		kernels_for(ctx, page.words)->modulo(ctx, page, step, errors);
	}
}

static void sim_copy(void *ctx, struct mem_chunk to, struct mem_chunk from)
{
	const struct sim_ram *ram = ctx;

	while (to.count > 0) {
		const size_t to_page = words_in_page(ram, &to),
			     from_page = words_in_page(ram, &from);
		const size_t count = to_page < from_page ? to_page : from_page;
		const bool broken = ram->hooked[page_of(ram, to.words)] ||
				    ram->hooked[page_of(ram, from.words)];

		(broken ? hooked_copy : ram->real->copy)(
			ctx, chunk_take(&to, count, false), chunk_take(&from, count, false));
	}
}

static void sim_rested(void *ctx, uint64_t rested_ns)
{
	(void)rested_ns;
	sim_ram_rest(ctx);
}

/* ---- set-up ---- */

static bool fault_is_inside(const struct sim_ram *ram, const struct fault *f)
{
	uint64_t pages[FAULT_PLACES];
	const size_t count = fault_places(f, pages);

	for (size_t i = 0; i < count; i++) {
		if (!has_address(ram, pages[i]))
			return false;
	}
	return true;
}

bool sim_ram_add_fault(struct sim_ram *ram, const char *spec)
{
	struct fault fault;

	if (ram->faults.count == FAULTS_MAX || !fault_read(spec, &fault))
		return false;
	if (ram->memory != NULL && !fault_is_inside(ram, &fault))
		return false;
	ram->faults.at[ram->faults.count++] = fault;
	return true;
}

bool sim_ram_init(struct sim_ram *ram, uint64_t bytes)
{
	const uint64_t pages = bytes / PLAN_PAGE, low = pages / 2 * PLAN_PAGE;

	if (pages < SIM_RAM_RANGES || low > SIM_RAM_HIGH - SIM_RAM_LOW)
		return false;
	ram->bytes = pages * PLAN_PAGE;
	ram->memory = aligned_alloc(PLAN_PAGE, ram->bytes);
	ram->hooked = calloc(pages, sizeof(*ram->hooked));
	if (ram->memory == NULL || ram->hooked == NULL ||
		pthread_mutex_init(&ram->one_access, NULL) != 0)
		return false;
	memset(ram->memory, 0, ram->bytes);
	ram->ranges[0] = (struct ram_range){SIM_RAM_LOW, low, ram->memory};
	ram->ranges[1] = (struct ram_range){SIM_RAM_HIGH, ram->bytes - low, ram->memory + low};
	ram->range_count = SIM_RAM_RANGES;
	ram->faults.cells = (struct fault_cells){ram, cell_exists, cell_load, cell_store};
	for (size_t i = 0; i < ram->faults.count; i++) {
		if (!fault_is_inside(ram, &ram->faults.at[i]))
			return false;
	}
	return true;
}

void sim_ram_reset(struct sim_ram *ram, uint64_t value)
{
	uint64_t *words = (uint64_t *)(void *)ram->memory;

	ram->faults.count = 0;
	ram->cache = (struct sim_ram_cache){0};
	memset(ram->hooked, 0, ram->bytes / PLAN_PAGE * sizeof(*ram->hooked));
	for (size_t i = 0; i < ram->bytes / sizeof(*words); i++)
		words[i] = value;
}

void sim_ram_free(struct sim_ram *ram)
{
	free(ram->memory);
	free(ram->hooked);
	pthread_mutex_destroy(&ram->one_access);
	*ram = (struct sim_ram){0};
}

/* ---- the port ---- */

static void hook_pages(struct sim_ram *ram)
{
	for (size_t i = 0; i < ram->faults.count; i++) {
		for (uint64_t page = 0; page < ram->bytes / PLAN_PAGE; page++) {
			const uint64_t physical = sim_ram_physical(
				ram, ram->memory + page * PLAN_PAGE);

			if (fault_touches(&ram->faults.at[i], physical, PLAN_PAGE))
				ram->hooked[page] = true;
		}
	}
}

struct kernels sim_ram_faulty_kernels(struct sim_ram *ram)
{
	return (struct kernels){.name = "faulty RAM", .ctx = ram, KERNELS_OF(hooked)};
}

static bool sim_acquire(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret)
{
	struct sim_ram *ram = ctx;
	const uint64_t most = ram->bytes / 8 / PLAN_PAGE * PLAN_PAGE;
	const uint64_t reserve = reserve_bytes < most ? reserve_bytes / PLAN_PAGE * PLAN_PAGE
						      : most;

	*ret = (struct ram_grant){.range_count = ram->range_count,
		.granted_bytes = ram->bytes - reserve,
		.mapped_bytes = ram->bytes};
	memcpy(ret->ranges, ram->ranges, sizeof(ram->ranges));
	ret->ranges[0].bytes -= reserve;
	if (reserve > 0) {
		ret->skipped_count = 1;
		ret->skipped[0] = (struct ram_skipped){"reserve for firmware", reserve};
	}
	return true;
}

static void sim_release(void *ctx)
{
	(void)ctx;
}

void sim_ram_port(struct sim_ram *ram, struct ram_port *ret)
{
	hook_pages(ram);
	ram->real = &kernels_scalar;
	ram->kernels = (struct kernels){.name = "simulated RAM",
		.ctx = ram,
		.march = sim_march,
		.modulo = sim_modulo,
		.copy = sim_copy,
		.flush = hooked_flush,
		.load = hooked_load,
		.store = hooked_store,
		.rested = sim_rested};
	*ret = (struct ram_port){.ctx = ram,
		.kernels = &ram->kernels,
		.acquire = sim_acquire,
		.release = sim_release};
	for (size_t i = 0; i < ram->range_count; i++)
		ram_map_add(&ret->map, ram->ranges[i].physical, ram->ranges[i].bytes,
			CONVENTIONAL_MEMORY, 0);
}
