/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Findings of IPv6. Pure. See nd_tell.h. */
#include "nicprobe/nd_tell.h"
#include "core/fmt.h"
#include "nicprobe/vendor.h"

/* MACs as the fields of a finding and as a list for people. */
struct mac_list {
	const char *texts[ND_ROUTERS_MAX];
	char text[ND_ROUTERS_MAX][MAC_TEXT];
	char all[ND_ROUTERS_MAX * VENDOR_MAC_TEXT];
};

static void list_macs(struct mac_list *l, const struct mac *macs, size_t count)
{
	char named[VENDOR_MAC_TEXT];

	l->all[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		l->texts[i] = mac_text(l->text[i], macs[i]);
		fmt_add(l->all, sizeof(l->all), "%s%s", i > 0 ? ", " : "",
			vendor_mac_text(named, macs[i]));
	}
}

static void tell_claimants(struct run *run, unsigned nic)
{
	const struct ip6 own = ip6_link_local(run->net->stations[nic].nic->mac);
	struct mac macs[ND_CLAIMS_MAX];
	struct mac_list l;
	uint64_t messages, first_ns;
	const size_t count = nd_claimants(&run->net->nd, nic, macs, &messages, &first_ns);
	char ip[IP6_TEXT], vendor[VENDOR_TEXT];

	list_macs(&l, macs, count);
	const struct field fields[] = {
		FIELD_STR("ip", ip6_text(ip, &own)),
		FIELD_STR("mac", l.texts[0]),
		FIELD_LIST("macs", l.texts, count),
		FIELD_STR("vendor", vendor_of(macs[0], vendor)),
		FIELD_NUM("count", messages),
		FIELD_STR("nic", net_id(run->net, nic)),
		FIELD_NUM("first_ms", (first_ns - run->rec->start_ns) / NS_PER_MS),
	};

	record_finding(run->rec, FINDING_NET_DUPLICATE_IP, NULL, fields, ARRAY_LEN(fields),
		"%s, the IPv6 address that belongs to the MAC address of %s, is claimed by %s.", ip,
		net_id(run->net, nic), l.all);
}

static void tell_routers(struct run *run, unsigned nic)
{
	struct mac macs[ND_ROUTERS_MAX];
	const size_t count = nd_default_routers(&run->net->nd, nic, macs);
	struct mac_list l;

	list_macs(&l, macs, count);
	const struct field fields[] = {FIELD_STR("nic", net_id(run->net, nic)),
		FIELD_LIST("macs", l.texts, count), FIELD_NUM("count", count)};

	record_finding(run->rec, FINDING_NET_ROGUE_RA, NULL, fields, ARRAY_LEN(fields),
		"%zu IPv6 routers announce themselves to %s as the way out: %s.", count,
		net_id(run->net, nic), l.all);
}

/* ---- what is new ---- */

/* Claimants, and routers where there are several, of which nothing was told yet. */
struct news {
	size_t claimants, routers;
	bool of_claimants, of_routers;
};

static struct news news_of(const struct net_session *s, const struct station *st)
{
	const unsigned nic = (unsigned)(st - s->stations);
	struct mac macs[ND_ROUTERS_MAX > ND_CLAIMS_MAX ? ND_ROUTERS_MAX : ND_CLAIMS_MAX];
	uint64_t messages, first_ns;
	struct news n = {.claimants = nd_claimants(&s->nd, nic, macs, &messages, &first_ns),
		.routers = nd_default_routers(&s->nd, nic, macs)};

	n.of_claimants = s->nd.judged && n.claimants > st->claimants_told;
	n.of_routers = s->nd.judged && n.routers > 1 && n.routers > st->routers_told;
	return n;
}

bool nd_has_news(const struct net_session *s, const struct station *st)
{
	const struct news n = news_of(s, st);

	return n.of_claimants || n.of_routers;
}

void nd_tell(struct run *run, struct station *st)
{
	const unsigned nic = (unsigned)(st - run->net->stations);
	const struct news n = news_of(run->net, st);

	if (n.of_claimants) {
		st->claimants_told = n.claimants;
		tell_claimants(run, nic);
	}
	if (n.of_routers) {
		st->routers_told = n.routers;
		tell_routers(run, nic);
	}
}
