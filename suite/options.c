/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The options of a run: the table, defaults, printing. Pure. See options.h; options_read.c reads them. */
#include "suite/options.h"
#include "memtest/inject.h"
#include "memtest/kernel_choice.h"
#include "suite/option_table.h"

#define AT(member) offsetof(struct config, member)

#define MS      UINT64_C(1000000)
#define SECONDS (1000 * MS)
#define HOURS   (3600 * SECONDS)
#define DAYS    (24 * HOURS)
#define MIB     (UINT64_C(1) << 20)
#define GIB     (UINT64_C(1) << 30)

#define LOG_KEEP_DEFAULT    10
#define MEM_RESERVE_DEFAULT (32 * MIB)
#define MEM_FADE_DEFAULT    (120 * SECONDS) /* many refresh intervals, should refresh fail */
#define MEM_HAMMER_DEFAULT  (24 * SECONDS)
#define NET_PREFIX_DEFAULT  24
#define PING_PACE_DEFAULT   (50 * MS)
#define HOST_TEXT           "an address such as 192.168.1.1, or none"
#define DISKS_TEXT          "globs over id, model, serial and bus, such as disk1 nvme *SAMSUNG*"

static const char *const profile_words[] = {
	"quick", "full", "memory", "network", "disk", "burnin", "selftest", NULL};
static const char *const finish_words[] = {"menu", "shutdown", "reboot", "exit", "qemu-exit", NULL};
static const char *const self_test_words[] = {"off", "short", NULL};
static const char *const serial_words[] = {"auto", "on", "off", NULL};
static const char *const dhcp_words[] = {"lease", "probe", "off", NULL};
static const char *const loopback_words[] = {"auto", "force", NULL};
static const char *const cpus_words[] = {"all", "one", "round-robin", NULL};
static const char *const mp_words[] = {"auto", "nonblocking", "blocking", "single", NULL};
static const char *const zero_none[] = {"none"};
static const char *const zero_off[] = {"off"};
static const char *const zero_auto[] = {"auto"};
static const char *const zero_all[] = {"all"};

