/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.ping: echoes to the gateway and to net.peer, counted, timed and compared byte by byte. Pure over struct nic.
 *
 * Spec.    RFC 792.
 * Pass if: every request is answered with exactly its bytes. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/checks.h"
#include "nicprobe/health.h"
#include "nicprobe/ping.h"
#include "nicprobe/tell.h"

#define COUNT_QUICK     20
#define COUNT_THOROUGH  100
#define LAST_WAIT_NS    (2ull * NS_PER_S)
#define WARM_UPS        3
#define WARM_UP_WAIT_NS (500ull * NS_PER_MS)

static const struct resolve_plan plan = {3ull * NS_PER_S, 1ull * NS_PER_S, 0};

const char *const ping_names[ECHO_SERIES_MAX] = {"gateway", "peer"};

/* ---- setting up ---- */

/* Readies a series to `ip`. A host in our subnet is asked for directly, any other reached through the gateway. */
static bool begin_series(struct run *run, unsigned index, struct ip4 ip)
{
	struct net_session *s = run->net;
	const struct net_address *a = &s->address;
	size_t frame_max = s->stations[a->nic].nic->max_frame_bytes;
	struct echo_series *e = &s->echoes[index];
	char text[IP4_TEXT];
	struct mac mac;

	if (frame_max > ETH_FRAME_MAX)
		frame_max = ETH_FRAME_MAX;
	if (!address_way(run, ip, &plan, &mac)) {
		record_note(run->rec, NULL, "No echoes to %s %s: no MAC address to send them to.",
			ping_names[index], ip4_text(text, ip));
		return false;
	}
	*e = (struct echo_series){.active = true,
		.ip = ip,
		.next_hop = mac,
		.nic = a->nic,
		.id = (uint16_t)rng_next(&s->rng),
		.seed = rng_next(&s->rng),
		.data_max = frame_max - ETH_HEADER_BYTES - IPV4_HEADER_BYTES - ICMP_HEADER_BYTES};
	return true;
}

static void tell_peer_silent(struct run *run)
{
	char ip[IP4_TEXT];
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, run->config->net_peer)),
		FIELD_STR("nic", net_id(run->net, run->net->address.nic))};

	record_finding_as(run->rec, FINDING_NET_PACKET_LOSS, WARN, NULL, fields, ARRAY_LEN(fields),
		"net.peer %s cannot be reached: nobody answers ARP for it.", ip);
}

/* Readies all series there is a host for. Returns how many. */
static size_t begin(struct run *run)
{
	struct net_session *s = run->net;
	const struct net_address *a = &s->address;
	struct ip4 peer = run->config->net_peer;
	size_t count = 0;

	memset(s->echoes, 0, sizeof(s->echoes));
	memset(s->echo_times, 0, sizeof(s->echo_times));
	memset(s->echo_curves, 0, sizeof(s->echo_curves));
	if (a->gateway.value != 0 && !ip4_same(a->gateway, a->ip))
		count += begin_series(run, TO_GATEWAY, a->gateway);
	if (peer.value == 0 || ip4_same(peer, a->gateway) || ip4_same(peer, a->ip) || run->stopped)
		return count;
	if (begin_series(run, TO_PEER, peer))
		count++;
	else if (address_on_link(a, peer) && address_usable(s))
		tell_peer_silent(run);
	return count;
}

/* ---- sending ---- */

void ping_send(struct run *run, struct echo_series *e)
{
	struct net_session *s = run->net;
	uint8_t *at = net_ipv4_payload(s);
	struct icmp_echo echo = {.type = ICMP_ECHO_REQUEST, .id = e->id, .seq = (uint16_t)e->sent};
	size_t len = echo_data_bytes(e, e->sent);

	echo.data = (struct span){at + ICMP_HEADER_BYTES, len};
	echo_fill(e, e->sent, at + ICMP_HEADER_BYTES);
	icmp_echo_write(at, &echo);
	e->slots[e->sent % ECHO_SLOTS] = (struct echo_slot){.sent_ns = run_now_ns(run)};
	e->sent++; /* first: the reply may be there before send() returns */
	if (!net_send_ipv4(run, e->nic, e->next_hop, s->address.ip, e->ip, IPV4_ICMP,
		    ICMP_HEADER_BYTES + len))
		e->sent--;
}

