/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The catalogue of checks and the choice among them. Pure. See catalogue.h.
 *
 * Order: what costs little and explains much comes first; the network before the RAM, because an address
 * conflict shows in seconds; then RAM, because it takes the memory that firmware drivers may still want; what takes a
 * card away from its driver after that; and last of all what compares the run with an earlier one. The checks of RAM stand in the order of measured detection per byte moved
 * (docs/FAULT-COVERAGE.md), for the sake of short budgets.
 */
#include "suite/catalogue.h"
#include "diskbench/checks.h"
#include "evidence/memory_check.h"
#include "memtest/checks.h"
#include "nicprobe/checks.h"
#include "suite/changes.h"
#include "suite/mca_watch.h"
#include "suite/setup.h"

const struct check *const catalogue[] = {
	&hw_setup_check,
	&hw_machine_check,
	&nic_inventory_check,
	&nic_link_check,
	&net_listen_check,
	&net_dhcp_check,
	&net_duplicate_ip_check,
	&net_gateway_check,
	&net_sweep_check,
	&net_ping_check,
	&net_services_check,
	&net_ipv6_check,
	&net_switch_port_check,
	&net_expected_check,
	&net_baseline_check,
	&nic_pair_check,
	&disk_inventory_check,
	&disk_smart_check,
	&disk_benchmark_check,
	&disk_surface_check,
	&disk_changes_check,
	&mem_inventory_check,
	&mem_address_check,
	&mem_bus_stress_check,
	&mem_random_check,
	&mem_block_move_check,
	&mem_bit_fade_check,
	&mem_modulo_check,
	&mem_march_c_check,
	&mem_march_raw_check,
	&mem_random_inversions_check,
	&mem_moving_inversions_check,
	&mem_walking_check,
	&mem_march_ss_check,
	&mem_row_hammer_check,
	&mem_selftest_check,
	&nic_loopback_check,
	&hw_changes_check,
};
const size_t catalogue_count = ARRAY_LEN(catalogue);

static const char *const profile_globs[] = {
	[PROFILE_QUICK] = "*",
	[PROFILE_FULL] = "*",
	[PROFILE_MEMORY] = "mem.*",
	[PROFILE_NETWORK] = "nic.* net.*",
	[PROFILE_DISK] = "disk.*",
	[PROFILE_BURNIN] = "*",
	[PROFILE_SELFTEST] = "mem.selftest",
};

static struct text whole(const char *s)
{
	return (struct text){s, text_length(s)};
}

static bool excludes(struct text word)
{
	return word.len > 0 && word.at[0] == '-';
}

/* Whether the word, without its minus, speaks of the check. `in_full`: it takes the whole name to take it in. */
static bool speaks_of(struct text word, const struct check *check, bool in_full)
{
	struct text id = whole(check->id);

	if (excludes(word))
		word = (struct text){word.at + 1, word.len - 1};
	else if (in_full && word.len != id.len)
		return false;
	return text_glob(word, id);
}

/* Whether some word of `globs` takes the check in (excluding = false) or out (true). */
static bool any_word(const char *globs, const struct check *check, bool excluding, bool in_full)
{
	struct text rest = whole(globs), word;

	while (text_word(&rest, &word)) {
		if (excludes(word) == excluding && speaks_of(word, check, in_full))
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
	const bool in_full = check->on_request || (check->thorough && !config_thorough(config));

	if (check->always)
		return true;
	return any_word(globs, check, false, in_full) &&
	       !any_word(config->checks, check, true, false);
}

bool catalogue_needs(const struct config *config, unsigned need)
{
	for (size_t i = 0; i < catalogue_count; i++) {
		if ((~catalogue[i]->need & need) == 0 && catalogue_selects(config, catalogue[i]))
			return true;
	}
	return false;
}

bool catalogue_unknown_word(struct text *rest, struct text *ret)
{
	struct text word;

	while (text_word(rest, &word)) {
		size_t i = 0;

		while (i < catalogue_count &&
			!speaks_of(word, catalogue[i], catalogue[i]->on_request))
			i++;
		if (i == catalogue_count) {
			*ret = word;
			return true;
		}
	}
	return false;
}
