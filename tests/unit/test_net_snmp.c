/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* BER and SNMP as bytes; where the switch has seen a MAC address, and what net.switch-port makes of good and bad agents. */
#include "nicprobe/pump.h"
#include "tests/unit/net_cut.h"
#include "tests/unit/net_rig.h"

#define OWN_IP   "10.0.2.15"
#define LEASE    "dhcp=10.0.2.2 offer 10.0.2.50"
#define STRANGER "f4:f2:6d:11:22:33"
#define OWNER    "owner=" OWN_IP "@" STRANGER
#define MIB      "mib=1.3.6.1.2.1."
#define SECRET   "s3cret"

static struct rig rig;

static struct text text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

/* ---- bytes ---- */

static void test_ber(void)
{
	static const uint8_t bytes[] = {0x04, 0x81, 0x02, 'a', 'b', 0x02, 0x02, 0x01, 0x00};
	static const struct {
		uint8_t len, body[9];
		bool is_unsigned, good;
		uint64_t value;
	} numbers[] = {{1, {0x7f}, false, true, 127}, {1, {0x80}, false, false, 0},
		{1, {0x80}, true, true, 128}, {0, {0}, true, false, 0},
		{4, {0xff, 0xff, 0xff, 0xff}, true, true, 0xffffffff},
		{9, {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, false, true, UINT64_MAX},
		{9, {1, 0, 0, 0, 0, 0, 0, 0, 0}, true, false, 0}};
	struct span rest = {bytes, sizeof(bytes)};
	struct ber e;
	uint64_t number;

	CHECK(ber_read(&rest, &e) && e.tag == BER_OCTETS && e.body.len == 2 && e.body.at[1] == 'b');
	CHECK(ber_read(&rest, &e) && e.tag == BER_INTEGER && ber_number(e.body, false, &number) &&
		number == 256);
	CHECK(!ber_read(&rest, &e));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const struct span body = {numbers[i].body, numbers[i].len};

		number = 0;
		CHECK(ber_number(body, numbers[i].is_unsigned, &number) == numbers[i].good);
		CHECK_U64(number, numbers[i].value);
	}
	/* No definite length, a length of lengths, more than there is, a tag of two bytes. */
	static const uint8_t bad[][6] = {{4, 0x80, 0, 0, 0, 0}, {4, 0x85, 0, 0, 0, 0},
		{4, 0x84, 0xff, 0xff, 0xff, 0xff}, {4, 5, 0, 0, 0, 0}, {0x1f, 1, 0, 0, 0, 0}};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		rest = (struct span){bad[i], sizeof(bad[i])};
		CHECK(!ber_read(&rest, &e) && rest.at == bad[i], "%zu", i);
	}
}

/* Lengths at the edges of the short and long forms, there and back. */
static void test_lengths(void)
{
	static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 900};
	static uint8_t buf[1024], filler[1024];

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct ber_writer w = ber_begin(buf, sizeof(buf));
		struct span rest, body;

		ber_element(&w, BER_OCTETS, filler, lengths[i]);
		rest = (struct span){buf, ber_end(&w)};
		CHECK(ber_read_as(&rest, BER_OCTETS, &body) && rest.len == 0);
		CHECK_U64(body.len, lengths[i]);
	}
	struct ber_writer w = ber_begin(buf, 4);

	ber_element(&w, BER_OCTETS, filler, 4);
	CHECK_U64(ber_end(&w), 0);
}

static struct oid oid_with(uint32_t a, uint32_t b)
{
	struct oid oid = oid_of("\x2b\6");

	oid_add(&oid, a);
	oid_add(&oid, b);
	return oid;
}

