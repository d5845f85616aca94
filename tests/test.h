/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The whole unit test framework: name the case, compare, count. One main() per file, 0 when all held. */
#ifndef KIRIWAKE_TESTS_TEST_H
#define KIRIWAKE_TESTS_TEST_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static unsigned test_passed, test_failed;

#define CHECK(cond, ...)                                                          \
	do {                                                                      \
		if (cond) {                                                       \
			test_passed++;                                            \
		} else {                                                          \
			test_failed++;                                            \
			printf("%s:%d: not so: %s  ", __FILE__, __LINE__, #cond); \
			printf(" " __VA_ARGS__);                                  \
			printf("\n");                                             \
		}                                                                 \
	} while (0)

#define CHECK_U64(got, want)                                                                     \
	do {                                                                                     \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                       \
		CHECK(got_ == want_,                                                             \
			"%s: got %" PRIu64 " (0x%" PRIx64 "), want %" PRIu64 " (0x%" PRIx64 ")", \
			#got, got_, got_, want_, want_);                                         \
	} while (0)

#define CHECK_STR(got, want)                                                                       \
	do {                                                                                       \
		const char *got_ = (got), *want_ = (want);                                         \
		CHECK(strcmp(got_, want_) == 0, "%s: got \"%s\", want \"%s\"", #got, got_, want_); \
	} while (0)

/* The last statement of main(). */
static inline int test_end(const char *file)
{
	printf("%s: %u passed, %u failed\n", file, test_passed, test_failed);
	return test_failed == 0 && test_passed > 0 ? 0 : 1;
}

#endif
