/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SNMP agents of the scripted network. Hardware: none. See sim_snmp.h. */
#include "host/sim_snmp.h"
#include "core/address.h"

#define NAMES_MAX   8
#define ROWS_MAX    24
#define AUTH_ERROR  16
#define ENDLESS_AT  14   /* bytes of a name, behind which */
#define ENDLESS_ARC 1000 /* arcs go up and up from here */
#define TOO_BIG     1
#define VERSION_2C  1

/* ---- the table ---- */

bool sim_snmp_manner_read(struct text word, enum sim_snmp_manner *ret)
{
	static const char *const names[SIM_SNMP_MANNERS] = {
		"good", "loops", "endless", "other", "refuses", "toobig", "wrongid", "cut"};

	for (size_t i = 0; i < SIM_SNMP_MANNERS; i++) {
		if (text_is(word, names[i])) {
			*ret = (enum sim_snmp_manner)i;
			return true;
		}
	}
	return false;
}

/* "1.3.6.1.2..." */
static bool read_oid(struct text dotted, struct oid *ret)
{
	struct oid oid = oid_of("\x2b");
	size_t at = 0;
	unsigned arcs = 0;

	while (at < dotted.len) {
		size_t from = at;
		uint64_t arc;

		while (at < dotted.len && dotted.at[at] != '.')
			at++;
		if (!text_number((struct text){dotted.at + from, at - from}, &arc) ||
			arc > UINT32_MAX)
			return false;
		if (arcs++ >= 2)
			oid_add(&oid, (uint32_t)arc);
		at++;
	}
	*ret = oid;
	return arcs > 2;
}

static bool read_value(struct text type, struct text value, struct sim_object *o)
{
	static const struct {
		const char *type;
		uint8_t tag;
	} types[] = {{"number", BER_INTEGER}, {"counter", SNMP_COUNTER}, {"gauge", SNMP_GAUGE},
		{"rising", SNMP_COUNTER}};
	struct mac mac;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (text_is(type, types[i].type)) {
			o->tag = types[i].tag;
			if (!text_number(value, &o->number))
				return false;
			o->step = text_is(type, "rising") ? o->number : 0;
			return true;
		}
	}
	o->tag = BER_OCTETS;
	if (text_is(type, "mac") && mac_read(value, &mac)) {
		o->len = MAC_BYTES;
		memcpy(o->bytes, mac.at, MAC_BYTES);
		return true;
	}
	o->len = value.len;
	if (value.len <= sizeof(o->bytes))
		memcpy(o->bytes, value.at, value.len);
	return text_is(type, "text") && value.len <= sizeof(o->bytes);
}

bool sim_mib_add(struct sim_mib *mib, struct text spec)
{
	struct text name, type, value;
	struct sim_object o = {0};
	size_t at = mib->count;

	if (at == SIM_MIB_MAX || !text_word(&spec, &name) || !text_word(&spec, &type) ||
		!text_word(&spec, &value) || !read_oid(name, &o.name) ||
		!read_value(type, value, &o))
		return false;
	while (at > 0 && oid_compare(oid_span(&mib->at[at - 1].name), oid_span(&o.name)) > 0) {
		mib->at[at] = mib->at[at - 1];
		at--;
	}
	mib->at[at] = o;
	mib->count++;
	return true;
}

/* The first object from `name` on, or behind it. NULL: none. */
static struct sim_object *find(struct sim_mib *mib, struct span name, bool behind)
{
	for (size_t i = 0; i < mib->count; i++) {
		if (oid_compare(oid_span(&mib->at[i].name), name) >= (behind ? 1 : 0))
			return &mib->at[i];
	}
	return NULL;
}

/* ---- answering ---- */

struct question {
	struct ber_writer w; /* what is written in answer */
	struct sim_mib *mib;
	enum sim_snmp_manner manner;
	uint8_t pdu;
	uint64_t id, repetitions;
	size_t count;
	struct span names[NAMES_MAX];
};

/* The name and value that answer `name`; behind it or not, as the operation says. */
struct row {
	struct oid name;
	const struct sim_object *object; /* NULL: there is none */
};

static struct row row_of(const struct question *q, struct span name)
{
	const bool behind = q->pdu != SNMP_GET;
	struct sim_object *o = find(q->mib, name, behind);
	struct row row = {.object = o};

