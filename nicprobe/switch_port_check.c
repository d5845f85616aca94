/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.switch-port: what the switch itself says of the port that this server is on. Pure over struct nic.
 *
 * What the card sends damaged, only the far end of the cable can count. The switch is read by SNMP, sixty-four frames go out, and it
 * is read again. An agent that is silent, refuses or has no such tables is told of in words and is no fault.
 * Spec.    IF-MIB (RFC 2863), EtherLike-MIB (RFC 3635).
 * Pass if: the switch counts no damaged frame among those sent. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/checks.h"
#include "nicprobe/facts.h"
#include "nicprobe/tell.h"
#include "nicprobe/vendor.h"

#define FRAMES     64
#define PACE_NS    (2ull * NS_PER_MS)
#define COUNTED_NS (2ull * NS_PER_S) /* switches collect their counters about so often */
#define BIT_PER_MB 1000000u

/* Objects below 1.3.6.1.2.1, each with the interface as its index. */
enum object { OPER, SPEED, HIGH_SPEED, DUPLEX, IN_ERRORS, FCS_ERRORS, LATE, OBJECTS };
static const char *const objects[OBJECTS] = {
	[OPER] = "\x2b\6\1\2\1\2\2\1\10",
	[SPEED] = "\x2b\6\1\2\1\2\2\1\5",
	[HIGH_SPEED] = "\x2b\6\1\2\1\x1f\1\1\1\17",
	[DUPLEX] = "\x2b\6\1\2\1\12\7\2\1\23",
	[IN_ERRORS] = "\x2b\6\1\2\1\2\2\1\16",
	[FCS_ERRORS] = "\x2b\6\1\2\1\12\7\2\1\3",
	[LATE] = "\x2b\6\1\2\1\12\7\2\1\10",
};
static const struct {
	enum object object;
	const char *name, *text;
} counters[] = {{IN_ERRORS, "switch_port.in_errors", "receive errors"},
	{FCS_ERRORS, "switch_port.fcs_errors", "FCS errors"},
	{LATE, "switch_port.late_collisions", "late collisions"}};

struct port_facts {
	uint32_t interface;
	bool at_our_cable; /* the switch asked is the one that speaks LLDP or CDP on our cable */
	char name[PLACE_TEXT];
	struct snmp_value v[OBJECTS];
};

/* ---- which port ---- */

static bool is_at_our_cable(const struct net_session *s, const struct switch_port *port)
{
	return port != NULL &&
	       (ip4_same(port->address, s->snmp.agent) || text_same(port->name, s->places.agent));
}

/* By our MAC address in the switch's table; where it has none, by the name that LLDP or CDP gave the port. */
static bool find_port(struct run *run, struct port_facts *ret)
{
	struct net_session *s = run->net;
	const struct switch_port *port = facts_switch_port(run);
	const struct mac_place *place = mac_place_look(run, s->stations[s->address.nic].nic->mac);
	struct port_facts f = {.at_our_cable = is_at_our_cable(s, port)};
	char name[PORT_NAME_TEXT];

	if (place != NULL) {
		f.interface = place->interface;
		text_copy(f.name, sizeof(f.name), place->text);
	} else if (f.at_our_cable && mac_place_by_name(run, port->port, &f.interface)) {
		mac_place_name(run, f.interface, name);
		fmt_to(f.name, sizeof(f.name), "%s on %s", name, s->places.agent);
	}
	if (f.interface == 0)
		return false;
	*ret = f;
	return true;
}

static bool read_port(struct run *run, struct port_facts *f)
{
	struct oid names[OBJECTS];

	for (size_t i = 0; i < OBJECTS; i++) {
		names[i] = oid_of(objects[i]);
		oid_add(&names[i], f->interface);
	}
	return snmp_get(run, names, OBJECTS, f->v);
}

/* ---- what it says ---- */

