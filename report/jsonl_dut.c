/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* results.jsonl: the testRunStart line, with the machine under test as dutInfo. Pure.
 *
 * Spec.  OCP Test & Validation output 2.0, testRunStart and dutInfo.
 */
#include "report/jsonl_line.h"
#include "report/report.h"

const char *jsonl_part_type(enum part_kind kind)
{
	static const char *const types[] = {
		[PART_BOARD] = "BOARD",
		[PART_FIRMWARE] = NULL,
		[PART_CPU] = "CPU",
		[PART_MEMORY] = "MEMORY",
		[PART_DIMM] = "DIMM",
		[PART_NETWORK] = NULL,
		[PART_NIC] = "NIC",
		[PART_DISK] = "DISK",
	};

	return types[kind];
}

static void put_parameters(struct json *j, const char *lines)
{
	json_object(j, "parameters");
	while (*lines != '\0') {
		struct text name = {lines, 0}, value;

		while (lines[name.len] != '\0' && lines[name.len] != '=' && lines[name.len] != '\n')
			name.len++;
		lines += name.len + (lines[name.len] == '=');
		value = (struct text){lines, 0};
		while (lines[value.len] != '\0' && lines[value.len] != '\n')
			value.len++;
		lines += value.len + (lines[value.len] == '\n');
		if (name.len > 0)
			json_pair(j, name, value);
	}
	json_close(j);
}

static void put_unless_empty(struct json *j, const char *name, const char *text)
{
	if (text[0] != '\0')
		json_text(j, name, text);
}

static void put_hardware(struct json *j, const struct part *p)
{
	json_object(j, NULL);
	json_text(j, "hardwareInfoId", p->id);
	json_text(j, "name", p->name);
	json_text(j, "partType", jsonl_part_type(p->kind));
	put_unless_empty(j, "manufacturer", p->maker);
	put_unless_empty(j, "partNumber", p->part_number);
	put_unless_empty(j, "serialNumber", p->serial);
	put_unless_empty(j, "version", p->version);
	put_unless_empty(j, "location", p->location);
	json_close(j);
}

static void put_software(struct json *j, const struct part *p)
{
	json_object(j, NULL);
	json_text(j, "softwareInfoId", p->id);
	json_text(j, "name", p->name);
	put_unless_empty(j, "version", p->version);
	json_text(j, "softwareType", "FIRMWARE");
	json_close(j);
}

/* The schema has no place for the machine's UUID, sizes, who made software, nor for what is neither hardware nor software, but the free-form metadata. */
static void put_all_parts(struct json *j, const struct inventory *inventory)
{
	json_object(j, "metadata");
	put_unless_empty(j, "uuid", inventory->uuid);
	json_array(j, "parts");
	for (size_t i = 0; i < inventory->count; i++)
		json_text(j, NULL, inventory->parts[i].id);
	json_close(j);
	json_object(j, "makers");
	for (size_t i = 0; i < inventory->count; i++) {
		if (jsonl_part_type(inventory->parts[i].kind) == NULL)
			put_unless_empty(j, inventory->parts[i].id, inventory->parts[i].maker);
	}
	json_close(j);
	json_object(j, "sizeBytes");
	for (size_t i = 0; i < inventory->count; i++) {
		if (inventory->parts[i].size_bytes != 0)
			json_number(j, inventory->parts[i].id, inventory->parts[i].size_bytes);
	}
	json_close(j);
	json_close(j);
}

static void put_parts(struct jsonl *w, const struct inventory *inventory)
{
	struct json *j = &w->json;

	json_array(j, "softwareInfos");
	for (size_t i = 0; i < inventory->count; i++) {
		if (inventory->parts[i].kind == PART_FIRMWARE)
			put_software(j, &inventory->parts[i]);
	}
	json_close(j);
	w->hardware_count = 0;
	json_array(j, "hardwareInfos");
	for (size_t i = 0; i < inventory->count; i++) {
		const struct part *p = &inventory->parts[i];

		if (jsonl_part_type(p->kind) == NULL)
			continue;
		put_hardware(j, p);
		text_copy(w->hardware[w->hardware_count++], PART_ID, p->id);
	}
	json_close(j);
	put_all_parts(j, inventory);
}

void jsonl_run_start(struct jsonl *w, const struct record *run_begin)
{
	const struct inventory *inventory = run_begin->u.run_begin.inventory;
	const struct part *board = report_part(inventory, PART_BOARD);
	struct json *j = &w->json;
	struct report_head head;

	report_head(&head, run_begin);
	jsonl_run_open(w, run_begin, "testRunStart");
	json_text(j, "name", "kiriwake");
	json_text(j, "version", head.version);
	json_text(j, "commandLine", run_begin->u.run_begin.command_line);
	put_parameters(j, report_text(run_begin->u.run_begin.parameters));
	json_object(j, "dutInfo");
	json_text(j, "dutInfoId",
		board != NULL && board->serial[0] != '\0'         ? board->serial
		: inventory != NULL && inventory->uuid[0] != '\0' ? inventory->uuid
								  : "unknown");
	json_text(j, "name", head.machine);
	json_array(j, "platformInfos");
	json_object(j, NULL);
	json_text(j, "info", head.memory);
	json_close(j);
	json_close(j);
	if (inventory != NULL)
		put_parts(w, inventory);
	json_close(j);
	json_object(j, "metadata");
	json_text(j, "run", head.run);
	if (head.has_wall && head.wall_s > 0)
		json_number(j, "startedS", (uint64_t)head.wall_s);
	json_end_line(j);
}
