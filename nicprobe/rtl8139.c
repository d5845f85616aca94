/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Realtek RTL8139 with its transmitter in loopback.
 *
 * Pure over struct nic_chip. No rings of descriptors: four places for frames to send, one circular buffer for those that came.
 * Spec.  RTL8139D datasheet: registers (TCR bits 18:17 both set: loopback), receive buffer; RTL8139 programming guide: transmitter and
 *        receiver are enabled before they are configured.
 * Trust. Lengths in the buffer are the chip's word: one that cannot be ends the series, since nothing tells where the next frame begins.
 */
#include "nicprobe/chip.h"

#define TX_STATUS   0x10        /* four */
#define TX_OWN      0x00002000u /* the chip is done with the frame */
#define TX_ADDRESS  0x20        /* four */
#define RX_BUFFER   0x30
#define COMMAND     0x37
#define CMD_EMPTY   0x01u
#define CMD_TX      0x04u
#define CMD_RX      0x08u
#define CMD_RESET   0x10u
#define RX_POINTER  0x38 /* where we have read, less 16 */
#define POINTER_LAG 16
#define INTERRUPTS  0x3c
#define TX_CONFIG   0x40
#define TX_LOOPBACK 0x00060000u
#define TX_BURST    0x00000600u
#define RX_CONFIG   0x44
#define RX_CONFIG_ALL \
	0x0000e78fu /* no threshold, whole bursts, no wrapping; all but damaged frames; 8 KiB */

#define TX_PLACES    4
#define RING_BYTES   8192
#define HEADER_BYTES 4
#define FCS_BYTES    4
#define STATUS_GOOD  0x01u
#define RX_AT        CHIP_BUFFERS /* 8 KiB and room for a frame that begins at its end */
#define TX_AT        0x8000

_Static_assert(RX_AT + RING_BYTES + 16 + CHIP_FRAME_BYTES <= TX_AT, "fits");
_Static_assert(CHIP_BURST_MAX <= TX_PLACES, "one place for each");

static uint32_t in(const struct chip *chip, uint32_t offset, unsigned bytes)
{
	return chip->port.read(chip->port.ctx, offset, bytes);
}

static void out(const struct chip *chip, uint32_t offset, unsigned bytes, uint32_t value)
{
	chip->port.write(chip->port.ctx, offset, bytes, value);
}

static bool reset(const struct chip *chip)
{
	out(chip, INTERRUPTS, 2, 0);
	out(chip, COMMAND, 1, CMD_RESET);
	return chip_await(chip, COMMAND, 1, CMD_RESET, 0, 100);
}

static const char *begin(struct chip *chip)
{
	if (chip_read(chip, TX_CONFIG) == CHIP_ALL_ONES)
		return "the card does not answer";
	if (!reset(chip))
		return "the card does not come out of reset";
	out(chip, RX_BUFFER, 4, (uint32_t)chip_bus(chip, RX_AT));
	out(chip, COMMAND, 1, CMD_TX | CMD_RX);
	out(chip, TX_CONFIG, 4, TX_LOOPBACK | TX_BURST);
	out(chip, RX_CONFIG, 4, RX_CONFIG_ALL);
	if ((chip_read(chip, TX_CONFIG) & TX_LOOPBACK) != TX_LOOPBACK)
		return "the transmitter does not take the loopback";
	return NULL;
}

static bool is_sent(const struct chip *chip, unsigned place)
{
	return chip_read(chip, TX_STATUS + 4 * place) & TX_OWN;
}

static bool has_sent(const struct chip *chip)
{
	for (unsigned i = 0; i < TX_PLACES; i++) {
		if (!is_sent(chip, i))
			return false;
	}
	return true;
}

static bool send(struct chip *chip, const uint8_t *frame, size_t len)
{
	const unsigned place = chip->next_tx;
	const size_t at = TX_AT + place * (size_t)CHIP_FRAME_BYTES;

	if (!chip_await(chip, TX_STATUS + 4 * place, 4, TX_OWN, TX_OWN, 1000))
		return false;
	memcpy(chip->port.memory + at, frame, len);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	out(chip, TX_ADDRESS + 4 * place, 4, (uint32_t)chip_bus(chip, at));
	out(chip, TX_STATUS + 4 * place, 4, (uint32_t)len);
	chip->next_tx = (place + 1) % TX_PLACES;
	return true;
}

/* chip->next_rx is where the next frame's header is, in the circle. */
static bool receive(struct chip *chip, uint8_t *frame, size_t *ret_len)
{
	uint8_t *head = chip->port.memory + RX_AT + chip->next_rx;
	size_t len;
	bool good;

	if (in(chip, COMMAND, 1) & CMD_EMPTY)
		return false;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	len = le16(head + 2);
	if (len < FCS_BYTES || len > CHIP_FRAME_BYTES)
		return false;
	good = le16(head) & STATUS_GOOD;
	if (good) {
		*ret_len = len - FCS_BYTES;
		memcpy(frame, head + HEADER_BYTES, *ret_len);
	}
	memset(head, 0, HEADER_BYTES + len); /* what comes next is what the chip wrote */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	chip->next_rx = (unsigned)((chip->next_rx + HEADER_BYTES + len + 3) & ~(size_t)3) %
			RING_BYTES;
	out(chip, RX_POINTER, 2, (chip->next_rx - POINTER_LAG) & 0xffff);
	return good;
}

static void end(struct chip *chip)
{
	out(chip, TX_CONFIG, 4, TX_BURST);
	reset(chip);
}

const struct chip_driver rtl8139_driver = {.loop = "transmitter's",
	.address_bits = 32,
	.settle_ns = 100 * CHIP_NS_PER_MS,
	.begin = begin,
	.send = send,
	.has_sent = has_sent,
	.receive = receive,
	.end = end};
