/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables made by hand, for tests. */
#ifndef KIRIWAKE_TESTS_ACPI_MAKER_H
#define KIRIWAKE_TESTS_ACPI_MAKER_H

#include "tests/unit/smbios_maker.h"

static inline void acpi_begin(
	struct maker *m, const char *signature, size_t header, uint8_t revision)
{
	memset(m, 0, sizeof(*m));
	memcpy(m->bytes, signature, 4);
	m->bytes[8] = revision;
	m->len = header;
}

/* Sets length and checksum. */
static inline struct span acpi_end(struct maker *m)
{
	uint8_t sum = 0;

	put_le(m->bytes + 4, m->len, 4);
	m->bytes[9] = 0;
	for (size_t i = 0; i < m->len; i++)
		sum = (uint8_t)(sum + m->bytes[i]);
	m->bytes[9] = (uint8_t)-sum;
	return table_of(m);
}

static inline uint8_t *acpi_entry(struct maker *m, uint8_t type, uint8_t bytes)
{
	uint8_t *p = m->bytes + m->len;

	p[0] = type;
	p[1] = bytes;
	m->len += bytes;
	return p;
}

static inline void srat_memory(
	struct maker *m, uint32_t domain, uint64_t low, uint64_t high, uint32_t flags)
{
	uint8_t *p = acpi_entry(m, 1, 40);

	put_le(p + 2, domain, 4);
	put_le(p + 8, low, 8);
	put_le(p + 16, high - low, 8);
	put_le(p + 28, flags, 4);
}

static inline void srat_cpu(struct maker *m, uint32_t domain, uint8_t apic_id, uint32_t flags)
{
	uint8_t *p = acpi_entry(m, 0, 16);

	p[2] = (uint8_t)domain;
	p[3] = apic_id;
	put_le(p + 4, flags, 4);
	put_le(p + 9, domain >> 8, 3);
}

static inline void srat_x2apic(struct maker *m, uint32_t domain, uint32_t apic_id)
{
	uint8_t *p = acpi_entry(m, 2, 24);

	put_le(p + 4, domain, 4);
	put_le(p + 8, apic_id, 4);
	put_le(p + 12, 1, 4);
}

#endif
