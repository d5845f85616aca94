/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Intel 82540EM, 82545EM and 82574L with their PHY in loopback: what is sent comes back inside the card.
 *
 * Pure over struct nic_chip: registers and memory of a card that no driver has.
 * Spec.  Intel 8254x Software Developer's Manual 3.2 (receive), 3.3 (transmit), 13 (registers), 14.5 (initialization); 82574
 *        Datasheet 9 and 10; IEEE 802.3 22.2.4.1 (PHY control register, bit 14).
 * Trust. The card may be gone, deaf or mad: every wait is bounded, every length it writes is checked.
 */
#ifndef KIRIWAKE_NICPROBE_E1000_H
#define KIRIWAKE_NICPROBE_E1000_H

#include "core/machine.h"

#define E1000_MEMORY_BYTES (36 * 1024) /* of struct nic_chip */
#define E1000_FRAME_BYTES  2048

struct e1000 {
	struct nic_chip chip;
	unsigned next_rx, next_tx;
};

/* Whether this code knows the card. */
bool e1000_known(uint16_t vendor_id, uint16_t device_id);

/* Resets the card and starts it with its PHY in loopback. Frames sent earlier than E1000_SETTLE_NS after it may get lost.
 * NULL: done; else what went wrong, in words. Either way e1000_end() is due. */
#define E1000_SETTLE_NS UINT64_C(1200000000)
const char *e1000_begin(struct e1000 *e, const struct nic_chip *chip);

/* Hands a frame of at most ETH_FRAME_MAX bytes to the card. False: it was not sent within a second. */
bool e1000_send(struct e1000 *e, const uint8_t *frame, size_t len);

/* Takes a frame that came back into frame[E1000_FRAME_BYTES]. False: there is none. */
bool e1000_receive(struct e1000 *e, uint8_t *frame, size_t *ret_len);

/* Stops the card, ends the loopback, lets the PHY negotiate again, and resets. */
void e1000_end(struct e1000 *e);

#endif
