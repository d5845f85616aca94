/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a failure code says, for people. See failure.h.
 *
 * Hardware: none.
 * Trust. The code was typed by a person.
 */
#include "host/failure.h"
#include "core/failure_code.h"
#include <stdio.h>

#define EXIT_NO_FIT  1
#define EXIT_NO_CODE 64

static void print_part(const struct failure *f)
{
	const char *kind = f->kind < PART_KIND_COUNT ? part_kind_name(f->kind)
						     : "a kind that this version does not know";

	if (f->has_serial)
		printf("part          %s with a serial number\n", kind);
	else
		printf("part          %s, number %u, without a serial number\n", kind, f->which);
}

static void print_finding(const struct failure *f)
{
	const struct finding_info *info;

	if (f->code == FINDING_COUNT) {
		printf("finding       one that this version does not know\n");
		return;
	}
	info = finding_info(f->code);
	printf("finding       %s: %s\n", info->code, info->seen);
	printf("means         %s\n", info->means);
	printf("how sure      %s. %s\n", surety_name(info->surety), info->sure);
	printf("do next       %s\n", info->next);
}

int failure_print(const char *typed, const char *serial)
{
	static const char *const refusals[] = {
		[FAILURE_NO_CODE] = "not a failure code: eight letters and digits are one",
		[FAILURE_MISTYPED] = "mistyped: the check character does not fit",
	};
	struct failure f;
	const enum failure_result result = failure_code_read(typed, &f);
	bool fits;

	if (result != FAILURE_OK) {
		fprintf(stderr, "kiriwake: %s is %s\n", typed, refusals[result]);
		return EXIT_NO_CODE;
	}
	printf("check         right\n");
	print_part(&f);
	print_finding(&f);
	if (serial == NULL)
		return 0;
	fits = failure_code_fits(&f, serial);
	printf("serial number %s\n", fits ? "fits"
				     : f.has_serial
					     ? "is of another part"
					     : "cannot be held against it: the part had none");
	return fits ? 0 : EXIT_NO_FIT;
}
