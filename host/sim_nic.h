/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A scripted network on simulated time: cards, and peers that behave or misbehave.
 *
 * Hardware: none. The cards share one LAN unless they are set apart.
 *
 * A specification is one line, "KEY[=VALUE] [OPTION VALUE]...". Peers, as many as SIM_PEERS_MAX:
 *   gateway=IP, owner=IP      answers ARP and ping          mute=IP    answers ARP only      echoes=IP  ping only
 *   twice=IP                  answers ARP twice             announces=IP  gratuitous ARP each second, no answers
 *   probes=IP                 probes IP each second         asks=IP    asks who has IP each second
 *   dhcp=IP offer IP          DHCP server, answers ARP and ping     nak=IP offer IP  the same, refuses requests
 *   proxy=@MAC                answers ARP for everything    clone=@MAC sends frames from that MAC
 *   dns=IP [offer IP | rcode N]   DNS server with one answer for every name
 *   agent=IP [community WORD] [answers MANNER]   SNMP agent with the objects of all mib=..., answers ARP and ping; the manners
 *               are those of sim_snmp.c
 * each with its MAC as IP@MAC (one made from the IP otherwise) and the options `after DURATION` (silent before),
 * `on N` (the LAN of card N, when set apart), `router IP` (dhcp), `id IP` (dhcp: another server identifier),
 * `dns IP` (dhcp), `lease SECONDS`, `mask PREFIX`, `domain WORD` (dhcp), `pool IP` (dhcp: for clients that are no cards of ours),
 * `serves known|unknown` (dhcp: only these), `open PORT` (TCP; the others are refused), `ignores probes` (ARP requests without a sender's address), `bars others` (a router that says it will not forward TCP);
 * of echoes: `mtu BYTES` (longer packets vanish), `tells MTU` (the same, but a router says so), `hops N` (so many routers
 * before it, 10.255.0.1 the first), `loses N` (from hop N on, every other echo).
 * Objects: mib=OID TYPE VALUE, as sim_snmp.h has them
 * Conditions:
 *   nics=N      (default 1)   apart       each card on its own LAN
 *   nolink, linkunknown, linklies (down, but works), flap (down for a second after 5 s), nodriver, openfail,
 *   txhang, txfail, unheard (no other card hears what it sends),
 *   wired (its registers can be read: 1000 Mb/s, full duplex), slow (likewise: 100 Mb/s), halfduplex (likewise), crcerrors
 *   (likewise: 3 at every reading), missedrx (likewise: 3000 missed frames at every reading), slowrx (its driver takes 2 ms for a
 *   frame), busyrx (while it is asked again and again, most broadcasts pass it by)   of card 0, or of card N with =N
 *   loss=PERCENT of the frames peers send     delay=DURATION     storm=FRAMES_PER_SECOND     burst=FRAMES at once, every second
 *   corrupt     one byte of every echo reply, under a right checksum
 *   cardloss=PERCENT, cardcorrupt=OFFSET, carddouble   of the frames that cards send to one another: some get lost, the
 *               byte at OFFSET is changed, all come twice
 *   reflect     every frame comes back to the card that sent it
 */
#ifndef KIRIWAKE_HOST_SIM_NIC_H
#define KIRIWAKE_HOST_SIM_NIC_H

#include "core/machine.h"
#include "core/rng.h"
#include "host/sim_snmp.h"

#define SIM_NICS_MAX    4
#define SIM_PEERS_MAX   16
#define SIM_QUEUE_MAX   128
#define SIM_FRAME_BYTES 1536

struct sim_net;

/* What can be wrong with a card. */
enum sim_fault {
	SIM_NO_LINK,
	SIM_LINK_UNKNOWN,
	SIM_LINK_LIES,
	SIM_FLAP,
	SIM_NO_DRIVER,
	SIM_OPEN_FAIL,
	SIM_TX_HANG,
	SIM_TX_FAIL,
	SIM_UNHEARD,
	SIM_WIRED,
	SIM_SLOW_LINK,
	SIM_HALF_DUPLEX,
	SIM_CRC_ERRORS,
	SIM_MISSED_RX,
	SIM_SLOW_RX,
	SIM_BUSY_RX,
	SIM_FAULTS
};

struct sim_nic {
	struct sim_net *net;
	unsigned index;
	struct mac mac;
	bool opened;
	bool faults[SIM_FAULTS];
	unsigned readings; /* of its registers */
	uint64_t asked_ns; /* for a frame, last */
	unsigned passed;   /* broadcasts that came while it was asked without a pause */
	char *error;       /* the port's */
};

struct sim_peer {
	unsigned does; /* bits, see sim_peer.c */
	struct ip4 ip, offer, pool, router, server_id, dns;
	uint16_t lease_s, prefix;
	char domain[16];
	bool serves_known, serves_unknown; /* only */
	uint16_t open_port, rcode, mtu, told_mtu, hops, loses;
	bool bars, ignores_probes;
	char community[16];
	enum sim_snmp_manner manner;
	struct mac mac;
	unsigned lan;
	uint64_t after_ns; /* since the network began: silent before */
	uint64_t next_ns;  /* of what it says unasked */
};

struct sim_frame {
	uint64_t due_ns;
	unsigned nic;
	size_t len; /* 0: an empty place */
	uint8_t bytes[SIM_FRAME_BYTES];
};

struct sim_net {
	const struct clock_port *clock;
	uint64_t start_ns;
	struct rng rng;
	unsigned nic_count; /* 0 until a specification is added: a machine without cards */
	struct sim_nic nics[SIM_NICS_MAX];
	bool apart, corrupt, reflect, card_double;
	unsigned loss_percent, card_loss_percent;
	size_t card_corrupt_at; /* 0: none */
	uint64_t delay_ns;
	uint64_t storm_gap_ns; /* 0: none */
	uint64_t storm_next_ns;
	unsigned storm_lot; /* frames at once */
	struct sim_mib mib;
	size_t peer_count;
	struct sim_peer peers[SIM_PEERS_MAX];
	struct sim_frame queue[SIM_QUEUE_MAX];

	/* Sees every frame a card sends. NULL: nobody looks. */
	void (*watch)(void *ctx, unsigned nic, struct span frame);
	void *watch_ctx;
};

/* Begins an empty network. `clock` must outlive it. Always true. */
bool sim_net_init(struct sim_net *net, const struct clock_port *clock);

/* Adds what `spec` says. False, and nothing added: it cannot be understood, or there is no room. */
bool sim_net_add(struct sim_net *net, const char *spec);

/* Fills ret[cap] with the cards' ports, which refer to `net`. Returns how many. */
size_t sim_net_nics(struct sim_net *net, struct nic *ret, size_t cap);

/* Puts a frame on a LAN for every card there that would take it, `delay_ns` from now, but not for card `sender`. */
#define SIM_NO_CARD SIM_NICS_MAX
void sim_net_deliver(
	struct sim_net *net, unsigned lan, unsigned sender, struct span frame, uint64_t delay_ns);

/* Which LAN a card is on. */
unsigned sim_net_lan(const struct sim_net *net, unsigned nic);

#endif
