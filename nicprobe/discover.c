/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The DHCP client. Pure over struct nic. See discover.h. */
#include "nicprobe/discover.h"
#include "nicprobe/probe.h"
#include "nicprobe/udp.h"

#define REQUESTS          3
#define STRAY_DISCOVERS   2 /* of the first ones, each is followed by one for the made-up client */
#define LOCAL_UNICAST     0x02 /* in the first byte of a MAC address */
#define LEASE_UNCERTAIN_S 120  /* a server must name the time, but some do not */

/* When DISCOVERs go out, in ms from the start; listening goes on after the last. Servers that ping an address before
 * they offer it need a second or more; a switch port that spanning tree holds back needs half a minute. */
static const unsigned discovers_ms[] = {0, 2000, 3500, 8000, 16000, 32000};
#define LISTEN_PATIENT_MS 4000u
static const struct discovery {
	unsigned discovers; /* at least, and all if it is worth waiting for an answer */
	unsigned listen_ms;
} discovery_quick = {3, 1100}, discovery_thorough = {4, LISTEN_PATIENT_MS};

static const struct ip4 ip_broadcast = {0xffffffff};

/* Sends one message; the source address is 0 unless the client has one. */
static bool send_message(
	struct run *run, unsigned nic, const struct dhcp *m, struct mac to, struct ip4 dst)
{
	struct net_session *s = run->net;
	uint8_t *at = net_ipv4_payload(s);
	struct udp udp = {
		DHCP_PORT_CLIENT, DHCP_PORT_SERVER, {at + UDP_HEADER_BYTES, DHCP_WRITE_BYTES}};

	dhcp_write(at + UDP_HEADER_BYTES, m);
	udp_write(at, &udp, m->client_ip, dst);
	return net_send_ipv4(
		run, nic, to, m->client_ip, dst, IPV4_UDP, UDP_HEADER_BYTES + DHCP_WRITE_BYTES);
}

/* Of a client that nobody knows. The frame bears the card's own address: a switch port may shut down at an unknown one. */
static void send_strays(struct run *run, uint16_t nics)
{
	struct net_session *s = run->net;

	for (unsigned i = 0; i < s->station_count; i++) {
		struct dhcp m = {.type = DHCP_TYPE_DISCOVER,
			.xid = s->dhcp.stray_xid[i],
			.client = s->dhcp.stray};

		if (nics >> i & 1)
			send_message(run, i, &m, mac_broadcast, ip_broadcast);
	}
}

static void begin(struct net_session *s)
{
	struct dhcp_client *client = &s->dhcp;

	client->discovers = 0;
	client->offer_count = client->stray_count = 0;
	client->unusable = 0;
	client->discovered = false;
	for (size_t i = 0; i < MAC_BYTES; i++)
		client->stray.at[i] = (uint8_t)rng_next(&s->rng);
	client->stray.at[0] = (uint8_t)((client->stray.at[0] & ~1u) | LOCAL_UNICAST);
	for (size_t i = 0; i < ARRAY_LEN(client->xid); i++) {
		client->xid[i] = (uint32_t)rng_next(&s->rng);
		client->stray_xid[i] = (uint32_t)rng_next(&s->rng);
	}
}

static void send_discovers(struct run *run, uint16_t nics)
{
	struct net_session *s = run->net;
	bool sent = false;

	for (unsigned i = 0; i < s->station_count; i++) {
		struct dhcp m = {.type = DHCP_TYPE_DISCOVER,
			.xid = s->dhcp.xid[i],
			.client = s->stations[i].nic->mac};

		if (nics >> i & 1)
			sent |= send_message(run, i, &m, mac_broadcast, ip_broadcast);
	}
	s->dhcp.discovers += sent;
}

/* Whether to wait longer for a first answer. A quick run does so only where it is lost without one, and where nobody
 * was heard at all: then the switch port may not forward yet. */
