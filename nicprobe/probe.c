/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Probing addresses for an owner. Pure over struct nic. See probe.h. */
#include "nicprobe/probe.h"
#include "nicprobe/address.h"
#include "nicprobe/ask.h"

/* RFC 5227 allows 1-2 s between probes; the lower end keeps three of them and the wait under 5 s. */
static const struct probe_plan {
	unsigned probes;
	uint64_t start_jitter_ns, spacing_ns, spacing_jitter_ns, listen_ns;
} plan_quick = {3, 200 * NS_PER_MS, 1000 * NS_PER_MS, 300 * NS_PER_MS, 2000 * NS_PER_MS},
  plan_thorough = {9, 200 * NS_PER_MS, 2000ull * NS_PER_MS, 300 * NS_PER_MS, 2000 * NS_PER_MS},
  plan_control = {3, 50 * NS_PER_MS, 300 * NS_PER_MS, 100 * NS_PER_MS, 700 * NS_PER_MS};

/* A reply to the first probe is here by then. */
#define HEARD_BY_NS (500ull * NS_PER_MS)

/* A switch port that spanning tree holds back forwards nothing for 2 x 15 s (IEEE 802.1D-1998 table 8-3). */
#define PORT_WAIT_NS (35ull * NS_PER_S)

#define FRESH_NS \
	(600ull * NS_PER_S) /* an owner heard longer ago may have left the address to another */

/* ---- sending ---- */

bool probe_send(struct run *run, const struct candidate *c)
{
	struct net_session *s = run->net;
	uint16_t nics = c->nics & net_usable(s);
	bool sent = nics != 0;

	if (s->asking)
		return address_usable(s) && nics >> s->address.nic & 1 && ask_send(run, c->ip);
	for (unsigned i = 0; i < s->station_count; i++) {
		struct arp probe = {
			ARP_OP_REQUEST, {.mac = s->stations[i].nic->mac}, {.ip = c->ip}};

		if (nics >> i & 1)
			sent = net_send_arp(run, i, &probe) && sent;
	}
	return sent;
}

/* ---- series ---- */

static const struct probe_plan *plan_for(const struct run *run)
{
	return config_thorough(run->config) ? &plan_thorough : &plan_quick;
}

/* Begins a series for each candidate with one of `sources`; unless `again`, only where none is running or done. */
static void begin(struct run *run, uint8_t sources, const struct probe_plan *plan, bool again)
{
	struct candidates *t = &run->net->candidates;

	for (size_t i = 0; i < t->count; i++) {
		struct candidate *c = &t->at[i];

		if (!(c->sources & sources) || (!again && (c->plan != NULL || c->probed)))
			continue;
		c->plan = plan;
		c->probes = 0;
		c->probes_left = plan->probes;
		c->probed = false;
		c->begun_ns = run_now_ns(run);
		c->next_ns = c->begun_ns + rng_below(&run->net->rng, plan->start_jitter_ns);
	}
}

/* Does what is due in the series of one candidate. */
static void go_on(struct run *run, struct candidate *c)
{
	const struct probe_plan *plan = c->plan;
	uint64_t now_ns = run_now_ns(run);

	if (plan == NULL || now_ns < c->next_ns)
		return;
	if (c->probes_left > 0) {
		c->probes += probe_send(run, c);
		c->next_ns = now_ns +
			     (--c->probes_left > 0
					     ? plan->spacing_ns + rng_below(&run->net->rng,
									  plan->spacing_jitter_ns)
					     : plan->listen_ns);
		return;
	}
	c->plan = NULL;
	c->probed = c->probes == plan->probes;
	c->heard = c->nics & net_heard_by(run->net, c->begun_ns + HEARD_BY_NS);
}

bool probe_step(struct run *run, void *arg)
{
	struct candidates *t = &run->net->candidates;
	const uint8_t *sources = arg;
	bool over = sources != NULL;

	for (size_t i = 0; i < t->count; i++) {
		go_on(run, &t->at[i]);
		over = over && (t->at[i].plan == NULL || !(t->at[i].sources & *sources));
	}
	return over;
}

