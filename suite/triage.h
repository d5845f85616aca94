/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage: one line per suspect, from what was found and what was really measured.
 *
 * Pure: a fold over records, then a judgement that does not depend on their order. Rules: triage_rules.h.
 * Silence never clears a suspect: CLEARED needs a coverage record and no fault of the environment; a finding beats
 * both, also one that another part's fault explains.
 * Trust. Records may be of an old run, read from a file: any part id, any number of findings.
 */
#ifndef KIRIWAKE_SUITE_TRIAGE_H
#define KIRIWAKE_SUITE_TRIAGE_H

#include "core/record.h"
#include "suite/triage_rules.h"

#define TRIAGE_TEXT  384
#define TRIAGE_CASES 256
#define TRIAGE_STEPS 96

struct triage_case;

struct suspect {
	char part[PART_ID];
	enum part_kind kind;
	size_t place;        /* in the inventory; SIZE_MAX: not in it */
	unsigned findings;   /* FAIL and WARN */
	enum verdict untold; /* the worst of those for which there was no room among the cases */
	bool could_not_test; /* a fault of the environment kept a check from its work */
	char coverage[TRIAGE_TEXT]; /* what was measured, joined with "; " */
	char trouble[TRIAGE_TEXT];  /* the first fault of the environment */

	/* By triage_judge(): */
	enum suspect_state state;
	const struct triage_case *top; /* the weightiest; NULL: none */
	bool follows;                  /* all that was found on it is explained by another part */
};

/* Findings that say the same of the same suspect. */
struct triage_case {
	const struct suspect *suspect;
	enum finding_code code;
	enum verdict verdict; /* the worst of them */
	bool planted;         /* by the run itself */
	unsigned count;
	char nics[2][PART_ID];     /* the cards it is about; empty: none named */
	char ip[48];               /* likewise */
	char message[TRIAGE_TEXT]; /* of the first with that verdict */
	const char *next;

	/* By triage_judge(): */
	const struct triage_case *because; /* what explains it, directly; NULL: it stands */
	const struct explanation *rule;    /* by which rule */
	enum verdict judged; /* the worse of its own verdict and of all that it explains */
};

/* A check that was selected. */
struct triage_step {
	char id[32];
	bool done;     /* at least once it was more than SKIP */
	char why[112]; /* if not */
};

struct triage {
	const struct inventory *inventory;
	bool has_dimms;            /* among the suspects */
	bool named[PARTS_MAX];     /* by place in the inventory: a DIMM that is a suspect */
	bool unreached[PARTS_MAX]; /* likewise: a DIMM that is known not to have been tested */
	bool blamed;        /* in this step somebody was told of a fault of the environment */
	enum verdict found; /* the worst finding of this step */
	size_t count;
	struct suspect suspects[PARTS_MAX];
	size_t case_count;
	struct triage_case cases[TRIAGE_CASES];
	size_t step_count;
	struct triage_step steps[TRIAGE_STEPS];
};

/* One suspect for each part that can be guilty by itself: memory, network, cards, disks, board, firmware; and later for
 * each DIMM on which something is found. `inventory` must outlive *t. */
void triage_begin(struct triage *t, const struct inventory *inventory);

struct listener triage_listener(struct triage *t);

/* Judges all that was heard so far, and emits one RECORD_TRIAGE per suspect, what to act on first. */
void triage_emit(struct triage *t, struct recorder *rec);

/* ---- between its files ---- */

/* Finds what explains what, and each suspect's state. */
void triage_judge(struct triage *t);

/* The case at the end of the chain of explanations; `c` itself when it stands. */
const struct triage_case *triage_root(const struct triage_case *c);

/* Whether suspect `a` is to be acted on before `b`. */
bool triage_before(const struct suspect *a, const struct suspect *b);

/* Whether memory as a whole stands for the DIMMs that are no suspects themselves. */
bool triage_stands_for_others(const struct triage *t, const struct suspect *s);

/* How many those are, and how many of them no check reached. */
unsigned triage_other_dimms(const struct triage *t, unsigned *ret_unreached);

/* Whether a check, by its id, is one of those that test the suspect. */
bool triage_tests(const char *check, const struct suspect *s);

#endif
