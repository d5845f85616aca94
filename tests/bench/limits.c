/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The limits, with the 128-bit registers that every x86-64 CPU has. See limits.h. */
#include "tests/bench/limits.h"
#include <cpuid.h>
#include <emmintrin.h>
#include <stdlib.h>

#define PATTERN           0xa5c3f00d5a3c0ff1u
#define LINE_WORDS        8u
#define STREAMS           4u
#define STREAM_WORDS      ((64u << 10) / sizeof(uint64_t))
#define STRIDE            20u
#define FLUSH_PART        16u /* a flush waits for memory */
#define CPUID7_CLFLUSHOPT (1u << 23)
#define KEEP(value)       __asm__ volatile("" : : "x"(value))
#define EACH(i)           _Pragma("GCC unroll 4") for (size_t i = 0; i < LINE_WORDS; i += 2)

static __m128i *at(uint64_t *word)
{
	return (__m128i *)(void *)word;
}

void limit_write(const struct share *s)
{
	const __m128i value = _mm_set1_epi64x((long long)PATTERN);

	for (size_t n = 0; n < s->count; n += LINE_WORDS) {
		EACH(i)
		_mm_stream_si128(at(s->words + n + i), value);
	}
	_mm_sfence();
}

static inline __m128i read_line(uint64_t *line, __m128i sum)
{
	EACH(i)
	sum = _mm_or_si128(sum, _mm_load_si128(at(line + i)));
	return sum;
}

void limit_read(const struct share *s)
{
	__m128i sum = _mm_setzero_si128();

	for (size_t n = 0; n < s->count; n += LINE_WORDS)
		sum = read_line(s->words + n, sum);
	KEEP(sum);
}

void limit_read_streams(const struct share *s)
{
	__m128i sum = _mm_setzero_si128();

	for (size_t block = 0; block < s->count; block += STREAMS * STREAM_WORDS) {
		for (size_t n = 0; n < STREAM_WORDS; n += LINE_WORDS) {
			for (size_t t = 0; t < STREAMS; t++)
				sum = read_line(s->words + block + t * STREAM_WORDS + n, sum);
		}
	}
	KEEP(sum);
}

static inline void complement_line(uint64_t *line)
{
	const __m128i ones = _mm_set1_epi64x(-1);

	EACH(i)
	_mm_store_si128(at(line + i), _mm_xor_si128(_mm_load_si128(at(line + i)), ones));
}

void limit_modify(const struct share *s)
{
	for (size_t n = 0; n < s->count; n += LINE_WORDS)
		complement_line(s->words + n);
	*s->inverted = !*s->inverted;
}

void limit_modify_streams(const struct share *s)
{
	for (size_t block = 0; block < s->count; block += STREAMS * STREAM_WORDS) {
		for (size_t n = 0; n < STREAM_WORDS; n += LINE_WORDS) {
			for (size_t t = 0; t < STREAMS; t++)
				complement_line(s->words + block + t * STREAM_WORDS + n);
		}
	}
	*s->inverted = !*s->inverted;
}

void limit_copy(const struct share *s)
{
	const size_t half = s->count / 2;

	for (size_t n = 0; n < half; n += LINE_WORDS) {
		__m128i line[LINE_WORDS / 2];

		EACH(i)
		line[i / 2] = _mm_load_si128(at(s->words + n + i));
		EACH(i)
		_mm_stream_si128(at(s->words + half + n + i), line[i / 2]);
	}
	_mm_sfence();
}

void plain_modulo(const struct share *s)
{
	const size_t count = s->count / PLAIN_PART;
	volatile uint64_t *words = s->words;

	for (size_t n = 0; n < count; n += STRIDE)
		words[n] = PATTERN;
	for (unsigned pass = 0; pass < 2; pass++) {
		unsigned k = 0;

		for (size_t n = 0; n < count; n++) {
			if (k != 0)
				words[n] = ~PATTERN;
			k = k + 1 < STRIDE ? k + 1 : 0;
		}
	}
	for (size_t n = 0; n < count; n += STRIDE) {
		if (words[n] != PATTERN)
			abort();
	}
	*s->inverted = false;
}

/* `flush` is a constant. The fence is there for both: what is read next has to come from memory. */
static inline __attribute__((always_inline)) void flushed(
	const struct share *s, void (*flush)(void *line))
{
	__m128i sum = _mm_setzero_si128();

	for (size_t n = 0; n < s->count / FLUSH_PART; n += LINE_WORDS) {
		uint64_t *line = s->words + n;

		for (unsigned op = 0; op < 3; op++) {
			if (op == 1)
				complement_line(line);
			else
				sum = read_line(line, sum);
			flush(line);
			_mm_mfence();
		}
	}
	KEEP(sum);
}

static inline void clflush(void *line)
{
	_mm_clflush(line);
}

/* Not the intrinsic: it needs the compiler told that every CPU has it. */
static inline void clflushopt(void *line)
{
	__asm__ volatile("clflushopt %0" : "+m"(*(uint64_t(*)[LINE_WORDS])line));
}

void flush_clflush(const struct share *s)
{
	flushed(s, clflush);
}

void flush_clflushopt(const struct share *s)
{
	flushed(s, clflushopt);
}

bool has_clflushopt(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & CPUID7_CLFLUSHOPT) != 0;
}
