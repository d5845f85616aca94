/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS tables made by hand, for tests. */
#ifndef KIRIWAKE_TESTS_SMBIOS_MAKER_H
#define KIRIWAKE_TESTS_SMBIOS_MAKER_H

#include "core/bytes.h"

struct maker {
	uint8_t bytes[8192];
	size_t len;
};

/* Appends a structure: `body` follows the header; `strings` are separated by '|'. */
static inline void add_with_handle(struct maker *m, uint8_t type, uint16_t handle,
	const uint8_t *body, size_t body_len, const char *strings)
{
	uint8_t *p = m->bytes + m->len;
	size_t at = 4 + body_len;

	p[0] = type;
	p[1] = (uint8_t)at;
	p[2] = (uint8_t)handle;
	p[3] = (uint8_t)(handle >> 8);
	if (body_len > 0)
		memcpy(p + 4, body, body_len);
	for (const char *c = strings; *c != '\0'; c++)
		p[at++] = *c == '|' ? 0 : (uint8_t)*c;
	p[at++] = 0;
	if (strings[0] == '\0' || strings[strlen(strings) - 1] != '|')
		p[at++] = 0;
	m->len += at;
}

/* The same, with its offset for a handle. */
static inline void add(
	struct maker *m, uint8_t type, const uint8_t *body, size_t body_len, const char *strings)
{
	add_with_handle(m, type, (uint16_t)m->len, body, body_len, strings);
}

static inline struct span table_of(const struct maker *m)
{
	return (struct span){m->bytes, m->len};
}

static inline void put_le(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

#endif
