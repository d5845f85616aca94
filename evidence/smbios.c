/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Walking SMBIOS: entry points, structures, strings. Pure. See smbios.h. */
#include "evidence/smbios.h"
#include "core/text.h"

#define ENTRY2_BYTES     0x1f /* DSP0134 5.2.1 */
#define ENTRY2_ERRATUM   0x1e /* length that version 2.1 of the specification named by mistake */
#define ENTRY2_DMI       0x10
#define ENTRY3_BYTES     0x18 /* DSP0134 5.2.2 */
#define HEADER_BYTES     4
#define TYPE_OEM_STRINGS 11
#define TYPE_END         127

static bool sums_to_zero(const uint8_t *p, size_t len)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + p[i]);
	return sum == 0;
}

/* 2.31 and 2.33 are meant as 2.3, 2.51 as 2.6: firmware that took the minor version for a decimal. */
static uint8_t minor_version(uint8_t written)
{
	static const struct {
		uint8_t written, meant;
	} slips[] = {{0x1f, 3}, {0x21, 3}, {0x33, 6}};

	for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
		if (slips[i].written == written)
			return slips[i].meant;
	}
	return written;
}

static bool read_entry2(struct span entry, struct smbios_entry *ret)
{
	const uint8_t *p = entry.at;

	if (entry.len < ENTRY2_BYTES || memcmp(p, "_SM_", 4) != 0 ||
		(p[5] != ENTRY2_BYTES && p[5] != ENTRY2_ERRATUM))
		return false;
	if (!sums_to_zero(p, ENTRY2_BYTES) || memcmp(p + ENTRY2_DMI, "_DMI_", 5) != 0 ||
		!sums_to_zero(p + ENTRY2_DMI, ENTRY2_BYTES - ENTRY2_DMI))
		return false;
	*ret = (struct smbios_entry){
		.major = p[6],
		.minor = minor_version(p[7]),
		.table_bytes = le16(p + 0x16),
		.table_address = le32(p + 0x18),
		.structures = le16(p + 0x1c),
	};
	return true;
}

static bool read_entry3(struct span entry, struct smbios_entry *ret)
{
	const uint8_t *p = entry.at;

	if (entry.len < ENTRY3_BYTES || memcmp(p, "_SM3_", 5) != 0 || p[6] < ENTRY3_BYTES ||
		p[6] > entry.len || !sums_to_zero(p, p[6]))
		return false;
	*ret = (struct smbios_entry){
		.major = p[7],
		.minor = p[8],
		.table_bytes = le32(p + 0x0c),
		.table_address = le64(p + 0x10),
	};
	return true;
}

bool smbios_entry_read(struct span entry, struct smbios_entry *ret)
{
	return read_entry3(entry, ret) || read_entry2(entry, ret);
}

/* Length of the string set at `s`, its final NUL not counted. False when the set does not end within `s`. */
static bool string_set(struct span s, size_t *ret_len)
{
	size_t at = 0;

	if (s.len < 2)
		return false;
	/* A set with no strings is two NULs; else each string ends in NUL and one more NUL ends the set. */
	if (s.at[0] == 0 && s.at[1] == 0) {
		*ret_len = 1;
		return true;
	}
	for (; at + 1 < s.len; at++) {
		if (s.at[at] == 0 && s.at[at + 1] == 0) {
			*ret_len = at + 1;
			return true;
		}
	}
	return false;
}

bool smbios_next(struct span table, size_t *cursor, struct smbios_structure *ret)
{
	struct span rest, formatted, strings;
	size_t strings_len;

	if (*cursor > table.len || table.len - *cursor < HEADER_BYTES)
		return false;
	rest = (struct span){table.at + *cursor, table.len - *cursor};
	if (rest.at[0] == TYPE_END || rest.at[1] < HEADER_BYTES ||
		!span_sub(rest, 0, rest.at[1], &formatted))
		return false;
	strings = (struct span){rest.at + formatted.len, rest.len - formatted.len};
	if (!string_set(strings, &strings_len))
		return false;
	*ret = (struct smbios_structure){
		.type = formatted.at[0],
		.handle = le16(formatted.at + 2),
		.formatted = formatted,
		.strings = {strings.at, strings_len},
	};
	*cursor += formatted.len + strings_len + 1;
	return true;
}

bool smbios_next_of(struct span table, uint8_t type, size_t *cursor, struct smbios_structure *ret)
{
	struct smbios_structure s;

	while (smbios_next(table, cursor, &s)) {
		if (s.type == type) {
			*ret = s;
			return true;
		}
	}
	return false;
}

bool smbios_by_handle(struct span table, uint16_t handle, struct smbios_structure *ret)
{
	struct smbios_structure s;
	size_t cursor = 0;

	while (smbios_next(table, &cursor, &s)) {
		if (s.handle == handle) {
			*ret = s;
			return true;
		}
	}
	return false;
}

size_t smbios_string(const struct smbios_structure *s, unsigned number, char *ret, size_t cap)
{
	size_t at = 0;

	ret[0] = '\0';
	if (number == 0)
		return 0;
	for (; number > 1 && at < s->strings.len; at++)
		number -= s->strings.at[at] == 0;
	return text_clean(ret, cap, s->strings.at + at, s->strings.len - at);
}

/* The cursor is the offset of a structure with the number of its strings already taken in the low byte. */
bool smbios_next_oem_string(struct span table, size_t *cursor, char *ret, size_t cap)
{
	struct smbios_structure s;
	size_t at = *cursor >> 8, taken = *cursor & 0xff, next = at;

	while (smbios_next(table, &next, &s)) {
		if (s.type == TYPE_OEM_STRINGS && s.formatted.len > HEADER_BYTES &&
			taken < s.formatted.at[HEADER_BYTES]) {
			smbios_string(&s, (unsigned)taken + 1, ret, cap);
			*cursor = at << 8 | (taken + 1);
			return true;
		}
		at = next;
		taken = 0;
	}
	return false;
}
