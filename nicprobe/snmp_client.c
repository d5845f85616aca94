/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking an SNMP agent. Pure over struct nic. See snmp_client.h. */
#include "nicprobe/snmp_client.h"
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/udp.h"

#define TRIES 3
#define PATIENCE_NS \
	(1ull * NS_PER_S) /* after each: switches answer with what time they have left */
#define LIMIT_NS        (12ull * NS_PER_S)
#define LIMIT_QUESTIONS 1000
#define BULK_ROWS       16
#define ID_MASK         0x7fffffffu
#define COMMUNITY_TEXT  (CONFIG_SECRET + 6)

static const struct resolve_plan plan = {2ull * NS_PER_S, 1ull * NS_PER_S, 0};

bool snmp_begin(struct run *run, struct ip4 agent)
{
	struct snmp_client *c = &run->net->snmp;

	memset(c, 0, sizeof(*c));
	c->agent = agent;
	c->end_ns = run_now_ns(run) + LIMIT_NS;
	if (address_way(run, agent, &plan, &c->next_hop))
		return true;
	c->state = run->stopped ? SNMP_STOPPED : SNMP_NO_WAY;
	return false;
}

/* ---- one question ---- */

static bool is_answered(struct run *run, void *arg)
{
	(void)arg;
	return !run->net->snmp.waiting;
}

static bool send(struct run *run, struct snmp_question *q)
{
	struct net_session *s = run->net;
	struct snmp_client *c = &s->snmp;
	uint8_t *at = net_ipv4_payload(s);
	struct udp udp = {.dst_port = SNMP_PORT};

	q->id = c->id = (uint32_t)rng_next(&s->rng) & ID_MASK;
	c->own_port = udp.src_port = net_own_port(s);
	c->waiting = true;
	udp.payload.len = snmp_write(at + UDP_HEADER_BYTES, q);
	udp_write(at, &udp, s->address.ip, c->agent);
	return udp.payload.len > 0 &&
	       net_send_ipv4(run, s->address.nic, c->next_hop, s->address.ip, c->agent, IPV4_UDP,
		       UDP_HEADER_BYTES + udp.payload.len);
}

/* Sends the question until it is answered. */
static enum snmp_state exchange(struct run *run, struct snmp_question *q)
{
	struct snmp_client *c = &run->net->snmp;

	for (unsigned n = 0; n < TRIES; n++) {
		if (!address_usable(run->net) || !send(run, q))
			return SNMP_NO_WAY;
		if (!net_wait_for(run, run_now_ns(run) + PATIENCE_NS, is_answered, NULL))
			return SNMP_STOPPED;
		if (!c->waiting)
			return SNMP_FINE;
	}
	return SNMP_SILENT;
}

/* Asks for `count` names; the bindings of the answer go to *ret. False: none, and c->state says why. */
static bool ask(
	struct run *run, enum snmp_pdu pdu, const struct oid *names, size_t count, struct span *ret)
{
	struct snmp_client *c = &run->net->snmp;
	const char *community = run->config->net_snmp_community;
	char context[COMMUNITY_TEXT];
	struct snmp_question q = {
		.pdu = pdu, .repetitions = BULK_ROWS, .count = count, .names = names};
	struct snmp_response response;

	if (c->state >= SNMP_SILENT)
		return false;
	if (c->asked == LIMIT_QUESTIONS || run_now_ns(run) >= c->end_ns) {
		c->state = SNMP_EXHAUSTED;
		return false;
	}
	fmt_to(context, sizeof(context), c->vlan != 0 ? "%s@%u" : "%s", community, c->vlan);
	q.community = (struct text){context, text_length(context)};
	c->asked++;
	c->state = exchange(run, &q);
	c->waiting = false;
	if (c->state != SNMP_FINE || !snmp_read((struct span){c->response, c->len}, &response))
		return false;
	c->answered++;
	c->error = response.error;
	c->state = response.error == 0 ? SNMP_FINE : SNMP_REFUSES;
	*ret = response.bindings;
	return response.error == 0;
}

