/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Whether two runs were on one machine. Pure. See compare.h. */
#include "core/text.h"
#include "suite/compare.h"

static bool has_serial(const struct inventory *inv, enum part_kind kind, const char *serial)
{
	for (size_t i = 0; serial[0] != '\0' && i < inv->count; i++) {
		if (inv->parts[i].kind == kind && text_same(inv->parts[i].serial, serial))
			return true;
	}
	return false;
}

static const struct part *board_of(const struct inventory *inv)
{
	for (size_t i = 0; i < inv->count; i++) {
		if (inv->parts[i].kind == PART_BOARD)
			return &inv->parts[i];
	}
	return NULL;
}

/* Whether a card or a module is in both. */
static bool share_part(const struct inventory *a, const struct inventory *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct part *p = &a->parts[i];

		if ((p->kind == PART_NIC || p->kind == PART_DIMM) &&
			has_serial(b, p->kind, p->serial))
			return true;
	}
	return false;
}

/* Firmware before and behind an update may differ in which byte order the first three fields are in. */
static bool same_uuid(const char *a, const char *b)
{
	static const unsigned char turned[] = {
		6, 7, 4, 5, 2, 3, 0, 1, 8, 11, 12, 9, 10, 13, 16, 17, 14, 15};

	if (text_same(a, b))
		return true;
	if (text_length(a) != MACHINE_UUID - 1 || text_length(b) != MACHINE_UUID - 1)
		return false;
	for (size_t i = 0; i < MACHINE_UUID; i++) {
		if (a[i] != b[i < sizeof(turned) ? turned[i] : i])
			return false;
	}
	return true;
}

bool compare_is_same_machine(const struct inventory *a, const struct inventory *b)
{
	const struct part *board_a = board_of(a), *board_b = board_of(b);
	bool has_serials, has_uuids;

	if (board_a == NULL || board_b == NULL || !text_same(board_a->name, board_b->name))
		return false;
	has_serials = board_a->serial[0] != '\0' && board_b->serial[0] != '\0';
	has_uuids = a->uuid[0] != '\0' && b->uuid[0] != '\0';
	if (has_serials && !text_same(board_a->serial, board_b->serial))
		return false;
	if (has_uuids && same_uuid(a->uuid, b->uuid))
		return true;
	if (has_serials != has_uuids)
		return has_serials;
	return share_part(a, b);
}
