/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kinds of option values that are addresses: of networks, cards and memory. Pure. See option_table.h. */
#include "suite/option_table.h"

#define PREFIX_DEFAULT 24
#define PREFIX_MAX     32

/* The text before and behind the first `c`. False when there is none. */
static bool split(struct text t, char c, struct text *ret_before, struct text *ret_behind)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] == c) {
			*ret_before = text_trim((struct text){t.at, i});
			*ret_behind = text_trim((struct text){t.at + i + 1, t.len - i - 1});
			return true;
		}
	}
	return false;
}

static bool is_none(struct text value, const char *none)
{
	return text_glob((struct text){none, text_length(none)}, value);
}

/* ---- net.gateway, net.peer ---- */

static bool read_ip(const struct option *o, struct config *config, struct text value)
{
	struct ip4 ip = {0};

	if (!is_none(value, "none") && (!ip4_read(value, &ip) || !ip4_is_host(ip)))
		return false;
	memcpy((char *)config + o->offset, &ip, sizeof(ip));
	return true;
}

static void print_ip(const struct option *o, const struct config *config, struct sink out)
{
	struct ip4 ip;
	char text[IP4_TEXT];

	memcpy(&ip, (const char *)config + o->offset, sizeof(ip));
	fmt(out, "%s", ip.value != 0 ? ip4_text(text, ip) : "none");
}

const struct option_kind option_ip = {read_ip, print_ip};

/* ---- net.ip ---- */

/* Neither the network's own address nor its broadcast address; links of two hosts have neither (RFC 3021). */
static bool is_host_in(struct ip4 ip, uint64_t prefix)
{
	uint32_t host_bits = ~ip4_mask((unsigned)prefix).value;

	if (!ip4_is_host(ip))
		return false;
	return prefix >= PREFIX_MAX - 1 ||
	       ((ip.value & host_bits) != 0 && (ip.value & host_bits) != host_bits);
}

static bool read_own_ip(const struct option *o, struct config *config, struct text value)
{
	struct text address = value, digits;
	uint64_t prefix = PREFIX_DEFAULT;
	struct ip4 ip;

	(void)o;
	if (is_none(value, "none")) {
		config->has_net_ip = false;
		return true;
	}
	if (split(value, '/', &address, &digits) &&
		(!text_number(digits, &prefix) || prefix < 1 || prefix > PREFIX_MAX))
		return false;
	if (!ip4_read(address, &ip) || !is_host_in(ip, prefix))
		return false;
	config->has_net_ip = true;
	config->net_ip = ip;
	config->net_prefix = (unsigned)prefix;
	return true;
}

static void print_own_ip(const struct option *o, const struct config *config, struct sink out)
{
	char text[IP4_TEXT];

	(void)o;
	if (config->has_net_ip)
		fmt(out, "%s/%u", ip4_text(text, config->net_ip), config->net_prefix);
	else
		fmt(out, "none");
}

const struct option_kind option_own_ip = {read_own_ip, print_own_ip};

/* ---- net.expect_gateway_mac ---- */

static bool read_mac(const struct option *o, struct config *config, struct text value)
{
	struct mac mac = {{0}};

	if (!is_none(value, "none") && (!mac_read(value, &mac) || !mac_is_host(mac)))
		return false;
	memcpy((char *)config + o->offset, &mac, sizeof(mac));
	return true;
}

static void print_mac(const struct option *o, const struct config *config, struct sink out)
{
	struct mac mac;
	char text[MAC_TEXT];

	memcpy(&mac, (const char *)config + o->offset, sizeof(mac));
	fmt(out, "%s", mac_is_none(mac) ? "none" : mac_text(text, mac));
}

const struct option_kind option_mac = {read_mac, print_mac};

/* ---- net.expect_mac ---- */

static bool read_own_mac(const struct option *o, struct config *config, struct text value)
{
	struct mac mac;

	(void)o;
	if (is_none(value, "none")) {
		config->has_net_expect_mac = false;
		return true;
	}
	if (!mac_read(value, &mac) || !mac_is_host(mac))
		return false;
	config->has_net_expect_mac = true;
	config->net_expect_mac = mac;
	return true;
}

static void print_own_mac(const struct option *o, const struct config *config, struct sink out)
{
	char text[MAC_TEXT];

	(void)o;
	fmt(out, "%s",
		config->has_net_expect_mac ? mac_text(text, config->net_expect_mac) : "none");
}

const struct option_kind option_own_mac = {read_own_mac, print_own_mac};

/* ---- mem.range ---- */

static bool read_range(const struct option *o, struct config *config, struct text value)
{
	struct text first, last;
	uint64_t low = 0, high = UINT64_MAX;

	(void)o;
	if (!is_none(value, "all")) {
		if (!split(value, '-', &first, &last) || !text_size(first, &low))
			return false;
		if (last.len > 0 && !text_size(last, &high))
			return false;
		if (low >= high)
			return false;
	}
	config->mem_low = low;
	config->mem_high = high;
	return true;
}

static void print_range(const struct option *o, const struct config *config, struct sink out)
{
	unsigned long long low = config->mem_low, high = config->mem_high;

	(void)o;
	if (low == 0 && high == UINT64_MAX)
		fmt(out, "all");
	else if (high == UINT64_MAX)
		fmt(out, "0x%llx-", low);
	else
		fmt(out, "0x%llx-0x%llx", low, high);
}

const struct option_kind option_range = {read_range, print_range};
