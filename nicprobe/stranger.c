/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A closer look at who holds our address. Pure over struct nic. See stranger.h. */
#include "nicprobe/stranger.h"
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/vendor.h"

#define STRANGERS_MAX 4
#define NOTE_TEXT     256

static const uint16_t ports[] = {22, 80, 443};

/* The time to live that systems begin with, and what sends it. A packet on this LAN still has all of it. */
static const struct {
	uint8_t ttl;
	const char *who;
} origins[] = {{64, "as Linux and most small devices send"}, {128, "as Windows sends"},
	{255, "as routers and switches send"}};

static const char *origin_of(uint8_t ttl)
{
	for (size_t i = 0; i < ARRAY_LEN(origins); i++) {
		if (origins[i].ttl == ttl)
			return origins[i].who;
	}
	return "not from this LAN, or an unusual system";
}

/* One holder; `knocks` are ARRAY_LEN(ports) in their order, or NULL where it could not be asked. */
static void note(struct run *run, struct mac mac, const struct knock *knocks)
{
	char text[NOTE_TEXT], named[VENDOR_MAC_TEXT];
	uint8_t ttl = 0;

	fmt_to(text, sizeof(text), "%s", vendor_mac_text(named, mac));
	for (size_t i = 0; knocks != NULL && i < ARRAY_LEN(ports); i++) {
		fmt_add(text, sizeof(text), "%s TCP %u %s", i > 0 ? "," : ":", ports[i],
			knock_state_text(knocks[i].state));
		ttl = knocks[i].ttl != 0 ? knocks[i].ttl : ttl;
	}
	if (ttl != 0)
		fmt_add(text, sizeof(text), "; time to live %u, %s", ttl, origin_of(ttl));
	if (offer_from(&run->net->dhcp, mac))
		fmt_add(text, sizeof(text), "; it also serves DHCP, as routers do");
	record_note(run->rec, NULL, "The holder of our address, %s.", text);
}

/* Whom the traffic for the address goes to, as the router sees it. */
static void note_router_view(struct run *run, struct ip4 contested)
{
	const struct ip4 router = run->net->address.gateway;
	char ip[IP4_TEXT], own[IP4_TEXT], named[VENDOR_MAC_TEXT];
	const char *why;
	struct mac mac;

	if (run->config->net_snmp_community[0] == '\0' || router.value == 0)
		return;
	if (mac_place_router_view(run, router, contested, &mac, &why))
		record_note(run->rec, NULL, "The router %s sends what is for %s to %s.",
			ip4_text(ip, router), ip4_text(own, contested),
			vendor_mac_text(named, mac));
	else
		record_note(run->rec, NULL,
			"The router %s does not say to whom it sends what is for %s: %s.",
			ip4_text(ip, router), ip4_text(own, contested), why);
}

void stranger_look(struct run *run, const struct candidate *c)
{
	struct net_session *s = run->net;
	struct mac macs[CLAIMS_MAX];
	size_t count = candidate_macs(c, macs);
	bool may_ask;

	if (count > STRANGERS_MAX)
		count = STRANGERS_MAX;
	may_ask = address_acquire(run) && !ip4_same(s->address.ip, c->ip) &&
		  c->nics >> s->address.nic & 1;
	s->knocks.count = 0;
	for (size_t i = 0; may_ask && i < count; i++) {
		for (size_t p = 0; p < ARRAY_LEN(ports); p++)
			knock_add(run, c->ip, ports[p], s->address.nic, macs[i], true);
	}
	may_ask = may_ask && knock_run(run);
	for (size_t i = 0; i < count; i++)
		note(run, macs[i], may_ask ? &s->knocks.at[i * ARRAY_LEN(ports)] : NULL);
	s->knocks.count = 0;
	if (address_usable(s) && !run->stopped)
		note_router_view(run, c->ip);
}
