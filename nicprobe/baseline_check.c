/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.baseline: whether the network changed since the last run of this stick on this machine. Pure over struct nic and
 * volume_port.
 *
 * What was seen is kept in /baseline/MAC.txt on the log volume, the MAC being that of the first card: the machine. What is
 * not known this time stays as it was.
 * Pass if: there is something to compare, and nothing differs. See the check at the end.
 */
#include "core/fmt.h"
#include "core/volume.h"
#include "nicprobe/baseline.h"
#include "nicprobe/checks.h"
#include "nicprobe/tell.h"

#define DIRECTORY "/baseline"
#define PATH_TEXT 48

/* ---- the file ---- */

static void path_of(const struct net_session *s, char path[PATH_TEXT])
{
	size_t first = 0;

	while (first + 1 < s->station_count && !s->stations[first].nic->has_driver)
		first++;
	fmt_to(path, PATH_TEXT, DIRECTORY "/");
	for (size_t i = 0; i < MAC_BYTES; i++)
		fmt_add(path, PATH_TEXT, "%02x", s->stations[first].nic->mac.at[i]);
	fmt_add(path, PATH_TEXT, ".txt");
}

/* Whether there is an old run to compare with. */
static bool load(struct run *run, const char *path, struct facts *ret)
{
	const struct volume_port *v = &run->machine->volume;
	char buf[BASELINE_BYTES];
	size_t len;
	const enum volume_result result = v->read(v->ctx, path, 0, buf, sizeof(buf), &len);

	if (result == VOLUME_OK && baseline_read((struct span){(const uint8_t *)buf, len}, ret))
		return true;
	if (result == VOLUME_OK)
		record_note(run->rec, NULL,
			"%s on the log volume is not what it should be; it is begun anew.", path);
	else if (result != VOLUME_NOT_FOUND)
		record_note(
			run->rec, NULL, "%s on the log volume cannot be read: %s", path, v->error);
	return false;
}

static bool store(struct run *run, const char *path, const struct facts *facts)
{
	char buf[BASELINE_BYTES];
	const size_t len = baseline_write(facts, buf);

	return volume_write(&run->machine->volume, DIRECTORY, path, buf, len);
}

/* ---- comparing ---- */

static void tell(struct run *run, enum fact fact, const char *old, const char *seen)
{
	const struct field fields[] = {
		FIELD_STR("what", fact_key(fact)), FIELD_STR("old", old), FIELD_STR("new", seen)};

	if (fact == FACT_DUPLICATES && text_same(seen, FACT_NONE))
		record_note(run->rec, NULL,
			"In the last run %s had a second owner; now nobody has.", old);
	else
		record_finding(run->rec, FINDING_NET_CHANGED, NULL, fields, ARRAY_LEN(fields),
			"Since the last run on this machine, %s changed from %s to %s.",
			fact_name(fact), old, seen);
}

/* Returns how many facts could be compared. */
static unsigned compare(
	struct run *run, const struct facts *old, const struct facts *seen, unsigned *ret_changed)
{
	unsigned compared = 0;

	*ret_changed = 0;
	for (enum fact i = 0; i < FACT_COUNT; i++) {
		if (old->at[i][0] == '\0' || seen->at[i][0] == '\0')
			continue;
		compared++;
		if (!text_same(old->at[i], seen->at[i])) {
			++*ret_changed;
			tell(run, i, old->at[i], seen->at[i]);
		}
	}
	return compared;
}

static void remember(struct run *run, const char *path, const struct facts *seen, bool first)
{
	if (!run->machine->volume.writable || !store(run, path, seen))
		record_note(run->rec, NULL,
			"What was seen could not be written to the log volume for the next run.");
	else if (first)
		record_note(run->rec, NULL, "What was seen is kept in %s for the next run.", path);
}

static enum verdict compare_and_keep(struct run *run, const struct facts *seen)
{
	struct facts old = {0}, merged;
	char path[PATH_TEXT];
	unsigned compared, changed;
	bool known;

	path_of(run->net, path);
	known = load(run, path, &old);
	merged = baseline_merge(&old, seen);
	compared = compare(run, &old, seen, &changed);
	if (!known || memcmp(&merged, &old, sizeof(old)) != 0)
		remember(run, path, &merged, !known);
	if (!known) {
		record_why(run->rec, "no earlier run on this machine to compare with");
		return SKIP;
	}
	if (compared == 0) {
		record_why(run->rec, "nothing was seen that the last run saw as well");
		return SKIP;
	}
	record_why(run->rec, "%u of %u facts are as in the last run", compared - changed, compared);
	return PASS;
}

static enum verdict baseline(struct run *run)
{
	enum verdict verdict = SKIP;
	struct facts seen;

	if (!run->machine->volume.present) {
		record_why(run->rec, "no log volume that remembers earlier runs");
		return SKIP;
	}
	if (!net_ready(run))
		return SKIP;
	if (facts_gather(run, &seen))
		verdict = compare_and_keep(run, &seen);
	else
		record_why(run->rec, "stopped before all was found out");
	tell_new(run);
	return verdict;
}

const struct check net_baseline_check = {
	.id = "net.baseline",
	.title = "What changed since the last run on this machine",
	.pass_if =
		"address, gateway, servers and switch port are as in the last run on this machine",
	.need = NEED_NIC,
	.run = baseline,
};
