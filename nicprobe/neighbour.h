/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What was overheard: who owns which address, and which addresses others ask for.
 *
 * Pure. Bounded: when a table is full, the entry not seen for longest makes room.
 * Trust. The entries are claims of strangers, no more.
 */
#ifndef KIRIWAKE_NICPROBE_NEIGHBOUR_H
#define KIRIWAKE_NICPROBE_NEIGHBOUR_H

#include "nicprobe/arp.h"

#define NEIGHBOURS_MAX 256
#define TARGETS_MAX    64

/* One address on one MAC, heard by one card. */
struct neighbour {
	struct arp_peer peer;
	uint8_t nic;   /* index of the card */
	uint8_t kinds; /* ARP_KIND_... bits seen */
	uint32_t count;
	uint64_t first_ns, last_ns;
};

struct neighbours {
	size_t count;
	struct neighbour at[NEIGHBOURS_MAX];
	uint64_t dropped; /* entries that made room */
};

/* An address that somebody asked for. */
struct target {
	struct ip4 ip;
	uint16_t nics;    /* bit per card that heard it */
	struct mac asker; /* the last one */
	uint32_t count;
	uint64_t last_ns;
};

struct targets {
	size_t count;
	struct target at[TARGETS_MAX];
	uint64_t dropped;
};

void neighbour_add(struct neighbours *t, struct arp_peer peer, unsigned nic, enum arp_kind kind,
	uint64_t now_ns);

/* Forgets who was last heard before `before_ns`: addresses change hands. */
void neighbours_forget(struct neighbours *t, uint64_t before_ns);

/* Whether any MAC was seen with `ip`. */
bool neighbour_has(const struct neighbours *t, struct ip4 ip);

void target_add(struct targets *t, struct ip4 ip, unsigned nic, struct mac asker, uint64_t now_ns);

#endif
