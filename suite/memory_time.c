/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How long the memory tests will take, told as soon as one of them has measured how fast memory is.
 *
 * Pure. Every check says beforehand how much it moves; that others are faster or slower than the one that measured, most
 *       of all those that empty the caches after every operation, makes it a rough figure.
 */
#include "core/fmt.h"
#include "suite/catalogue.h"
#include "suite/state.h"

#define MEASURED_NS UINT64_C(2000000000) /* of work, before its speed is believed */

/* Of all selected checks that can tell; *ret_untold is the number of the others. Returns how many there are. */
static unsigned sum_up(const struct config *config, struct mem_effort *ret, unsigned *ret_untold)
{
	unsigned told = 0;

	*ret_untold = 0;
	*ret = (struct mem_effort){0};
	for (size_t i = 0; i < catalogue_count; i++) {
		struct mem_effort effort;

		if ((catalogue[i]->need & NEED_RAM) == 0 ||
			!catalogue_selects(config, catalogue[i]))
			continue;
		if (mem_effort(catalogue[i], config, &effort)) {
			ret->ops += effort.ops;
			ret->rests_ns += effort.rests_ns;
			told++;
		} else {
			++*ret_untold;
		}
	}
	return told + *ret_untold;
}

void tell_memory_time(struct suite *s)
{
	const struct mem_work *work = &s->mem.work;
	char time[FMT_SIZE], more[64] = "";
	struct mem_effort effort;
	uint64_t per_ms, ns;
	unsigned untold;

	if (s->memory_time_told || work->busy_ns < MEASURED_NS)
		return;
	s->memory_time_told = true;
	per_ms = work->traffic / (work->busy_ns / 1000000);
	if (sum_up(&s->config, &effort, &untold) < 2 || per_ms == 0)
		return;
	ns = s->mem.plan.bytes * effort.ops / per_ms * 1000000 + effort.rests_ns;
	if (untold > 0)
		fmt_to(more, sizeof(more), ", and %u of them an unknown time more", untold);
	record_note(&s->rec, PART_ID_MEMORY,
		"at %llu MB/s the memory tests of a pass take about %s in all%s",
		(unsigned long long)(per_ms / 1000), fmt_duration(time, ns), more);
}
