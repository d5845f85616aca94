/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.selftest: would the memory tests find a fault, on this machine, now?
 *
 * Pure. Plants one fault after the other in a small window of the memory under test and runs the checks of this room
 *       on it, as they are: their plan, kernels, CPUs, teller and findings. Only that the recorder they write to is
 *       ours. Nothing of that stays: the next check finds plan, kernels and pace as they were.
 * Pass if: a run without a fault finds nothing, and each planted fault is found: the right word, bit and kind.
 */
#include "core/fmt.h"
#include "memtest/plant.h"
#include "memtest/session.h"

#define PIECE_MIN_BYTES ((uint64_t)256 << 10) /* of the window, which has three pieces */
#define PIECES          3
#define SHARE_BYTES     ((uint64_t)128 << 10) /* of the window, for each CPU, at least */
#define REST_NS         100000000u /* the model of a leaky cell is told, it need not wait */
#define MISSES_TOLD     8
#define TRIES_MAX       6
#define SEED_MARK       0x73656c66u /* other numbers than the tests' own */

/* Which faults a check must find: those it always finds by docs/FAULT-COVERAGE.md, in the quick profile's rounds. Every
 * check of memory stands here but mem.row-hammer, which looks for what only real rows beside each other do. */
static const struct selftest_row {
	const struct check *check;
	const char *kinds;
	bool brief;     /* at one place only: it takes long */
	unsigned tries; /* with other random data: those of one may all agree with a fault */
} rows[] = {
	{&mem_address_check, "stuck alias", false, 1},
	{&mem_bus_stress_check, "stuck", false, TRIES_MAX}, /* one try finds 15 of 16 */
	{&mem_random_check, "stuck", false, 1},
	{&mem_block_move_check, "stuck", false, 1},
	{&mem_bit_fade_check, "stuck fade", false, 1},
	{&mem_modulo_check, "stuck transition", true, 1},
	{&mem_march_c_check, "stuck transition coupling", false, 1},
	{&mem_march_raw_check, "stuck transition coupling", false, 1},
	{&mem_random_inversions_check, "stuck transition", false, 1},
	{&mem_moving_inversions_check, "stuck transition coupling", false, 1},
	{&mem_walking_check, "coupling", true, 1}, /* the hardest alone */
	{&mem_march_ss_check, "stuck transition coupling", false, 1},
};

/* Where in the window. */
enum selftest_place { PLACE_FIRST, PLACE_LAST, PLACE_ANYWHERE, PLACE_BORDER, PLACE_COUNT };

static const char *const place_names[PLACE_COUNT] = {
	[PLACE_FIRST] = "in the first word of memory",
	[PLACE_LAST] = "in the last word of memory",
	[PLACE_ANYWHERE] = "in a word amid memory",
	[PLACE_BORDER] = "between the shares of two CPUs",
};

/* ---- the window ---- */

static void add_piece(const struct mem_plan *plan, struct mem_interval piece, struct mem_plan *ret)
{
	struct mem_chunk c;

	while (ret->range_count < RAM_RANGES_MAX && plan_take(plan, &piece, false, &c)) {
		const uint64_t bytes = c.count * sizeof(uint64_t);

		ret->starts[ret->range_count] = ret->bytes;
		ret->nodes[ret->range_count] = NODE_UNKNOWN;
		ret->ranges[ret->range_count++] = (struct ram_range){
			c.physical, bytes, (uint8_t *)(void *)c.words};
		ret->bytes += bytes;
	}
}

