/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS structures about arrays of memory, where they are mapped, and their errors. Pure. See smbios.h.
 *
 * Spec.  DSP0134 3.7: 7.17 physical memory array, 7.19 and 7.34 memory error information, 7.20 and 7.21 mapped
 *        addresses.
 */
#include "evidence/smbios_fields.h"

#define USE_UNKNOWN      2 /* and 1: other; 0: the field is missing */
#define USE_MAIN         3
#define LOCATION_CXL     0xa4
#define ECC_FIRST        4 /* parity, single-bit, multi-bit, CRC */
#define ECC_LAST         7
#define SEE_EXTENDED     UINT32_MAX
#define PAGE             UINT64_C(4096)
#define TYPE_OF_A_DEVICE 20
#define ADDRESS_LIMIT    (UINT64_C(1) << 52)

void smbios_read_array(const struct smbios_structure *s, struct smbios_array *ret)
{
	const uint8_t use = smbios_byte(s, 0x05), ecc = smbios_byte(s, 0x06);

	ret->handle = s->handle;
	ret->errors = s->formatted.len >= 0x0d ? smbios_word(s, 0x0b) : SMBIOS_NO_ERROR;
	ret->is_main_memory = (use <= USE_UNKNOWN || use == USE_MAIN) &&
			      smbios_byte(s, 0x04) != LOCATION_CXL;
	ret->has_ecc = ecc >= ECC_FIRST && ecc <= ECC_LAST;
}

void smbios_read_mapping(const struct smbios_structure *s, struct smbios_mapping *ret)
{
	const bool device = s->type == TYPE_OF_A_DEVICE;
	const size_t extended = device ? 0x13 : 0x0f;
	uint64_t first = (uint64_t)smbios_dword(s, 0x04) << 10;
	uint64_t last = ((uint64_t)smbios_dword(s, 0x08) << 10) + 1023;

	if (smbios_dword(s, 0x04) == SEE_EXTENDED) {
		first = smbios_qword(s, extended);
		last = smbios_qword(s, extended + 8);
	}
	ret->owner = smbios_word(s, 0x0c);
	ret->interleaved = smbios_byte(s, 0x11);
	ret->low = ret->high = 0;
	/* Some firmware writes the first address behind the range instead of the last in it: whole pages are right in
	 * both cases, and a range of one KiB is what empty slots get. */
	if (last < ADDRESS_LIMIT && first < last) {
		ret->low = first & ~(PAGE - 1);
		ret->high = (last + 1) & ~(PAGE - 1);
	}
	if (ret->high < ret->low)
		ret->high = ret->low;
}

void smbios_read_memory_error(const struct smbios_structure *s, struct smbios_memory_error *ret)
{
	static const struct smbios_memory_error kinds[] = {
		[0x04] = {"a bad read", false},
		[0x05] = {"a parity error", false},
		[0x06] = {"a single-bit error", true},
		[0x07] = {"a double-bit error", false},
		[0x08] = {"a multi-bit error", false},
		[0x09] = {"a nibble error", false},
		[0x0a] = {"a checksum error", false},
		[0x0b] = {"a CRC error", false},
		[0x0c] = {"a corrected single-bit error", true},
		[0x0d] = {"a corrected error", true},
		[0x0e] = {"an uncorrectable error", false},
	};
	const uint8_t type = smbios_byte(s, 0x04);

	*ret = type < ARRAY_LEN(kinds) ? kinds[type] : (struct smbios_memory_error){NULL, false};
}