static unsigned speed_mbps(const struct port_facts *f)
{
	const uint64_t high = f->v[HIGH_SPEED].number;
	const uint64_t mbps = high != 0 ? high : f->v[SPEED].number / BIT_PER_MB;

	return mbps <= UINT32_MAX ? (unsigned)mbps : 0;
}

static enum duplex duplex_of(const struct port_facts *f)
{
	return f->v[DUPLEX].number == 3   ? DUPLEX_FULL
	       : f->v[DUPLEX].number == 2 ? DUPLEX_HALF
					  : DUPLEX_UNKNOWN;
}

static void note_port(struct run *run, const struct port_facts *f)
{
	const char *id = net_id(run->net, run->net->address.nic);
	const unsigned mbps = speed_mbps(f);
	const enum duplex duplex = duplex_of(f);
	char text[192] = "";

	if (f->v[OPER].there)
		fmt_add(text, sizeof(text), ", %s", f->v[OPER].number == 1 ? "up" : "not up");
	if (mbps != 0)
		fmt_add(text, sizeof(text), ", %u Mb/s", mbps);
	if (duplex != DUPLEX_UNKNOWN)
		fmt_add(text, sizeof(text), ", %s duplex", duplex == DUPLEX_FULL ? "full" : "half");
	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		const struct snmp_value *v = &f->v[counters[i].object];

		if (!v->is_number)
			continue;
		record_measure(run->rec, id, counters[i].name, v->number, 0, "1");
		fmt_add(text, sizeof(text), ", %llu %s", (unsigned long long)v->number,
			counters[i].text);
	}
	record_note(run->rec, id, "By SNMP, %s is behind %s%s%s.", id, f->name, text,
		f->at_our_cable ? "; counted since the switch started"
				: "; that may be the way to the switch it is connected to");
}

/* What LLDP or CDP left open of the port at our cable, tell_new() judges. */
static void keep_duplex(struct net_session *s, const struct port_facts *f)
{
	struct switch_ports *t = &s->stations[s->address.nic].switches;
	const struct switch_port *best = switch_port_best(t);

	for (size_t i = 0; f->at_our_cable && i < t->count; i++) {
		if (&t->at[i] == best && best->duplex == DUPLEX_UNKNOWN) {
			t->at[i].duplex = duplex_of(f);
			t->at[i].speed_mbps = speed_mbps(f);
		}
	}
}

/* ---- whether our frames arrive whole ---- */

/* Frames of the largest size to whoever is next on the way to the switch; nobody answers them. False: stopped, or not sent. */
static bool send_frames(struct run *run)
{
	struct net_session *s = run->net;
	const unsigned nic = s->address.nic;
	const size_t max = s->stations[nic].nic->max_frame_bytes;
	const size_t len = max < ETH_FRAME_MAX ? max : ETH_FRAME_MAX;

	for (unsigned n = 0; n < FRAMES; n++) {
		eth_write(s->tx, s->snmp.next_hop, s->stations[nic].nic->mac, ETH_TYPE_LOCAL);
		for (size_t i = ETH_HEADER_BYTES; i < len; i++)
			s->tx[i] = (uint8_t)rng_next(&s->rng);
		if (!net_send(run, nic, s->tx, len) || !net_wait(run, run_now_ns(run) + PACE_NS))
			return false;
	}
	return net_wait(run, run_now_ns(run) + COUNTED_NS);
}

/* Counters have 32 bits and wrap. */
static uint64_t risen(
	const struct port_facts *before, const struct port_facts *after, enum object o)
{
	return before->v[o].is_number && after->v[o].is_number
		       ? (uint32_t)(after->v[o].number - before->v[o].number)
		       : 0;
}

static void tell_damaged(
	struct run *run, const struct port_facts *before, const struct port_facts *after)
{
	const char *id = net_id(run->net, run->net->address.nic);
	const uint64_t errors = risen(before, after, IN_ERRORS),
		       fcs = risen(before, after, FCS_ERRORS), late = risen(before, after, LATE);
	const uint64_t most = errors > fcs + late ? errors : fcs + late;
	const struct field fields[] = {FIELD_STR("nic", id), FIELD_NUM("count", most),
		FIELD_NUM("crc_errors", fcs), FIELD_NUM("late_collisions", late),
		FIELD_STR("switch_port", before->name)};

