/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* March elements over a chunk: part of the template in kernel_body.h, which includes it. Pure.
 *
 * One stream, strictly in the order of addresses: whatever pieces memory is cut into, an element that goes down visits
 * lines in exactly the reverse order of one that goes up, which the coverage of every March test rests on. Several
 * streams at once, some 64 KiB apart, would have to keep to that over pieces cut elsewhere in every sweep. The bench
 * takes them for a limit beside one stream: where they are faster, it shows.
 */

/* All operations of any element on one line; `zero` is what 0 stands for. */
KERNEL_INLINE void KERNEL(operate)(void *ctx, const KERNEL_PLACE *p, const struct march_step *step,
	const KERNEL_LINE *zero, struct mem_errors *errors)
{
	const struct march_element *element = step->element;
	unsigned bad = 0;

	for (unsigned o = 0; o < element->count; o++) {
		const uint64_t invert = element->ops[o].background ? UINT64_MAX : 0;
		KERNEL_LINE data;

		KERNEL_EACH(i)
		data.at[i] = zero->at[i] ^ invert;
		if (element->ops[o].act == MARCH_READ) {
			bad |= KERNEL(check)(ctx, p, &data, errors);
		} else {
			KERNEL_EACH(i)
			KERNEL_STORE(ctx, p->at + i, data.at[i]);
		}
		if (step->flush)
			KERNEL_FLUSH(ctx, p->at);
	}
	mem_errors_add_words(errors, bad);
}

/* (r), (w) or (r, w) are the shapes that take the time: what decides between them is constant here. Neither reads nor
 * writes stands for any other shape. */
KERNEL_INLINE void KERNEL(walk)(void *ctx, struct mem_chunk c, const struct march_step *step,
	struct mem_errors *errors, const enum data_kind kind, const bool reads, const bool writes)
{
	const struct march_op *ops = step->element->ops;
	const bool downward = step->element->direction == MARCH_DOWN, any = !reads && !writes;
	const uint64_t first = ops[0].background && !any ? UINT64_MAX : 0;
	const uint64_t turn = ops[0].background != ops[1].background ? UINT64_MAX : 0;
	KERNEL_SOURCE source;
	struct mem_chunk page;

	KERNEL(source_begin)(&source, &step->data, kind, first);
	while (KERNEL(take_page)(&c, downward, &page)) {
		KERNEL_PLACE p = KERNEL(first)(&page, downward);

		KERNEL(source_enter)(&source, kind, page.physical);
		for (size_t n = page.count / DATA_LINE_WORDS; n > 0; n--) {
			const KERNEL_LINE data = KERNEL(data)(&source, kind, p.physical);

			if (any)
				KERNEL(operate)(ctx, &p, step, &data, errors);
			if (reads)
				mem_errors_add_words(errors, KERNEL(check)(ctx, &p, &data, errors));
			KERNEL_EACH(i)
			{
				if (writes && reads)
					KERNEL_STORE(ctx, p.at + i, data.at[i] ^ turn);
				else if (writes)
					KERNEL_STREAM(ctx, p.at + i, data.at[i]);
			}
			KERNEL(next)(&p);
		}
	}
	KERNEL_FENCE();
}

KERNEL_INLINE void KERNEL(walk_data)(void *ctx, struct mem_chunk c, const struct march_step *step,
	struct mem_errors *errors, const bool reads, const bool writes)
{
	if (step->data.kind == DATA_FIXED)
		KERNEL(walk)(ctx, c, step, errors, DATA_FIXED, reads, writes);
	else if (step->data.kind == DATA_RANDOM)
		KERNEL(walk)(ctx, c, step, errors, DATA_RANDOM, reads, writes);
	else
		KERNEL(walk)(ctx, c, step, errors, DATA_OWN_ADDRESS, reads, writes);
}

static void KERNEL(march_r)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	KERNEL(walk_data)(ctx, c, step, errors, true, false);
}

static void KERNEL(march_w)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	KERNEL(walk_data)(ctx, c, step, errors, false, true);
}

static void KERNEL(march_rw)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	KERNEL(walk_data)(ctx, c, step, errors, true, true);
}

static void KERNEL(march_any)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	KERNEL(walk_data)(ctx, c, step, errors, false, false);
}

static void KERNEL(march)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	static const struct {
		unsigned count;
		enum march_act acts[2];
		void (*run)(void *ctx, struct mem_chunk c, const struct march_step *step,
			struct mem_errors *errors);
	} shapes[] = {
		{1, {MARCH_READ}, KERNEL(march_r)},
		{1, {MARCH_WRITE}, KERNEL(march_w)},
		{2, {MARCH_READ, MARCH_WRITE}, KERNEL(march_rw)},
	};
	const struct march_element *element = step->element;

	for (size_t s = 0; s < ARRAY_LEN(shapes) && !step->flush; s++) {
		bool same = shapes[s].count == element->count;

		for (unsigned i = 0; same && i < element->count; i++)
			same = shapes[s].acts[i] == element->ops[i].act;
		if (same) {
			shapes[s].run(ctx, c, step, errors);
			return;
		}
	}
	KERNEL(march_any)(ctx, c, step, errors);
}