static bool worth_waiting(const struct run *run)
{
	const struct net_session *s = run->net;

	return s->dhcp.offer_count == 0 && s->dhcp.discovers > 0 && net_usable(s) != 0 &&
	       (config_thorough(run->config) ||
		       (!run->config->has_net_ip && net_heard_by(s, UINT64_MAX) == 0));
}

bool discover_run(struct run *run)
{
	const struct discovery *d = config_thorough(run->config) ? &discovery_thorough
								 : &discovery_quick;
	struct dhcp_client *client = &run->net->dhcp;
	uint64_t start_ns = run_now_ns(run);
	bool go_on = true;

	begin(run->net);
	for (unsigned i = 0;
		go_on && i < ARRAY_LEN(discovers_ms) && (i < d->discovers || worth_waiting(run));
		i++) {
		uint64_t due_ns = start_ns + discovers_ms[i] * (uint64_t)NS_PER_MS;
		unsigned listen_ms = i < d->discovers ? d->listen_ms : LISTEN_PATIENT_MS;

		go_on = net_wait_for(run, due_ns, probe_step, NULL);
		probe_ahead(run); /* the time is there to be used */
		if (go_on)
			send_discovers(run, net_usable(run->net));
		if (go_on && i < STRAY_DISCOVERS)
			send_strays(run, net_usable(run->net));
		if (go_on && i + 1 >= d->discovers)
			go_on = net_wait_for(
				run, due_ns + listen_ms * (uint64_t)NS_PER_MS, probe_step, NULL);
	}
	client->ended_ns = run_now_ns(run);
	client->took_ns = client->ended_ns - start_ns;
	client->discovered = go_on;
	return go_on;
}

/* ---- the lease ---- */

static bool is_answered(struct run *run, void *arg)
{
	(void)arg;
	return run->net->dhcp.answer != DHCP_ANSWER_NONE;
}

bool discover_request(struct run *run, const struct dhcp_offer *offer)
{
	struct dhcp_client *client = &run->net->dhcp;
	struct dhcp m = {.type = DHCP_TYPE_REQUEST,
		.xid = client->xid[offer->nic],
		.client = run->net->stations[offer->nic].nic->mac,
		.server = offer->server,
		.requested = offer->ip};
	bool go_on = true;

	client->wanted = *offer;
	client->answer = DHCP_ANSWER_NONE;
	client->requesting = true;
	for (unsigned i = 0; go_on && i < REQUESTS && client->answer == DHCP_ANSWER_NONE; i++) {
		send_message(run, offer->nic, &m, mac_broadcast, ip_broadcast);
		go_on = net_wait_for(
			run, run_now_ns(run) + (i + 1) * (uint64_t)NS_PER_S, is_answered, NULL);
	}
	client->requesting = false;
	return client->answer == DHCP_ANSWER_ACK;
}

void discover_release(struct run *run)
{
	struct net_session *s = run->net;
	const struct net_address *a = &s->address;
	const struct candidate *c = candidate_find(&s->candidates, a->ip);
	struct dhcp m = {.type = DHCP_TYPE_RELEASE,
		.xid = (uint32_t)rng_next(&s->rng),
		.client_ip = a->ip,
		.server = a->offer.server};

	if (a->held && a->leased && c != NULL && candidate_state(c) == CANDIDATE_FREE) {
		m.client = s->stations[a->nic].nic->mac;
		send_message(run, a->nic, &m, a->offer.mac, a->offer.server);
	}
	s->address.held = false;
}

/* ---- hearing ---- */

static void hear_unusable(struct dhcp_client *client, const struct heard *h, const char *why)
{
	client->unusable++;
	client->unusable_from = h->eth.src;
	client->unusable_why = why;
}

/* Some servers do not say which they are. */
static struct ip4 server_of(const struct dhcp *m, struct ip4 from)
{
	return m->server.value != 0 ? m->server : from;
}

/* Neither the subnet's own address nor its broadcast address. */
static bool is_host_of(struct ip4 ip, unsigned prefix)
{
	const uint32_t host_bits = ~ip4_mask(prefix).value, host = ip.value & host_bits;

	return ip4_is_host(ip) && (host_bits <= 1 || (host != 0 && host != host_bits));
}

