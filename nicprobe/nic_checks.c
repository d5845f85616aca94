/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.inventory and nic.link: the cards themselves. Pure over struct nic.
 *
 * Pass if: a card has a driver that opens; a card has link. See the checks at the end.
 */
#include "core/fmt.h"
#include "nicprobe/checks.h"
#include "nicprobe/health.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"

/* ---- nic.inventory ---- */

static void tell_no_driver(struct run *run, const struct nic *nic)
{
	char pci[10];
	const struct field fields[] = {FIELD_STR("nic", nic->id),
		FIELD_STR("location", nic->location), FIELD_STR("pci", pci)};

	fmt_to(pci, sizeof(pci), "%04x:%04x", nic->vendor_id, nic->device_id);
	if (nic->driver[0] != '\0')
		record_finding(run->rec, FINDING_NIC_NO_DRIVER, nic->id, fields, ARRAY_LEN(fields),
			"%s (%s, %s) cannot be tested: its firmware driver (%s) offers no network interface.",
			nic->id, nic->name, nic->location, nic->driver);
	else
		record_finding(run->rec, FINDING_NIC_NO_DRIVER, nic->id, fields, ARRAY_LEN(fields),
			"%s (%s, %s) has no firmware driver and cannot be tested.", nic->id,
			nic->name, nic->location);
}

static void note_card(struct run *run, const struct nic *nic)
{
	char mac[MAC_TEXT], permanent[MAC_TEXT], burned_in[48] = "";

	if (!mac_same(nic->mac, nic->permanent))
		fmt_to(burned_in, sizeof(burned_in), " (burned in: %s)",
			mac_text(permanent, nic->permanent));
	record_note(run->rec, nic->id, "%s: %s, %s%s, %s, driver %s.", nic->id, nic->name,
		mac_text(mac, nic->mac), burned_in, nic->location,
		nic->driver[0] ? nic->driver : "unnamed");
}

static void note_same_macs(struct run *run)
{
	const struct net_session *s = run->net;
	char mac[MAC_TEXT];

	for (unsigned i = 0; i < s->station_count; i++) {
		for (unsigned j = i + 1; j < s->station_count; j++) {
			const struct nic *a = s->stations[i].nic, *b = s->stations[j].nic;

			if (a->has_driver && b->has_driver && mac_same(a->mac, b->mac))
				record_note(run->rec, NULL,
					"%s and %s both use the MAC address %s.", a->id, b->id,
					mac_text(mac, a->mac));
		}
	}
}

static enum verdict inventory(struct run *run)
{
	const struct machine *m = run->machine;
	size_t opened = 0, driven = 0;

	if (m->nic_count == 0) {
		record_why(run->rec, "no network card found");
		return SKIP;
	}
	net_open(run);
	for (size_t i = 0; i < run->net->station_count; i++) {
		const struct station *st = &run->net->stations[i];

		opened += st->opened;
		driven += st->nic->has_driver;
		if (st->nic->has_driver)
			note_card(run, st->nic);
		else
			tell_no_driver(run, st->nic);
	}
	if (driven == 0)
		record_note(run->rec, NULL,
			"No network card offers an interface to the firmware: in most setups the switch for that is called \"Network Stack\", \"UEFI Network\" or \"PXE\".");
	note_same_macs(run);
	if (m->nic_count > NET_NICS_MAX)
		record_note(run->rec, NULL, "Only the first %d of %zu network cards are looked at.",
			NET_NICS_MAX, m->nic_count);
	record_why(run->rec, "%zu of %zu network cards opened", opened, m->nic_count);
	tell_new(run);
	return opened > 0 ? PASS : SKIP;
}

/* ---- nic.link ---- */

static void tell_expected_mac_missing(struct run *run)
{
	const struct config *config = run->config;
	const struct net_session *s = run->net;
	char want[MAC_TEXT], text[NET_NICS_MAX][MAC_TEXT], all[NET_NICS_MAX * (MAC_TEXT + 1)] = "";
	const char *list[NET_NICS_MAX];
	size_t count = 0;

	if (!config->has_net_expect_mac || net_is_own(s, config->net_expect_mac))
		return;
	for (size_t i = 0; i < s->station_count; i++) {
		if (!s->stations[i].nic->has_driver)
			continue;
		list[count] = mac_text(text[count], s->stations[i].nic->mac);
		fmt_add(all, sizeof(all), "%s%s", count > 0 ? ", " : "", list[count]);
		count++;
	}
	const struct field fields[] = {FIELD_STR("key", "net.expect_mac"),
		FIELD_STR("value", mac_text(want, config->net_expect_mac)),
		FIELD_LIST("macs", list, count)};

	record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
		"net.expect_mac: no network card of this machine has %s; there are: %s.", want,
		all);
}

static void tell_no_link(struct run *run, const struct nic *nic)
{
	const struct field fields[] = {FIELD_STR("nic", nic->id)};

	record_finding(run->rec, FINDING_NIC_NO_LINK, nic->id, fields, ARRAY_LEN(fields),
		"%s (%s) has no link.", nic->id, nic->name);
}

/* The cards in a state: a list of ids for people, and how many. */
struct tally {
	size_t count;
	char ids[NET_NICS_MAX * 7];
};

static void tally_links(const struct net_session *s, struct tally ret[NIC_LINK_UP + 1])
{
	for (size_t i = 0; i < s->station_count; i++) {
		struct tally *t = &ret[s->stations[i].link];

		if (s->stations[i].opened)
			fmt_add(t->ids, sizeof(t->ids), "%s%s", t->count++ > 0 ? ", " : "",
				s->stations[i].nic->id);
	}
}

static enum verdict conclude_link(struct run *run)
{
	const struct net_session *s = run->net;
	struct tally links[NIC_LINK_UP + 1] = {{0}};
	const struct tally *up = &links[NIC_LINK_UP], *down = &links[NIC_LINK_DOWN],
			   *unknown = &links[NIC_LINK_UNKNOWN];

	tally_links(s, links);
	if (unknown->count > 0)
		record_note(run->rec, NULL,
			"The driver cannot tell the link of %s, and nothing was heard yet.",
			unknown->ids);
	if (up->count > 0) {
		if (down->count > 0)
			record_note(run->rec, NULL, "No link on %s.", down->ids);
		record_why(run->rec, "link up on %s", up->ids);
		return PASS;
	}
	if (unknown->count > 0) {
		record_why(run->rec, "the driver cannot tell the link of %s", unknown->ids);
		return SKIP;
	}
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].opened)
			tell_no_link(run, s->stations[i].nic);
	}
	record_why(run->rec, "no link on %s", down->ids);
	return WARN;
}

static enum verdict link(struct run *run)
{
	enum verdict verdict = SKIP;

	if (!net_open(run)) {
		record_why(run->rec, "no network card could be opened");
		return SKIP;
	}
	tell_expected_mac_missing(run);
	net_wait_link(run);
	if (run->stopped)
		record_why(run->rec, "stopped before the links were up");
	else
		verdict = conclude_link(run);
	for (size_t i = 0; i < run->net->station_count && !run->stopped; i++)
		health_tell_link(run, &run->net->stations[i]);
	tell_new(run);
	return verdict;
}

const struct check nic_inventory_check = {
	.id = "nic.inventory",
	.title = "Network cards and their firmware drivers",
	.pass_if = "every network card has a firmware driver, and at least one can be opened",
	.housekeeping = true,
	.run = inventory,
};

const struct check nic_link_check = {
	.id = "nic.link",
	.title = "Link of the network cards",
	.pass_if = "at least one network card has link, and none loses it while the tests run",
	.need = NEED_NIC,
	.run = link,
};
