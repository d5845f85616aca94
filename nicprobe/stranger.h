/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A closer look at whoever holds an address that is ours.
 *
 * Pure over struct nic. Vendor, what answers on the ports of management pages, the time to live of its packets, and whether it
 * serves DHCP: enough to tell a router in a cupboard from another server. Each MAC is asked by itself.
 */
#ifndef KIRIWAKE_NICPROBE_STRANGER_H
#define KIRIWAKE_NICPROBE_STRANGER_H

#include "nicprobe/pump.h"

/* Notes what each holder of `c`, an address in conflict, is like; takes up to 3 s. Needs an address to speak from, which is
 * acquired if it can be. */
void stranger_look(struct run *run, const struct candidate *c);

#endif
