/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Modulo-N, block move and single accesses: part of the template in kernel_body.h, which includes it. Pure. */

#define KERNEL_RING  struct KERNEL(ring)
#define KERNEL_LANES (DATA_LINE_WORDS / KERNEL_STEPS)

/* A modulo-N pattern from a strided word on: long enough for a line that begins at any place in it. */
struct KERNEL(ring) {
	uint64_t words[MODULO_STRIDE_MAX + DATA_LINE_WORDS];
};

KERNEL_INLINE void KERNEL(ring_fill)(
	KERNEL_RING *ret, unsigned stride, uint64_t strided, uint64_t others)
{
	for (unsigned i = 0; i < stride + DATA_LINE_WORDS; i++)
		ret->words[i] = others;
	for (unsigned i = 0; i < stride + DATA_LINE_WORDS; i += stride)
		ret->words[i] = strided;
}

/* The line whose first strided word is number `first` < stride. */
KERNEL_INLINE KERNEL_LINE KERNEL(ring_line)(
	const KERNEL_RING *ring, unsigned stride, unsigned first)
{
	const uint64_t *from = ring->words + (first > 0 ? stride - first : 0);
	KERNEL_LINE ret;

	KERNEL_EACH(i)
	__builtin_memcpy(&ret.at[i], from + i * KERNEL_LANES, sizeof(ret.at[i]));
	return ret;
}

/* The first strided word of the line at `physical`, and from that, of the line after it. */
KERNEL_INLINE unsigned KERNEL(first_strided)(unsigned stride, unsigned offset, uint64_t physical)
{
	return (offset + stride - (unsigned)(physical / sizeof(uint64_t) % stride)) % stride;
}

KERNEL_INLINE unsigned KERNEL(next_strided)(unsigned stride, unsigned first)
{
	while (first < DATA_LINE_WORDS)
		first += stride;
	return first - DATA_LINE_WORDS;
}

KERNEL_INLINE void KERNEL(write_strided)(
	void *ctx, KERNEL_VECTOR *at, const struct modulo_step *step, unsigned first)
{
	for (unsigned i = first; i < DATA_LINE_WORDS; i += step->stride)
		KERNEL_STORE_WORD(ctx, (uint64_t *)(void *)at + i, step->strided);
}

/* All words but the strided ones: whole vectors where that can be. */
KERNEL_INLINE void KERNEL(write_others)(void *ctx, KERNEL_VECTOR *at, const KERNEL_LINE *line,
	const struct modulo_step *step, unsigned first)
{
	KERNEL_EACH(i)
	{
		uint64_t *words = (uint64_t *)(void *)(at + i);

		if (first >= KERNEL_LANES) {
			KERNEL_STORE(ctx, at + i, line->at[i]);
		} else {
			for (unsigned w = 0; w < KERNEL_LANES; w++) {
				if (w == first)
					first += step->stride;
				else
					KERNEL_STORE_WORD(ctx, words + w, step->others);
			}
		}
		first -= (unsigned)KERNEL_LANES;
	}
}

/* `check` and `write` are constant here; MODULO_STRIDED goes with MODULO_OTHERS. */
KERNEL_INLINE void KERNEL(modulo_walk)(void *ctx, struct mem_chunk c,
	const struct modulo_step *step, struct mem_errors *errors, const bool check,
	const enum modulo_write write)
{
	const unsigned stride = step->stride;
	unsigned first = KERNEL(first_strided)(stride, step->offset, c.physical), next = 0;
	KERNEL_PLACE p = KERNEL(first)(&c, false);
	KERNEL_RING ring, next_ring;

	KERNEL(ring_fill)(&ring, stride, step->strided, step->others);
	if (write == MODULO_NEXT) {
		next = KERNEL(first_strided)(stride, step->next_offset, c.physical);
		KERNEL(ring_fill)(&next_ring, stride, step->next_strided, step->next_others);
	}
	for (size_t n = c.count / DATA_LINE_WORDS; n > 0; n--) {
		KERNEL_LINE line = KERNEL(ring_line)(&ring, stride, first);

		if (check)
			mem_errors_add_words(errors, KERNEL(check)(ctx, &p, &line, errors));
		if (write == MODULO_OTHERS && step->write == MODULO_STRIDED)
			KERNEL(write_strided)(ctx, p.at, step, first);
		else if (write == MODULO_OTHERS)
			KERNEL(write_others)(ctx, p.at, &line, step, first);
		if (write == MODULO_NEXT) {
			line = KERNEL(ring_line)(&next_ring, stride, next);
			next = KERNEL(next_strided)(stride, next);
		}
		KERNEL_EACH(i)
		{
			if (check && (write == MODULO_ALL || write == MODULO_NEXT))
				KERNEL_STORE(ctx, p.at + i, line.at[i]);
			else if (write == MODULO_ALL || write == MODULO_NEXT)
				KERNEL_STREAM(ctx, p.at + i, line.at[i]);
		}
		first = KERNEL(next_strided)(stride, first);
		KERNEL(next)(&p);
	}
	KERNEL_FENCE();
}

KERNEL_INLINE void KERNEL(modulo_kind)(void *ctx, struct mem_chunk c,
	const struct modulo_step *step, struct mem_errors *errors, const bool check)
{
	if (step->write == MODULO_NOTHING)
		KERNEL(modulo_walk)(ctx, c, step, errors, check, MODULO_NOTHING);
	else if (step->write == MODULO_ALL)
		KERNEL(modulo_walk)(ctx, c, step, errors, check, MODULO_ALL);
	else if (step->write == MODULO_NEXT)
		KERNEL(modulo_walk)(ctx, c, step, errors, check, MODULO_NEXT);
	else /* strided words or others */
		KERNEL(modulo_walk)(ctx, c, step, errors, check, MODULO_OTHERS);
}

static void KERNEL(modulo)(
	void *ctx, struct mem_chunk c, const struct modulo_step *step, struct mem_errors *errors)
{
	if (step->check)
		KERNEL(modulo_kind)(ctx, c, step, errors, true);
	else
		KERNEL(modulo_kind)(ctx, c, step, errors, false);
}

static void KERNEL(copy)(void *ctx, struct mem_chunk to, struct mem_chunk from)
{
	KERNEL_PLACE source = KERNEL(first)(&from, false), target = KERNEL(first)(&to, false);

	for (size_t n = to.count / DATA_LINE_WORDS; n > 0; n--) {
		KERNEL_LINE line;

		KERNEL_EACH(i)
		line.at[i] = KERNEL_LOAD(ctx, source.at + i);
		KERNEL_EACH(i)
		KERNEL_STREAM(ctx, target.at + i, line.at[i]);
		KERNEL(next)(&source);
		KERNEL(next)(&target);
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

#undef KERNEL_RING
#undef KERNEL_LANES
