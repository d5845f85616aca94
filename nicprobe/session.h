/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the network checks share: the opened cards, what was heard on them, and the address we speak from.
 *
 * Pure over struct nic. One session per run; cards are opened once and stay open until net_session_end(), because
 * opening one may bounce its link.
 */
#ifndef KIRIWAKE_NICPROBE_SESSION_H
#define KIRIWAKE_NICPROBE_SESSION_H

#include "core/check.h"
#include "core/rng.h"
#include "nicprobe/candidate.h"
#include "nicprobe/echo.h"
#include "nicprobe/ipv4.h"
#include "nicprobe/knock.h"
#include "nicprobe/mac_place.h"
#include "nicprobe/nd.h"
#include "nicprobe/neighbour.h"
#include "nicprobe/offer.h"
#include "nicprobe/pair.h"
#include "nicprobe/sent.h"
#include "nicprobe/services.h"
#include "nicprobe/snmp_client.h"
#include "nicprobe/sweep.h"
#include "nicprobe/switch_port.h"
#include "nicprobe/trace.h"
#include "nicprobe/traffic.h"

#define NET_NICS_MAX 16
#define NET_RX_BYTES \
	10240 /* the largest frame taken, with room to spare for drivers that add bytes */
#define NS_PER_MS 1000000u
#define NS_PER_S  1000000000u

/* What a card's registers said. */
struct nic_health {
	bool known;
	bool gone;                   /* it could be read before, and now it cannot */
	struct nic_wire wire;        /* at the last reading */
	uint64_t counts[NIC_COUNTS]; /* since the first reading */
	bool errors_reported;
};

/* One of our cards. */
struct station {
	struct nic *nic;
	bool opened;
	enum nic_link link; /* as the driver says, unless a frame proved it wrong */
	bool link_proved;   /* the driver says down, but frames arrive */
	uint64_t link_asked_ns;
	uint64_t link_changed_ns;
	unsigned flaps; /* times the link was lost after it had settled */
	unsigned flaps_reported;
	bool tx_dead;     /* a frame hung, or too many failed: nothing is sent any more */
	bool hang_untold; /* it hung while another room's check ran */
	unsigned tx_faults;
	bool rx_failing;        /* the driver reports nothing but errors, */
	uint64_t rx_failing_ns; /* since then */
	bool rx_reported;
	bool heard; /* since it has link, a frame came that had to pass through a switch port, */
	uint64_t heard_ns; /* first at that time */
	uint16_t hears;    /* bit per card of ours whose frames arrive here; the own bit: a loop */
	bool loop_reported;
	uint64_t clones; /* frames from our MAC that we did not send */
	bool clones_reported;
	struct traffic traffic;
	struct nic_health health;
	uint64_t
		missed_before; /* its count of missed frames when the traffic began to be counted */
	struct switch_ports switches; /* at the other end of the cable */
	bool lldp_sent, duplex_reported, switch_noted, vlans_reported;
	size_t claimants_told, routers_told; /* of IPv6 */
};

/* The address we speak from. Only an address that was probed and found free gets here. */
struct net_address {
	bool held;
	bool leased; /* from `offer`; else net.ip */
	uint8_t nic;
	struct ip4 ip;
	unsigned prefix;
	struct ip4 gateway; /* value 0: none known */
	struct dhcp_offer offer;
	uint64_t lease_end_ns; /* UINT64_MAX: never */
	uint64_t answered_ns;  /* last ARP reply: their rate is limited */
};

/* All zero before the first check. */
struct net_session {
	bool begun; /* the cards were looked at */
	bool link_waited;
	bool watching; /* another room's check is running: nothing may be recorded in its step */
	uint64_t opened_ns; /* when the last card was opened */
	uint64_t pulsed_ns, pumped_ns;
	uint64_t watched_ns; /* when our own addresses were last probed between checks */
	size_t station_count;
	struct station stations[NET_NICS_MAX];
	struct rng rng;
	struct sent_ring sent;
	struct neighbours neighbours;
	struct targets targets;
	struct candidates candidates;
	bool asking; /* probes bear the address that is held: see ask.h */
	bool round_begun; /* net.dhcp began to probe them; the check that waits for the answers is to come */
	struct dhcp_client dhcp;
	struct net_address address;
	struct echo_series echoes[ECHO_SERIES_MAX];
	struct histogram echo_times[ECHO_SERIES_MAX];
	struct echo_curve echo_curves[ECHO_SERIES_MAX];
	struct trace trace;
	struct knocks knocks;
	struct arp_sweep sweep;
	struct nd nd;
	struct dns_question dns;
	struct snmp_client snmp;
	struct mac_places places;
	struct pair_lane lanes[PAIR_LANES];
	uint8_t rx[NET_RX_BYTES];
	uint8_t tx[ETH_FRAME_MAX];
};

/* Opens every card that has a driver, once. False: no card is open. A card that cannot be opened is a fault. */
bool net_open(struct run *run);

/* Opens the cards and waits for their links, each once in a run. False: nothing can be done on any card, and
 * record_why() says so: the check is SKIP. */
bool net_ready(struct run *run);

/* Waits up to a bounded time until every card has link. */
void net_wait_link(struct run *run);

/* Cards that frames can be sent on: open, link not down, not hung. Bit per card. */
uint16_t net_usable(const struct net_session *s);

/* Cards on which strangers were heard by `by_ns`, since the link is up. On any other, silence proves nothing. */
uint16_t net_heard_by(const struct net_session *s, uint64_t by_ns);

/* The lowest card in `cards`, which must not be 0. */
unsigned net_first(uint16_t cards);

/* The card that net.expect_mac names if it is among `cards`, else all of them. */
uint16_t net_preferred(const struct run *run, uint16_t cards);

/* Asks card `nic` for its link, and counts flaps. */
void net_ask_link(struct run *run, struct station *station, uint64_t now_ns);

/* Sends frame[len], ETH_HEADER_BYTES <= len, and remembers it as our own. A hang or fault is recorded, each once per card. */
bool net_send(struct run *run, unsigned nic, const uint8_t *frame, size_t len);

/* Sends the `len` bytes already written behind the IPv4 header's place in s->tx, from `src` by way of `next_hop`. */
bool net_send_ipv4(struct run *run, unsigned nic, struct mac next_hop, struct ip4 src,
	struct ip4 dst, uint8_t protocol, size_t len);

/* Where the payload of an IPv4 packet to be sent with net_send_ipv4() goes, and how much fits. */
uint8_t *net_ipv4_payload(struct net_session *s);
#define NET_IPV4_PAYLOAD_MAX (ETH_FRAME_MAX - ETH_HEADER_BYTES - IPV4_HEADER_BYTES)

/* Sends an ARP packet; it goes to the target's MAC, or to all if that is zero. */
bool net_send_arp(struct run *run, unsigned nic, const struct arp *arp);

/* A port to speak from, drawn from those that belong to nobody (IANA: 49152 and up). */
uint16_t net_own_port(struct net_session *s);

/* Whether `mac` is the address of one of our cards, open or not. */
bool net_is_own(const struct net_session *s, struct mac mac);

/* The id of a card: "nic0". */
const char *net_id(const struct net_session *s, unsigned nic);

#endif
