/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Intel chips, breakable: gigabit with a PHY that loops, 10-gigabit with a MAC that does. Hardware: none. See sim_chip.h.
 *
 * The gigabit ones are deaf for a second after each write to their receive control, as emulated ones are. The newer ones have queues
 * that count only when enabled one by one, and take legacy descriptors only when told to.
 */
#include "host/sim_chip.h"

#define DEAF_NS 1000000000u

enum {
	REG_CTRL = 0x0000,
	REG_STATUS = 0x0008,
	REG_MDIC = 0x0020,
	RING_LEN = 8,
	RING_HEAD = 16,
	RING_TAIL = 24,
	RING_CONTROL = 40
};

#define RESET        (1u << 26)
#define QUEUE_ENABLE (1u << 25)
#define LOOPBACK     0x4000u
#define SLOT_BYTES   16

struct bits {
	uint32_t at, mask, want;
};

struct layout {
	uint32_t rx, tx;
	bool queues; /* to be enabled one by one */
	struct bits rx_on, tx_on, strip, format;
	struct bits loop[2];  /* MAC loopback; mask 0: by the PHY */
	uint8_t phy_register; /* that must have this value for the PHY to loop; 0: none */
	uint16_t phy_value;
};

static const struct layout *layout_of(const struct sim_chip *chip)
{
	return chip->kind->layout;
}

static bool is(const struct sim_chip *chip, struct bits bits)
{
	return sim_has(chip, bits.at, bits.mask) == bits.want;
}

static bool queue_is_on(const struct sim_chip *chip, uint32_t ring)
{
	return !layout_of(chip)->queues || sim_has(chip, ring + RING_CONTROL, QUEUE_ENABLE);
}

static bool rx_is_on(const struct sim_chip *chip)
{
	const struct layout *l = layout_of(chip);

	return is(chip, l->rx_on) && queue_is_on(chip, l->rx) && is(chip, l->format);
}

static bool tx_is_on(const struct sim_chip *chip)
{
	return is(chip, layout_of(chip)->tx_on) && queue_is_on(chip, layout_of(chip)->tx);
}

static bool runs(const struct sim_chip *chip)
{
	return is(chip, layout_of(chip)->rx_on) || is(chip, layout_of(chip)->tx_on);
}

static bool loops(const struct sim_chip *chip)
{
	const struct layout *l = layout_of(chip);

	if (l->loop[0].mask != 0)
		return is(chip, l->loop[0]) && is(chip, l->loop[1]);
	return chip->phy[0] & LOOPBACK &&
	       (l->phy_register == 0 || chip->phy[l->phy_register] == l->phy_value);
}

static uint8_t *slot(struct sim_chip *chip, uint32_t ring, uint32_t index)
{
	const uint64_t base = (uint64_t)*sim_register(chip, ring + 4) << 32 |
			      *sim_register(chip, ring);

	return sim_chip_at(chip, base + index * SLOT_BYTES, SLOT_BYTES);
}

static uint32_t after(struct sim_chip *chip, uint32_t ring, uint32_t index)
{
	const uint32_t count = *sim_register(chip, ring + RING_LEN) / SLOT_BYTES;

	return count == 0 ? 0 : (index + 1) % count;
}

static void deliver(struct sim_chip *chip, const uint8_t *frame, size_t len, size_t told)
{
	const struct layout *l = layout_of(chip);
	const uint32_t head = *sim_register(chip, l->rx + RING_HEAD);
	const size_t fcs = is(chip, l->strip) ? 0 : SIM_FCS_BYTES;
	uint8_t *d = slot(chip, l->rx, head), *buffer;

	if (!rx_is_on(chip) || head == *sim_register(chip, l->rx + RING_TAIL) || d == NULL)
		return;
	buffer = sim_chip_at(chip, le64(d), len + fcs);
	if (buffer == NULL)
		return;
	memcpy(buffer, frame, len);
	memset(buffer + len, 0xee, fcs);
	sim_put_le(d + 8, told + fcs, 2);
	sim_put_le(d + 12, 3, 2);
	*sim_register(chip, l->rx + RING_HEAD) = after(chip, l->rx, head);
}