bool snmp_hear(struct run *run, const struct heard *h, const struct ipv4 *ip, const struct udp *udp)
{
	struct net_session *s = run->net;
	struct snmp_client *c = &s->snmp;
	struct snmp_response response;

	if (!c->waiting || h->nic != s->address.nic || !ip4_same(ip->src, c->agent) ||
		!ip4_same(ip->dst, s->address.ip) || udp->dst_port != c->own_port)
		return true;
	if (udp->payload.len > sizeof(c->response) || !snmp_read(udp->payload, &response))
		return false;
	if (response.id != c->id)
		return true;
	memcpy(c->response, udp->payload.at, udp->payload.len);
	c->len = udp->payload.len;
	c->waiting = false;
	return true;
}

/* ---- objects ---- */

static bool lies(struct run *run)
{
	run->net->snmp.state = SNMP_LIES;
	return false;
}

bool snmp_get(struct run *run, const struct oid *names, size_t count, struct snmp_value *ret)
{
	struct snmp_client *c = &run->net->snmp;
	struct snmp_binding b;
	struct span rest;
	bool any = false;

	if (ask(run, SNMP_GET, names, count, &rest)) {
		for (size_t i = 0; i < count; i++) {
			if (!snmp_next_binding(&rest, &b) ||
				oid_compare(b.name, oid_span(&names[i])) != 0)
				return lies(run);
			ret[i] = b.value;
		}
		return true;
	}
	if (c->state != SNMP_REFUSES || count == 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		ret[i] = (struct snmp_value){0};
		any |= snmp_get(run, &names[i], 1, &ret[i]);
	}
	return any;
}

bool snmp_next(struct run *run, const struct oid *base, const struct oid *name,
	struct span *ret_rest, struct snmp_value *ret)
{
	struct snmp_binding b;
	struct span rest, below;

	if (!ask(run, SNMP_GET_NEXT, name, 1, &rest))
		return false;
	if (!snmp_next_binding(&rest, &b))
		return lies(run);
	if (!b.value.there)
		return false;
	if (oid_compare(b.name, oid_span(name)) <= 0)
		return lies(run);
	if (!oid_below(b.name, base, &below))
		return false;
	*ret_rest = below;
	*ret = b.value;
	return true;
}

/* Goes through one answer to GETBULK. *last is the name reached. False: the walk is over. */
static bool walk_rows(struct run *run, const struct oid *base, struct span rows, struct oid *last,
	bool (*each)(void *arg, struct span rest, const struct snmp_value *value), void *arg)
{
	struct snmp_binding b;
	struct span rest;
	size_t count = 0;

	for (; snmp_next_binding(&rows, &b); count++) {
		if (!b.value.there)
			return false;
		if (oid_compare(b.name, oid_span(last)) <= 0)
			return lies(run);
		if (!oid_below(b.name, base, &rest) || b.name.len > OID_BYTES)
			return false;
		last->len = b.name.len;
		memcpy(last->at, b.name.at, b.name.len);
		if (!each(arg, rest, &b.value))
			return false;
	}
	return count > 0;
}

void snmp_walk(struct run *run, const struct oid *base,
	bool (*each)(void *arg, struct span rest, const struct snmp_value *value), void *arg)
{
	struct oid last = *base;
	struct span rows;

	while (ask(run, SNMP_GET_BULK, &last, 1, &rows) &&
		walk_rows(run, base, rows, &last, each, arg))
		continue;
}

const char *snmp_state_text(const struct snmp_client *c)
{
	static const char *const texts[] = {[SNMP_FINE] = "it has no such entry",
		[SNMP_SILENT] =
			"no answer: SNMP v2c is off there, the community is another, or an access list is in the way",
		[SNMP_NO_WAY] = "it cannot be reached from our address",
		[SNMP_LIES] = "its answers do not fit the questions, or are out of order",
		[SNMP_EXHAUSTED] = "its tables have no end, or it answers too slowly",
		[SNMP_STOPPED] = "stopped"};

	if (c->state == SNMP_REFUSES)
		return snmp_error_text(c->error);
	return c->state == SNMP_SILENT && c->answered > 0 ? "it stopped answering"
							  : texts[c->state];
}