	if (!behind && o != NULL && oid_compare(oid_span(&o->name), name) != 0)
		row.object = NULL;
	row.name.len = name.len < OID_BYTES ? name.len : OID_BYTES;
	memcpy(row.name.at, name.at, row.name.len);
	if (behind && q->manner == SIM_SNMP_ENDLESS && q->mib->count > 0) {
		row.object = &q->mib->at[0];
		row.name.len = name.len < ENDLESS_AT ? name.len : ENDLESS_AT;
		while (row.name.len < ENDLESS_AT)
			oid_add(&row.name, 1);
		oid_add(&row.name, ENDLESS_ARC + (uint32_t)q->mib->at[0].number++);
	} else if (behind && o != NULL && q->manner != SIM_SNMP_LOOPS) {
		row.name = o->name;
	}
	if (q->manner == SIM_SNMP_OTHER)
		oid_add(&row.name, 99);
	if (o != NULL && row.object == o)
		o->number += o->step;
	return row;
}

static void write_row(struct ber_writer *w, const struct row *row, uint8_t none)
{
	const size_t end = w->at;

	if (row->object == NULL)
		ber_element(w, none, NULL, 0);
	else if (row->object->tag == BER_OCTETS)
		ber_element(w, BER_OCTETS, row->object->bytes, row->object->len);
	else
		ber_unsigned(w, row->object->tag, row->object->number);
	ber_element(w, BER_OID, row->name.at, row->name.len);
	ber_header(w, BER_SEQUENCE, end);
}

/* All bindings of the answer, last first as the writer wants them. */
static void write_rows(struct question *q)
{
	struct row rows[ROWS_MAX];
	size_t count = 0, repetitions = q->pdu == SNMP_GET_BULK ? (size_t)q->repetitions : 1;

	for (size_t i = 0; i < q->count && count < ROWS_MAX; i++)
		rows[count++] = row_of(q, q->names[i]);
	for (size_t n = 1; n < repetitions && count < ROWS_MAX && rows[count - 1].object != NULL;
		n++) {
		rows[count] = row_of(q, oid_span(&rows[count - 1].name));
		count++;
	}
	while (count > 0)
		write_row(&q->w, &rows[--count], q->pdu == SNMP_GET ? SNMP_NO_INSTANCE : SNMP_END);
}

static bool read_question(struct span message, struct text community, struct question *q)
{
	struct span body, given, pdu, bindings, binding, number;
	struct ber element;
	uint64_t version;

	if (!ber_read_as(&message, BER_SEQUENCE, &body) ||
		!ber_read_as(&body, BER_INTEGER, &number) || !ber_number(number, false, &version) ||
		version != VERSION_2C || !ber_read_as(&body, BER_OCTETS, &given) ||
		given.len != community.len || memcmp(given.at, community.at, given.len) != 0 ||
		!ber_read(&body, &element))
		return false;
	q->pdu = element.tag;
	pdu = element.body;
	if (!ber_read_as(&pdu, BER_INTEGER, &number) || !ber_number(number, false, &q->id) ||
		!ber_read_as(&pdu, BER_INTEGER, &number) ||
		!ber_read_as(&pdu, BER_INTEGER, &number) ||
		!ber_number(number, false, &q->repetitions) ||
		!ber_read_as(&pdu, BER_SEQUENCE, &bindings))
		return false;
	while (q->count < NAMES_MAX && ber_read_as(&bindings, BER_SEQUENCE, &binding) &&
		ber_read_as(&binding, BER_OID, &q->names[q->count]))
		q->count++;
	return q->count > 0;
}

size_t sim_snmp_reply(struct sim_mib *mib, struct text community, enum sim_snmp_manner manner,
	struct span message, uint8_t *at)
{
	struct question q = {.w = ber_begin(at, SNMP_WRITE_BYTES), .mib = mib, .manner = manner};
	const size_t end = q.w.at;
	uint64_t error = 0;
	size_t len;

	if (!read_question(message, community, &q))
		return 0;
	if (manner == SIM_SNMP_REFUSES)
		error = AUTH_ERROR;
	else if (manner == SIM_SNMP_TOO_BIG && q.count > 1)
		error = TOO_BIG;
	else
		write_rows(&q);
	ber_header(&q.w, BER_SEQUENCE, end);
	ber_unsigned(&q.w, BER_INTEGER, 0);
	ber_unsigned(&q.w, BER_INTEGER, error);
	ber_unsigned(&q.w, BER_INTEGER, manner == SIM_SNMP_WRONG_ID ? q.id ^ 1 : q.id);
	ber_header(&q.w, SNMP_RESPONSE, end);
	ber_element(&q.w, BER_OCTETS, community.at, community.len);
	ber_unsigned(&q.w, BER_INTEGER, VERSION_2C);
	ber_header(&q.w, BER_SEQUENCE, end);
	len = ber_end(&q.w);
	return len > 0 && manner == SIM_SNMP_CUT ? len - 1 : len;
}
