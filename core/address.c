/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ethernet and IPv4 addresses as values, and their text forms. Pure. See address.h. */
#include "core/address.h"
#include "core/fmt.h"

bool ip4_is_host(struct ip4 ip)
{
	unsigned first = ip.value >> 24;

	return first != 0 && first != 127 && first < 224;
}

const char *mac_text(char buf[MAC_TEXT], struct mac m)
{
	fmt_to(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", m.at[0], m.at[1], m.at[2], m.at[3],
		m.at[4], m.at[5]);
	return buf;
}

const char *ip4_text(char buf[IP4_TEXT], struct ip4 ip)
{
	fmt_to(buf, IP4_TEXT, "%u.%u.%u.%u", ip.value >> 24, ip.value >> 16 & 255,
		ip.value >> 8 & 255, ip.value & 255);
	return buf;
}

static bool hex_digit(char c, unsigned *ret)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	for (unsigned i = 0; digits[i] != '\0'; i++) {
		if (digits[i] == c) {
			*ret = i < 16 ? i : i - 6;
			return true;
		}
	}
	return false;
}

bool mac_read(struct text t, struct mac *ret)
{
	struct mac m;

	if (t.len != MAC_TEXT - 1)
		return false;
	for (size_t i = 0; i < MAC_BYTES; i++) {
		const char *p = t.at + 3 * i;
		unsigned high, low;

		if (!hex_digit(p[0], &high) || !hex_digit(p[1], &low))
			return false;
		if (i + 1 < MAC_BYTES && p[2] != ':' && p[2] != '-')
			return false;
		m.at[i] = (uint8_t)(high << 4 | low);
	}
	*ret = m;
	return true;
}

bool ip4_read(struct text t, struct ip4 *ret)
{
	uint32_t value = 0;

	for (unsigned part = 0; part < IP4_BYTES; part++) {
		uint64_t number;
		size_t len = 0;

		while (len < t.len && t.at[len] >= '0' && t.at[len] <= '9')
			len++;
		if (len == 0 || len > 3 || !text_number((struct text){t.at, len}, &number) ||
			number > 255)
			return false;
		if (part < 3 && (len == t.len || t.at[len] != '.'))
			return false;
		value = value << 8 | (uint32_t)number;
		len += part < 3;
		t = (struct text){t.at + len, t.len - len};
	}
	if (t.len != 0)
		return false;
	ret->value = value;
	return true;
}
