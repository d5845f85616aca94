/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Intel's rings of legacy descriptors. Pure. See intel_ring.h. */
#include "nicprobe/intel_ring.h"

/* Behind a ring's address. */
#define RING_HIGH    0x04
#define RING_BYTES   0x08
#define RING_HEAD    0x10
#define RING_TAIL    0x18
#define RING_CONTROL 0x28

#define FORMAT_LEGACY_2K 2u /* buffers in KiB */
#define START_POLLS      20

/* In a descriptor. */
#define LENGTH_AT   8
#define TX_CMD_AT   11
#define STATUS_AT   12
#define ERRORS_AT   13
#define TX_EOP_FCS  0x0b /* end of packet, insert FCS, report status */
#define DONE        0x01
#define END_OF_PACK 0x02

static const struct intel_rings *rings_of(const struct chip *chip)
{
	return chip->driver->registers;
}

static void offer(volatile uint8_t *slot, uint64_t bus, bool last)
{
	(void)last;
	chip_put(slot, bus, 8);
	chip_put(slot + 8, 0, 8);
}

static void load(volatile uint8_t *slot, uint64_t bus, size_t len, bool last)
{
	offer(slot, bus, last);
	chip_put(slot + LENGTH_AT, len, 2);
	slot[TX_CMD_AT] = TX_EOP_FCS;
}

static bool sent(const volatile uint8_t *slot)
{
	return slot[STATUS_AT] & DONE;
}

static enum chip_arrival arrival(const volatile uint8_t *slot, size_t *ret_len)
{
	const unsigned status = slot[STATUS_AT];

	if (!(status & DONE))
		return CHIP_NOTHING;
	*ret_len = (size_t)(slot[LENGTH_AT] | slot[LENGTH_AT + 1] << 8);
	return status & END_OF_PACK && slot[ERRORS_AT] == 0 ? CHIP_GOOD : CHIP_BAD;
}

static void tell_rx(const struct chip *chip, unsigned changed)
{
	chip_write(chip, rings_of(chip)->rx + RING_TAIL, changed);
}

static void tell_tx(const struct chip *chip, unsigned next)
{
	chip_write(chip, rings_of(chip)->tx + RING_TAIL, next);
}

const struct ring_format intel_ring = {offer, load, sent, arrival, tell_rx, tell_tx};

static bool start(const struct chip *chip, uint32_t ring, size_t at, unsigned slots, uint32_t bits)
{
	const uint32_t enable = rings_of(chip)->enable;
	const uint64_t bus = chip_bus(chip, at);

	chip_write(chip, ring, (uint32_t)bus);
	chip_write(chip, ring + RING_HIGH, (uint32_t)(bus >> 32));
	chip_write(chip, ring + RING_BYTES, slots * CHIP_SLOT_BYTES);
	chip_write(chip, ring + RING_HEAD, 0);
	chip_write(chip, ring + RING_TAIL, 0);
	if ((bits | enable) != 0)
		chip_write(chip, ring + RING_CONTROL,
			chip_read(chip, ring + RING_CONTROL) | bits | enable);
	return chip_await(chip, ring + RING_CONTROL, 4, enable, enable, START_POLLS);
}

bool intel_start(struct chip *chip)
{
	const struct intel_rings *r = rings_of(chip);

	ring_start(chip);
	if (r->rx_format != 0)
		chip_write(chip, r->rx_format, FORMAT_LEGACY_2K);
	return start(chip, r->rx, CHIP_RX_RING, CHIP_RX_SLOTS, 0) &&
	       start(chip, r->tx, CHIP_TX_RING, CHIP_TX_SLOTS, r->tx_bits);
}

void intel_offer(const struct chip *chip)
{
	tell_rx(chip, CHIP_RX_SLOTS - 1);
}

void intel_stop(const struct chip *chip)
{
	const struct intel_rings *r = rings_of(chip);

	if (r->enable != 0) {
		chip_write(chip, r->rx + RING_CONTROL, 0);
		chip_write(chip, r->tx + RING_CONTROL, 0);
	}
}
