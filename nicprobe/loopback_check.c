/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.loopback: frames through the card alone, with neither cable nor switch. Pure over struct nic.
 *
 * How a card is looped is loopback.h's; here, whether it may be, and whether it works with its driver afterwards.
 * Pass if: every frame comes back with exactly its own bytes, and the driver takes the card again. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/alive.h"
#include "nicprobe/checks.h"
#include "nicprobe/loopback.h"
#include "nicprobe/tell.h"

#define ALIVE_BEFORE_NS (2ull * NS_PER_S)
#define ALIVE_AFTER_NS  (45ull * NS_PER_S) /* spanning tree may hold the port back anew */

/* Whoever answered before has to answer again. */
static void prove_alive(struct run *run, unsigned i, struct ip4 ip)
{
	const struct station *st = &run->net->stations[i];
	char text[IP4_TEXT];

	if (!st->opened)
		return; /* told already */
	if (alive_ask(run, i, ip, ALIVE_AFTER_NS))
		record_note(run->rec, st->nic->id, "%s answered ARP on %s before and after it.",
			ip4_text(text, ip), st->nic->id);
	else if (!run->stopped)
		record_fault(run->rec, "nic.give_back", st->nic->id,
			"%s answered ARP on %s before the loopback, and not in %u s after it.",
			ip4_text(text, ip), st->nic->id, (unsigned)(ALIVE_AFTER_NS / NS_PER_S));
}

/* The remote console of a machine with a BMC may be on any card that may have link; with another link up, a person can still
 * get at it. Only links that are sure count. */
static bool may_cut_console(const struct run *run, unsigned i)
{
	const struct net_session *s = run->net;
	bool other = false;

	for (unsigned n = 0; n < s->station_count; n++)
		other = other ||
			(n != i && s->stations[n].opened && s->stations[n].link == NIC_LINK_UP);
	return run->inventory->has_bmc && run->config->nic_loopback != LOOPBACK_FORCE && !other &&
	       (!s->stations[i].nic->has_driver || s->stations[i].link != NIC_LINK_DOWN);
}

/* True: it was tested; else why not. */
static bool test_card(struct run *run, unsigned i, char *why)
{
	const struct station *st = &run->net->stations[i];
	struct ip4 neighbour;
	bool tested, alive;

	if (may_cut_console(run, i)) {
		fmt_to(why, LOOPBACK_WHY,
			"it has the only link of a machine with a BMC; nic.loopback = force tests it all the same");
		return false;
	}
	alive = st->opened && loopback_is_offered(st) && alive_whom(run->net, i, &neighbour) &&
		alive_ask(run, i, neighbour, ALIVE_BEFORE_NS);
	tested = loopback_test(run, i, why);
	if (alive)
		prove_alive(run, i, neighbour);
	return tested;
}

static enum verdict conclude(struct run *run, unsigned tested, unsigned cards, const char *last)
{
	if (tested > 0)
		record_why(run->rec, "%u of %u network cards tested in loopback", tested, cards);
	else
		record_why(run->rec, "%s",
			last[0] != '\0' ? last
			: cards > 0     ? "stopped before the first card"
					: "no network card could be opened");
	tell_new(run);
	return tested > 0 ? PASS : SKIP;
}

static enum verdict loopback(struct run *run)
{
	struct net_session *s = run->net;
	unsigned tested = 0, cards = 0;
	char why[LOOPBACK_WHY], last[LOOPBACK_WHY + 40] = "";

	if (net_open(run))
		net_wait_link(run);
	for (unsigned i = 0; i < s->station_count; i++) {
		const struct nic *nic = s->stations[i].nic;

		if (!s->stations[i].opened && !loopback_is_offered(&s->stations[i]))
			continue;
		cards++;
		if (run->stopped)
			continue;
		if (test_card(run, i, why)) {
			tested++;
			continue;
		}
		fmt_to(last, sizeof(last), "%s was not tested: %s", nic->id, why);
		record_note(run->rec, nic->id, "%s.", last);
	}
	memset(s->lanes, 0, sizeof(s->lanes));
	return conclude(run, tested, cards, last);
}

const struct check nic_loopback_check = {
	.id = "nic.loopback",
	.title = "Frames through the card's own loopback",
	.pass_if =
		"every frame sent in loopback comes back with exactly its own bytes, and the card works with its driver afterwards",
	.on_request = true,
	.run = loopback,
};
