/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.baseline: what is kept of a network, and what a later run makes of it. */
#include "host/sim_volume.h"
#include "nicprobe/baseline.h"
#include "tests/unit/net_rig.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN_IP "10.0.2.15"
#define LEASE  "dhcp=10.0.2.2 offer " OWN_IP " dns 10.0.2.3"
#define MOVED  "dhcp=10.0.2.2@00:1b:17:00:01:01 offer " OWN_IP " dns 10.0.2.3"
#define PATH   "/baseline/525400123456.txt"

static struct rig rig;
static struct sim_volume volume;
static char root[64];

/* ---- the file ---- */

static bool read_text(const char *text, struct facts *ret)
{
	const size_t len = strlen(text);
	uint8_t *copy = malloc(len + 1);
	bool read;

	memcpy(copy, text, len);
	read = baseline_read((struct span){copy, len}, ret);
	free(copy);
	return read;
}

static void test_file(void)
{
	struct facts f = {0}, back;
	char buf[BASELINE_BYTES], cut[BASELINE_BYTES];
	size_t len;

	for (enum fact i = 0; i < FACT_COUNT; i++) {
		memset(f.at[i], 'a' + (int)i, FACT_TEXT - 1);
		CHECK(fact_key(i) != NULL && fact_name(i) != NULL);
	}
	len = baseline_write(&f, buf);
	CHECK(len < BASELINE_BYTES && buf[len - 1] == '\n', "%zu", len);
	CHECK(read_text(buf, &back) && memcmp(&f, &back, sizeof(f)) == 0);
	for (size_t i = 0; i < len; i++) {
		memcpy(cut, buf, i);
		cut[i] = '\0';
		CHECK(read_text(cut, &back) == (i >= sizeof("kiriwake-baseline 1")));
	}
}

static void test_hostile(void)
{
	static const char *const none[] = {"", "\n", "kiriwake-baseline 1", "kiriwake-baseline 2\n",
		"ip=10.0.0.1\n", "\xff\xfe\n"};
	struct facts f;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		CHECK(!read_text(none[i], &f), "%zu", i);
	CHECK(read_text("kiriwake-baseline 1\r\nip=10.0.0.1\r\nipx=3\n=\nip\ndhcp=\nvlan=2\x1b[2J\n"
			"switch=torn",
		&f));
	CHECK_STR(f.at[FACT_IP], "10.0.0.1");
	CHECK_STR(f.at[FACT_DHCP], "");
	CHECK_STR(f.at[FACT_VLAN], "2?[2J");
	CHECK_STR(f.at[FACT_SWITCH], "");
}

/* ---- the check ---- */

static enum verdict run_check(const char *const *specs, bool with_volume)
{
	const struct check *check = &net_baseline_check;
	enum verdict verdict;

	rig_init(&rig, specs);
	rig.config.net_dhcp = DHCP_LEASE;
	rig.may_speak = (struct ip4){0x0a00020f};
	sim_volume_port(&volume, with_volume ? root : NULL, &rig.machine.volume);
	verdict = rig_run_one(&rig, check);
	net_session_end(&rig.run);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	return verdict;
}

static bool file_says(const char *text)
{
	char path[128], buf[BASELINE_BYTES] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s" PATH, root);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	buf[fread(buf, 1, sizeof(buf) - 1, file)] = '\0';
	fclose(file);
	return strstr(buf, text) != NULL;
}

static void overwrite(const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s" PATH, root);
	file = fopen(path, "wb");
	CHECK(file != NULL);
	fputs(text, file);
	fclose(file);
}

static void test_runs(void)
{
	static const char *const lan[] = {LEASE, NULL}, *const moved[] = {MOVED, NULL};
	static const char *const dead[] = {"nics=1", NULL};
	static const char *const without[] = {"asks=10.0.2.9", NULL};

	CHECK(run_check(lan, false) == SKIP);
	CHECK(strstr(rig.rec.check_why, "no log volume") != NULL);
	CHECK(run_check(lan, true) == SKIP);
	CHECK_STR(rig.rec.check_why, "no earlier run on this machine to compare with");
	CHECK(file_says("kiriwake-baseline 1\nip=10.0.2.15\ngateway=10.0.2.2\n"
			"gateway_mac=52:55:0a:00:02:02\ndhcp=10.0.2.2\n"
			"dhcp_mac=52:55:0a:00:02:02\ndns=10.0.2.3\nduplicates=none\n"));
	CHECK(run_check(lan, true) == PASS);
	CHECK_STR(rig.rec.check_why, "7 of 7 facts are as in the last run");
	CHECK(run_check(moved, true) == WARN);
	CHECK_STR(rig_codes(&rig), "net-changed");
	CHECK_STR(rig.findings[0].fields,
		"what=gateway_mac old=52:55:0a:00:02:02 new=00:1b:17:00:01:01 ");
	CHECK_STR(rig.findings[1].fields,
		"what=dhcp_mac old=52:55:0a:00:02:02 new=00:1b:17:00:01:01 ");
	CHECK(run_check(moved, true) == PASS, "%s", rig.rec.check_why);
	CHECK(run_check(dead, true) == SKIP && rig.finding_count == 0, "%s", rig.rec.check_why);
	CHECK(run_check(without, true) == WARN, "%s", rig.rec.check_why);
	CHECK(strstr(rig.findings[0].fields, "what=dhcp old=10.0.2.2 new=none ") != NULL);
	CHECK(file_says("gateway_mac=00:1b:17:00:01:01\ndhcp=none\ndhcp_mac=none\n"),
		"what is unknown stays");
}

static void test_odd_files(void)
{
	static const char *const lan[] = {LEASE, NULL};

	overwrite("rubbish");
	CHECK(run_check(lan, true) == SKIP);
	CHECK(strstr(rig.notes, "is begun anew") != NULL);
	CHECK(run_check(lan, true) == PASS, "%s", rig.rec.check_why);
	overwrite("kiriwake-baseline 1\nswitch=x\n");
	CHECK(run_check(lan, true) == SKIP);
	CHECK(strstr(rig.rec.check_why, "nothing was seen that the last run saw") != NULL);
	overwrite("kiriwake-baseline 1\nduplicates=10.0.2.15\n");
	CHECK(run_check(lan, true) == PASS && rig.finding_count == 0, "it is well again");
	overwrite("kiriwake-baseline 1\nip=10.0.2.99\n");
	volume.fail_after_bytes = 0;
	CHECK(run_check(lan, true) == WARN);
	CHECK_STR(rig.findings[0].fields, "what=ip old=10.0.2.99 new=10.0.2.15 ");
}

int main(void)
{
	char path[128];

	snprintf(root, sizeof(root), "/tmp/kiriwake-baseline-XXXXXX");
	CHECK(mkdtemp(root) != NULL);
	test_file();
	test_hostile();
	test_runs();
	test_odd_files();
	snprintf(path, sizeof(path), "%s" PATH, root);
	unlink(path);
	snprintf(path, sizeof(path), "%s/baseline", root);
	rmdir(path);
	rmdir(root);
	return test_end(__FILE__);
}
