/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the renderers share: the END line, the machine in a few words, and names. Pure. See report.h. */
#include "report/report.h"
#include "core/text.h"
#include "report/lines.h"

const char *report_text(const char *text)
{
	return text != NULL ? text : "";
}

static const char *text_else(const char *text, const char *otherwise)
{
	return text != NULL && text[0] != '\0' ? text : otherwise;
}

size_t report_end_line(char *buf, size_t cap, const struct record *run_end)
{
	const struct counts *n = &run_end->u.run_end.counts;

	return fmt_to(buf, cap,
		"KIRIWAKE END verdict=%s complete=%s run=%s checks=%u pass=%u warn=%u fail=%u error=%u "
		"skip=%u",
		verdict_name(run_end->u.run_end.verdict),
		run_end->u.run_end.complete ? "yes" : "no",
		text_else(run_end->u.run_end.run, "none"), n->checks, n->pass, n->warn, n->fail,
		n->error, n->skip);
}

const char *report_state_name(enum suspect_state state)
{
	static const char *const names[] = {
		[SUSPECT_UNTESTED] = "UNTESTED",
		[SUSPECT_CLEARED] = "CLEARED",
		[SUSPECT_SUSPECT] = "SUSPECT",
		[SUSPECT_FAULTY] = "FAULTY",
	};

	return names[state];
}

const struct part *report_part(const struct inventory *inventory, enum part_kind kind)
{
	for (size_t i = 0; inventory != NULL && i < inventory->count; i++) {
		if (inventory->parts[i].kind == kind)
			return &inventory->parts[i];
	}
	return NULL;
}

bool report_place(char *buf, size_t cap, const char *run)
{
	if (run == NULL || text_same(run, "none"))
		return false;
	fmt_to(buf, cap, "KIRIWAKELOG:/runs/%s/", run);
	return true;
}

/* Appends `text` with what joins it to the text before it, unless there is none. */
static void join(char *buf, size_t cap, const char *joint, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	if (buf[0] != '\0')
		fmt_add(buf, cap, "%s", joint);
	lines_add(buf, cap, (struct text){text, text_length(text)});
}

static void describe(char *buf, size_t cap, const struct part *p)
{
	buf[0] = '\0';
	if (p != NULL) {
		join(buf, cap, "", p->maker);
		join(buf, cap, " ", p->name);
		join(buf, cap, ", version ", p->version);
		join(buf, cap, ", serial ", p->serial);
	}
	if (buf[0] == '\0')
		text_copy(buf, cap, "unknown");
}

static void describe_memory(char *buf, size_t cap, const struct inventory *inventory)
{
	const struct part *memory = report_part(inventory, PART_MEMORY);
	uint64_t bytes = 0;
	unsigned dimms = 0;
	char size[FMT_SIZE];

	for (size_t i = 0; inventory != NULL && i < inventory->count; i++) {
		if (inventory->parts[i].kind == PART_DIMM) {
			bytes += inventory->parts[i].size_bytes;
			dimms++;
		}
	}
	if (memory != NULL && memory->size_bytes != 0)
		bytes = memory->size_bytes;
	text_copy(buf, cap, bytes != 0 ? fmt_bytes(size, bytes) : "unknown");
	if (dimms > 0)
		fmt_add(buf, cap, " in %u DIMM%s", dimms, dimms == 1 ? "" : "s");
}

void report_head(struct report_head *ret, const struct record *run_begin)
{
	const struct inventory *inventory = run_begin->u.run_begin.inventory;

	*ret = (struct report_head){.has_wall = run_begin->u.run_begin.has_wall};
	join(ret->version, sizeof(ret->version), "", run_begin->u.run_begin.version);
	join(ret->run, sizeof(ret->run), "", text_else(run_begin->u.run_begin.run, "none"));
	describe(ret->machine, sizeof(ret->machine), report_part(inventory, PART_BOARD));
	describe(ret->firmware, sizeof(ret->firmware), report_part(inventory, PART_FIRMWARE));
	describe_memory(ret->memory, sizeof(ret->memory), inventory);
	if (ret->has_wall) {
		ret->wall_s = run_begin->u.run_begin.wall_s;
		civil_text(ret->started, ret->wall_s, 0);
	}
}

