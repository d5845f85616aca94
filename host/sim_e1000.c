/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An Intel 8254x, breakable. Hardware: none. See sim_e1000.h. */
#include "host/sim_e1000.h"

#define BUS_ADDRESS UINT64_C(0x123450000)
#define DEAF_NS     1000000000u

enum {
	REG_CTRL = 0x0000,
	REG_STATUS = 0x0008,
	REG_MDIC = 0x0020,
	REG_RCTL = 0x0100,
	REG_TCTL = 0x0400,
	REG_RX = 0x2800,
	REG_TX = 0x3800,
	RING_LEN = 8,
	RING_HEAD = 16,
	RING_TAIL = 24
};

#define RESET      (1u << 26)
#define ENABLE     2u
#define STRIP_FCS  (1u << 26)
#define LOOPBACK   0x4000u
#define SLOT_BYTES 16
#define FCS_BYTES  4

void sim_e1000_init(struct sim_e1000 *e, const struct clock_port *clock)
{
	memset(e, 0, sizeof(*e));
	e->clock = clock;
	e->registers[REG_STATUS / 4] = 0x83;
	e->phy[0] = 0x1140;
}

static uint32_t *reg(struct sim_e1000 *e, uint32_t offset)
{
	return &e->registers[offset % SIM_E1000_REGISTERS / 4];
}

/* `bytes` of its memory at a bus address. NULL: the card would write into somebody else's. */
static uint8_t *at_bus(struct sim_e1000 *e, uint64_t bus, size_t bytes)
{
	if (bus < BUS_ADDRESS || bus - BUS_ADDRESS > SIM_E1000_MEMORY_BYTES - bytes)
		return NULL;
	return e->memory + (bus - BUS_ADDRESS);
}

static uint8_t *slot(struct sim_e1000 *e, uint32_t ring, uint32_t index)
{
	const uint64_t base = (uint64_t)*reg(e, ring + 4) << 32 | *reg(e, ring);

	return at_bus(e, base + index * SLOT_BYTES, SLOT_BYTES);
}

static uint32_t after(struct sim_e1000 *e, uint32_t ring, uint32_t index)
{
	const uint32_t count = *reg(e, ring + RING_LEN) / SLOT_BYTES;

	return count == 0 ? 0 : (index + 1) % count;
}

static bool loops(struct sim_e1000 *e)
{
	return *reg(e, REG_RCTL) & ENABLE && e->phy[0] & LOOPBACK && !e->no_loopback &&
	       e->clock->now_ns(e->clock->ctx) >= e->deaf_until_ns;
}

static void receive(struct sim_e1000 *e, const uint8_t *frame, size_t len)
{
	const uint32_t head = *reg(e, REG_RX + RING_HEAD);
	const size_t stored = *reg(e, REG_RCTL) & STRIP_FCS ? len : len + FCS_BYTES;
	uint8_t *d = slot(e, REG_RX, head), *buffer;

	if (!loops(e) || head == *reg(e, REG_RX + RING_TAIL) || d == NULL ||
		(e->lose_every != 0 && e->frames % e->lose_every == 0))
		return;
	buffer = at_bus(e, le64(d), stored);
	if (buffer == NULL)
		return;
	memcpy(buffer, frame, len);
	memset(buffer + len, 0xee, stored - len);
	if (e->corrupt_at != 0 && e->corrupt_at < len)
		buffer[e->corrupt_at] ^= 0x20;
	d[8] = (uint8_t)stored;
	d[9] = e->bad_length ? 0xff : (uint8_t)(stored >> 8);
	d[13] = 0;
	d[12] = 3;
	*reg(e, REG_RX + RING_HEAD) = after(e, REG_RX, head);
}

static void transmit(struct sim_e1000 *e)
{
	uint32_t *head = reg(e, REG_TX + RING_HEAD);

	while (*reg(e, REG_TCTL) & ENABLE && !e->tx_dead && *head != *reg(e, REG_TX + RING_TAIL)) {
		uint8_t *d = slot(e, REG_TX, *head);
		const uint8_t *frame;

		if (d == NULL || (frame = at_bus(e, le64(d), le16(d + 8))) == NULL)
			return;
		e->frames++;
		receive(e, frame, le16(d + 8));
		d[12] |= 1;
		*head = after(e, REG_TX, *head);
	}
}

static uint32_t read_register(void *ctx, uint32_t offset)
{
	struct sim_e1000 *e = ctx;

	return e->gone ? UINT32_MAX : *reg(e, offset);
}

static void access_phy(struct sim_e1000 *e, uint32_t mdic)
{
	const unsigned index = mdic >> 16 & 31;

	if (mdic >> 26 & 1)
		e->phy[index] = (uint16_t)mdic;
	*reg(e, REG_MDIC) = (mdic & 0xffff0000u) | e->phy[index] | 1u << 28;
}

static void write_register(void *ctx, uint32_t offset, uint32_t value)
{
	struct sim_e1000 *e = ctx;

	*reg(e, offset) = value;
	if (offset == REG_CTRL && value & RESET) {
		memset(e->registers, 0, sizeof(e->registers));
		*reg(e, REG_STATUS) = 0x83;
		e->resets++;
	} else if (offset == REG_MDIC) {
		access_phy(e, value);
	} else if (offset == REG_RCTL) {
		e->deaf_until_ns = e->clock->now_ns(e->clock->ctx) + DEAF_NS;
	} else if (offset == REG_TX + RING_TAIL || offset == REG_TCTL) {
		transmit(e);
	}
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	const struct sim_e1000 *e = ctx;

	e->clock->sleep_ns(e->clock->ctx, ns);
}

struct nic_chip sim_e1000_chip(struct sim_e1000 *e)
{
	return (struct nic_chip){.ctx = e,
		.vendor_id = 0x8086,
		.device_id = 0x100e,
		.read = read_register,
		.write = write_register,
		.sleep_ns = sleep_ns,
		.memory = e->memory,
		.bus_address = BUS_ADDRESS};
}

bool sim_e1000_is_tidy(const struct sim_e1000 *e)
{
	return !(e->phy[0] & LOOPBACK) && !(e->registers[REG_RCTL / 4] & ENABLE) &&
	       !(e->registers[REG_TCTL / 4] & ENABLE);
}