static void test_oids(void)
{
	static const uint32_t arcs[] = {
		0, 1, 127, 128, 16383, 16384, 10022, UINT32_MAX - 1, UINT32_MAX};
	const struct oid base = oid_of("\x2b\6");
	struct oid full = base;
	struct span rest;
	uint32_t arc;

	for (size_t i = 0; i < ARRAY_LEN(arcs); i++) {
		const struct oid a = oid_with(arcs[i], 5);

		CHECK(oid_below(oid_span(&a), &base, &rest) && oid_arc(&rest, &arc));
		CHECK_U64(arc, arcs[i]);
		CHECK(oid_arc(&rest, &arc) && arc == 5 && !oid_arc(&rest, &arc));
		for (size_t j = 0; j < ARRAY_LEN(arcs); j++) {
			const struct oid b = oid_with(arcs[j], 4);
			const int want = arcs[i] < arcs[j] ? -1 : 1;

			CHECK(oid_compare(oid_span(&a), oid_span(&b)) == want, "%u %u", arcs[i],
				arcs[j]);
		}
	}
	CHECK(!oid_below(oid_span(&base), &base, &rest));
	CHECK(oid_compare(oid_span(&base), (struct span){base.at, 1}) > 0);
	CHECK(oid_compare(oid_span(&base), oid_span(&base)) == 0);
	CHECK(oid_compare((struct span){(const uint8_t *)"\x2b\xff", 2}, oid_span(&base)) > 0);
	for (unsigned i = 0; i < 2 * OID_BYTES; i++)
		oid_add(&full, UINT32_MAX);
	CHECK(full.len <= OID_BYTES);
}

/* A question for sysName as RFC 3416 and X.690 have it, byte for byte; and the answer of a real agent (net-snmp). */
static const uint8_t question[] =
	"\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\x00"
	"\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x05"
	"\x00\x05\x00";
static const uint8_t answer[] = "\x30\x2a\x02\x01\x01\x04\x06public\xa2\x1d\x02\x01\x01\x02\x01\x00"
				"\x02\x01\x00\x30\x12\x30\x10\x06\x08\x2b\x06\x01\x02\x01\x01\x05"
				"\x00\x04\x04sw-1";

static void test_messages(void)
{
	const struct oid name = oid_of("\x2b\6\1\2\1\1\5");
	struct oid sys_name = name;
	uint8_t buf[SNMP_WRITE_BYTES];
	struct snmp_response r = {0};
	struct snmp_binding b;

	oid_add(&sys_name, 0);
	CHECK_U64(snmp_write(buf,
			  &(struct snmp_question){SNMP_GET, 1, text_of("public"), 0, 1, &sys_name}),
		sizeof(question) - 1);
	CHECK(memcmp(buf, question, sizeof(question) - 1) == 0);
	CHECK(!snmp_read((struct span){question, sizeof(question) - 1}, &r));
	CHECK(snmp_read((struct span){answer, sizeof(answer) - 1}, &r) && r.id == 1 &&
		r.error == 0);
	CHECK(snmp_next_binding(&r.bindings, &b) && b.value.there && !b.value.is_number &&
		b.value.len == 4 && memcmp(b.value.bytes, "sw-1", 4) == 0);
	CHECK(oid_compare(b.name, oid_span(&sys_name)) == 0 && !snmp_next_binding(&r.bindings, &b));
	for (size_t len = 0; len < sizeof(answer) - 1; len++) {
		struct span s = cut(answer, len);

		CHECK(!snmp_read(s, &r), "%zu", len);
		drop(s);
	}
	for (size_t i = 0; i < (sizeof(answer) - 1) * 256; i++) {
		uint8_t copy[sizeof(answer) - 1];

		memcpy(copy, answer, sizeof(copy));
		copy[i / 256] = (uint8_t)i;
		struct span s = cut(copy, sizeof(copy));

		if (snmp_read(s, &r)) {
			while (snmp_next_binding(&r.bindings, &b))
				CHECK(b.value.len <= SNMP_VALUE_BYTES);
		}
		drop(s);
	}
}

/* ---- on the network ---- */

/* A switch that has the stranger behind port 22, this server behind port 5. */
#define PORTS                                                                  \
	MIB "1.5.0 text sw1", MIB "17.4.3.1.2.244.242.109.17.34.51 number 22", \
		MIB "17.1.4.1.2.22 number 10022", MIB "31.1.1.1.1.10022 text Gi0/22"
#define AGENT "agent=10.0.2.3 community " SECRET