static bool finish(struct run *run, uint8_t sources)
{
	return net_wait_for(run, UINT64_MAX, probe_step, &sources);
}

/* Whether the probes of an address may all have been lost on a wire that was not alive yet. */
static bool any_unheard(const struct candidates *t, uint8_t sources)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].sources & sources && !t->at[i].heard)
			return true;
	}
	return false;
}

/* When every port has had its time to begin forwarding. */
static uint64_t ports_ready_ns(const struct net_session *s)
{
	uint64_t latest_ns = 0;
	uint16_t cards = net_usable(s);

	for (size_t i = 0; i < s->station_count; i++) {
		if (cards >> i & 1 && s->stations[i].link_changed_ns > latest_ns)
			latest_ns = s->stations[i].link_changed_ns;
	}
	return latest_ns + PORT_WAIT_NS;
}

/* When the first of the newest series began. */
static uint64_t begun_ns(const struct candidates *t, uint8_t sources)
{
	uint64_t first_ns = UINT64_MAX;

	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].sources & sources && t->at[i].begun_ns < first_ns)
			first_ns = t->at[i].begun_ns;
	}
	return first_ns;
}

bool probe_run(struct run *run, uint8_t sources, uint64_t *ret_took_ns)
{
	struct net_session *s = run->net;
	uint64_t ready_ns = ports_ready_ns(s);
	bool again = false;

	do {
		begin(run, sources, plan_for(run), again);
		if (!finish(run, sources))
			return false;
		again = true;
	} while (any_unheard(&s->candidates, sources) && run_now_ns(run) < ready_ns);
	*ret_took_ns = run_now_ns(run) - begun_ns(&s->candidates, sources);
	return true;
}

bool probe_again(struct run *run, uint8_t sources)
{
	begin(run, sources, &plan_control, true);
	return finish(run, sources);
}

/* ---- proxies ---- */

/* A random address of the candidate's subnet that nobody was heard to have. 0 when the subnet is too small. */
static struct ip4 unused_address(struct net_session *s, const struct candidate *c)
{
	uint32_t mask = ip4_mask(c->prefix).value;

	for (unsigned tries = 0; c->prefix < 30 && tries < 32; tries++) {
		uint32_t host = 1 + (uint32_t)rng_below(&s->rng, (uint64_t)~mask - 1);
		struct ip4 ip = {(c->ip.value & mask) | host};

		if (ip4_is_host(ip) && !neighbour_has(&s->neighbours, ip) &&
			candidate_find(&s->candidates, ip) == NULL)
			return ip;
	}
	return (struct ip4){0};
}

static bool has_control(const struct net_session *s, const struct candidate *c)
{
	uint32_t mask = ip4_mask(c->prefix).value;

	for (size_t i = 0; i < s->candidates.count; i++) {
		const struct candidate *other = &s->candidates.at[i];

		if (other->sources & FROM_CONTROL && (other->nics & c->nics) == c->nics &&
			(other->ip.value & mask) == (c->ip.value & mask))
			return true;
	}
	return false;
}

/* Whether it matters that its owner may be one that answers for everything: it contests an address, or has one that DHCP offers. */
static bool wants_control(const struct candidate *c)
{
	return candidate_state(c) == CANDIDATE_CONFLICT || candidate_is_taken_stray(c);
}

/* Begins to probe an unused address for each of those that has none yet. */
static void begin_controls(struct run *run)
{
	struct net_session *s = run->net;
	struct candidates *t = &s->candidates;
	size_t count = t->count;

	for (size_t i = 0; i < count; i++) {
		const struct candidate *c = &t->at[i];
		struct ip4 ip;

		if (!wants_control(c) || has_control(s, c))
			continue;
		ip = unused_address(s, c);
		if (ip.value != 0)
			candidate_add(t, &s->neighbours, ip, FROM_CONTROL, c->nics, c->prefix);
	}
	begin(run, FROM_CONTROL, &plan_control, false);
}

