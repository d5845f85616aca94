/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the echoes of net.ping come to: figures, findings, the sentence at the end. Pure. See ping.h. */
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/ping.h"

#define LOSS_FAIL_COUNT   2 /* one lost packet may be chance: a warning */
#define LOSS_FAIL_PER_100 2
#define DATA_FIELDS       3 /* of a damaged reply: offset, expected, actual */

static void measure(struct run *run, const struct echo_series *e, const char *name)
{
	const struct {
		const char *name, *unit;
		uint64_t value;
		unsigned decimals;
	} figures[] = {
		{"sent", "1", e->sent, 0},
		{"received", "1", e->received, 0},
		{"loss", "%", (uint64_t)(e->sent - e->received) * 1000 / e->sent, 1},
		{"duplicates", "1", e->duplicates, 0},
		{"late", "1", e->late, 0},
		{"reordered", "1", e->reordered, 0},
		{"corrupt", "1", e->corrupt, 0},
		{"rtt_min", "ms", e->rtt_min_us, 3},
		{"rtt_avg", "ms", echo_mean_us(e), 3},
		{"rtt_max", "ms", e->rtt_max_us, 3},
		{"rtt_p50", "ms", histogram_percentile(e->times, 50000), 3},
		{"rtt_p90", "ms", histogram_percentile(e->times, 90000), 3},
		{"rtt_p95", "ms", histogram_percentile(e->times, 95000), 3},
		{"rtt_p99", "ms", histogram_percentile(e->times, 99000), 3},
		{"rtt_mdev", "ms", echo_mdev_us(e), 3},
	};
	char full[32];

	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		if (e->received == 0 && figures[i].decimals == 3)
			continue; /* no reply, no times */
		fmt_to(full, sizeof(full), "%s.%s", name, figures[i].name);
		record_measure(run->rec, net_id(run->net, e->nic), full, figures[i].value,
			figures[i].decimals, figures[i].unit);
	}
	fmt_to(full, sizeof(full), "%s.ping-rtt", name);
	record_series(run->rec, net_id(run->net, e->nic), full, "ns", "ms", 3, e->curve->at,
		e->curve->count);
}

/* One device on this network may filter long pings; whoever was named as a peer is expected to answer them. */
static void tell_hole(struct run *run, const struct echo_series *e)
{
	const size_t headers = IPV4_HEADER_BYTES + ICMP_HEADER_BYTES;
	const size_t full = echo_data_bytes(e, ECHO_LARGEST) + headers;
	const size_t passed = e->passed_bytes + headers;
	char ip[IP4_TEXT], by[IP4_TEXT];
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, e->ip)),
		FIELD_STR("nic", net_id(run->net, e->nic)), FIELD_NUM("mtu_passed", passed)};

	if (e->told)
		record_note(run->rec, net_id(run->net, e->nic),
			"Packets of up to %zu bytes reach %s; %s refuses longer ones, as it should, and names %u bytes.",
			passed, ip, ip4_text(by, e->told_by), e->told_mtu);
	else
		record_finding_as(run->rec, FINDING_NET_MTU_HOLE,
			ip4_same(e->ip, run->config->net_peer) ? FAIL : WARN, NULL, fields,
			ARRAY_LEN(fields),
			"Packets of %zu bytes that must not be fragmented vanish on the way to %s and back, and nobody says why; those of up to %zu pass.",
			full, ip, passed);
}