/* The beginning and the end of the memory under test, and a piece somewhere between; all of it, if it is small. */
static void make_window(
	const struct mem_plan *plan, unsigned shares, struct rng *rng, struct mem_plan *ret)
{
	const uint64_t fair = (uint64_t)shares * SHARE_BYTES / PIECES / PLAN_PAGE * PLAN_PAGE;
	const uint64_t piece = fair > PIECE_MIN_BYTES ? fair : PIECE_MIN_BYTES;
	uint64_t middle;

	ret->range_count = 0;
	ret->bytes = 0;
	if (plan->bytes <= PIECES * piece) {
		*ret = *plan;
		return;
	}
	middle = piece + rng_below(rng, (plan->bytes - PIECES * piece) / PLAN_PAGE + 1) * PLAN_PAGE;
	add_piece(plan, (struct mem_interval){0, piece}, ret);
	add_piece(plan, (struct mem_interval){middle, middle + piece}, ret);
	add_piece(plan, (struct mem_interval){plan->bytes - piece, plan->bytes}, ret);
	ret->stretch_count = 1;
	ret->stretches[0] = (struct mem_stretch){NODE_UNKNOWN, {0, ret->bytes}};
}

/* ---- what a check says ---- */

static bool shows_at(const struct fault *fault, uint64_t address)
{
	uint64_t places[FAULT_PLACES];
	const size_t count = inject_shows(fault, places);

	for (size_t i = 0; i < count; i++) {
		if (places[i] == address)
			return true;
	}
	return false;
}

/* Whether a finding names this fault: the word or words, the kind, and the only bit. */
static bool names(const struct fault *fault, const struct record *r)
{
	const uint64_t bit = inject_bit(fault);
	uint64_t address, other, differing;

	if (!plant_field(r, "address", &address) || !shows_at(fault, address))
		return false;
	if (bit == 0)
		return r->u.finding.code == FINDING_MEM_ADDRESS_ALIAS &&
		       plant_field(r, "other_address", &other) && other != address &&
		       shows_at(fault, other);
	return r->u.finding.code == FINDING_MEM_BIT_ERROR && plant_field(r, "xor", &differing) &&
	       differing == bit;
}

/* While a fault is planted, mismatches are its doing. Everything else goes into the log of the run. */
static void hear_finding(struct selftest *t, const struct record *r)
{
	const enum finding_code code = r->u.finding.code;

	if (t->fault == NULL ||
		(code != FINDING_MEM_BIT_ERROR && code != FINDING_MEM_ADDRESS_ALIAS)) {
		t->real = true;
		record_finding_as(t->rec, code, r->u.finding.verdict, r->part, r->u.finding.fields,
			r->u.finding.field_count, "%s", r->message);
	} else if (names(t->fault, r)) {
		t->found = true;
	} else if (t->said[0] == '\0') {
		text_copy(t->said, sizeof(t->said), r->message);
	}
}

static void hear(void *ctx, const struct record *r)
{
	struct selftest *t = ctx;

	if (r->kind == RECORD_FINDING) {
		hear_finding(t, r);
	} else if (r->kind == RECORD_FAULT) {
		t->real = true;
		record_fault(t->rec, r->u.fault.call, r->part, "%s", r->message);
	}
}

/* ---- rehearsals ---- */

/* Runs the check on the window with the fault, or none, planted in it. False: something else came up. */
static bool rehearse(struct run *run, const struct check *check, const struct fault *fault)
{
	struct mem_session *m = run->mem;
	struct selftest *t = &m->selftest;
	const struct config *config = run->config;
	struct config quick = *config;
	struct recorder rec;
	bool planted;

	quick.profile = PROFILE_QUICK;
	quick.mem_patterns[0] = '\0';
	quick.mem_fade_ns = REST_NS;
	t->rec = run->rec;
	t->fault = fault;
	t->found = t->real = false;
	t->said[0] = '\0';
	inject_begin(&t->inject, run->machine->ram.kernels);
	planted = fault == NULL || inject_add(&t->inject, &m->plan, fault);
	m->kernels = &t->inject.kernels;
	recorder_init(&rec, &run->machine->clock);
	recorder_listen(&rec, (struct listener){hear, t});
	run->rec = &rec;
	run->config = &quick;
	record_check_begin(&rec, check->id, check->title, check->pass_if);
	t->verdict = record_check_end(&rec, check->run(run));
	run->rec = t->rec;
	run->config = config;
	return planted && !t->real && !run->stopped && !m->cpu_lost;
}

