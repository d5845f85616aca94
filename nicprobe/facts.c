/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the network looks like from here, as short texts. Pure over struct nic. See facts.h. */
#include "nicprobe/facts.h"
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/cable.h"

#define LIST_MAX       7 /* addresses in one fact */
#define ADDRESS_TEXT   (MAC_TEXT > IP4_TEXT ? MAC_TEXT : IP4_TEXT)
#define SWITCH_WAIT_NS (3ull * NS_PER_S)
#define LLDP_TTL_S     120

static const struct resolve_plan plan = {2ull * NS_PER_S, 1ull * NS_PER_S, 0};

static const struct {
	const char *key, *name;
} names[FACT_COUNT] = {
	[FACT_IP] = {"ip", "this server's address"},
	[FACT_GATEWAY] = {"gateway", "the gateway"},
	[FACT_GATEWAY_MAC] = {"gateway_mac", "the gateway's MAC address"},
	[FACT_DHCP] = {"dhcp", "the DHCP servers"},
	[FACT_DHCP_MAC] = {"dhcp_mac", "the MAC addresses of the DHCP servers"},
	[FACT_DNS] = {"dns", "the DNS server"},
	[FACT_SWITCH] = {"switch", "the switch port"},
	[FACT_VLAN] = {"vlan", "the VLAN"},
	[FACT_DUPLICATES] = {"duplicates", "the addresses with a second owner"},
	[FACT_ROUTERS6] = {"ipv6_routers", "the IPv6 routers"},
};

const char *fact_key(enum fact fact)
{
	return names[fact].key;
}

const char *fact_name(enum fact fact)
{
	return names[fact].name;
}

/* ---- lists of addresses ---- */

struct list {
	size_t count;
	uint64_t at[LIST_MAX];
};

/* Keeps them in ascending order, each once; the greatest make room. */
static void list_add(struct list *l, uint64_t address)
{
	size_t at = 0;

	while (at < l->count && l->at[at] < address)
		at++;
	if (at == LIST_MAX || (at < l->count && l->at[at] == address))
		return;
	l->count -= l->count == LIST_MAX;
	for (size_t i = l->count; i > at; i--)
		l->at[i] = l->at[i - 1];
	l->at[at] = address;
	l->count++;
}

static void list_add_mac(struct list *l, struct mac mac)
{
	list_add(l, (uint64_t)be16(mac.at) << 32 | be32(mac.at + 2));
}

static void put_ip4(char text[ADDRESS_TEXT], uint64_t address)
{
	ip4_text(text, (struct ip4){(uint32_t)address});
}

static void put_mac(char text[ADDRESS_TEXT], uint64_t address)
{
	struct mac mac;

	put_be16(mac.at, (uint16_t)(address >> 32));
	put_be32(mac.at + 2, (uint32_t)address);
	mac_text(text, mac);
}

static void list_text(const struct list *l, void (*put)(char text[ADDRESS_TEXT], uint64_t address),
	char text[FACT_TEXT])
{
	char address[ADDRESS_TEXT];

	text_copy(text, FACT_TEXT, l->count == 0 ? FACT_NONE : "");
	for (size_t i = 0; i < l->count; i++) {
		put(address, l->at[i]);
		fmt_add(text, FACT_TEXT, "%s%s", i > 0 ? " " : "", address);
	}
}

/* ---- gathering ---- */

static void put_ip(struct ip4 ip, char text[FACT_TEXT])
{
	char buf[IP4_TEXT];

	if (ip.value != 0)
		text_copy(text, FACT_TEXT, ip4_text(buf, ip));
}

static void gather_address(struct run *run, struct facts *f)
{
	const struct net_address *a = &run->net->address;
	struct ip4 dns = run->config->net_dns;
	char text[MAC_TEXT];
	struct mac mac;
	unsigned asked;

	if (!address_usable(run->net))
		return;
	if (dns.value == 0 && a->leased)
		dns = a->offer.dns;
	put_ip(a->ip, f->at[FACT_IP]);
	put_ip(a->gateway, f->at[FACT_GATEWAY]);
	put_ip(dns, f->at[FACT_DNS]);
	if (a->gateway.value != 0 && address_resolve(run, a->gateway, &plan, &mac, &asked))
		text_copy(f->at[FACT_GATEWAY_MAC], FACT_TEXT, mac_text(text, mac));
}

