/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bounded, integer-only text formatting into a sink. Pure. See fmt.h. */
#include "core/fmt.h"
#include <stdbool.h>
#include <string.h>

#define UINT64_DIGITS 20

/* One parsed conversion: %-0*.*lX */
struct conversion {
	bool left;
	bool zero;
	size_t width;
	size_t precision; /* SIZE_MAX: none given */
	unsigned longs;   /* 0: int, 1 and more: 64 bits wide on every target we have */
	char type;
};

static void pad(struct sink out, char with, size_t count)
{
	for (; count > 0; count--)
		out.write(out.ctx, &with, 1);
}

static void put_field(struct sink out, const struct conversion *c, const char *text, size_t len)
{
	size_t fill = c->width > len ? c->width - len : 0;
	bool zero = c->zero && !c->left && c->type != 's' && c->type != 'c';

	if (zero && len > 0 && text[0] == '-') {
		out.write(out.ctx, text, 1);
		text++;
		len--;
	}
	if (!c->left)
		pad(out, zero ? '0' : ' ', fill);
	out.write(out.ctx, text, len);
	if (c->left)
		pad(out, ' ', fill);
}

static void put_number(struct sink out, const struct conversion *c, uint64_t value, bool negative)
{
	const char *digits = c->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned base = c->type == 'x' || c->type == 'X' ? 16 : 10;
	char text[UINT64_DIGITS + 1];
	size_t at = sizeof(text);

	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value != 0);
	if (negative)
		text[--at] = '-';
	put_field(out, c, text + at, sizeof(text) - at);
}

static size_t bounded_length(const char *text, size_t limit)
{
	size_t len = 0;

	while (len < limit && text[len] != '\0')
		len++;
	return len;
}

/* Reads digits or '*' at *p into *ret and moves *p behind them. */
static void read_count(const char **p, int star, size_t *ret)
{
	if (**p == '*') {
		*ret = star > 0 ? (size_t)star : 0;
		(*p)++;
		return;
	}
	*ret = 0;
	for (; **p >= '0' && **p <= '9'; (*p)++)
		*ret = *ret * 10 + (size_t)(**p - '0');
}

/* Parses the conversion behind a '%'. Returns the character behind it. */
static const char *read_conversion(const char *p, va_list *args, struct conversion *ret)
{
	*ret = (struct conversion){.precision = SIZE_MAX};
	for (; *p == '-' || *p == '0'; p++) {
		if (*p == '-')
			ret->left = true;
		else
			ret->zero = true;
	}
	read_count(&p, *p == '*' ? va_arg(*args, int) : 0, &ret->width);
	if (*p == '.') {
		p++;
		read_count(&p, *p == '*' ? va_arg(*args, int) : 0, &ret->precision);
	}
	for (; *p == 'l' || *p == 'z' || *p == 'h'; p++)
		ret->longs += *p != 'h';
	ret->type = *p;
	return *p == '\0' ? p : p + 1;
}

static void put_conversion(struct sink out, const struct conversion *c, va_list *args)
{
	switch (c->type) {
	case 's': {
		const char *text = va_arg(*args, const char *);

		if (text == NULL)
			text = "(null)";
		put_field(out, c, text, bounded_length(text, c->precision));
		break;
	}
	case 'c': {
		char ch = (char)va_arg(*args, int);

		put_field(out, c, &ch, 1);
		break;
	}
	case 'd':
	case 'i': {
		int64_t v = c->longs ? va_arg(*args, int64_t) : va_arg(*args, int);

		put_number(out, c, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0);
		break;
	}
	case 'u':
	case 'x':
	case 'X':
		put_number(out, c, c->longs ? va_arg(*args, uint64_t) : va_arg(*args, unsigned),
			false);
		break;
	default:
		out.write(out.ctx, &c->type, c->type != '\0');
	}
}

void fmt_v(struct sink out, const char *format, va_list args)
{
	va_list walk;

	va_copy(walk, args);
	for (const char *p = format; *p != '\0';) {
		const char *plain = p;

		while (*p != '\0' && *p != '%')
			p++;
		out.write(out.ctx, plain, (size_t)(p - plain));
		if (*p == '%') {
			struct conversion c;

			p = read_conversion(p + 1, &walk, &c);
			put_conversion(out, &c, &walk);
		}
	}
	va_end(walk);
}

void fmt(struct sink out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fmt_v(out, format, args);
	va_end(args);
}

struct buffer {
	char *at;
	size_t cap;
	size_t len;
};

static void buffer_write(void *ctx, const char *text, size_t len)
{
	struct buffer *b = ctx;
	size_t room = b->cap - 1 - b->len;
	size_t take = len < room ? len : room;

	memcpy(b->at + b->len, text, take);
	b->len += take;
	b->at[b->len] = '\0';
}

size_t fmt_to_v(char *buf, size_t cap, const char *format, va_list args)
{
	struct buffer b = {buf, cap, 0};

	buf[0] = '\0';
	fmt_v((struct sink){buffer_write, &b}, format, args);
	return b.len;
}

size_t fmt_to(char *buf, size_t cap, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = fmt_to_v(buf, cap, format, args);
	va_end(args);
	return len;
}

size_t fmt_add(char *buf, size_t cap, const char *format, ...)
{
	size_t used = bounded_length(buf, cap - 1);
	va_list args;
	size_t len;

	va_start(args, format);
	len = fmt_to_v(buf + used, cap - used, format, args);
	va_end(args);
	return used + len;
}

const char *fmt_bytes(char buf[FMT_SIZE], uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	unsigned unit = 0;
	uint64_t tenths;

	while (unit < 6 && bytes >> (10 * (unit + 1)) != 0)
		unit++;
	if (unit == 0) {
		fmt_to(buf, FMT_SIZE, "%llu B", (unsigned long long)bytes);
		return buf;
	}
	tenths = ((bytes >> (10 * (unit - 1)) & 1023) * 10) >> 10;
	bytes >>= 10 * unit;
	if (tenths == 0)
		fmt_to(buf, FMT_SIZE, "%llu %s", (unsigned long long)bytes, units[unit]);
	else
		fmt_to(buf, FMT_SIZE, "%llu.%llu %s", (unsigned long long)bytes,
			(unsigned long long)tenths, units[unit]);
	return buf;
}

const char *fmt_duration(char buf[FMT_SIZE], uint64_t ns)
{
	unsigned long long us = ns / 1000, s = us / 1000000;

	if (us < 1000)
		fmt_to(buf, FMT_SIZE, "%llu us", us);
	else if (s < 1)
		fmt_to(buf, FMT_SIZE, "%llu ms", us / 1000);
	else if (s < 60)
		fmt_to(buf, FMT_SIZE, "%llu.%llu s", s, us / 100000 % 10);
	else if (s < 3600)
		fmt_to(buf, FMT_SIZE, "%llu min %02llu s", s / 60, s % 60);
	else
		fmt_to(buf, FMT_SIZE, "%llu h %02llu min", s / 3600, s / 60 % 60);
	return buf;
}

const char *fmt_decimal(char buf[FMT_SIZE], uint64_t value, unsigned decimals)
{
	unsigned long long scale = 1, whole = value;

	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	if (decimals == 0)
		fmt_to(buf, FMT_SIZE, "%llu", whole);
	else
		fmt_to(buf, FMT_SIZE, "%llu.%0*llu", whole / scale, (int)decimals, whole % scale);
	return buf;
}
