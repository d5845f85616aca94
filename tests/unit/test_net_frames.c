/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Frame parsers and builders against bytes laid out as the RFCs do, whole and cut at every length. */
#include "nicprobe/arp.h"
#include "nicprobe/eth.h"
#include "nicprobe/icmp.h"
#include "nicprobe/udp.h"
#include "tests/unit/net_cut.h"

static struct mac mac_of(const char *text)
{
	struct mac mac = {{0}};

	CHECK(mac_read((struct text){text, strlen(text)}, &mac));
	return mac;
}

/* ---- Ethernet and ARP ---- */

/* RFC 826: 10.0.2.15 at 52:54:00:12:34:56 asks who has 10.0.2.2. */
static const uint8_t arp_request[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12,
	0x34, 0x56, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x52, 0x54, 0x00,
	0x12, 0x34, 0x56, 0x0a, 0x00, 0x02, 0x0f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x00,
	0x02, 0x02};

static void eth_headers(void)
{
	struct eth eth;

	CHECK(eth_read((struct span){arp_request, sizeof(arp_request)}, &eth) == ETH_OK);
	CHECK(mac_same(eth.dst, mac_broadcast) && mac_same(eth.src, mac_of("52:54:00:12:34:56")));
	CHECK_U64(eth.type, ETH_TYPE_ARP);
	CHECK_U64(eth.payload.len, 28);
	CHECK(!eth.tagged && eth.vlan == 0);
	for (size_t len = 0; len < ETH_HEADER_BYTES; len++) {
		struct span s = cut(arp_request, len);

		CHECK(eth_read(s, &eth) == ETH_SHORT);
		drop(s);
	}
}

static void eth_tags_and_lengths(void)
{
	uint8_t tagged[64] = {
		[12] = 0x81, [13] = 0x00, [14] = 0xe0, [15] = 0x64, [16] = 0x08, [17] = 0x06};
	uint8_t llc[64] = {[12] = 0, [13] = 10, [14] = 0x42, [15] = 0x42, [16] = 0x03};
	uint8_t snap[64] = {
		[13] = 36, [14] = 0xaa, [15] = 0xaa, [16] = 3, [20] = 0x08, [21] = 0x06};
	struct eth eth;

	CHECK(eth_read((struct span){tagged, 60}, &eth) == ETH_OK);
	CHECK(eth.tagged && eth.vlan == 100 && eth.type == ETH_TYPE_ARP && eth.payload.len == 42);
	for (size_t len = 14; len < 18; len++) {
		struct span s = cut(tagged, len);

		CHECK(eth_read(s, &eth) == ETH_SHORT);
		drop(s);
	}
	CHECK(eth_read((struct span){llc, 60}, &eth) == ETH_OK);
	CHECK(eth.type == ETH_TYPE_LLC && eth.payload.len == 10 && eth.payload.at[0] == 0x42);
	CHECK(eth_read((struct span){llc, 23}, &eth) == ETH_BAD_LENGTH);
	CHECK(eth_read((struct span){snap, 60}, &eth) == ETH_OK);
	CHECK(eth.type == ETH_TYPE_ARP && eth.payload.len == 28);
	snap[12] = 0x05;
	snap[13] = 0xf0; /* 1520: neither a length nor a type */
	CHECK(eth_read((struct span){snap, 60}, &eth) == ETH_BAD_LENGTH);
}

