/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An AMD PCnet-PCI in 16-bit I/O mode, or in 32-bit mode when `phy[0]` says so; breakable. Hardware: none. See sim_chip.h. */
#include "host/sim_chip.h"

#define STOP     0x0004u
#define INIT     0x0001u
#define START    0x0002u
#define DEMAND   0x0008u
#define ON       0x0030u /* transmitter and receiver */
#define DONE     0x0100u
#define LOOPBACK 0x0004u
#define PROMISC  0x8000u
#define OWN      0x80000000u
#define WHOLE    0x03000000u

static bool wide(const struct sim_chip *chip)
{
	return chip->phy[0] != 0;
}

static bool loops(const struct sim_chip *chip)
{
	return chip->csr[15] & LOOPBACK;
}

static bool runs(const struct sim_chip *chip)
{
	return !(chip->csr[0] & STOP);
}

static void reset(struct sim_chip *chip)
{
	chip->csr[0] = STOP;
	chip->bcr[20] = 0;
	chip->index = 0;
	chip->resets++;
}

static void init(struct sim_chip *chip)
{
	const uint8_t *b = sim_chip_at(chip, (uint32_t)chip->csr[2] << 16 | chip->csr[1], 28);

	if (b == NULL || chip->bcr[20] != 2)
		return;
	chip->csr[15] = le16(b);
	chip->csr[76] = (uint16_t)(1u << (b[2] >> 4));
	chip->csr[78] = (uint16_t)(1u << (b[3] >> 4));
	*sim_register(chip, 0x100) = le32(b + 20);
	*sim_register(chip, 0x104) = le32(b + 24);
	chip->rx_at = chip->tx_at = 0;
	chip->csr[0] = DONE | INIT;
}

static uint8_t *slot(struct sim_chip *chip, bool tx)
{
	return sim_chip_at(chip,
		*sim_register(chip, tx ? 0x104 : 0x100) + (tx ? chip->tx_at : chip->rx_at) * 16,
		16);
}

static void deliver(struct sim_chip *chip, const uint8_t *frame, size_t len, size_t told)
{
	uint8_t *d = slot(chip, false), *buffer;

	if (!(chip->csr[0] & 0x20) || !(chip->csr[15] & PROMISC) || d == NULL ||
		!(le32(d + 4) & OWN) || 4096 - (le32(d + 4) & 0xfff) < len + SIM_FCS_BYTES)
		return;
	buffer = sim_chip_at(chip, le32(d), len + SIM_FCS_BYTES);
	if (buffer == NULL)
		return;
	memcpy(buffer, frame, len);
	memset(buffer + len, 0xee, SIM_FCS_BYTES);
	sim_put_le(d + 8, told + SIM_FCS_BYTES, 4);
	sim_put_le(d + 4, (le32(d + 4) & 0xffff) | WHOLE, 4);
	chip->rx_at = (chip->rx_at + 1) % chip->csr[76];
}

static void transmit(struct sim_chip *chip)
{
	for (;;) {
		uint8_t *d = slot(chip, true);
		const uint8_t *frame;
		size_t len;

		if (!(chip->csr[0] & 0x10) || chip->tx_dead || d == NULL ||
			(le32(d + 4) & (OWN | WHOLE)) != (OWN | WHOLE))
			return;
		len = 4096 - (le32(d + 4) & 0xfff);
		frame = sim_chip_at(chip, le32(d), len);
		if (frame == NULL)
			return;
		sim_chip_send(chip, frame, len);
		sim_put_le(d + 4, le32(d + 4) & ~OWN, 4);
		chip->tx_at = (chip->tx_at + 1) % chip->csr[78];
	}
}

static void control(struct sim_chip *chip, uint32_t value)
{
	if (value & STOP)
		chip->csr[0] = STOP;
	else if (value & INIT)
		init(chip);
	else if (value & START && chip->csr[0] & INIT)
		chip->csr[0] = (uint16_t)((chip->csr[0] & ~STOP) | START | ON);
	else if (value & DEMAND)
		transmit(chip);
}

/* The ports in the mode it is in: data, address, reset, bus data. */
static unsigned port_of(const struct sim_chip *chip, uint32_t offset, unsigned bytes)
{
	const unsigned step = wide(chip) ? 4 : 2;

	return offset < 0x10 || bytes != step || (offset - 0x10) % step != 0
		       ? 4
		       : (offset - 0x10) / step;
}

static uint32_t read(struct sim_chip *chip, uint32_t offset, unsigned bytes)
{
	switch (port_of(chip, offset, bytes)) {
	case 0:
		return chip->csr[chip->index % 128];
	case 1:
		return chip->index;
	case 2:
		reset(chip);
		return 0;
	case 3:
		return chip->bcr[chip->index % 32];
	default:
		return UINT32_MAX;
	}
}

static void write(struct sim_chip *chip, uint32_t offset, unsigned bytes, uint32_t value)
{
	const unsigned port = port_of(chip, offset, bytes);

	if (port == 1)
		chip->index = value;
	else if (port == 3)
		chip->bcr[chip->index % 32] = (uint16_t)value;
	else if (port == 0 && chip->index % 128 == 0)
		control(chip, value);
	else if (port == 0 && chip->csr[0] & STOP) /* the others only while it is stopped */
		chip->csr[chip->index % 128] = (uint16_t)value;
}

const struct sim_chip_kind sim_pcnet = {.name = "pcnet",
	.vendor_id = 0x1022,
	.device_id = 0x2000,
	.reset = reset,
	.read = read,
	.write = write,
	.loops = loops,
	.runs = runs,
	.deliver = deliver};
