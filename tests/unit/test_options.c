/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Options: what is read, what is refused and how that is said, and that printing and reading are inverse. */
#include "suite/option_table.h"
#include "suite/options.h"
#include "tests/test.h"

static struct config config;
static struct option_problems problems;
static char printed[8192];

static void append(void *ctx, const char *text, size_t len)
{
	size_t used = strlen(printed);

	(void)ctx;
	CHECK(used + len < sizeof(printed));
	memcpy(printed + used, text, len);
	printed[used + len] = '\0';
}

static struct sink to_printed(void)
{
	printed[0] = '\0';
	return (struct sink){append, NULL};
}

static void read_more(bool words, const char *text, size_t len)
{
	const struct option_source source = {
		.name = "kiriwake.cfg on KIRIWAKELOG", .text = {text, len}, .words = words};

	options_read(&config, &source, &problems);
}

/* Reads on top of the defaults; returns the number of problems. */
static size_t read_text(bool words, const char *text)
{
	options_defaults(&config);
	memset(&problems, 0, sizeof(problems));
	read_more(words, text, strlen(text));
	return problems.count + problems.more;
}

static size_t read_line(const char *text)
{
	return read_text(false, text);
}

static size_t read_words(const char *text)
{
	return read_text(true, text);
}

static const char *problem(size_t i)
{
	static char text[OPTION_PROBLEM_TEXT];

	option_problem_text(&problems.items[i], text, sizeof(text));
	return text;
}

static void test_values(void)
{
	CHECK_U64(read_line("profile = burnin"), 0);
	CHECK_U64(config.profile, PROFILE_BURNIN);
	CHECK_U64(read_line("PROFILE = Full"), 0);
	CHECK_U64(config.profile, PROFILE_FULL);
	CHECK_U64(read_line("checks = mem.*,  -disk.surface\tnet.ping"), 0);
	CHECK_STR(config.checks, "mem.* -disk.surface net.ping");
	CHECK_U64(read_line("budget=30m"), 0);
	CHECK_U64(config.budget_ns, UINT64_C(1800000000000));
	CHECK_U64(read_line("passes=3\npasses=auto"), 0);
	CHECK_U64(config.passes, 0);
	CHECK_U64(read_line("watchdog=off"), 0);
	CHECK_U64(config.watchdog_s, 0);
	CHECK_U64(read_line("watchdog=2m"), 0);
	CHECK_U64(config.watchdog_s, 120);
	CHECK_U64(read_line("interactive=yes"), 0);
	CHECK(config.interactive);
	CHECK_U64(read_line("mem.reserve=64M"), 0);
	CHECK_U64(config.mem_reserve_bytes, 64 << 20);
	CHECK_U64(read_words("mem.inject=stuck@16M,coupling@5"), 0);
	CHECK_STR(config.mem_inject, "stuck@16M coupling@5");
	CHECK_U64(read_line("on_finish=qemu-exit"), 0);
	CHECK_U64(config.on_finish, FINISH_QEMU_EXIT);
	CHECK_U64(read_line("mem.cpus=round-robin"), 0);
	CHECK_U64(config.mem_cpus, MEM_CPUS_ROUND_ROBIN);
}

static void test_addresses(void)
{
	CHECK_U64(read_line("net.ip=192.168.1.20/22"), 0);
	CHECK(config.has_net_ip);
	CHECK_U64(config.net_ip.value, 0xc0a80114);
	CHECK_U64(config.net_prefix, 22);
	CHECK_U64(read_line("net.ip=10.0.0.1"), 0);
	CHECK_U64(config.net_prefix, 24);
	CHECK_U64(read_line("net.ip=10.0.0.0/31"), 0);
	CHECK_U64(read_line("net.ip=10.0.0.1\nnet.ip=none"), 0);
	CHECK(!config.has_net_ip);
	CHECK_U64(read_line("net.gateway=10.0.0.254"), 0);
	CHECK_U64(config.net_gateway.value, 0x0a0000fe);
	CHECK_U64(read_line("net.expect_mac=52-54-00-AB-cd-ef"), 0);
	CHECK(config.has_net_expect_mac && config.net_expect_mac.at[3] == 0xab);
	CHECK_U64(read_line("mem.range=0x100000000-0x200000000"), 0);
	CHECK_U64(config.mem_low, UINT64_C(1) << 32);
	CHECK_U64(config.mem_high, UINT64_C(2) << 32);
	CHECK_U64(read_line("mem.range = 4G - 8GiB"), 0);
	CHECK_U64(config.mem_high, UINT64_C(8) << 30);
	CHECK_U64(read_line("mem.range=4G-"), 0);
	CHECK_U64(config.mem_high, UINT64_MAX);
}

