/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* BER elements and object identifiers. Pure. See ber.h. */
#include "nicprobe/ber.h"

#define LONG_FORM     0x80u
#define MULTI_TAG     0x1fu /* the tag goes on in the next byte: SNMP has no such */
#define LENGTH_BYTES  4     /* at most, behind the first */
#define NUMBER_BYTES  8
#define MORE          0x80u /* an arc goes on in the next byte */
#define ARC_BITS      7
#define ARC_BYTES_MAX 5

bool ber_read(struct span *rest, struct ber *ret)
{
	size_t at = 2, len, count;
	struct span body;

	if (rest->len < 2 || (rest->at[0] & MULTI_TAG) == MULTI_TAG)
		return false;
	len = rest->at[1];
	if (len & LONG_FORM) {
		count = len & ~LONG_FORM;
		if (count == 0 || count > LENGTH_BYTES || count > rest->len - at)
			return false;
		for (len = 0; count > 0; count--)
			len = len << 8 | rest->at[at++];
	}
	if (!span_sub(*rest, at, len, &body))
		return false;
	*ret = (struct ber){rest->at[0], body};
	*rest = (struct span){body.at + len, rest->len - at - len};
	return true;
}

bool ber_read_as(struct span *rest, uint8_t tag, struct span *ret_body)
{
	struct span after = *rest;
	struct ber element;

	if (!ber_read(&after, &element) || element.tag != tag)
		return false;
	*rest = after;
	*ret_body = element.body;
	return true;
}

bool ber_number(struct span body, bool is_unsigned, uint64_t *ret)
{
	uint64_t number = 0;

	if (body.len == 0 || body.len > NUMBER_BYTES + 1 || (!is_unsigned && body.at[0] & 0x80) ||
		(body.len == NUMBER_BYTES + 1 && body.at[0] != 0))
		return false;
	for (size_t i = 0; i < body.len; i++)
		number = number << 8 | body.at[i];
	*ret = number;
	return true;
}

/* ---- writing ---- */

struct ber_writer ber_begin(uint8_t *buf, size_t cap)
{
	return (struct ber_writer){buf, cap, cap, false};
}

void ber_bytes(struct ber_writer *w, const void *bytes, size_t len)
{
	if (len > w->at)
		w->overflow = true;
	if (w->overflow || len == 0)
		return;
	w->at -= len;
	memcpy(w->buf + w->at, bytes, len);
}

void ber_header(struct ber_writer *w, uint8_t tag, size_t end)
{
	uint8_t head[2 + LENGTH_BYTES];
	size_t len = end - w->at, at = sizeof(head);

	if (w->overflow)
		return;
	for (size_t left = len; at == sizeof(head) || left > 0; left >>= 8)
		head[--at] = (uint8_t)left;
	if (len >= LONG_FORM) {
		const uint8_t count = (uint8_t)(sizeof(head) - at);

		head[--at] = (uint8_t)(LONG_FORM | count);
	}
	head[--at] = tag;
	ber_bytes(w, head + at, sizeof(head) - at);
}

void ber_element(struct ber_writer *w, uint8_t tag, const void *bytes, size_t len)
{
	const size_t end = w->at;

	ber_bytes(w, bytes, len);
	ber_header(w, tag, end);
}

void ber_unsigned(struct ber_writer *w, uint8_t tag, uint64_t number)
{
	uint8_t bytes[NUMBER_BYTES + 1];
	size_t at = sizeof(bytes);

	do {
		bytes[--at] = (uint8_t)number;
		number >>= 8;
	} while (number > 0);
	if (bytes[at] & 0x80) /* it would read as negative */
		bytes[--at] = 0;
	ber_element(w, tag, bytes + at, sizeof(bytes) - at);
}

size_t ber_end(struct ber_writer *w)
{
	const size_t len = w->cap - w->at;

	if (w->overflow)
		return 0;
	memmove(w->buf, w->buf + w->at, len);
	return len;
}

/* ---- object identifiers ---- */

struct oid oid_of(const char *encoding)
{
	struct oid oid = {0};

	while (encoding[oid.len] != '\0' && oid.len < OID_BYTES) {
		oid.at[oid.len] = (uint8_t)encoding[oid.len];
		oid.len++;
	}
	return oid;
}

void oid_add(struct oid *oid, uint32_t arc)
{
	uint8_t bytes[ARC_BYTES_MAX];
	size_t at = sizeof(bytes);
	uint8_t more = 0;

	do {
		bytes[--at] = (uint8_t)((arc & ~MORE & 0xff) | more);
		arc >>= ARC_BITS;
		more = MORE;
	} while (arc > 0);
	if (sizeof(bytes) - at > OID_BYTES - oid->len)
		return;
	memcpy(oid->at + oid->len, bytes + at, sizeof(bytes) - at);
	oid->len += sizeof(bytes) - at;
}

bool oid_arc(struct span *rest, uint32_t *ret)
{
	uint64_t arc = 0;

	for (size_t i = 0; i < rest->len && i < ARC_BYTES_MAX; i++) {
		arc = arc << ARC_BITS | (rest->at[i] & ~MORE & 0xff);
		if (rest->at[i] & MORE)
			continue;
		if (arc > UINT32_MAX)
			return false;
		*ret = (uint32_t)arc;
		*rest = (struct span){rest->at + i + 1, rest->len - i - 1};
		return true;
	}
	return false;
}

bool oid_below(struct span name, const struct oid *base, struct span *ret)
{
	return name.len > base->len && memcmp(name.at, base->at, base->len) == 0 &&
	       span_sub(name, base->len, name.len - base->len, ret);
}

int oid_compare(struct span a, struct span b)
{
	while (a.len > 0 && b.len > 0) {
		uint32_t arc_a, arc_b;
		const bool good_a = oid_arc(&a, &arc_a), good_b = oid_arc(&b, &arc_b);

		if (!good_a || !good_b)
			return good_b - good_a;
		if (arc_a != arc_b)
			return arc_a < arc_b ? -1 : 1;
	}
	return (a.len > 0) - (b.len > 0);
}
