/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The options of a run, as typed values. suite/options.c reads them from text.
 *
 * Pure.
 */
#ifndef KIRIWAKE_CORE_CONFIG_H
#define KIRIWAKE_CORE_CONFIG_H

#include "core/address.h"
#include "core/machine.h"

enum profile {
	PROFILE_QUICK,
	PROFILE_FULL,
	PROFILE_MEMORY,
	PROFILE_NETWORK,
	PROFILE_DISK,
	PROFILE_BURNIN,
	PROFILE_SELFTEST
};
enum finish { FINISH_MENU, FINISH_SHUTDOWN, FINISH_REBOOT, FINISH_EXIT, FINISH_QEMU_EXIT };
enum dhcp_use { DHCP_LEASE, DHCP_PROBE, DHCP_OFF };
enum loopback_use {
	LOOPBACK_AUTO,
	LOOPBACK_FORCE
}; /* force: also on the only link of a machine with a BMC */
enum mem_cpus { MEM_CPUS_ALL, MEM_CPUS_ONE, MEM_CPUS_ROUND_ROBIN };
enum mem_mp { MEM_MP_AUTO, MEM_MP_NONBLOCKING, MEM_MP_BLOCKING, MEM_MP_SINGLE };
enum mem_kernel {
	MEM_KERNEL_AUTO,
	MEM_KERNEL_SCALAR,
	MEM_KERNEL_SSE2,
	MEM_KERNEL_AVX2,
	MEM_KERNEL_AVX512
};
enum self_test { SELF_TEST_OFF, SELF_TEST_SHORT };
enum serial_use { SERIAL_AUTO, SERIAL_ON, SERIAL_OFF };

#define CONFIG_GLOBS  160
#define CONFIG_SECRET 33

struct config {
	enum profile profile;
	char checks[CONFIG_GLOBS]; /* globs; empty: as the profile says */
	uint64_t budget_ns;        /* 0: none */
	unsigned
		passes; /* 0: as the profile says: 1; burnin: until the budget ends or a key is pressed */
	enum finish on_finish;
	bool interactive;
	unsigned watchdog_s; /* 0: off */
	enum serial_use serial;
	unsigned log_keep; /* newest runs whose bulky files are never dropped; 0: never drop any */

	bool has_net_ip;
	struct ip4 net_ip;
	unsigned net_prefix;        /* 0..32; 24 when none was given */
	struct ip4 net_gateway;     /* value 0: none given */
	struct ip4 net_peer;        /* value 0: none given */
	struct ip4 net_dns;         /* value 0: none given */
	char net_tcp[CONFIG_GLOBS]; /* host:port words; empty: none */
	bool has_net_expect_mac;
	struct mac net_expect_mac;            /* the card that net.ip belongs to */
	struct mac net_expect_gateway_mac;    /* all zero: none given */
	unsigned net_expect_vlan;             /* 0: none given */
	char net_expect_switch[CONFIG_GLOBS]; /* a glob over "name port"; empty: none given */
	struct ip4 net_expect_dhcp;           /* value 0: none given */
	enum dhcp_use net_dhcp;
	struct mac net_expect_ipv6_router;      /* all zero: none given */
	char net_snmp_community[CONFIG_SECRET]; /* never shown; empty: none given */
	struct ip4 net_snmp_agent;              /* value 0: the switch as it names itself */
	enum loopback_use nic_loopback;
	unsigned net_ping_count; /* 0: as the profile says */
	uint64_t net_ping_pace_ns;

	uint64_t mem_low,
		mem_high; /* physical addresses to test, [low, high); 0, UINT64_MAX: all */
	enum mem_cpus mem_cpus;
	enum mem_mp mem_mp;
	enum mem_kernel mem_kernel;
	char mem_patterns[CONFIG_GLOBS]; /* names of backgrounds; empty: as the profile says */
	uint64_t mem_reserve_bytes;
	uint64_t mem_fade_ns; /* how long mem.bit-fade leaves memory alone */
	char mem_inject
		[CONFIG_GLOBS]; /* faults to plant, as memtest/inject.h reads them; empty: none */
	uint64_t mem_hammer_ns; /* how long mem.row-hammer hammers */

	char disk_only[CONFIG_GLOBS]; /* globs over id, model, serial, bus; empty: all */
	char disk_exclude[CONFIG_GLOBS];
	enum self_test disk_self_test;
	uint64_t disk_time_ns; /* surface scan per disk; 0: as the profile says */
	unsigned disk_sample;  /* percent of each surface to read; 0: as much as the time allows */
	bool disk_resume;      /* go on where the last run's scan of a disk stopped */
	bool disk_boot_medium; /* test what we were booted from and what carries the log as well */
	bool disk_together;    /* benchmark all disks at once as well */
	unsigned disk_queue_depth; /* random reads to have in flight at once, as well; 0: none */
};

/* More samples, longer listening, whole surfaces: every profile but quick. */
static inline bool config_thorough(const struct config *c)
{
	return c->profile != PROFILE_QUICK;
}

#endif