/* Whether the check has nothing to say about the window as it is. */
static bool is_clean(struct run *run, const struct check *check)
{
	return rehearse(run, check, NULL) && run->mem->selftest.verdict == PASS;
}

/* `said`: what it said instead, or empty. */
static void tell_missed(struct run *run, const struct check *check, const struct fault *fault,
	enum selftest_place place, const char *said)
{
	char text[FAULT_TEXT];
	uint64_t shows[FAULT_PLACES];
	const struct field fields[] = {
		FIELD_STR("check", check->id),
		FIELD_STR("kind", fault->kind->name),
		FIELD_STR("fault", fault_text(text, fault)),
		FIELD_ADDRESS("address", inject_shows(fault, shows) > 0 ? shows[0] : 0),
	};

	if (++run->mem->selftest.missed > MISSES_TOLD)
		return;
	record_finding(run->rec, FINDING_MEM_SELFTEST_MISSED, NULL, fields, ARRAY_LEN(fields),
		"%s did not find, or not where it is, what was planted %s: %s%s%s", check->id,
		place_names[place], text, said[0] != '\0' ? ". It said: " : "", said);
}

/* A word of the window; *ret_other is the one it meets at a border, else 0. False: there is no such place. */
static bool choose_place(struct mem_session *m, enum selftest_place place, struct rng *rng,
	uint64_t *ret_physical, uint64_t *ret_other)
{
	const struct mem_plan *window = &m->plan;
	const unsigned shares = m->work.shares;
	uint64_t offset = 0, other = 0;

	if (place == PLACE_LAST)
		offset = window->bytes - sizeof(uint64_t);
	if (place == PLACE_ANYWHERE)
		offset = rng_below(rng, window->bytes / sizeof(uint64_t)) * sizeof(uint64_t);
	if (place == PLACE_BORDER) {
		deal_begin(&m->work.deal, window, m->work.homes, shares, false);
		offset = m->work.deal.shares[0].rest.hi;
		if (shares < 2 || offset < 2 * PLAN_PAGE || offset == window->bytes)
			return false;
		offset -= sizeof(uint64_t);
		other = plan_physical(window, offset + sizeof(uint64_t));
	}
	*ret_physical = plan_physical(window, offset);
	*ret_other = other;
	return true;
}

/* Until it is found, or something wrong is said, or the tries are over. False: stop, something else came up. */
static bool rehearse_tries(
	struct run *run, const struct selftest_row *row, const struct fault *fault)
{
	const struct selftest *t = &run->mem->selftest;
	const uint64_t seed = run->seed;
	bool done = false;

	for (unsigned i = 0; i < row->tries; i++) {
		run->seed = seed + i;
		done = rehearse(run, row->check, fault);
		if (!done || t->found || t->said[0] != '\0')
			break;
	}
	run->seed = seed;
	return done;
}

/* False: stop, something else came up. */
static bool try_fault(struct run *run, const struct selftest_row *row, const struct fault *fault,
	enum selftest_place place)
{
	const struct check *check = row->check;
	struct selftest *t = &run->mem->selftest;
	char said[SELFTEST_TEXT];

	if (!rehearse_tries(run, row, fault))
		return false;
	if (t->found && t->said[0] == '\0' && t->verdict == FAIL) {
		t->caught++;
	} else {
		text_copy(said, sizeof(said), t->said);
		/* It may be the memory that is broken. */
		if (!is_clean(run, check))
			return false;
		tell_missed(run, check, fault, place, said);
	}
	t->planted++;
	return true;
}

