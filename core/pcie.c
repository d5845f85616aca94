/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The PCI Express link of one function, out of its configuration space. Pure. See pcie.h. */
#include "core/pcie.h"

#define CONFIG_STATUS        0x06
#define STATUS_CAPABILITIES  0x0010u
#define CONFIG_HEADER_BYTES  0x40
#define CONFIG_CAPABILITIES  0x34
#define CAPABILITIES_MAX     48 /* more do not fit behind the header */
#define CAPABILITY_PCIE      0x10
#define PCIE_BYTES           0x14
#define PCIE_TYPE_INTEGRATED 9u

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
