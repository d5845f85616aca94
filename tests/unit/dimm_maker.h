/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS tables of memory made by hand, for tests. */
#ifndef KIRIWAKE_TESTS_DIMM_MAKER_H
#define KIRIWAKE_TESTS_DIMM_MAKER_H

#include "tests/unit/smbios_maker.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

enum { ARRAY_A = 0x1000, ARRAY_B = 0x1001, DEVICE = 0x1100, NO_ERROR = 0xfffe };

/* Use 3: system memory; ECC 6: multi-bit, 3: none. */
static inline void make_array(
	struct maker *m, uint16_t handle, uint8_t use, uint8_t ecc, uint16_t errors)
{
	uint8_t body[11] = {3, use, ecc};

	put_le(body + 0x0b - 4, errors, 2);
	add_with_handle(m, 16, handle, body, sizeof(body), "");
}

/* Device number `index`; 0 MiB: an empty slot, 0xffff: of unknown size. `strings`: locator|bank|maker|serial|part. */
static inline void make_device(
	struct maker *m, unsigned index, uint16_t array, uint32_t mib, const char *strings)
{
	uint8_t body[0x54 - 4] = {0};

	put_le(body + 0x04 - 4, array, 2);
	put_le(body + 0x06 - 4, NO_ERROR, 2);
	put_le(body + 0x0c - 4, mib == 0xffff ? 0xffff : mib < 0x7fff ? mib : 0x7fff, 2);
	put_le(body + 0x1c - 4, mib == 0xffff || mib < 0x7fff ? 0 : mib, 4);
	body[0x10 - 4] = 1;
	body[0x11 - 4] = 2;
	body[0x12 - 4] = 0x1a;
	body[0x17 - 4] = 3;
	body[0x18 - 4] = 4;
	body[0x1a - 4] = 5;
	add_with_handle(m, 17, (uint16_t)(DEVICE + index), body, sizeof(body), strings);
}

/* [low, high) in a structure of type 19 or 20: in KiB where that fits and `wide` is not asked for. */
static inline void make_range(
	uint8_t *body, size_t extended, uint64_t low, uint64_t high, bool wide)
{
	wide = wide || (high - 1) >> 10 >= UINT32_MAX;
	put_le(body + 0x04 - 4, wide ? UINT32_MAX : low >> 10, 4);
	put_le(body + 0x08 - 4, wide ? UINT32_MAX : (high - 1) >> 10, 4);
	put_le(body + extended - 4, wide ? low : 0, 8);
	put_le(body + extended + 8 - 4, wide ? high - 1 : 0, 8);
}

static inline void make_array_range(
	struct maker *m, uint16_t array, uint64_t low, uint64_t high, bool wide)
{
	uint8_t body[0x1f - 4] = {0};

	make_range(body, 0x0f, low, high, wide);
	put_le(body + 0x0c - 4, array, 2);
	add(m, 19, body, sizeof(body), "");
}

/* `position`: 0 not interleaved, 0xff unknown. */
static inline void make_device_range(
	struct maker *m, unsigned index, uint64_t low, uint64_t high, uint8_t position, bool wide)
{
	uint8_t body[0x23 - 4] = {0};

	make_range(body, 0x13, low, high, wide);
	put_le(body + 0x0c - 4, DEVICE + index, 2);
	body[0x11 - 4] = position;
	add(m, 20, body, sizeof(body), "");
}

#endif