static void transmit(struct sim_chip *chip)
{
	const uint32_t tx = layout_of(chip)->tx;
	uint32_t *head = sim_register(chip, tx + RING_HEAD);

	while (tx_is_on(chip) && !chip->tx_dead && *head != *sim_register(chip, tx + RING_TAIL)) {
		uint8_t *d = slot(chip, tx, *head);
		const uint8_t *frame;

		if (d == NULL || (frame = sim_chip_at(chip, le64(d), le16(d + 8))) == NULL)
			return;
		*head = after(chip, tx, *head);
		sim_chip_send(chip, frame, le16(d + 8));
		d[12] |= 1;
	}
}

static uint32_t read(struct sim_chip *chip, uint32_t offset, unsigned bytes)
{
	return bytes == 4 ? *sim_register(chip, offset) : 0;
}

static void reset(struct sim_chip *chip)
{
	memset(chip->registers, 0, sizeof(chip->registers));
	*sim_register(chip, REG_STATUS) = 0x83;
	chip->phy[0] |= chip->resets == 0 ? 0x1140
					  : 0; /* a reset of the MAC leaves the PHY alone */
	chip->phy[22] = chip->resets == 0 ? 7 : chip->phy[22];
	chip->resets++;
}

static void access_phy(struct sim_chip *chip, uint32_t mdic)
{
	const unsigned index = mdic >> 16 & 31;

	if (mdic >> 26 & 1)
		chip->phy[index] = (uint16_t)mdic;
	*sim_register(chip, REG_MDIC) = (mdic & 0xffff0000u) | chip->phy[index] | 1u << 28;
}

static void write(struct sim_chip *chip, uint32_t offset, unsigned bytes, uint32_t value)
{
	const struct layout *l = layout_of(chip);

	if (bytes != 4)
		return;
	*sim_register(chip, offset) = value;
	if (offset == REG_CTRL && value & RESET)
		reset(chip);
	else if (offset == REG_MDIC)
		access_phy(chip, value);
	else if (offset == l->rx_on.at && l->loop[0].mask == 0)
		chip->deaf_until_ns = chip->clock->now_ns(chip->clock->ctx) + DEAF_NS;
	else if (offset == l->rx + RING_CONTROL) /* what was told before does not count */
		*sim_register(chip, l->rx + RING_TAIL) = 0;
	else if (offset == l->tx + RING_TAIL || offset == l->tx_on.at)
		transmit(chip);
}

#define GIGABIT .rx_on = {0x100, 2, 2}, .tx_on = {0x400, 2, 2}, .strip = {0x100, 1u << 26, 1u << 26}
#define QUEUES  .rx = 0xc000, .tx = 0xe000, .queues = true, .format = {0xc00c, 0x0e00007f, 2}
#define TEN                                                                            \
	.rx = 0x1000, .tx = 0x6000, .queues = true, .format = {0x1014, 0x0e00001f, 2}, \
	.rx_on = {0x3000, 1, 1}, .tx_on = {0x4a80, 1, 1}, .strip = {0x4240, 2, 2}
#define MAC_LOOP                       \
	{                              \
		0x4240, 0x8000, 0x8000 \
	}

static const struct layout old = {.rx = 0x2800, .tx = 0x3800, GIGABIT};
static const struct layout l_82580 = {QUEUES, GIGABIT, .phy_register = 19, .phy_value = 0x8041};
static const struct layout l_i210 = {QUEUES, GIGABIT, .phy_register = 22, .phy_value = 0};
static const struct layout l_82599 = {TEN, .loop = {MAC_LOOP, {0x42a0, 0xe001, 0x2001}}};
static const struct layout l_x540 = {TEN, .loop = {MAC_LOOP, {0x4330, 1, 1}}};

#define CHIP(name_, device_, layout_)                                                           \
	{                                                                                       \
		.name = (name_), .vendor_id = 0x8086, .device_id = (device_), .reset = reset,   \
		.read = read, .write = write, .loops = loops, .runs = runs, .deliver = deliver, \
		.layout = (layout_)                                                             \
	}

const struct sim_chip_kind sim_8254x = CHIP("8254x", 0x100e, &old);
const struct sim_chip_kind sim_82574 = CHIP("82574", 0x10d3, &old);
const struct sim_chip_kind sim_82580 = CHIP("82580", 0x1521, &l_82580);
const struct sim_chip_kind sim_i210 = CHIP("i210", 0x1533, &l_i210);
const struct sim_chip_kind sim_82599 = CHIP("82599", 0x10fb, &l_82599);
const struct sim_chip_kind sim_x540 = CHIP("x540", 0x1528, &l_x540);