/* Each is refused, and the default stays. */
static void test_bad_values(void)
{
	static const char *const bad[] = {"profile=banana", "profile=", "passes=0x", "passes=-1",
		"passes=1000001", "passes=99999999999999999999", "budget=1w", "budget=1ms",
		"budget=31d", "budget=99999999999999999h", "interactive=1", "watchdog=1500ms",
		"watchdog=5s", "watchdog=2h", "net.ip=192.168.1.0/24", "net.ip=192.168.1.255/24",
		"net.ip=192.168.1.20/33", "net.ip=192.168.1.20/0", "net.ip=192.168.1.20/",
		"net.ip=127.0.0.1", "net.ip=256.1.1.1", "net.ip=1.2.3", "net.gateway=224.0.0.1",
		"net.expect_mac=ff:ff:ff:ff:ff:ff", "net.expect_mac=52:54:00:12:34",
		"net.expect_gateway_mac=1", "net.expect_mac=00:00:00:00:00:00",
		"net.expect_gateway_mac=33:33:00:00:00:01", "net.expect_vlan=4095",
		"net.expect_dhcp=224.0.0.1", "mem.range=8G-4G", "mem.range=4G", "mem.range=-4G",
		"mem.range=0-0", "mem.reserve=1M", "mem.reserve=2G", "mem.reserve=none",
		"net.snmp.community=caf\xc3\xa9",
		"net.snmp.community=123456789012345678901234567890123", "net.snmp.agent=0.0.0.0",
		"net.ping.count=100001", "net.ping.pace=5ms", "net.ping.pace=11s", "log.keep=10000",
		"mem.fade.time=0", "mem.fade.time=2h", "mem.inject=worn@5", "mem.inject=stuck",
		"mem.inject=stuck@0:64:1", "mem.inject=\"stuck@0 stuck@\"", "disk.sample=101",
		"disk.sample=5%", "disk.resume=maybe", "disk.together=2", "disk.queue-depth=33",
		"disk.queue-depth=0", "disk.boot-medium=1", "checks=\"mem.*", "checks=a#b",
		"checks=\x01", "checks=caf\xc3\xa9"};
	static char defaults[sizeof(printed)];

	read_line("");
	options_print(&config, to_printed());
	memcpy(defaults, printed, sizeof(defaults));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_U64(read_line(bad[i]), 1);
		CHECK(!problems.items[0].unknown, "%s", bad[i]);
		options_print(&config, to_printed());
		CHECK_STR(printed, defaults);
	}
	memset(printed, 'x', CONFIG_GLOBS + 6);
	memcpy(printed, "checks=", 7);
	printed[CONFIG_GLOBS + 6] = '\0';
	CHECK_U64(read_line(printed), 0);
	memcpy(printed + CONFIG_GLOBS + 6, "x", 2);
	CHECK_U64(read_line(printed), 1);
}

static void test_lines(void)
{
	CHECK_U64(read_line(""), 0);
	CHECK_U64(read_line("\n\r\n  \n# comment\n\t# another = one\n"), 0);
	CHECK_U64(read_line("\xef\xbb\xbfprofile = full # all of it\r\npasses=7"), 0);
	CHECK_U64(config.profile, PROFILE_FULL);
	CHECK_U64(config.passes, 7);
	CHECK_U64(read_line("checks = \"mem.* disk.*\"\n"), 0);
	CHECK_STR(config.checks, "mem.* disk.*");
	CHECK_U64(read_line("checks = mem.*\nchecks =\n"), 0);
	CHECK_STR(config.checks, "");
	CHECK_U64(read_line("profile=full\nprofile=nonsense\n"), 1);
	CHECK_U64(config.profile, PROFILE_FULL);
	CHECK_U64(problems.items[0].line, 2);
	CHECK_U64(read_line("\n=\n"), 1);
	CHECK(problems.items[0].unknown && !problems.items[0].bare);

	options_defaults(&config);
	memset(&problems, 0, sizeof(problems));
	read_more(false, "pass\0es=3\npasses=4\0", 19);
	CHECK_U64(problems.count, 2);
	CHECK_STR(problems.items[0].key, "pass?es");
	CHECK_STR(problems.items[1].value, "4?");
}

