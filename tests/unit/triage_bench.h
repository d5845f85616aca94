/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A machine on which things are recorded, and what triage says of it, for triage's tests. */
#ifndef KIRIWAKE_TESTS_TRIAGE_BENCH_H
#define KIRIWAKE_TESTS_TRIAGE_BENCH_H

#include "core/failure_code.h"
#include "host/sim_clock.h"
#include "suite/triage.h"
#include "tests/test.h"
#include <stdlib.h>

#define HEARD_MAX 40

/* What triage said: in lines "FAULTY net", "UNTESTED net<nic0" for what follows from nic0's fault. */
struct heard {
	unsigned count;
	char suspects[HEARD_MAX][96];
	char evidence[HEARD_MAX][512];
	char next[HEARD_MAX][512];
	char codes[HEARD_MAX][FAILURE_CODE];
	enum suspect_state states[HEARD_MAX];
	char lines[HEARD_MAX * 32];
};

static inline void hear_triage(void *ctx, const struct record *r)
{
	static const char *const names[] = {"UNTESTED", "CLEARED", "SUSPECT", "FAULTY"};
	struct heard *h = ctx;

	if (r->kind != RECORD_TRIAGE || h->count == HEARD_MAX)
		return;
	text_copy(h->suspects[h->count], sizeof(h->suspects[0]), r->u.triage.suspect);
	text_copy(h->evidence[h->count], sizeof(h->evidence[0]), r->message);
	text_copy(h->next[h->count], sizeof(h->next[0]),
		r->u.triage.next != NULL ? r->u.triage.next : "");
	text_copy(h->codes[h->count], FAILURE_CODE,
		r->u.triage.failure_code != NULL ? r->u.triage.failure_code : "");
	h->states[h->count++] = r->u.triage.state;
	fmt_add(h->lines, sizeof(h->lines), "%s %s%s%s\n", names[r->u.triage.state], r->part,
		r->u.triage.because_of != NULL ? "<" : "",
		r->u.triage.because_of != NULL ? r->u.triage.because_of : "");
}

/* A machine, and what was recorded of it. */
struct bench {
	struct clock_port clock;
	struct sim_clock sim;
	struct inventory inventory;
	struct triage triage;
	struct recorder rec;
	struct heard heard;
};

static inline struct bench *bench_of(const struct part *parts, size_t count)
{
	struct bench *b = calloc(1, sizeof(*b));

	memcpy(b->inventory.parts, parts, count * sizeof(*parts));
	b->inventory.count = count;
	sim_clock_init(&b->sim, &b->clock);
	recorder_init(&b->rec, &b->clock);
	triage_begin(&b->triage, &b->inventory);
	recorder_listen(&b->rec, triage_listener(&b->triage));
	recorder_listen(&b->rec, (struct listener){hear_triage, &b->heard});
	return b;
}

static inline const struct heard *judge(struct bench *b)
{
	b->heard.count = 0;
	b->heard.lines[0] = '\0';
	triage_emit(&b->triage, &b->rec);
	return &b->heard;
}

/* A server with two cards and two disks. */
static const struct part server[] = {{PART_BOARD, "board", .name = "X10SRi-F", .serial = "ZM15"},
	{PART_FIRMWARE, "fw", .name = "EDK II"}, {PART_CPU, "cpu0", .name = "Xeon"},
	{PART_MEMORY, "mem", .name = "memory"}, {PART_DIMM, "dimm0", .name = "DDR4"},
	{PART_DIMM, "dimm1", .name = "DDR4"}, {PART_NETWORK, "net", .name = "network"},
	{PART_NIC, "nic0", .name = "Intel", .serial = "52:54:00:00:00:01"},
	{PART_NIC, "nic1", .name = "Intel"},
	{PART_DISK, "disk0", .name = "SSD", .serial = "S3Z9NB0K", .location = "PCI 4 port 1"},
	{PART_DISK, "disk1", .name = "HDD"}};

static inline struct bench *bench_server(void)
{
	return bench_of(server, ARRAY_LEN(server));
}

/* A finding with the fields that matter to triage; NULL: not there. */
static inline void find_as(struct bench *b, enum finding_code code, enum verdict verdict,
	const char *part, const char *nic, const char *ip)
{
	const struct field fields[] = {
		FIELD_STR("nic", nic != NULL ? nic : ""), FIELD_STR("ip", ip != NULL ? ip : "")};

	if (part != NULL && strncmp(part, "nic", 3) == 0)
		nic = part; /* so that what triage takes for the same says the same */
	record_finding_as(&b->rec, code, verdict, part, fields, 2, "%s on %s at %s.",
		finding_info(code)->code, nic != NULL ? nic : "-", ip != NULL ? ip : "-");
}

static inline void find(
	struct bench *b, enum finding_code code, const char *part, const char *nic, const char *ip)
{
	find_as(b, code, finding_info(code)->verdict, part, nic, ip);
}

static inline void step(struct bench *b, const char *id, enum verdict verdict, const char *why)
{
	record_check_begin(&b->rec, id, "", "");
	record_why(&b->rec, "%s", why);
	record_check_end(&b->rec, verdict);
}

static inline void cover_all(struct bench *b)
{
	for (size_t i = 0; i < b->inventory.count; i++)
		record_coverage(&b->rec, b->inventory.parts[i].id, "looked at %s",
			b->inventory.parts[i].id);
}

#endif
