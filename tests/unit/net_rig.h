/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A run of the network checks on the scripted network, with all that was recorded and sent kept for comparison.
 *
 * Every frame sent is inspected against what the scenario allows, not against what the program believes.
 */
#ifndef KIRIWAKE_TESTS_NET_RIG_H
#define KIRIWAKE_TESTS_NET_RIG_H

#include "core/fmt.h"
#include "host/sim_clock.h"
#include "host/sim_nic.h"
#include "nicprobe/checks.h"
#include "nicprobe/udp.h"
#include "tests/test.h"

#define RIG_NICS     4
#define RIG_FINDINGS 32

static const struct check *const rig_checks[] = {&nic_inventory_check, &nic_link_check,
	&net_listen_check, &net_dhcp_check, &net_duplicate_ip_check, &net_gateway_check,
	&net_ping_check};
#define RIG_CHECKS ARRAY_LEN(rig_checks)

struct rig_finding {
	enum finding_code code;
	enum verdict verdict;
	bool more;
	uint64_t t_ns;
	char check[24];
	char part[12];
	char fields[384]; /* "name=value name=value ", lists joined with '+' */
	char message[384];
};

struct rig {
	struct sim_clock clock;
	struct sim_net net;
	struct machine machine;
	struct nic nics[RIG_NICS];
	struct config config;
	struct inventory inventory;
	struct recorder rec;
	struct net_session session;
	struct topology topology;
	struct run run;
	unsigned pulses_left; /* until a pulse says stop */

	struct ip4 may_speak; /* the one address the scenario allows to speak from; 0: none */
	struct ip4 may_ask;   /* and another one, to ask for that in its name, and to give back */
	unsigned sent, sent_wrong;
	unsigned dhcp_sent[9]; /* by message type */
	unsigned arp_replies;  /* sent */
	char wrong[96];

	enum verdict verdicts[RIG_CHECKS];
	char whys[RIG_CHECKS][192];
	size_t finding_count;
	struct rig_finding findings[RIG_FINDINGS];
	unsigned faults;
	char notes[8192];
	char coverage[1024];
	char measures[4096]; /* "name=value name=value " */
	char series[256];    /* "name=points@last_x " */
	uint64_t took_ns;
};

static void rig_add_field(char *to, size_t cap, const struct field *f)
{
	fmt_add(to, cap, "%s=", f->name);
	if (f->kind == FIELD_TEXT)
		fmt_add(to, cap, "%s", f->text);
	else if (f->kind != FIELD_TEXTS)
		fmt_add(to, cap, "%llu", (unsigned long long)f->number);
	for (size_t i = 0; f->kind == FIELD_TEXTS && i < f->text_count; i++)
		fmt_add(to, cap, "%s%s", i > 0 ? "+" : "", f->texts[i]);
	fmt_add(to, cap, " ");
}

static void rig_hear_finding(struct rig *rig, const struct record *r)
{
	struct rig_finding *f = &rig->findings[rig->finding_count];

	if (rig->finding_count == RIG_FINDINGS)
		return;
	rig->finding_count++;
	f->code = r->u.finding.code;
	f->verdict = r->u.finding.verdict;
	f->more = r->u.finding.more;
	f->t_ns = r->t_ns;
	text_copy(f->check, sizeof(f->check), r->check ? r->check : "");
	text_copy(f->part, sizeof(f->part), r->part ? r->part : "");
	text_copy(f->message, sizeof(f->message), r->message);
	for (size_t i = 0; i < r->u.finding.field_count; i++)
		rig_add_field(f->fields, sizeof(f->fields), &r->u.finding.fields[i]);
}

static void rig_hear(void *ctx, const struct record *r)
{
	struct rig *rig = ctx;

	if (r->kind == RECORD_FINDING)
		rig_hear_finding(rig, r);
	else if (r->kind == RECORD_NOTE)
		fmt_add(rig->notes, sizeof(rig->notes), "%s\n", r->message);
	else if (r->kind == RECORD_COVERAGE)
		fmt_add(rig->coverage, sizeof(rig->coverage), "%s: %s\n", r->part, r->message);
	else if (r->kind == RECORD_MEASURE)
		fmt_add(rig->measures, sizeof(rig->measures), "%s=%llu ", r->u.measure.name,
			(unsigned long long)r->u.measure.value);
	else if (r->kind == RECORD_SERIES)
		fmt_add(rig->series, sizeof(rig->series), "%s=%zu@%llu ", r->u.series.name,
			r->u.series.count,
			(unsigned long long)r->u.series.points[r->u.series.count - 1].x);
	rig->faults += r->kind == RECORD_FAULT;
}

/* ---- what may be sent ---- */

static bool rig_is_ours(const struct rig *rig, struct ip4 ip)
{
	return ip.value != 0 && (ip4_same(ip, rig->may_speak) || ip4_same(ip, rig->may_ask));
}

