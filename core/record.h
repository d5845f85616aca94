/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The program's only output: an append-only stream of typed records.
 *
 * Pure. A renderer is a fold over records; it holds no policy. Every pointer inside a record is valid
 * during the call that hands it over and no longer.
 */
#ifndef KIRIWAKE_CORE_RECORD_H
#define KIRIWAKE_CORE_RECORD_H

#include "core/finding.h"
#include "core/inventory.h"
#include "core/machine.h"
#include "core/point.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_kind {
	RECORD_RUN_BEGIN,
	RECORD_CHECK_BEGIN,
	RECORD_PROGRESS,
	RECORD_MEASURE,
	RECORD_SERIES,
	RECORD_FINDING,
	RECORD_NOTE,
	RECORD_FAULT,    /* environment: firmware or we could not do the job; becomes ERROR */
	RECORD_COVERAGE, /* what was really measured on one suspect: the ground for CLEARED */
	RECORD_TRIAGE,
	RECORD_FILE, /* a file beside the records */
	RECORD_CHECK_END,
	RECORD_RUN_END
};

enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_HEX, FIELD_TEXTS };

/* One typed value of a finding. Names are part of the contract (`address`, `expected`, `lba`...). */
struct field {
	const char *name;
	enum field_kind kind;
	uint64_t number;          /* FIELD_NUMBER, FIELD_HEX */
	const char *text;         /* FIELD_TEXT */
	const char *const *texts; /* FIELD_TEXTS */
	size_t text_count;
};

#define FIELD_STR(name_, text_) \
	((struct field){.name = (name_), .kind = FIELD_TEXT, .text = (text_)})
#define FIELD_NUM(name_, number_) \
	((struct field){.name = (name_), .kind = FIELD_NUMBER, .number = (number_)})
#define FIELD_ADDRESS(name_, number_) \
	((struct field){.name = (name_), .kind = FIELD_HEX, .number = (number_)})
#define FIELD_LIST(name_, texts_, count_) \
	((struct field){                  \
		.name = (name_), .kind = FIELD_TEXTS, .texts = (texts_), .text_count = (count_)})

#define SERIES_POINTS 1024 /* at most, in one record */

/* What a figure is held against. */
enum limit { LIMIT_NONE, LIMIT_AT_MOST, LIMIT_AT_LEAST };

enum suspect_state { SUSPECT_UNTESTED, SUSPECT_CLEARED, SUSPECT_SUSPECT, SUSPECT_FAULTY };

struct counts {
	unsigned checks, pass, warn, fail, error, skip;
};

struct record {
	enum record_kind kind;
	uint32_t seq;        /* from 0; a gap means lost records */
	uint64_t t_ns;       /* since RUN_BEGIN; whole milliseconds: a run read back has the same */
	const char *check;   /* id of the step it belongs to; NULL outside every step */
	const char *part;    /* id of the part it is about, or NULL */
	const char *message; /* a sentence for people, or NULL */
	union {
		struct {
			const char *version;      /* of the program */
			const char *run;          /* "0007", or "none" */
			const char *command_line; /* options as they arrived, cleaned */
			const char *parameters;   /* effective options, "key=value\n" lines */
			const struct inventory *inventory;
			bool has_wall;
			int64_t wall_s; /* seconds since 1970 at t_ns = 0 */
		} run_begin;
		struct {
			const char *title;
			const char *pass_if;
		} check_begin;
		struct {
			const char *what;
			uint64_t done, total; /* in `unit` */
			const char *unit;
			const char *at_name; /* "address", "lba" or NULL */
			uint64_t at;         /* where the work stands: what to blame after a hang */
			uint64_t left_ns; /* until it is done, by what was measured; 0: not known */
			bool surely;      /* to be on the log volume before work goes on */
		} progress;
		struct {
			const char *name;
			uint64_t value; /* real value times 10^decimals */
			unsigned decimals;
			const char *unit;
			enum limit limit;
			uint64_t limit_value; /* times 10^decimals, too */
		} measure;
		struct {
			const char *name;
			const char *x_unit;
			const char *unit;  /* of y */
			unsigned decimals; /* of y: real value times 10^decimals; x is plain */
			const struct point *points; /* x never falls */
			size_t count;               /* 1 to SERIES_POINTS */
		} series;
		struct {
			enum finding_code code;
			enum verdict verdict;
			const struct field *fields;
			size_t field_count;
			bool injected; /* about a fault that this run planted itself */
			bool more; /* says more of a fault that is in the log already, and counts as one with it */
		} finding;
		struct {
			const char *call; /* the firmware call, "Snp.Transmit" */
		} fault;
		struct {
			const char *suspect; /* what it is called: "memory", "nic0 Intel 82574L" */
			enum suspect_state state;
			const char *next;
			const struct finding_info
				*finding;         /* the weightiest one on it; NULL: none */
			const char *failure_code; /* core/failure_code.h; NULL unless FAULTY */
			const char *
				because_of; /* id of the part whose fault explains all that was found here; or NULL */
		} triage;
		struct {
			const char *name; /* in the run's directory */
			const char *type; /* as HTTP would call it: "text/html" */
		} file;                   /* message: what is in it */
		struct {
			enum verdict verdict;
			uint64_t took_ns; /* whole milliseconds */
		} check_end;              /* message: why */
		struct {
			enum verdict verdict;
			bool complete;
			const char *run;
			struct counts counts;
			const char *incomplete_why; /* NULL when complete */
		} run_end;
	} u;
};

