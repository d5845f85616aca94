/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fields of SMBIOS structures by offset. For the readers of structure types only.
 *
 * Pure.
 */
#ifndef KIRIWAKE_EVIDENCE_SMBIOS_FIELDS_H
#define KIRIWAKE_EVIDENCE_SMBIOS_FIELDS_H

#include "evidence/smbios.h"

/* Fields by offset; 0 where the structure ends before them. */
static inline uint8_t smbios_byte(const struct smbios_structure *s, size_t offset)
{
	return offset < s->formatted.len ? s->formatted.at[offset] : 0;
}

static inline uint16_t smbios_word(const struct smbios_structure *s, size_t offset)
{
	return offset + 2 <= s->formatted.len ? le16(s->formatted.at + offset) : 0;
}

static inline uint32_t smbios_dword(const struct smbios_structure *s, size_t offset)
{
	return offset + 4 <= s->formatted.len ? le32(s->formatted.at + offset) : 0;
}

static inline uint64_t smbios_qword(const struct smbios_structure *s, size_t offset)
{
	return offset + 8 <= s->formatted.len ? le64(s->formatted.at + offset) : 0;
}

#endif