static void arp_packets(void)
{
	uint8_t bytes[64], written[28];
	struct arp arp;

	CHECK(arp_read((struct span){arp_request + 14, 28}, &arp) == ARP_OK);
	CHECK_U64(arp.op, ARP_OP_REQUEST);
	CHECK_U64(arp.sender.ip.value, 0x0a00020f);
	CHECK_U64(arp.target.ip.value, 0x0a000202);
	CHECK(mac_same(arp.sender.mac, mac_of("52:54:00:12:34:56")));
	arp_write(written, &arp);
	CHECK(memcmp(written, arp_request + 14, 28) == 0);
	for (size_t len = 0; len < 28; len++) {
		struct span s = cut(arp_request + 14, len);
		struct arp untouched = {.op = 77};

		CHECK(arp_read(s, &untouched) == ARP_SHORT && untouched.op == 77);
		drop(s);
	}
	memcpy(bytes, arp_request + 14, 28);
	bytes[1] = 7;
	CHECK(arp_read((struct span){bytes, 28}, &arp) == ARP_NOT_IPV4);
	bytes[1] = 1;
	bytes[4] = 8;
	CHECK(arp_read((struct span){bytes, 46}, &arp) == ARP_BAD_ADDR_LEN);
}

static void arp_kinds(void)
{
	struct arp arp = {ARP_OP_REQUEST, {.ip = {1}}, {.ip = {2}}};

	CHECK_U64(arp_kind(&arp, true), ARP_KIND_REQUEST);
	arp.op = ARP_OP_REPLY;
	CHECK_U64(arp_kind(&arp, false), ARP_KIND_REPLY);
	arp.target.ip.value = 1;
	CHECK_U64(arp_kind(&arp, true), ARP_KIND_GRATUITOUS);
	arp.sender.ip.value = 0;
	CHECK_U64(arp_kind(&arp, true), ARP_KIND_OTHER);
	arp.op = ARP_OP_REQUEST;
	CHECK_U64(arp_kind(&arp, true), ARP_KIND_PROBE);
	CHECK_U64(arp_kind(&arp, false), ARP_KIND_POLL);
	arp.op = 8;
	CHECK_U64(arp_kind(&arp, true), ARP_KIND_OTHER);
}

/* ---- IPv4, ICMP, UDP ---- */

/* The header of RFC 1071's usual worked example: checksum 0xb861. */
static const uint8_t ip_udp[32] = {0x45, 0x00, 0x00, 0x20, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8,
	0xb4, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7, 0x04, 0xd2, 0x00, 0x35, 0x00, 0x0c,
	0x00, 0x00, 'a', 'b', 'c', 'd'};

static void checksums(void)
{
	static const uint8_t header[20] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40,
		0x11, 0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
	static const uint8_t rfc1071[8] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	static const uint8_t odd[3] = {0x12, 0x34, 0x56};

	CHECK_U64(inet_checksum(inet_sum(0, (struct span){header, 20})), 0);
	CHECK_U64(inet_checksum(inet_sum(0, (struct span){rfc1071, 8})), (uint16_t)~0xddf2);
	CHECK_U64(inet_checksum(inet_sum(0, (struct span){odd, 3})), (uint16_t) ~(0x1234 + 0x5600));
}

static void ipv4_packets(void)
{
	uint8_t bytes[40];
	struct ipv4 ip;

	memcpy(bytes, ip_udp, sizeof(ip_udp));
	CHECK(ipv4_read((struct span){bytes, sizeof(bytes)}, &ip) == IPV4_OK);
	CHECK_U64(ip.src.value, 0xc0a80001);
	CHECK_U64(ip.dst.value, 0xc0a800c7);
	CHECK_U64(ip.protocol, IPV4_UDP);
	CHECK_U64(ip.payload.len, 12); /* the padding is cut off */
	for (size_t len = 0; len < sizeof(ip_udp); len++) {
		struct span s = cut(ip_udp, len);

		CHECK(ipv4_read(s, &ip) == (len < 20 ? IPV4_SHORT : IPV4_BAD_LENGTH));
		drop(s);
	}
	bytes[8]--;
	CHECK(ipv4_read((struct span){bytes, 32}, &ip) == IPV4_BAD_CHECKSUM);
	bytes[0] = 0x65;
	CHECK(ipv4_read((struct span){bytes, 32}, &ip) == IPV4_NOT_IPV4);
	bytes[0] = 0x44;
	CHECK(ipv4_read((struct span){bytes, 32}, &ip) == IPV4_NOT_IPV4);
	bytes[0] = 0x4f; /* 60 bytes of header in 32 of packet */
	CHECK(ipv4_read((struct span){bytes, 40}, &ip) == IPV4_BAD_LENGTH);
}

