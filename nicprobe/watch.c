/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Listening between the network checks. Pure over struct nic.
 *
 * An owner that sleeps, an access point that restarts or a lease that is renewed shows only over time: while disks and memory
 * are tested the cards are read on, and our own addresses are probed now and then, as RFC 5227 probes: without claiming them.
 */
#include "nicprobe/checks.h"
#include "nicprobe/probe.h"
#include "nicprobe/tell.h"

#define PUMP_EVERY_NS  (20ull * NS_PER_MS)
#define PROBE_EVERY_NS (20ull * NS_PER_S)

/* Whether the address is one that must be silent, or is ours alone. */
static bool is_watched(const struct net_session *s, const struct candidate *c)
{
	return c->sources & FROM_OURS && candidate_is_free(c) &&
	       (c->sources & FROM_NET_IP || (s->address.held && ip4_same(s->address.ip, c->ip)));
}

static void probe_own(struct run *run)
{
	const struct candidates *t = &run->net->candidates;

	for (size_t i = 0; i < t->count; i++) {
		if (is_watched(run->net, &t->at[i]))
			probe_send(run, &t->at[i]);
	}
}

void net_watch(struct run *run)
{
	struct net_session *s = run->net;
	const uint64_t now_ns = run_now_ns(run);

	if (!s->begun || now_ns - s->pumped_ns < PUMP_EVERY_NS)
		return;
	s->watching = true;
	net_pump(run);
	if (now_ns - s->watched_ns >= PROBE_EVERY_NS) {
		s->watched_ns = now_ns;
		probe_own(run);
	}
	s->watching = false;
}

bool net_watch_has_news(const struct run *run)
{
	return run->net->begun && tell_has_news(run);
}

void net_watch_tell(struct run *run)
{
	tell_new(run);
	tell_places(run);
}
