/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SNMP version 2c: questions to write, responses to read.
 *
 * Pure.
 * Spec.  RFC 3416 (operations), RFC 1901 (message), RFC 2578 section 7 (types of values).
 * Trust. None: a response comes from whoever sends it, and its bindings are looked at one by one, each bounded by its own length.
 */
#ifndef KIRIWAKE_NICPROBE_SNMP_H
#define KIRIWAKE_NICPROBE_SNMP_H

#include "core/text.h"
#include "nicprobe/ber.h"

#define SNMP_PORT        161
#define SNMP_WRITE_BYTES 1024
#define SNMP_READ_BYTES  1472 /* the longest response taken: what fits a frame */
#define SNMP_VALUE_BYTES 64

enum snmp_pdu { SNMP_GET = 0xa0, SNMP_GET_NEXT = 0xa1, SNMP_RESPONSE = 0xa2, SNMP_GET_BULK = 0xa5 };

/* Tags of values besides those of ber.h. The last three say that there is none. */
enum snmp_tag {
	SNMP_ADDRESS = 0x40,
	SNMP_COUNTER = 0x41,
	SNMP_GAUGE = 0x42,
	SNMP_TICKS = 0x43,
	SNMP_COUNTER64 = 0x46,
	SNMP_NO_OBJECT = 0x80,
	SNMP_NO_INSTANCE = 0x81,
	SNMP_END = 0x82
};

struct snmp_question {
	enum snmp_pdu pdu;
	uint32_t id; /* below 2^31 */
	struct text community;
	uint32_t repetitions; /* of SNMP_GET_BULK, for all names */
	size_t count;
	const struct oid *names;
};

/* Writes it to buf[SNMP_WRITE_BYTES]. Returns the length; 0: it does not fit. */
size_t snmp_write(uint8_t buf[SNMP_WRITE_BYTES], const struct snmp_question *q);

struct snmp_response {
	uint32_t id;
	uint32_t error; /* error-status; 0: none */
	struct span bindings;
};

/* False, *ret untouched: not a version 2c response that is whole up to its list of bindings. */
bool snmp_read(struct span pkt, struct snmp_response *ret);

struct snmp_value {
	bool there;      /* false: the agent has no such object */
	bool is_number;  /* integers, counters, gauges */
	uint64_t number; /* 0 unless is_number */
	size_t len;      /* of an octet string, cut to fit */
	uint8_t bytes[SNMP_VALUE_BYTES];
};

struct snmp_binding {
	struct span name; /* encoding, part of the response */
	struct snmp_value value;
};

/* Takes the next binding off *rest. False, both untouched: none is left, or it is malformed. */
bool snmp_next_binding(struct span *rest, struct snmp_binding *ret);

/* "no such name", "access denied"... for an error-status that is not 0. */
const char *snmp_error_text(uint32_t error);

#endif
