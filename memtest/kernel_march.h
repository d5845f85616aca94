/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* March elements over a chunk: part of the template in kernel_body.h, which includes it. Pure. */

/* (r), (w) or (r, w): the shapes that take the time. All but `kind`, `reads` and `writes` varies at run time. */
KERNEL_INLINE void KERNEL(walk)(void *ctx, struct mem_chunk c, const struct march_step *step,
	struct mem_errors *errors, const enum data_kind kind, const bool reads, const bool writes)
{
	const struct march_element *element = step->element;
	const bool downward = element->direction == MARCH_DOWN;
	const bool turns = element->ops[0].background != element->ops[reads && writes].background;
	const uint64_t first = element->ops[0].background ? UINT64_MAX : 0;
	const uint64_t turn = turns ? UINT64_MAX : 0;
	struct data_page page = DATA_PAGE_NONE;
	KERNEL_LINE data = KERNEL(data)(&step->data, kind, c.physical, first, &page);

	for (size_t n = 0; n < c.count / DATA_LINE_WORDS; n++) {
		KERNEL_VECTOR *at = KERNEL(line_at)(&c, n, downward);

		if (kind != DATA_FIXED)
			data = KERNEL(data)(
				&step->data, kind, KERNEL(physical)(&c, at), first, &page);
		if (reads)
			mem_errors_add_words(errors, KERNEL(check)(ctx, &c, at, &data, errors));
		if (writes && reads) {
			KERNEL_EACH(i)
			KERNEL_STORE(ctx, at + i, data.at[i] ^ turn);
		} else if (writes) {
			KERNEL_EACH(i)
			KERNEL_STREAM(ctx, at + i, data.at[i]);
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

/* Any element, operation by operation. */
static void KERNEL(march_any)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const struct march_element *element = step->element;
	struct data_page page = DATA_PAGE_NONE;

	for (size_t n = 0; n < c.count / DATA_LINE_WORDS; n++) {
		KERNEL_VECTOR *at = KERNEL(line_at)(&c, n, element->direction == MARCH_DOWN);
		unsigned bad = 0;

		for (unsigned o = 0; o < element->count; o++) {
			const uint64_t invert = element->ops[o].background ? UINT64_MAX : 0;
			const KERNEL_LINE data = KERNEL(data)(&step->data, step->data.kind,
				KERNEL(physical)(&c, at), invert, &page);

			if (element->ops[o].act == MARCH_READ) {
				bad |= KERNEL(check)(ctx, &c, at, &data, errors);
			} else {
				KERNEL_EACH(i)
				KERNEL_STORE(ctx, at + i, data.at[i]);
			}
			if (step->flush)
				KERNEL_FLUSH(ctx, at);
		}
		mem_errors_add_words(errors, bad);
	}
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
