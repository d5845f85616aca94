/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A card's registers that tell of its wire. Pure over a register port. See wire.h. */
#include "nicprobe/wire.h"

#define VENDOR_INTEL   0x8086
#define VENDOR_REALTEK 0x10ec
#define ALL_ONES       0xffffffffu
#define MISSED_BITS    0x00ffffffu

/* ---- which cards ---- */

enum family {
	INTEL_GIGABIT,
	INTEL_FAST,
	INTEL_2500,
	INTEL_10000,
	INTEL_MULTI,
	REALTEK_GIGABIT,
	REALTEK_FAST,
	REALTEK_2500,
	REALTEK_5000,
	REALTEK_8139,
};

/* Device ids as Intel and Realtek assign them; of Intel's all that have the registers of the 8254x. */
static const uint16_t intel_gigabit[] = {
	/* 8254x: PCI and PCI-X */
	0x1004, 0x1008, 0x1009, 0x100c, 0x100d, 0x100e, 0x100f, 0x1010, 0x1011, 0x1012, 0x1013,
	0x1015, 0x1016, 0x1017, 0x1018, 0x1019, 0x101a, 0x101d, 0x101e, 0x1026, 0x1027, 0x1028,
	0x1075, 0x1076, 0x1077, 0x1078, 0x1079, 0x107a, 0x107b, 0x107c, 0x108a, 0x1099, 0x10b5,
	/* 8257x, 82583, 80003ES2LAN */
	0x105e, 0x105f, 0x1060, 0x10a4, 0x10a5, 0x10bc, 0x10d5, 0x10d9, 0x10da, 0x107d, 0x107e,
	0x107f, 0x10b9, 0x108b, 0x108c, 0x109a, 0x10d3, 0x10f6, 0x150c, 0x1096, 0x1098, 0x10ba,
	0x10bb,
	/* in chipsets: ICH8 to ICH10, PCH, 82579, I217 to I219 */
	0x1049, 0x104a, 0x104b, 0x104d, 0x1501, 0x10bd, 0x10bf, 0x10cb, 0x10e5, 0x10f5, 0x294c,
	0x10cc, 0x10cd, 0x10ce, 0x10de, 0x10df, 0x1525, 0x10ea, 0x10eb, 0x10ef, 0x10f0, 0x1502,
	0x1503, 0x153a, 0x153b, 0x1559, 0x155a, 0x15a0, 0x15a1, 0x15a2, 0x15a3, 0x156f, 0x1570,
	0x15b7, 0x15b8, 0x15b9, 0x15bb, 0x15bc, 0x15bd, 0x15be, 0x15d6, 0x15d7, 0x15d8, 0x15df,
	0x15e0, 0x15e1, 0x15e2, 0x15e3,
	/* 82575, 82576, 82580, I350, I210, I211, I354 */
	0x10a7, 0x10a9, 0x10d6, 0x10c9, 0x10e6, 0x10e7, 0x10e8, 0x150a, 0x150d, 0x1518, 0x1526,
	0x150e, 0x150f, 0x1510, 0x1511, 0x1516, 0x1527, 0x0438, 0x043a, 0x043c, 0x0440, 0x1521,
	0x1522, 0x1523, 0x1524, 0x1533, 0x1536, 0x1537, 0x1538, 0x1539, 0x157b, 0x157c, 0x1f41};
static const uint16_t intel_fast[] = {0x104c, 0x10c4, 0x10c5, 0x10c0, 0x10c2, 0x10c3};
/* I225, I226, I220, I221 */
static const uint16_t intel_2500[] = {0x15f2, 0x15f3, 0x15f7, 0x15f8, 0x3100, 0x3101, 0x3102,
	0x0d9f, 0x5502, 0x5503, 0x125b, 0x125c, 0x125d, 0x125e};
/* 82599, X540 */
static const uint16_t intel_10000[] = {0x10f7, 0x10f8, 0x10f9, 0x10fb, 0x10fc, 0x1507, 0x1514,
	0x1517, 0x151c, 0x1529, 0x152a, 0x154a, 0x154d, 0x1557, 0x1528, 0x1560};
/* X550, and its likes in chipsets as far as they have 10 gigabit */
static const uint16_t intel_multi[] = {
	0x1563, 0x15d1, 0x15aa, 0x15ab, 0x15ac, 0x15ad, 0x15c2, 0x15c3, 0x15c4, 0x15c8, 0x15ce};
static const uint16_t realtek_gigabit[] = {0x8161, 0x8167, 0x8168, 0x8169};
static const uint16_t realtek_fast[] = {0x8136};
static const uint16_t realtek_2500[] = {0x8125, 0x8162, 0x3000};
static const uint16_t realtek_5000[] = {0x8126};
static const uint16_t realtek_8139[] = {0x8138, 0x8139};

