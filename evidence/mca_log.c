/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Folding of machine-check errors into findings. Pure. See mca_log.h. */
#include "evidence/mca_log.h"
#include "core/fmt.h"
#include "core/text.h"

#define PAGE_BITS   12
#define NO_PAGE     UINT64_MAX
#define FIELDS_MAX  12
#define SENTENCE    384
#define DIMMS_NAMED 8 /* candidates listed by label; more are only counted */

typedef unsigned long long ull;

static const struct {
	enum finding_code code;
	const char *one, *many; /* "3 memory errors that ECC corrected" */
} kinds[MCA_KIND_COUNT] = {
	[MCA_KIND_MEM_UNCORRECTED] = {FINDING_MEM_UNCORRECTED_ERROR, "an uncorrected memory error",
		"uncorrected memory errors"},
	[MCA_KIND_CPU_UNCORRECTED] = {FINDING_CPU_UNCORRECTED_ERROR, "an uncorrected CPU error",
		"uncorrected CPU errors"},
	[MCA_KIND_MEM_CORRECTED] = {FINDING_MEM_CORRECTED_ERROR, "a corrected memory error",
		"corrected memory errors"},
	[MCA_KIND_CPU_CORRECTED] = {FINDING_CPU_CORRECTED_ERROR, "a corrected CPU error",
		"corrected CPU errors"},
};

static enum mca_kind kind_of(const struct mca_error *e)
{
	if (e->severity == MCA_CORRECTED)
		return e->memory ? MCA_KIND_MEM_CORRECTED : MCA_KIND_CPU_CORRECTED;
	return e->memory ? MCA_KIND_MEM_UNCORRECTED : MCA_KIND_CPU_UNCORRECTED;
}

/* ---- where it is ---- */

static struct mca_place place_of(
	const struct mca_bank *bank, const struct mca_error *e, const struct topology *t)
{
	struct mca_place p = {.kind = kind_of(e), .bank = bank->bank, .seen_from = bank->cpu};

	if (e->memory)
		p.seen_from = bank->cpu < TOPOLOGY_CPUS && t->node_count > 0
				      ? t->cpu_nodes[bank->cpu]
				      : NODE_UNKNOWN;
	p.page = e->has_address ? e->address >> PAGE_BITS : NO_PAGE;
	return p;
}

static bool place_same(const struct mca_place *a, const struct mca_place *b)
{
	return a->kind == b->kind && a->bank == b->bank && a->seen_from == b->seen_from &&
	       a->page == b->page;
}

/* The entry of a place, with *ret_new set if it was made now; NULL if there is no room. */
static struct mca_place *entry_of(struct mca_log *log, struct mca_place place, bool *ret_new)
{
	for (size_t i = 0; i < log->place_count; i++) {
		if (place_same(&log->places[i], &place))
			return &log->places[i];
	}
	if (log->place_count == MCA_PLACES_MAX)
		return NULL;
	*ret_new = true;
	log->places[log->place_count] = place;
	return &log->places[log->place_count++];
}

/* ---- which DIMM ---- */

/* The DIMMs an address may lie on, by their labels. */
struct dimms {
	size_t count;       /* 0: not known */
	char part[PART_ID]; /* of the first */
	const char *labels[DIMMS_NAMED];
	size_t named;
};

static const char *label_of(const struct inventory *inventory, const char *id)
{
	for (size_t i = 0; inventory != NULL && i < inventory->count; i++) {
		const struct part *p = &inventory->parts[i];

		if (text_same(p->id, id) && p->location[0] != '\0')
			return p->location;
	}
	return NULL;
}

static struct dimms dimms_at(const struct run *run, const struct mca_error *e)
{
	struct dimms d = {0};
	struct dimm_set set;
	const char *label;
	char id[PART_ID];

	if (!e->memory || !e->has_address || !topology_dimms(run->topology, e->address, &set))
		return d;
	d.count = dimm_set_count(set);
	fmt_to(d.part, sizeof(d.part), "dimm%u", dimm_set_first(set));
	for (unsigned n = 0; n < DIMMS_MAX && d.named < DIMMS_NAMED; n++) {
		if ((set.bits[n / 64] >> n % 64 & 1) == 0)
			continue;
		fmt_to(id, sizeof(id), "dimm%u", n);
		label = label_of(run->inventory, id);
		if (label != NULL)
			d.labels[d.named++] = label;
	}
	return d;
}

/* ---- one finding ---- */

struct fields {
	size_t count;
	struct field at[FIELDS_MAX];
};

static void add(struct fields *f, struct field field)
{
	f->at[f->count++] = field;
}

static struct fields fields_of(
	const struct mca_bank *bank, const struct mca_error *e, const struct dimms *dimms)
{
	struct fields f = {0};

	add(&f, FIELD_NUM("bank", bank->bank));
	add(&f, FIELD_ADDRESS("status", bank->status));
	add(&f, FIELD_NUM("cpu", bank->cpu));
	add(&f, FIELD_NUM("count", e->count));
	if (e->has_address)
		add(&f, FIELD_ADDRESS("address", e->address));
	if (e->has_raw_address)
		add(&f, FIELD_ADDRESS("bank_address", e->raw_address));
	if (e->has_channel)
		add(&f, FIELD_NUM("channel", e->channel));
	if (bank->misc != 0)
		add(&f, FIELD_ADDRESS("misc", bank->misc));
	if (bank->syndrome != 0)
		add(&f, FIELD_ADDRESS("syndrome", bank->syndrome));
	if (dimms->count == 1 && dimms->named == 1)
		add(&f, FIELD_STR("dimm", dimms->labels[0]));
	else if (dimms->named > 0)
		add(&f, FIELD_LIST("candidates", dimms->labels, dimms->named));
	return f;
}

