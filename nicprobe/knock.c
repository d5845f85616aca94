/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Knocking at TCP ports. Pure over struct nic. See knock.h. */
#include "nicprobe/knock.h"
#include "nicprobe/address.h"

#define TRIES       3
#define PATIENCE_NS (1ull * NS_PER_S) /* after each */

bool knock_add(struct run *run, struct ip4 ip, uint16_t port, unsigned nic, struct mac next_hop,
	bool that_mac_only)
{
	struct knocks *t = &run->net->knocks;
	struct rng *rng = &run->net->rng;

	if (t->count == KNOCKS_MAX)
		return false;
	t->at[t->count++] = (struct knock){.ip = ip,
		.port = port,
		.nic = (uint8_t)nic,
		.next_hop = next_hop,
		.that_mac_only = that_mac_only,
		.own_port = net_own_port(run->net),
		.seq = (uint32_t)rng_next(rng)};
	return true;
}

/* Sends a segment of a knock; `seq` and `ack` as given. */
static void send_segment(
	struct run *run, const struct knock *k, uint8_t flags, uint32_t seq, uint32_t ack)
{
	struct net_session *s = run->net;
	const struct tcp tcp = {k->own_port, k->port, seq, ack, flags};
	const size_t len = tcp_write(net_ipv4_payload(s), &tcp, s->address.ip, k->ip);

	net_send_ipv4(run, k->nic, k->next_hop, s->address.ip, k->ip, IPV4_TCP, len);
}

static bool all_answered(struct run *run, void *arg)
{
	const struct knocks *t = &run->net->knocks;

	(void)arg;
	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].state == KNOCK_SILENT)
			return false;
	}
	return true;
}

bool knock_run(struct run *run)
{
	struct knocks *t = &run->net->knocks;

	for (unsigned n = 0; n < TRIES && !all_answered(run, NULL); n++) {
		if (!address_usable(run->net))
			return false;
		for (size_t i = 0; i < t->count; i++) {
			struct knock *k = &t->at[i];

			if (k->state != KNOCK_SILENT)
				continue;
			k->tries++;
			k->sent_ns = run_now_ns(run);
			send_segment(run, k, TCP_SYN, k->seq, 0);
		}
		if (!net_wait_for(run, run_now_ns(run) + PATIENCE_NS, all_answered, NULL))
			return false;
	}
	return true;
}

/* The knock that a packet between these ports is about; NULL: none. */
static struct knock *find(struct knocks *t, struct ip4 ip, uint16_t port, uint16_t own_port)
{
	for (size_t i = 0; i < t->count; i++) {
		struct knock *k = &t->at[i];

		if (ip4_same(k->ip, ip) && k->port == port && k->own_port == own_port)
			return k;
	}
	return NULL;
}

bool knock_hear(struct run *run, const struct heard *h, const struct ipv4 *ip)
{
	struct net_session *s = run->net;
	struct knock *k;
	struct tcp tcp;

	if (tcp_read(ip, &tcp) != TCP_OK)
		return false;
	if (!s->address.held || !ip4_same(ip->dst, s->address.ip) ||
		!mac_same(h->eth.dst, s->stations[h->nic].nic->mac))
		return true;
	k = find(&s->knocks, ip->src, tcp.src_port, tcp.dst_port);
	if (k == NULL || k->nic != h->nic || tcp.ack != k->seq + 1 || !(tcp.flags & TCP_ACK) ||
		(k->that_mac_only && !mac_same(k->next_hop, h->eth.src)))
		return true;
	if (!(tcp.flags & (TCP_SYN | TCP_RST)))
		return true;
	if (!(tcp.flags & TCP_RST))
		send_segment(run, k, TCP_RST, tcp.ack, 0);
	if (k->state != KNOCK_SILENT)
		return true; /* the same once more */
	k->state = tcp.flags & TCP_RST ? KNOCK_REFUSED : KNOCK_OPEN;
	k->rtt_ns = h->now_ns - k->sent_ns;
	k->ttl = ip->ttl;
	return true;
}

void knock_hear_error(struct run *run, const struct ipv4 *ip, const struct icmp_error *error)
{
	struct knock *k;

	if (error->type != ICMP_UNREACHABLE || error->protocol != IPV4_TCP ||
		!ip4_same(error->src, run->net->address.ip))
		return;
	k = find(&run->net->knocks, error->dst, be16(error->start + 2), be16(error->start));
	if (k == NULL || k->state != KNOCK_SILENT || be32(error->start + 4) != k->seq)
		return;
	k->state = KNOCK_BARRED;
	k->barred_by = ip->src;
	k->barred_code = error->code;
}

const char *knock_state_text(enum knock_state state)
{
	static const char *const texts[] = {[KNOCK_SILENT] = "no answer",
		[KNOCK_OPEN] = "open",
		[KNOCK_REFUSED] = "refused",
		[KNOCK_BARRED] = "filtered"};

	return texts[state];
}