static const struct {
	uint16_t vendor_id;
	enum family family;
	const uint16_t *ids;
	size_t count;
} families[] = {
	{VENDOR_INTEL, INTEL_GIGABIT, intel_gigabit, ARRAY_LEN(intel_gigabit)},
	{VENDOR_INTEL, INTEL_FAST, intel_fast, ARRAY_LEN(intel_fast)},
	{VENDOR_INTEL, INTEL_2500, intel_2500, ARRAY_LEN(intel_2500)},
	{VENDOR_INTEL, INTEL_10000, intel_10000, ARRAY_LEN(intel_10000)},
	{VENDOR_INTEL, INTEL_MULTI, intel_multi, ARRAY_LEN(intel_multi)},
	{VENDOR_REALTEK, REALTEK_GIGABIT, realtek_gigabit, ARRAY_LEN(realtek_gigabit)},
	{VENDOR_REALTEK, REALTEK_FAST, realtek_fast, ARRAY_LEN(realtek_fast)},
	{VENDOR_REALTEK, REALTEK_2500, realtek_2500, ARRAY_LEN(realtek_2500)},
	{VENDOR_REALTEK, REALTEK_5000, realtek_5000, ARRAY_LEN(realtek_5000)},
	{VENDOR_REALTEK, REALTEK_8139, realtek_8139, ARRAY_LEN(realtek_8139)},
};

static bool family_of(uint16_t vendor_id, uint16_t device_id, enum family *ret)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		for (size_t i = 0; families[f].vendor_id == vendor_id && i < families[f].count;
			i++) {
			if (families[f].ids[i] == device_id) {
				*ret = families[f].family;
				return true;
			}
		}
	}
	return false;
}

bool wire_known(uint16_t vendor_id, uint16_t device_id)
{
	enum family family;

	return family_of(vendor_id, device_id, &family);
}

/* ---- their registers ---- */

/* A register, or one of its fields, that says how fast the link is. The first that matches counts. */
struct speed {
	uint32_t mask, value;
	unsigned mbps;
};

/* Where a family tells what. */
struct layout {
	uint32_t status;
	unsigned status_bytes;
	uint32_t link, full_duplex; /* bits of it; full_duplex 0: the family knows nothing else */
	struct speed speeds[5];     /* up to one with mask 0, which always matches */
	unsigned max_mbps;
	uint16_t counters[NIC_COUNTS]; /* 0: it has no such */
	bool link_is_low;              /* the link bit is 0 with link */
	bool hides_duplex;             /* it stands in the PHY only */
	uint16_t missed_so_far; /* a counter of 24 bits that reading does not clear; 0: none */
};

#define INTEL_COUNTERS                                                                        \
	{                                                                                     \
		[NIC_CRC] = 0x4000, [NIC_ALIGNMENT] = 0x4004, [NIC_SYMBOL] = 0x4008,          \
		[NIC_RECEIVE] = 0x400c, [NIC_MISSED] = 0x4010, [NIC_LATE_COLLISION] = 0x4020, \
		[NIC_NO_BUFFER] = 0x40a0                                                      \
	}

/* Device Status; PHYstatus. */
#define INTEL    .status = 0x0008, .status_bytes = 4, .link = 0x02, .full_duplex = 0x01
#define REALTEK  .status = 0x006c, .status_bytes = 1, .link = 0x02, .full_duplex = 0x01
#define REALTEKS .status = 0x006c, .status_bytes = 2, .link = 0x02, .full_duplex = 0x01
/* LINKS, and CRCERRS, ILLERRC, MPC: illegal bytes count as symbols. */
#define INTEL_TEN                                              \
	.status = 0x42a4, .status_bytes = 4, .link = 1u << 30, \
	.counters = {[NIC_CRC] = 0x4000, [NIC_SYMBOL] = 0x4004, [NIC_MISSED] = 0x3fa0}
#define UP_TO_10000                                              \
	{3u << 28, 3u << 28, 10000}, {3u << 28, 2u << 28, 1000}, \
	{                                                        \
		3u << 28, 1u << 28, 100                          \
	}
#define UP_TO_1000_INTEL                       \
	{0x80, 0x80, 1000}, {0x40, 0x40, 100}, \
	{                                      \
		0, 0, 10                       \
	}
#define UP_TO_1000_REALTEK                     \
	{0x10, 0x10, 1000}, {0x08, 0x08, 100}, \
	{                                      \
		0x04, 0x04, 10                 \
	}

