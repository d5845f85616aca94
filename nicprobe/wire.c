/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A card's registers that tell of its wire. Pure over a register port. See wire.h. */
#include "nicprobe/wire.h"

#define VENDOR_INTEL   0x8086
#define VENDOR_REALTEK 0x10ec
#define ALL_ONES       0xffffffffu

/* ---- which cards ---- */

enum family { INTEL_GIGABIT, INTEL_FAST, REALTEK_GIGABIT, REALTEK_FAST };

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
static const uint16_t realtek_gigabit[] = {0x8161, 0x8167, 0x8168, 0x8169};
static const uint16_t realtek_fast[] = {0x8136};

static const struct {
	uint16_t vendor_id;
	enum family family;
	const uint16_t *ids;
	size_t count;
} families[] = {
	{VENDOR_INTEL, INTEL_GIGABIT, intel_gigabit, ARRAY_LEN(intel_gigabit)},
	{VENDOR_INTEL, INTEL_FAST, intel_fast, ARRAY_LEN(intel_fast)},
	{VENDOR_REALTEK, REALTEK_GIGABIT, realtek_gigabit, ARRAY_LEN(realtek_gigabit)},
	{VENDOR_REALTEK, REALTEK_FAST, realtek_fast, ARRAY_LEN(realtek_fast)},
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

/* Intel, Device Status. */
#define INTEL_STATUS      0x0008
#define INTEL_FULL_DUPLEX 0x01u
#define INTEL_LINK        0x02u
#define INTEL_SPEED_SHIFT 6

static const uint16_t intel_counters[NIC_COUNTS] = {
	[NIC_CRC] = 0x4000,
	[NIC_ALIGNMENT] = 0x4004,
	[NIC_SYMBOL] = 0x4008,
	[NIC_RECEIVE] = 0x400c,
	[NIC_MISSED] = 0x4010,
	[NIC_LATE_COLLISION] = 0x4020,
	[NIC_NO_BUFFER] = 0x40a0,
};

static bool read_intel(const struct register_port *port, struct nic_wire *ret)
{
	static const unsigned speeds[] = {10, 100, 1000, 1000};
	uint32_t status;

	if (!port->read(port->ctx, INTEL_STATUS, 4, &status) || status == ALL_ONES)
		return false;
	for (size_t i = 0; i < NIC_COUNTS; i++) {
		if (!port->read(port->ctx, intel_counters[i], 4, &ret->counts[i]) ||
			ret->counts[i] == ALL_ONES)
			return false;
	}
	ret->counted = true;
	ret->link = (status & INTEL_LINK) != 0;
	if (ret->link) {
		ret->speed_mbps = speeds[status >> INTEL_SPEED_SHIFT & 3];
		ret->duplex = status & INTEL_FULL_DUPLEX ? DUPLEX_FULL : DUPLEX_HALF;
	}
	return true;
}

/* Realtek, PHYstatus. */
#define REALTEK_PHY_STATUS  0x6c
#define REALTEK_FULL_DUPLEX 0x01u
#define REALTEK_LINK        0x02u

static bool read_realtek(const struct register_port *port, struct nic_wire *ret)
{
	static const struct {
		uint32_t bit;
		unsigned mbps;
	} speeds[] = {{0x04, 10}, {0x08, 100}, {0x10, 1000}};
	uint32_t status;

	if (!port->read(port->ctx, REALTEK_PHY_STATUS, 1, &status) || status == (uint8_t)ALL_ONES)
		return false;
	ret->link = (status & REALTEK_LINK) != 0;
	for (size_t i = 0; ret->link && i < ARRAY_LEN(speeds); i++) {
		if (status & speeds[i].bit)
			ret->speed_mbps = speeds[i].mbps;
	}
	if (ret->link)
		ret->duplex = status & REALTEK_FULL_DUPLEX ? DUPLEX_FULL : DUPLEX_HALF;
	return true;
}

bool wire_read(uint16_t vendor_id, uint16_t device_id, const struct register_port *port,
	struct nic_wire *ret)
{
	static const struct {
		bool (*read)(const struct register_port *port, struct nic_wire *ret);
		unsigned max_mbps;
	} readers[] = {
		[INTEL_GIGABIT] = {read_intel, 1000},
		[INTEL_FAST] = {read_intel, 100},
		[REALTEK_GIGABIT] = {read_realtek, 1000},
		[REALTEK_FAST] = {read_realtek, 100},
	};
	struct nic_wire wire = {0};
	enum family family;

	if (!family_of(vendor_id, device_id, &family) || !readers[family].read(port, &wire))
		return false;
	wire.max_speed_mbps = readers[family].max_mbps;
	*ret = wire;
	return true;
}

/* ---- PCI configuration space ---- */

#define CONFIG_COMMAND       0x04
#define COMMAND_IO           0x0001u
#define COMMAND_MEMORY       0x0002u
#define CONFIG_STATUS        0x06
#define STATUS_CAPABILITIES  0x0010u
#define CONFIG_BARS          0x10
#define BARS                 6
#define BAR_IS_IO            0x01u
#define BAR_TYPE             0x07u
#define BAR_IS_WIDE          0x04u
#define CONFIG_HEADER_BYTES  0x40
#define CONFIG_CAPABILITIES  0x34
#define CAPABILITIES_MAX     48 /* more do not fit behind the header */
#define CAPABILITY_PCIE      0x10
#define PCIE_BYTES           0x14
#define PCIE_TYPE_INTEGRATED 9u

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

static bool find_pcie(struct span config, struct span *ret)
{
	size_t at;

	if (config.len < CONFIG_HEADER_BYTES ||
		!(le16(config.at + CONFIG_STATUS) & STATUS_CAPABILITIES))
		return false;
	at = config.at[CONFIG_CAPABILITIES] & ~3u;
	for (unsigned i = 0; i < CAPABILITIES_MAX && at >= CONFIG_HEADER_BYTES; i++) {
		struct span head;

		if (!span_sub(config, at, 2, &head))
			return false;
		if (head.at[0] == CAPABILITY_PCIE)
			return span_sub(config, at, PCIE_BYTES, ret);
		at = head.at[1] & ~3u;
	}
	return false;
}

bool pcie_link_read(struct span config, struct pcie_link *ret)
{
	static const unsigned speeds[] = {0, 25, 50, 80, 160, 320, 640};
	struct pcie_link link;
	struct span pcie;
	unsigned now, max;

	if (!find_pcie(config, &pcie) || (pcie.at[2] >> 4) == PCIE_TYPE_INTEGRATED)
		return false;
	max = pcie.at[0x0c] & 15u;
	now = pcie.at[0x12] & 15u;
	link.max_width = le16(pcie.at + 0x0c) >> 4 & 63u;
	link.width = le16(pcie.at + 0x12) >> 4 & 63u;
	if (max == 0 || now == 0 || max >= ARRAY_LEN(speeds) || now >= ARRAY_LEN(speeds) ||
		link.width == 0 || link.max_width == 0)
		return false;
	link.max_speed = speeds[max];
	link.speed = speeds[now];
	*ret = link;
	return true;
}