	if (most > 0)
		record_finding(run->rec, FINDING_NIC_ERRORS, id, fields, ARRAY_LEN(fields),
			"While %s sent %u frames, its switch port, %s, counted %llu damaged ones (%llu FCS errors, %llu late collisions).",
			id, FRAMES, before->name, (unsigned long long)most, (unsigned long long)fcs,
			(unsigned long long)late);
	else
		record_coverage(run->rec, id,
			"its switch port, %s, counted no damaged frame while %u were sent",
			before->name, FRAMES);
}

/* ---- the router ---- */

/* The router spoke with us lately, so it knows our MAC address; another one in its table is somebody else's, or was put there. */
static void compare_router_view(struct run *run)
{
	struct net_session *s = run->net;
	const struct net_address *a = &s->address;
	char ip[IP4_TEXT], router[IP4_TEXT], text[MAC_TEXT], named[VENDOR_MAC_TEXT];
	const char *why, *list[1];
	struct mac mac;

	if (a->gateway.value == 0 || run->stopped || !address_usable(s))
		return;
	ip4_text(router, a->gateway);
	if (!mac_place_router_view(run, a->gateway, a->ip, &mac, &why)) {
		record_note(run->rec, NULL,
			"The router %s does not say which MAC address it has for %s: %s.", router,
			ip4_text(ip, a->ip), why);
		return;
	}
	list[0] = mac_text(text, mac);
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, a->ip)), FIELD_STR("mac", text),
		FIELD_LIST("macs", list, 1), FIELD_STR("nic", net_id(s, a->nic))};

	if (net_is_own(s, mac))
		record_note(run->rec, NULL, "The router %s has %s at our MAC address.", router, ip);
	else
		record_finding_as(run->rec, FINDING_NET_DUPLICATE_IP, WARN, NULL, fields,
			ARRAY_LEN(fields),
			"The router %s sends what is for %s, the address we speak from, to %s.",
			router, ip, vendor_mac_text(named, mac));
}

/* ---- the check ---- */

static enum verdict look(struct run *run)
{
	struct port_facts before, after;
	enum verdict verdict = SKIP;

	if (!find_port(run, &before) || !read_port(run, &before)) {
		record_why(run->rec, "%s does not say which port this server is on: %s",
			run->net->places.agent, snmp_state_text(&run->net->snmp));
		return SKIP;
	}
	note_port(run, &before);
	keep_duplex(run->net, &before);
	if (!before.at_our_cable) {
		record_why(run->rec, "behind %s, but nothing says that our cable ends there",
			before.name);
		return SKIP;
	}
	after = before;
	if (send_frames(run) && read_port(run, &after)) {
		tell_damaged(run, &before, &after);
		record_why(run->rec, "on %s; %u frames sent", before.name, FRAMES);
		verdict = PASS;
	}
	return verdict;
}

static enum verdict switch_port(struct run *run)
{
	const char *why = "net.snmp.community is not set";
	enum verdict verdict = SKIP;

	if (run->config->net_snmp_community[0] == '\0') {
		record_why(run->rec, "%s", why);
		return SKIP;
	}
	if (!net_ready(run))
		return SKIP;
	if (!address_acquire(run))
		return SKIP;
	if (mac_place_begin(run, &why))
		verdict = look(run);
	else
		record_why(run->rec, "the switch cannot be read: %s", why);
	compare_router_view(run);
	tell_new(run);
	return run->stopped ? SKIP : verdict;
}

const struct check net_switch_port_check = {
	.id = "net.switch-port",
	.title = "The switch port, as the switch sees it by SNMP",
	.pass_if = "the switch counts no damaged frame on its port while this server sends some",
	.need = NEED_NIC,
	.run = switch_port,
};
