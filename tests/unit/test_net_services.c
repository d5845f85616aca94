/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* TCP, DNS and ICMP errors as bytes; net.services, and the closer look at strangers, on the scripted network. */
#include "nicprobe/knock.h"
#include "tests/unit/net_rig.h"
#include <stdlib.h>

#define OWN_IP   "10.0.2.15"
#define LEASE    "dhcp=10.0.2.2 offer 10.0.2.50 dns 10.0.2.3"
#define STRANGER "f4:f2:6d:11:22:33"

static struct rig rig;

static struct text text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

/* ---- bytes ---- */

static void test_tcp(void)
{
	const struct ip4 a = {0x0a000001}, b = {0x0a000002};
	const struct tcp syn = {1000, 80, 0x01020304, 0, TCP_SYN};
	uint8_t bytes[TCP_WRITE_BYTES];
	struct ipv4 ip = {a, b, 64, IPV4_TCP, {bytes, tcp_write(bytes, &syn, a, b)}};
	struct tcp got;

	CHECK_U64(ip.payload.len, TCP_WRITE_BYTES);
	CHECK(tcp_read(&ip, &got) == TCP_OK && got.src_port == 1000 && got.dst_port == 80 &&
		got.seq == syn.seq && got.ack == 0 && got.flags == TCP_SYN);
	bytes[5] ^= 1;
	CHECK(tcp_read(&ip, &got) == TCP_BAD_CHECKSUM);
	for (size_t len = 0; len < TCP_WRITE_BYTES; len++) {
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, bytes, len);
		ip.payload = (struct span){copy, len};
		CHECK(tcp_read(&ip, &got) != TCP_OK);
		free(copy);
	}
}

static void test_service_words(void)
{
	static const char *const good[] = {"nas:2049", "10.0.0.5:22", "a.b-c_d.example:65535"};
	static const char *const bad[] = {"", "nas", "nas:", ":22", "nas:0", "nas:65536", "nas:ssh",
		"na s:22", "a..b:1", "nas:22:", "[::1]:22",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1"};
	struct text host;
	uint16_t port;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(service_read(text_of(good[i]), &host, &port), "%s", good[i]);
	CHECK(text_is(host, "a.b-c_d.example") && port == 65535);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!service_read(text_of(bad[i]), &host, &port), "%s", bad[i]);
}

static void test_dns(void)
{
	/* Response 0x1234 to "nas": a CNAME, then the address 10.0.0.5; names by pointer and by label. */
	static const uint8_t response[] = "\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
					  "\3nas\0\0\1\0\1"
					  "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\1x\0"
					  "\1x\0\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\5";
	uint8_t query[DNS_QUERY_BYTES];
	struct dns_answer answer = {0};

	CHECK_U64(dns_write(query, 0x1234, text_of("nas")), 12 + 5 + 4);
	CHECK(memcmp(query + 12, "\3nas\0\0\1\0\1", 9) == 0);
	CHECK_U64(dns_write(query, 1, text_of("nas.")), 12 + 5 + 4);
	CHECK_U64(dns_write(query, 1, text_of("")), 12 + 1 + 4);
	CHECK(!dns_read((struct span){query, 17}, &answer));
	CHECK(dns_read((struct span){response, sizeof(response) - 1}, &answer));
	CHECK(answer.id == 0x1234 && answer.rcode == 0 && answer.ip.value == 0x0a000005);
	for (size_t len = 0; len < sizeof(response) - 1; len++) {
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, response, len);
		if (dns_read((struct span){copy, len}, &answer))
			CHECK(answer.ip.value == 0);
		free(copy);
	}
	for (size_t i = 0; i < (sizeof(response) - 1) * 256; i++) {
		uint8_t copy[sizeof(response) - 1];

		memcpy(copy, response, sizeof(copy));
		copy[i / 256] = (uint8_t)i;
		dns_read((struct span){copy, sizeof(copy)}, &answer);
	}
}

static void test_icmp_error(void)
{
	const struct ipv4 about = {
		{0x0a000001}, {0x0a000002}, 64, IPV4_TCP, {NULL, ICMP_QUOTED_BYTES}};
	uint8_t m[ICMP_HEADER_BYTES + IPV4_HEADER_BYTES + ICMP_QUOTED_BYTES] = {
		ICMP_UNREACHABLE, ICMP_NEEDS_FRAGMENTING, 0, 0, 0, 0, 5, 0x78};
	struct icmp_error error;

	ipv4_write(m + ICMP_HEADER_BYTES, &about, 1);
	memcpy(m + ICMP_HEADER_BYTES + IPV4_HEADER_BYTES, "\1\2\3\4\5\6\7\10", ICMP_QUOTED_BYTES);
	put_be16(m + 2, inet_checksum(inet_sum(0, (struct span){m, sizeof(m)})));
	CHECK(icmp_error_read((struct span){m, sizeof(m)}, &error) == ICMP_OK);
	CHECK(error.mtu == 1400 && error.src.value == about.src.value &&
		error.dst.value == about.dst.value && error.protocol == IPV4_TCP &&
		error.start[7] == 8);
	for (size_t len = 0; len < sizeof(m); len++)
		CHECK(icmp_error_read((struct span){m, len}, &error) != ICMP_OK);
}

