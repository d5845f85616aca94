/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The closed list of findings: what each code means and what a technician does about it.
 *
 * Pure. docs/FINDINGS.md is generated from this table; reports and triage quote it.
 */
#ifndef KIRIWAKE_CORE_FINDING_H
#define KIRIWAKE_CORE_FINDING_H

#include "core/verdict.h"

enum finding_code {
	FINDING_MEM_BIT_ERROR,
	FINDING_MEM_ADDRESS_ALIAS,
	FINDING_MEM_DIMM_MISSING,
	FINDING_MEM_CORRECTED_ERROR,
	FINDING_MEM_UNCORRECTED_ERROR,
	FINDING_MEM_ROW_DISTURB,
	FINDING_MEM_SLOW_NODE,
	FINDING_MEM_SELFTEST_MISSED,
	FINDING_CPU_CORRECTED_ERROR,
	FINDING_CPU_UNCORRECTED_ERROR,
	FINDING_NIC_NO_DRIVER,
	FINDING_NIC_NO_LINK,
	FINDING_NIC_LINK_FLAP,
	FINDING_NIC_SLOW_LINK,
	FINDING_NIC_ERRORS,
	FINDING_NIC_LOOPBACK_ERROR,
	FINDING_NIC_SELFTEST_FAILED,
	FINDING_NIC_TX_HANG,
	FINDING_NET_DUPLICATE_IP,
	FINDING_NET_DUPLICATE_MAC,
	FINDING_NET_ROGUE_DHCP,
	FINDING_NET_DHCP_TAKEN,
	FINDING_NET_NO_DHCP,
	FINDING_NET_GATEWAY_SILENT,
	FINDING_NET_PACKET_LOSS,
	FINDING_NET_PACKET_CORRUPT,
	FINDING_NET_LOOP,
	FINDING_NET_STORM,
	FINDING_NET_MTU_HOLE,
	FINDING_NET_VLAN_MISMATCH,
	FINDING_NET_DUPLEX_MISMATCH,
	FINDING_NET_ROGUE_RA,
	FINDING_NET_SERVICE_UNREACHABLE,
	FINDING_NET_UNEXPECTED,
	FINDING_NET_CHANGED,
	FINDING_DISK_READ_ERROR,
	FINDING_DISK_READ_UNSTEADY,
	FINDING_DISK_FIRMWARE_LIED,
	FINDING_DISK_TIMEOUT,
	FINDING_DISK_SLOW_REGION,
	FINDING_DISK_UNREACHABLE,
	FINDING_DISK_SMART_FAILING,
	FINDING_DISK_SMART_WARNING,
	FINDING_DISK_SMART_WORN,
	FINDING_DISK_ERRORS_GREW,
	FINDING_DISK_LINK_ERRORS,
	FINDING_DISK_LINK_DEGRADED,
	FINDING_DISK_CHANGED,
	FINDING_MACHINE_CHANGED,
	FINDING_LOG_UNAVAILABLE,
	FINDING_OPTION_UNKNOWN,
	FINDING_OPTION_BAD_VALUE,
	FINDING_RUN_INTERRUPTED,
	FINDING_COUNT
};

/* How sure it is that the suspect is the guilty part. */
enum surety {
	HINT, /* healthy machines show this, too: look, replace nothing for it */
	LIKELY, /* the fault is there; a neighbour of the suspect (cable, slot, controller) may cause it */
	SURE /* seen directly, and nothing but the suspect can do it */
};

struct finding_info {
	const char *code;     /* "mem-bit-error": never renamed once released */
	enum verdict verdict; /* FAIL or WARN, what it means for the run */
	const char *
		suspect; /* part id suspected when the finding names none: "mem", "net"...; NULL: no part */
	enum surety surety;
	const char *seen;  /* what was seen */
	const char *means; /* what it means */
	const char *next;  /* what to do next; one sentence, imperative */
	const char *sure;  /* why that sure, and what else looks the same */
};

/* "a hint", "likely", "sure". Never NULL. */
const char *surety_name(enum surety surety);

/* Never NULL for code < FINDING_COUNT. */
const struct finding_info *finding_info(enum finding_code code);

#endif