static const struct layout layouts[] = {
	[INTEL_GIGABIT] = {INTEL, .speeds = {UP_TO_1000_INTEL}, .max_mbps = 1000,
		.counters = INTEL_COUNTERS},
	[INTEL_FAST] = {INTEL, .speeds = {UP_TO_1000_INTEL}, .max_mbps = 100,
		.counters = INTEL_COUNTERS},
	/* bit 22 tells 2.5 gigabit from 1 */
	[INTEL_2500] = {INTEL, .speeds = {{0x400080, 0x400080, 2500}, UP_TO_1000_INTEL},
		.max_mbps = 2500, .counters = INTEL_COUNTERS},
	[INTEL_10000] = {INTEL_TEN, .speeds = {UP_TO_10000}, .max_mbps = 10000},
	/* bit 27 makes 2.5 gigabit of 10, and 5 of 0.1 */
	[INTEL_MULTI] = {INTEL_TEN,
		.speeds = {{7u << 27, 7u << 27, 2500}, {7u << 27, 3u << 27, 5000}, UP_TO_10000},
		.max_mbps = 10000},
	[REALTEK_GIGABIT] = {REALTEK, .speeds = {UP_TO_1000_REALTEK}, .max_mbps = 1000},
	[REALTEK_FAST] = {REALTEK, .speeds = {UP_TO_1000_REALTEK}, .max_mbps = 100},
	/* wider than the 8168's: bits 10 and 12, as in Realtek's own drivers */
	[REALTEK_2500] = {REALTEKS, .speeds = {{0x400, 0x400, 2500}, UP_TO_1000_REALTEK},
		.max_mbps = 2500},
	[REALTEK_5000] = {REALTEKS,
		.speeds = {{0x1000, 0x1000, 5000}, {0x400, 0x400, 2500}, UP_TO_1000_REALTEK},
		.max_mbps = 5000},
	/* Media Status, Missed Packet Counter */
	[REALTEK_8139] = {.status = 0x0058,
		.status_bytes = 1,
		.link = 0x04,
		.link_is_low = true,
		.hides_duplex = true,
		.speeds = {{0x08, 0x08, 10}, {0, 0, 100}},
		.max_mbps = 100,
		.missed_so_far = 0x004c},
};

/* False: could not, or all ones, as of a card that is gone. */
static bool read_alive(
	const struct register_port *port, uint32_t offset, unsigned bytes, uint32_t *ret)
{
	return port->read(port->ctx, offset, bytes, ret) && *ret != ALL_ONES >> (32 - 8 * bytes);
}

static enum duplex duplex_of(const struct layout *l, uint32_t status)
{
	if (l->hides_duplex)
		return DUPLEX_UNKNOWN;
	return l->full_duplex == 0 || status & l->full_duplex ? DUPLEX_FULL : DUPLEX_HALF;
}

static unsigned speed_of(const struct layout *l, uint32_t status)
{
	for (size_t i = 0; i < ARRAY_LEN(l->speeds) && l->speeds[i].mbps != 0; i++) {
		if ((status & l->speeds[i].mask) == l->speeds[i].value)
			return l->speeds[i].mbps;
	}
	return 0;
}

bool wire_read(uint16_t vendor_id, uint16_t device_id, const struct register_port *port,
	struct nic_wire *ret)
{
	struct nic_wire wire = {.link = false};
	const struct layout *l;
	enum family family;
	uint32_t status;

	if (!family_of(vendor_id, device_id, &family))
		return false;
	l = &layouts[family];
	if (!read_alive(port, l->status, l->status_bytes, &status))
		return false;
	for (size_t i = 0; i < NIC_COUNTS; i++) {
		if (l->counters[i] == 0)
			continue;
		if (!read_alive(port, l->counters[i], 4, &wire.counts[i]))
			return false;
		wire.counted = true;
	}
	if (l->missed_so_far != 0) {
		if (!read_alive(port, l->missed_so_far, 4, &wire.missed_so_far))
			return false;
		wire.missed_so_far &= MISSED_BITS;
	}
	wire.max_speed_mbps = l->max_mbps;
	wire.link = (status & l->link) != 0 ? !l->link_is_low : l->link_is_low;
	if (wire.link) {
		wire.speed_mbps = speed_of(l, status);
		wire.duplex = duplex_of(l, status);
	}
	*ret = wire;
	return true;
}

/* ---- PCI configuration space ---- */

#define CONFIG_COMMAND      0x04
#define COMMAND_IO          0x0001u
#define COMMAND_MEMORY      0x0002u
#define CONFIG_BARS         0x10
#define BARS                6
#define BAR_IS_IO           0x01u
#define BAR_TYPE            0x07u
#define BAR_IS_WIDE         0x04u
#define CONFIG_HEADER_BYTES 0x40

bool wire_bar(struct span config, bool io, unsigned *ret)
{
	if (config.len < CONFIG_HEADER_BYTES ||
		!(le16(config.at + CONFIG_COMMAND) & (io ? COMMAND_IO : COMMAND_MEMORY)))
		return false;
	for (unsigned i = 0; i < BARS; i++) {
		const uint32_t bar = le32(config.at + CONFIG_BARS + 4 * i);
		const bool is_io = bar & BAR_IS_IO, is_wide = (bar & BAR_TYPE) == BAR_IS_WIDE;

		if (is_io == io && bar > BAR_IS_IO && bar != ALL_ONES) {
			*ret = i;
			return true;
		}
		i += !is_io && is_wide; /* the next one is its upper half */
	}
	return false;
}
