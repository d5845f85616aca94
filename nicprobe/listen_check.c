/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.listen: what the network says by itself. Pure over struct nic.
 *
 * A few broadcasts with a nonce go out on each card; whoever hears it is on the same wire. Everything else is passive.
 * Pass if: no loop, no storm, nobody else with our MAC address. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/cable.h"
#include "nicprobe/checks.h"
#include "nicprobe/health.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"
#include "nicprobe/vendor.h"

#define LISTEN_QUICK_NS    (3ull * NS_PER_S)
#define LISTEN_THOROUGH_NS (30ull * NS_PER_S)
#define DRAIN_NS           (100ull * NS_PER_MS)
#define LLDP_TTL_S         120u /* IEEE 802.1AB-2016, 9.2.5.23: four times the usual interval */
#define NEIGHBOURS_NOTED   16
#define NONCES             3 /* one alone may get lost, and with it the loop or the other card */
#define WINDOW_NS          (2ull * NS_PER_MS) /* some drivers have room for four frames */
#define EMPTYING_NS        (20ull * NS_PER_MS)

/* Takes what waits in the cards, for so long at most. */
static void drain(struct run *run, uint64_t most_ns)
{
	const uint64_t end_ns = run_now_ns(run) + most_ns;

	while (net_pump(run) > 0 && run_now_ns(run) < end_ns)
		continue;
}

/* What came in while nobody listened says nothing about rates now. */
static void begin_counting(struct run *run)
{
	struct net_session *s = run->net;

	drain(run, DRAIN_NS);
	for (size_t i = 0; i < s->station_count; i++) {
		struct station *st = &s->stations[i];

		st->traffic = (struct traffic){0};
		health_read(st);
		st->missed_before = st->health.counts[NIC_MISSED];
	}
}

/* Leaves the cards alone for a moment, and takes what came then: of each that was empty before. */
static void look_through_window(struct run *run)
{
	struct net_session *s = run->net;
	uint64_t empties[NET_NICS_MAX], had[NET_NICS_MAX][TRAFFIC_CLASSES], start_ns, took_ns;
	uint16_t empty = 0;

	drain(run, EMPTYING_NS);
	for (size_t i = 0; i < s->station_count; i++)
		empties[i] = s->stations[i].traffic.empties;
	start_ns = run_now_ns(run);
	net_pump(run);
	for (size_t i = 0; i < s->station_count; i++) {
		empty |= (uint16_t)((s->stations[i].traffic.empties > empties[i]) << i);
		memcpy(had[i], s->stations[i].traffic.counts, sizeof(had[i]));
	}
	while (run_now_ns(run) - start_ns < WINDOW_NS)
		continue; /* without the firmware's timer: an emulator's cards may have to wait for that */
	net_pump(run);
	took_ns = run_now_ns(run) - start_ns;
	for (size_t i = 0; i < s->station_count; i++) {
		struct traffic *t = &s->stations[i].traffic;

		for (size_t c = 0; empty >> i & 1 && c < TRAFFIC_CLASSES; c++)
			windows_add(&t->windows[c], t->counts[c] - had[i][c], took_ns);
	}
}

/* ---- what was heard ---- */

static uint64_t per_second(uint64_t count, uint64_t took_ns)
{
	return took_ns == 0 ? 0 : count * NS_PER_S / took_ns;
}

/* Of the frames for which the card had no room, as many will have been of a class as of those that it had room for. */
static uint64_t missed(const struct station *st, enum traffic_class class)
{
	const uint64_t frames = traffic_frames(&st->traffic);
	const uint64_t count = st->health.counts[NIC_MISSED] - st->missed_before;

	return frames == 0 ? 0 : count * st->traffic.counts[class] / frames;
}

/* How many frames of a class arrive in a second at least. */
static uint64_t rate_of(const struct station *st, enum traffic_class class, uint64_t took_ns)
{
	const uint64_t counted = per_second(st->traffic.counts[class] + missed(st, class), took_ns);
	const uint64_t seen = windows_rate(&st->traffic.windows[class]);

	return seen > counted ? seen : counted;
}

/* Every host has to look at each broadcast. Of the others some streams are thousands per second by right. */
static const struct {
	const char *figure, *name;
	uint64_t storm_per_s;
} classes[TRAFFIC_CLASSES] = {
	[TRAFFIC_BROADCAST] = {"broadcast_rate", "broadcast", 1000},
	[TRAFFIC_MULTICAST] = {"multicast_rate", "multicast", 5000},
	[TRAFFIC_UNICAST] = {"foreign_unicast_rate", "foreign unicast", 5000},
};

static void tell_storm(
	struct run *run, const struct station *st, enum traffic_class class, uint64_t rate)
{
	const struct talker *top = traffic_top(&st->traffic, class);
	const uint64_t count = st->traffic.counts[class];
	const bool overrun = traffic_overruns(&st->traffic) &&
			     count > traffic_frames(&st->traffic) / 2;
	char mac[MAC_TEXT], named[VENDOR_MAC_TEXT], vendor[VENDOR_TEXT];

