/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Filling buffers with poison and finding what is left of it. Pure. See poison.h. */
#include "diskbench/poison.h"
#include "core/rng.h"

#define STEP   0x9e3779b97f4a7c15u
#define WORD   sizeof(uint64_t)
#define SECTOR (POISON_SECTOR / WORD)
#define LINE   (64 / WORD) /* no bus delivers less at a time than a cache line, but at the end */

/* The buffer is bytes to everybody else. */
typedef uint64_t __attribute__((may_alias)) word;

static bool is_poison(const word *words, size_t i, uint64_t key)
{
	return words[i] == key + i * STEP;
}

void poison_fill(uint8_t *buffer, size_t bytes, uint64_t key)
{
	word *words = (word *)(void *)buffer;

	for (size_t i = 0; i < bytes / WORD; i++)
		words[i] = key + i * STEP;
}

static bool sector_has_poison(const word *words, size_t first, uint64_t key)
{
	bool found = is_poison(words, first + SECTOR - 1, key);

	for (size_t i = first; i < first + SECTOR; i += LINE)
		found |= is_poison(words, i, key);
	return found;
}

bool poison_find(
	const uint8_t *buffer, size_t bytes, uint64_t key, size_t *ret_first, size_t *ret_end)
{
	const word *words = (const word *)(const void *)buffer;
	size_t first = 0, end = 0;

	for (size_t i = 0; i < bytes / WORD; i += SECTOR) {
		if (!sector_has_poison(words, i, key))
			continue;
		if (end == 0)
			first = i;
		end = i + SECTOR;
	}
	if (end == 0)
		return false;
	*ret_first = first * WORD;
	*ret_end = end * WORD;
	return true;
}

size_t poison_left(const uint8_t *buffer, size_t first, size_t end, uint64_t key)
{
	const word *words = (const word *)(const void *)buffer;
	size_t left = 0;

	for (size_t i = first / WORD; i < end / WORD; i++)
		left += is_poison(words, i, key);
	return left * WORD;
}

uint64_t poison_digest(const uint8_t *buffer, size_t first, size_t end)
{
	const word *words = (const word *)(const void *)buffer;
	uint64_t digest = 0;

	for (size_t i = first / WORD; i < end / WORD; i++)
		digest = rng_mix(digest + STEP + words[i]);
	return digest;
}
