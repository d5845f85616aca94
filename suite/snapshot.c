/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a run says of its machine. Pure. See snapshot.h. */
#include "suite/snapshot.h"
#include "core/bytes.h"
#include "core/fnv.h"
#include "core/text.h"
#include "report/civil.h"

static void clean(char *dst, size_t cap, const char *text)
{
	dst[0] = '\0';
	if (text != NULL)
		text_clean(dst, cap, text, text_length(text));
}

static void clean_part(struct part *p)
{
	char *const texts[] = {
		p->name, p->maker, p->part_number, p->serial, p->version, p->location};

	text_clean(p->id, sizeof(p->id), p->id, text_length(p->id));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		text_clean(texts[i], PART_TEXT, texts[i], text_length(texts[i]));
}

static void on_run_begin(struct snapshot *s, const struct record *r)
{
	char stamp[CIVIL_TEXT];

	s->begun = r->u.run_begin.inventory != NULL;
	if (s->begun)
		s->inventory = *r->u.run_begin.inventory;
	for (size_t i = 0; i < s->inventory.count; i++)
		clean_part(&s->inventory.parts[i]);
	clean(s->inventory.uuid, MACHINE_UUID, s->inventory.uuid);
	clean(s->run, sizeof(s->run), r->u.run_begin.run);
	if (r->u.run_begin.has_wall)
		clean(s->started, sizeof(s->started), civil_text(stamp, r->u.run_begin.wall_s, 0));
	if (r->u.run_begin.parameters != NULL)
		s->parameters = fnv1a(FNV_BASIS, r->u.run_begin.parameters,
			text_length(r->u.run_begin.parameters));
}

static void on_measure(struct snapshot *s, const struct record *r)
{
	struct figure f = {.value = r->u.measure.value, .decimals = r->u.measure.decimals};
	size_t i = 0;

	clean(f.part, sizeof(f.part), r->part);
	clean(f.name, sizeof(f.name), r->u.measure.name);
	clean(f.unit, sizeof(f.unit), r->u.measure.unit);
	while (i < s->figure_count &&
		(!text_same(s->figures[i].part, f.part) || !text_same(s->figures[i].name, f.name)))
		i++;
	if (i == SNAPSHOT_FIGURES)
		return;
	if (i == s->figure_count)
		s->figure_count++;
	s->figures[i] = f;
}

static void on_finding(struct snapshot *s, const struct record *r)
{
	struct found f = {.code = r->u.finding.code};

	clean(f.part, sizeof(f.part), r->part);
	for (size_t i = 0; i < s->found_count; i++) {
		if (s->found[i].code == f.code && text_same(s->found[i].part, f.part))
			return;
	}
	if (s->found_count < SNAPSHOT_FINDINGS)
		s->found[s->found_count++] = f;
}

static void hear(void *ctx, const struct record *r)
{
	struct snapshot *s = ctx;

	if (r->kind == RECORD_RUN_BEGIN) {
		on_run_begin(s, r);
	} else if (r->kind == RECORD_MEASURE) {
		on_measure(s, r);
	} else if (r->kind == RECORD_FINDING) {
		on_finding(s, r);
	} else if (r->kind == RECORD_RUN_END) {
		s->ended = true;
		s->verdict = r->u.run_end.verdict;
	}
}

struct listener snapshot_listener(struct snapshot *s)
{
	return (struct listener){hear, s};
}
