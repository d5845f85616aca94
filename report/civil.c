/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seconds since 1970 as a date people and parsers read. Pure. See civil.h. */
#include "report/civil.h"
#include "core/fmt.h"

#define NS_PER_MS    1000000u
#define NS_PER_S     1000000000u
#define S_PER_DAY    86400u
#define LAST_INSTANT 253402300799u /* 9999-12-31T23:59:59Z */

/* The calendar repeats every 400 years. Counted from 1 March, a leap day is the last day of its year. */
#define DAYS_PER_ERA     146097u
#define DAYS_PER_CENTURY 36524u
#define DAYS_PER_4_YEARS 1461u
#define DAYS_0_TO_1970   719468u /* from 0000-03-01 to 1970-01-01 */

struct date {
	unsigned year, month, day;
};

static struct date date_of(uint64_t days_since_1970)
{
	uint64_t days = days_since_1970 + DAYS_0_TO_1970;
	unsigned in_era = (unsigned)(days % DAYS_PER_ERA);
	/* Take the leap days out, so that every year has 365 days. */
	unsigned year = (in_era - in_era / (DAYS_PER_4_YEARS - 1) + in_era / DAYS_PER_CENTURY -
				in_era / (DAYS_PER_ERA - 1)) /
			365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * in_year + 2) / 153; /* 0 is March; five months have 153 days */
	struct date d = {
		.year = (unsigned)(days / DAYS_PER_ERA) * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = in_year - (153 * month + 2) / 5 + 1,
	};

	return d;
}

const char *civil_text(char buf[CIVIL_TEXT], int64_t wall_s, uint64_t after_ns)
{
	uint64_t s = (wall_s > 0 ? (uint64_t)wall_s : 0) + after_ns / NS_PER_S;
	unsigned ms = (unsigned)(after_ns % NS_PER_S / NS_PER_MS);
	unsigned in_day;
	struct date d;

	if (s > LAST_INSTANT)
		s = LAST_INSTANT;
	in_day = (unsigned)(s % S_PER_DAY);
	d = date_of(s / S_PER_DAY);
	fmt_to(buf, CIVIL_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", d.year, d.month, d.day,
		in_day / 3600, in_day / 60 % 60, in_day % 60, ms);
	return buf;
}

/* Days from 1970-01-01 to the first of March of `year`, which leap days of years before it have moved. */
static uint64_t days_to_march(unsigned year)
{
	return UINT64_C(365) * year + year / 4 - year / 100 + year / 400 - DAYS_0_TO_1970;
}

/* Reads `digits` digits at *p, and then, unless it is NUL, `mark`. */
static bool read_part(const char **p, unsigned digits, char mark, unsigned *ret)
{
	unsigned value = 0;

	for (; digits > 0; digits--, ++*p) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (unsigned)(**p - '0');
	}
	if (mark != '\0' && *(*p)++ != mark)
		return false;
	*ret = value;
	return true;
}

bool civil_read(const char *text, uint64_t *ret_ms)
{
	unsigned year, month, day, hour, minute, second, ms;
	uint64_t days;

	if (!read_part(&text, 4, '-', &year) || !read_part(&text, 2, '-', &month) ||
		!read_part(&text, 2, 'T', &day) || !read_part(&text, 2, ':', &hour) ||
		!read_part(&text, 2, ':', &minute) || !read_part(&text, 2, '.', &second) ||
		!read_part(&text, 3, 'Z', &ms) || year < 1970 || month < 1 || month > 12)
		return false;
	/* The year is taken to begin in March: then every month but the last has a fixed length. */
	year -= month < 3;
	month = month < 3 ? month + 9 : month - 3;
	days = days_to_march(year) + (153 * month + 2) / 5 + day - 1;
	*ret_ms = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms;
	return true;
}