static void test_words(void)
{
	CHECK_U64(
		read_words(
			"\\EFI\\kiriwake\\KIRIWAKE.EFI profile=full checks=\"mem.* disk.*\" passes=3"),
		0);
	CHECK_U64(config.profile, PROFILE_FULL);
	CHECK_STR(config.checks, "mem.* disk.*");
	CHECK_U64(config.passes, 3);
	CHECK_U64(read_words("  checks=mem.*,-mem.address\tserial=on\r\n"), 0);
	CHECK_STR(config.checks, "mem.* -mem.address");
	CHECK_U64(config.serial, SERIAL_ON);
	CHECK_U64(read_words("profile=full other.efi"), 1);
	CHECK(problems.items[0].unknown && problems.items[0].bare);
	CHECK_U64(problems.items[0].line, 2);
	CHECK_U64(read_words("checks=\"mem.* passes=3"), 1);
}

/* The last whole line counts, and that there was more is said. */
static void test_cut(void)
{
	static const char text[] = "passes=7\nbudget=30m\nprofile=full";
	struct option_source source = {
		.name = "kiriwake.cfg", .text = {text, sizeof(text) - 1}, .cut = true};

	options_defaults(&config);
	memset(&problems, 0, sizeof(problems));
	options_read(&config, &source, &problems);
	CHECK_U64(config.passes, 7);
	CHECK_U64(config.profile, PROFILE_QUICK);
	CHECK_U64(problems.count, 1);
	CHECK_STR(problem(0),
		"kiriwake.cfg, line 3: the file is too long: from here on nothing of it was read");
	source.text.len = 0;
	options_read(&config, &source, &problems);
	CHECK_U64(problems.count, 2);
}

static void test_messages(void)
{
	read_line("\n\nnet.ipp = 1.2.3.4\n");
	CHECK(strncmp(problem(0),
		      "kiriwake.cfg on KIRIWAKELOG, line 3: unknown key \"net.ipp\" (did you mean net.ip?); "
		      "accepted keys: profile, checks, budget,",
		      120) == 0,
		"%s", problem(0));
	CHECK(strstr(problem(0), ", disk.together, disk.queue-depth") != NULL, "cut: %s",
		problem(0));
	read_line("profile = banana");
	CHECK_STR(problem(0),
		"kiriwake.cfg on KIRIWAKELOG, line 1: bad value \"banana\" for profile; "
		"accepted: quick, full, memory, network, disk, burnin, selftest");
	read_words("profile=full full");
	CHECK(strstr(problem(0), "KIRIWAKELOG, word 2: \"full\" is not key=value; accepted") !=
		NULL);
	read_line("net.expect-mac=none");
	CHECK_STR(problems.items[0].nearest, "net.expect_mac");
	read_line("profil=full");
	CHECK_STR(problems.items[0].nearest, "profile");
	read_line("budjett=1m");
	CHECK_STR(problems.items[0].nearest, "budget");
	read_line("completely.different=1");
	CHECK(problems.items[0].nearest == NULL);
	read_line("a-key-that-is-so-long-that-it-is-cut-before-anybody-reads-the-end-of-it=1");
	CHECK_STR(problems.items[0].key, "a-key-that-is-so-long-that-it-is-cut-before-...");
	read_line("\x1b[2J=1");
	CHECK_STR(problems.items[0].key, "?[2J");
}

/* Neither the record of the options nor a complaint shows a secret, however it is misspelt. */
static void test_secrets(void)
{
	char shown[256];
	static const char words[] =
		"profile=full NET.SNMP.community=s3cret net.snmp.comunity=\"s3 cret\" net.ip=1";
	static const char *const bad[] = {"net.snmp.comunity = s3cret", "net.snmp.community s3cret",
		"net.snmp.community = s3cret\x01"};

	CHECK_U64(read_line("net.snmp.community = \"s3 cret\""), 0);
	CHECK_STR(config.net_snmp_community, "s3 cret");
	options_print(&config, to_printed());
	CHECK(strstr(printed, "cret") == NULL &&
		strstr(printed, "net.snmp.community=***\n") != NULL);
	options_show_words((struct text){words, sizeof(words) - 1}, shown, sizeof(shown));
	CHECK_STR(shown, "profile=full NET.SNMP.community=*** net.snmp.comunity=*** net.ip=1");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_U64(read_line(bad[i]), 1);
		CHECK(strstr(problem(0), "s3cret") == NULL, "%s", problem(0));
		CHECK(strstr(problems.items[0].value, "s3cret") == NULL);
	}
}

