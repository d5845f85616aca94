/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Counting frames by class and time, and the senders that talk most. Pure. See traffic.h. */
#include "nicprobe/traffic.h"
#include "core/fmt.h"

/* An idle card is asked thousands of times a second. */
#define OVERRUN_MIN              100
#define OVERRUN_FRAMES_PER_EMPTY 4

static void count_talker(struct traffic *t, enum traffic_class class, struct mac mac)
{
	struct talker *talkers = t->talkers[class], *least = talkers;
	size_t *count = &t->talker_counts[class];

	for (size_t i = 0; i < *count; i++) {
		if (mac_same(talkers[i].mac, mac)) {
			talkers[i].count++;
			return;
		}
		if (talkers[i].count < least->count)
			least = &talkers[i];
	}
	if (*count < TALKERS_MAX) {
		talkers[(*count)++] = (struct talker){mac, 1};
	} else {
		least->mac = mac;
		least->count++;
	}
}

void traffic_count(struct traffic *t, const struct eth *frame, bool ours)
{
	const enum traffic_class class = mac_same(frame->dst, mac_broadcast) ? TRAFFIC_BROADCAST
					 : mac_is_group(frame->dst)          ? TRAFFIC_MULTICAST
									     : TRAFFIC_UNICAST;

	if (ours && class == TRAFFIC_UNICAST) {
		t->unicast_ours++;
	} else {
		t->counts[class]++;
		count_talker(t, class, frame->src);
	}
	t->tagged += frame->vlan != 0;
	if (frame->vlan != 0)
		t->vlans[frame->vlan / 8] |= (uint8_t)(1u << frame->vlan % 8);
}

uint64_t traffic_frames(const struct traffic *t)
{
	uint64_t sum = t->unicast_ours;

	for (size_t i = 0; i < TRAFFIC_CLASSES; i++)
		sum += t->counts[i];
	return sum;
}

bool traffic_overruns(const struct traffic *t)
{
	const uint64_t frames = traffic_frames(t);

	return frames >= OVERRUN_MIN && t->empties < frames / OVERRUN_FRAMES_PER_EMPTY;
}

#define NS_IN_S 1000000000u

void windows_add(struct windows *w, uint64_t frames, uint64_t took_ns)
{
	const uint64_t rate = frames * NS_IN_S / took_ns;

	if (w->count < WINDOWS_MAX)
		w->rates[w->count++] = rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
}

uint64_t windows_rate(const struct windows *w)
{
	uint32_t best = 0;

	for (size_t i = 0; w->count >= WINDOWS_MIN && i < w->count; i++) {
		size_t reached = 0;

		for (size_t j = 0; j < w->count; j++)
			reached += w->rates[j] >= w->rates[i];
		if (reached > w->count / 2 && w->rates[i] > best)
			best = w->rates[i];
	}
	return best;
}

const char *traffic_vlans(const struct traffic *t, char *buf, size_t cap)
{
	unsigned seen = 0;

	buf[0] = '\0';
	for (unsigned id = 1; id < VLANS_MAX; id++) {
		if ((t->vlans[id / 8] >> id % 8 & 1) && seen++ < VLANS_NAMED)
			fmt_add(buf, cap, "%s%u", seen > 1 ? ", " : "", id);
	}
	if (seen > VLANS_NAMED)
		fmt_add(buf, cap, " and %u more", seen - VLANS_NAMED);
	return buf;
}

const struct talker *traffic_top(const struct traffic *t, enum traffic_class class)
{
	const struct talker *talkers = t->talkers[class], *top = NULL;

	for (size_t i = 0; i < t->talker_counts[class]; i++) {
		if (top == NULL || talkers[i].count > top->count)
			top = &talkers[i];
	}
	return top;
}
