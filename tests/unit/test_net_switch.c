/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The switch at the other end of the cable: LLDP, CDP and spanning tree, whole and hostile; and what a session makes of
 * them, also while other rooms work. */
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"
#include "tests/unit/net_rig.h"
#include <stdlib.h>

#define OWN_IP   "10.0.2.15"
#define STRANGER "52:54:00:aa:bb:cc"

static struct rig rig;

#define SWITCH_MAC "\x00\x1b\x54\x01\x02\x03"
#define LLDP_HEAD  "\x01\x80\xc2\x00\x00\x0e" SWITCH_MAC "\x88\xcc"
#define CDP_HEAD   "\x01\x00\x0c\xcc\xcc\xcc" SWITCH_MAC
#define STP_HEAD   "\x01\x80\xc2\x00\x00\x00" SWITCH_MAC

static const uint8_t lldp[] = LLDP_HEAD
	"\x02\x07\x04" SWITCH_MAC                                  /* chassis: MAC */
	"\x04\x09\x05Gi1/0/22"                                     /* port: interface name */
	"\x06\x02\x00\x78"                                         /* 120 s */
	"\x08\x06srv-17"                                           /* port description */
	"\x0a\x08sw-rack7"                                         /* system name */
	"\x0c\x05Model"                                            /* system description */
	"\x10\x0c\x05\x01\x0a\x00\x02\x07\x02\x00\x00\x00\x01\x00" /* management 10.0.2.7 */
	"\xfe\x06\x00\x80\xc2\x01\x00\x14"                         /* VLAN 20 */
	"\xfe\x09\x00\x12\x0f\x01\x03\x6c\x00\x00\x0f" /* MAU 15: 100BASE-TX, half duplex */
	"\xfe\x06\x00\x12\x0f\x04\x05\xf2"             /* 1522 */
	"\x00\x00";

/* Version 2; device, port, one address, platform, VLAN 30, full duplex. */
static const uint8_t cdp[] = CDP_HEAD
	"\x00\x4e\xaa\xaa\x03\x00\x00\x0c\x20\x00"
	"\x02\xb4\x00\x00"
	"\x00\x01\x00\x09"
	"core1"
	"\x00\x02\x00\x11\x00\x00\x00\x01\x01\x01\xcc\x00\x04\x0a\x00\x02\x08"
	"\x00\x03\x00\x0b"
	"Fa0/3.1"
	"\x00\x06\x00\x0d"
	"cisco C29"
	"\x00\x0a\x00\x06\x00\x1e"
	"\x00\x0b\x00\x05\x01"
	"\x00\x1a\x00\x05\x01";

/* Rapid spanning tree, topology change, root 001122334455, bridge 00aabbccddee. */
static const uint8_t stp[] = STP_HEAD
	"\x00\x27\x42\x42\x03\x00\x00\x02\x02\x3d"
	"\x80\x00\x00\x11\x22\x33\x44\x55\x00\x00\x00\x04"
	"\x80\x00\x00\xaa\xbb\xcc\xdd\xee\x80\x05\x00\x00\x14\x00\x02\x00\x0f\x00\x00\x00";

#define BYTES(frame) ((struct span){(frame), sizeof(frame) - 1})

static bool hear(struct switch_ports *t, struct span frame, bool *ret_malformed)
{
	struct eth eth;

	return eth_read(frame, &eth) == ETH_OK && switch_port_hear(t, &eth, 5, ret_malformed);
}

static const struct switch_port *heard(struct switch_ports *t, struct span frame)
{
	bool malformed = true;

	CHECK(hear(t, frame, &malformed) && !malformed);
	CHECK_U64(t->count, 1);
	return switch_port_best(t);
}

