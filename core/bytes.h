/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bytes from outside: bounded spans, and fixed-width fields in either byte order.
 *
 * Pure.
 * Trust. None. The fixed-width readers do not check bounds: the caller has compared the
 *        length with the offset first, or uses span_sub().
 */
#ifndef KIRIWAKE_CORE_BYTES_H
#define KIRIWAKE_CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A read-only run of bytes owned by somebody else. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* The `len` bytes of `s` from `offset`, in *ret. False, with *ret untouched, if they are not all there. */
static inline bool span_sub(struct span s, size_t offset, size_t len, struct span *ret)
{
	if (offset > s.len || len > s.len - offset)
		return false;
	*ret = (struct span){s.at + offset, len};
	return true;
}

static inline uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static inline uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t le32(const uint8_t *p)
{
	return (uint32_t)le16(p + 2) << 16 | le16(p);
}

static inline uint64_t le64(const uint8_t *p)
{
	return (uint64_t)le32(p + 4) << 32 | le32(p);
}

static inline void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