/* Nor is it shown where a blank parts it from its key, which words on a command line are then. */
static void test_secrets_apart(void)
{
	static const struct {
		const char *words, *shown;
		size_t problems;
	} apart[] = {
		{"net.snmp.community s3cret passes=2", "net.snmp.community *** passes=2", 2},
		{"net.snmp.community= s3cret passes=2", "net.snmp.community=*** *** passes=2", 1},
		{"net.snmp.community = s3cret passes=2", "net.snmp.community *** *** passes=2", 3},
		{"net.snmp.community =s3cret passes=2", "net.snmp.community *** passes=2", 2},
		{"net.snmp.comunity s3=cret passes=2", "net.snmp.comunity *** passes=2", 2},
		{"net.snmp.community \"s3 cret\" passes=2", "net.snmp.community *** passes=2", 2},
		{"net.snmp.community passes=2", "net.snmp.community passes=2", 1},
		{"passes=2 net.snmp.community", "passes=2 net.snmp.community", 1},
	};
	char shown[256];

	for (size_t i = 0; i < ARRAY_LEN(apart); i++) {
		const struct text words = {apart[i].words, strlen(apart[i].words)};

		CHECK_U64(read_words(apart[i].words), apart[i].problems);
		CHECK_U64(config.passes, 2);
		for (size_t n = 0; n < problems.count; n++)
			CHECK(strstr(problem(n), "cret") == NULL &&
					strstr(problem(n), "s3") == NULL,
				"%s", problem(n));
		options_show_words(words, shown, sizeof(shown));
		CHECK_STR(shown, apart[i].shown);
	}
}

static void test_flood(void)
{
	options_defaults(&config);
	memset(&problems, 0, sizeof(problems));
	for (int i = 0; i < 100; i++)
		read_more(false, "x\n", 2);
	CHECK_U64(problems.count, OPTION_PROBLEMS_MAX);
	CHECK_U64(problems.more, 100 - OPTION_PROBLEMS_MAX);
}

/* Nothing in the table contradicts itself: the printed default is accepted, and every value comes back. */
static void test_round_trip(void)
{
	static const char odd[] =
		"profile=disk\nchecks=-a b\nbudget=90500ms\npasses=17\non_finish=exit\n"
		"interactive=yes\nwatchdog=31s\nserial=off\nlog.keep=all\nnet.ip=10.1.2.3/9\n"
		"net.gateway=10.1.2.4\nnet.peer=8.8.8.8\nnet.dns=9.9.9.9\n"
		"net.tcp=nas:2049 10.0.0.5:22\nnet.expect_mac=02:00:00:00:00:01\n"
		"net.expect_gateway_mac=00:1b:17:00:01:01\nnet.expect_vlan=20\n"
		"net.expect_switch=sw-rack7 Gi1/0/*\nnet.expect_dhcp=10.1.2.4\n"
		"net.expect_ipv6_router=00:1b:17:00:01:02\nnet.dhcp=probe\nnet.snmp.community=***\nnet.snmp.agent=10.1.2.5\nnet.ping.count=99\nnet.ping.pace=35ms\nnic.loopback=force\nmem.range=0x1001-0x2003\nmem.cpus=one\n"
		"mem.mp=blocking\nmem.kernel=avx2\nmem.patterns=zeros ones\nmem.reserve=5000001\nmem.fade.time=1s\n"
		"mem.inject=stuck@16M:5:1 alias@0x1000\nmem.hammer.time=25500ms\ndisk.only=nvme*\n"
		"disk.exclude=*USB*\ndisk.boot-medium=yes\ndisk.self-test=off\ndisk.time=auto\ndisk.sample=5\ndisk.resume=yes\ndisk.together=yes\ndisk.queue-depth=32\n";
	static char defaults[sizeof(printed)];

	read_line("");
	options_print(&config, to_printed());
	memcpy(defaults, printed, sizeof(defaults));
	CHECK_U64(read_line(odd), 0);
	options_print(&config, to_printed());
	CHECK_STR(printed, odd);
	CHECK_U64(read_line(defaults), 0);
	options_print(&config, to_printed());
	CHECK_STR(printed, defaults);
}

static void test_document(void)
{
	char row[64];

	options_document(to_printed());
	for (size_t i = 0; i < option_count; i++) {
		snprintf(row, sizeof(row), "\n| `%s` | ", option_table[i].key);
		CHECK(strstr(printed, row) != NULL, "%s", row);
	}
	CHECK(strstr(printed, " | quick | Which checks run, and how long |\n") != NULL);
	CHECK(strstr(printed, "mem.\\* ") != NULL);
}

int main(void)
{
	test_values();
	test_addresses();
	test_bad_values();
	test_lines();
	test_words();
	test_cut();
	test_messages();
	test_flood();
	test_secrets();
	test_secrets_apart();
	test_round_trip();
	test_document();
	return test_end(__FILE__);
}