enum series_kind report_series_kind(const char *x_unit, const char *unit)
{
	if (text_same(report_text(x_unit), "B"))
		return SERIES_OVER_PLACE;
	if (!text_same(report_text(x_unit), "ns"))
		return SERIES_OTHER;
	return text_same(report_text(unit), "1") ? SERIES_HISTOGRAM : SERIES_OVER_TIME;
}

unsigned report_percent(uint64_t done, uint64_t total)
{
	if (total == 0)
		return 0;
	if (done >= total)
		return 100;
	return (unsigned)(total > UINT64_MAX / 100 ? done / (total / 100) : done * 100 / total);
}

static const char *amount(char buf[FMT_SIZE], uint64_t value, bool bytes)
{
	if (bytes)
		return fmt_bytes(buf, value);
	fmt_to(buf, FMT_SIZE, "%llu", (unsigned long long)value);
	return buf;
}

void report_progress(char *buf, size_t cap, const struct record *progress)
{
	const char *unit = report_text(progress->u.progress.unit);
	uint64_t done = progress->u.progress.done, total = progress->u.progress.total;
	bool bytes = text_same(unit, "B");
	char text[FMT_SIZE];

	text_copy(buf, cap, amount(text, done, bytes));
	if (total != 0)
		fmt_add(buf, cap, " of %s", amount(text, total, bytes));
	if (!bytes)
		join(buf, cap, " ", unit);
}

void report_position(char *buf, size_t cap, const struct record *progress)
{
	const char *name = progress->u.progress.at_name;
	unsigned long long at = progress->u.progress.at;

	buf[0] = '\0';
	if (name == NULL)
		return;
	if (text_same(name, "address"))
		fmt_to(buf, cap, "%s 0x%llx", name, at);
	else
		fmt_to(buf, cap, "%s %llu", name, at);
}

void report_left(char buf[REPORT_LEFT], const struct record *progress)
{
	const uint64_t left_s = progress->u.progress.left_ns / 1000000000 + 1;
	const unsigned long long left_min = (left_s + 59) / 60;

	buf[0] = '\0';
	if (progress->u.progress.left_ns == 0)
		return;
	if (left_s < 60)
		fmt_to(buf, REPORT_LEFT, "%u s left", (unsigned)left_s);
	else if (left_min < 100)
		fmt_to(buf, REPORT_LEFT, "%llu min left", left_min);
	else
		fmt_to(buf, REPORT_LEFT, "%llu h %02llu min left", left_min / 60, left_min % 60);
}

void report_figure(char buf[REPORT_FIGURE], const struct record *measure)
{
	const char *unit = report_text(measure->u.measure.unit);
	char value[FMT_SIZE];
	bool plain = unit[0] == '\0' || text_same(unit, "1");

	fmt_to(buf, REPORT_FIGURE, "%s%s%s",
		fmt_decimal(value, measure->u.measure.value, measure->u.measure.decimals),
		plain ? "" : " ", plain ? "" : unit);
}

void report_field(char *buf, size_t cap, const struct field *field)
{
	buf[0] = '\0';
	if (field->kind == FIELD_TEXT)
		text_copy(buf, cap, report_text(field->text));
	if (field->kind == FIELD_NUMBER)
		fmt_to(buf, cap, "%llu", (unsigned long long)field->number);
	if (field->kind == FIELD_HEX)
		fmt_to(buf, cap, "0x%llx", (unsigned long long)field->number);
	for (size_t i = 0; field->kind == FIELD_TEXTS && i < field->text_count; i++)
		fmt_add(buf, cap, "%s%s", i > 0 ? ", " : "", report_text(field->texts[i]));
}

const char *report_took(char buf[FMT_SIZE], uint64_t ns)
{
	if (ns > 0)
		return fmt_duration(buf, ns);
	text_copy(buf, FMT_SIZE, "under 1 ms");
	return buf;
}
