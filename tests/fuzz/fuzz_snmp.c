/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An SNMP agent that answers anything: the lookups come to an end, within their limit of questions, and nothing is read that is
 * not there.
 *
 * Input: answers, each with a byte for its length. An odd first byte makes each one a good response to the question asked, with
 * the bytes as its bindings, so that the lookups get further; bindings are good ones too where the second bit is set: each byte pair
 * is then a name's last arc, behind the name asked, and a value.
 */
#include "nicprobe/checks.h"
#include "nicprobe/mac_place.h"
#include "nicprobe/pump.h"
#include "nicprobe/udp.h"
#include <stdlib.h>

#define IP_AT     ETH_HEADER_BYTES
#define UDP_AT    (IP_AT + IPV4_HEADER_BYTES)
#define DATA_AT   (UDP_AT + UDP_HEADER_BYTES)
#define QUESTIONS 1000

static uint64_t time_ns;
static struct span input;
static uint8_t manner;
static unsigned questions;
static bool asked;
static uint8_t question[SNMP_WRITE_BYTES]; /* of the newest question */
static size_t question_len;

static const struct mac own_mac = {{2, 0, 0, 0, 0, 1}}, agent_mac = {{2, 0, 0, 0, 0, 9}};
static const struct ip4 own_ip = {0x0a00000f}, agent_ip = {0x0a000009};
static uint16_t own_port;

static uint64_t now_ns(void *ctx)
{
	(void)ctx;
	return time_ns;
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	(void)ctx;
	time_ns += ns + 10 * NS_PER_MS;
}

static bool pulse(struct run *run)
{
	(void)run;
	return true;
}

static enum nic_result send(void *ctx, const uint8_t *frame, size_t len)
{
	struct eth eth;
	struct ipv4 ip;
	struct udp udp;

	(void)ctx;
	if (eth_read((struct span){frame, len}, &eth) != ETH_OK || eth.type != ETH_TYPE_IPV4)
		return NIC_OK;
	if (ipv4_read(eth.payload, &ip) != IPV4_OK || udp_read(&ip, &udp) != UDP_OK ||
		udp.payload.len > sizeof(question))
		abort();
	own_port = udp.src_port;
	question_len = udp.payload.len;
	memcpy(question, udp.payload.at, question_len);
	asked = true;
	questions++;
	return NIC_OK;
}

/* The name that was asked for first. */
static struct span asked_name(uint64_t *ret_id)
{
	struct span rest = {question, question_len}, body, part, pdu = {0};
	struct ber element;

	if (!ber_read_as(&rest, BER_SEQUENCE, &body) || !ber_read_as(&body, BER_INTEGER, &part) ||
		!ber_read_as(&body, BER_OCTETS, &part) || !ber_read(&body, &element))
		abort();
	pdu = element.body;
	if (!ber_read_as(&pdu, BER_INTEGER, &part) || !ber_number(part, false, ret_id) ||
		!ber_read_as(&pdu, BER_INTEGER, &part) || !ber_read_as(&pdu, BER_INTEGER, &part) ||
		!ber_read_as(&pdu, BER_SEQUENCE, &body) ||
		!ber_read_as(&body, BER_SEQUENCE, &part) || !ber_read_as(&part, BER_OID, &rest))
		abort();
	return rest;
}

static void write_bindings(struct ber_writer *w, struct span bytes, struct span name)
{
	for (size_t i = bytes.len / 2; i > 0; i--) {
		const uint8_t arc = bytes.at[2 * i - 2], value = bytes.at[2 * i - 1];
		const size_t end = w->at;
		struct oid oid = {0};

		memcpy(oid.at, name.at, oid.len = name.len < OID_BYTES ? name.len : OID_BYTES);
		if (arc != 0)
			oid_add(&oid, arc);
		if (value & 1)
			ber_unsigned(w, BER_INTEGER, value);
		else
			ber_element(w, value & 2 ? BER_OCTETS : SNMP_END, bytes.at,
				value & 2 ? 6 % bytes.len : 0);
		ber_element(w, BER_OID, oid.at, oid.len);
		ber_header(w, BER_SEQUENCE, end);
	}
}

