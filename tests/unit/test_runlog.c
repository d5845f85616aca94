/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The run's directory on the log volume, and the directories of the runs before it. */
#include "host/sim_clock.h"
#include "host/sim_volume.h"
#include "suite/runlog.h"
#include "tests/test.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STARTED(id)                                                                          \
	"{\"testStepArtifact\":{\"testStepId\":\"" id "\",\"testStepStart\":{\"name\":\"" id \
	"\"}}}\n"

static void write_small(void *ctx, struct sink out)
{
	fmt(out, "%s", (const char *)ctx);
}

static void say(struct sink out, const char *text)
{
	out.write(out.ctx, text, strlen(text));
}

static size_t file_size(const struct volume_port *port, const char *path)
{
	static char buffer[100000];
	size_t len = 0;

	return port->read(port->ctx, path, 0, buffer, sizeof(buffer), &len) == VOLUME_OK ? len : 0;
}

struct log_bench {
	char root[32];
	struct sim_clock sim;
	struct clock_port clock;
	struct sim_volume volume;
	struct volume_port port;
	struct runlog *log;
};

static void bench_open(struct log_bench *b, const char *root)
{
	sim_clock_init(&b->sim, &b->clock);
	sim_volume_port(&b->volume, root, &b->port);
	b->log = calloc(1, sizeof(*b->log));
}

static void test_runlog(const char *root)
{
	struct log_bench b;

	bench_open(&b, root);
	runlog_open(b.log, &b.port, &b.clock, 0);
	CHECK_STR(b.log->number, "0001");
	CHECK_U64(b.log->old.newest, 0);
	for (unsigned i = 0; i < 10000; i++)
		say(runlog_jsonl(b.log), "1234567\n");
	runlog_replace(b.log, "/LATEST.TXT", write_small, "verdict\n");
	CHECK_U64(file_size(&b.port, "/LATEST.TXT"), 8);
	CHECK(runlog_read_back(b.log), "%s", b.log->problem);
	CHECK_U64(file_size(&b.port, "/runs/0001/results.jsonl"), 80000);
	b.volume.torn = true;
	CHECK(!runlog_read_back(b.log), "a wrong byte is noticed");
	b.volume.torn = false;
	runlog_close(b.log);
	say(runlog_text(b.log), "dropped");
	free(b.log);

	bench_open(&b, root);
	runlog_open(b.log, &b.port, &b.clock, 0);
	CHECK_STR(b.log->number, "0002");
	CHECK(b.log->old.previous_number == 1 && !b.log->old.previous.ended);
	say(runlog_jsonl(b.log), "{\"testRunArtifact\":{\"testRunEnd\":{}}}\n");
	runlog_close(b.log);
	free(b.log);

	bench_open(&b, root);
	b.volume.free_bytes = 0;
	runlog_open(b.log, &b.port, &b.clock, 1);
	CHECK(b.log->old.previous_number == 2 && b.log->old.previous.ended);
	CHECK_U64(b.log->old.dropped_files, 0); /* run 1 never ended, run 2 is the one to keep */
	b.volume.fail_after_bytes = b.volume.taken_bytes;
	say(runlog_jsonl(b.log), "lost");
	runlog_flush(b.log);
	CHECK(b.log->problem[0] != '\0', "a failing write is told");
	CHECK(!runlog_read_back(b.log));
	runlog_close(b.log);
	free(b.log);
}

static void old_run(const char *root, const char *name, const char *results)
{
	char path[128];
	FILE *file;

	fmt_to(path, sizeof(path), "%s/runs", root);
	mkdir(path, 0755);
	fmt_add(path, sizeof(path), "/%s", name);
	mkdir(path, 0755);
	if (results == NULL)
		return;
	fmt_add(path, sizeof(path), "/results.jsonl");
	file = fopen(path, "wb");
	CHECK(file != NULL && fputs(results, file) >= 0);
	fclose(file);
	memcpy(path + strlen(path) - 13, "log.txt", 8);
	fclose(fopen(path, "wb"));
}

#define ENDED "{\"testRunArtifact\":{\"testRunEnd\":{}}}\n"