/* ---- on the network ---- */

static const struct scenario {
	const char *name, *specs[4], *tcp, *dns;
	enum verdict verdict;
	const char *codes, *shows;
} scenarios[] = {
	{"nothing asked for", {LEASE}, "", NULL, SKIP, "", "which DHCP names, does not answer"},
	{"dns of dhcp", {LEASE, "dns=10.0.2.3 offer 10.0.2.9"}, "", NULL, PASS, "",
		"1 of 1 services answer"},
	{"dns given and dead", {LEASE}, "", "10.0.2.7", WARN, "net-service-unreachable",
		"it does not answer"},
	{"dns given and sick", {LEASE, "dns=10.0.2.7 rcode 2"}, "", "10.0.2.7", WARN,
		"net-service-unreachable", "cannot reach the servers"},
	{"open", {LEASE, "owner=10.0.2.9 open 22"}, "10.0.2.9:22", NULL, PASS, "",
		"10.0.2.9:22: open"},
	{"open by name", {LEASE, "owner=10.0.2.9 open 2049", "dns=10.0.2.3 offer 10.0.2.9"},
		"nas:2049", NULL, PASS, "", "2 of 2 services answer"},
	{"no such name", {LEASE, "dns=10.0.2.3 rcode 3"}, "nas:2049", NULL, WARN,
		"net-service-unreachable", "no address for it"},
	{"name without dns", {LEASE}, "nas:2049", NULL, WARN, "net-service-unreachable",
		"no DNS server answers"},
	{"refused", {LEASE, "owner=10.0.2.9"}, "10.0.2.9:22", NULL, WARN, "net-service-unreachable",
		"refused"},
	{"one of two", {LEASE, "owner=10.0.2.9 open 80"}, "10.0.2.9:22 10.0.2.9:80", NULL, WARN,
		"net-service-unreachable", "1 of 2 services answer"},
	{"silent host", {LEASE, "mute=10.0.2.9"}, "10.0.2.9:22", NULL, WARN,
		"net-service-unreachable", "no answer to 3 attempts"},
	{"nobody there", {LEASE}, "10.0.2.9:22", NULL, WARN, "net-service-unreachable",
		"nobody answers ARP"},
	{"barred by the router", {LEASE " bars others"}, "192.0.2.1:22", NULL, WARN,
		"net-service-unreachable", "filtered: 10.0.2.2 says"},
	{"beyond a silent router", {LEASE}, "192.0.2.1:22", NULL, WARN, "net-service-unreachable",
		"no answer to 3 attempts"},
};

static bool shows(const char *text)
{
	bool found = strstr(rig.notes, text) != NULL || strstr(rig.rec.check_why, text) != NULL;

	for (size_t i = 0; !found && i < rig.finding_count; i++)
		found = strstr(rig.findings[i].message, text) != NULL;
	return found;
}

static void play(const struct scenario *sc)
{
	const unsigned failed = test_failed;
	const struct check *check = &net_services_check;
	enum verdict verdict;

	rig_init(&rig, sc->specs);
	rig.may_speak = (struct ip4){0x0a000232};
	rig.config.net_dhcp = DHCP_LEASE;
	text_copy(rig.config.net_tcp, sizeof(rig.config.net_tcp), sc->tcp);
	if (sc->dns != NULL)
		CHECK(ip4_read(text_of(sc->dns), &rig.config.net_dns));
	verdict = rig_run_one(&rig, check);
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(shows(sc->shows), "%s", sc->shows);
	rig_finish(&rig, sc->name, failed);
}

/* The holder of our address is looked at from a lease; without one there is only its vendor. */
static void test_stranger(bool lease)
{
	static const char *const owner = "owner=" OWN_IP "@" STRANGER " open 80";
	const char *const specs[] = {owner, lease ? LEASE : NULL, NULL};

	rig_init(&rig, specs);
	rig.config.net_dhcp = DHCP_LEASE;
	rig.config.has_net_ip = true;
	CHECK(ip4_read(text_of(OWN_IP), &rig.config.net_ip));
	rig.may_speak = (struct ip4){lease ? 0x0a000232 : 0};
	rig_check(&rig, 4);
	CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
	CHECK(strstr(rig.notes,
		      lease ? "The holder of our address, " STRANGER
			      " (TP-LINK TECHNOLOGIES CO.,LTD.): TCP 22 refused, TCP 80 open, TCP 443 refused; time to live 64"
			    : "The holder of our address, " STRANGER
			      " (TP-LINK TECHNOLOGIES CO.,LTD.).") != NULL,
		"%s", rig.notes);
	net_session_end(&rig.run);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
}

int main(void)
{
	test_tcp();
	test_service_words();
	test_dns();
	test_icmp_error();
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	test_stranger(true);
	test_stranger(false);
	return test_end(__FILE__);
}
