/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which switch port a MAC address is on. Pure over struct nic. See mac_place.h. */
#include "nicprobe/mac_place.h"
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/facts.h"

#define GROUPS_MAX 256 /* of a table, looked through for one key */

/* Objects, below 1.3.6.1.2.1. */
#define MIB_2            "\x2b\6\1\2\1"
#define SYS_NAME         MIB_2 "\1\5"
#define IF_DESCR         MIB_2 "\2\2\1\2"
#define NET_TO_MEDIA_MAC MIB_2 "\4\x16\1\2"
#define BASE_PORT_IF     MIB_2 "\x11\1\4\1\2"
#define FDB_PORT         MIB_2 "\x11\4\3\1\2"
#define VLAN_FDB_PORT    MIB_2 "\x11\7\1\2\2\1\2"
#define IF_NAME          MIB_2 "\x1f\1\1\1\1"

static struct oid instance(const char *object, uint32_t index)
{
	struct oid oid = oid_of(object);

	oid_add(&oid, index);
	return oid;
}

static void add_bytes(struct oid *oid, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		oid_add(oid, bytes[i]);
}

/* One object that is a number from 1 on. */
static bool get_index(struct run *run, const struct oid *oid, uint32_t *ret)
{
	struct snmp_value v;

	if (!snmp_get(run, oid, 1, &v) || !v.is_number || v.number == 0 || v.number > UINT32_MAX)
		return false;
	*ret = (uint32_t)v.number;
	return true;
}

/* ---- tables with an index before the key ---- */

/* The entry of `key` in a table whose rows are numbered GROUP.KEY, the groups being unknown: filtering databases, interfaces.
 * From each group one entry is read to learn its number, and then the one behind its greatest possible key. */
static bool find_in_groups(struct run *run, const char *object, const uint8_t *key, size_t key_len,
	struct snmp_value *ret)
{
	const struct oid base = oid_of(object);
	struct oid cursor = base;
	struct snmp_value other;
	struct span rest;
	uint32_t group;

	for (unsigned n = 0; n < GROUPS_MAX; n++) {
		struct oid exact;

		if (!snmp_next(run, &base, &cursor, &rest, &other) || !oid_arc(&rest, &group))
			return false;
		cursor = exact = instance(object, group);
		add_bytes(&exact, key, key_len);
		if (snmp_get(run, &exact, 1, ret) && ret->there)
			return true;
		for (size_t i = 0; i < key_len; i++)
			oid_add(&cursor, UINT8_MAX);
	}
	return false;
}

/* ---- interfaces ---- */

static bool clean_name(const struct snmp_value *v, char ret[PORT_NAME_TEXT])
{
	return text_clean(ret, PORT_NAME_TEXT, v->bytes, v->len) > 0;
}

void mac_place_name(struct run *run, uint32_t interface, char ret[PORT_NAME_TEXT])
{
	const struct oid names[] = {instance(IF_NAME, interface), instance(IF_DESCR, interface)};
	struct snmp_value v[ARRAY_LEN(names)];

	if (!snmp_get(run, names, ARRAY_LEN(names), v) ||
		(!clean_name(&v[0], ret) && !clean_name(&v[1], ret)))
		fmt_to(ret, PORT_NAME_TEXT, "interface %u", interface);
}

struct wanted {
	struct text name;
	uint32_t interface; /* 0: not found */
};

static bool match_name(void *arg, struct span rest, const struct snmp_value *v)
{
	struct wanted *w = arg;
	char name[PORT_NAME_TEXT];
	uint32_t index;

	if (!oid_arc(&rest, &index) || !clean_name(v, name) || text_length(name) != w->name.len ||
		!text_glob((struct text){name, w->name.len}, w->name))
		return true;
	w->interface = index;
	return false;
}

bool mac_place_by_name(struct run *run, const char *name, uint32_t *ret_interface)
{
	static const char *const columns[] = {IF_NAME, IF_DESCR};
	struct wanted w = {.name = {name, text_length(name)}};

	for (size_t i = 0; i < ARRAY_LEN(columns) && w.interface == 0; i++) {
		const struct oid base = oid_of(columns[i]);

		snmp_walk(run, &base, match_name, &w);
	}
	if (w.interface == 0)
		return false;
	*ret_interface = w.interface;
	return true;
}

/* ---- the switch ---- */

/* Who to ask, and the VLAN of our port. False: not known. */
static bool choose_agent(struct run *run, struct ip4 *ret)
{
	const struct switch_port *port = facts_switch_port(run);
	const struct ip4 given = run->config->net_snmp_agent;

	*ret = given.value != 0 || port == NULL ? given : port->address;
	return ip4_is_host(*ret);
}

static void name_agent(struct run *run, struct ip4 agent)
{
	struct mac_places *t = &run->net->places;
	const struct oid name = instance(SYS_NAME, 0);
	struct snmp_value v;
	char ip[IP4_TEXT];

	if (!snmp_get(run, &name, 1, &v) || text_clean(t->agent, AGENT_TEXT, v.bytes, v.len) == 0)
		text_copy(t->agent, AGENT_TEXT, ip4_text(ip, agent));
}

