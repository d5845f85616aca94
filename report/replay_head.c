/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading results.jsonl: the testRunStart line and the machine in it. Pure. See replay.h. */
#include "core/fmt.h"
#include "report/jsonl_line.h"
#include "report/replay_line.h"
#include "report/report.h"

#define MS_PER_S 1000

/* The element of `array` whose member `key` is `id`. */
static const struct json_node *element(
	const struct json_tree *t, const struct json_node *array, const char *key, const char *id)
{
	if (array == NULL)
		return NULL;
	for (const struct json_node *n = json_first(t, array); n != NULL;
		n = json_next(t, array, n)) {
		const char *text = json_string(t, n, key);

		if (text != NULL && text_same(text, id))
			return n;
	}
	return NULL;
}

static void copy_text(const struct json_tree *t, const struct json_node *from, const char *name,
	char dst[PART_TEXT])
{
	const char *text = json_string(t, from, name);

	if (text != NULL)
		text_copy(dst, PART_TEXT, text);
}

static enum part_kind kind_of(const char *type)
{
	enum part_kind found = PART_BOARD;

	for (unsigned k = PART_BOARD; k <= PART_DISK; k++) {
		const char *name = jsonl_part_type((enum part_kind)k);

		if (name != NULL && text_same(name, report_text(type)))
			found = (enum part_kind)k;
	}
	return found;
}

/* A part that dutInfo does not describe is the network. */
static void describe(const struct json_tree *t, const struct json_node *dut, struct part *p)
{
	const struct json_node *hard = element(
		t, json_member(t, dut, "hardwareInfos", JSON_ARRAY), "hardwareInfoId", p->id);
	const struct json_node *soft = element(
		t, json_member(t, dut, "softwareInfos", JSON_ARRAY), "softwareInfoId", p->id);

	p->kind = PART_NETWORK;
	text_copy(p->name, sizeof(p->name), "network");
	if (soft != NULL)
		p->kind = PART_FIRMWARE;
	if (hard != NULL)
		p->kind = kind_of(json_string(t, hard, "partType"));
	copy_text(t, soft, "name", p->name);
	copy_text(t, soft, "version", p->version);
	copy_text(t, hard, "name", p->name);
	copy_text(t, hard, "manufacturer", p->maker);
	copy_text(t, hard, "partNumber", p->part_number);
	copy_text(t, hard, "serialNumber", p->serial);
	copy_text(t, hard, "version", p->version);
	copy_text(t, hard, "location", p->location);
}

static void read_inventory(struct replay *p, const struct json_node *dut)
{
	const struct json_tree *t = &p->tree;
	const struct json_node *metadata = json_member(t, dut, "metadata", JSON_OBJECT);
	const struct json_node *ids = json_member(t, metadata, "parts", JSON_ARRAY);
	const struct json_node *sizes = json_member(t, metadata, "sizeBytes", JSON_OBJECT);
	struct inventory *inv = &p->inventory;

	inv->count = 0;
	text_copy(inv->uuid, sizeof(inv->uuid), report_text(json_string(t, metadata, "uuid")));
	if (ids == NULL)
		return;
	for (const struct json_node *n = json_first(t, ids); n != NULL && inv->count < PARTS_MAX;
		n = json_next(t, ids, n)) {
		struct part *part = &inv->parts[inv->count];

		if (n->kind != JSON_STRING || inventory_part(inv, n->text) != NULL)
			continue;
		*part = (struct part){.kind = PART_NETWORK};
		text_clean(part->id, sizeof(part->id), n->text, text_length(n->text));
		if (!text_same(part->id, n->text))
			continue; /* no id of ours */
		describe(t, dut, part);
		copy_text(
			t, json_member(t, metadata, "makers", JSON_OBJECT), part->id, part->maker);
		part->size_bytes = json_whole(t, sizes, part->id, 0);
		inv->count++;
	}
}

/* "key=value" lines, as the options print them. */
static void read_parameters(struct replay *p, const struct json_node *parameters)
{
	const struct json_tree *t = &p->tree;

	p->parameters[0] = '\0';
	if (parameters == NULL)
		return;
	for (const struct json_node *n = json_first(t, parameters); n != NULL;
		n = json_next(t, parameters, n)) {
		if (n->kind == JSON_STRING)
			fmt_add(p->parameters, sizeof(p->parameters), "%s=%s\n", n->name, n->text);
	}
}

void replay_run_start(struct replay *p, const struct json_node *content)
{
	const struct json_tree *t = &p->tree;
	const struct json_node *metadata = json_member(t, content, "metadata", JSON_OBJECT);
	const uint64_t wall_s = json_whole(t, metadata, "startedS", 0);
	const uint64_t stamp_ms = p->now_ns / 1000000;
	struct record r = {.kind = RECORD_RUN_BEGIN};

	if (p->begun)
		return;
	read_inventory(p, json_member(t, content, "dutInfo", JSON_OBJECT));
	read_parameters(p, json_member(t, content, "parameters", JSON_OBJECT));
	if (wall_s > 0 && wall_s < UINT64_MAX / MS_PER_S && wall_s * MS_PER_S <= stamp_ms) {
		r.u.run_begin.has_wall = true;
		r.u.run_begin.wall_s = (int64_t)wall_s;
		p->wall_ms = wall_s * MS_PER_S;
		p->now_ns -= p->wall_ms * 1000000;
	}
	r.u.run_begin.version = json_string(t, content, "version");
	r.u.run_begin.run = json_string(t, metadata, "run");
	r.u.run_begin.command_line = json_string(t, content, "commandLine");
	r.u.run_begin.parameters = p->parameters;
	r.u.run_begin.inventory = &p->inventory;
	p->begun = true;
	replay_emit(p, &r);
}
