/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Counting frames by class and time, and the senders that talk most. Pure. See traffic.h. */
#include "nicprobe/traffic.h"
#include "core/fmt.h"

/* An idle card is asked thousands of times a second. */
#define OVERRUN_MIN              100
#define OVERRUN_FRAMES_PER_EMPTY 4

static void count_talker(struct traffic *t, struct mac mac)
{
	struct talker *least = &t->talkers[0];

	for (size_t i = 0; i < t->talker_count; i++) {
		if (mac_same(t->talkers[i].mac, mac)) {
			t->talkers[i].count++;
			return;
		}
		if (t->talkers[i].count < least->count)
			least = &t->talkers[i];
	}
	if (t->talker_count < TALKERS_MAX) {
		t->talkers[t->talker_count++] = (struct talker){mac, 1};
	} else {
		least->mac = mac;
		least->count++;
	}
}

void traffic_count(struct traffic *t, const struct eth *frame, bool ours)
{
	if (mac_same(frame->dst, mac_broadcast)) {
		t->broadcast++;
		count_talker(t, frame->src);
	} else if (mac_is_group(frame->dst)) {
		t->multicast++;
	} else if (ours) {
		t->unicast_ours++;
	} else {
		t->unicast_other++;
	}
	t->tagged += frame->vlan != 0;
	if (frame->vlan != 0)
		t->vlans[frame->vlan / 8] |= (uint8_t)(1u << frame->vlan % 8);
}

uint64_t traffic_frames(const struct traffic *t)
{
	return t->broadcast + t->multicast + t->unicast_ours + t->unicast_other;
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

const struct talker *traffic_top(const struct traffic *t)
{
	const struct talker *top = NULL;

	for (size_t i = 0; i < t->talker_count; i++) {
		if (top == NULL || t->talkers[i].count > top->count)
			top = &t->talkers[i];
	}
	return top;
}
