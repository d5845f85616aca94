/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Models of broken RAM: what each kind of fault makes of an access to the cells.
 *
 * Pure. The cells belong to somebody else: the host's simulated RAM, or a few words of real memory (inject.h). A new
 *       kind of fault is a row of the table in faults.c.
 * Spec.  Fault classes after van de Goor, "Testing Semiconductor Memories", Wiley 1991.
 *
 * A fault is written KIND=ARGUMENTS; addresses are physical and name the 64-bit word they lie in, bits are 0..63:
 *   stuck=ADDRESS:BIT:VALUE                     reads VALUE whatever was written
 *   transition=ADDRESS:BIT:up|down              cannot go from 0 to 1 (up), or from 1 to 0 (down)
 *   open=ADDRESS:BIT                            no contact: reads what the same column of another line read last
 *   misread=ADDRESS:BIT:VALUE                   VALUE is read as its opposite
 *   readflip=ADDRESS:BIT:VALUE                  a read turns VALUE round, and returns the result
 *   deceive=ADDRESS:BIT:VALUE                   a read turns VALUE round, but still returns VALUE
 *   writeflip=ADDRESS:BIT:VALUE                 VALUE written over VALUE turns it round
 *   hasty=ADDRESS:BIT:OLD:VALUE                 read straight after VALUE was written over OLD, it turns round
 *   fade=ADDRESS:BIT:VALUE                      becomes VALUE when memory rests
 *   coupling=ADDRESS:BIT:up|down:VICTIM:BIT:EFFECT
 *                                               that change of the first bit sets the victim's: EFFECT is
 *                                               0, 1 (idempotent) or invert (inversion coupling)
 *   disturb=ADDRESS:BIT:VALUE:VICTIM:BIT:EFFECT that VALUE written over VALUE does
 *   force=ADDRESS:BIT:VALUE:VICTIM:BIT:EFFECT   while the first bit is VALUE the victim's is EFFECT, 0 or 1
 *   block=ADDRESS:BIT:VALUE:VICTIM:BIT:up|down  while the first bit is VALUE the victim's cannot make that change
 *   alias=ADDRESS:OTHER                         accesses to OTHER reach ADDRESS
 *   both=ADDRESS:OTHER                          accesses to OTHER reach ADDRESS as well; reads return the AND
 *   line=BIT                                    address line stuck at 0 (where that leads to RAM)
 *   dead=ADDRESS:BYTES                          reads all ones, writes are lost
 */
#ifndef KIRIWAKE_MEMTEST_FAULTS_H
#define KIRIWAKE_MEMTEST_FAULTS_H

#include "core/text.h"

#define FAULTS_MAX       32
#define FAULT_ARGUMENTS  6
#define FAULT_PLACES     2 /* words that a fault names, at most */
#define FAULT_LINE_WORDS 8 /* the unit in which memory is fetched */
#define FAULT_TEXT       96

/* Values of the arguments that are written as words. */
enum { FAULT_DOWN, FAULT_UP };
enum { FAULT_SET_0, FAULT_SET_1, FAULT_INVERT };

struct fault_kind;

struct fault {
	const struct fault_kind *kind;
	uint64_t at
		[FAULT_ARGUMENTS]; /* the arguments, in the order written; addresses are of whole words */
	uint64_t state;            /* what the kind remembers, 0 at first */
};

/* What the faults sit in. Addresses are physical, of whole words. */
struct fault_cells {
	void *ctx;
	bool (*exists)(void *ctx, uint64_t physical);
	uint64_t (*load)(void *ctx, uint64_t physical);
	void (*store)(void *ctx, uint64_t physical, uint64_t value);
};

/* Zero it, set `cells`, add faults. One access at a time: whoever has several CPUs keeps them apart. */
struct faults {
	struct fault_cells cells;
	size_t count;
	struct fault at[FAULTS_MAX];
};

/* One access to one word of the cells. */
struct fault_access {
	struct faults *all;
	uint64_t physical;
	uint64_t old;   /* what the word held before */
	uint64_t value; /* what it is to hold, or of a read, what it returns */
	bool write;
};

/* What a kind does; a NULL function: nothing. */
struct fault_kind {
	const char *name;
	const char *
		arguments; /* one letter each: see the table of letters in fault_spec.c; 'a' is an address */

	/* Where an access to `physical` ends up. */
	uint64_t (*redirect)(const struct fault *f, uint64_t physical);
	/* Before a read returns: may change a->value, or the cell. */
	void (*read)(struct fault *f, struct fault_access *a);
	/* Before a write reaches the cell: may change a->value. */
	void (*write)(struct fault *f, struct fault_access *a);
	/* After any access: may change other cells. */
	void (*after)(struct fault *f, const struct fault_access *a);
	/* Memory was left alone for long. */
	void (*rest)(struct fault *f, struct faults *all);
	/* Concerns every word of memory, not only those named. */
	bool everywhere;
	/* The first argument is the start of a run of as many bytes as the second says. */
	bool run;
};

extern const struct fault_kind fault_kinds[];
extern const size_t fault_kind_count;

/* An access as a CPU would make it, through all faults. `physical` exists. */
uint64_t faults_load(struct faults *all, uint64_t physical);
void faults_store(struct faults *all, uint64_t physical, uint64_t value);

/* Stores the words of a line that `which` names, as bits, at the same time, as a burst does: each sees what the others held
 * before, and what they do to others comes after all are written. */
void faults_burst(
	struct faults *all, uint64_t line, const uint64_t words[FAULT_LINE_WORDS], unsigned which);

/* Nobody touched the memory for a long time. */
void faults_rest(struct faults *all);

/* Reads "stuck=0x100008:5:1". False, *ret untouched, if that is no fault. */
bool fault_read(const char *spec, struct fault *ret);

/* The same, written. Returns buf. */
const char *fault_text(char buf[FAULT_TEXT], const struct fault *f);

/* The pieces that specs are read from. Kind by name; NULL: there is none. */
const struct fault_kind *fault_kind_named(struct text name);

/* Takes the text up to the next `mark`, or all of it, off *rest; and the mark. */
struct text fault_take_until(struct text *rest, char mark);

/* Reads the argument with this letter. False, *ret untouched: not one of its values. */
bool fault_argument_read(char letter, struct text t, uint64_t *ret);

/* Of a letter whose values are 0, 1, 2...: how many. */
uint64_t fault_argument_choices(char letter);

/* The words it names, in ret[]; of a run the first and the last. Returns how many. */
size_t fault_places(const struct fault *f, uint64_t ret[FAULT_PLACES]);

/* Whether it can show in [physical, physical + bytes). */
bool fault_touches(const struct fault *f, uint64_t physical, uint64_t bytes);

#endif
