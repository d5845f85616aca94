/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Failure codes: they read back, and no slip of the tongue makes another one of them. */
#include "core/bytes.h"
#include "core/failure_code.h"
#include "core/fmt.h"
#include "core/rng.h"
#include "core/text.h"
#include "tests/test.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum failure_result result_of(const char *typed)
{
	struct failure f;

	return failure_code_read(typed, &f);
}

static void test_round_trip(void)
{
	static const char *const serials[] = {"S3Z9NB0K", "", "0", "a b", "\x80"};
	char code[FAILURE_CODE];
	struct failure f;

	for (unsigned c = 0; c < FINDING_COUNT; c++) {
		for (unsigned k = 0; k < PART_KIND_COUNT; k++) {
			for (size_t s = 0; s < ARRAY_LEN(serials); s++) {
				failure_code_make(code, (enum finding_code)c, (enum part_kind)k,
					"disk12", serials[s]);
				CHECK(failure_code_read(code, &f) == FAILURE_OK, "%s", code);
				CHECK(f.code == c && f.kind == k, "%s: two codes or kinds alike",
					finding_info((enum finding_code)c)->code);
				CHECK(f.has_serial == (serials[s][0] != '\0'));
				CHECK(f.has_serial ? failure_code_fits(&f, serials[s])
						   : f.which == 12);
			}
		}
	}
}

/* Labels are read for years: these were printed by the first version. */
static void test_stable(void)
{
	char code[FAILURE_CODE];
	struct failure f;

	failure_code_make(code, FINDING_DISK_READ_ERROR, PART_DISK, "disk0", "S3Z9NB0K");
	CHECK_STR(code, "B8XG-FAVX");
	failure_code_make(code, FINDING_NET_DUPLICATE_IP, PART_NETWORK, "net", "");
	CHECK_STR(code, "38JD-000G");
	CHECK(failure_code_read(" b8xg favx-", &f) == FAILURE_OK);
	CHECK(f.code == FINDING_DISK_READ_ERROR && f.kind == PART_DISK);
	CHECK(failure_code_fits(&f, "s3z9nb0k") && !failure_code_fits(&f, "S3Z9NB0L"));
}

/* Any one character wrong, any two exchanged: never a code. */
static void test_slips(void)
{
	struct rng rng = {7};

	for (unsigned n = 0; n < 300; n++) {
		char serial[8], code[FAILURE_CODE], typed[FAILURE_CODE];

		fmt_to(serial, sizeof(serial), "%x", (unsigned)rng_next(&rng) & 0xffffff);
		failure_code_make(code, (enum finding_code)(n % FINDING_COUNT),
			(enum part_kind)(n % PART_KIND_COUNT), "x1", n % 3 ? serial : "");
		for (size_t i = 0; code[i] != '\0'; i++) {
			for (size_t a = 0; code[i] != '-' && alphabet[a] != '\0'; a++) {
				text_copy(typed, sizeof(typed), code);
				typed[i] = alphabet[a];
				CHECK((result_of(typed) == FAILURE_OK) == (alphabet[a] == code[i]),
					"%s for %s", typed, code);
			}
			for (size_t j = 0; j < i && code[i] != '-'; j++) {
				text_copy(typed, sizeof(typed), code);
				typed[i] = code[j];
				typed[j] = code[i];
				CHECK(code[j] == '-' || (result_of(typed) == FAILURE_OK) ==
								(code[i] == code[j]),
					"%s for %s", typed, code);
			}
		}
	}
}

static void test_no_codes(void)
{
	struct failure f = {.which = 77};

	CHECK(result_of("") == FAILURE_NO_CODE && result_of("----") == FAILURE_NO_CODE);
	CHECK(result_of("0000-000") == FAILURE_NO_CODE &&
		result_of("0000-00000") == FAILURE_NO_CODE);
	CHECK(result_of("0000-000U") == FAILURE_NO_CODE && result_of("0000\xff"
								     "000") == FAILURE_NO_CODE);
	CHECK(failure_code_read("0000-0000", &f) == FAILURE_MISTYPED, "a row of zeros is no code");
	CHECK(f.which == 77, "untouched");
}

int main(void)
{
	test_round_trip();
	test_stable();
	test_slips();
	test_no_codes();
	return test_end(__FILE__);
}