static void begin(const char *const *specs)
{
	rig_init(&rig, specs);
	rig.config.net_dhcp = DHCP_LEASE;
	rig.config.net_snmp_agent = (struct ip4){0x0a000203};
	text_copy(rig.config.net_snmp_community, CONFIG_SECRET, SECRET);
	rig.may_speak = (struct ip4){0x0a000232};
}

static void own_address(void)
{
	rig.config.has_net_ip = true;
	CHECK(ip4_read(text_of(OWN_IP), &rig.config.net_ip));
}

/* The secret is in no record, whatever the outcome. */
static void end(const char *name, unsigned failed)
{
	CHECK(!rig_shows(&rig, SECRET) && strstr(rig.coverage, SECRET) == NULL);
	CHECK(rig.finding_count == 0 || rig.findings[0].message[0] != '\0');
	net_session_end(&rig.run);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	if (failed != test_failed)
		printf("  in scenario \"%s\": %s\n%s%s\n", name, rig.rec.check_why, rig.notes,
			rig.finding_count > 0 ? rig.findings[0].fields : "");
}

static const struct stranger {
	const char *name, *specs[10], *shows;
	const char *place; /* as the finding has it; NULL: it has none */
} strangers[] = {
	{"in the table of the bridge", {OWNER, LEASE, AGENT, PORTS}, "behind Gi0/22 on sw1",
		"Gi0/22 on sw1"},
	{"in the table of a VLAN",
		{OWNER, LEASE, AGENT, MIB "17.7.1.2.2.1.2.1.2.0.0.0.0.9 number 7",
			MIB "17.7.1.2.2.1.2.300.244.242.109.17.34.51 number 22",
			MIB "17.1.4.1.2.22 number 10022", MIB "31.1.1.1.1.10022 text Gi0/22"},
		"behind Gi0/22 on 10.0.2.3", "Gi0/22 on 10.0.2.3"},
	{"only ifDescr",
		{OWNER, LEASE, AGENT, MIB "17.4.3.1.2.244.242.109.17.34.51 number 22",
			MIB "17.1.4.1.2.22 number 3", MIB "2.2.1.2.3 text port-3"},
		"behind port-3 on", "port-3 on 10.0.2.3"},
	{"no interface for the port",
		{OWNER, LEASE, AGENT, MIB "17.4.3.1.2.244.242.109.17.34.51 number 22"},
		"behind bridge port 22 on", "bridge port 22 on 10.0.2.3"},
	{"the switch's own", {OWNER, LEASE, AGENT, MIB "17.4.3.1.2.244.242.109.17.34.51 number 0"},
		"did not say behind which port 1 of 1 owners are: it has no such entry", NULL},
	{"not in the table", {OWNER, LEASE, AGENT, MIB "1.5.0 text sw1"},
		"sw1 did not say behind which port 1 of 1 owners are", NULL},
	{"another community", {OWNER, LEASE, "agent=10.0.2.3 community other", PORTS},
		"the community is another", NULL},
	{"no agent", {OWNER, LEASE, "owner=10.0.2.3"}, "no answer: SNMP v2c is off there", NULL},
	{"nobody there", {OWNER, LEASE}, "it cannot be reached from our address", NULL},
	{"no address to speak from", {OWNER, AGENT, PORTS}, "there is no address to speak from",
		NULL},
	{"refuses", {OWNER, LEASE, AGENT " answers refuses", PORTS}, "not authorized", NULL},
	{"one at a time", {OWNER, LEASE, AGENT " answers toobig", PORTS}, "behind Gi0/22 on sw1",
		"Gi0/22 on sw1"},
	{"says something else", {OWNER, LEASE, AGENT " answers other", PORTS},
		"do not fit the questions", NULL},
	{"answers another question", {OWNER, LEASE, AGENT " answers wrongid", PORTS},
		"no answer: SNMP", NULL},
	{"cut", {OWNER, LEASE, AGENT " answers cut", PORTS}, "no answer: SNMP", NULL},
	{"leads in circles",
		{OWNER, LEASE, AGENT " answers loops", MIB "17.7.1.2.2.1.2.1.2.0.0.0.0.9 number 7"},
		"out of order", NULL},
	{"never ends",
		{OWNER, LEASE, AGENT " answers endless",
			MIB "17.7.1.2.2.1.2.1.2.0.0.0.0.9 number 7"},
		"did not say behind which port 1 of 1", NULL},
};