static void test_lldp(void)
{
	struct switch_ports t = {0};
	const struct switch_port *p = heard(&t, BYTES(lldp));
	char text[200];

	CHECK_STR(p->name, "sw-rack7");
	CHECK_STR(p->port, "Gi1/0/22 \"srv-17\"");
	CHECK_STR(p->platform, "Model");
	CHECK_U64(p->address.value, 0x0a000207);
	CHECK_U64(p->vlan, 20);
	CHECK(p->duplex == DUPLEX_HALF);
	CHECK_U64(p->speed_mbps, 100);
	CHECK_U64(p->max_frame_bytes, 1522);
	CHECK_U64(p->protocols, SWITCH_LLDP);
	CHECK_STR(switch_port_text(p, text, sizeof(text)),
		"sw-rack7 port Gi1/0/22 \"srv-17\" (VLAN 20)");
	heard(&t, BYTES(lldp));
	CHECK_STR(p->port, "Gi1/0/22 \"srv-17\"");
	CHECK_U64(p->frames, 2);
}

static void test_cdp(void)
{
	struct switch_ports t = {0};
	const struct switch_port *p = heard(&t, BYTES(cdp));

	CHECK_STR(p->name, "core1");
	CHECK_STR(p->port, "Fa0/3.1");
	CHECK_STR(p->platform, "cisco C29");
	CHECK_U64(p->address.value, 0x0a000208);
	CHECK_U64(p->vlan, 30);
	CHECK(p->duplex == DUPLEX_FULL);
}

static void test_stp(void)
{
	static const struct mac root = {{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}};
	static const struct mac bridge = {{0x00, 0xaa, 0xbb, 0xcc, 0xdd, 0xee}};
	struct switch_ports t = {0};
	const struct switch_port *p = heard(&t, BYTES(stp));

	CHECK(mac_same(p->root, root) && mac_same(p->bridge, bridge) && p->topology_change);
	heard(&t, BYTES(lldp));
	CHECK_U64(p->protocols, SWITCH_LLDP | SWITCH_STP);
	CHECK(mac_same(p->root, root));
}

/* Frames cut anywhere, and with any byte set to any value, in memory of exactly their size: no reader may go beyond. */
static void test_hostile(struct span whole)
{
	for (size_t len = 0; len <= whole.len; len++) {
		struct switch_ports t = {0};
		uint8_t *copy = malloc(len > 0 ? len : 1);
		bool malformed;

		memcpy(copy, whole.at, len);
		hear(&t, (struct span){copy, len}, &malformed);
		CHECK(t.count <= 1);
		free(copy);
	}
	for (size_t i = ETH_HEADER_BYTES; i < whole.len; i++) {
		uint8_t *copy = malloc(whole.len);

		for (unsigned value = 0; value < 256; value++) {
			struct switch_ports t = {0};
			bool malformed;

			memcpy(copy, whole.at, whole.len);
			copy[i] = (uint8_t)value;
			hear(&t, (struct span){copy, whole.len}, &malformed);
			CHECK(t.count <= 1);
		}
		free(copy);
	}
}

static void test_bounds(void)
{
	uint8_t frame[sizeof(stp) - 1];
	struct switch_ports t = {0};
	bool malformed;

	memcpy(frame, stp, sizeof(frame));
	for (unsigned i = 0; i < 20; i++) {
		frame[11] = (uint8_t)i;
		CHECK(hear(&t, (struct span){frame, sizeof(frame)}, &malformed));
	}
	CHECK_U64(t.count, SWITCH_PORTS_MAX);
	CHECK_U64(t.dropped, 20 - SWITCH_PORTS_MAX);
	heard(&(struct switch_ports){0}, BYTES(lldp));
}

/* ---- in a session ---- */

static void begin(const char *const *specs)
{
	rig_init(&rig, specs);
	rig.may_speak = (struct ip4){0x0a00020f};
	rig.config.has_net_ip = true;
	rig.config.net_ip = rig.may_speak;
	rig.config.net_dhcp = DHCP_OFF;
}