static void gather_lists(const struct net_session *s, struct facts *f)
{
	struct list servers = {0}, macs = {0}, doubles = {0};
	bool probed = false;

	for (size_t i = 0; i < s->dhcp.offer_count; i++) {
		list_add(&servers, s->dhcp.offers[i].server.value);
		list_add_mac(&macs, s->dhcp.offers[i].mac);
	}
	for (size_t i = 0; i < s->candidates.count; i++) {
		const struct candidate *c = &s->candidates.at[i];

		probed |= c->probed && c->heard;
		if (!(c->sources & FROM_CONTROL) && candidate_state(c) == CANDIDATE_CONFLICT)
			list_add(&doubles, c->ip.value);
	}
	/* Where nobody at all was heard, no answer is no fact. */
	if (s->dhcp.discovered && (servers.count > 0 || net_heard_by(s, UINT64_MAX) != 0)) {
		list_text(&servers, put_ip4, f->at[FACT_DHCP]);
		list_text(&macs, put_mac, f->at[FACT_DHCP_MAC]);
	}
	if (probed)
		list_text(&doubles, put_ip4, f->at[FACT_DUPLICATES]);
}

static void gather_routers6(const struct net_session *s, struct facts *f)
{
	struct mac macs[ND_ROUTERS_MAX];
	struct list routers = {0};

	for (unsigned nic = 0; nic < s->station_count; nic++) {
		const size_t count = nd_default_routers(&s->nd, nic, macs);

		for (size_t i = 0; i < count; i++)
			list_add_mac(&routers, macs[i]);
	}
	if (s->nd.judged && net_heard_by(s, UINT64_MAX) != 0)
		list_text(&routers, put_mac, f->at[FACT_ROUTERS6]);
}

/* Of the card we speak on, else of the first that names one. NULL: nobody named a port. */
static const struct switch_port *find_port(const struct net_session *s)
{
	const struct switch_port *found = NULL;

	for (size_t i = 0; i < s->station_count; i++) {
		const struct switch_port *port = switch_port_best(&s->stations[i].switches);

		if (port == NULL || port->port[0] == '\0')
			continue;
		if (found == NULL || (s->address.held && s->address.nic == i))
			found = port;
	}
	return found;
}

static bool has_port(struct run *run, void *arg)
{
	(void)arg;
	return find_port(run->net) != NULL;
}

/* Whether switches were greeted already: then who is silent by now remains so for long. */
static bool has_greeted(const struct net_session *s)
{
	bool greeted = false;

	for (size_t i = 0; i < s->station_count; i++)
		greeted |= s->stations[i].lldp_sent;
	return greeted;
}

const struct switch_port *facts_switch_port(struct run *run)
{
	if (find_port(run->net) == NULL && net_usable(run->net) != 0 && !has_greeted(run->net)) {
		net_send_lldp(run, LLDP_TTL_S);
		if (!net_wait_for(run, run_now_ns(run) + SWITCH_WAIT_NS, has_port, NULL))
			return NULL;
	}
	return find_port(run->net);
}

static void gather_switch(struct run *run, struct facts *f)
{
	const struct switch_port *port = facts_switch_port(run);

	if (port != NULL)
		fmt_to(f->at[FACT_SWITCH], FACT_TEXT, "%s%s%s", port->name,
			port->name[0] != '\0' ? " " : "", port->port);
	if (port != NULL && port->vlan != 0)
		fmt_to(f->at[FACT_VLAN], FACT_TEXT, "%u", port->vlan);
}

bool facts_gather(struct run *run, struct facts *ret)
{
	struct facts f = {0};

	address_acquire(run); /* without one, there is less to know */
	if (run->stopped)
		return false;
	gather_switch(run, &f);
	gather_address(run, &f);
	gather_lists(run->net, &f);
	gather_routers6(run->net, &f);
	if (run->stopped)
		return false;
	*ret = f;
	return true;
}
