/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* TCP, DNS and SNMP of the scripted network's peers.
 *
 * Hardware: none. Each writes what a peer answers to a packet behind the IPv4 header's place, to at[], and the header's
 * fields to *ret. They return the length; 0: no answer.
 */
#ifndef KIRIWAKE_HOST_SIM_SERVICES_H
#define KIRIWAKE_HOST_SIM_SERVICES_H

#include "host/sim_nic.h"
#include "nicprobe/icmp.h"

size_t sim_tcp_answer(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
	uint8_t *at, struct ipv4 *ret);
size_t sim_dns_answer(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
	uint8_t *at, struct ipv4 *ret);

size_t sim_snmp_answer(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
	uint8_t *at, struct ipv4 *ret);

/* Whether an echo is lost on the way to the peer; then what a router says of it is written likewise, ret->payload.len being
 * 0 if none says anything. */
bool sim_path_drops(const struct sim_peer *peer, const struct ipv4 *ip,
	const struct icmp_echo *echo, uint8_t *at, struct ipv4 *ret);

#endif
