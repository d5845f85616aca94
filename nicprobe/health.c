/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a card's own registers say of its wire. Pure over struct nic. See health.h. */
#include "nicprobe/health.h"
#include "core/fmt.h"
#include "core/pcie.h"
#include "nicprobe/wire.h"

/* Frames that were damaged on the wire make a finding. Missed frames and missing buffers do not: while memory and disks are
 * tested nobody takes frames out of the card. Nor do symbol errors: a link that comes up makes some. */
static const struct {
	const char *name;
	bool damaged;
} counters[NIC_COUNTS] = {
	[NIC_CRC] = {"crc_errors", true},
	[NIC_ALIGNMENT] = {"alignment_errors", true},
	[NIC_SYMBOL] = {"symbol_errors", false},
	[NIC_RECEIVE] = {"receive_errors", true},
	[NIC_MISSED] = {"missed_frames", false},
	[NIC_LATE_COLLISION] = {"late_collisions", true},
	[NIC_NO_BUFFER] = {"no_buffer", false},
};

void health_read(struct station *st)
{
	struct nic_health *h = &st->health;
	struct nic_wire wire;

	if (!st->opened || st->nic->wire == NULL)
		return;
	if (!st->nic->wire(st->nic->ctx, &wire)) {
		h->gone = h->known;
		return;
	}
	for (size_t i = 0; wire.counted && h->known && i < NIC_COUNTS; i++)
		h->counts[i] += wire.counts[i];
	if (h->known) /* less than before: the card was reset */
		h->counts[NIC_MISSED] += wire.missed_so_far -
					 (wire.missed_so_far >= h->wire.missed_so_far
							 ? h->wire.missed_so_far
							 : 0);
	h->wire = wire;
	h->known = true;
	h->gone = false;
}

static const char *duplex_text(enum duplex duplex)
{
	return duplex == DUPLEX_FULL ? "full" : duplex == DUPLEX_HALF ? "half" : "unknown";
}

/* A faster card on a gigabit switch is usual; anything slower than that is not, and hardly ever meant. */
#define USUAL_MBPS 1000u

static void tell_slow(struct run *run, const struct station *st)
{
	const struct nic_wire *w = &st->health.wire;
	const struct field fields[] = {FIELD_STR("nic", st->nic->id),
		FIELD_NUM("speed_mbps", w->speed_mbps),
		FIELD_NUM("max_speed_mbps", w->max_speed_mbps),
		FIELD_STR("duplex", duplex_text(w->duplex))};
	const bool slow = w->speed_mbps < w->max_speed_mbps;

	if ((slow && w->speed_mbps < USUAL_MBPS) || w->duplex == DUPLEX_HALF)
		record_finding(run->rec, FINDING_NIC_SLOW_LINK, st->nic->id, fields,
			ARRAY_LEN(fields),
			"%s runs at %u Mb/s, %s duplex; it can do %u Mb/s, full duplex.",
			st->nic->id, w->speed_mbps, duplex_text(w->duplex), w->max_speed_mbps);
	else if (slow)
		record_note(run->rec, st->nic->id,
			"%s runs at %u Mb/s and could do %u: usual, if the switch has no more.",
			st->nic->id, w->speed_mbps, w->max_speed_mbps);
}

/* Slots often have fewer lanes than the card: worth knowing, no fault by itself. */
static void tell_bus(struct run *run, const struct station *st)
{
	const char *id = st->nic->id;
	char now[FMT_SIZE], max[FMT_SIZE];
	struct pcie_link link;

	if (!pcie_link_read(st->nic->pci_config, &link))
		return;
	record_measure(run->rec, id, "pcie_width", link.width, 0, "lanes");
	record_measure(run->rec, id, "pcie_speed", link.speed, 1, "GT/s");
	if (link.width < link.max_width || link.speed < link.max_speed)
		record_note(run->rec, id,
			"%s has a PCI Express link of %u lane%s at %s GT/s and could have %u at %s GT/s: the slot gives no more, or a contact is bad.",
			id, link.width, link.width == 1 ? "" : "s", fmt_decimal(now, link.speed, 1),
			link.max_width, fmt_decimal(max, link.max_speed, 1));
}

void health_tell_link(struct run *run, struct station *st)
{
	const struct nic_wire *w = &st->health.wire;

	health_read(st);
	tell_bus(run, st);
	if (!st->health.known || !w->link || w->speed_mbps == 0)
		return;
	record_measure(run->rec, st->nic->id, "speed", w->speed_mbps, 0, "Mb/s");
	if (w->duplex != DUPLEX_UNKNOWN)
		record_measure(
			run->rec, st->nic->id, "full_duplex", w->duplex == DUPLEX_FULL, 0, "1");
	tell_slow(run, st);
}

static uint64_t damaged(const struct nic_health *h)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < NIC_COUNTS; i++)
		sum += counters[i].damaged ? h->counts[i] : 0;
	return sum;
}

bool health_has_errors(const struct net_session *s, const struct station *st)
{
	(void)s;
	return !st->health.errors_reported && damaged(&st->health) > 0;
}

void health_tell_errors(struct run *run, struct station *st)
{
	const uint64_t *c = st->health.counts;
	const struct field fields[] = {FIELD_STR("nic", st->nic->id),
		FIELD_NUM("count", damaged(&st->health)), FIELD_NUM("crc_errors", c[NIC_CRC]),
		FIELD_NUM("alignment_errors", c[NIC_ALIGNMENT]),
		FIELD_NUM("receive_errors", c[NIC_RECEIVE]),
		FIELD_NUM("late_collisions", c[NIC_LATE_COLLISION])};

	st->health.errors_reported = true;
	record_finding(run->rec, FINDING_NIC_ERRORS, st->nic->id, fields, ARRAY_LEN(fields),
		"%s counted %llu CRC errors, %llu alignment errors, %llu receive errors and %llu late collisions since the run began.",
		st->nic->id, (unsigned long long)c[NIC_CRC], (unsigned long long)c[NIC_ALIGNMENT],
		(unsigned long long)c[NIC_RECEIVE], (unsigned long long)c[NIC_LATE_COLLISION]);
}

void health_measure_counts(struct run *run, const struct station *st)
{
	const uint64_t frames = traffic_frames(&st->traffic);

	if (st->opened)
		record_measure(run->rec, st->nic->id, "link_flaps", st->flaps, 0, "1");
	if (!st->opened || !st->health.known)
		return;
	if (st->health.gone)
		record_note(run->rec, st->nic->id,
			"The registers of %s answered at first and do not any more: the card is gone from the bus. Its counters are of the time before.",
			st->nic->id);
	for (size_t i = 0; st->health.wire.counted && i < NIC_COUNTS; i++)
		record_measure(
			run->rec, st->nic->id, counters[i].name, st->health.counts[i], 0, "1");
	if (st->health.wire.counted && !st->health.gone && frames > 0 && damaged(&st->health) == 0)
		record_coverage(run->rec, st->nic->id,
			"its own counters have no damaged frame beside %llu that arrived",
			(unsigned long long)frames);
}