#define NAMED_NS (10ull * NS_PER_S)

/* The finding waits for no switch; where that knows the place, it is told once more. */
static void check_place(const char *place)
{
	const struct rig_finding *first = &rig.findings[0], *second = &rig.findings[1];
	char fields[64];

	CHECK(!first->more && strstr(first->fields, "switch_port=") == NULL, "%s", first->fields);
	CHECK_U64(rig.finding_count, place != NULL ? 2 : 1);
	if (place == NULL || rig.finding_count < 2)
		return;
	fmt_to(fields, sizeof(fields), "switch_port=%s follow_up=1 ", place);
	CHECK(second->more && strstr(second->fields, fields) != NULL, "%s", second->fields);
	CHECK(strncmp(first->fields, second->fields, strlen("ip=" OWN_IP " mac=" STRANGER)) == 0);
}

/* An owner that comes while other rooms work is looked for, too, and no more than once. */
static void test_late_owner(void)
{
	static const char *const specs[] = {OWNER " after 40s", LEASE, AGENT, PORTS, NULL};
	const unsigned failed = test_failed;

	begin(specs);
	own_address();
	CHECK(rig_run_one(&rig, &net_duplicate_ip_check) == PASS);
	for (unsigned i = 0; i < 200 && !net_watch_has_news(&rig.run); i++) {
		rig.machine.clock.sleep_ns(rig.machine.clock.ctx, 500ull * NS_PER_MS);
		net_watch(&rig.run);
	}
	net_watch_tell(&rig.run);
	check_place("Gi0/22 on sw1");
	CHECK(!net_watch_has_news(&rig.run));
	net_watch_tell(&rig.run);
	CHECK_U64(rig.finding_count, 2);
	end("late", failed);
}

static void play_stranger(const struct stranger *sc)
{
	const unsigned failed = test_failed;

	begin(sc->specs);
	own_address();
	CHECK(rig_run_one(&rig, &net_duplicate_ip_check) == FAIL);
	CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
	CHECK(rig_shows(&rig, sc->shows), "%s", sc->shows);
	check_place(sc->place);
	CHECK(rig.findings[0].t_ns < NAMED_NS, "%llu ms",
		(unsigned long long)rig.findings[0].t_ns / NS_PER_MS);
	CHECK(rig.clock.now_ns < 60 * (uint64_t)NS_PER_S);
	end(sc->name, failed);
}

/* The router's table says who gets the traffic. */
static void test_router_view(void)
{
	static const char *const specs[] = {OWNER, LEASE, "agent=10.0.2.9 community " SECRET,
		MIB "4.22.1.2.7.10.0.2.15 mac " STRANGER,
		MIB "4.22.1.2.3.10.0.2.77 mac 02:00:00:00:00:09", NULL};
	const unsigned failed = test_failed;

	begin(specs);
	own_address();
	rig.config.net_snmp_agent = rig.config.net_gateway = (struct ip4){0x0a000209};
	CHECK(rig_run_one(&rig, &net_duplicate_ip_check) == FAIL);
	CHECK(rig_shows(&rig, "The router 10.0.2.9 sends what is for 10.0.2.15 to " STRANGER));
	end("router", failed);
}

/* Without the option nobody is asked, and nothing is said. */
static void test_not_asked(void)
{
	static const char *const specs[] = {OWNER, LEASE, AGENT, PORTS, NULL};
	const unsigned failed = test_failed;

	begin(specs);
	own_address();
	rig.config.net_snmp_community[0] = '\0';
	CHECK(rig_run_one(&rig, &net_duplicate_ip_check) == FAIL);
	CHECK(!rig_shows(&rig, "switch") && !rig_shows(&rig, "router"));
	CHECK(rig_run_one(&rig, &net_switch_port_check) == SKIP);
	CHECK(rig_shows(&rig, "net.snmp.community is not set"));
	end("not asked", failed);
}

/* ---- net.switch-port ---- */