static struct old_runs look(struct log_bench *b, unsigned keep)
{
	static char buffer[OLD_RUNS_TAIL];
	struct old_runs runs = {0};

	CHECK(old_runs_look(&b->port, buffer, keep, &runs));
	return runs;
}

/* Whatever stands in the directory of runs: nothing is used again, and the last records are found. */
static void test_old_runs(const char *parent)
{
	struct log_bench b;
	struct old_runs runs;
	char root[64], path[128];

	fmt_to(root, sizeof(root), "%s/old", parent);
	mkdir(root, 0755);
	bench_open(&b, root);
	old_run(root, "0001", ENDED);
	old_run(root, "0002", STARTED("mem.march-c"));
	old_run(root, "0003", ENDED);
	runs = look(&b, 0);
	CHECK(runs.newest == 3 && runs.previous_number == 3 && runs.previous.ended);
	CHECK_U64(runs.empty, 0);
	old_run(root, "0004", STARTED("net.ping"));
	old_run(root, "0005", "");
	old_run(root, "0006", NULL);
	old_run(root, "00007", NULL);
	old_run(root, "backup 9", NULL);
	old_run(root, "20240101", NULL);
	fmt_to(path, sizeof(path), "%s/runs/0009", root);
	fclose(fopen(path, "wb"));
	runs = look(&b, 0);
	CHECK_U64(runs.newest, 9); /* a file: its number cannot be used either */
	CHECK_U64(runs.previous_number, 4);
	CHECK_STR(runs.previous.check, "net.ping");
	CHECK(runs.empty == 2 && runs.newest_empty == 6);

	b.volume.free_bytes = 0;
	CHECK_U64(look(&b, 5).dropped_files, 2); /* of 1 and 3; 2 never ended */
	CHECK_U64(look(&b, 5).dropped_files, 0);

	runlog_open(b.log, &b.port, &b.clock, 0);
	CHECK_STR(b.log->number, "0010");
	runlog_close(b.log);
	old_run(root, "999999", ENDED);
	memset(b.log, 0, sizeof(*b.log));
	runlog_open(b.log, &b.port, &b.clock, 0);
	CHECK_STR(b.log->number, "none");
	CHECK(strstr(b.log->problem, "used up") != NULL, "%s", b.log->problem);
	free(b.log);
}

/* LATEST.TXT cannot be replaced: that is told, and the records go on. */
static void test_latest_refused(const char *parent)
{
	struct log_bench b;
	char root[64], path[128];

	fmt_to(root, sizeof(root), "%s/refused", parent);
	mkdir(root, 0755);
	fmt_to(path, sizeof(path), "%s/LATEST.TXT", root);
	mkdir(path, 0755);
	bench_open(&b, root);
	runlog_open(b.log, &b.port, &b.clock, 0);
	runlog_replace(b.log, "/LATEST.TXT", write_small, "x");
	CHECK(strstr(b.log->problem, "LATEST.TXT") != NULL);
	say(runlog_jsonl(b.log), "kept\n");
	runlog_close(b.log);
	CHECK_U64(file_size(&b.port, "/runs/0001/results.jsonl"), 5);
	free(b.log);
}

static void test_no_log(void)
{
	struct log_bench b;

	bench_open(&b, NULL);
	runlog_open(b.log, &b.port, &b.clock, 0);
	CHECK_STR(b.log->number, "none");
	CHECK(b.log->problem[0] != '\0');
	say(runlog_jsonl(b.log), "dropped");
	runlog_replace(b.log, "/LATEST.TXT", write_small, "x");
	CHECK(!runlog_read_back(b.log));
	runlog_close(b.log);
	free(b.log);
}

int main(void)
{
	char root[] = "/tmp/kiriwake-test-XXXXXX", command[64];

	CHECK(mkdtemp(root) != NULL);
	test_runlog(root);
	test_old_runs(root);
	test_latest_refused(root);
	test_no_log();
	fmt_to(command, sizeof(command), "rm -rf %s", root);
	CHECK(system(command) == 0);
	return test_end(__FILE__);
}
