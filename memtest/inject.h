/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Faults planted in the memory under test, by ourselves: the proof that it would be found out if it were broken.
 *
 * Pure. Sits between the tests and the kernels in use. A piece of memory with a planted fault is worked on by the same
 *       kernels as all others, one step at a time and by one CPU at a time: before a read the faulty line of 64 bytes
 *       is given what the fault would show, after a write the fault makes of it what it likes (faults.h). So the
 *       kernels that judge real memory have to see it themselves; all other memory is theirs at full speed.
 *       The model sits above the caches, which therefore hide nothing of it.
 */
#ifndef KIRIWAKE_MEMTEST_INJECT_H
#define KIRIWAKE_MEMTEST_INJECT_H

#include "core/rng.h"
#include "memtest/faults.h"
#include "memtest/kernels.h"
#include <stdatomic.h>

#define INJECT_FAULTS_MAX 8
#define INJECT_LINES_MAX  (INJECT_FAULTS_MAX * FAULT_PLACES)

/* A line with a faulty word. */
struct inject_line {
	uint64_t physical;
	uint64_t *words;
};

/* inject_begin() before anything else. */
struct inject {
	struct kernels kernels; /* to be used instead of `real` */
	const struct kernels *real;
	struct faults faults;
	size_t line_count;
	struct inject_line lines[INJECT_LINES_MAX];
	atomic_flag busy;         /* a CPU is at one of the lines */
	struct mem_errors errors; /* of that CPU's step */
};

/* No faults yet. `real` must outlive it; inject->kernels must not move. */
void inject_begin(struct inject *inject, const struct kernels *real);

/* Plants a fault whose words lie in the plan. False: they do not, or there are INJECT_FAULTS_MAX. Only while no CPU
 * uses inject->kernels. */
bool inject_add(struct inject *inject, const struct mem_plan *plan, const struct fault *fault);

/* Whether a fault was planted in the word at `physical`, or in one that disturbs it. */
bool inject_concerns(const struct inject *inject, uint64_t physical);

/* ---- in words ---- */

/* KIND@OFFSET[:DETAIL...]: the offset is in bytes from the start of the memory under test, and of the word where the
 * fault shows. What is left out is drawn from a seed:
 *   stuck@OFFSET:BIT:VALUE       transition@OFFSET:BIT:up|down       fade@OFFSET:BIT:VALUE
 *   coupling@VICTIM:BIT:EFFECT:AGGRESSOR:BIT:up|down                 alias@OFFSET:OTHER
 */
#define INJECT_ACCEPTED                                                                     \
	"up to 8 of stuck, transition, coupling, alias or fade, each @ an offset into the " \
	"memory under test, such as stuck@16M, stuck@16M:5:1 or coupling@0x100000"

enum inject_result {
	INJECT_OK,
	INJECT_NOT_UNDERSTOOD,
	INJECT_OUTSIDE /* an offset is not below plan->bytes */
};

/* Whether each of the words could name a fault in some memory. */
bool inject_words_valid(struct text words);

/* Reads one word. `ret` untouched unless INJECT_OK. */
enum inject_result inject_read(
	struct text word, const struct mem_plan *plan, struct rng *rng, struct fault *ret);

/* A fault of that kind (as in an option) that shows at `physical`, a word of the plan; the other details are random,
 * but `other`, if it is not 0, is the second word. */
void inject_make(struct text kind, const struct mem_plan *plan, uint64_t physical, uint64_t other,
	struct rng *rng, struct fault *ret);

/* The only bit that it changes; of an alias 0, for it changes any. */
uint64_t inject_bit(const struct fault *fault);

/* The words at which it shows, in ret[]: of an alias both, of others one. Returns how many. */
size_t inject_shows(const struct fault *fault, uint64_t ret[FAULT_PLACES]);

#endif
