/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What changed in a machine from one run to another. Pure. See compare.h. */
#include "suite/compare.h"
#include "core/bytes.h"
#include "core/fmt.h"
#include "core/text.h"
#include "suite/compare_parts.h"

/* One comparison. */
struct comparison {
	const struct snapshot *old, *new;
	struct twins twins;
	bool timing;
	bool mattering; /* this pass tells what matters, the other one the rest */
	void (*each)(void *ctx, const struct change *change);
	void *ctx;
};

static void tell(const struct comparison *c, struct change *change, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(const struct comparison *c, struct change *change, const char *format, ...)
{
	va_list args;

	if (change->matters != c->mattering)
		return;
	va_start(args, format);
	fmt_to_v(change->sentence, sizeof(change->sentence), format, args);
	va_end(args);
	c->each(c->ctx, change);
}

/* ---- parts ---- */

/* "dimm1 in DIMM_B1 (16 GiB DDR4, serial 12AB)" */
static void describe(char *buf, size_t cap, const struct part *p)
{
	fmt_to(buf, cap, "%s", p->id);
	if (p->location[0] != '\0')
		fmt_add(buf, cap, " at %s", p->location);
	fmt_add(buf, cap, " (%s", p->name);
	if (p->serial[0] != '\0')
		fmt_add(buf, cap, ", %s %s", p->kind == PART_NIC ? "MAC address" : "serial",
			p->serial);
	fmt_add(buf, cap, ")");
}

/* What is plugged in and out every day is nobody's loss. */
static bool is_missed(const struct part *p)
{
	const char *glob = "*usb*";
	const struct text usb = {glob, text_length(glob)};

	return !text_glob(usb, (struct text){p->location, text_length(p->location)}) &&
	       !text_glob(usb, (struct text){p->name, text_length(p->name)});
}

static void tell_gone(const struct comparison *c, const struct part *p)
{
	struct change change = {.what = "gone", .matters = is_missed(p)};

	if (p->kind == PART_DIMM)
		change.part = PART_ID_MEMORY;
	describe(change.was, sizeof(change.was), p);
	tell(c, &change, "Run %s had a %s that is gone: %s.", c->old->run, part_kind_name(p->kind),
		change.was);
}

static void tell_new(const struct comparison *c, const struct part *p)
{
	struct change change = {.what = "new", .part = p->id};

	describe(change.is, sizeof(change.is), p);
	tell(c, &change, "A %s that run %s did not have: %s.", part_kind_name(p->kind), c->old->run,
		change.is);
}

static bool is_other(const struct part *old, const struct part *new)
{
	if (old->serial[0] != '\0' && new->serial[0] != '\0')
		return !text_same(old->serial, new->serial);
	return !text_same(old->part_number, new->part_number) || !text_same(old->maker, new->maker);
}

static void tell_twins(const struct comparison *c, const struct part *old, const struct part *new)
{
	struct change change = {.what = "moved", .part = new->id};
	char was[FMT_SIZE], is[FMT_SIZE];

	describe(change.was, sizeof(change.was), old);
	describe(change.is, sizeof(change.is), new);
	if (is_other(old, new)) {
		change.what = "replaced";
		tell(c, &change, "Where run %s had %s is now %s.", c->old->run, change.was,
			change.is);
		return;
	}
	if (!text_same(old->location, new->location))
		tell(c, &change, "%s was at %s in run %s.", change.is, old->location, c->old->run);
	if (new->size_bytes < old->size_bytes) {
		change.what = "smaller";
		change.matters = new->size_bytes > 0;
		tell(c, &change, "%s has %s; in run %s it had %s.", new->id,
			fmt_bytes(is, new->size_bytes), c->old->run,
			fmt_bytes(was, old->size_bytes));
	}
	if (!text_same(old->version, new->version)) {
		change.what = "version";
		change.matters = false;
		tell(c, &change, "%s has version %s; in run %s it had %s.", new->id,
			new->version[0] ? new->version : "unknown", c->old->run,
			old->version[0] ? old->version : "unknown");
	}
}

static void compare_parts(const struct comparison *c)
{
	const struct inventory *old = &c->old->inventory, *new = &c->new->inventory;

	for (size_t i = 0; i < old->count; i++) {
		if (c->twins.of_old[i] == NO_PART)
			tell_gone(c, &old->parts[i]);
		else
			tell_twins(c, &old->parts[i], &new->parts[c->twins.of_old[i]]);
	}
	for (size_t i = 0; i < new->count; i++) {
		if (c->twins.of_new[i] == NO_PART)
			tell_new(c, &new->parts[i]);
	}
}

/* ---- figures ---- */

/* The first row that fits decides. */
static const struct figure_rule {
	const char *part, *name, *unit; /* globs */
	bool rises;                     /* more is worse; else less is */
	unsigned percent;               /* of the old figure: worse is what is beyond */
	bool is_timing; /* it depends on the options of the run and on who else uses the machine */
	bool matters;
} figure_rules[] = {
	{"mem", "mapped_bytes", "B", false, 98, false, true},
	{"mem", "speed_node*", "MB/s", false, 60, true, true},
	{"nic*", "pcie_*", "*", false, 100, false, true},
	{"nic*", "speed", "Mb/s", false, 100, false, false},
	{"*", "*", "MB/s", false, 70, true, false},
	{"*", "*error*", "1", true, 100, false, false},
	{"disk*", "*realloc*", "*", true, 100, false, false},
	{"disk*", "*pending*", "*", true, 100, false, false},
	{"disk*", "*crc*", "*", true, 100, false, false},
	{"disk*", "*spare*", "%", false, 100, false, false},
	{"disk*", "*used*", "%", true, 100, false, false},
};

static bool fits(const char *glob, const char *text)
{
	return text_glob(
		(struct text){glob, text_length(glob)}, (struct text){text, text_length(text)});
}

static const struct figure_rule *rule_of(const struct figure *f)
{
	for (size_t i = 0; i < ARRAY_LEN(figure_rules); i++) {
		const struct figure_rule *r = &figure_rules[i];

		if (fits(r->part, f->part) && fits(r->name, f->name) && fits(r->unit, f->unit))
			return r;
	}
	return NULL;
}

static bool is_worse(const struct figure_rule *r, uint64_t old, uint64_t new)
{
	const unsigned __int128 limit = (unsigned __int128)old * r->percent;
	const unsigned __int128 now = (unsigned __int128)new * 100;

	return r->rises ? now > limit : now < limit;
}

/* The old figure of the same thing; the part may have got another id meanwhile. */
static const struct figure *old_figure(const struct comparison *c, const struct figure *new)
{
	const struct part *p = inventory_part(&c->new->inventory, new->part);
	const size_t twin = p != NULL ? c->twins.of_new[p - c->new->inventory.parts] : NO_PART;
	const char *part = "";

	if (new->part[0] != '\0') {
		if (twin == NO_PART || is_other(&c->old->inventory.parts[twin], p))
			return NULL;
		part = c->old->inventory.parts[twin].id;
	}
	for (size_t i = 0; i < c->old->figure_count; i++) {
		const struct figure *f = &c->old->figures[i];

		if (text_same(f->part, part) && text_same(f->name, new->name))
			return f;
	}
	return NULL;
}

static void compare_figure(const struct comparison *c, const struct figure *new)
{
	const struct figure_rule *r = rule_of(new);
	const struct figure *old = r != NULL ? old_figure(c, new) : NULL;
	const bool same_options = c->old->parameters == c->new->parameters;
	struct change change = {.what = "worse", .part = new->part[0] ? new->part : NULL};
	char was[FMT_SIZE], is[FMT_SIZE], limit[32] = "";

	if (old == NULL || old->decimals != new->decimals || !text_same(old->unit, new->unit) ||
		!is_worse(r, old->value, new->value))
		return;
	change.matters = r->matters && (!r->is_timing || (c->timing && same_options));
	fmt_to(change.was, sizeof(change.was), "%s %s", fmt_decimal(was, old->value, old->decimals),
		old->unit);
	fmt_to(change.is, sizeof(change.is), "%s %s", fmt_decimal(is, new->value, new->decimals),
		new->unit);
	if (r->percent != 100)
		fmt_to(limit, sizeof(limit), ", less than %u %% of it", r->percent);
	tell(c, &change, "%s%s%s is %s; in run %s it was %s%s.", new->part, new->part[0] ? " " : "",
		new->name, change.is, c->old->run, change.was, limit);
}

/* ---- findings ---- */

static bool has_found(const struct snapshot *s, const struct found *f)
{
	for (size_t i = 0; i < s->found_count; i++) {
		if (s->found[i].code == f->code && text_same(s->found[i].part, f->part))
			return true;
	}
	return false;
}

static void compare_findings(const struct comparison *c)
{
	for (size_t i = 0; i < c->new->found_count; i++) {
		const struct found *f = &c->new->found[i];
		const char *code = finding_info(f->code)->code;
		struct change change = {.what = "found", .part = f->part[0] ? f->part : NULL};

		text_copy(change.is, sizeof(change.is), code);
		if (!has_found(c->old, f))
			tell(c, &change, "%s%s%s%s was not found in run %s.", code,
				f->part[0] ? " (" : "", f->part, f->part[0] ? ")" : "",
				c->old->run);
	}
	for (size_t i = 0; i < c->old->found_count; i++) {
		const struct found *f = &c->old->found[i];
		const char *code = finding_info(f->code)->code;
		struct change change = {.what = "not-found"};

		text_copy(change.was, sizeof(change.was), code);
		if (!has_found(c->new, f))
			tell(c, &change, "%s%s%s%s was found in run %s, and not since.", code,
				f->part[0] ? " (" : "", f->part, f->part[0] ? ")" : "",
				c->old->run);
	}
}

/* ---- all of it ---- */

void compare_snapshots(const struct snapshot *old, const struct snapshot *new, bool timing,
	void (*each)(void *ctx, const struct change *change), void *ctx)
{
	struct comparison c = {.old = old, .new = new, .timing = timing, .each = each, .ctx = ctx};

	twins_find(&old->inventory, &new->inventory, &c.twins);
	for (unsigned pass = 0; pass < 2; pass++) {
		c.mattering = pass == 0;
		compare_parts(&c);
		for (size_t i = 0; i < new->figure_count; i++)
			compare_figure(&c, &new->figures[i]);
		compare_findings(&c);
	}
}
