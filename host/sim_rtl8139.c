/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A Realtek RTL8139, breakable. Hardware: none. See sim_chip.h. */
#include "host/sim_chip.h"

enum {
	TX_STATUS = 0x10,
	TX_ADDRESS = 0x20,
	RX_BUFFER = 0x30,
	COMMAND = 0x37,
	RX_POINTER = 0x38,
	TX_CONFIG = 0x40,
	RX_CONFIG = 0x44
};

#define RX_ON    0x08u
#define TX_ON    0x04u
#define RESET    0x10u
#define EMPTY    0x01u
#define LOOPBACK (3u << 17)
#define NO_WRAP  0x80u
#define ALL      0x01u
#define OWN      (1u << 13)
#define SENT     (1u << 15)
#define RING     8192u

/* chip->index is the command register; rx_at where the chip writes, tx_at where the driver reads. */

static bool loops(const struct sim_chip *chip)
{
	return sim_has(chip, TX_CONFIG, LOOPBACK) == LOOPBACK;
}

static bool runs(const struct sim_chip *chip)
{
	return chip->index & (RX_ON | TX_ON);
}

static void reset(struct sim_chip *chip)
{
	memset(chip->registers, 0, sizeof(chip->registers));
	for (unsigned i = 0; i < 4; i++)
		*sim_register(chip, TX_STATUS + 4 * i) = OWN;
	chip->index = chip->rx_at = chip->tx_at = 0;
	chip->resets++;
}

static void deliver(struct sim_chip *chip, const uint8_t *frame, size_t len, size_t told)
{
	uint8_t *at = sim_chip_at(chip, *sim_register(chip, RX_BUFFER) + chip->rx_at, len + 8);
	const uint32_t used = (chip->rx_at - chip->tx_at) % RING;

	if (!(chip->index & RX_ON) || at == NULL || RING - used < len + 16 ||
		sim_has(chip, RX_CONFIG, NO_WRAP | ALL) != (NO_WRAP | ALL))
		return;
	sim_put_le(at, 1 | (told + SIM_FCS_BYTES) << 16, 4);
	memcpy(at + 4, frame, len);
	memset(at + 4 + len, 0xee, SIM_FCS_BYTES);
	chip->rx_at = (uint32_t)((chip->rx_at + len + 8 + 3) & ~(size_t)3) % RING;
}

static uint32_t read(struct sim_chip *chip, uint32_t offset, unsigned bytes)
{
	if (offset == COMMAND && bytes == 1)
		return chip->index | (chip->rx_at == chip->tx_at ? EMPTY : 0);
	return *sim_register(chip, offset);
}

static void transmit(struct sim_chip *chip, unsigned place, uint32_t len)
{
	const uint8_t *frame = sim_chip_at(chip, *sim_register(chip, TX_ADDRESS + 4 * place), len);

	if (!(chip->index & TX_ON) || chip->tx_dead || frame == NULL)
		return;
	sim_chip_send(chip, frame, len);
	*sim_register(chip, TX_STATUS + 4 * place) = len | OWN | SENT;
}

static void write(struct sim_chip *chip, uint32_t offset, unsigned bytes, uint32_t value)
{
	if (offset == COMMAND && bytes == 1) {
		if (value & RESET)
			reset(chip);
		else
			chip->index = value & (RX_ON | TX_ON);
		return;
	}
	if (offset == RX_POINTER && bytes == 2) {
		chip->tx_at = (value + 16) % RING;
		return;
	}
	if ((offset == TX_CONFIG || offset == RX_CONFIG) && !runs(chip))
		return; /* takes nothing before it is on */
	if (bytes != 4)
		return;
	*sim_register(chip, offset) = value;
	if (offset >= TX_STATUS && offset < TX_ADDRESS)
		transmit(chip, (offset - TX_STATUS) / 4, value & 0x1fff);
}

const struct sim_chip_kind sim_rtl8139 = {.name = "rtl8139",
	.vendor_id = 0x10ec,
	.device_id = 0x8139,
	.reset = reset,
	.read = read,
	.write = write,
	.loops = loops,
	.runs = runs,
	.deliver = deliver};