static const char *rig_arp_fault(struct rig *rig, const struct eth *eth)
{
	struct arp arp;

	if (arp_read(eth->payload, &arp) != ARP_OK)
		return "broken ARP";
	rig->arp_replies += arp.op == ARP_OP_REPLY;
	if (!mac_same(arp.sender.mac, eth->src))
		return "ARP with another's MAC";
	if (arp.sender.ip.value == 0)
		return arp_kind(&arp, mac_is_group(eth->dst)) == ARP_KIND_PROBE ? NULL
										: "odd probe";
	if (ip4_same(arp.sender.ip, arp.target.ip))
		return "an announcement";
	return rig_is_ours(rig, arp.sender.ip) ? NULL : "ARP from an address that is not ours";
}

static const char *rig_ipv4_fault(struct rig *rig, const struct eth *eth)
{
	struct ipv4 ip;
	struct udp udp;
	struct dhcp m;
	struct tcp tcp;

	if (ipv4_read(eth->payload, &ip) != IPV4_OK)
		return "broken IPv4";
	if (ip.protocol == IPV4_TCP && tcp_read(&ip, &tcp) != TCP_OK)
		return "broken TCP";
	if (ip.protocol == IPV4_UDP && udp_read(&ip, &udp) != UDP_OK)
		return "broken UDP";
	if (ip.protocol == IPV4_UDP && udp.dst_port != DNS_PORT && udp.dst_port != SNMP_PORT) {
		if (dhcp_read(udp.payload, &m) != DHCP_OK)
			return "broken DHCP";
		if (!mac_same(m.client, eth->src))
			return m.type == DHCP_TYPE_DISCOVER && ip.src.value == 0 &&
					       (m.client.at[0] & 3) == 2
				       ? NULL
				       : "more than a DISCOVER from somebody made up";
		rig->dhcp_sent[m.type % ARRAY_LEN(rig->dhcp_sent)]++;
		if (m.type == DHCP_TYPE_REQUEST && !rig_is_ours(rig, m.requested))
			return "a request for an address that is not free";
		if (m.type != DHCP_TYPE_RELEASE && ip.src.value == 0)
			return NULL;
	}
	return rig_is_ours(rig, ip.src) ? NULL : "IPv4 from an address that is not ours";
}

/* From nobody, to a group, and nothing but a solicitation. */
static const char *rig_ipv6_fault(const struct eth *eth)
{
	struct icmp6 m;
	struct ipv6 ip;

	if (!ipv6_read(eth->payload, &ip) || inet_checksum(ipv6_pseudo_sum(&ip)) != 0 ||
		ip.hop_limit != IPV6_HOP_LIMIT_MAX)
		return "broken IPv6";
	if (!ip6_same(&ip.src, &ip6_none))
		return "IPv6 from an address";
	if (!ip6_is_group(&ip.dst) || !mac_same(eth->dst, ip6_group_mac(&ip.dst)))
		return "IPv6 to somebody";
	if (ip.payload.at[0] == ICMP6_ROUTER_SOLICIT)
		return ip.payload.len == 8 ? NULL : "broken router solicitation";
	return icmp6_read(&ip, &m) == ICMP6_OK && m.type == ICMP6_NEIGHBOUR_SOLICIT
		       ? NULL
		       : "other IPv6 than a solicitation";
}

/* An LLDPDU must not get past the first bridge. */
static const char *rig_lldp_fault(const struct eth *eth)
{
	static const struct mac nearest = {{0x01, 0x80, 0xc2, 0, 0, 0x0e}};
	struct switch_ports heard = {0};
	bool malformed;

	if (!mac_same(eth->dst, nearest))
		return "LLDP to another address than the nearest bridge's";
	return switch_port_hear(&heard, eth, 0, &malformed) && !malformed ? NULL : "broken LLDP";
}

static void rig_watch(void *ctx, unsigned nic, struct span frame)
{
	struct rig *rig = ctx;
	const char *fault = NULL;
	struct eth eth;

	rig->sent++;
	if (eth_read(frame, &eth) != ETH_OK || eth.tagged)
		fault = "broken frame";
	else if (!mac_same(eth.src, rig->nics[nic].mac))
		fault = "wrong source MAC";
	else if (eth.type == ETH_TYPE_ARP)
		fault = rig_arp_fault(rig, &eth);
	else if (eth.type == ETH_TYPE_IPV4)
		fault = rig_ipv4_fault(rig, &eth);
	else if (eth.type == ETH_TYPE_IPV6)
		fault = rig_ipv6_fault(&eth);
	else if (eth.type == ETH_TYPE_LLDP)
		fault = rig_lldp_fault(&eth);
	else if (eth.type != ETH_TYPE_LOCAL)
		fault = "unknown EtherType";
	if (fault != NULL && rig->sent_wrong++ == 0)
		text_copy(rig->wrong, sizeof(rig->wrong), fault);
}

/* ---- running ---- */

static bool rig_pulse(struct run *run)
{
	struct rig *rig = (struct rig *)((char *)run - offsetof(struct rig, run));

	if (rig->pulses_left == 0)
		run->stopped = true;
	else
		rig->pulses_left--;
	return !run->stopped;
}

