/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The routers on the way to a host. Pure over struct nic. See trace.h. */
#include "nicprobe/trace.h"
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/ping.h"

#define SPACING_NS (20ull * NS_PER_MS)
#define WAIT_NS    (500ull * NS_PER_MS)
#define SILENT_MAX 3 /* hops in a row: then the rest is a filter */
#define NOTE_TEXT  400

/* ---- the table ---- */

static void answer(struct trace *t, struct ip4 from, unsigned seq, bool reached)
{
	struct trace_hop *hop = &t->at[seq / TRACE_TRIES];

	if (hop->answered == 0)
		hop->ip = from;
	hop->answered |= (uint8_t)(1u << seq % TRACE_TRIES);
	hop->reached |= reached;
}

void trace_hear(struct trace *t, struct ip4 from, const struct icmp_echo *reply)
{
	if (t->active && reply->type == ICMP_ECHO_REPLY && ip4_same(from, t->to) &&
		reply->id == t->id && reply->seq < t->sent)
		answer(t, from, reply->seq, true);
}

void trace_hear_error(struct trace *t, struct ip4 from, const struct icmp_error *error)
{
	const unsigned seq = be16(error->start + 6);

	if (t->active && error->type == ICMP_EXPIRED && error->protocol == IPV4_ICMP &&
		ip4_same(error->dst, t->to) && error->start[0] == ICMP_ECHO_REQUEST &&
		be16(error->start + 4) == t->id && seq < t->sent)
		answer(t, from, seq, false);
}

unsigned trace_answers(const struct trace_hop *hop)
{
	unsigned count = 0;

	for (unsigned n = 0; n < TRACE_TRIES; n++)
		count += hop->answered >> n & 1;
	return count;
}

size_t trace_loss_begins(const struct trace *t, size_t count)
{
	size_t begins = count;

	for (size_t i = count; i > 0; i--) {
		const unsigned answers = trace_answers(&t->at[i - 1]);

		if (answers == TRACE_TRIES)
			break;
		if (answers > 0)
			begins = i - 1;
	}
	return begins;
}

/* ---- asking ---- */

static void send(struct run *run, const struct echo_series *e, uint8_t ttl)
{
	struct net_session *s = run->net;
	struct trace *t = &s->trace;
	uint8_t *at = net_ipv4_payload(s);
	const struct icmp_echo echo = {.type = ICMP_ECHO_REQUEST,
		.id = t->id,
		.seq = (uint16_t)t->sent,
		.data = {at + ICMP_HEADER_BYTES, 32}};
	const struct ipv4 ip = {
		s->address.ip, e->ip, ttl, IPV4_ICMP, {at, ICMP_HEADER_BYTES + echo.data.len}};

	memset(at + ICMP_HEADER_BYTES, 0, echo.data.len);
	icmp_echo_write(at, &echo);
	eth_write(s->tx, e->next_hop, s->stations[e->nic].nic->mac, ETH_TYPE_IPV4);
	ipv4_write(s->tx + ETH_HEADER_BYTES, &ip, (uint16_t)rng_next(&s->rng));
	t->sent++;
	net_send(run, e->nic, s->tx, ETH_HEADER_BYTES + IPV4_HEADER_BYTES + ip.payload.len);
}

static bool hop_answered(struct run *run, void *arg)
{
	(void)run;
	return trace_answers(arg) == TRACE_TRIES;
}

/* Returns the hops up to the last that answered. */
static size_t ask(struct run *run, const struct echo_series *e)
{
	struct trace *t = &run->net->trace;
	size_t known = 0;

	for (size_t i = 0; i < TRACE_HOPS && i < known + SILENT_MAX; i++) {
		for (unsigned n = 0; n < TRACE_TRIES; n++) {
			if (!address_usable(run->net))
				return known;
			send(run, e, (uint8_t)(i + 1));
			if (!net_wait(run, run_now_ns(run) + SPACING_NS))
				return known;
		}
		if (!net_wait_for(run, run_now_ns(run) + WAIT_NS, hop_answered, &t->at[i]))
			return known;
		if (t->at[i].answered != 0)
			known = i + 1;
		if (t->at[i].reached)
			break;
	}
	return known;
}

static void note(struct run *run, const struct echo_series *e, size_t count)
{
	const struct trace *t = &run->net->trace;
	const size_t begins = trace_loss_begins(t, count);
	char text[NOTE_TEXT] = "", ip[IP4_TEXT], to[IP4_TEXT];

	for (size_t i = 0; i < count; i++) {
		const struct trace_hop *hop = &t->at[i];

		if (hop->answered != 0)
			fmt_add(text, sizeof(text), "%s%zu %s %u/%u", i > 0 ? ", " : "", i + 1,
				ip4_text(ip, hop->ip), trace_answers(hop), TRACE_TRIES);
		else
			fmt_add(text, sizeof(text), "%s%zu silent", i > 0 ? ", " : "", i + 1);
	}
	record_note(run->rec, net_id(run->net, e->nic), "The way to %s: %s%s.", ip4_text(to, e->ip),
		count > 0 ? text : "no router on it answers",
		count > 0 && t->at[count - 1].reached ? "" : "; it was not reached");
	if (begins < count)
		record_note(run->rec, net_id(run->net, e->nic),
			"Packets to %s get lost from hop %zu on (%s).", to, begins + 1,
			ip4_text(ip, t->at[begins].ip));
}

void trace_run(struct run *run, const struct echo_series *e)
{
	struct trace *t = &run->net->trace;
	size_t count;

	*t = (struct trace){.active = true, .to = e->ip, .id = (uint16_t)rng_next(&run->net->rng)};
	count = ask(run, e);
	t->active = false;
	note(run, e, count);
}