bool ping_any_answered(struct run *run, void *arg)
{
	const struct echo_series *e = arg;

	(void)run;
	return e->received > 0;
}

static bool all_answered(struct run *run, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < ECHO_SERIES_MAX; i++) {
		if (run->net->echoes[i].received < run->net->echoes[i].sent)
			return false;
	}
	return true;
}

uint64_t ping_missed(struct run *run, const struct echo_series *e)
{
	struct station *st = &run->net->stations[e->nic];

	health_read(st);
	return st->health.counts[NIC_MISSED];
}

/* Routers may drop what they have no MAC address for yet. One echo per series comes back before counting begins, or is
 * given up. False: stopped, or the address was lost. */
static bool warm_up(struct run *run)
{
	struct net_session *s = run->net;

	for (size_t i = 0; i < ECHO_SERIES_MAX; i++) {
		struct echo_series *e = &s->echoes[i], counted = *e;

		for (unsigned n = 0; e->active && e->received == 0 && n < WARM_UPS; n++) {
			if (!address_usable(s))
				return false;
			ping_send(run, e);
			if (!net_wait_for(
				    run, run_now_ns(run) + WARM_UP_WAIT_NS, ping_any_answered, e))
				return false;
		}
		if (e->received > 0 && e->sent > 1)
			record_note(run->rec, NULL,
				"The first echoes to %s got no answer within half a second; they are not counted.",
				ping_names[i]);
		*e = counted;
		e->missed_before = ping_missed(run, e);
		e->times = &s->echo_times[i];
		e->curve = &s->echo_curves[i];
		e->curve->start_ns = run->rec->check_start_ns;
		e->id++; /* what comes back late is of the warm-up */
	}
	return true;
}

/* False: stopped, or the address was lost. */
static bool exchange(struct run *run, unsigned count)
{
	struct net_session *s = run->net;

	for (unsigned n = 0; n < count; n++) {
		uint64_t start_ns = run_now_ns(run);

		if (!address_usable(s))
			return false;
		for (size_t i = 0; i < ECHO_SERIES_MAX; i++) {
			if (s->echoes[i].active)
				ping_send(run, &s->echoes[i]);
		}
		if (!net_wait(run, start_ns + run->config->net_ping_pace_ns))
			return false;
	}
	return net_wait_for(run, run_now_ns(run) + LAST_WAIT_NS, all_answered, NULL);
}

/* ---- the check ---- */

/* A host behind the gateway, reached over hops that can be told apart. */
static bool is_far(const struct net_address *a, const struct echo_series *e)
{
	return e->active && !address_is_direct(a, e->ip);
}

/* What the counts alone leave open: how long a packet may be, and which hop loses some. */
static void look_closer(struct run *run)
{
	struct net_session *s = run->net;

	for (size_t i = 0; i < ECHO_SERIES_MAX; i++) {
		struct echo_series *e = &s->echoes[i];

		if (e->active && echo_lost_largest(e))
			ping_find_hole(run, e);
		if (is_far(&s->address, e) &&
			(config_thorough(run->config) || e->received < e->sent))
			trace_run(run, e);
	}
}

static enum verdict ping(struct run *run)
{
	const struct config *config = run->config;
	unsigned count = config->net_ping_count    ? config->net_ping_count
			 : config_thorough(config) ? COUNT_THOROUGH
						   : COUNT_QUICK;
	enum verdict verdict = SKIP;

	if (!net_ready(run))
		return SKIP;
	if (address_acquire(run)) {
		if (begin(run) == 0)
			record_why(run->rec,
				run->net->address.gateway.value == 0 && config->net_peer.value == 0
					? "no gateway and no net.peer to ping"
					: "nobody to ping answers ARP");
		else if (warm_up(run) &&
			 exchange(run, count < ECHO_COUNT_MAX ? count : ECHO_COUNT_MAX)) {
			look_closer(run);
			verdict = ping_conclude(run);
		} else
			record_why(run->rec,
				run->stopped ? "stopped before all echoes were sent"
					     : "our own address, or the card, was lost meanwhile");
	}
	memset(run->net->echoes, 0, sizeof(run->net->echoes));
	tell_new(run);
	return verdict;
}

const struct check net_ping_check = {
	.id = "net.ping",
	.title = "Echoes to the gateway and to net.peer",
	.pass_if = "every echo request is answered in time and with exactly its own bytes",
	.need = NEED_NIC,
	.run = ping,
};
