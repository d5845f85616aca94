/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Failure codes: "7KQ2-M0XD" says in eight characters what was found on which part, for a label, a telephone or an
 * RMA form.
 *
 * Pure. 35 bits in base 32 (Crockford's alphabet: no I, L, O, U) and a check character:
 *
 *   bits 34-20  hash of the finding's code       bits 19-16  kind of the part, from 1
 *   bit  15     0: bits 14-0 are a hash of its serial number    1: it has none; they are the number in its id
 *
 * The check character makes the eight digits d, with 1 in front of them, a root of a polynomial over GF(32), x^5 + x^2 + 1:
 * its weights all differ, so that one wrong character and two that changed places are always noticed.
 * Never changes once released: a code on a label must stay readable. A longer code would be another format.
 * Trust. What is read was typed by a person.
 */
#ifndef KIRIWAKE_CORE_FAILURE_CODE_H
#define KIRIWAKE_CORE_FAILURE_CODE_H

#include "core/finding.h"
#include "core/inventory.h"
#include <stdbool.h>

#define FAILURE_CODE 10 /* "7KQ2-M0XD" and its NUL */

struct failure {
	enum finding_code code; /* FINDING_COUNT: none that this version knows */
	enum part_kind kind;    /* PART_KIND_COUNT: likewise */
	bool has_serial;
	unsigned which; /* hash of the serial number, or the number in the part's id */
};

enum failure_result {
	FAILURE_OK,
	FAILURE_NO_CODE, /* not eight characters of the alphabet, dashes and blanks apart */
	FAILURE_MISTYPED /* the check character does not fit */
};

/* `id` "disk1"; `serial` empty where the part has none. */
void failure_code_make(char buf[FAILURE_CODE], enum finding_code code, enum part_kind kind,
	const char *id, const char *serial);

/* Takes capitals and small letters, and what is easily mistaken: I and L for 1, O for 0. */
enum failure_result failure_code_read(const char *typed, struct failure *ret);

/* Whether the code can be about a part with that serial number; one of 32768 others fits by chance. */
bool failure_code_fits(const struct failure *failure, const char *serial);

#endif
