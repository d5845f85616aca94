/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What changed from one run to another: parts, figures, findings; and what must not count as a change. */
#include "core/bytes.h"
#include "core/fmt.h"
#include "core/rng.h"
#include "core/text.h"
#include "suite/compare.h"
#include "tests/test.h"
#include <stdlib.h>

#define GIB (UINT64_C(1) << 30)

static const struct part server[] = {
	{PART_BOARD, "board", .name = "X10SRi-F", .serial = "ZM15"},
	{PART_FIRMWARE, "fw", .name = "firmware", .version = "1.02"},
	{PART_MEMORY, "mem", .name = "memory"},
	{PART_DIMM, "dimm0", .name = "16 GiB DDR4", .serial = "A1A1", .location = "A1",
		.size_bytes = 16 * GIB},
	{PART_DIMM, "dimm1", .name = "16 GiB DDR4", .serial = "B1B1", .location = "B1",
		.size_bytes = 16 * GIB},
	{PART_DIMM, "dimm2", .name = "16 GiB DDR4", .location = "C1", .size_bytes = 16 * GIB},
	{PART_NIC, "nic0", .name = "Intel", .serial = "52:54:00:00:00:01", .location = "PCI 2"},
	{PART_DISK, "disk0", .name = "SSD", .serial = "S3Z9", .location = "PCI 4",
		.size_bytes = 500 * GIB},
	{PART_DISK, "disk1", .name = "SSD", .serial = "S3ZA", .location = "PCI 5",
		.size_bytes = 500 * GIB},
};

struct pair {
	struct snapshot old, new;
	unsigned matters, count;
	char lines[4096]; /* "!gone mem\n-replaced disk0\n" */
	char first[CHANGE_TEXT];
};

static void note(void *ctx, const struct change *c)
{
	struct pair *p = ctx;

	CHECK(p->count == p->matters || !c->matters, "what matters comes first");
	if (p->count++ == 0)
		text_copy(p->first, sizeof(p->first), c->sentence);
	p->matters += c->matters;
	fmt_add(p->lines, sizeof(p->lines), "%s%s%s%s\n", c->matters ? "!" : "-", c->what,
		c->part != NULL ? " " : "", c->part != NULL ? c->part : "");
}

static struct pair *same_twice(void)
{
	struct pair *p = calloc(1, sizeof(*p));

	memcpy(p->old.inventory.parts, server, sizeof(server));
	p->old.inventory.count = ARRAY_LEN(server);
	p->old.begun = true;
	text_copy(p->old.run, sizeof(p->old.run), "0006");
	p->new = p->old;
	text_copy(p->new.run, sizeof(p->new.run), "0007");
	return p;
}

static const char *compared(struct pair *p)
{
	p->lines[0] = '\0';
	p->count = p->matters = 0;
	compare_snapshots(&p->old, &p->new, true, note, p);
	return p->lines;
}

static struct part *part_of(struct snapshot *s, const char *id)
{
	for (size_t i = 0; i < s->inventory.count; i++) {
		if (text_same(s->inventory.parts[i].id, id))
			return &s->inventory.parts[i];
	}
	abort();
}

static void take_out(struct snapshot *s, const char *id)
{
	struct part *p = part_of(s, id);

	memmove(p, p + 1, (size_t)(&s->inventory.parts[s->inventory.count] - (p + 1)) * sizeof(*p));
	s->inventory.count--;
}

static void measure(
	struct snapshot *s, const char *part, const char *name, uint64_t value, const char *unit)
{
	struct listener l = snapshot_listener(s);
	const struct record r = {
		.kind = RECORD_MEASURE, .part = part, .u.measure = {name, value, 1, unit, 0, 0}};

	l.hear(l.ctx, &r);
}

