/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DEC 21142 and 21143 ("Tulip") with their MAC in internal loopback.
 *
 * Pure over struct nic_chip.
 * Spec.  21143 hardware reference manual: CSR0 to CSR7 (CSR6 bits 11:10 = 01: internal loopback), descriptors.
 */
#include "nicprobe/chip.h"

#define CSR(n)        (8u * (n))
#define BUS_MODE      CSR(0)
#define BUS_RESET     0x00000001u
#define TX_POLL       CSR(1)
#define RX_POLL       CSR(2)
#define RX_RING       CSR(3)
#define TX_RING       CSR(4)
#define STATUS        CSR(5)
#define STATUS_RX     0x000e0000u /* what the receiver does; 0: it stopped */
#define STATUS_TX     0x00700000u
#define MODE          CSR(6)
#define MODE_RX       0x00000002u
#define MODE_ALL      0x00000040u /* promiscuous */
#define MODE_LOOPBACK 0x00000400u
#define MODE_TX       0x00002000u
#define MODE_STORE    0x00200000u /* a frame is sent when all of it is there */
#define MODE_ONE      0x02000000u /* must be 1 */
#define INTERRUPTS    CSR(7)

/* In a descriptor. */
#define OWN           0x80000000u /* the chip's */
#define RX_ERROR      0x00008000u
#define RX_FIRST_LAST 0x00000300u
#define RX_LENGTH     16 /* from this bit on, with the FCS */
#define LENGTH_MASK   0x3fffu
#define CONTROL_AT    4
#define END_OF_RING   0x02000000u
#define TX_FIRST_LAST 0x60000000u
#define ADDRESS_AT    8
#define RX_BUFFER     (CHIP_FRAME_BYTES - 4) /* the field has 11 bits, of multiples of 4 */
#define FCS_BYTES     4

static void offer(volatile uint8_t *slot, uint64_t bus, bool last)
{
	chip_put(slot + ADDRESS_AT, bus, 4);
	chip_put(slot + CONTROL_AT, RX_BUFFER | (last ? END_OF_RING : 0), 4);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	chip_put(slot, OWN, 4);
}

static void load(volatile uint8_t *slot, uint64_t bus, size_t len, bool last)
{
	chip_put(slot + ADDRESS_AT, bus, 4);
	chip_put(slot + CONTROL_AT, TX_FIRST_LAST | len | (last ? END_OF_RING : 0), 4);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	chip_put(slot, OWN, 4);
}

static bool sent(const volatile uint8_t *slot)
{
	return !(chip_get(slot) & OWN);
}

static enum chip_arrival arrival(const volatile uint8_t *slot, size_t *ret_len)
{
	const uint32_t status = chip_get(slot);
	const size_t len = status >> RX_LENGTH & LENGTH_MASK;

	if (status & OWN)
		return CHIP_NOTHING;
	if (status & RX_ERROR || (status & RX_FIRST_LAST) != RX_FIRST_LAST || len < FCS_BYTES)
		return CHIP_BAD;
	*ret_len = len - FCS_BYTES;
	return CHIP_GOOD;
}

static void tell_rx(const struct chip *chip, unsigned changed)
{
	(void)changed;
	chip_write(chip, RX_POLL, 1);
}

static void tell_tx(const struct chip *chip, unsigned next)
{
	(void)next;
	chip_write(chip, TX_POLL, 1);
}

static const struct ring_format format = {offer, load, sent, arrival, tell_rx, tell_tx};

/* Nothing may be on its way when it is reset. */
static void reset(const struct chip *chip)
{
	chip_write(chip, INTERRUPTS, 0);
	chip_write(chip, MODE, MODE_ONE);
	chip_await(chip, STATUS, 4, STATUS_RX | STATUS_TX, 0, 20);
	chip_write(chip, BUS_MODE, BUS_RESET);
	chip_sleep(chip, CHIP_NS_PER_MS);
	chip_write(chip, BUS_MODE, 0);
	chip_sleep(chip, CHIP_NS_PER_MS);
}

static const char *begin(struct chip *chip)
{
	const uint32_t mode = MODE_ONE | MODE_STORE | MODE_LOOPBACK | MODE_ALL;

	if (chip_read(chip, STATUS) == CHIP_ALL_ONES)
		return "the card does not answer";
	reset(chip);
	ring_start(chip);
	chip_write(chip, RX_RING, (uint32_t)chip_bus(chip, CHIP_RX_RING));
	chip_write(chip, TX_RING, (uint32_t)chip_bus(chip, CHIP_TX_RING));
	chip_write(chip, MODE, mode | MODE_TX);
	chip_write(chip, MODE, mode | MODE_TX | MODE_RX);
	if ((chip_read(chip, MODE) & MODE_LOOPBACK) == 0)
		return "the card does not take the loopback";
	return NULL;
}

static void end(struct chip *chip)
{
	reset(chip);
}

const struct chip_driver tulip_driver = {.loop = "MAC's",
	.address_bits = 32,
	.settle_ns = 100 * CHIP_NS_PER_MS,
	.begin = begin,
	.ring = &format,
	.end = end};