static void ipv4_fragments(void)
{
	static const uint16_t flags[] = {0x2000, 0x0001, 0x2010};
	uint8_t bytes[20];
	struct ipv4 ip = {.src = {1}, .dst = {2}, .ttl = 64, .protocol = 1};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		ipv4_write(bytes, &ip, 9);
		put_be16(bytes + 6, flags[i]);
		put_be16(bytes + 10, 0);
		put_be16(bytes + 10, inet_checksum(inet_sum(0, (struct span){bytes, 20})));
		CHECK(ipv4_read((struct span){bytes, 20}, &ip) == IPV4_FRAGMENT);
	}
}

static void icmp_messages(void)
{
	uint8_t bytes[12] = {[8] = 'p', 'i', 'n', 'g'};
	struct icmp_echo echo = {.type = ICMP_ECHO_REQUEST,
				 .id = 0x1234,
				 .seq = 7,
				 .data = {bytes + 8, 4}},
			 got;

	icmp_echo_write(bytes, &echo);
	CHECK(icmp_echo_read((struct span){bytes, 12}, &got) == ICMP_OK);
	CHECK(got.type == ICMP_ECHO_REQUEST && got.id == 0x1234 && got.seq == 7 &&
		got.data.len == 4 && !got.damaged);
	for (size_t len = 0; len < 8; len++) {
		struct span s = cut(bytes, len);

		CHECK(icmp_echo_read(s, &got) == ICMP_SHORT);
		drop(s);
	}
	bytes[9] ^= 1;
	CHECK(icmp_echo_read((struct span){bytes, 12}, &got) == ICMP_OK && got.damaged);
	bytes[9] ^= 1;
	bytes[0] = 3; /* unreachable */
	put_be16(bytes + 2, 0);
	put_be16(bytes + 2, inet_checksum(inet_sum(0, (struct span){bytes, 12})));
	CHECK(icmp_echo_read((struct span){bytes, 12}, &got) == ICMP_NOT_ECHO);
}

static void udp_datagrams(void)
{
	uint8_t bytes[13] = {[8] = 'h', 'e', 'l', 'l', 'o'};
	struct ipv4 ip = {
		.src = {0xc0a80001}, .dst = {0xc0a800c7}, .payload = {bytes, sizeof(bytes)}};
	struct udp udp = {67, 68, {bytes + 8, 5}}, got;

	udp_write(bytes, &udp, ip.src, ip.dst);
	CHECK(udp_read(&ip, &got) == UDP_OK);
	CHECK(got.src_port == 67 && got.dst_port == 68 && got.payload.len == 5);
	bytes[10] ^= 0x20;
	CHECK(udp_read(&ip, &got) == UDP_BAD_CHECKSUM);
	put_be16(bytes + 6, 0); /* none given */
	CHECK(udp_read(&ip, &got) == UDP_OK);
	put_be16(bytes + 4, 14);
	CHECK(udp_read(&ip, &got) == UDP_BAD_LENGTH);
	put_be16(bytes + 4, 7);
	CHECK(udp_read(&ip, &got) == UDP_BAD_LENGTH);
	put_be16(bytes + 4, 9); /* shorter than the packet: the rest is padding */
	CHECK(udp_read(&ip, &got) == UDP_OK && got.payload.len == 1);
	ip.payload.len = 7;
	CHECK(udp_read(&ip, &got) == UDP_SHORT);
}

int main(void)
{
	eth_headers();
	eth_tags_and_lengths();
	arp_packets();
	arp_kinds();
	checksums();
	ipv4_packets();
	ipv4_fragments();
	icmp_messages();
	udp_datagrams();
	return test_end(__FILE__);
}