const struct option option_table[] = {
	{"profile", &option_word, AT(profile), profile_words, 0, 0,
		"quick, full, memory, network, disk, burnin, selftest",
		"Which checks run, and how long"},
	{"checks", &option_globs, AT(checks), NULL, 0, 0,
		"globs over check ids, such as mem.* -mem.address; a minus excludes",
		"Which checks run, instead of what the profile says"},
	{"budget", &option_duration, AT(budget_ns), zero_none, SECONDS, 30 * DAYS,
		"a time from 1s to 30d, such as 90s, 30m or 8h, or none",
		"Time for the whole run; what was not reached is reported as such"},
	{"passes", &option_number, AT(passes), zero_auto, 1, 1000000, "1 to 1000000, or auto",
		"How often the checks run; auto: once, in a burn-in until the budget ends"},
	{"on_finish", &option_word, AT(on_finish), finish_words, 0, 0,
		"menu, shutdown, reboot, exit, qemu-exit",
		"What happens at the end; menu without a screen means shutdown"},
	{"interactive", &option_yes_no, AT(interactive), NULL, 0, 0, "yes, no",
		"Ask what to run first"},
	{"watchdog", &option_seconds, AT(watchdog_s), zero_off, 30 * SECONDS, HOURS,
		"a time from 30s to 1h in whole seconds, or off",
		"Reset the machine when nothing has moved for so long; the next run names the check that hung"},
	{"serial", &option_word, AT(serial), serial_words, 0, 0, "auto, on, off",
		"Whether to write to the serial line as well"},
	{"log.keep", &option_number, AT(log_keep), zero_all, 1, 9999, "1 to 9999, or all",
		"The newest runs whose bulky files are never dropped to make room"},
	{"net.ip", &option_own_ip, 0, NULL, 0, 0, "a host address such as 192.168.1.20/24, or none",
		"This server's own address: searched for a second owner, then spoken from"},
	{"net.gateway", &option_ip, AT(net_gateway), NULL, 0, 0, HOST_TEXT, "The router to reach"},
	{"net.peer", &option_ip, AT(net_peer), NULL, 0, 0, HOST_TEXT,
		"Another machine to reach, on this network or behind the router"},
	{"net.dns", &option_ip, AT(net_dns), NULL, 0, 0, HOST_TEXT,
		"A DNS server that must answer; otherwise the one that DHCP names is asked"},
	{"net.tcp", &option_services, AT(net_tcp), NULL, 0, 0,
		"host:port words such as nas:2049 10.0.0.5:22, or nothing",
		"TCP services that this server must reach"},
	{"net.expect_mac", &option_own_mac, 0, NULL, 0, 0,
		"a card address such as 52:54:00:12:34:56, or none",
		"The card that net.ip belongs to"},
	{"net.expect_gateway_mac", &option_mac, AT(net_expect_gateway_mac), NULL, 0, 0,
		"a MAC address such as 00:1b:17:00:01:01, or none",
		"The gateway is to have this MAC address"},
	{"net.expect_vlan", &option_number, AT(net_expect_vlan), zero_none, 1, 4094,
		"1 to 4094, or none", "The switch port is to be in this VLAN"},
	{"net.expect_switch", &option_globs, AT(net_expect_switch), NULL, 0, 0,
		"a glob over the switch's name, a blank and its port, such as sw-rack7*/22, or nothing",
		"The cable is to lead to this switch port"},
	{"net.expect_dhcp", &option_ip, AT(net_expect_dhcp), NULL, 0, 0, HOST_TEXT,
		"This DHCP server, and no other, is to answer"},
	{"net.expect_ipv6_router", &option_mac, AT(net_expect_ipv6_router), NULL, 0, 0,
		"a MAC address such as 00:1b:17:00:01:01, or none",
		"This IPv6 router, and no other, is to announce itself"},
	{"net.dhcp", &option_word, AT(net_dhcp), dhcp_words, 0, 0, "lease, probe, off",
		"Lease an address and give it back at the end; only ask who would offer one; or neither"},
	{"net.snmp.community", &option_secret, AT(net_snmp_community), NULL, 0, 0,
		"1 to 32 printable characters but \", or nothing",
		"Reads the switch by SNMP v2c: which port a MAC address is on, and what this server's port counts; never shown"},
	{"net.snmp.agent", &option_ip, AT(net_snmp_agent), NULL, 0, 0, HOST_TEXT,
		"The switch's address for SNMP; otherwise the one that it names by LLDP or CDP"},
	{"net.ping.count", &option_number, AT(net_ping_count), zero_auto, 1, 100000,
		"1 to 100000, or auto", "Echo requests per target; auto: as the profile says"},
	{"net.ping.pace", &option_duration, AT(net_ping_pace_ns), NULL, 10 * MS, 10 * SECONDS,
		"a time from 10ms to 10s", "From one echo request to the next"},
	{"nic.loopback", &option_word, AT(nic_loopback), loopback_words, 0, 0, "auto, force",
		"force: the loopback test also on the only link of a machine with a BMC, whose remote console may hang on it"},
	{"mem.range", &option_range, 0, NULL, 0, 0,
		"addresses such as 0x100000000-0x200000000, 4G-8G or 4G-, or all",
		"Physical memory to test, from the first address up to but not including the last"},
	{"mem.cpus", &option_word, AT(mem_cpus), cpus_words, 0, 0, "all, one, round-robin",
		"Which CPUs test memory"},
	{"mem.mp", &option_word, AT(mem_mp), mp_words, 0, 0, "auto, nonblocking, blocking, single",
		"How work reaches the other CPUs"},
	{"mem.kernel", &option_word, AT(mem_kernel), kernel_words, 0, 0,
		"auto, scalar, sse2, avx2, avx512",
		"How wide the registers are that memory is tested with; auto: the fastest that all CPUs have"},
	{"mem.patterns", &option_globs, AT(mem_patterns), NULL, 0, 0,
		"names of backgrounds, or nothing",
		"Backgrounds of the memory tests; nothing: as the profile says"},
	{"mem.reserve", &option_size, AT(mem_reserve_bytes), NULL, 4 * MIB, GIB,
		"a size from 4M to 1G", "Memory left to the firmware"},
	{"mem.fade.time", &option_duration, AT(mem_fade_ns), NULL, SECONDS, HOURS,
		"a time from 1s to 1h",
		"How long mem.bit-fade leaves memory alone, each of two times"},
	{"mem.inject", &option_inject, AT(mem_inject), NULL, 0, 0, INJECT_ACCEPTED,
		"Faults to plant in memory, which the tests must then find; for trying out the tester"},
	{"mem.hammer.time", &option_duration, AT(mem_hammer_ns), NULL, SECONDS, DAYS,
		"a time from 1s to 1d, such as 24s or 10m", "How long mem.row-hammer reads rows"},
	{"disk.only", &option_globs, AT(disk_only), NULL, 0, 0, DISKS_TEXT,
		"The only disks to test; nothing: all"},
	{"disk.exclude", &option_globs, AT(disk_exclude), NULL, 0, 0, DISKS_TEXT,
		"Disks not to test"},
	{"disk.boot-medium", &option_yes_no, AT(disk_boot_medium), NULL, 0, 0, "yes, no",
		"Test the medium booted from and the one that carries the log as well, by reading like any other"},
	{"disk.self-test", &option_word, AT(disk_self_test), self_test_words, 0, 0, "off, short",
		"short: let every disk that has a short self-test run it, which takes about two minutes each"},
	{"disk.time", &option_duration, AT(disk_time_ns), zero_auto, SECONDS, 30 * DAYS,
		"a time from 1s to 30d, such as 10m, or auto",
		"Surface scan per disk; auto: as the profile says"},
	{"disk.sample", &option_number, AT(disk_sample), zero_auto, 1, 100,
		"1 to 100 (percent), or auto",
		"How much of each surface is read, evenly spread; auto: as much as there is time for"},
	{"disk.resume", &option_yes_no, AT(disk_resume), NULL, 0, 0, "yes, no",
		"Go on with a front-to-back surface scan where the last run died in it, on the disk with that serial number; behind that place if it is known to be bad"},
	{"disk.together", &option_yes_no, AT(disk_together), NULL, 0, 0, "yes, no",
		"Read the disks in turns as well, to see whether one suffers when others are used between its reads"},
	{"disk.queue-depth", &option_number, AT(disk_queue_depth), zero_off, 1, DISK_QUEUE_MAX,
		"1 to 32, or off",
		"Have so many random reads of 4 KiB in flight at once as well, on NVMe drives whose firmware driver can"},
};

