/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The network room as the suite sees it: its checks, and the session they share.
 *
 * Pure over struct nic.
 */
#ifndef KIRIWAKE_NICPROBE_CHECKS_H
#define KIRIWAKE_NICPROBE_CHECKS_H

#include "nicprobe/session.h"

/* In the order in which they should run: each builds on what those before it learnt, and does that work itself
 * where they were not selected. */
extern const struct check nic_inventory_check, nic_link_check, net_listen_check, net_dhcp_check,
	net_duplicate_ip_check, net_gateway_check, net_sweep_check, net_ping_check,
	net_services_check, net_ipv6_check, net_switch_port_check, net_expected_check,
	net_baseline_check, nic_pair_check, nic_loopback_check;

/* Listens while other rooms work, and now and then asks whether somebody took our own addresses. Cheap; called from every
 * pulse, and does nothing before the first network check. */
void net_watch(struct run *run);

/* Whether net_watch() heard what is worth a finding; net_watch_tell() records it in the current step. */
bool net_watch_has_news(const struct run *run);
void net_watch_tell(struct run *run);

/* Releases a leased address and gives the cards back to the firmware. Safe at any time, also twice. */
void net_session_end(struct run *run);

#endif
