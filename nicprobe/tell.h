/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Findings that may come up at any time while the cards are open.
 *
 * Pure. What was heard between two checks is told by the next one.
 */
#ifndef KIRIWAKE_NICPROBE_TELL_H
#define KIRIWAKE_NICPROBE_TELL_H

#include "nicprobe/session.h"

/* Records what is new: lost links, loops, clones of our MACs, conflicts of our own addresses. Called at the end of
 * every check. */
void tell_new(struct run *run);

/* Whether tell_new() or tell_places() would record anything. */
bool tell_has_news(const struct run *run);

/* Records nic-tx-hang. */
void tell_tx_hang(struct run *run, const struct station *st);

/* Records net-duplicate-ip for a candidate in conflict, as a warning if only a proxy makes it one; if it was recorded before, says
 * that this is more of it. */
void tell_conflict(struct run *run, struct candidate *c);

/* Asks the switch where the owners are of the addresses that were told of, and tells that. This may take a while, and
 * changes record_why() where it fails. Nothing is done where no community is given. */
void tell_places(struct run *run);

#endif
