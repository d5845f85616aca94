/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking an SNMP agent: one question at a time, repeated where it gets lost, within a limit of questions and time.
 *
 * Pure over struct nic. Only from an address that is ours.
 * Trust. None: an agent that leads in circles, answers something else than was asked, or never comes to an end costs its limit
 *        and no more. The community is sent in clear, as version 2c has it, and never put into a record.
 */
#ifndef KIRIWAKE_NICPROBE_SNMP_CLIENT_H
#define KIRIWAKE_NICPROBE_SNMP_CLIENT_H

#include "core/address.h"
#include "core/config.h"
#include "nicprobe/snmp.h"

struct run;
struct heard;
struct ipv4;
struct udp;

/* What came of the agent so far; from SILENT on, nothing more is asked. */
enum snmp_state {
	SNMP_FINE,
	SNMP_REFUSES,   /* it answered the last question with an error */
	SNMP_SILENT,    /* no answer at all */
	SNMP_NO_WAY,    /* no MAC address to send to, or our own address was lost */
	SNMP_LIES,      /* its tables are not in order, or it answers what was not asked */
	SNMP_EXHAUSTED, /* the limit of questions or time was reached */
	SNMP_STOPPED    /* the run is to stop */
};

struct snmp_client {
	struct ip4 agent;
	struct mac next_hop;
	unsigned
		vlan; /* whose tables are asked for, by "community@vlan" as Cisco has it; 0: none named */
	enum snmp_state state;
	uint32_t error; /* error-status with SNMP_REFUSES */
	unsigned asked; /* questions, repetitions not counted */
	unsigned answered;
	uint64_t end_ns;

	bool waiting; /* for the response to question `id` at `own_port` */
	uint32_t id;
	uint16_t own_port;
	size_t len; /* of the response */
	uint8_t response[SNMP_READ_BYTES];
};

#define SNMP_NAMES_MAX 8 /* in one question */

/* Finds the way to `agent` and gets ready to ask it. Our address must be held. False: no way. */
bool snmp_begin(struct run *run, struct ip4 agent);

/* The values of `count` objects, at most SNMP_NAMES_MAX, into ret[count]: what the agent does not have is not `there`. An agent
 * that refuses all of them together is asked for each. False: nothing was answered; ret[] is void. */
bool snmp_get(struct run *run, const struct oid *names, size_t count, struct snmp_value *ret);

/* The object behind `name` in the agent's order, its name below `base` in *ret_rest, which is valid up to the next question.
 * False, outputs untouched: there is none below `base`, or no answer. */
bool snmp_next(struct run *run, const struct oid *base, const struct oid *name,
	struct span *ret_rest, struct snmp_value *ret);

/* Calls each(arg, rest, value) for the objects below `base` in order, until it returns false; `rest` is the name below it. */
void snmp_walk(struct run *run, const struct oid *base,
	bool (*each)(void *arg, struct span rest, const struct snmp_value *value), void *arg);

/* Why the client's last question has no answer, for people. */
const char *snmp_state_text(const struct snmp_client *c);

/* What the pump does with a datagram from the agents' port. False: malformed. */
bool snmp_hear(
	struct run *run, const struct heard *h, const struct ipv4 *ip, const struct udp *udp);

#endif