	if ((rate <= classes[class].storm_per_s && !overrun) || top == NULL)
		return;
	const struct field fields[] = {FIELD_STR("nic", st->nic->id), FIELD_NUM("rate", rate),
		FIELD_STR("mac", mac_text(mac, top->mac)),
		FIELD_STR("vendor", vendor_of(top->mac, vendor)), FIELD_NUM("count", count)};

	record_finding(run->rec, FINDING_NET_STORM, NULL, fields, ARRAY_LEN(fields),
		"At least %llu %s frames per second arrive on %s%s, most of them from %s.",
		(unsigned long long)rate, classes[class].name, st->nic->id,
		overrun ? ", and more than its driver can take" : "",
		vendor_mac_text(named, top->mac));
}

static void measure_card(struct run *run, struct station *st, uint64_t took_ns)
{
	const struct traffic *t = &st->traffic;
	char vlans[VLANS_NAMED * 6 + 16];

	health_read(st);
	for (size_t i = 0; i < TRAFFIC_CLASSES; i++) {
		const enum traffic_class class = (enum traffic_class)i;
		const uint64_t rate = rate_of(st, class, took_ns);

		record_measure(run->rec, st->nic->id, classes[class].figure, rate, 0, "frames/s");
		tell_storm(run, st, class, rate);
	}
	if (t->malformed > 0)
		record_note(run->rec, st->nic->id, "%llu malformed frames on %s.",
			(unsigned long long)t->malformed, st->nic->id);
	if (t->tagged > 0)
		record_note(run->rec, st->nic->id,
			"%llu frames with a VLAN tag on %s (VLAN %s); they were not looked into.",
			(unsigned long long)t->tagged, st->nic->id,
			traffic_vlans(t, vlans, sizeof(vlans)));
}

static void note_same_lan(struct run *run)
{
	const struct net_session *s = run->net;

	for (unsigned i = 0; i < s->station_count; i++) {
		for (unsigned j = i + 1; j < s->station_count; j++) {
			if (s->stations[i].hears >> j & 1 || s->stations[j].hears >> i & 1)
				record_note(run->rec, NULL, "%s and %s are on the same LAN.",
					net_id(s, i), net_id(s, j));
		}
	}
}

static void note_neighbours(struct run *run)
{
	const struct net_session *s = run->net;
	char ip[IP4_TEXT], mac[VENDOR_MAC_TEXT];

	for (size_t i = 0; i < s->neighbours.count && i < NEIGHBOURS_NOTED; i++) {
		const struct neighbour *n = &s->neighbours.at[i];

		record_note(run->rec, NULL, "Heard on %s: %s is at %s.", net_id(s, n->nic),
			ip4_text(ip, n->peer.ip), vendor_mac_text(mac, n->peer.mac));
	}
}

static void conclude(struct run *run, uint64_t took_ns)
{
	struct net_session *s = run->net;
	char duration[FMT_SIZE];
	uint64_t frames = 0;

	for (size_t i = 0; i < s->station_count; i++) {
		if (!s->stations[i].opened)
			continue;
		measure_card(run, &s->stations[i], took_ns);
		net_note_switch(run, &s->stations[i]);
		frames += traffic_frames(&s->stations[i].traffic);
	}
	note_same_lan(run);
	note_neighbours(run);
	record_why(run->rec,
		"listened for %s: %llu frames, %zu owners of addresses, %zu addresses asked for",
		fmt_duration(duration, took_ns), (unsigned long long)frames, s->neighbours.count,
		s->targets.count);
}

static enum verdict listen(struct run *run)
{
	uint64_t listen_ns = config_thorough(run->config) ? LISTEN_THOROUGH_NS : LISTEN_QUICK_NS;
	enum verdict verdict = SKIP;
	uint64_t start_ns, now_ns;
	unsigned nonces = 0;
	bool go_on = true;

	if (!net_ready(run))
		return SKIP;
	begin_counting(run);
	start_ns = run_now_ns(run);
	net_send_lldp(run, LLDP_TTL_S);
	for (now_ns = start_ns; go_on && now_ns < start_ns + listen_ns; now_ns = run_now_ns(run)) {
		if (now_ns - start_ns >= listen_ns / NONCES * nonces) {
			net_send_nonces(run);
			nonces++;
		}
		look_through_window(run);
		go_on = net_wait(run, now_ns + listen_ns / WINDOWS_MAX);
	}
	if (go_on) {
		conclude(run, run_now_ns(run) - start_ns);
		verdict = net_usable(run->net) != 0 ? PASS : SKIP;
	} else {
		record_why(run->rec, "stopped before the listening time was over");
	}
	tell_new(run);
	return verdict;
}

const struct check net_listen_check = {
	.id = "net.listen",
	.title = "What the network says by itself",
	.pass_if =
		"no frame of ours comes back, nobody else uses our MAC address, and no more than 1000 broadcast "
		"frames, 5000 multicast frames or 5000 frames for others arrive per second, nor more than the driver can take",
	.need = NEED_NIC,
	.run = listen,
};
