/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SNMP agents of the scripted network: one table of objects, which every agent there has, and ways of answering badly.
 *
 * Hardware: none.
 */
#ifndef KIRIWAKE_HOST_SIM_SNMP_H
#define KIRIWAKE_HOST_SIM_SNMP_H

#include "core/text.h"
#include "nicprobe/ipv4.h"
#include "nicprobe/snmp.h"

#define SIM_MIB_MAX 64

struct sim_object {
	struct oid name;
	uint8_t tag;
	uint64_t number; /* unless tag is BER_OCTETS; grows by `step` at every reading */
	uint64_t step;
	size_t len;
	uint8_t bytes[SNMP_VALUE_BYTES];
};

/* In the order of names. */
struct sim_mib {
	size_t count;
	struct sim_object at[SIM_MIB_MAX];
};

/* How an agent answers. */
enum sim_snmp_manner {
	SIM_SNMP_GOOD,
	SIM_SNMP_LOOPS,    /* what follows an object is itself */
	SIM_SNMP_ENDLESS,  /* every object is followed by one more, for ever */
	SIM_SNMP_OTHER,    /* says something else than was asked */
	SIM_SNMP_REFUSES,  /* error-status 16 */
	SIM_SNMP_TOO_BIG,  /* more than one object at once is too big */
	SIM_SNMP_WRONG_ID, /* of another question */
	SIM_SNMP_CUT,      /* the last byte is missing */
	SIM_SNMP_MANNERS
};

/* "loops"... False: no such word. */
bool sim_snmp_manner_read(struct text word, enum sim_snmp_manner *ret);

/* Adds "OID TYPE VALUE": number, counter, gauge N; rising N (a counter that grows by N at every reading); text WORD; mac ADDRESS. */
bool sim_mib_add(struct sim_mib *mib, struct text spec);

/* What an agent with that community says to a message: written to at[SNMP_WRITE_BYTES]. Returns the length; 0: nothing. */
size_t sim_snmp_reply(struct sim_mib *mib, struct text community, enum sim_snmp_manner manner,
	struct span question, uint8_t *at);

#endif
