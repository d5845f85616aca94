/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Small text tools: comparing, cleaning, matching, reading numbers. Pure. See text.h. */
#include "core/text.h"
#include "core/bytes.h"

size_t text_length(const char *s)
{
	size_t len = 0;

	while (s[len] != '\0')
		len++;
	return len;
}

bool text_same(const char *a, const char *b)
{
	for (; *a != '\0' && *a == *b; a++)
		b++;
	return *a == *b;
}

bool text_is(struct text t, const char *s)
{
	return text_length(s) == t.len && memcmp(t.at, s, t.len) == 0;
}

void text_copy(char *dst, size_t cap, const char *src)
{
	size_t len = 0;

	for (; len + 1 < cap && src[len] != '\0'; len++)
		dst[len] = src[len];
	dst[len] = '\0';
}

void text_mark_cut(char *buf, size_t cap, size_t len)
{
	if (len >= cap)
		text_copy(buf + cap - 4, 4, "...");
}

size_t text_narrow(char *buf, size_t len)
{
	static const char little[] = {'\xff', '\xfe'}, big[] = {'\xfe', '\xff'};
	const bool is_little = len >= 2 && memcmp(buf, little, 2) == 0;
	size_t used = 0;

	if (!is_little && (len < 2 || memcmp(buf, big, 2) != 0))
		return len;
	for (size_t i = 2; i + 1 < len; i += 2) {
		const char low = buf[is_little ? i : i + 1], high = buf[is_little ? i + 1 : i];

		buf[used++] = high == 0 && (low & 0x80) == 0 ? low : '?';
	}
	return used;
}

size_t text_clean(char *dst, size_t cap, const void *src, size_t len)
{
	const uint8_t *bytes = src;
	size_t used = 0;

	for (size_t i = 0; i < len && bytes[i] != 0 && used + 1 < cap; i++) {
		char c = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '?';

		if (c == ' ' && (used == 0 || dst[used - 1] == ' '))
			continue;
		dst[used++] = c;
	}
	if (used > 0 && dst[used - 1] == ' ')
		used--;
	dst[used] = '\0';
	return used;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text t)
{
	for (; t.len > 0 && is_blank(t.at[0]); t.len--)
		t.at++;
	while (t.len > 0 && is_blank(t.at[t.len - 1]))
		t.len--;
	return t;
}

bool text_word(struct text *rest, struct text *ret)
{
	struct text t = text_trim(*rest);
	size_t len = 0;

	if (t.len == 0)
		return false;
	while (len < t.len && !is_blank(t.at[len]))
		len++;
	*ret = (struct text){t.at, len};
	*rest = (struct text){t.at + len, t.len - len};
	return true;
}

bool text_line(struct text *rest, struct text *ret)
{
	size_t len = 0;

	while (len < rest->len && rest->at[len] != '\n')
		len++;
	if (len == rest->len)
		return false;
	*ret = text_trim((struct text){rest->at, len});
	*rest = (struct text){rest->at + len + 1, rest->len - len - 1};
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_glob(struct text glob, struct text t)
{
	size_t g = 0, i = 0, star = SIZE_MAX, star_at = 0;

	while (i < t.len) {
		if (g < glob.len && glob.at[g] == '*') {
			star = g++;
			star_at = i;
		} else if (g < glob.len &&
			   (glob.at[g] == '?' || lower(glob.at[g]) == lower(t.at[i]))) {
			g++;
			i++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			i = ++star_at;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.at[g] == '*')
		g++;
	return g == glob.len;
}

static int digit_value(char c)
{
	c = lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Reads the number at the start of *t and leaves what follows it in *t. */
static bool take_number(struct text *t, uint64_t *ret)
{
	bool hex = t->len > 2 && t->at[0] == '0' && lower(t->at[1]) == 'x';
	int base = hex ? 16 : 10;
	size_t i = hex ? 2 : 0, first = i;
	uint64_t value = 0;

	for (; i < t->len && digit_value(t->at[i]) < base; i++) {
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
			__builtin_add_overflow(value, (uint64_t)digit_value(t->at[i]), &value))
			return false;
	}
	if (i == first)
		return false;
	*t = (struct text){t->at + i, t->len - i};
	*ret = value;
	return true;
}

bool text_number(struct text t, uint64_t *ret)
{
	uint64_t value;

	if (!take_number(&t, &value) || t.len != 0)
		return false;
	*ret = value;
	return true;
}

/* A number, then one of the units (matched whole, case ignored), which multiplies it. */
struct text_unit {
	const char *name;
	uint64_t factor;
};

static bool with_unit(struct text t, const struct text_unit *units, size_t count, uint64_t *ret)
{
	uint64_t value;

	if (!take_number(&t, &value))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct text name = {units[i].name, text_length(units[i].name)};

		if (name.len == t.len && text_glob(name, t))
			return !__builtin_mul_overflow(value, units[i].factor, ret);
	}
	return false;
}

bool text_size(struct text t, uint64_t *ret)
{
	static const struct text_unit units[] = {
		{"", 1},
		{"B", 1},
		{"K", 1u << 10},
		{"KB", 1u << 10},
		{"KiB", 1u << 10},
		{"M", 1u << 20},
		{"MB", 1u << 20},
		{"MiB", 1u << 20},
		{"G", 1u << 30},
		{"GB", 1u << 30},
		{"GiB", 1u << 30},
		{"T", 1ull << 40},
		{"TB", 1ull << 40},
		{"TiB", 1ull << 40},
	};
	uint64_t value;

	if (!with_unit(t, units, ARRAY_LEN(units), &value))
		return false;
	*ret = value;
	return true;
}

bool text_duration(struct text t, uint64_t *ret_ns)
{
	static const struct text_unit units[] = {
		{"", 1000000000},
		{"s", 1000000000},
		{"ms", 1000000},
		{"m", 60000000000},
		{"min", 60000000000},
		{"h", 3600000000000},
		{"d", 86400000000000},
	};
	uint64_t value;

	if (!with_unit(t, units, ARRAY_LEN(units), &value))
		return false;
	*ret_ns = value;
	return true;
}
