/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A DEC 21143, breakable. Hardware: none. See sim_chip.h. */
#include "host/sim_chip.h"

enum { BUS_MODE = 0, TX_POLL = 8, RX_LIST = 24, TX_LIST = 32, STATUS = 40, MODE = 48 };

#define RESET    1u
#define RX_ON    (1u << 1)
#define TX_ON    (1u << 13)
#define PROMISC  (1u << 6)
#define LOOPBACK (1u << 10)
#define ONE      (1u << 25)
#define OWN      (1u << 31)
#define LAST_ONE (1u << 25) /* of the ring */

static bool loops(const struct sim_chip *chip)
{
	return sim_has(chip, MODE, LOOPBACK);
}

static bool runs(const struct sim_chip *chip)
{
	return sim_has(chip, MODE, RX_ON | TX_ON);
}

static void reset(struct sim_chip *chip)
{
	memset(chip->registers, 0, sizeof(chip->registers));
	chip->rx_at = chip->tx_at = 0;
	chip->resets++;
}

static void step(uint32_t *at, const uint8_t *d)
{
	*at = le32(d + 4) & LAST_ONE ? 0 : *at + 16;
}

static void deliver(struct sim_chip *chip, const uint8_t *frame, size_t len, size_t told)
{
	uint8_t *d = sim_chip_at(chip, *sim_register(chip, RX_LIST) + chip->rx_at, 16), *buffer;

	if (sim_has(chip, MODE, RX_ON | PROMISC | ONE) != (RX_ON | PROMISC | ONE) || d == NULL ||
		!(le32(d) & OWN) || (le32(d + 4) & 0x7ff) < len + SIM_FCS_BYTES)
		return;
	buffer = sim_chip_at(chip, le32(d + 8), len + SIM_FCS_BYTES);
	if (buffer == NULL)
		return;
	memcpy(buffer, frame, len);
	memset(buffer + len, 0xee, SIM_FCS_BYTES);
	sim_put_le(d, (uint64_t)(told + SIM_FCS_BYTES) << 16 | 0x300, 4);
	step(&chip->rx_at, d);
}

static void transmit(struct sim_chip *chip)
{
	for (;;) {
		uint8_t *d = sim_chip_at(chip, *sim_register(chip, TX_LIST) + chip->tx_at, 16);
		const uint8_t *frame;
		size_t len;

		if (!sim_has(chip, MODE, TX_ON) || chip->tx_dead || d == NULL || !(le32(d) & OWN))
			return;
		len = le32(d + 4) & 0x7ff;
		frame = sim_chip_at(chip, le32(d + 8), len);
		if (frame == NULL || (le32(d + 4) >> 29 & 3) != 3)
			return;
		sim_chip_send(chip, frame, len);
		sim_put_le(d, 0, 4);
		step(&chip->tx_at, d);
	}
}

static uint32_t read(struct sim_chip *chip, uint32_t offset, unsigned bytes)
{
	return bytes == 4 && offset % 8 == 0 ? *sim_register(chip, offset) : UINT32_MAX;
}

static void write(struct sim_chip *chip, uint32_t offset, unsigned bytes, uint32_t value)
{
	if (bytes != 4 || offset % 8 != 0 || offset == STATUS)
		return;
	*sim_register(chip, offset) = value;
	if (offset == BUS_MODE && value & RESET)
		reset(chip);
	else if (offset == TX_POLL)
		transmit(chip);
}

const struct sim_chip_kind sim_tulip = {.name = "tulip",
	.vendor_id = 0x1011,
	.device_id = 0x0019,
	.reset = reset,
	.read = read,
	.write = write,
	.loops = loops,
	.runs = runs,
	.deliver = deliver};
