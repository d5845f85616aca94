/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bounded, integer-only text formatting into a sink.
 *
 * Pure: no allocation, no locale, no state.
 * Spec.  The subset of ISO C printf that the compiler's format checker verifies for us:
 *        flags - and 0, width and * width, precision for %s, lengths h l ll z,
 *        conversions d i u x X c s %.
 */
#ifndef KIRIWAKE_CORE_FMT_H
#define KIRIWAKE_CORE_FMT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Where text goes. `write` takes any length, zero included, and cannot fail as far as the writer knows. */
struct sink {
	void (*write)(void *ctx, const char *text, size_t len);
	void *ctx;
};

/* Formats into a sink, of any length, with the conversions named above. */
void fmt(struct sink out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fmt_v(struct sink out, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Formats into buf[cap], cap > 0: cut to fit and always NUL terminated. Returns the length stored. */
size_t fmt_to(char *buf, size_t cap, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t fmt_to_v(char *buf, size_t cap, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/* Appends to the NUL-terminated text in buf[cap], cut to fit. Returns the new length. */
size_t fmt_add(char *buf, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Room for the texts below. */
#define FMT_SIZE 24

/* "512 MiB": the largest binary unit that keeps the value exact, or one decimal: "1.5 GiB". */
const char *fmt_bytes(char buf[FMT_SIZE], uint64_t bytes);

/* "12.3 s", "4 min 05 s", "850 us", "3 h 07 min". */
const char *fmt_duration(char buf[FMT_SIZE], uint64_t ns);

/* value / 10^decimals with that many decimals: fmt_decimal(buf, 12345, 2) is "123.45". decimals <= 9. */
const char *fmt_decimal(char buf[FMT_SIZE], uint64_t value, unsigned decimals);

#endif
