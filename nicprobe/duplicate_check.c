/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.duplicate-ip: whether an address has a second owner. Pure over struct nic.
 *
 * This server is off the air, so its own address must be silent: any answer is the second owner. Addresses of
 * others may have one owner, not two.
 * Spec.    RFC 5227.
 * Pass if: nobody claims an address of ours, and no other address probed has two owners. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/checks.h"
#include "nicprobe/discover.h"
#include "nicprobe/probe.h"
#include "nicprobe/tell.h"

#define LISTED_MAX 4

/* What came of the candidates: how many, and a list of the first few for people. */
struct tally {
	size_t count;
	char text[LISTED_MAX * IP4_TEXT + 16];
};

struct outcome {
	struct tally ours_free, others_fine, conflicts, unprobed, unanswered;
};

static void tally(struct tally *t, struct ip4 ip)
{
	char text[IP4_TEXT];

	t->count++;
	if (t->count <= LISTED_MAX)
		fmt_add(t->text, sizeof(t->text), "%s%s", t->count > 1 ? ", " : "",
			ip4_text(text, ip));
	else if (t->count == LISTED_MAX + 1)
		fmt_add(t->text, sizeof(t->text), " and more");
}

static void note_virtual(struct run *run, const struct candidate *c)
{
	char ip[IP4_TEXT], mac[MAC_TEXT];

	for (size_t i = 0; i < c->claim_count; i++) {
		const char *name = mac_virtual_router(c->claims[i].mac);

		if (name != NULL)
			record_note(run->rec, NULL,
				"%s is answered for by %s, a virtual router address (%s): a failover group has taken it over.",
				ip4_text(ip, c->ip), mac_text(mac, c->claims[i].mac), name);
	}
}

static void judge(struct run *run, struct candidate *c, struct outcome *o)
{
	enum candidate_state state = candidate_state(c);
	bool ours = c->sources & FROM_OURS;

	if (state >= CANDIDATE_PROXY) {
		tally(&o->conflicts, c->ip);
		tell_conflict(run, c);
	} else if (!c->probed) {
		tally(&o->unprobed, c->ip);
	} else if (state == CANDIDATE_VIRTUAL) {
		note_virtual(run, c);
	} else {
		tally(ours ? &o->ours_free : &o->others_fine, c->ip);
	}
	if (c->sources == FROM_ASKED && c->probed && state == CANDIDATE_FREE)
		tally(&o->unanswered, c->ip);
}

static enum verdict conclude(struct run *run, bool whole, uint64_t took_ns)
{
	struct candidates *t = &run->net->candidates;
	unsigned probes = 0;
	struct outcome o = {0};
	char took[FMT_SIZE], what[160] = "";

	for (size_t i = 0; i < t->count; i++) {
		if (!(t->at[i].sources & FROM_ANY))
			continue;
		probes = t->at[i].probes > probes ? t->at[i].probes : probes;
		judge(run, &t->at[i], &o);
	}
	if (o.unanswered.count > 0)
		record_note(run->rec, NULL,
			"Others ask for %s and nobody answers; if that is this server's address, set net.ip.",
			o.unanswered.text);
	if (o.conflicts.count > 0) {
		record_why(run->rec, "more owners than there should be: %s", o.conflicts.text);
		return SKIP; /* the findings weigh more */
	}
	if (!whole || o.unprobed.count > 0) {
		record_why(run->rec, whole ? "the probes could not be sent"
					   : "stopped before the probes were done");
		return SKIP;
	}
	if (o.ours_free.count > 0)
		fmt_add(what, sizeof(what), "no second owner of %s", o.ours_free.text);
	if (o.others_fine.count > 0)
		fmt_add(what, sizeof(what), "%sno two owners of %zu %saddress%s",
			what[0] ? ", " : "", o.others_fine.count, what[0] ? "other " : "",
			o.others_fine.count == 1 ? "" : "es");
	if (what[0] == '\0') {
		record_why(run->rec, "the address is held by a failover group");
		return SKIP;
	}
	fmt_add(what, sizeof(what), " in %u probes over %s", probes, fmt_duration(took, took_ns));
	record_why(run->rec, "%s", what);
	record_coverage(run->rec, PART_ID_NETWORK, "%s", what);
	return PASS;
}

static bool has_candidates(const struct candidates *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].sources & FROM_ANY)
			return true;
	}
	return false;
}

static enum verdict duplicate_ip(struct run *run)
{
	struct net_session *s = run->net;
	enum verdict verdict = SKIP;
	uint64_t took_ns = 0;
	bool whole = true;

	if (!net_ready(run))
		return SKIP;
	if (run->config->net_dhcp != DHCP_OFF && !s->dhcp.discovered)
		whole = discover_run(run);
	candidates_prune(&s->candidates);
	probe_add_ours(run);
	probe_add_others(run);
	if (!has_candidates(&s->candidates)) {
		record_why(run->rec, "no address to probe: set net.ip");
	} else {
		whole = whole && probe_run(run, FROM_ANY, &took_ns) && probe_controls(run);
		verdict = conclude(run, whole, took_ns);
	}
	tell_new(run);
	return verdict;
}

const struct check net_duplicate_ip_check = {
	.id = "net.duplicate-ip",
	.title = "Second owners of IP addresses",
	.pass_if =
		"nobody claims this server's address, and no other address probed has two owners",
	.need = NEED_NIC,
	.run = duplicate_ip,
};
