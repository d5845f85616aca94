/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.expected: whether the network is the one that the net.expect_... options describe. Pure over struct nic.
 *
 * Pass if: everything expected was seen, and is as expected. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/checks.h"
#include "nicprobe/facts.h"
#include "nicprobe/tell.h"

/* What the options say of a fact; empty: nothing. */
static void expect(const struct config *c, enum fact fact, char want[CONFIG_GLOBS])
{
	char text[MAC_TEXT > IP4_TEXT ? MAC_TEXT : IP4_TEXT];

	want[0] = '\0';
	if (fact == FACT_GATEWAY_MAC && !mac_is_none(c->net_expect_gateway_mac))
		text_copy(want, CONFIG_GLOBS, mac_text(text, c->net_expect_gateway_mac));
	if (fact == FACT_ROUTERS6 && !mac_is_none(c->net_expect_ipv6_router))
		text_copy(want, CONFIG_GLOBS, mac_text(text, c->net_expect_ipv6_router));
	if (fact == FACT_VLAN && c->net_expect_vlan != 0)
		fmt_to(want, CONFIG_GLOBS, "%u", c->net_expect_vlan);
	if (fact == FACT_SWITCH)
		text_copy(want, CONFIG_GLOBS, c->net_expect_switch);
	if (fact == FACT_DHCP && c->net_expect_dhcp.value != 0)
		text_copy(want, CONFIG_GLOBS, ip4_text(text, c->net_expect_dhcp));
}

static void tell(struct run *run, enum fact fact, const char *want, const char *actual)
{
	const struct field fields[] = {FIELD_STR("what", fact_key(fact)),
		FIELD_STR("expected", want), FIELD_STR("actual", actual)};

	record_finding(run->rec, FINDING_NET_UNEXPECTED, NULL, fields, ARRAY_LEN(fields),
		"Expected for %s: %s; found: %s.", fact_name(fact), want, actual);
}

static enum verdict compare(struct run *run, const struct facts *seen)
{
	unsigned wanted = 0, right = 0, unknown = 0;
	char missing[128] = "", want[CONFIG_GLOBS];

	for (enum fact i = 0; i < FACT_COUNT; i++) {
		const char *actual = seen->at[i];

		expect(run->config, i, want);
		if (want[0] == '\0')
			continue;
		wanted++;
		if (actual[0] == '\0')
			fmt_add(missing, sizeof(missing), "%s%s", unknown++ > 0 ? ", " : "",
				fact_name(i));
		else if (text_glob((struct text){want, text_length(want)},
				 (struct text){actual, text_length(actual)}))
			right++;
		else
			tell(run, i, want, actual);
	}
	if (unknown > 0) {
		record_why(run->rec, "could not be found out: %s", missing);
		return SKIP;
	}
	record_why(run->rec, "%u of %u expectations hold", right, wanted);
	return PASS;
}

static bool expects_anything(const struct config *config)
{
	char want[CONFIG_GLOBS];
	bool any = false;

	for (enum fact i = 0; i < FACT_COUNT; i++) {
		expect(config, i, want);
		any |= want[0] != '\0';
	}
	return any;
}

static enum verdict expected(struct run *run)
{
	enum verdict verdict = SKIP;
	struct facts seen;

	if (!expects_anything(run->config)) {
		record_why(run->rec, "nothing is expected: set net.expect_...");
		return SKIP;
	}
	if (!net_ready(run))
		return SKIP;
	if (facts_gather(run, &seen))
		verdict = compare(run, &seen);
	else
		record_why(run->rec, "stopped before all was found out");
	tell_new(run);
	return verdict;
}

const struct check net_expected_check = {
	.id = "net.expected",
	.title = "The network is as the net.expect_... options say",
	.pass_if = "everything that a net.expect_... option names was seen, and is as it says",
	.need = NEED_NIC,
	.run = expected,
};
