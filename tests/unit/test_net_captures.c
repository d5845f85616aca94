/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Captures of real ARP replies, where they are at hand (KIRIWAKE_DATA, or ../shared/data): with a VLAN tag, in an LLC
 * frame, with a trailer, from another frame address, and repeated. They are not part of the project. */
#include "nicprobe/arp.h"
#include "nicprobe/candidate.h"
#include "nicprobe/eth.h"
#include "tests/test.h"
#include <stdlib.h>

#define FILE_BYTES    4096
#define PCAP_HEADER   24
#define PACKET_HEADER 16

struct reading {
	unsigned frames, good, tagged;
	uint16_t vlan;
	bool other_frame_address; /* the frame's source is not the ARP packet's sender */
	struct neighbours neighbours;
	struct targets targets;
};

static bool load(const char *name, uint8_t *bytes, size_t *ret_len)
{
	const char *root = getenv("KIRIWAKE_DATA");
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/pcap/%s", root != NULL ? root : "../shared/data", name);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	*ret_len = fread(bytes, 1, FILE_BYTES, file);
	fclose(file);
	return true;
}

static void read_frame(struct reading *r, struct span frame)
{
	struct eth eth;
	struct arp arp;

	r->frames++;
	if (eth_read(frame, &eth) != ETH_OK || eth.type != ETH_TYPE_ARP ||
		arp_read(eth.payload, &arp) != ARP_OK)
		return;
	r->good++;
	r->tagged += eth.tagged;
	r->vlan = eth.vlan;
	r->other_frame_address = !mac_same(eth.src, arp.sender.mac);
	neighbour_add(
		&r->neighbours, arp.sender, 0, arp_kind(&arp, mac_is_group(eth.dst)), r->frames);
}

static bool read_capture(const char *name, struct reading *ret)
{
	static uint8_t bytes[FILE_BYTES];
	struct span packet;
	size_t len, at = PCAP_HEADER;

	memset(ret, 0, sizeof(*ret));
	if (!load(name, bytes, &len)) {
		printf("test_net_captures: skipped, no %s\n", name);
		return false;
	}
	while (span_sub((struct span){bytes, len}, at, PACKET_HEADER, &packet)) {
		if (!span_sub((struct span){bytes, len}, at + PACKET_HEADER, le32(packet.at + 8),
			    &packet))
			break;
		read_frame(ret, packet);
		at += PACKET_HEADER + packet.len;
	}
	return true;
}

static struct reading r;

int main(void)
{
	static struct candidates candidates;
	const struct candidate *c;

	if (read_capture("pkt-simple-response.pcap", &r))
		CHECK(r.frames == 1 && r.good == 1 && r.tagged == 0 && !r.other_frame_address);
	if (read_capture("pkt-vlan-response.pcap", &r))
		CHECK(r.good == 1 && r.tagged == 1 && r.vlan == 0xfff);
	if (read_capture("pkt-llc-response.pcap", &r))
		CHECK(r.good == 1 && r.tagged == 0);
	if (read_capture("pkt-diff-frame-addr.pcap", &r))
		CHECK(r.good == 1 && r.other_frame_address);
	if (read_capture("pkt-trailer-response.pcap",
		    &r)) /* the second one names another hardware type */
		CHECK(r.frames == 2 && r.good == 1);
	if (read_capture("pkt-dup-response.pcap", &r)) {
		CHECK(r.good == r.frames && r.frames > 10);
		CHECK_U64(r.neighbours.count, 5);
		c = candidate_add(
			&candidates, &r.neighbours, (struct ip4){0xc0a80efe}, FROM_GATEWAY, 1, 24);
		CHECK(c != NULL && c->claim_count == 1 && c->claims[0].count == 5);
		CHECK(c != NULL &&
			candidate_state(c) == CANDIDATE_OWNED); /* one MAC, however often */
	}
	CHECK(true); /* a skip is no failure */
	return test_end(__FILE__);
}
