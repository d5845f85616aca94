/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The split of memory by node, and the nodes' speeds compared. Pure. See nodes.h. */
#include "memtest/nodes.h"
#include "core/fmt.h"
#include "core/text.h"

#define COMPARED_NS_MIN 50000000u
#define COMPARED_MIN    10
#define SLOW_CHECKS     2
#define CPU_LIST_TEXT   160
#define NAME_TEXT       24

/* ---- who is where ---- */

static bool some_cpu_is_known(const struct topology *topology, unsigned workers)
{
	for (unsigned w = 0; w < workers; w++) {
		if (topology->cpu_nodes[w] < topology->node_count)
			return true;
	}
	return false;
}

static uint16_t home_of(const struct mem_plan *plan, uint16_t node)
{
	for (size_t s = 0; s < plan->stretch_count && node != NODE_UNKNOWN; s++) {
		if (plan->stretches[s].node == node)
			return (uint16_t)s;
	}
	return NO_HOME;
}

void nodes_split(struct mem_plan *plan, const struct topology *topology, unsigned workers,
	uint16_t ret_homes[MEM_PARTS_MAX])
{
	const bool split = workers > 1 && topology->node_count > 1 &&
			   some_cpu_is_known(topology, workers);

	if (split)
		plan_by_node(plan, topology);
	for (unsigned w = 0; w < workers; w++)
		ret_homes[w] = split ? home_of(plan, topology->cpu_nodes[w]) : 0;
}

/* As the firmware numbers it. */
static unsigned name_of(const struct run *run, uint16_t node)
{
	return run->topology->node_names[node];
}

/* "0-15, 32-47": the workers whose home is `home`; returns how many. */
static unsigned list_cpus(
	char buf[CPU_LIST_TEXT], const uint16_t *homes, unsigned workers, size_t home)
{
	unsigned count = 0;

	buf[0] = '\0';
	for (unsigned w = 0; w < workers; w++) {
		const unsigned first = w;

		if (homes[w] != home)
			continue;
		while (w + 1 < workers && homes[w + 1] == home)
			w++;
		fmt_add(buf, CPU_LIST_TEXT, "%s%u", count > 0 ? ", " : "", first);
		if (w > first)
			fmt_add(buf, CPU_LIST_TEXT, "-%u", w);
		count += w - first + 1;
	}
	return count;
}

void nodes_note(
	struct run *run, const struct mem_plan *plan, const uint16_t *homes, unsigned workers)
{
	char cpus[CPU_LIST_TEXT], bytes[FMT_SIZE], name[NAME_TEXT];
	unsigned count;

	if (plan->stretch_count == 0 || plan->nodes[0] == NODE_UNKNOWN)
		return;
	for (size_t s = 0; s < plan->stretch_count; s++) {
		const struct mem_stretch *stretch = &plan->stretches[s];

		text_copy(name, sizeof(name), "in no node");
		if (stretch->node != NODE_UNKNOWN)
			fmt_to(name, sizeof(name), "of node %u", name_of(run, stretch->node));
		count = list_cpus(cpus, homes, workers, s);
		if (count == 0)
			text_copy(cpus, sizeof(cpus), "that are through with their own");
		record_note(run->rec, PART_ID_MEMORY, "%s %s are tested by CPU%s %s",
			fmt_bytes(bytes, interval_bytes(stretch->line)), name,
			count == 1 ? "" : "s", cpus);
	}
	count = list_cpus(cpus, homes, workers, NO_HOME);
	if (count > 0)
		record_note(run->rec, PART_ID_MEMORY,
			"help for the others, with no memory of their own to test: CPU%s %s",
			count == 1 ? "" : "s", cpus);
}

/* ---- a slice ---- */

/* One stretch in one slice. */
struct node_slice {
	bool comparable;
	unsigned cpus;    /* that worked on it; 0: not measured */
	uint64_t bytes;   /* of all pieces */
	uint64_t time_ns; /* of its CPUs on average */
};

/* Only its own CPUs worked on it, and all of them; or it has none. */
static struct node_slice measure(
	const uint16_t *homes, const struct mem_deal *deal, const uint64_t *own_ns, size_t stretch)
{
	struct node_slice sum = {0};
	unsigned at_home = 0, here = 0;

	for (unsigned w = 0; w < deal->workers; w++) {
		const uint64_t bytes = interval_bytes(deal->pieces[w]);

		at_home += homes[w] == stretch;
		if (deal->shares[w].stretch != stretch || bytes == 0)
			continue;
		here += homes[w] == stretch;
		sum.cpus++;
		sum.bytes += bytes;
		sum.time_ns += own_ns[w];
	}
	if (sum.cpus == 0 || (at_home > 0 && (here < at_home || here < sum.cpus)))
		return (struct node_slice){0};
	sum.time_ns /= sum.cpus;
	sum.comparable = at_home > 0 && sum.time_ns >= COMPARED_NS_MIN;
	return sum;
}