/* An offer to us, or to the made-up client: `add` keeps it. What is offered is probed at once. */
static void hear_offer(struct run *run, const struct heard *h, const struct dhcp *m,
	struct ip4 from, void (*add)(struct dhcp_client *client, const struct dhcp_offer *offer))
{
	struct net_session *s = run->net;
	struct dhcp_offer offer = {.nic = (uint8_t)h->nic,
		.mac = h->eth.src,
		.server = server_of(m, from),
		.relay = m->relay,
		.router = m->router,
		.dns = m->dns,
		.ip = m->your_ip,
		.lease_s = m->lease_s};

	if (!dhcp_prefix(m->mask, &offer.prefix)) {
		hear_unusable(&s->dhcp, h, "its netmask has gaps");
		return;
	}
	if (m->mask.value == 0)
		offer.prefix = 24;
	if (!is_host_of(m->your_ip, offer.prefix)) {
		hear_unusable(&s->dhcp, h, "it offers an address that no host can have");
		return;
	}
	text_copy(offer.domain, sizeof(offer.domain), m->domain);
	add(&s->dhcp, &offer);
	candidates_pardon(&s->candidates, offer.mac); /* it probed to see whether we may have it */
	if (!s->dhcp.discovered)
		probe_ahead(run);
}

void discover_expire(struct run *run)
{
	struct net_session *s = run->net;
	struct net_address *a = &s->address;

	if (!a->held || !a->leased || run_now_ns(run) < a->lease_end_ns)
		return;
	a->held = false;
	s->dhcp.discovered = false;
	for (size_t i = 0; i < s->candidates.count; i++)
		s->candidates.at[i].probed &= !ip4_same(s->candidates.at[i].ip, a->ip);
}

static void hear_answer(
	struct dhcp_client *client, const struct heard *h, const struct dhcp *m, struct ip4 from)
{
	struct dhcp_offer *wanted = &client->wanted;

	if (!client->discovered && m->type == DHCP_TYPE_NAK)
		hear_unusable(client, h, "it refuses, though nothing was requested");
	if (!client->requesting || wanted->nic != h->nic ||
		!ip4_same(server_of(m, from), wanted->server))
		return;
	if (m->type == DHCP_TYPE_NAK)
		client->answer = DHCP_ANSWER_NAK;
	else if (ip4_same(m->your_ip, wanted->ip)) {
		client->answer = DHCP_ANSWER_ACK;
		wanted->lease_s = m->lease_s != 0 ? m->lease_s : LEASE_UNCERTAIN_S;
	}
}

bool discover_hear(
	struct run *run, const struct heard *h, const struct ipv4 *ip, struct span payload)
{
	struct net_session *s = run->net;
	struct dhcp m;

	if (dhcp_read(payload, &m) != DHCP_OK) {
		if (s->dhcp.discovers > 0 &&
			dhcp_answers(payload, s->stations[h->nic].nic->mac, s->dhcp.xid[h->nic]))
			hear_unusable(&s->dhcp, h, "it is malformed");
		return false;
	}
	if (s->dhcp.discovers > 0 && m.type == DHCP_TYPE_OFFER &&
		m.xid == s->dhcp.stray_xid[h->nic] && mac_same(m.client, s->dhcp.stray))
		hear_offer(run, h, &m, ip->src, offer_add_stray);
	if (s->dhcp.discovers == 0 || m.xid != s->dhcp.xid[h->nic] ||
		!mac_same(m.client, s->stations[h->nic].nic->mac))
		return true;
	if (m.type == DHCP_TYPE_OFFER)
		hear_offer(run, h, &m, ip->src, offer_add);
	else if (m.type == DHCP_TYPE_ACK || m.type == DHCP_TYPE_NAK)
		hear_answer(&s->dhcp, h, &m, ip->src);
	return true;
}
