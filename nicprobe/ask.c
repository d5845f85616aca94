/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking for net.ip in the name of an address that was proved free. Pure over struct nic. See ask.h. */
#include "nicprobe/ask.h"
#include "nicprobe/address.h"
#include "nicprobe/discover.h"
#include "nicprobe/icmp.h"
#include "nicprobe/probe.h"

#define ECHO_DATA_BYTES 32

bool ask_send(struct run *run, struct ip4 ip)
{
	struct net_session *s = run->net;
	const struct net_address *own = &s->address;
	const struct arp request = {
		ARP_OP_REQUEST, {s->stations[own->nic].nic->mac, own->ip}, {.ip = ip}};
	uint8_t *at = net_ipv4_payload(s);
	struct icmp_echo echo = {.type = ICMP_ECHO_REQUEST, .id = (uint16_t)rng_next(&s->rng)};

	if (!net_send_arp(run, own->nic, &request))
		return false;
	echo.data = (struct span){at + ICMP_HEADER_BYTES, ECHO_DATA_BYTES};
	memset(at + ICMP_HEADER_BYTES, 0, ECHO_DATA_BYTES);
	icmp_echo_write(at, &echo);
	return net_send_ipv4(run, own->nic, mac_broadcast, own->ip, ip, IPV4_ICMP,
		ICMP_HEADER_BYTES + ECHO_DATA_BYTES);
}

bool ask_for_net_ip(struct run *run, struct asked *ret)
{
	struct net_session *s = run->net;
	struct candidate *c = NULL;
	unsigned probes;
	bool go_on;

	for (size_t i = 0; i < s->candidates.count; i++) {
		if (s->candidates.at[i].sources & FROM_NET_IP)
			c = &s->candidates.at[i];
	}
	if (!candidate_is_free(c) || !c->heard || !address_lease_beside(run, c->ip, c->nics))
		return !run->stopped;
	probes = c->probes;
	s->asking = true;
	go_on = probe_again(run, FROM_NET_IP) && probe_controls(run);
	s->asking = false;
	*ret = (struct asked){c->probes, s->address.ip};
	c->probes = probes;
	if (candidate_state(c) == CANDIDATE_FREE)
		discover_release(run);
	return go_on;
}
