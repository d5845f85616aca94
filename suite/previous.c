/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How an earlier run ended, read off the end of its results.jsonl. Pure. See previous.h. */
#include "suite/previous.h"
#include "core/fmt.h"
#include "core/text.h"
#include "diskbench/checks.h"

/* The position behind the first `what` in `line`, or false. */
static bool find(struct text line, const char *what, struct text *ret)
{
	size_t len = text_length(what);

	for (size_t i = 0; i + len <= line.len; i++) {
		if (memcmp(line.at + i, what, len) == 0) {
			*ret = (struct text){line.at + i + len, line.len - i - len};
			return true;
		}
	}
	return false;
}

/* The JSON string or number that follows `key` in `line`, cleaned, in value[cap]. */
static bool find_value(struct text line, const char *key, char *value, size_t cap)
{
	struct text rest;
	size_t len = 0;
	bool quoted;

	if (!find(line, key, &rest) || rest.len == 0)
		return false;
	quoted = rest.at[0] == '"';
	if (quoted)
		rest = (struct text){rest.at + 1, rest.len - 1};
	while (len < rest.len && rest.at[len] != '"' &&
		(quoted || (rest.at[len] != ',' && rest.at[len] != '}')))
		len++;
	return text_clean(value, cap, rest.at, len) > 0;
}

static bool find_number(struct text line, const char *key, uint64_t *ret)
{
	char number[24];

	return find_value(line, key, number, sizeof(number)) &&
	       text_number((struct text){number, text_length(number)}, ret);
}

/* A scan that another run can go on with. */
static void read_scan(struct text progress, struct previous_run *run)
{
	char what[sizeof(SURFACE_IN_STEPS) + 1], disk[sizeof(run->disk)];
	uint64_t lba;
	bool in_step;

	if (!find_value(progress, "\"what\":", what, sizeof(what)) ||
		!find_value(progress, "\"part\":", disk, sizeof(disk)) ||
		!find_number(progress, "\"lba\":", &lba)) {
		run->disk[0] = '\0';
		return;
	}
	in_step = text_same(what, SURFACE_IN_STEPS);
	if (!in_step && !text_same(what, SURFACE_IN_ORDER)) {
		run->disk[0] = '\0';
	} else if (!text_same(run->disk, disk) || lba >= run->lba) {
		text_copy(run->disk, sizeof(run->disk), disk);
		run->lba = lba;
		run->in_step = in_step;
		run->behind_bad = false;
	}
}

/* Blocks of the disk that is scanned, found bad: the scan had come that far. */
static void read_finding(struct text finding, struct previous_run *run)
{
	char code[24], disk[sizeof(run->disk)];
	uint64_t lba, count;

	if (find_value(finding, "\"code\":", code, sizeof(code)) &&
		(text_same(code, "disk-timeout") || text_same(code, "disk-read-error")) &&
		find_value(finding, "\"disk\":", disk, sizeof(disk)) &&
		text_same(disk, run->disk) && find_number(finding, "\"lba\":", &lba) &&
		find_number(finding, "\"lba_count\":", &count) && count <= UINT64_MAX - lba &&
		lba + count > run->lba) {
		run->lba = lba + count;
		run->behind_bad = true;
		run->in_step = false;
	}
}

static void end_step(struct previous_run *run)
{
	run->where[0] = '\0';
	run->disk[0] = '\0';
}

static void read_line(struct text line, struct previous_run *run)
{
	char at[24];
	struct text rest;

	if (find(line, "\"testRunEnd\":", &rest))
		run->ended = true;
	if (run->check[0] == '\0') /* the tail may begin after the step did */
		find_value(line, "\"testStepId\":", run->check, sizeof(run->check));
	if (find(line, "\"testStepStart\":", &rest)) {
		find_value(rest, "\"name\":", run->check, sizeof(run->check));
		end_step(run);
	}
	if (find(line, "\"testStepEnd\":", &rest)) {
		run->check[0] = '\0';
		end_step(run);
	}
	if (find(line, "\"name\":\"finding\"", &rest))
		read_finding(rest, run);
	if (!find(line, "\"name\":\"progress\"", &rest))
		return;
	read_scan(rest, run);
	if (find_value(rest, "\"address\":", at, sizeof(at)))
		fmt_to(run->where, sizeof(run->where), "address %s", at);
	else if (find_value(rest, "\"lba\":", at, sizeof(at)))
		fmt_to(run->where, sizeof(run->where), "LBA %s", at);
	else
		return;
	if (find_value(rest, "\"part\":", at, sizeof(at)))
		fmt_add(run->where, sizeof(run->where), " of %s", at);
}

void previous_run_read(struct span tail, struct previous_run *ret)
{
	struct previous_run run = {0};
	const char *text = (const char *)tail.at;
	size_t start = 0;

	for (size_t i = 0; i < tail.len; i++) {
		if (text[i] == '\n') {
			read_line((struct text){text + start, i - start}, &run);
			start = i + 1;
		}
	}
	*ret = run;
}

/* The serial number that the list of hardware gives the disk. */
static void read_serial(struct text head, struct previous_run *run)
{
	char key[40];
	struct text part, next;

	fmt_to(key, sizeof(key), "{\"hardwareInfoId\":\"%s\"", run->disk);
	if (run->disk[0] == '\0' || !find(head, key, &part))
		return;
	if (find(part, "{\"hardwareInfoId\":", &next))
		part.len = (size_t)(next.at - part.at);
	find_value(part, "\"serialNumber\":", run->serial, sizeof(run->serial));
}

void previous_run_read_head(struct span head, struct previous_run *run)
{
	struct text rest;
	size_t len;

	read_serial((struct text){(const char *)head.at, head.len}, run);
	if (!find((struct text){(const char *)head.at, head.len}, "\"dutInfo\":", &rest) ||
		!find_value(rest, "\"name\":", run->machine, sizeof(run->machine)))
		return;
	len = text_length(run->machine);
	if (run->machine[len - 1] == '\\') /* the quote that ended it was part of the name */
		run->machine[len - 1] = '\0';
}