const size_t option_count = ARRAY_LEN(option_table);

void options_defaults(struct config *ret)
{
	*ret = (struct config){
		.profile = PROFILE_QUICK,
		.on_finish = FINISH_MENU,
		.watchdog_s = 0,
		.serial = SERIAL_AUTO,
		.log_keep = LOG_KEEP_DEFAULT,
		.net_prefix = NET_PREFIX_DEFAULT,
		.net_dhcp = DHCP_LEASE,
		.net_ping_pace_ns = PING_PACE_DEFAULT,
		.mem_high = UINT64_MAX,
		.mem_cpus = MEM_CPUS_ALL,
		.mem_mp = MEM_MP_AUTO,
		.mem_kernel = MEM_KERNEL_AUTO,
		.mem_reserve_bytes = MEM_RESERVE_DEFAULT,
		.mem_fade_ns = MEM_FADE_DEFAULT,
		.mem_hammer_ns = MEM_HAMMER_DEFAULT,
	};
}

void options_print(const struct config *config, struct sink out)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];

		fmt(out, "%s=", o->key);
		o->kind->print(o, config, out);
		fmt(out, "\n");
	}
}

/* Text inside a Markdown table: '*' would begin emphasis, '|' end the cell. */
static void put_cell(struct sink out, const char *text)
{
	for (; *text != '\0'; text++)
		fmt(out, "%s%c", *text == '*' || *text == '|' ? "\\" : "", *text);
}

void options_document(struct sink out)
{
	struct config defaults;

	options_defaults(&defaults);
	fmt(out, "| key | accepted | default | meaning |\n|---|---|---|---|\n");
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];

		fmt(out, "| `%s` | ", o->key);
		put_cell(out, o->accepted);
		fmt(out, " | ");
		o->kind->print(o, &defaults, out);
		fmt(out, " | ");
		put_cell(out, o->help);
		fmt(out, " |\n");
	}
}
