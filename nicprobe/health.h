/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a card's own registers say of its wire, as findings and figures.
 *
 * Pure over struct nic.
 * Trust. Counters are differences between our own readings: what was counted before the first is not told.
 */
#ifndef KIRIWAKE_NICPROBE_HEALTH_H
#define KIRIWAKE_NICPROBE_HEALTH_H

#include "nicprobe/session.h"

/* Reads the card's registers once and adds up its counters, if it has some that are known. */
void health_read(struct station *st);

/* For nic.link: figures of the wire and the PCI Express link, and nic-slow-link. */
void health_tell_link(struct run *run, struct station *st);

/* Damaged frames that were counted and not yet told; and the finding nic-errors. */
bool health_has_errors(const struct net_session *s, const struct station *st);
void health_tell_errors(struct run *run, struct station *st);

/* Figures of all counters, lost links among them, for the end of the session. */
void health_measure_counts(struct run *run, const struct station *st);

#endif