static void test_parts(void)
{
	struct pair *p = same_twice();

	CHECK_STR(compared(p), "");
	take_out(&p->new, "dimm0");
	text_copy(part_of(&p->new, "dimm1")->id, PART_ID, "dimm0"); /* they are numbered anew */
	CHECK_STR(compared(p), "!gone mem\n");
	CHECK_STR(p->first,
		"Run 0006 had a DIMM that is gone: dimm0 at A1 (16 GiB DDR4, serial A1A1).");
	free(p);

	p = same_twice();
	take_out(&p->old, "dimm1");
	CHECK_STR(compared(p), "-new dimm1\n");
	free(p);

	p = same_twice();
	text_copy(part_of(&p->new, "dimm0")->serial, PART_TEXT, "NEW1");
	text_copy(part_of(&p->new, "nic0")->serial, PART_TEXT, "52:54:00:00:00:02");
	text_copy(part_of(&p->new, "disk0")->serial, PART_TEXT, "OTHER");
	part_of(&p->new, "disk0")->size_bytes = GIB;
	CHECK_STR(compared(p), "-replaced dimm0\n-replaced nic0\n-replaced disk0\n");
	CHECK_STR(p->first, "Where run 0006 had dimm0 at A1 (16 GiB DDR4, serial A1A1) is now "
			    "dimm0 at A1 (16 GiB DDR4, serial NEW1).");
	free(p);

	p = same_twice();
	text_copy(part_of(&p->new, "disk0")->location, PART_TEXT, "PCI 5");
	text_copy(part_of(&p->new, "disk1")->location, PART_TEXT, "PCI 4");
	CHECK_STR(compared(p), "-moved disk0\n-moved disk1\n");
	free(p);

	p = same_twice();
	part_of(&p->new, "dimm2")->size_bytes = 8 * GIB;
	text_copy(part_of(&p->new, "fw")->version, PART_TEXT, "1.03");
	take_out(&p->new, "disk1");
	take_out(&p->new, "nic0");
	CHECK_STR(compared(p), "!smaller dimm2\n!gone\n!gone\n-version fw\n");
	free(p);

	p = same_twice();
	text_copy(part_of(&p->old, "disk1")->location, PART_TEXT, "PCI 0 USB port 3");
	take_out(&p->new, "disk1");
	CHECK_STR(compared(p), "-gone\n");
	free(p);
}

static void test_figures(void)
{
	struct pair *p = same_twice();

	measure(&p->old, "mem", "speed_node0", 10000, "MB/s");
	measure(&p->new, "mem", "speed_node0", 6000, "MB/s");
	CHECK_STR(compared(p), "");
	measure(&p->new, "mem", "speed_node0", 5999, "MB/s");
	CHECK_STR(compared(p), "!worse mem\n");
	CHECK_STR(p->first, "mem speed_node0 is 599.9 MB/s; in run 0006 it was 1000.0 MB/s, less "
			    "than 60 % of it.");
	p->new.parameters = 1;
	CHECK_STR(compared(p), "-worse mem\n");
	p->new.parameters = 0;
	p->lines[0] = '\0';
	compare_snapshots(&p->old, &p->new, false, note, p);
	CHECK_STR(p->lines, "-worse mem\n");
	free(p);

	p = same_twice();
	measure(&p->old, "disk0", "reallocated", 2, "1");
	measure(&p->new, "disk0", "reallocated", 2, "1");
	measure(&p->old, "disk1", "reallocated", 2, "1");
	measure(&p->new, "disk1", "reallocated", 3, "1");
	measure(&p->new, "disk1", "never-before-errors", 3, "1");
	measure(&p->old, "nic0", "pcie_width", 8, "lanes");
	measure(&p->new, "nic0", "pcie_width", 4, "lanes");
	measure(&p->old, "mem", "speed_node0", UINT64_MAX, "MB/s");
	measure(&p->new, "mem", "speed_node0", UINT64_MAX - 1, "MB/s");
	CHECK_STR(compared(p), "!worse nic0\n-worse disk1\n");

	/* disk1 took disk0's number, and its figures go with it. */
	take_out(&p->new, "disk0");
	text_copy(part_of(&p->new, "disk1")->id, PART_ID, "disk0");
	measure(&p->new, "disk0", "reallocated", 2, "1");
	CHECK_STR(compared(p), "!gone\n!worse nic0\n");
	measure(&p->new, "disk0", "reallocated", 4, "1");
	CHECK_STR(compared(p), "!gone\n!worse nic0\n-worse disk0\n");

	/* Another drive in that bay has figures of its own. */
	text_copy(part_of(&p->new, "disk0")->serial, PART_TEXT, "OTHER");
	CHECK_STR(compared(p), "!gone\n!worse nic0\n-replaced disk0\n");
	free(p);
}

static void test_findings(void)
{
	struct pair *p = same_twice();

	p->old.found[p->old.found_count++] = (struct found){FINDING_NET_NO_DHCP, ""};
	p->old.found[p->old.found_count++] = (struct found){FINDING_DISK_READ_ERROR, "disk0"};
	p->new.found[p->new.found_count++] = (struct found){FINDING_DISK_READ_ERROR, "disk0"};
	p->new.found[p->new.found_count++] = (struct found){FINDING_DISK_READ_ERROR, "disk1"};
	CHECK_STR(compared(p), "-found disk1\n-not-found\n");
	CHECK_STR(p->first, "disk-read-error (disk1) was not found in run 0006.");
	free(p);
}

