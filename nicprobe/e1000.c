/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Intel 8254x and 82574L with their PHY in loopback. Pure over struct nic_chip. See e1000.h. */
#include "nicprobe/e1000.h"

#define NS_PER_US 1000u
#define NS_PER_MS 1000000u
#define ALL_ONES  0xffffffffu

/* ---- registers ---- */

#define CTRL         0x0000
#define CTRL_FD      0x00000001u
#define CTRL_SLU     0x00000040u /* link up without waiting for the PHY's pin */
#define CTRL_1000    0x00000200u
#define CTRL_FRCSPD  0x00000800u
#define CTRL_FRCDPLX 0x00001000u
#define CTRL_RST     0x04000000u
#define STATUS       0x0008
#define MDIC         0x0020
#define MDIC_PHY     (1u << 21)
#define MDIC_WRITE   (1u << 26)
#define MDIC_READ    (2u << 26)
#define MDIC_READY   (1u << 28)
#define MDIC_ERROR   (1u << 30)
#define ICR          0x00c0
#define IMC          0x00d8
#define RCTL         0x0100
#define RCTL_EN      0x00000002u
#define RCTL_UPE     0x00000008u
#define RCTL_SECRC   0x04000000u
#define TCTL         0x0400
#define TCTL_EN      0x00000002u
#define TCTL_PSP     0x00000008u
#define TCTL_LIMITS  (15u << 4 | 64u << 12) /* collision threshold and distance for full duplex */
#define TIPG         0x0410
#define TIPG_COPPER  (8u | 8u << 10 | 6u << 20)
#define RX_RING      0x2800
#define TX_RING      0x3800
#define RING_HIGH    0x04 /* behind the ring's address */
#define RING_BYTES   0x08
#define RING_HEAD    0x10
#define RING_TAIL    0x18

/* Behind the ring. */
#define TXDCTL           0x28
#define TXDCTL_COUNT     (1u << 22) /* the 8257x want it set */
#define DEVICE_82574     0x10d3
#define PHY_CONTROL      0
#define PHY_LOOPBACK     0x4000u
#define PHY_LOOP_1000_FD (PHY_LOOPBACK | 0x0140u)
#define PHY_NEGOTIATE    0x1340u

static uint32_t rd(const struct e1000 *e, uint32_t offset)
{
	return e->chip.read(e->chip.ctx, offset);
}

static void wr(const struct e1000 *e, uint32_t offset, uint32_t value)
{
	e->chip.write(e->chip.ctx, offset, value);
}

static void sleep_ns(const struct e1000 *e, uint64_t ns)
{
	e->chip.sleep_ns(e->chip.ctx, ns);
}

/* One access to PHY register `reg`; `op` is MDIC_READ or MDIC_WRITE with data. */
static bool phy(const struct e1000 *e, unsigned reg, uint32_t op, uint16_t *ret)
{
	wr(e, MDIC, op | MDIC_PHY | reg << 16);
	for (unsigned i = 0; i < 100; i++) {
		const uint32_t mdic = rd(e, MDIC);

		if (mdic & MDIC_READY) {
			*ret = (uint16_t)mdic;
			return !(mdic & MDIC_ERROR);
		}
		sleep_ns(e, 50 * NS_PER_US);
	}
	return false;
}

/* ---- memory: two rings of legacy descriptors, and a buffer behind each ---- */

#define SLOTS       8 /* of 16 bytes: a ring is a multiple of 128 */
#define SLOT_BYTES  16
#define RING_SPAN   (SLOTS * SLOT_BYTES)
#define BUFFERS_AT  (2 * RING_SPAN)
#define LENGTH_AT   8
#define TX_CMD_AT   11
#define STATUS_AT   12
#define ERRORS_AT   13
#define TX_EOP_FCS  0x0b /* end of packet, insert FCS, report status */
#define DONE        0x01
#define END_OF_PACK 0x02

_Static_assert(BUFFERS_AT + 2 * SLOTS * E1000_FRAME_BYTES <= E1000_MEMORY_BYTES, "fits");

static volatile uint8_t *slot_at(const struct e1000 *e, bool tx, unsigned slot)
{
	return e->chip.memory + (tx ? RING_SPAN : 0) + slot * SLOT_BYTES;
}

static size_t buffer_offset(bool tx, unsigned slot)
{
	return BUFFERS_AT + ((tx ? SLOTS : 0u) + slot) * (size_t)E1000_FRAME_BYTES;
}