/* `specs`: up to the first NULL. */
static void rig_init(struct rig *rig, const char *const *specs)
{
	memset(rig, 0, sizeof(*rig));
	sim_clock_init(&rig->clock, &rig->machine.clock);
	sim_net_init(&rig->net, &rig->machine.clock);
	for (; *specs != NULL; specs++)
		CHECK(sim_net_add(&rig->net, *specs), "%s", *specs);
	rig->net.watch = rig_watch;
	rig->net.watch_ctx = rig;
	rig->machine.nics = rig->nics;
	rig->machine.nic_count = sim_net_nics(&rig->net, rig->nics, RIG_NICS);
	rig->config.net_prefix = 24;
	rig->config.net_ping_pace_ns = 50 * (uint64_t)NS_PER_MS;
	rig->pulses_left = UINT32_MAX;
	recorder_init(&rig->rec, &rig->machine.clock);
	recorder_listen(&rig->rec, (struct listener){rig_hear, rig});
	rig->run = (struct run){.machine = &rig->machine,
		.topology = &rig->topology,
		.config = &rig->config,
		.rec = &rig->rec,
		.inventory = &rig->inventory,
		.net = &rig->session,
		.pulse = rig_pulse,
		.seed = 7};
}

/* One check as the suite would run it. */
static inline enum verdict rig_run_one(struct rig *rig, const struct check *check)
{
	record_check_begin(&rig->rec, check->id, check->title, check->pass_if);
	return record_check_end(&rig->rec, check->run(&rig->run));
}

/* Whether the notes, the last step's reason, or the sentence or fields of a finding have this in them. */
static inline bool rig_shows(const struct rig *rig, const char *text)
{
	bool found = strstr(rig->notes, text) != NULL || strstr(rig->rec.check_why, text) != NULL;

	for (size_t i = 0; !found && i < rig->finding_count; i++)
		found = strstr(rig->findings[i].message, text) != NULL ||
			strstr(rig->findings[i].fields, text) != NULL;
	return found;
}

static void rig_check(struct rig *rig, size_t i)
{
	rig->verdicts[i] = rig_run_one(rig, rig_checks[i]);
	text_copy(rig->whys[i], sizeof(rig->whys[i]), rig->rec.check_why);
}

/* All checks in their order, and the end of the session, twice as a careless caller might. */
static inline void rig_run(struct rig *rig)
{
	uint64_t start_ns = rig->clock.now_ns;

	for (size_t i = 0; i < RIG_CHECKS; i++)
		rig_check(rig, i);
	rig->took_ns = rig->clock.now_ns - start_ns;
	net_session_end(&rig->run);
	net_session_end(&rig->run);
	for (size_t i = 0; i < rig->machine.nic_count; i++)
		CHECK(!rig->net.nics[i].opened, "a card was not given back");
}

/* One letter per check: "PPWSFEP". */
static inline const char *rig_verdicts(const struct rig *rig)
{
	static char text[RIG_CHECKS + 1];

	for (size_t i = 0; i < RIG_CHECKS; i++)
		text[i] = verdict_name(rig->verdicts[i])[0];
	return text;
}

/* The codes of all findings in order, each once in a row: "net-loop net-storm". */
static const char *rig_codes(const struct rig *rig)
{
	static char text[512];

	text[0] = '\0';
	for (size_t i = 0; i < rig->finding_count; i++) {
		if (i == 0 || rig->findings[i].code != rig->findings[i - 1].code)
			fmt_add(text, sizeof(text), "%s%s", text[0] ? " " : "",
				finding_info(rig->findings[i].code)->code);
	}
	return text;
}

static inline void rig_print(const struct rig *rig)
{
	for (size_t i = 0; i < RIG_CHECKS; i++)
		printf("    %-16s %-5s %s\n", rig_checks[i]->id, verdict_name(rig->verdicts[i]),
			rig->whys[i]);
	for (size_t i = 0; i < rig->finding_count; i++)
		printf("    %s %s: %s [%s]\n", verdict_name(rig->findings[i].verdict),
			rig->findings[i].check, rig->findings[i].message, rig->findings[i].fields);
	printf("%s%s    %s\n", rig->notes, rig->coverage, rig->measures);
}

/* What a scenario that went wrong left on record. */
static inline void rig_explain(const struct rig *rig, const char *scenario)
{
	printf("  in scenario \"%s\": %s\n%s\n", scenario, rig->rec.check_why, rig->notes);
	for (size_t i = 0; i < rig->finding_count; i++)
		printf("    %s [%s]\n", rig->findings[i].message, rig->findings[i].fields);
}

/* The end of a scenario: nothing that was sent was wrong; if more checks than `failed` before it failed, what is on record. */
static inline void rig_finish(struct rig *rig, const char *scenario, unsigned failed)
{
	net_session_end(&rig->run);
	CHECK(rig->sent_wrong == 0, "%s", rig->wrong);
	if (failed != test_failed)
		rig_explain(rig, scenario);
}

#endif