/* The switch at our cable says that it is managed at 10.0.2.3, and names port "Gi0/5". */
static void hear_lldp(void)
{
	static const uint8_t frame[] = "\x01\x80\xc2\x00\x00\x0e\x00\x1b\x54\x01\x02\x03\x88\xcc"
				       "\x02\x07\x04\x00\x1b\x54\x01\x02\x03\x04\x06\x05Gi0/5"
				       "\x06\x02\x00\x78\x0a\x03sw1\x10\x0c\x05\x01\x0a\x00\x02\x03"
				       "\x02\x00\x00\x00\x00\x00\x00\x00";

	rig_run_one(&rig, &nic_inventory_check);
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame) - 1});
}

#define OWN_PORT                                                                               \
	MIB "1.5.0 text sw1", MIB "31.1.1.1.1.10005 text Gi0/5", MIB "2.2.1.8.10005 number 1", \
		MIB "31.1.1.1.15.10005 gauge 1000", MIB "2.2.1.14.10005 counter 12"

static const struct own {
	const char *name, *specs[14];
	bool lldp;
	enum verdict verdict;
	const char *codes, *shows;
} owns[] = {
	{"by the port's name", {LEASE, AGENT, OWN_PORT, MIB "10.7.2.1.19.10005 number 3"}, true,
		PASS, "",
		"By SNMP, nic0 is behind Gi0/5 on sw1, up, 1000 Mb/s, full duplex, 12 receive errors;"},
	{"by our address",
		{LEASE, AGENT, OWN_PORT, MIB "17.4.3.1.2.82.84.0.18.52.86 number 5",
			MIB "17.1.4.1.2.5 number 10005"},
		true, PASS, "", "nic0 is behind Gi0/5 on sw1"},
	{"an uplink",
		{LEASE, AGENT, OWN_PORT, MIB "17.4.3.1.2.82.84.0.18.52.86 number 5",
			MIB "17.1.4.1.2.5 number 10005"},
		false, SKIP, "", "nothing says that our cable ends there"},
	{"damaged frames", {LEASE, AGENT, OWN_PORT, MIB "10.7.2.1.3.10005 rising 9"}, true, WARN,
		"nic-errors", "counted 9 damaged ones (9 FCS errors"},
	{"half duplex", {LEASE, AGENT, OWN_PORT, MIB "10.7.2.1.19.10005 number 2", "wired"}, true,
		FAIL, "net-duplex-mismatch", "half duplex"},
	{"not known there", {LEASE, AGENT, MIB "1.5.0 text sw1"}, true, SKIP, "",
		"sw1 does not say which port"},
	{"silent", {LEASE, "owner=10.0.2.3"}, true, SKIP, "",
		"the switch cannot be read: no answer"},
	{"never ends", {LEASE, AGENT " answers endless", MIB "31.1.1.1.1.1 number 1"}, true, SKIP,
		"", "its tables have no end"},
	{"the router agrees",
		{LEASE, AGENT, OWN_PORT, "agent=10.0.2.9 community " SECRET,
			MIB "4.22.1.2.7.10.0.2.50 mac 52:54:00:12:34:56"},
		true, PASS, "", "has 10.0.2.50 at our MAC address"},
	{"the router has another",
		{LEASE, AGENT, OWN_PORT, "agent=10.0.2.9 community " SECRET,
			MIB "4.22.1.2.7.10.0.2.50 mac " STRANGER},
		true, WARN, "net-duplicate-ip",
		"sends what is for 10.0.2.50, the address we speak from, to " STRANGER},
};

static void play_own(const struct own *sc)
{
	const unsigned failed = test_failed;
	enum verdict verdict;

	begin(sc->specs);
	rig.config.net_gateway = (struct ip4){0x0a000209};
	if (sc->lldp)
		hear_lldp();
	verdict = rig_run_one(&rig, &net_switch_port_check);
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(rig_shows(&rig, sc->shows), "%s", sc->shows);
	end(sc->name, failed);
}

int main(void)
{
	test_ber();
	test_lengths();
	test_oids();
	test_messages();
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		play_stranger(&strangers[i]);
	test_router_view();
	test_not_asked();
	for (size_t i = 0; i < ARRAY_LEN(owns); i++)
		play_own(&owns[i]);
	test_late_owner();
	return test_end(__FILE__);
}
