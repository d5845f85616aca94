/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Rings of legacy descriptors, as all of Intel's chips from the 82544 to the X550 take them.
 *
 * Pure over struct nic_chip.
 * Spec.  Intel 8254x Software Developer's Manual 3.2.3 and 3.3.3 (descriptors); for queues that are enabled one by one SRRCTL, RXDCTL
 *        and TXDCTL in the datasheets of the 82580, I210 and 82599.
 */
#ifndef KIRIWAKE_NICPROBE_INTEL_RING_H
#define KIRIWAKE_NICPROBE_INTEL_RING_H

#include "nicprobe/chip.h"

/* Of the first queue. A chip_driver's `registers` begin with these. */
struct intel_rings {
	uint32_t rx, tx;    /* the ring's address; its other registers follow */
	uint32_t rx_format; /* where the descriptors' format and buffer size are set; 0: nowhere */
	uint32_t tx_bits;   /* to set in the transmission queue's control; 0: leave it alone */
	uint32_t enable;    /* bit of either queue's control that starts it; 0: none */
};

extern const struct ring_format intel_ring;

/* Starts both queues; receiver and transmitter as a whole are still off. */
bool intel_start(struct chip *chip);

/* Offers the buffers: due once the receiver is on. */
void intel_offer(const struct chip *chip);

/* Stops the queues that are enabled one by one. */
void intel_stop(const struct chip *chip);

#endif