static void test_same_machine(void)
{
	struct pair *p = same_twice();
	struct inventory *a = &p->old.inventory, *b = &p->new.inventory;

	CHECK(compare_is_same_machine(a, b));
	text_copy(b->parts[0].serial, PART_TEXT, "ZM16");
	CHECK(!compare_is_same_machine(a, b));
	b->parts[0].serial[0] = '\0';
	CHECK(compare_is_same_machine(a, b),
		"an update may lose it; the card and the modules say so");
	a->parts[0].serial[0] = '\0';
	CHECK(compare_is_same_machine(a, b), "the card and the modules say so");
	text_copy(part_of(&p->new, "nic0")->serial, PART_TEXT, "52:54:00:00:00:02");
	CHECK(compare_is_same_machine(a, b), "the modules say so");
	part_of(&p->new, "dimm0")->serial[0] = part_of(&p->new, "dimm1")->serial[0] = '\0';
	CHECK(!compare_is_same_machine(a, b), "the same model is not the same machine");
	b->count = 0;
	CHECK(!compare_is_same_machine(a, b));
	free(p);
}

static struct pair *with_uuids(const char *old, const char *new)
{
	struct pair *p = same_twice();

	text_copy(p->old.inventory.uuid, MACHINE_UUID, old);
	text_copy(p->new.inventory.uuid, MACHINE_UUID, new);
	return p;
}

static void drop_serials(struct snapshot *s, enum part_kind from, enum part_kind to)
{
	for (size_t i = 0; i < s->inventory.count; i++) {
		if (s->inventory.parts[i].kind >= from && s->inventory.parts[i].kind <= to)
			s->inventory.parts[i].serial[0] = '\0';
	}
}

/* What the UUID says, with and without a serial number of the board, and with and without parts that both have. */
static void test_uuid(void)
{
	static const char one[] = "00112233-4455-6677-8899-aabbccddeeff",
			  turned[] = "33221100-5544-7766-8899-aabbccddeeff",
			  other[] = "00112233-4455-6677-8899-aabbccddeefe";
	static const struct {
		const char *old, *new;
		bool same_serial, same_parts, same;
	} cases[] = {{one, one, false, false, true}, {one, turned, false, false, true},
		{turned, one, false, false, true}, {one, other, false, true, false},
		{one, other, true, true, true}, {one, other, true, false, false},
		{one, one, true, false, true}, {one, "", true, false, true},
		{one, "", false, true, true}, {one, "", false, false, false},
		{"", "", false, false, false}, {"x", "y", false, true, false},
		{"00112233", "33221100", false, true, false}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pair *p = with_uuids(cases[i].old, cases[i].new);

		if (!cases[i].same_serial)
			drop_serials(&p->old, PART_BOARD, PART_BOARD);
		if (!cases[i].same_parts)
			drop_serials(&p->new, PART_DIMM, PART_NIC);
		CHECK(compare_is_same_machine(&p->old.inventory, &p->new.inventory) ==
				cases[i].same,
			"case %zu", i);
		text_copy(p->new.inventory.parts[0].serial, PART_TEXT, "ZM16");
		CHECK(compare_is_same_machine(&p->old.inventory, &p->new.inventory) ==
				(cases[i].same && !cases[i].same_serial),
			"case %zu: another serial number", i);
		free(p);
	}
}

/* Whatever is in both, each part is told of once, and no run differs from itself. */
static void test_any(void)
{
	struct rng rng = {5};

	for (unsigned n = 0; n < 300; n++) {
		struct pair *p = same_twice();

		p->old.inventory.count = (size_t)rng_below(&rng, PARTS_MAX + 1);
		for (size_t i = 0; i < p->old.inventory.count; i++) {
			struct part *part = &p->old.inventory.parts[i];

			*part = (struct part){
				.kind = (enum part_kind)rng_below(&rng, PART_KIND_COUNT)};
			fmt_to(part->id, PART_ID, "x%u", (unsigned)i);
			fmt_to(part->serial, PART_TEXT, "%.*s", (int)rng_below(&rng, 2), "1");
			fmt_to(part->location, PART_TEXT, "%.*s", (int)rng_below(&rng, 3), "22");
		}
		p->new.inventory = p->old.inventory;
		CHECK_STR(compared(p), "");
		p->new.inventory.count /= 2;
		compared(p);
		CHECK_U64(p->count, p->old.inventory.count - p->new.inventory.count);
		free(p);
	}
}

int main(void)
{
	test_parts();
	test_figures();
	test_findings();
	test_same_machine();
	test_uuid();
	test_any();
	return test_end(__FILE__);
}
