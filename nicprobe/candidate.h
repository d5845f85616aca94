/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Addresses under suspicion, and who claims them.
 *
 * Pure. Every address that may be probed is a candidate; every ARP packet of a stranger that claims it is kept
 * with its MAC, so that the second of two owners is not lost behind the first.
 * Spec.  RFC 5227 section 2.1.1 for what is a conflict. RFC 5798 section 7.3 (VRRP, shared by CARP); HSRP, HSRPv2
 *        and GLBP as Cisco documents their MAC addresses.
 * Trust. Claims come from strangers; the tables are bounded.
 */
#ifndef KIRIWAKE_NICPROBE_CANDIDATE_H
#define KIRIWAKE_NICPROBE_CANDIDATE_H

#include "nicprobe/neighbour.h"

#define CANDIDATES_MAX 128
#define CLAIMS_MAX     8
#define PROBERS_MAX    16

/* Why an address is looked at. Bits. */
enum candidate_source {
	FROM_NET_IP = 1,
	FROM_OFFER = 2,
	FROM_ASKED = 4, /* somebody's who-has */
	FROM_GATEWAY = 8,
	FROM_PEER = 16,
	FROM_CONTROL = 32, /* made up: nobody should have it */
	FROM_SWEEP = 64,   /* several MACs answered for it */
	FROM_STRAY = 128   /* DHCP offers it to whoever asks */
};
#define FROM_OURS (FROM_NET_IP | FROM_OFFER)
#define FROM_ANY  (FROM_OURS | FROM_ASKED | FROM_GATEWAY | FROM_PEER | FROM_STRAY)

/* Beside the kinds of ARP: it sent a packet to all that comes from the address. A router may pass on packets of others, but
 * none that comes from an address of ours. */
#define CLAIM_SPEAKS 64

struct claim {
	struct mac mac;
	uint8_t nic;   /* index of the card that heard it */
	uint8_t kinds; /* ARP_KIND_... bits seen, and CLAIM_SPEAKS */
	bool proxy;    /* this MAC answers for an address that nobody has as well */
	uint32_t count;
	uint64_t first_ns, last_ns;
};

struct probe_plan; /* probe.c */

struct candidate {
	struct ip4 ip;
	uint8_t sources; /* FROM_... bits */
	uint16_t nics;   /* bit per card where a claim counts: the LANs the address belongs to */
	unsigned prefix; /* of its subnet, 0..32 */
	size_t claim_count;
	struct claim claims[CLAIMS_MAX];
	uint32_t claims_dropped; /* packets of a ninth MAC and more */

	unsigned probes; /* sent in the newest series, on each of its cards */
	unsigned probes_left;
	const struct probe_plan *plan; /* of the series that is running; NULL: none is */
	uint64_t begun_ns;
	uint64_t next_ns; /* when the next probe is due; after the last, when the listening ends */
	bool probed;      /* a whole series was sent and listened to */
	bool heard;    /* and its wire was alive: a stranger was heard on it as the series began */
	bool reported; /* its conflict is in the log, */
	bool placed;   /* with the switch ports of its owners; */
	bool sought;   /* these were asked for since */
};

/* Somebody who probes for addresses. */
struct prober {
	struct mac mac;
	struct ip4 ip; /* the first */
	bool several; /* a scanner, or a switch that looks after its hosts: it wants none of them */
};

struct candidates {
	size_t count;
	struct candidate at[CANDIDATES_MAX];
	uint64_t dropped; /* addresses that found no room */
	size_t prober_count;
	size_t prober_next; /* the place of the oldest */
	struct prober probers[PROBERS_MAX];
};

/* Ordered: from FREE on, each is less usable. Only FREE may be spoken from. */
enum candidate_state {
	CANDIDATE_FREE,    /* nobody claimed it */
	CANDIDATE_OWNED,   /* not ours, and one owner: as it should be */
	CANDIDATE_VIRTUAL, /* ours, and claimed by a virtual router (failover group) only */
	CANDIDATE_PROXY,   /* in conflict only if a MAC that answers for everything counts */
	CANDIDATE_CONFLICT
};

/* Finds or adds `ip`, adds source and cards, and counts what the neighbour table already knows of a new one.
 * NULL when the table is full. */
struct candidate *candidate_add(struct candidates *t, const struct neighbours *known, struct ip4 ip,
	enum candidate_source source, uint16_t nics, unsigned prefix);

/* NULL when there is none. */
const struct candidate *candidate_find(const struct candidates *t, struct ip4 ip);

/* Forgets what no longer concerns us before a new series: all but net.ip and the address `held` (0: none). An offer
 * of long ago is somebody else's address by now. */
void candidates_prune(struct candidates *t, struct ip4 held);

/* `mac` turned out to have reason to probe addresses that it does not want: its probes are no claims. */
void candidates_pardon(struct candidates *t, struct mac mac);

/* Tells all candidates of one ARP packet of a stranger. Who probes for another's address is about to take it, and would
 * mistake our own probes for a rival's (RFC 5227 section 2.1.1): such an address is left alone from then on. */
void candidates_hear(struct candidates *t, const struct arp *arp, enum arp_kind kind, unsigned nic,
	uint64_t now_ns);

/* Tells all candidates that a stranger sent an IPv4 packet from `ip` to all, to a group, or in answer to a frame to all. */
void candidates_hear_speaker(
	struct candidates *t, struct ip4 ip, struct mac mac, unsigned nic, uint64_t now_ns);

/* Whether the address was spoken from, and never claimed by ARP. */
bool candidate_is_silent(const struct candidate *c);

/* Marks every claim, on any candidate, of the MACs that claim `control`. */
void candidates_mark_proxies(struct candidates *t, const struct candidate *control);

enum candidate_state candidate_state(const struct candidate *c);

/* Whether it was probed to the end and nobody claims it: such an address may be spoken from. NULL: there is none. */
bool candidate_is_free(const struct candidate *c);

/* Whether DHCP offers the address to clients it cannot know, and somebody has it who does not answer for everything. */
bool candidate_is_taken_stray(const struct candidate *c);

/* The distinct MACs whose claims count, in order of arrival, virtual routers left out. Returns how many. */
size_t candidate_macs(const struct candidate *c, struct mac ret[CLAIMS_MAX]);

/* Claims that count, packets and first time. False, outputs untouched, when there is none. */
bool candidate_totals(const struct candidate *c, uint64_t *ret_count, uint64_t *ret_first_ns);

/* The name of the failover protocol that owns the MAC ("VRRP or CARP"), or NULL. */
const char *mac_virtual_router(struct mac mac);

#endif
