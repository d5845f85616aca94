/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Modulo-N, block move and single accesses: part of the template in kernel_body.h, which includes it. Pure. */

/* The strided pattern from a strided word on: the line whose first strided word is number `first` < stride holds
 * what stands at ring + (stride - first) % stride. */
KERNEL_INLINE void KERNEL(modulo_ring)(
	const struct modulo_step *step, uint64_t ring[MODULO_STRIDE_MAX + DATA_LINE_WORDS])
{
	for (unsigned i = 0; i < step->stride + DATA_LINE_WORDS; i++)
		ring[i] = i % step->stride == 0 ? step->strided : step->others;
}

/* Writes what the step says into one line, which `line` is to hold in the end. Only a line that it writes as a whole
 * can go around the caches. */
KERNEL_INLINE void KERNEL(modulo_write)(void *ctx, KERNEL_VECTOR *at, const KERNEL_LINE *line,
	const struct modulo_step *step, unsigned first)
{
	const bool writes_strided = step->write == MODULO_STRIDED;
	uint64_t *words = (uint64_t *)(void *)at;
	unsigned strided = first;

	if (first >= DATA_LINE_WORDS) {
		KERNEL_EACH(i)
		{
			if (!writes_strided && step->check)
				KERNEL_STORE(ctx, at + i, line->at[i]);
			else if (!writes_strided)
				KERNEL_STREAM(ctx, at + i, line->at[i]);
		}
		return;
	}
	for (unsigned i = 0; i < DATA_LINE_WORDS; i++) {
		if ((i == strided) == writes_strided)
			KERNEL_STORE_WORD(
				ctx, words + i, i == strided ? step->strided : step->others);
		strided += i == strided ? step->stride : 0;
	}
}

KERNEL_INLINE void KERNEL(modulo_walk)(void *ctx, struct mem_chunk c,
	const struct modulo_step *step, struct mem_errors *errors, const bool check,
	const bool write)
{
	const unsigned stride = step->stride;
	const unsigned phase = (unsigned)(c.physical / sizeof(uint64_t) % stride);
	uint64_t ring[MODULO_STRIDE_MAX + DATA_LINE_WORDS];
	unsigned first = (step->offset + stride - phase) % stride; /* strided word of the line */

	KERNEL(modulo_ring)(step, ring);
	for (size_t n = 0; n < c.count / DATA_LINE_WORDS; n++) {
		KERNEL_VECTOR *at = KERNEL(line_at)(&c, n, false);
		KERNEL_LINE line;

		__builtin_memcpy(&line, ring + (first > 0 ? stride - first : 0), sizeof(line));
		if (check)
			mem_errors_add_words(errors, KERNEL(check)(ctx, &c, at, &line, errors));
		if (write)
			KERNEL(modulo_write)(ctx, at, &line, step, first);
		while (first < DATA_LINE_WORDS)
			first += stride;
		first -= DATA_LINE_WORDS;
	}
	KERNEL_FENCE();
}

static void KERNEL(modulo)(
	void *ctx, struct mem_chunk c, const struct modulo_step *step, struct mem_errors *errors)
{
	if (step->write == MODULO_NOTHING)
		KERNEL(modulo_walk)(ctx, c, step, errors, step->check, false);
	else if (step->check)
		KERNEL(modulo_walk)(ctx, c, step, errors, true, true);
	else
		KERNEL(modulo_walk)(ctx, c, step, errors, false, true);
}

static void KERNEL(copy)(void *ctx, struct mem_chunk to, struct mem_chunk from)
{
	for (size_t n = 0; n < to.count / DATA_LINE_WORDS; n++) {
		const KERNEL_VECTOR *source = KERNEL(line_at)(&from, n, false);
		KERNEL_VECTOR *target = KERNEL(line_at)(&to, n, false);
		KERNEL_LINE line;

		KERNEL_EACH(i)
		line.at[i] = KERNEL_LOAD(ctx, source + i);
		KERNEL_EACH(i)
		KERNEL_STREAM(ctx, target + i, line.at[i]);
	}
	KERNEL_FENCE();
}

static void KERNEL(flush)(void *ctx, const void *line)
{
	KERNEL_FLUSH(ctx, line);
}

static uint64_t KERNEL(load)(void *ctx, const uint64_t *word)
{
	return KERNEL_LOAD_WORD(ctx, word);
}

static void KERNEL(store)(void *ctx, uint64_t *word, uint64_t value)
{
	KERNEL_STORE_WORD(ctx, word, value);
}
