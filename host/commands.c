/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the program does instead of a run, by the first word of its command line. See commands.h.
 *
 * Hardware: none.
 */
#include "host/commands.h"
#include "core/bytes.h"
#include "core/text.h"
#include "host/compare.h"
#include "host/failure.h"
#include "host/report.h"
#include "host/sim_ram_coverage.h"
#include "suite/catalogue.h"
#include "suite/options.h"
#include "suite/triage_rules.h"
#include <stdio.h>

const char command_usage[] =
	"kiriwake: the test suite on simulated hardware\n\n"
	"  kiriwake [parts] [key=value ...]      run; options as on the stick (profile=quick, net.ip=...)\n"
	"  kiriwake report DIR [OUT]             make report.html, junit.xml, metrics.prom (and log.txt) from DIR/results.jsonl\n"
	"  kiriwake docs checks|findings|triage|options|coverage   print a document\n"
	"  kiriwake code XXXX-XXXX [SERIAL]      what a failure code says, and whether it is about that serial number\n"
	"  kiriwake compare RUN_A RUN_B          what changed from run to run: directories with a results.jsonl\n\n"
	"parts:\n"
	"  --log DIR       log volume (a directory); none: no log volume\n"
	"  --ram SIZE      simulated RAM (default 16M)       --fault SPEC  broken RAM: stuck=0x100008:5:1\n"
	"  --cpus N        CPUs (default 2)                  --mp nonblocking|blocking|single\n"
	"  --mca SPEC      a machine check: cpu=0,bank=7,status=0x9c0000000000009f,addr=0x1234000,misc=0x8c,at=2s ... repeatable\n"
	"  --nic SPEC      the network: gateway=10.0.2.2, owner=10.0.2.15@52:54:00:00:00:99 ... repeatable\n"
	"  --disk SPEC     a disk: size=64M,bad=1000,lies=200,slow=3000+64:200ms ... repeatable\n"
	"  --smbios FILE   SMBIOS dump as dmidecode --dump-bin writes it\n"
	"  --acpi FILE     one ACPI table, header included ... repeatable\n\n"
	"exit code: 0 PASS, 1 FAIL, 2 ERROR, 3 WARN, 4 SKIP, 64 wrong usage\n";

static void sink_write(void *ctx, const char *text, size_t len)
{
	fwrite(text, 1, len, ctx);
}

static int print_usage(char **arguments)
{
	(void)arguments;
	fputs(command_usage, stdout);
	return 0;
}

static int print_document(char **arguments)
{
	static const struct {
		const char *name;
		void (*print)(struct sink out);
	} documents[] = {{"checks", catalogue_document}, {"findings", findings_document},
		{"triage", triage_document}, {"options", options_page},
		{"coverage", coverage_document}};

	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		if (text_same(documents[i].name, arguments[0])) {
			documents[i].print((struct sink){sink_write, stdout});
			return 0;
		}
	}
	fputs(command_usage, stderr);
	return EXIT_USAGE;
}

static int print_failure(char **arguments)
{
	return failure_print(arguments[0], arguments[1]);
}

static int make_report(char **arguments)
{
	return report_directory(arguments[0], arguments[1]) ? 0 : EXIT_USAGE;
}

static int print_changes(char **arguments)
{
	return compare_runs(arguments[0], arguments[1]);
}

/* A word by itself, and how many arguments may follow it; run() gets them, NULL behind the last one. */
static const struct command {
	const char *word;
	int least, most;
	int (*run)(char **arguments);
} commands[] = {
	{"--help", 0, 0, print_usage},
	{"-h", 0, 0, print_usage},
	{"help", 0, 0, print_usage},
	{"report", 1, 2, make_report},
	{"docs", 1, 1, print_document},
	{"code", 1, 2, print_failure},
	{"compare", 2, 2, print_changes},
};

bool command_run(int argc, char **argv, int *ret_status)
{
	for (size_t i = 0; i < ARRAY_LEN(commands) && argc > 1; i++) {
		const struct command *c = &commands[i];

		if (!text_same(c->word, argv[1]))
			continue;
		if (argc - 2 >= c->least && argc - 2 <= c->most) {
			*ret_status = c->run(argv + 2);
		} else {
			fputs(command_usage, stderr);
			*ret_status = EXIT_USAGE;
		}
		return true;
	}
	return false;
}