static void put_le(volatile uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void fill_slot(const struct e1000 *e, bool tx, unsigned slot)
{
	put_le(slot_at(e, tx, slot), e->chip.bus_address + buffer_offset(tx, slot), 8);
	put_le(slot_at(e, tx, slot) + 8, 0, 8);
}

static void start_ring(const struct e1000 *e, bool tx)
{
	const uint32_t ring = tx ? TX_RING : RX_RING;
	const uint64_t at = e->chip.bus_address + (tx ? RING_SPAN : 0);

	for (unsigned i = 0; i < SLOTS; i++)
		fill_slot(e, tx, i);
	wr(e, ring, (uint32_t)at);
	wr(e, ring + RING_HIGH, (uint32_t)(at >> 32));
	wr(e, ring + RING_BYTES, RING_SPAN);
	wr(e, ring + RING_HEAD, 0);
	wr(e, ring + RING_TAIL, tx ? 0 : SLOTS - 1);
}

/* ---- the interface ---- */

bool e1000_known(uint16_t vendor_id, uint16_t device_id)
{
	static const uint16_t ids[] = {0x100e, 0x100f, DEVICE_82574};

	for (size_t i = 0; vendor_id == 0x8086 && i < ARRAY_LEN(ids); i++) {
		if (ids[i] == device_id)
			return true;
	}
	return false;
}

static bool reset(const struct e1000 *e)
{
	wr(e, IMC, ALL_ONES);
	wr(e, RCTL, 0);
	wr(e, TCTL, TCTL_PSP);
	sleep_ns(e, 10 * NS_PER_MS);
	wr(e, CTRL, rd(e, CTRL) | CTRL_RST);
	sleep_ns(e, 20 * NS_PER_MS); /* until it has read its EEPROM */
	wr(e, IMC, ALL_ONES);
	rd(e, ICR);
	return !(rd(e, CTRL) & CTRL_RST);
}

const char *e1000_begin(struct e1000 *e, const struct nic_chip *chip)
{
	uint16_t value;

	*e = (struct e1000){.chip = *chip};
	if (rd(e, STATUS) == ALL_ONES)
		return "the card does not answer";
	if (!reset(e))
		return "the card does not come out of reset";
	wr(e, CTRL, CTRL_FD | CTRL_SLU | CTRL_1000 | CTRL_FRCSPD | CTRL_FRCDPLX);
	if (!phy(e, PHY_CONTROL, MDIC_WRITE | PHY_LOOP_1000_FD, &value) ||
		!phy(e, PHY_CONTROL, MDIC_READ, &value) || !(value & PHY_LOOPBACK))
		return "the PHY does not take the loopback";
	start_ring(e, false);
	start_ring(e, true);
	if (chip->device_id == DEVICE_82574)
		wr(e, TX_RING + TXDCTL, rd(e, TX_RING + TXDCTL) | TXDCTL_COUNT);
	wr(e, TIPG, TIPG_COPPER);
	wr(e, RCTL, RCTL_EN | RCTL_UPE | RCTL_SECRC);
	wr(e, TCTL, TCTL_EN | TCTL_PSP | TCTL_LIMITS);
	return NULL;
}

bool e1000_send(struct e1000 *e, const uint8_t *frame, size_t len)
{
	volatile uint8_t *slot = slot_at(e, true, e->next_tx);

	memcpy(e->chip.memory + buffer_offset(true, e->next_tx), frame, len);
	fill_slot(e, true, e->next_tx);
	put_le(slot + LENGTH_AT, len, 2);
	slot[TX_CMD_AT] = TX_EOP_FCS;
	e->next_tx = (e->next_tx + 1) % SLOTS;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	wr(e, TX_RING + RING_TAIL, e->next_tx);
	for (unsigned i = 0; i < 20000; i++) {
		if (slot[STATUS_AT] & DONE)
			return true;
		sleep_ns(e, 50 * NS_PER_US);
	}
	return false;
}

bool e1000_receive(struct e1000 *e, uint8_t *frame, size_t *ret_len)
{
	volatile uint8_t *slot = slot_at(e, false, e->next_rx);
	const unsigned status = slot[STATUS_AT];
	const size_t len = (size_t)(slot[LENGTH_AT] | slot[LENGTH_AT + 1] << 8);
	const bool good = (status & END_OF_PACK) != 0 && slot[ERRORS_AT] == 0 &&
			  len <= E1000_FRAME_BYTES;

	if (!(status & DONE))
		return false;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (good) {
		memcpy(frame, e->chip.memory + buffer_offset(false, e->next_rx), len);
		*ret_len = len;
	}
	memset(e->chip.memory + buffer_offset(false, e->next_rx), 0, E1000_FRAME_BYTES);
	fill_slot(e, false, e->next_rx);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	wr(e, RX_RING + RING_TAIL, e->next_rx);
	e->next_rx = (e->next_rx + 1) % SLOTS;
	return good;
}

void e1000_end(struct e1000 *e)
{
	uint16_t value;

	phy(e, PHY_CONTROL, MDIC_WRITE | PHY_NEGOTIATE, &value);
	reset(e);
}