/* Gets every record, in order. */
struct listener {
	void (*hear)(void *ctx, const struct record *r);
	void *ctx;
};

#define LISTENERS_MAX 10

/* Numbers records, stamps them, hands them to the listeners, and folds verdicts. */
struct recorder {
	const struct clock_port *clock;
	uint64_t start_ns;
	uint32_t seq;
	struct listener listeners[LISTENERS_MAX];
	size_t listener_count;
	const char *check; /* current step, NULL outside */
	uint64_t check_start_ns;
	enum verdict check_verdict; /* worst of the findings and faults in the current step */
	char check_why[192];        /* reason or summary for the step's end */

	/* Whether a finding is about a fault that was planted on purpose: it is marked as such. NULL: none was. */
	bool (*planted)(void *ctx, const struct record *finding);
	void *planted_ctx;
};

/* `clock` must outlive the recorder. */
void recorder_init(struct recorder *rec, const struct clock_port *clock);

/* At most LISTENERS_MAX. */
void recorder_listen(struct recorder *rec, struct listener l);

/* Fills seq, t_ns and check, and hands *r to all listeners. For kinds without a function below. */
void record_emit(struct recorder *rec, struct record *r);

/* Begins the step of a check: all that follows belongs to it, until record_check_end(). `id` is kept, not copied. */
void record_check_begin(
	struct recorder *rec, const char *id, const char *title, const char *pass_if);

/* Ends the step. Its verdict is the worse of `concluded` and all that was recorded in it; UNDECIDED
 * becomes ERROR. Returns it. */
enum verdict record_check_end(struct recorder *rec, enum verdict concluded);

/* Sets the sentence that goes with the step's end: why it was skipped, or what was done. The last one wins. */
void record_why(struct recorder *rec, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A hardware or network fault, FAIL or WARN as the table says. `part` may be NULL. */
void record_finding(struct recorder *rec, enum finding_code code, const char *part,
	const struct field *fields, size_t field_count, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* The same with another verdict than the table's, where circumstances make it less or more. */
void record_finding_as(struct recorder *rec, enum finding_code code, enum verdict verdict,
	const char *part, const struct field *fields, size_t field_count, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* The same of a fault that was told before, of the same code, part and address: now more of it is known. Marked as such by a last
 * field, "follow_up". */
void record_finding_more(struct recorder *rec, enum finding_code code, enum verdict verdict,
	const char *part, const struct field *fields, size_t field_count, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* What to do about a finding: as the table says, but nothing about a fault that the run planted itself. */
const char *record_next(const struct record *finding);

/* The firmware, or we, could not do the job: `call` names the call that failed. Makes the step ERROR. */
void record_fault(struct recorder *rec, const char *call, const char *part, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A fact worth keeping that changes no verdict. */
void record_note(struct recorder *rec, const char *part, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What was measured on `part` in this step, worded as what was done. Only this makes a suspect CLEARED. Triage quotes
 * the first clause, up to a semicolon; what follows is detail for the log. */
void record_coverage(struct recorder *rec, const char *part, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A figure: value / 10^decimals in `unit` ("ms", "MB/s", "B", "%", "1" for plain counts). */
void record_measure(struct recorder *rec, const char *part, const char *name, uint64_t value,
	unsigned decimals, const char *unit);

/* The same of a figure that is held against `limit_value`, which has as many decimals. Records no finding. */
void record_measure_limit(struct recorder *rec, const char *part, const char *name, uint64_t value,
	unsigned decimals, const char *unit, enum limit limit, uint64_t limit_value);

/* A curve, whole: figures over a place ("B" from the start of a disk), a time ("ns" since the check began) or a class
 * ("ns" of latency, and y in "1": how often), x never falling. y / 10^decimals in `unit`. More than SERIES_POINTS are cut off; none is no record. */
void record_series(struct recorder *rec, const char *part, const char *name, const char *x_unit,
	const char *unit, unsigned decimals, const struct point *points, size_t count);

/* A file in the run's directory, `type` as HTTP would call it ("text/html"), and what is in it. */
void record_file(struct recorder *rec, const char *name, const char *type, const char *what);

/* Where the work stands. Cheap: renderers thin it out. at_name may be NULL. record_progress_left() also says how much
 * longer it will take, and with `surely` is on the log volume when it returns: that costs a flush. */
void record_progress(struct recorder *rec, const char *part, const char *what, uint64_t done,
	uint64_t total, const char *unit, const char *at_name, uint64_t at);
void record_progress_left(struct recorder *rec, const char *part, const char *what, uint64_t done,
	uint64_t total, const char *unit, const char *at_name, uint64_t at, uint64_t left_ns,
	bool surely);

#endif
