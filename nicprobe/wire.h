/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A card's registers that tell of its wire: speed, duplex and what it counted as damaged.
 *
 * Pure over a register port. Nothing is written, so that the firmware's driver keeps the card; reading the counters clears
 * them.
 * Spec.  Intel 8254x and 8257x family software developer's manuals, and those of the I210, I350 and I225 (Device Status, Statistic
 *        Registers); 82599, X540 and X550 datasheets (LINKS, statistics); Realtek RTL8169/8168/8125 registers (PHYstatus);
 *        RTL8139 registers (Media Status, Missed Packet Counter).
 * Trust. All ones are what a card that is gone answers: then nothing is known.
 */
#ifndef KIRIWAKE_NICPROBE_WIRE_H
#define KIRIWAKE_NICPROBE_WIRE_H

#include "core/machine.h"

/* Memory-mapped registers of one card. */
struct register_port {
	void *ctx;
	/* Reads `bytes` (1, 2 or 4) at `offset`. False: could not. */
	bool (*read)(void *ctx, uint32_t offset, unsigned bytes, uint32_t *ret);
};

/* Whether wire_read() knows the registers of such a card. */
bool wire_known(uint16_t vendor_id, uint16_t device_id);

/* False, *ret untouched: not known, or the card does not answer. */
bool wire_read(uint16_t vendor_id, uint16_t device_id, const struct register_port *port,
	struct nic_wire *ret);

/* The index of the first memory BAR (or I/O BAR) in `config`, a PCI configuration header, if the card decodes such. False: none. */
bool wire_bar(struct span config, bool io, unsigned *ret);

#endif
