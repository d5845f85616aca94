/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SNMP messages: write questions, read responses. Pure. See snmp.h. */
#include "nicprobe/snmp.h"

#define VERSION_2C 1

size_t snmp_write(uint8_t buf[SNMP_WRITE_BYTES], const struct snmp_question *q)
{
	struct ber_writer w = ber_begin(buf, SNMP_WRITE_BYTES);
	const size_t end = w.at;

	for (size_t i = q->count; i > 0; i--) {
		const size_t binding_end = w.at;

		ber_element(&w, BER_NULL, NULL, 0);
		ber_element(&w, BER_OID, q->names[i - 1].at, q->names[i - 1].len);
		ber_header(&w, BER_SEQUENCE, binding_end);
	}
	ber_header(&w, BER_SEQUENCE, end);
	ber_unsigned(&w, BER_INTEGER, q->pdu == SNMP_GET_BULK ? q->repetitions : 0);
	ber_unsigned(&w, BER_INTEGER, 0); /* no error; of GETBULK: no names that do not repeat */
	ber_unsigned(&w, BER_INTEGER, q->id);
	ber_header(&w, (uint8_t)q->pdu, end);
	ber_element(&w, BER_OCTETS, q->community.at, q->community.len);
	ber_unsigned(&w, BER_INTEGER, VERSION_2C);
	ber_header(&w, BER_SEQUENCE, end);
	return ber_end(&w);
}

static bool read_integer(struct span *rest, uint32_t *ret)
{
	struct span body;
	uint64_t number;

	if (!ber_read_as(rest, BER_INTEGER, &body) || !ber_number(body, false, &number) ||
		number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	return true;
}

bool snmp_read(struct span pkt, struct snmp_response *ret)
{
	struct span message, community, pdu;
	struct snmp_response r;
	uint32_t version, error_index;

	if (!ber_read_as(&pkt, BER_SEQUENCE, &message) || !read_integer(&message, &version) ||
		version != VERSION_2C || !ber_read_as(&message, BER_OCTETS, &community) ||
		!ber_read_as(&message, SNMP_RESPONSE, &pdu) || !read_integer(&pdu, &r.id) ||
		!read_integer(&pdu, &r.error) || !read_integer(&pdu, &error_index) ||
		!ber_read_as(&pdu, BER_SEQUENCE, &r.bindings))
		return false;
	*ret = r;
	return true;
}

static bool is_counter(uint8_t tag)
{
	return tag == SNMP_COUNTER || tag == SNMP_GAUGE || tag == SNMP_TICKS ||
	       tag == SNMP_COUNTER64;
}

static struct snmp_value value_of(struct ber element)
{
	struct snmp_value v = {.there = element.tag != BER_NULL && element.tag != SNMP_NO_OBJECT &&
					element.tag != SNMP_NO_INSTANCE && element.tag != SNMP_END};

	if (element.tag == BER_INTEGER || is_counter(element.tag))
		v.is_number = ber_number(element.body, is_counter(element.tag), &v.number);
	if (element.tag == BER_OCTETS) {
		v.len = element.body.len < SNMP_VALUE_BYTES ? element.body.len : SNMP_VALUE_BYTES;
		memcpy(v.bytes, element.body.at, v.len);
	}
	return v;
}

bool snmp_next_binding(struct span *rest, struct snmp_binding *ret)
{
	struct span after = *rest, binding, name;
	struct ber value;

	if (!ber_read_as(&after, BER_SEQUENCE, &binding) ||
		!ber_read_as(&binding, BER_OID, &name) || !ber_read(&binding, &value))
		return false;
	*rest = after;
	*ret = (struct snmp_binding){name, value_of(value)};
	return true;
}

const char *snmp_error_text(uint32_t error)
{
	static const char *const texts[] = {"no error", "the answer would be too big",
		"no such name", "bad value", "read only", "general error", "access denied"};

	return error < ARRAY_LEN(texts) ? texts[error]
	       : error == 16            ? "not authorized"
					: "another error";
}
