/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.services: the DNS server, and the TCP services that net.tcp names. Pure over struct nic.
 *
 * Spec.    RFC 1035; RFC 9293.
 * Pass if: the DNS server answers, and every service named takes connections. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/checks.h"
#include "nicprobe/dns.h"
#include "nicprobe/services.h"
#include "nicprobe/tell.h"
#include "nicprobe/udp.h"

#define DNS_TRIES    3
#define DNS_WAIT_NS  (1ull * NS_PER_S)
#define SERVICES_MAX 16
#define PORT_MAX     65535
#define HOST_TEXT    (DNS_NAME_MAX + 1)

static const struct resolve_plan plan = {2ull * NS_PER_S, 1ull * NS_PER_S, 0};

/* ---- net.tcp ---- */

bool service_read(struct text word, struct text *ret_host, uint16_t *ret_port)
{
	uint8_t query[DNS_QUERY_BYTES];
	uint64_t port;
	size_t at = word.len;

	while (at > 0 && word.at[at - 1] != ':')
		at--;
	if (at < 2 || !text_number((struct text){word.at + at, word.len - at}, &port) ||
		port == 0 || port > PORT_MAX ||
		dns_write(query, 0, (struct text){word.at, at - 1}) == 0)
		return false;
	*ret_host = (struct text){word.at, at - 1};
	*ret_port = (uint16_t)port;
	return true;
}

/* ---- asking a DNS server ---- */

bool dns_hear(struct run *run, const struct heard *h, const struct ipv4 *ip, const struct udp *udp)
{
	struct dns_question *q = &run->net->dns;
	struct dns_answer answer;

	if (!q->waiting || !ip4_same(ip->src, q->server) || udp->dst_port != q->own_port ||
		!ip4_same(ip->dst, run->net->address.ip))
		return true;
	if (!dns_read(udp->payload, &answer))
		return false;
	if (answer.id != q->id)
		return true;
	q->waiting = false;
	q->rtt_ns = h->now_ns - q->sent_ns;
	q->answer = answer;
	return true;
}

static bool dns_answered(struct run *run, void *arg)
{
	(void)arg;
	return !run->net->dns.waiting;
}

/* Asks the server for `name`; empty: for the root's servers. False: no answer. */
static bool dns_ask(struct run *run, struct ip4 server, struct mac next_hop, struct text name)
{
	struct net_session *s = run->net;
	struct dns_question *q = &s->dns;
	uint8_t *at = net_ipv4_payload(s);
	struct udp udp = {.dst_port = DNS_PORT};

	*q = (struct dns_question){.server = server, .waiting = true};
	for (unsigned n = 0; n < DNS_TRIES && q->waiting && address_usable(s); n++) {
		q->id = (uint16_t)rng_next(&s->rng);
		q->own_port = udp.src_port = net_own_port(s);
		udp.payload.len = dns_write(at + UDP_HEADER_BYTES, q->id, name);
		udp_write(at, &udp, s->address.ip, server);
		q->sent_ns = run_now_ns(run);
		net_send_ipv4(run, s->address.nic, next_hop, s->address.ip, server, IPV4_UDP,
			UDP_HEADER_BYTES + udp.payload.len);
		if (!net_wait_for(run, run_now_ns(run) + DNS_WAIT_NS, dns_answered, NULL))
			break;
	}
	return !q->waiting;
}

/* ---- the check ---- */

/* What is left to say at the end. */
struct sum {
	bool has_dns; /* a server is known, answers, */
	struct ip4 dns;
	struct mac dns_hop;
	unsigned asked, fine;
	char text[128];
};

static void tell_unreachable(struct run *run, const char *service, struct ip4 ip, uint16_t port,
	const char *result, const char *sentence)
{
	char text[IP4_TEXT];
	const struct field fields[] = {FIELD_STR("service", service),
		FIELD_STR("ip", ip.value != 0 ? ip4_text(text, ip) : ""), FIELD_NUM("port", port),
		FIELD_STR("result", result)};

	record_finding(run->rec, FINDING_NET_SERVICE_UNREACHABLE, NULL, fields, ARRAY_LEN(fields),
		"%s: %s.", service, sentence);
}

/* A server that was given is to answer; one that only DHCP names may not be meant for us. */
static void ask_dns(struct run *run, struct sum *sum)
{
	const struct net_address *a = &run->net->address;
	const struct ip4 given = run->config->net_dns;
	const struct dns_question *q = &run->net->dns;
	char service[32], ip[IP4_TEXT], rtt[FMT_SIZE];

	sum->dns = given.value != 0 ? given : a->leased ? a->offer.dns : (struct ip4){0};
	if (sum->dns.value == 0)
		return;
	fmt_to(service, sizeof(service), "DNS server %s", ip4_text(ip, sum->dns));
	sum->has_dns = address_way(run, sum->dns, &plan, &sum->dns_hop) &&
		       dns_ask(run, sum->dns, sum->dns_hop, (struct text){"", 0});
	if (!sum->has_dns && given.value == 0) {
		record_note(run->rec, NULL,
			"%s, which DHCP names, does not answer; set net.dns to make that count.",
			service);
		return;
	}
	sum->asked++;
	if (!sum->has_dns) {
		tell_unreachable(
			run, service, sum->dns, DNS_PORT, "no answer", "it does not answer");
		return;
	}
	record_note(run->rec, NULL, "%s answers in %s: %s.", service, fmt_duration(rtt, q->rtt_ns),
		dns_rcode_text(q->answer.rcode));
	if (q->answer.rcode == DNS_SERVER_FAILURE && given.value != 0)
		tell_unreachable(run, service, sum->dns, DNS_PORT, "SERVFAIL",
			"it answers, but cannot reach the servers it asks itself");
	else
		sum->fine++;
}