static void tell_loss(struct run *run, const struct echo_series *e)
{
	const uint64_t missed = ping_missed(run, e) - e->missed_before;
	const bool direct = address_is_direct(&run->net->address, e->ip);
	unsigned sent, lost;
	char ip[IP4_TEXT];

	echo_count_up_to(e, e->has_hole ? e->passed_bytes : SIZE_MAX, &sent, &lost);
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, e->ip)),
		FIELD_STR("nic", net_id(run->net, e->nic)), FIELD_NUM("count", lost),
		FIELD_NUM("sent", sent)};
	const bool many = lost >= LOSS_FAIL_COUNT && lost * 100 > sent * LOSS_FAIL_PER_100 &&
			  lost > missed;

	if (e->has_hole)
		tell_hole(run, e);
	if (lost == 0)
		return;
	if (e->received == 0 && direct)
		record_finding_as(run->rec, FINDING_NET_PACKET_LOSS, WARN, NULL, fields,
			ARRAY_LEN(fields),
			"%s answers ARP but none of %u echo requests; perhaps it filters ping.", ip,
			sent);
	else
		record_finding_as(run->rec, FINDING_NET_PACKET_LOSS, many ? FAIL : WARN, NULL,
			fields, ARRAY_LEN(fields), "%u of %u echo requests to %s were lost%s.",
			lost, sent, ip,
			lost <= missed
				? "; the card had no room for as many frames meanwhile, and the answers may be among them"
				: "");
}

static void note_odd_replies(struct run *run, const struct echo_series *e)
{
	char ip[IP4_TEXT];

	ip4_text(ip, e->ip);
	if (e->reordered > 0)
		record_note(run->rec, net_id(run->net, e->nic),
			"%u of %u echo replies from %s came after the reply to a later request.",
			e->reordered, e->received, ip);
	if (e->duplicates > 0)
		record_note(run->rec, net_id(run->net, e->nic),
			"%u echo replies from %s came once more: two devices answer, or something on the way doubles packets.",
			e->duplicates, ip);
	if (e->late > 0)
		record_note(run->rec, net_id(run->net, e->nic),
			"%u of %u echo replies from %s took more than a second.", e->late,
			e->received, ip);
}

static void tell_corrupt(struct run *run, const struct echo_series *e)
{
	char ip[IP4_TEXT], mac[MAC_TEXT], where[64] = "in its header";
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, e->ip)),
		FIELD_STR("mac", mac_text(mac, e->next_hop)),
		FIELD_STR("nic", net_id(run->net, e->nic)), FIELD_NUM("count", e->corrupt),
		FIELD_NUM("offset", e->first_bad.offset),
		FIELD_ADDRESS("expected", e->first_bad.expected),
		FIELD_ADDRESS("actual", e->first_bad.actual)};

	if (e->corrupt == 0)
		return;
	if (!e->first_bad.in_header)
		fmt_to(where, sizeof(where), "at byte %zu of its data: 0x%02x instead of 0x%02x",
			e->first_bad.offset, e->first_bad.actual, e->first_bad.expected);
	record_finding(run->rec, FINDING_NET_PACKET_CORRUPT, NULL, fields,
		ARRAY_LEN(fields) - (e->first_bad.in_header ? DATA_FIELDS : 0),
		"%u of %u echo replies from %s came back changed; the first %s.", e->corrupt,
		e->received, ip, where);
}

static void cover(struct run *run, const struct echo_series *e)
{
	char ip[IP4_TEXT], what[96];

	fmt_to(what, sizeof(what), "%u of %u echoes to %s came back byte-exact",
		e->received - e->corrupt, e->sent, ip4_text(ip, e->ip));
	record_coverage(run->rec, net_id(run->net, e->nic), "%s", what);
	record_coverage(run->rec, PART_ID_NETWORK, "%s", what);
}

enum verdict ping_conclude(struct run *run)
{
	enum verdict verdict = SKIP;
	char why[160] = "", ip[IP4_TEXT], mean[FMT_SIZE];

	for (size_t i = 0; i < ECHO_SERIES_MAX; i++) {
		const struct echo_series *e = &run->net->echoes[i];

		if (!e->active || e->sent == 0)
			continue;
		measure(run, e, ping_names[i]);
		note_odd_replies(run, e);
		tell_loss(run, e);
		tell_corrupt(run, e);
		if (e->received > 0) {
			cover(run, e);
			verdict = PASS;
		}
		fmt_add(why, sizeof(why), "%s%u of %u echoes to %s %s returned, %s ms on average",
			why[0] ? "; " : "", e->received, e->sent, ping_names[i],
			ip4_text(ip, e->ip), fmt_decimal(mean, echo_mean_us(e), 3));
	}
	record_why(run->rec, "%s", why[0] ? why : "no echo request could be sent");
	return verdict;
}
