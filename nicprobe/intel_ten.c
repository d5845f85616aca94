/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Intel's 10-gigabit chips with their MAC in loopback: 82599, X540, X550.
 *
 * Pure over struct nic_chip.
 * Spec.  82599 datasheet: CTRL, HLREG0 (bit 15: loopback), AUTOC (bit 0 forces the link), FCTRL, RXCTRL, DMATXCTL; X540 datasheet: MACC
 *        (bit 0 forces the link). The same order as in the self test of Linux' ixgbe driver.
 */
#include "nicprobe/intel_ring.h"

#define CTRL            0x00000
#define CTRL_RST        0x04000000u
#define STATUS          0x00008
#define CTRL_EXT        0x00018
#define CTRL_EXT_NS_DIS 0x00010000u
#define EIMC            0x00888
#define RX_DCA          0x0100c
#define RX_DCA_RESERVED 0x00001000u /* to be cleared before the receiver is on */
#define RDRXCTL         0x02f00
#define RDRXCTL_STRIP   0x00000002u
#define RXCTRL          0x03000
#define RXCTRL_EN       0x00000001u
#define HLREG0          0x04240
#define HLREG0_CRC      0x00000003u /* append and strip */
#define HLREG0_PAD      0x00000400u
#define HLREG0_LOOPBACK 0x00008000u
#define AUTOC           0x042a0
#define AUTOC_MODE      0x0000e000u
#define AUTOC_10G       0x00002000u /* without negotiation */
#define MACC            0x04330
#define FORCE_LINK      0x00000001u /* in AUTOC as in MACC */
#define DMATXCTL        0x04a80
#define DMATXCTL_EN     0x00000001u
#define FCTRL           0x05080
#define FCTRL_ALL       0x00000700u /* multicast, unicast, broadcast */

struct ten {
	struct intel_rings rings;
	uint32_t link; /* the register that forces it, */
	uint32_t link_mask, link_bits;
};

static void change(const struct chip *chip, uint32_t offset, uint32_t clear, uint32_t set)
{
	chip_write(chip, offset, (chip_read(chip, offset) & ~clear) | set);
}

static bool reset(const struct chip *chip)
{
	chip_write(chip, EIMC, CHIP_ALL_ONES);
	change(chip, RXCTRL, RXCTRL_EN, 0);
	change(chip, CTRL, 0, CTRL_RST);
	chip_sleep(chip, 10 * CHIP_NS_PER_MS);
	if (!chip_await(chip, CTRL, 4, CTRL_RST, 0, 100))
		return false;
	chip_sleep(chip, 50 * CHIP_NS_PER_MS); /* until it has read its EEPROM and set up its DMA */
	chip_write(chip, EIMC, CHIP_ALL_ONES);
	return true;
}

static const char *begin(struct chip *chip)
{
	const struct ten *t = chip->driver->registers;

	if (chip_read(chip, STATUS) == CHIP_ALL_ONES)
		return "the card does not answer";
	if (!reset(chip))
		return "the card does not come out of reset";
	change(chip, t->link, t->link_mask, t->link_bits);
	change(chip, HLREG0, 0, HLREG0_LOOPBACK | HLREG0_PAD | HLREG0_CRC);
	change(chip, RDRXCTL, 0, RDRXCTL_STRIP);
	chip_write(chip, FCTRL, FCTRL_ALL);
	change(chip, CTRL_EXT, 0, CTRL_EXT_NS_DIS);
	change(chip, RX_DCA, RX_DCA_RESERVED, 0);
	change(chip, DMATXCTL, 0, DMATXCTL_EN);
	if (!(chip_read(chip, HLREG0) & HLREG0_LOOPBACK))
		return "the MAC does not take the loopback";
	if (!intel_start(chip))
		return "its queues do not start";
	change(chip, RXCTRL, 0, RXCTRL_EN);
	intel_offer(chip);
	return NULL;
}

static void end(struct chip *chip)
{
	intel_stop(chip);
	change(chip, HLREG0, HLREG0_LOOPBACK, 0);
	reset(chip);
}

#define RINGS .rings = {.rx = 0x1000, .tx = 0x6000, .rx_format = 0x1014, .enable = 1u << 25}

static const struct ten r_82599 = {RINGS, AUTOC, AUTOC_MODE, AUTOC_10G | FORCE_LINK};
static const struct ten r_x540 = {RINGS, MACC, 0, FORCE_LINK};

#define COMMON                                                                                  \
	.loop = "MAC's", .address_bits = 64, .settle_ns = 500 * CHIP_NS_PER_MS, .begin = begin, \
	.ring = &intel_ring, .end = end

const struct chip_driver intel_82599_driver = {COMMON, .registers = &r_82599, .unseen = "an 82599"};
const struct chip_driver intel_x540_driver = {
	COMMON, .registers = &r_x540, .unseen = "an X540 or X550"};
