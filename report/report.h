/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the renderers share: the END line, the machine in a few words, and names.
 *
 * Pure. A renderer is a plain struct owned by the caller, an init function that ties it to a sink, and a listener
 * that folds records into text. It keeps no pointer out of a record.
 */
#ifndef KIRIWAKE_REPORT_REPORT_H
#define KIRIWAKE_REPORT_REPORT_H

#include "core/fmt.h"
#include "core/record.h"
#include "report/civil.h"

/* The step that the TRIAGE records come in. */
#define REPORT_TRIAGE "triage"

/* How often progress is worth a line in a file. */
#define REPORT_PROGRESS_NS UINT64_C(10000000000)

/* Room for the END line. */
#define REPORT_END_LINE 160

/* The last line of every run, without a newline, from its RUN_END record:
 * "KIRIWAKE END verdict=FAIL complete=yes run=0007 checks=14 pass=11 ...". Cut to fit; returns the length. */
size_t report_end_line(char *buf, size_t cap, const struct record *run_end);

/* "FAULTY", "SUSPECT", "CLEARED", "UNTESTED". Never NULL. */
const char *report_state_name(enum suspect_state state);

/* `text`, or "" where it is NULL. */
const char *report_text(const char *text);

/* The first part of that kind, or NULL. `inventory` may be NULL. */
const struct part *report_part(const struct inventory *inventory, enum part_kind kind);

/* The files of a run, for people: "KIRIWAKELOG:/runs/0007/". False when the run has none. */
bool report_place(char *buf, size_t cap, const char *run);

/* The head of every report. */
struct report_head {
	char version[24];  /* of this program */
	char run[12];      /* "0007" or "none" */
	char machine[160]; /* "Supermicro X10SRi-F, serial 1234" */
	char firmware[144];
	char memory[48];          /* "16 GiB in 2 DIMMs" */
	char started[CIVIL_TEXT]; /* RFC 3339; empty without a real-time clock */
	bool has_wall;
	int64_t wall_s; /* 0 when !has_wall */
};

/* From a RUN_BEGIN record. Everything is printable, unknown things say so. */
void report_head(struct report_head *ret, const struct record *run_begin);

/* What the x of a series is. */
enum series_kind { SERIES_OTHER, SERIES_OVER_PLACE, SERIES_OVER_TIME, SERIES_HISTOGRAM };

enum series_kind report_series_kind(const char *x_unit, const char *unit);

/* How far: 0 to 100; 0 when the total is unknown. */
unsigned report_percent(uint64_t done, uint64_t total);

/* "234 of 476 MiB", "3 of 6 passes", "12 frames": the figures of a PROGRESS record. */
void report_progress(char *buf, size_t cap, const struct record *progress);

/* "40 s left", "3 min left", "2 h 05 min left"; empty when the record does not say. */
#define REPORT_LEFT 40
void report_left(char buf[REPORT_LEFT], const struct record *progress);

/* "1.161 ms", "20": the figure of a MEASURE record; the unit "1" of plain counts is not said. */
#define REPORT_FIGURE 64
void report_figure(char buf[REPORT_FIGURE], const struct record *measure);

/* How long a step took, in whole milliseconds: "13.3 s", "under 1 ms". */
const char *report_took(char buf[FMT_SIZE], uint64_t ns);

/* The value of a field, as people read it; the texts of a list are joined with ", ". Cut to fit. */
void report_field(char *buf, size_t cap, const struct field *field);

/* "address 0x1f400000" or "lba 1234": where the work stands; empty when the record does not say. */
void report_position(char *buf, size_t cap, const struct record *progress);

#endif