static void test_told(void)
{
	static const char *const specs[] = {"gateway=10.0.2.2", NULL};

	begin(specs);
	rig_check(&rig, 0);
	CHECK(net_ready(&rig.run));
	net_hear(&rig.run, 0, run_now_ns(&rig.run), BYTES(lldp));
	rig_check(&rig, 2);
	CHECK(strstr(rig.notes,
		      "nic0 is connected to sw-rack7 port Gi1/0/22 \"srv-17\" (VLAN 20), by its LLDP.") !=
			NULL,
		"%s", rig.notes);
	CHECK(strstr(rig.notes, "managed at 10.0.2.7") != NULL);
	CHECK_STR(rig_codes(&rig), "net-duplex-mismatch");
	CHECK(rig.verdicts[2] == WARN);
	net_session_end(&rig.run);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
}

/* A trunk: frames with tags only. One without a tag, and it is none. */
static void test_trunk(void)
{
	static const char *const specs[] = {"nics=1", NULL};
	static const uint8_t tagged[] =
		"\xff\xff\xff\xff\xff\xff" SWITCH_MAC
		"\x81\x00\x00\x14\x88\xb5 anything at all will do here, as long as it is long enough";
	static const uint8_t plain[] = "\xff\xff\xff\xff\xff\xff" SWITCH_MAC
				       "\x88\xb5 and so it will here";

	for (unsigned with_plain = 0; with_plain < 2; with_plain++) {
		begin(specs);
		rig_check(&rig, 0);
		CHECK(net_ready(&rig.run));
		for (unsigned i = 0; i < 5; i++)
			net_hear(&rig.run, 0, run_now_ns(&rig.run), BYTES(tagged));
		if (with_plain)
			net_hear(&rig.run, 0, run_now_ns(&rig.run), BYTES(plain));
		tell_new(&rig.run);
		tell_new(&rig.run);
		CHECK_STR(rig_codes(&rig), with_plain ? "" : "net-vlan-mismatch");
		CHECK(with_plain || strstr(rig.findings[0].fields, "vlans=20") != NULL);
		net_session_end(&rig.run);
	}
}

/* An owner that comes late, whether it announces itself or only answers, is found while another room works. */
static void test_late_owner(void)
{
	static const char *const owners[] = {"owner=" OWN_IP "@" STRANGER " after 60s",
		"announces=" OWN_IP "@" STRANGER " after 60s"};

	for (size_t o = 0; o < ARRAY_LEN(owners); o++) {
		const char *const specs[] = {"gateway=10.0.2.2", owners[o], NULL};
		uint64_t start_ns;

		begin(specs);
		for (size_t i = 0; i < RIG_CHECKS; i++)
			rig_check(&rig, i);
		CHECK_STR(rig_codes(&rig), "");
		start_ns = run_now_ns(&rig.run);
		while (run_now_ns(&rig.run) - start_ns < 100ull * NS_PER_S) {
			rig.machine.clock.sleep_ns(rig.machine.clock.ctx, 500ull * NS_PER_MS);
			net_watch(&rig.run);
		}
		CHECK(net_watch_has_news(&rig.run));
		CHECK_STR(rig_codes(&rig), "");
		net_watch_tell(&rig.run);
		CHECK(!net_watch_has_news(&rig.run));
		CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
		net_session_end(&rig.run);
		CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
		CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	}
}

/* A card that hangs while another room works is no finding of that room's check. */
static void test_late_hang(void)
{
	static const char *const specs[] = {"gateway=10.0.2.2", NULL};

	begin(specs);
	for (size_t i = 0; i < RIG_CHECKS; i++)
		rig_check(&rig, i);
	rig.net.nics[0].faults[SIM_TX_HANG] = true;
	rig.machine.clock.sleep_ns(rig.machine.clock.ctx, 30ull * NS_PER_S);
	net_watch(&rig.run);
	CHECK_STR(rig_codes(&rig), "");
	CHECK(net_watch_has_news(&rig.run));
	net_watch_tell(&rig.run);
	CHECK_STR(rig_codes(&rig), "nic-tx-hang");
	net_session_end(&rig.run);
}

int main(void)
{
	test_lldp();
	test_cdp();
	test_stp();
	test_hostile(BYTES(lldp));
	test_hostile(BYTES(cdp));
	test_hostile(BYTES(stp));
	test_bounds();
	test_told();
	test_trunk();
	test_late_owner();
	test_late_hang();
	return test_end(__FILE__);
}