/* Of its memory, all CPUs together. */
static uint64_t bytes_per_ms(const struct node_slice *s)
{
	return s->bytes / (s->time_ns / 1000000);
}

/* The upper one of an even count. Sorts the values; count > 0. */
static uint64_t median(uint64_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = i; j > 0 && values[j - 1] > values[j]; j--) {
			const uint64_t swap = values[j];

			values[j] = values[j - 1];
			values[j - 1] = swap;
		}
	}
	return values[count / 2];
}

static void compare(struct node_speed *speeds, const struct node_slice *slices, size_t count)
{
	uint64_t all[PLAN_STRETCHES_MAX], each[PLAN_STRETCHES_MAX], all_median, each_median;
	size_t compared = 0;

	for (size_t s = 0; s < count; s++) {
		if (!slices[s].comparable)
			continue;
		all[compared] = bytes_per_ms(&slices[s]);
		each[compared++] = bytes_per_ms(&slices[s]) / slices[s].cpus;
	}
	if (compared < 2)
		return;
	all_median = median(all, compared);
	each_median = median(each, compared);
	for (size_t s = 0; s < count; s++) {
		if (!slices[s].comparable)
			continue;
		speeds[s].compared++;
		speeds[s].behind += bytes_per_ms(&slices[s]) < all_median / 2 &&
				    bytes_per_ms(&slices[s]) / slices[s].cpus < each_median / 2;
	}
}

void nodes_learn(struct node_speed *speeds, const struct mem_plan *plan, const uint16_t *homes,
	const struct mem_deal *deal, const uint64_t *own_ns, unsigned ops)
{
	struct node_slice slices[PLAN_STRETCHES_MAX];

	for (size_t s = 0; s < plan->stretch_count; s++) {
		slices[s] = measure(homes, deal, own_ns, s);
		speeds[s].traffic += slices[s].bytes * ops;
		speeds[s].time_ns += slices[s].time_ns;
	}
	compare(speeds, slices, plan->stretch_count);
}

/* ---- a check ---- */

void nodes_begin(struct node_speed *speeds, size_t count)
{
	for (size_t s = 0; s < count; s++)
		speeds[s] = (struct node_speed){
			.slow_checks = speeds[s].slow_checks, .told = speeds[s].told};
}

static uint64_t mb_per_s(const struct node_speed *speed)
{
	return speed->time_ns < 1000 ? 0 : speed->traffic / (speed->time_ns / 1000);
}

/* The median of the nodes that were compared with it. */
static uint64_t others_mb_per_s(const struct node_speed *speeds, size_t count, size_t but)
{
	uint64_t values[PLAN_STRETCHES_MAX] = {0};
	size_t others = 0;

	for (size_t s = 0; s < count; s++) {
		if (s != but && speeds[s].compared > 0)
			values[others++] = mb_per_s(&speeds[s]);
	}
	return median(values, others > 0 ? others : 1);
}

static void tell_slow(struct run *run, unsigned node, uint64_t speed_mbs, uint64_t others_mbs)
{
	const struct field fields[] = {FIELD_NUM("node", node), FIELD_NUM("speed_mbs", speed_mbs),
		FIELD_NUM("others_mbs", others_mbs)};

	record_finding(run->rec, FINDING_MEM_SLOW_NODE, PART_ID_MEMORY, fields, ARRAY_LEN(fields),
		"The memory of node %u moved %llu MB/s for its own CPUs, that of the other nodes %llu "
		"MB/s, in two checks in a row.",
		node, (unsigned long long)speed_mbs, (unsigned long long)others_mbs);
}

/* Whether a check can tell, and what it tells. */
static void judge(struct node_speed *speed)
{
	if (speed->compared < COMPARED_MIN)
		return;
	if (speed->behind >= speed->compared - speed->compared / 10)
		speed->slow_checks++;
	else
		speed->slow_checks = 0;
}

void nodes_conclude(struct run *run, struct node_speed *speeds, const struct mem_plan *plan)
{
	char name[NAME_TEXT];

	if (plan->stretch_count < 2)
		return;
	for (size_t s = 0; s < plan->stretch_count; s++) {
		const uint16_t node = plan->stretches[s].node;

		judge(&speeds[s]);
		if (node == NODE_UNKNOWN || mb_per_s(&speeds[s]) == 0)
			continue;
		fmt_to(name, sizeof(name), "speed_node%u", name_of(run, node));
		record_measure(run->rec, PART_ID_MEMORY, name, mb_per_s(&speeds[s]), 0, "MB/s");
		if (speeds[s].slow_checks < SLOW_CHECKS || speeds[s].told)
			continue;
		speeds[s].told = true;
		tell_slow(run, name_of(run, node), mb_per_s(&speeds[s]),
			others_mb_per_s(speeds, plan->stretch_count, s));
	}
}
