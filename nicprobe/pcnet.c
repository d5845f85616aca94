/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* AMD PCnet-PCI with its MAC in loopback.
 *
 * Pure over struct nic_chip.
 * Spec.  Am79C970A data sheet (publication 19436): software access, initialization block and descriptors in 32-bit style (BCR20 = 2), CSR0,
 *        CSR15 (bit 2 loopback, bit 6 internal).
 * Trust. The firmware may have left it in 16- or in 32-bit I/O mode: both resets are tried, and the mode is found out after them.
 */
#include "nicprobe/chip.h"

/* In 16-bit mode, and in 32-bit mode. */
enum { DATA, ADDRESS, RESET, BUS_DATA, PORTS };
static const uint8_t ports[2][PORTS] = {{0x10, 0x12, 0x14, 0x16}, {0x10, 0x14, 0x18, 0x1c}};

#define CSR_STATUS    0
#define STATUS_INIT   0x0001u
#define STATUS_START  0x0002u
#define STATUS_STOP   0x0004u
#define STATUS_TX_NOW 0x0008u
#define STATUS_READY  0x0100u
#define CSR_BLOCK     1 /* and 2: the initialization block's address */
#define CSR_MODE      15
#define BCR_STYLE     20
#define STYLE_32      2u
#define MODE_ALL      0x8000u               /* promiscuous */
#define MODE_LOOPBACK 0x0044u               /* inside the chip */
#define RING_LENGTHS  (5u << 20 | 3u << 28) /* 32 slots for reception, 8 for transmission */

/* In a descriptor; its second word. */
#define CONTROL_AT   4
#define OWN          0x80000000u /* the chip's */
#define ERROR        0x40000000u
#define START_END    0x03000000u
#define ONES         0x0000f000u
#define LENGTH_RX_AT 8
#define LENGTH_MASK  0x0fffu
#define FCS_BYTES    4

#define POLLS 100

/* ---- registers ---- */

static unsigned select(const struct chip *chip, unsigned index)
{
	const unsigned bytes = chip->wide ? 4 : 2;

	chip->port.write(chip->port.ctx, ports[chip->wide][ADDRESS], bytes, index);
	return bytes;
}

static uint32_t csr(const struct chip *chip, unsigned index)
{
	const unsigned bytes = select(chip, index);

	return chip->port.read(chip->port.ctx, ports[chip->wide][DATA], bytes) & 0xffff;
}

/* `port` is DATA for a CSR, BUS_DATA for a BCR. */
static void set(const struct chip *chip, unsigned port, unsigned index, uint32_t value)
{
	const unsigned bytes = select(chip, index);

	chip->port.write(chip->port.ctx, ports[chip->wide][port], bytes, value);
}

/* False: nobody there. */
static bool reset(struct chip *chip)
{
	for (unsigned wide = 0; wide < 2; wide++)
		chip->port.read(chip->port.ctx, ports[wide][RESET], wide ? 4 : 2);
	chip_sleep(chip, CHIP_NS_PER_MS);
	for (unsigned wide = 0; wide < 2; wide++) {
		chip->wide = wide;
		if (csr(chip, CSR_STATUS) == STATUS_STOP)
			return true;
	}
	return false;
}

static bool await_status(const struct chip *chip, uint32_t bit)
{
	for (unsigned i = 0; i < POLLS; i++) {
		if (csr(chip, CSR_STATUS) & bit)
			return true;
		chip_sleep(chip, CHIP_NS_PER_MS);
	}
	return false;
}

/* ---- rings ---- */

static void offer(volatile uint8_t *slot, uint64_t bus, bool last)
{
	(void)last;
	chip_put(slot, bus, 4);
	chip_put(slot + 8, 0, 8);
	chip_put(slot + CONTROL_AT, OWN | ONES | ((0u - CHIP_FRAME_BYTES) & LENGTH_MASK), 4);
}

static void load(volatile uint8_t *slot, uint64_t bus, size_t len, bool last)
{
	(void)last;
	chip_put(slot, bus, 4);
	chip_put(slot + 8, 0, 8);
	chip_put(slot + CONTROL_AT, OWN | START_END | ONES | ((0u - (uint32_t)len) & LENGTH_MASK),
		4);
}

static bool sent(const volatile uint8_t *slot)
{
	return !(chip_get(slot + CONTROL_AT) & OWN);
}

static enum chip_arrival arrival(const volatile uint8_t *slot, size_t *ret_len)
{
	const uint32_t control = chip_get(slot + CONTROL_AT);
	const size_t len = chip_get(slot + LENGTH_RX_AT) & LENGTH_MASK;

	if (control & OWN)
		return CHIP_NOTHING;
	if (control & ERROR || (control & START_END) != START_END || len < FCS_BYTES)
		return CHIP_BAD;
	*ret_len = len - FCS_BYTES;
	return CHIP_GOOD;
}

static void tell_rx(const struct chip *chip, unsigned changed)
{
	(void)chip, (void)changed; /* it looks by itself */
}

static void tell_tx(const struct chip *chip, unsigned next)
{
	(void)next;
	set(chip, DATA, CSR_STATUS, STATUS_TX_NOW);
}

static const struct ring_format format = {offer, load, sent, arrival, tell_rx, tell_tx};

/* ---- the driver ---- */

static void write_block(const struct chip *chip)
{
	volatile uint8_t *block = chip_at(chip, 0);

	chip_put(block, MODE_ALL | MODE_LOOPBACK | RING_LENGTHS, 4);
	chip_put(block + 20, chip_bus(chip, CHIP_RX_RING), 4);
	chip_put(block + 24, chip_bus(chip, CHIP_TX_RING), 4);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static const char *begin(struct chip *chip)
{
	const uint32_t block = (uint32_t)chip_bus(chip, 0);

	if (!reset(chip))
		return "the card does not answer";
	set(chip, BUS_DATA, BCR_STYLE, STYLE_32);
	ring_start(chip);
	write_block(chip);
	set(chip, DATA, CSR_BLOCK, block & 0xffff);
	set(chip, DATA, CSR_BLOCK + 1, block >> 16);
	set(chip, DATA, CSR_STATUS, STATUS_INIT);
	if (!await_status(chip, STATUS_READY))
		return "the card does not take its initialization block";
	set(chip, DATA, CSR_STATUS, STATUS_START);
	return NULL;
}

static void end(struct chip *chip)
{
	set(chip, DATA, CSR_STATUS, STATUS_STOP);
	set(chip, DATA, CSR_MODE, 0); /* the mode survives a reset */
	reset(chip);
}

const struct chip_driver pcnet_driver = {.loop = "MAC's",
	.address_bits = 32,
	.settle_ns = 100 * CHIP_NS_PER_MS,
	.begin = begin,
	.ring = &format,
	.end = end};