bool probe_controls(struct run *run)
{
	struct candidates *t = &run->net->candidates;

	begin_controls(run);
	if (!finish(run, FROM_CONTROL))
		return false;
	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].sources & FROM_CONTROL)
			candidates_mark_proxies(t, &t->at[i]);
	}
	return true;
}

/* ---- candidates ---- */

/* The prefix of the subnet that `ip` lies in, as far as net.ip or an offer tells; 24 otherwise. */
static unsigned prefix_of(const struct run *run, struct ip4 ip)
{
	const struct dhcp_client *client = &run->net->dhcp;
	const struct config *config = run->config;
	uint32_t mask = ip4_mask(config->net_prefix).value;

	if (config->has_net_ip && (ip.value & mask) == (config->net_ip.value & mask))
		return config->net_prefix;
	for (size_t i = 0; i < client->offer_count; i++) {
		mask = ip4_mask(client->offers[i].prefix).value;
		if ((ip.value & mask) == (client->offers[i].ip.value & mask))
			return client->offers[i].prefix;
	}
	return 24;
}

static void add(struct run *run, struct ip4 ip, enum candidate_source source, uint16_t nics)
{
	struct net_session *s = run->net;

	if (ip4_is_host(ip))
		candidate_add(&s->candidates, &s->neighbours, ip, source, nics, prefix_of(run, ip));
}

void probe_add_ours(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;

	if (run->config->has_net_ip)
		add(run, run->config->net_ip, FROM_NET_IP,
			net_preferred(run, net_usable(run->net)));
	for (size_t i = 0; i < client->offer_count; i++)
		add(run, client->offers[i].ip, FROM_OFFER, (uint16_t)(1u << client->offers[i].nic));
}

static bool is_ours(const struct net_session *s, struct ip4 ip)
{
	const struct candidate *c = candidate_find(&s->candidates, ip);

	return c != NULL && c->sources & FROM_OURS;
}

/* An address of others. If it is one of ours as well, it stays ours, and the cards where it counts stay too. */
static void add_other(struct run *run, struct ip4 ip, enum candidate_source source, uint16_t nics)
{
	if (!is_ours(run->net, ip))
		add(run, ip, source, nics);
}

void probe_add_others(struct run *run)
{
	struct net_session *s = run->net;
	const struct config *config = run->config;

	add_other(run, config->net_gateway, FROM_GATEWAY, net_usable(s));
	add_other(run, config->net_peer, FROM_PEER, net_usable(s));
	for (size_t i = 0; i < s->dhcp.offer_count; i++)
		add_other(run, s->dhcp.offers[i].router, FROM_GATEWAY,
			(uint16_t)(1u << s->dhcp.offers[i].nic));
	for (size_t i = 0; i < s->dhcp.stray_count; i++)
		add_other(run, s->dhcp.strays[i].ip, FROM_STRAY,
			(uint16_t)(1u << s->dhcp.strays[i].nic));
	for (size_t i = 0; i < s->targets.count; i++)
		add_other(run, s->targets.at[i].ip, FROM_ASKED, s->targets.at[i].nics);
}

/* ---- rounds ---- */

void probe_round(struct run *run)
{
	struct net_session *s = run->net;
	const uint64_t now_ns = run_now_ns(run);

	candidates_prune(&s->candidates, s->address.held ? s->address.ip : (struct ip4){0});
	if (now_ns > FRESH_NS)
		neighbours_forget(&s->neighbours, now_ns - FRESH_NS);
	for (size_t i = 0; i < s->candidates.count; i++) {
		s->candidates.at[i].plan = NULL;
		s->candidates.at[i].probed = false;
	}
}

void probe_ahead(struct run *run)
{
	probe_add_ours(run);
	probe_add_others(run);
	begin(run, FROM_ANY, plan_for(run), false);
	begin_controls(run);
}