static void say_dimms(char *text, const struct dimms *dimms)
{
	if (dimms->named == 0)
		return;
	fmt_add(text, SENTENCE, dimms->count == 1 ? " It lies on " : " It lies on one of ");
	for (size_t i = 0; i < dimms->named; i++)
		fmt_add(text, SENTENCE, "%s%s", i > 0 ? ", " : "", dimms->labels[i]);
	if (dimms->count > dimms->named)
		fmt_add(text, SENTENCE, " and %u more", (unsigned)(dimms->count - dimms->named));
	fmt_add(text, SENTENCE, ".");
}

static void say_count(char *text, enum mca_kind kind, uint64_t count)
{
	if (count == 1)
		fmt_add(text, SENTENCE, "%s", kinds[kind].one);
	else
		fmt_add(text, SENTENCE, "%llu %s", (ull)count, kinds[kind].many);
}

static void say(char *text, const struct mca_bank *bank, const struct mca_error *e,
	const struct dimms *dimms, bool before)
{
	fmt_to(text, SENTENCE, before ? "Left from before this run: " : "The machine reported ");
	say_count(text, kind_of(e), e->count);
	if (e->has_address)
		fmt_add(text, SENTENCE, " at 0x%llx", (ull)e->address);
	fmt_add(text, SENTENCE, " (%s", e->what);
	if (e->has_channel)
		fmt_add(text, SENTENCE, ", channel %u", e->channel);
	fmt_add(text, SENTENCE, "), in bank %u of CPU %u.%s", bank->bank, bank->cpu,
		e->severity == MCA_DEFERRED ? " Nobody has used the lost data yet." : "");
	if (bank->exception)
		fmt_add(text, SENTENCE, " It came as a machine-check exception, and work went on.");
	if (e->context_lost)
		fmt_add(text, SENTENCE, " The CPU's state was damaged.");
	if (e->overflow)
		fmt_add(text, SENTENCE, " Others came before it was read: they are not counted.");
	say_dimms(text, dimms);
}

/* What firmware's own start-up leaves behind under a bank that was switched off accuses nobody. */
static enum verdict verdict_of(const struct mca_error *e, bool before)
{
	const enum verdict listed = finding_info(kinds[kind_of(e)].code)->verdict;

	return before && !e->reporting ? WARN : listed;
}

static void tell(
	struct run *run, const struct mca_bank *bank, const struct mca_error *e, bool before)
{
	const struct dimms dimms = dimms_at(run, e);
	const struct fields fields = fields_of(bank, e, &dimms);
	const char *part = !e->memory         ? PART_ID_BOARD
			   : dimms.count == 1 ? dimms.part
					      : PART_ID_MEMORY;
	char text[SENTENCE];

	say(text, bank, e, &dimms, before);
	record_finding_as(run->rec, kinds[kind_of(e)].code, verdict_of(e, before), part, fields.at,
		fields.count, "%s", text);
}

/* ---- all of them ---- */

static void leave_untold(struct mca_log *log, const struct mca_error *e, bool before)
{
	struct mca_untold *u = &log->untold[kind_of(e)];

	u->count += e->count;
	u->verdict = verdict_worse(u->verdict, verdict_of(e, before));
}

void mca_log_take(struct mca_log *log, struct run *run, const struct mca_take *take, bool before)
{
	const struct mca_port *port = &run->machine->mca;

	for (size_t i = 0; i < take->count; i++) {
		const struct mca_bank *bank = &take->banks[i];
		struct mca_place *place;
		struct mca_error e;
		bool is_new = false;

		mca_decode(bank, port->layout, port->capabilities, &e);
		place = entry_of(log, place_of(bank, &e, run->topology), &is_new);
		log->totals[kind_of(&e)] += e.count;
		log->overflow |= e.overflow;
		if (place != NULL)
			place->count += e.count;
		if (is_new)
			tell(run, bank, &e, before);
		else
			leave_untold(log, &e, before);
	}
}

static void tell_more(struct mca_log *log, struct run *run, enum mca_kind kind)
{
	const struct mca_untold *u = &log->untold[kind];
	const struct field fields[] = {
		FIELD_NUM("count", u->count), FIELD_NUM("total", log->totals[kind])};
	char text[SENTENCE] = "";

	say_count(text, kind, u->count);
	record_finding_as(run->rec, kinds[kind].code, u->verdict, NULL, fields, ARRAY_LEN(fields),
		"In this step also %s, beside those told one by one: %llu in this run so far.",
		text, (ull)log->totals[kind]);
}

void mca_log_step_end(struct mca_log *log, struct run *run)
{
	for (enum mca_kind kind = 0; kind < MCA_KIND_COUNT; kind++) {
		if (log->untold[kind].count > 0)
			tell_more(log, run, kind);
		log->untold[kind] = (struct mca_untold){0};
	}
}

uint64_t mca_log_total(const struct mca_log *log)
{
	uint64_t sum = 0;

	for (enum mca_kind kind = 0; kind < MCA_KIND_COUNT; kind++)
		sum += log->totals[kind];
	return sum;
}
