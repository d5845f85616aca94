/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Counting frames by class, and the senders that talk most. Pure. See traffic.h. */
#include "nicprobe/traffic.h"

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
}

uint64_t traffic_frames(const struct traffic *t)
{
	return t->broadcast + t->multicast + t->unicast_ours + t->unicast_other;
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
