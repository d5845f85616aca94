/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The catalogue of checks and the choice among them. Pure. See catalogue.h.
 *
 * Order: what costs little and explains much comes first; the network before the RAM, because an address
 * conflict shows in seconds; RAM last, because it takes the memory that firmware drivers may still want.
 */
#include "suite/catalogue.h"
#include "diskbench/checks.h"
#include "memtest/checks.h"
#include "nicprobe/checks.h"
#include "suite/setup.h"

const struct check *const catalogue[] = {
	&hw_setup_check,
	&nic_inventory_check,
	&nic_link_check,
	&net_listen_check,
	&net_dhcp_check,
	&net_duplicate_ip_check,
	&net_gateway_check,
	&net_ping_check,
	&disk_inventory_check,
	&disk_benchmark_check,
	&disk_surface_check,
	&mem_address_check,
	&mem_march_c_check,
};
const size_t catalogue_count = ARRAY_LEN(catalogue);

static const char *const profile_globs[] = {
	[PROFILE_QUICK] = "*",
	[PROFILE_FULL] = "*",
	[PROFILE_MEMORY] = "mem.*",
	[PROFILE_NETWORK] = "nic.* net.*",
	[PROFILE_DISK] = "disk.*",
	[PROFILE_BURNIN] = "*",
};

static struct text whole(const char *s)
{
	return (struct text){s, text_length(s)};
}

static bool excludes(struct text word)
{
	return word.len > 0 && word.at[0] == '-';
}

/* Whether some word of `globs` takes the check in (excluding = false) or out (true). */
static bool any_word(const char *globs, const struct check *check, bool excluding)
{
	struct text rest = whole(globs), word;

	while (text_word(&rest, &word)) {
		if (excludes(word) != excluding)
			continue;
		if (excluding)
			word = (struct text){word.at + 1, word.len - 1};
		if (!excluding && check->on_request ? text_is(word, check->id)
						    : text_glob(word, whole(check->id)))
			return true;
	}
	return false;
}

static bool has_including_word(const char *globs)
{
	struct text rest = whole(globs), word;

	while (text_word(&rest, &word)) {
		if (!excludes(word))
			return true;
	}
	return false;
}

bool catalogue_selects(const struct config *config, const struct check *check)
{
	const char *globs = has_including_word(config->checks) ? config->checks
							       : profile_globs[config->profile];

	if (check->always)
		return true;
	return any_word(globs, check, false) && !any_word(config->checks, check, true);
}

bool catalogue_unknown_word(const struct config *config, struct text *ret)
{
	struct text rest = whole(config->checks), word;

	while (text_word(&rest, &word)) {
		size_t skip = excludes(word);
		struct text glob = {word.at + skip, word.len - skip};
		size_t i = 0;

		while (i < catalogue_count && !text_glob(glob, whole(catalogue[i]->id)))
			i++;
		if (i == catalogue_count) {
			*ret = word;
			return true;
		}
	}
	return false;
}
