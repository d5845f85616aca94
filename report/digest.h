/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A whole run in bounded storage: what the renderers need that can only write once they know everything.
 *
 * Pure: a fold over records. The same finding on the same part is one row with a count, a figure measured again is the
 * newest, a check that ran again is one row. What found no room is counted, for the reports to say so.
 */
#ifndef KIRIWAKE_REPORT_DIGEST_H
#define KIRIWAKE_REPORT_DIGEST_H

#include "core/failure_code.h"
#include "report/report.h"

#define DIGEST_CHECKS    96
#define DIGEST_SPANS     256
#define DIGEST_FINDINGS  96
#define DIGEST_FAULTS    48
#define DIGEST_COVERAGES 160
#define DIGEST_FIGURES   1024
#define DIGEST_SERIES    96
#define DIGEST_POINTS    24576
#define DIGEST_SUSPECTS  64
#define DIGEST_BITS      512
#define DIGEST_FILES     72 /* one of each disk, and some of the run */

#define DIGEST_NAME  48
#define DIGEST_TEXT  256
#define DIGEST_FACTS 512

struct digest_check {
	char id[DIGEST_NAME];
	char title[96];
	char pass_if[DIGEST_TEXT];
	char why[192]; /* of the worst end, and of those the newest */
	enum verdict verdict;
	unsigned times; /* begun */
	unsigned ended;
	uint64_t took_ns; /* all times together */
};

/* One time that a check ran. */
struct digest_span {
	size_t check;
	bool ended;
	enum verdict verdict;
	uint64_t begin_ns, end_ns;
};

struct digest_finding {
	enum finding_code code;
	enum verdict verdict; /* the worst; what follows is of the first of that kind */
	const char *next;
	char part[PART_ID];
	char message[896];
	char facts[DIGEST_FACTS]; /* "address 0x1000, bank 7, ..." */
	size_t check;             /* DIGEST_CHECKS: outside every check */
	uint64_t first_ns, last_ns;
	uint64_t count;
};

struct digest_fault {
	size_t check; /* DIGEST_CHECKS: outside every check */
	char part[PART_ID];
	char call[DIGEST_NAME];
	char message[DIGEST_TEXT];
	uint64_t count;
};

struct digest_coverage {
	size_t check;
	char part[PART_ID];
	char text[DIGEST_TEXT];
};

struct digest_figure {
	size_t check;
	char part[PART_ID];
	char name[DIGEST_NAME];
	char unit[12];
	uint64_t value, limit_value; /* times 10^decimals */
	unsigned decimals;
	enum limit limit;
};

struct digest_series {
	size_t check;
	char part[PART_ID];
	char name[DIGEST_NAME];
	char unit[12];
	enum series_kind kind;
	unsigned decimals;
	size_t first, count, room; /* in `points` */
	size_t thinned;            /* points that were left out */
};

struct digest_suspect {
	enum suspect_state state;
	char part[PART_ID];
	char name[PART_ID + 3 * PART_TEXT];
	char evidence[640];
	char next[640];
	char failure_code[FAILURE_CODE]; /* empty: none */
	char because_of[PART_ID];        /* part whose fault explains this one's; empty: none */
};

/* A word of memory that did not read back. */
struct digest_bits {
	uint64_t address, differing;
};

struct digest_file {
	char name[DIGEST_NAME];
	char what[96];
};

/* Rows that found no room; of findings the worst ones have it. */
struct digest_dropped {
	uint64_t checks, spans, findings, faults, coverages, figures, series, suspects, bits;
};

struct digest {
	struct report_head head;
	struct inventory inventory;
	char command_line[512];
	char parameters[4096];
	uint64_t record_count;
	uint64_t last_ns; /* of the newest record */
	bool ended;
	enum verdict verdict; /* of the run, or the worst so far */
	bool complete;
	char incomplete_why[DIGEST_TEXT];
	char end_line[REPORT_END_LINE];
	struct counts counts; /* of the checks that ended */

	size_t current; /* the open check; DIGEST_CHECKS: none */
	size_t check_count, span_count, finding_count, fault_count, coverage_count, figure_count,
		series_count, suspect_count, bits_count, file_count, points_used;
	struct digest_dropped dropped;
	struct digest_check checks[DIGEST_CHECKS];
	struct digest_span spans[DIGEST_SPANS];
	struct digest_finding findings[DIGEST_FINDINGS];
	struct digest_fault faults[DIGEST_FAULTS];
	struct digest_coverage coverages[DIGEST_COVERAGES];
	struct digest_figure figures[DIGEST_FIGURES];
	struct digest_series series[DIGEST_SERIES];
	struct digest_suspect suspects[DIGEST_SUSPECTS];
	struct digest_bits bits[DIGEST_BITS];
	struct digest_file files[DIGEST_FILES];
	struct point points[DIGEST_POINTS];
};

void digest_init(struct digest *d);

/* `d` must outlive the listener. */
struct listener digest_listener(struct digest *d);

/* The id of a check by its index; "" for DIGEST_CHECKS. */
const char *digest_check_id(const struct digest *d, size_t check);

/* Whether the row of a check is a check's, and not triage's. */
bool digest_is_check(const struct digest_check *check);

/* How many checks ended in that verdict, SKIP to FAIL. */
unsigned digest_count(const struct digest *d, enum verdict verdict);

/* "3.2 GB/s at most 2", "0": a figure with its unit. */
void digest_figure_text(char buf[REPORT_FIGURE], const struct digest_figure *figure);

/* All rows of *dropped together. */
uint64_t digest_dropped_rows(const struct digest *d);

#endif