/* The faults of a row, at each place. */
static bool try_row(struct run *run, const struct selftest_row *row, struct rng *rng)
{
	struct text kinds = {row->kinds, text_length(row->kinds)}, kind;

	while (text_word(&kinds, &kind)) {
		for (unsigned p = 0; p < PLACE_COUNT; p++) {
			const enum selftest_place place = (enum selftest_place)p;
			uint64_t physical, other;
			struct fault fault;

			record_progress(run->rec, PART_ID_MEMORY, row->check->title,
				(uint64_t)(row - rows), ARRAY_LEN(rows), "tests", NULL, 0);
			if (row->brief && place != PLACE_ANYWHERE)
				continue;
			if (!choose_place(run->mem, place, rng, &physical, &other))
				continue;
			inject_make(kind, &run->mem->plan, physical, other, rng, &fault);
			if (!try_fault(run, row, &fault, place))
				return false;
		}
	}
	return true;
}

/* The tester itself, check by check. */
static void judge_row(
	struct run *run, const struct selftest_row *row, unsigned planted, unsigned caught)
{
	char name[SELFTEST_TEXT];

	fmt_to(name, sizeof(name), "caught_%s", row->check->id);
	record_measure_limit(run->rec, NULL, name, caught, 0, "1", LIMIT_AT_LEAST, planted);
	record_note(run->rec, PART_ID_MEMORY, "the tester itself, %s: %s, %u of %u faults caught",
		row->check->id, verdict_name(caught == planted ? PASS : FAIL), caught, planted);
}

static bool try_all(struct run *run, struct rng *rng)
{
	const struct selftest *t = &run->mem->selftest;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_clean(run, rows[i].check))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const unsigned planted = t->planted, caught = t->caught;

		if (!try_row(run, &rows[i], rng))
			return false;
		judge_row(run, &rows[i], t->planted - planted, t->caught - caught);
	}
	return true;
}

/* ---- the check ---- */

static enum verdict conclude(struct run *run, bool done)
{
	const struct mem_session *m = run->mem;
	const struct selftest *t = &m->selftest;
	char bytes[FMT_SIZE], sum[SELFTEST_TEXT];

	record_measure(run->rec, NULL, "planted", t->planted, 0, "1");
	record_measure_limit(
		run->rec, NULL, "caught", t->caught, 0, "1", LIMIT_AT_LEAST, t->planted);
	fmt_to(sum, sizeof(sum),
		"%u of %u planted faults were caught and located on %s of memory with %u CPU%s",
		t->caught, t->planted, fmt_bytes(bytes, m->plan.bytes), m->work.cpus,
		m->work.cpus == 1 ? "" : "s");
	if (done) {
		record_why(run->rec, "%s", sum);
		return PASS;
	}
	if (run->stopped) {
		record_why(run->rec, "%s; %s", run->stop_why, sum);
		return SKIP;
	}
	run->gave_up = true;
	record_why(run->rec,
		"the tests cannot be judged where something is really wrong, see above; %s", sum);
	return ERROR;
}

static enum verdict run_selftest(struct run *run)
{
	struct mem_session *m = run->mem;
	struct selftest *t = &m->selftest;
	struct rng rng = {rng_mix(run->seed ^ SEED_MARK) + run->pass};
	const struct kernels *kernels;
	struct mem_work work;
	enum verdict verdict;

	if (!session_begin(run, 1, &verdict))
		return verdict;
	kernels = m->kernels;
	work = m->work;
	t->planted = t->caught = t->missed = 0;
	t->whole = m->plan;
	make_window(&t->whole, work.shares, &rng, &m->plan);
	work_init(&m->work, &run->machine->cpus, run->config, run->topology, &m->plan);
	verdict = conclude(run, try_all(run, &rng));
	m->plan = t->whole;
	m->kernels = kernels;
	m->work = work;
	return verdict;
}

const struct check mem_selftest_check = {
	.id = "mem.selftest",
	.title = "The memory tests themselves: would they find a fault?",
	.pass_if =
		"each fault planted in a part of memory is found by every test that should, in its place",
	.need = NEED_RAM,
	.on_request = true,
	.run = run_selftest,
};
