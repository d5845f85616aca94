/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The ways into a card's loopback, tried in this order: a diagnostic that its driver brings along; its driver's own loopback, if it
 * advertises one; and the card's registers (chip.h), for which it is taken away from its driver.
 *
 * Pure over struct nic. Whatever happens, the card is given back and opened again; that it did not come back is recorded.
 * Trust. None: that a driver says yes proves nothing, frames do. Nothing at all that comes back proves no fault either: then the
 *        loopback could not be entered, and the card was not tested.
 */
#ifndef KIRIWAKE_NICPROBE_LOOPBACK_H
#define KIRIWAKE_NICPROBE_LOOPBACK_H

#include "nicprobe/session.h"

#define LOOPBACK_WHY 160

/* Whether any way is there: the card is open, or has no driver. */
bool loopback_is_offered(const struct station *st);

/* Tests card `nic`. True: it was tested, and findings or coverage are recorded. False: why[LOOPBACK_WHY] says why not. */
bool loopback_test(struct run *run, unsigned nic, char *why);

#endif
