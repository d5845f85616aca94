/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Failure codes. Pure. See failure_code.h. */
#include "core/failure_code.h"
#include "core/bytes.h"
#include "core/fnv.h"
#include "core/text.h"

#define DIGITS     8 /* the check character is the last */
#define HASH_BITS  15
#define HASH_MASK  ((1u << HASH_BITS) - 1)
#define NO_SERIAL  (1u << HASH_BITS)
#define KIND_SHIFT 16
#define CODE_SHIFT 20

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* On labels for ever: a new kind takes the next number, up to 15. */
static const unsigned char kind_numbers[PART_KIND_COUNT] = {
	[PART_BOARD] = 1,
	[PART_FIRMWARE] = 2,
	[PART_CPU] = 3,
	[PART_MEMORY] = 4,
	[PART_DIMM] = 5,
	[PART_NETWORK] = 6,
	[PART_NIC] = 7,
	[PART_DISK] = 8,
};

static char capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static unsigned hash(const char *text)
{
	uint64_t h = FNV_BASIS;

	for (; *text != '\0'; text++) {
		const char c = capital(*text);

		h = fnv1a(h, &c, 1);
	}
	return (unsigned)(h ^ h >> 15 ^ h >> 30 ^ h >> 45) & HASH_MASK;
}

/* Times x in GF(32). */
static unsigned twice(unsigned element)
{
	return (element << 1 ^ (element & 16 ? 0x25 : 0)) & 31;
}

/* The polynomial with 1 and then `count` digits as its coefficients, at x. */
static unsigned at_x(const unsigned char *digits, size_t count)
{
	unsigned sum = 1;

	for (size_t i = 0; i < count; i++)
		sum = twice(sum) ^ digits[i];
	return sum;
}

static unsigned number_in(const char *id)
{
	unsigned number = 0;

	for (; *id != '\0'; id++) {
		if (*id >= '0' && *id <= '9')
			number = (number * 10 + (unsigned)(*id - '0')) & HASH_MASK;
	}
	return number;
}

void failure_code_make(char buf[FAILURE_CODE], enum finding_code code, enum part_kind kind,
	const char *id, const char *serial)
{
	const unsigned which = serial[0] != '\0' ? hash(serial) : NO_SERIAL | number_in(id);
	const uint64_t bits = (uint64_t)hash(finding_info(code)->code) << CODE_SHIFT |
			      (uint64_t)kind_numbers[kind] << KIND_SHIFT | which;
	unsigned char digits[DIGITS];
	size_t used = 0;

	for (size_t i = 0; i < DIGITS - 1; i++)
		digits[i] = bits >> (5 * (DIGITS - 2 - i)) & 31;
	digits[DIGITS - 1] = (unsigned char)twice(at_x(digits, DIGITS - 1));
	for (size_t i = 0; i < DIGITS; i++) {
		if (i == DIGITS / 2)
			buf[used++] = '-';
		buf[used++] = alphabet[digits[i]];
	}
	buf[used] = '\0';
}

/* The digit that a typed character stands for; 32: none. */
static unsigned digit_of(char c)
{
	unsigned digit = 0;

	c = capital(c);
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	while (alphabet[digit] != '\0' && alphabet[digit] != c)
		digit++;
	return digit;
}

static enum finding_code code_of(unsigned wanted)
{
	unsigned code = 0;

	while (code < FINDING_COUNT && hash(finding_info((enum finding_code)code)->code) != wanted)
		code++;
	return (enum finding_code)code;
}

static enum part_kind kind_of(unsigned wanted)
{
	unsigned kind = 0;

	while (kind < PART_KIND_COUNT && kind_numbers[kind] != wanted)
		kind++;
	return (enum part_kind)kind;
}

enum failure_result failure_code_read(const char *typed, struct failure *ret)
{
	unsigned char digits[DIGITS];
	size_t count = 0;
	uint64_t bits = 0;

	for (; *typed != '\0'; typed++) {
		const unsigned digit = digit_of(*typed);

		if (*typed == '-' || *typed == ' ')
			continue;
		if (digit == sizeof(alphabet) - 1 || count == DIGITS)
			return FAILURE_NO_CODE;
		digits[count++] = (unsigned char)digit;
	}
	if (count != DIGITS)
		return FAILURE_NO_CODE;
	if (at_x(digits, DIGITS) != 0)
		return FAILURE_MISTYPED;
	for (size_t i = 0; i < DIGITS - 1; i++)
		bits = bits << 5 | digits[i];
	ret->code = code_of(bits >> CODE_SHIFT & HASH_MASK);
	ret->kind = kind_of(bits >> KIND_SHIFT & 15);
	ret->has_serial = (bits & NO_SERIAL) == 0;
	ret->which = bits & HASH_MASK;
	return FAILURE_OK;
}

bool failure_code_fits(const struct failure *failure, const char *serial)
{
	return failure->has_serial && failure->which == hash(serial);
}
