/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* BER: the tagged values that SNMP messages consist of, and object identifiers.
 *
 * Pure. Messages are written from their end to their beginning, so that every length is known when its header is due.
 * Spec.  ITU-T X.690 clause 8: definite lengths, tags of one byte. The subset of RFC 3417 section 8.
 * Trust. None: an element that is longer than what is left is no element. Nothing here recurses or allocates.
 */
#ifndef KIRIWAKE_NICPROBE_BER_H
#define KIRIWAKE_NICPROBE_BER_H

#include "core/bytes.h"

enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_NULL = 0x05,
	BER_OID = 0x06,
	BER_SEQUENCE = 0x30
};

struct ber {
	uint8_t tag;
	struct span body;
};

/* Takes the next element off *rest. False, both untouched: there is none that is whole. */
bool ber_read(struct span *rest, struct ber *ret);

/* The same, of one tag only. */
bool ber_read_as(struct span *rest, uint8_t tag, struct span *ret_body);

/* Big-endian number of 1 to 9 bytes. A first byte with its top bit set is taken for part of an unsigned number if `is_unsigned`,
 * as some agents write counters; else for a negative one. False, *ret untouched: negative, or more than 64 bits. */
bool ber_number(struct span body, bool is_unsigned, uint64_t *ret);

/* ---- writing ---- */

struct ber_writer {
	uint8_t *buf;
	size_t at;     /* what is written begins here */
	size_t cap;    /* and ends here */
	bool overflow; /* something did not fit: all is void */
};

struct ber_writer ber_begin(uint8_t *buf, size_t cap);

/* In front of what is written: bytes as they are; a header for all between here and `end`, an earlier `at`; whole elements. */
void ber_bytes(struct ber_writer *w, const void *bytes, size_t len);
void ber_header(struct ber_writer *w, uint8_t tag, size_t end);
void ber_element(struct ber_writer *w, uint8_t tag, const void *bytes, size_t len);
void ber_unsigned(struct ber_writer *w, uint8_t tag, uint64_t number);

/* Moves the message to the start of the buffer. Returns its length; 0: it did not fit. */
size_t ber_end(struct ber_writer *w);

/* ---- object identifiers ---- */

#define OID_BYTES 64

/* As its encoding: every arc big-endian in groups of 7 bits. */
struct oid {
	size_t len;
	uint8_t at[OID_BYTES];
};

/* From an encoding without NUL bytes in it, "\x2b\6\1\2\1": 1.3.6.1.2.1. At most OID_BYTES. */
struct oid oid_of(const char *encoding);

/* Adds an arc; one that does not fit is left out, which makes an object that no agent has. */
void oid_add(struct oid *oid, uint32_t arc);

/* Takes the next arc of an encoding off *rest. False, both untouched: none is left, it is cut, or has more than 32 bits. */
bool oid_arc(struct span *rest, uint32_t *ret);

/* Whether the encoding `name` lies in the subtree of `base`, without being it. *ret: what follows. */
bool oid_below(struct span name, const struct oid *base, struct span *ret);

/* Order of two encodings: < 0, 0, > 0. An arc that cannot be read is the greatest of all. */
int oid_compare(struct span a, struct span b);

static inline struct span oid_span(const struct oid *oid)
{
	return (struct span){oid->at, oid->len};
}

#endif