bool mac_place_begin(struct run *run, const char **ret_why)
{
	struct ip4 agent;

	if (run->config->net_snmp_community[0] == '\0')
		*ret_why = "net.snmp.community is not set";
	else if (!choose_agent(run, &agent))
		*ret_why = run->stopped ? "stopped"
					: "no switch named its address; set net.snmp.agent";
	else if (!snmp_begin(run, agent))
		*ret_why = snmp_state_text(&run->net->snmp);
	else {
		name_agent(run, agent);
		*ret_why = snmp_state_text(&run->net->snmp);
		return run->net->snmp.answered > 0 && run->net->snmp.state < SNMP_SILENT;
	}
	return false;
}

/* Cisco's switches have one table per VLAN, and tell of it only if the community names the VLAN. */
static bool find_in_vlan(struct run *run, const struct oid *entry, uint32_t *ret)
{
	const struct switch_port *port = facts_switch_port(run);
	struct snmp_client *c = &run->net->snmp;
	bool found;

	if (port == NULL || port->vlan == 0 || run->net->places.no_contexts ||
		c->state >= SNMP_SILENT)
		return false;
	c->vlan = port->vlan;
	found = get_index(run, entry, ret);
	if (c->state == SNMP_SILENT) { /* it does not know that way of asking: it answered before */
		run->net->places.no_contexts = true;
		c->state = SNMP_FINE;
	}
	if (!found)
		c->vlan = 0;
	return found;
}

/* The number that the bridge gives the port behind which the address is. */
static bool find_bridge_port(struct run *run, struct mac mac, uint32_t *ret)
{
	struct oid entry = oid_of(FDB_PORT);
	struct snmp_value v;

	add_bytes(&entry, mac.at, MAC_BYTES);
	if (get_index(run, &entry, ret))
		return true;
	if (find_in_groups(run, VLAN_FDB_PORT, mac.at, MAC_BYTES, &v) && v.is_number &&
		v.number != 0 && v.number <= UINT32_MAX) {
		*ret = (uint32_t)v.number;
		return true;
	}
	return find_in_vlan(run, &entry, ret);
}

static const struct mac_place *find(const struct mac_places *t, struct mac mac)
{
	for (size_t i = 0; i < t->count; i++) {
		if (mac_same(t->at[i].mac, mac))
			return &t->at[i];
	}
	return NULL;
}

const struct mac_place *mac_place_look(struct run *run, struct mac mac)
{
	struct mac_places *t = &run->net->places;
	struct mac_place place = {.mac = mac};
	char name[PORT_NAME_TEXT];
	uint32_t port;

	if (find(t, mac) != NULL || t->count == MAC_PLACES_MAX ||
		!find_bridge_port(run, mac, &port))
		return find(t, mac);
	const struct oid base_port = instance(BASE_PORT_IF, port);

	if (get_index(run, &base_port, &place.interface))
		mac_place_name(run, place.interface, name);
	else
		fmt_to(name, sizeof(name), "bridge port %u", port);
	run->net->snmp.vlan = 0;
	fmt_to(place.text, sizeof(place.text), "%s on %s", name, t->agent);
	t->at[t->count] = place;
	return &t->at[t->count++];
}

const char *mac_place_text(const struct mac_places *t, struct mac mac)
{
	const struct mac_place *place = find(t, mac);

	return place != NULL ? place->text : "";
}

static bool is_due(const struct candidate *c)
{
	return c->reported && !c->sought && candidate_state(c) == CANDIDATE_CONFLICT;
}

bool mac_places_due(const struct run *run)
{
	const struct candidates *t = &run->net->candidates;
	size_t i = 0;

	while (i < t->count && !is_due(&t->at[i]))
		i++;
	return i < t->count && run->config->net_snmp_community[0] != '\0';
}

/* Who claims the candidates that are due, each once; from then on these are not. Returns how many. */
static size_t list_claimants(struct candidates *t, struct mac macs[MAC_PLACES_MAX])
{
	struct mac of_one[CLAIMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct candidate *c = &t->at[i];
		size_t found = candidate_macs(c, of_one);

		if (!is_due(c))
			continue;
		c->sought = true;
		for (size_t j = 0; j < found && count < MAC_PLACES_MAX; j++) {
			size_t k = 0;

			while (k < count && !mac_same(macs[k], of_one[j]))
				k++;
			macs[k] = of_one[j];
			count += k == count;
		}
	}
	return count;
}

void mac_places_look(struct run *run)
{
	const char *why = "there is no address to speak from";
	struct mac macs[MAC_PLACES_MAX];
	const size_t count = list_claimants(&run->net->candidates, macs);
	unsigned unknown = 0;

	if (!address_acquire(run) || !mac_place_begin(run, &why)) {
		record_note(run->rec, NULL,
			"The switch could not be asked where the owners are: %s.", why);
		return;
	}
	for (size_t i = 0; i < count && !run->stopped; i++)
		unknown += mac_place_look(run, macs[i]) == NULL;
	if (unknown > 0)
		record_note(run->rec, NULL,
			"%s did not say behind which port %u of %zu owners are: %s.",
			run->net->places.agent, unknown, count, snmp_state_text(&run->net->snmp));
}

/* ---- the router ---- */

bool mac_place_router_view(
	struct run *run, struct ip4 router, struct ip4 ip, struct mac *ret, const char **ret_why)
{
	uint8_t key[IP4_BYTES];
	struct snmp_value v;
	bool found;

	put_be32(key, ip.value);
	found = snmp_begin(run, router) &&
		find_in_groups(run, NET_TO_MEDIA_MAC, key, sizeof(key), &v) && v.len == MAC_BYTES;
	*ret_why = snmp_state_text(&run->net->snmp);
	if (found)
		*ret = mac_at(v.bytes);
	return found;
}