/* The address of a service's host, by DNS if it has a name. */
static bool find_host(struct run *run, const struct sum *sum, struct text host, struct ip4 *ret,
	const char **ret_why)
{
	if (ip4_read(host, ret))
		return true;
	*ret_why = !sum->has_dns ? "its name cannot be looked up: no DNS server answers"
				 : "the DNS server has no address for it";
	if (!sum->has_dns || !dns_ask(run, sum->dns, sum->dns_hop, host) ||
		run->net->dns.answer.ip.value == 0)
		return false;
	*ret = run->net->dns.answer.ip;
	return true;
}

/* Finds the way to one service and readies a knock. False: it was told why not. */
static bool prepare(struct run *run, const struct sum *sum, struct text word, const char *service)
{
	const char *why = "nobody answers ARP for it, or for the gateway to it";
	struct ip4 ip = {0};
	struct text host;
	struct mac next_hop;
	uint16_t port;

	if (!service_read(word, &host, &port))
		return false;
	if (find_host(run, sum, host, &ip, &why) && address_way(run, ip, &plan, &next_hop))
		return knock_add(run, ip, port, run->net->address.nic, next_hop, false);
	if (!run->stopped)
		tell_unreachable(run, service, ip, port, "no way", why);
	return false;
}

static void judge(struct run *run, const struct knock *k, const char *service, struct sum *sum)
{
	char sentence[96], by[IP4_TEXT], rtt[FMT_SIZE];

	if (k->state == KNOCK_OPEN) {
		sum->fine++;
		record_note(run->rec, NULL, "%s: open, answers in %s.", service,
			fmt_duration(rtt, k->rtt_ns));
		return;
	}
	if (k->state == KNOCK_REFUSED)
		fmt_to(sentence, sizeof(sentence),
			"refused: the machine is up, but nothing takes connections there");
	else if (k->state == KNOCK_BARRED)
		fmt_to(sentence, sizeof(sentence),
			"filtered: %s says it cannot be reached (ICMP code %u)",
			ip4_text(by, k->barred_by), k->barred_code);
	else
		fmt_to(sentence, sizeof(sentence), "no answer to %u attempts", k->tries);
	tell_unreachable(run, service, k->ip, k->port, knock_state_text(k->state), sentence);
}

/* All services of net.tcp. False: stopped. */
static bool knock_at_services(struct run *run, struct sum *sum)
{
	struct text rest = {run->config->net_tcp, text_length(run->config->net_tcp)}, word;
	char names[SERVICES_MAX][HOST_TEXT + 8];
	struct knocks *t = &run->net->knocks;

	t->count = 0;
	while (t->count < SERVICES_MAX && !run->stopped && text_word(&rest, &word)) {
		sum->asked++;
		fmt_to(names[t->count], sizeof(names[0]), "%.*s", (int)word.len, word.at);
		prepare(run, sum, word, names[t->count]);
	}
	if (run->stopped || !knock_run(run))
		return false;
	for (size_t i = 0; i < t->count; i++)
		judge(run, &t->at[i], names[i], sum);
	return true;
}

static enum verdict services(struct run *run)
{
	enum verdict verdict = SKIP;
	struct sum sum = {0};

	if (!net_ready(run))
		return SKIP;
	if (!address_acquire(run))
		return SKIP;
	ask_dns(run, &sum);
	if (!knock_at_services(run, &sum)) {
		record_why(run->rec, run->stopped
					     ? "stopped before all services were tried"
					     : "our own address, or the card, was lost meanwhile");
	} else if (sum.asked == 0) {
		record_why(run->rec, "no service to try: set net.tcp or net.dns");
	} else {
		record_why(run->rec, "%u of %u services answer", sum.fine, sum.asked);
		record_coverage(
			run->rec, PART_ID_NETWORK, "%u of %u services answer", sum.fine, sum.asked);
		verdict = sum.fine > 0 ? PASS : SKIP;
	}
	run->net->knocks.count = 0;
	tell_new(run);
	return verdict;
}

const struct check net_services_check = {
	.id = "net.services",
	.title = "The DNS server, and the TCP services of net.tcp",
	.pass_if = "the DNS server answers, and every service that net.tcp names takes connections",
	.need = NEED_NIC,
	.run = services,
};
