/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Intel's gigabit chips with their PHY in loopback: 82540EM, 82544GC, 82545EM, 82574L, 82580, I350, I210, I211, all with copper.
 *
 * Pure over struct nic_chip.
 * Spec.  Intel 8254x Software Developer's Manual 13 (registers), 14.5 (initialization); datasheets of the 82574, 82580, I350 and I210
 *        (the same registers); IEEE 802.3 22.2.4.1 (PHY control register, bit 14). That the PHY of 82580 and I350 wants register 19
 *        to be 0x8041 first, and that of the I210 page 0, is how the self test of Linux' igb driver enters the loopback.
 */
#include "nicprobe/intel_ring.h"

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

#define PHY_CONTROL      0
#define PHY_LOOPBACK     0x4000u
#define PHY_LOOP_1000_FD (PHY_LOOPBACK | 0x0140u)
#define PHY_POLLS        100
#define PHY_POLL_NS      (50 * CHIP_NS_PER_US)

#define SETTLE_NS (1200 * CHIP_NS_PER_MS)

/* What the families differ in. */
struct gigabit {
	struct intel_rings rings;
	bool has_prelude; /* a PHY register to be written before the loopback: */
	uint8_t prelude_register;
	uint16_t prelude;
	uint16_t negotiate; /* PHY control afterwards */
};

static const struct gigabit *registers_of(const struct chip *chip)
{
	return chip->driver->registers;
}

/* One access to PHY register `reg`; `op` is MDIC_READ or MDIC_WRITE with data. */
static bool phy(const struct chip *chip, unsigned reg, uint32_t op, uint16_t *ret)
{
	chip_write(chip, MDIC, op | MDIC_PHY | reg << 16);
	for (unsigned i = 0; i < PHY_POLLS; i++) {
		const uint32_t mdic = chip_read(chip, MDIC);

		if (mdic & MDIC_READY) {
			*ret = (uint16_t)mdic;
			return !(mdic & MDIC_ERROR);
		}
		chip_sleep(chip, PHY_POLL_NS);
	}
	return false;
}

static bool enter_loopback(const struct chip *chip)
{
	const struct gigabit *g = registers_of(chip);
	uint16_t value;

	if (g->has_prelude && !phy(chip, g->prelude_register, MDIC_WRITE | g->prelude, &value))
		return false;
	chip_sleep(chip, 50 * CHIP_NS_PER_MS);
	return phy(chip, PHY_CONTROL, MDIC_WRITE | PHY_LOOP_1000_FD, &value) &&
	       phy(chip, PHY_CONTROL, MDIC_READ, &value) && value & PHY_LOOPBACK;
}

static bool reset(const struct chip *chip)
{
	chip_write(chip, IMC, CHIP_ALL_ONES);
	chip_write(chip, RCTL, 0);
	chip_write(chip, TCTL, TCTL_PSP);
	chip_sleep(chip, 10 * CHIP_NS_PER_MS);
	chip_write(chip, CTRL, chip_read(chip, CTRL) | CTRL_RST);
	chip_sleep(chip, 20 * CHIP_NS_PER_MS); /* until it has read its EEPROM */
	chip_write(chip, IMC, CHIP_ALL_ONES);
	chip_read(chip, ICR);
	return !(chip_read(chip, CTRL) & CTRL_RST);
}

static const char *begin(struct chip *chip)
{
	if (chip_read(chip, STATUS) == CHIP_ALL_ONES)
		return "the card does not answer";
	if (!reset(chip))
		return "the card does not come out of reset";
	chip_write(chip, CTRL, CTRL_FD | CTRL_SLU | CTRL_1000 | CTRL_FRCSPD | CTRL_FRCDPLX);
	if (!enter_loopback(chip))
		return "the PHY does not take the loopback";
	if (!intel_start(chip))
		return "its queues do not start";
	chip_write(chip, TIPG, TIPG_COPPER);
	chip_write(chip, RCTL, RCTL_EN | RCTL_UPE | RCTL_SECRC);
	chip_write(chip, TCTL, TCTL_EN | TCTL_PSP | TCTL_LIMITS);
	intel_offer(chip);
	return NULL;
}

static void end(struct chip *chip)
{
	uint16_t value;

	phy(chip, PHY_CONTROL, MDIC_WRITE | registers_of(chip)->negotiate, &value);
	intel_stop(chip);
	reset(chip);
}

/* ---- families ---- */

#define RINGS_OLD .rx = 0x2800, .tx = 0x3800
#define RINGS_NEW .rx = 0xc000, .tx = 0xe000, .rx_format = 0xc00c, .enable = 1u << 25
#define TX_COUNT  (1u << 22) /* TXDCTL.GRAN: descriptors, not cache lines */
#define NEGOTIATE 0x1340u
#define RESET_PHY 0x9340u

static const struct gigabit r_8254x = {.rings = {RINGS_OLD}, .negotiate = NEGOTIATE};
static const struct gigabit r_82574 = {
	.rings = {RINGS_OLD, .tx_bits = TX_COUNT}, .negotiate = NEGOTIATE};
static const struct gigabit r_82580 = {.rings = {RINGS_NEW},
	.has_prelude = true,
	.prelude_register = 19, /* loopback control: enable, and take 1000 Mb/s */
	.prelude = 0x8041,
	.negotiate = RESET_PHY};
static const struct gigabit r_i210 = {.rings = {RINGS_NEW},
	.has_prelude = true,
	.prelude_register = 22, /* page select */
	.prelude = 0,
	.negotiate = RESET_PHY};

#define COMMON                                                                       \
	.loop = "PHY's", .address_bits = 64, .settle_ns = SETTLE_NS, .begin = begin, \
	.ring = &intel_ring, .end = end

const struct chip_driver intel_8254x_driver = {COMMON, .registers = &r_8254x};
const struct chip_driver intel_82574_driver = {COMMON, .registers = &r_82574};
const struct chip_driver intel_82580_driver = {
	COMMON, .registers = &r_82580, .unseen = "an 82580 or I350"};
const struct chip_driver intel_i210_driver = {COMMON, .registers = &r_i210, .unseen = "an I210"};
