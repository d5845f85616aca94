/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI table headers, and the two tables about hardware errors. Pure. See acpi.h. */
#include "evidence/acpi.h"

#define LENGTH_AT      4
#define STATUS_MASK    0xfu /* the rest of the word counts entries */
#define HEST_COUNT_AT  36
#define HEST_SOURCES   40
#define FLAGS_AT       6
#define ENABLED_AT     7
#define FIRMWARE_FIRST 1u
#define BANK_BYTES     28

static bool is_sound(struct span bytes, struct span *ret)
{
	uint8_t sum = 0;
	uint32_t len;

	if (bytes.len < ACPI_HEADER_BYTES)
		return false;
	len = le32(bytes.at + LENGTH_AT);
	if (len < ACPI_HEADER_BYTES || len > bytes.len)
		return false;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + bytes.at[i]);
	if (sum != 0)
		return false;
	*ret = (struct span){bytes.at, len};
	return true;
}

bool acpi_find(const struct span *tables, size_t count, const char *signature, struct span *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (tables[i].len >= ACPI_HEADER_BYTES && memcmp(tables[i].at, signature, 4) == 0 &&
			is_sound(tables[i], ret))
			return true;
	}
	return false;
}

/* Error sources by type (18.3.2): how long they are, and for the x86 ones where they count their banks. */
static const struct source {
	uint8_t bytes;
	uint8_t banks_at; /* 0: no banks follow */
	bool generic;
} sources[] = {
	[0] = {40, 32, false},  /* machine check exception */
	[1] = {48, 44, false},  /* corrected machine check */
	[2] = {20, 0, false},   /* NMI */
	[6] = {48, 0, false},   /* PCIe root port */
	[7] = {44, 0, false},   /* PCIe endpoint */
	[8] = {56, 0, false},   /* PCIe bridge */
	[9] = {64, 0, true},    /* generic hardware error source */
	[10] = {92, 0, true},   /* ... version 2 */
	[11] = {48, 44, false}, /* deferred machine check */
};

/* Takes the source at *at. False at the first one of a type, or with a length, that cannot be followed. */
static bool next_source(struct span hest, size_t *at, struct hest *ret)
{
	const uint8_t *p = hest.at + *at;
	const size_t left = hest.len - *at;
	const struct source *s;
	size_t bytes;
	uint16_t type;

	if (left < 2)
		return false;
	type = le16(p);
	s = type < ARRAY_LEN(sources) ? &sources[type] : NULL;
	if (s == NULL || s->bytes == 0 || left < s->bytes)
		return false;
	bytes = s->bytes + (s->banks_at != 0 ? (size_t)p[s->banks_at] * BANK_BYTES : 0);
	if (s->banks_at != 0 && (p[FLAGS_AT] & FIRMWARE_FIRST) != 0)
		ret->firmware_first = true;
	if (s->generic && p[ENABLED_AT] != 0)
		ret->generic = true;
	*at += bytes;
	return *at <= hest.len;
}

void hest_read(struct span hest, struct hest *ret)
{
	size_t at = HEST_SOURCES;
	uint32_t left;

	*ret = (struct hest){0};
	if (hest.len < HEST_SOURCES)
		return;
	left = le32(hest.at + HEST_COUNT_AT);
	while (left > 0 && next_source(hest, &at, ret))
		left--;
}

uint32_t bert_status(struct span region)
{
	return region.len < 4 ? 0 : le32(region.at) & STATUS_MASK;
}