/* The next answer of the input. Returns its length. */
static size_t answer(uint8_t *at, struct span bytes)
{
	struct ber_writer w = ber_begin(at, SNMP_WRITE_BYTES);
	const size_t end = w.at;
	uint64_t id;
	const struct span name = asked_name(&id);

	if (!(manner & 1)) {
		memcpy(at, bytes.at, bytes.len);
		return bytes.len;
	}
	if (manner & 2)
		write_bindings(&w, bytes, name);
	else
		ber_bytes(&w, bytes.at, bytes.len);
	ber_header(&w, BER_SEQUENCE, end);
	ber_unsigned(&w, BER_INTEGER, 0);
	ber_unsigned(&w, BER_INTEGER, bytes.len == 1 ? bytes.at[0] : 0);
	ber_unsigned(&w, BER_INTEGER, id);
	ber_header(&w, SNMP_RESPONSE, end);
	ber_element(&w, BER_OCTETS, "x", 1);
	ber_unsigned(&w, BER_INTEGER, 1);
	ber_header(&w, BER_SEQUENCE, end);
	return ber_end(&w);
}

static enum nic_result receive(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	struct span bytes;
	size_t len;

	(void)ctx;
	(void)cap;
	if (!asked || input.len == 0)
		return NIC_EMPTY;
	asked = false;
	len = input.at[0] < input.len - 1 ? input.at[0] : input.len - 1;
	span_sub(input, 1, len, &bytes);
	input = (struct span){bytes.at + len, input.len - 1 - len};
	len = answer(frame + DATA_AT, bytes);
	struct udp udp = {SNMP_PORT, own_port, {frame + DATA_AT, len}};
	struct ipv4 ip = {agent_ip, own_ip, 64, IPV4_UDP, {frame + UDP_AT, UDP_HEADER_BYTES + len}};

	eth_write(frame, own_mac, agent_mac, ETH_TYPE_IPV4);
	ipv4_write(frame + IP_AT, &ip, 1);
	udp_write(frame + UDP_AT, &udp, agent_ip, own_ip);
	*ret_len = DATA_AT + len;
	return NIC_OK;
}

static enum nic_link link_up(void *ctx)
{
	(void)ctx;
	return NIC_LINK_UP;
}

static void close_card(void *ctx)
{
	(void)ctx;
}

static void begin(struct net_session *s, struct nic *nic)
{
	memset(s, 0, sizeof(*s));
	*nic = (struct nic){.has_driver = true,
		.mac = own_mac,
		.max_frame_bytes = ETH_FRAME_MAX,
		.link = link_up,
		.send = send,
		.receive = receive,
		.close = close_card};
	s->begun = s->link_waited = true;
	s->station_count = 1;
	s->stations[0] = (struct station){
		.nic = nic, .opened = true, .link = NIC_LINK_UP, .lldp_sent = true};
	candidate_add(&s->candidates, &s->neighbours, own_ip, FROM_NET_IP, 1, 24)->probed = true;
	s->address = (struct net_address){.held = true, .ip = own_ip, .prefix = 24};
	s->snmp.agent = agent_ip;
	s->snmp.next_hop = agent_mac;
	s->snmp.end_ns = UINT64_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct net_session session;
	static struct nic nic;
	struct machine machine = {
		.clock = {.now_ns = now_ns, .sleep_ns = sleep_ns}, .nics = &nic, .nic_count = 1};
	struct config config = {.net_snmp_community = "x"};
	struct recorder rec;
	struct run run = {.machine = &machine,
		.config = &config,
		.rec = &rec,
		.net = &session,
		.pulse = pulse};
	const struct mac_place *place;
	uint32_t interface;
	uint8_t *copy;

	if (size < 1 || (copy = malloc(size)) == NULL)
		return 0;
	memcpy(copy, bytes, size);
	manner = copy[0];
	input = (struct span){copy + 1, size - 1};
	time_ns = questions = 0;
	asked = false;
	recorder_init(&rec, &machine.clock);
	begin(&session, &nic);
	place = mac_place_look(&run, agent_mac);
	if (place != NULL && memchr(place->text, '\0', PLACE_TEXT) == NULL)
		abort();
	mac_place_by_name(&run, "Gi0/22", &interface);
	if (session.snmp.asked > QUESTIONS || questions > 3 * QUESTIONS)
		abort();
	free(copy);
	return 0;
}
